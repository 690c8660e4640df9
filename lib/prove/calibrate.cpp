// SPDX-License-Identifier: Apache-2.0
// How long proving takes on this machine, from a proof of a small program.
#include <algorithm>
#include <chrono>

#include "prove/prove.hpp"

namespace mipzk::prove {
namespace {

// A loop that loads, computes and stores, of `rounds` rounds.
isa::Program looping_program(uint32_t rounds) {
  const uint32_t words[] = {
      0x3c101000,                        //       lui $s0, 0x1000
      0x3c0e0000 | rounds >> 16,         //       lui $t6, rounds >> 16
      0x35ce0000 | (rounds & 0xffff),    //       ori $t6, $t6, rounds
      0x8e080000,                        // loop: lw $t0, 0($s0)
      0x25290001,                        //       addiu $t1, $t1, 1
      0x01095026,                        //       xor $t2, $t0, $t1
      0x000a5940,                        //       sll $t3, $t2, 5
      0x000a66c2,                        //       srl $t4, $t2, 27
      0x016c5025,                        //       or $t2, $t3, $t4
      0x01495021,                        //       addu $t2, $t2, $t1
      0xae0a0000,                        //       sw $t2, 0($s0)
      0x0148682b,                        //       sltu $t5, $t2, $t0
      0x152efff6,                        //       bne $t1, $t6, loop
      0x00000000,                        //       nop
      0x0000000c | isa::kCallHalt << 6,  //       syscall
  };
  isa::Segment code, data;
  code.address = 0x00400000;
  code.readable = code.executable = true;
  for (const uint32_t word : words)
    for (int shift = 24; shift >= 0; shift -= 8)
      code.bytes.push_back(static_cast<uint8_t>(word >> shift));
  code.memory_size = static_cast<uint32_t>(code.bytes.size());
  data.address = 0x10000000;
  data.readable = data.writable = true;
  data.memory_size = 4;
  isa::ProgramImage image;
  image.entry = code.address;
  image.segments = {code, data};
  auto program = isa::build_program(image);
  return program ? std::move(*program) : isa::Program();
}
constexpr uint32_t kRoundCycles = 11;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<double> proving_seconds(Pool& pool, const RunPlan& plan, const Options& options) {
  // As many shards of the same length as are proved at a time, in half of the memory.
  constexpr uint64_t kMostRounds = 8000, kRoundBytes = 24 << 10;
  const unsigned workers = plan.workers;
  const auto rounds = static_cast<uint32_t>(
      std::clamp<uint64_t>(options.memory.bytes / 2 / workers / kRoundBytes, 500, kMostRounds));
  auto program = load_program(pool, looping_program(rounds * workers));
  if (!program) return program.error();
  Run run;
  run.limits.max_shard_cycles = uint64_t{kRoundCycles} * rounds + 8;
  run.limits.max_shards = workers;
  Options own;
  own.profile = options.profile;
  own.masks = options.masks;
  own.cancel = options.cancel;
  const auto small = plan_run(pool, *program, run, {}, own);
  if (!small) return small.error();
  const double start = now();
  const auto ignore = [](ByteView) { return Status(); };
  if (Status s = prove_run(pool, *program, run, *small, own, ignore); !s) return s.error();
  const double per_cell = (now() - start) / static_cast<double>(small->cells);
  // Workers that have no shard left help the others.
  return per_cell * static_cast<double>(plan.cells);
}

}  // namespace mipzk::prove
