// SPDX-License-Identifier: Apache-2.0
// Runs a program on the machine of docs/MACHINE.md, with or without recording it for a proof.
//
// A run is a pure function of program, inputs and hints. Nothing is kept between calls, so one
// Program may be run from several threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_memory.hpp"
#include "base/stop_flags.hpp"
#include "isa/program.hpp"
#include "vm/fault.hpp"
#include "vm/record.hpp"

namespace mipzk::vm {

// What the guest can read. The bytes stay the caller's and must outlive the call.
struct Inputs {
  ByteView private_input, public_input;  // at most isa::kMaxWindowBytes each
  ByteView hints;                        // words for HINT_WORD, in the program's byte order; a last
                                         // partial word is padded with zeros
};

// Clocks are below 2^28 and a cycle takes four.
inline constexpr uint64_t kMaxShardCycles = (uint64_t{1} << 26) - 1;

// Where a recorded run is cut: a shard ends with the first block of kBlockCycles instructions after
// which its rows have `cells` cells. Counted are those of its instructions and of the words that it
// touches, without padding; bumps are not counted.
struct ShardSize {
  uint64_t cells = UINT64_MAX;
  ClassCounts of_instruction{};  // cells that an instruction of each class takes
  FaultCounts of_fault{};        // and a fault of each table
  uint32_t of_word = 0;          // and a word
};

// What a shard may have at most, where that is given beforehand.
struct ShardRoom {
  ClassCounts instructions{};  // of each class
  uint64_t touched = 0;        // words and registers, and STATE
  uint64_t entries = 0;        // of the ROM, that are executed
  uint64_t bumps = 0;
  std::array<uint64_t, kFaultTables> faults{};  // that the kernel takes, of each table
};

struct Limits {
  uint64_t max_cycles = uint64_t{1} << 32;        // instructions, the final HALT included
  uint64_t max_memory_bytes = uint64_t{1} << 30;  // guest memory touched, in pages of 4 KiB
  // record() only; a run that needs more shards is kUnprovable.
  uint64_t max_shard_cycles = kMaxShardCycles;
  ShardSize shard_size = {};
  uint32_t max_shards = 1;
  // record() only. Not empty: the run has as many shards as this, and neither size nor max_shards
  // counts. A shard ends before the first instruction for which it has no room. The last one goes
  // on to HALT whatever its room; shards after HALT are idle.
  std::vector<ShardRoom> rooms = {};
};

// How far a run is.
struct Progress {
  uint64_t cycles = 0;
  uint64_t host_bytes = 0;  // memory of the host that the run holds
  // While recording: the instructions of each class, and, after the last one, the words that the
  // run touched (registers included). Otherwise null and 0.
  const ClassCounts* counts = nullptr;
  uint64_t touched = 0;
  uint32_t shard = 1;  // while recording, from 1
};
inline constexpr uint32_t kMaxNameBytes = 1u << 12;
inline constexpr uint64_t kWatchCycles = uint64_t{1} << 18;

// The host's ears. Callbacks run on the calling thread, between two instructions; they must not
// throw.
struct Hooks {
  // PRINT: bytes from guest memory, as many as PrintMeter (windows.hpp) lets through, and its
  // notice.
  std::function<void(ByteView)> print;
  std::function<void(uint64_t cycle, uint32_t mark)> cycle;  // CYCLE: instructions so far, $a0
  // ASK: a name of at most kMaxNameBytes, and the bytes of the hints that were taken. Gives the
  // hints as they are from now on, those with the answer; they must outlive the next ASK. For run()
  // alone: what the program asks for has to be the same whenever it runs again, so that it is asked
  // for once, and later runs have the answers among their hints.
  std::function<ByteView(ByteView name, size_t taken)> ask;
  // Polled every 2^13 cycles; once one is set, the run stops with kCancelled.
  StopFlags cancel;
  // Called before the first instruction, then about every kWatchCycles, and by record() once more
  // after the last one. An error ends the run with it.
  std::function<Status(const Progress&)> watch;
};

struct Outcome {
  uint64_t cycles = 0;
  uint32_t exit_code = 0;
  std::vector<uint8_t> output;
};

// Runs to HALT. Errors: kInput, kFault, kCycleLimit, kMemoryLimit, kCancelled, and those of
// hooks.watch. But for the first, `report`, if given, is filled with the details.
Result<Outcome> run(const isa::Program& program, const Inputs& inputs, const Limits& limits = {},
                    const Hooks& hooks = {}, FaultReport* report = nullptr);

// A word whose source table row takes part in the proof: every word that the run touched, and the
// public words and the exit code even if it did not. STATE has no source.
struct SourceWord {
  uint32_t key;
  uint32_t value_init, value_final;
  uint32_t shard_last;  // shard that touched it last, 0: none
  friend bool operator==(const SourceWord&, const SourceWord&) = default;
};

// A recorded shard, with what the whole run says of it. References.
struct RecordedShard {
  const ShardRecord& record;
  uint32_t number;                      // from 1
  std::span<const SourceWord> sources;  // of the run, ascending keys; the first shard's tables
  std::span<const uint16_t> code_last;  // and by ROM row the shard that executed it last, 0: none
};

// Holds private data, in memory that is wiped.
struct Recording {
  Outcome outcome;
  std::vector<ShardRecord> shards;  // in their order, at least one
  SecretVector<SourceWord> finals;  // ascending keys
  SecretVector<uint16_t> code_last;

  RecordedShard shard(uint32_t number = 1) const {
    return {shards[number - 1], number, finals, code_last};
  }
  uint64_t host_bytes() const;  // memory that it takes
  uint64_t peak_bytes = 0;      // memory that recording took, with that of the guest
};

// As run(), and records what a replay needs.
Result<Recording> record(const isa::Program& program, const Inputs& inputs,
                         const Limits& limits = {}, const Hooks& hooks = {},
                         FaultReport* report = nullptr);

}  // namespace mipzk::vm
