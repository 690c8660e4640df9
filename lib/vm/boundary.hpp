// SPDX-License-Identifier: Apache-2.0
// What crosses the boundaries of shards, read off the machine between them and after the run.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "isa/program.hpp"
#include "vm/interpreter.hpp"
#include "vm/machine.hpp"
#include "vm/record.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

inline constexpr uint32_t kMaxShards = 0xffff;  // their numbers have 16 bits

// How many words and registers the current shard touched.
size_t count_touched(Processor& cpu);

// The beginning of the current shard of a recorded run.
class ShardStart {
 public:
  // That of the first one: the machine stands before its first instruction.
  ShardStart(const Processor& cpu, size_t rom_rows);
  // That of a later one. `reg_shard`, `code_shard`: by register and by ROM row, the shard that used
  // it last; `halted`: after HALT.
  ShardStart(const Processor& cpu, uint32_t shard,
             const std::array<uint16_t, kRegisterCount>& reg_shard,
             SecretVector<uint16_t> code_shard, bool halted);
  ~ShardStart();
  ShardStart(const ShardStart&) = delete;
  ShardStart& operator=(const ShardStart&) = delete;

  uint32_t shard() const { return shard_; }  // from 1

  // The shard ends here: fills its `touched`, `executed` and `cycles`. `halted`: with HALT, or
  // after it.
  void close(Processor& cpu, bool halted, ShardRecord& shard);
  // The next one begins where the machine stands, after close().
  void next(Processor& cpu);

  // After the last shard: the source words of the run.
  SecretVector<SourceWord> source_words(Processor& cpu, const Outcome& outcome) const;
  // By ROM row the last shard that executed it.
  const SecretVector<uint16_t>& code_last() const { return code_shard_; }

 private:
  struct State {
    uint32_t pc4, npc4;
  };

  uint32_t shard_ = 1;
  State state_;
  bool halted_ = false;
  Registers reg_;
  const Registers reg_first_;                         // of the run, public
  std::array<uint16_t, kRegisterCount> reg_shard_{};  // that touched it last
  SecretVector<uint16_t> code_shard_;                 // that executed it last, by ROM row
};

}  // namespace mipzk::vm
