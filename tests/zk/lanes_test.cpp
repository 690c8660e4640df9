// SPDX-License-Identifier: Apache-2.0
// Cells of the witness in the lanes of the kernels: nothing of them is left when a proof is done,
// whatever the instruction set.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdio>

#include "base/secret_memory.hpp"
#include "prove/prove.hpp"
#include "support/cpu_tiers.hpp"
#include "support/test_profiles.hpp"
#include "unit/vm/guest.hpp"
#include "zk/memory_scan.hpp"

namespace mipzk::test {
namespace {

// Computes with two private words over and over, with each kind of instruction, so that they are in
// all rows that a proof with these tails has.
isa::Program secret_everywhere(uint32_t rows) {
  constexpr unsigned kS2 = 18;
  Guest g;
  g.op(lui(kS0, 0xa000)).op(lui(kS1, kData >> 16)).op(mem(Op::kLw, kT1, 8, kS0));
  g.op(mem(Op::kSw, kT1, 16, kS1)).op(imm(Op::kOri, kS2, 0, rows));
  const size_t start = g.text.size();
  g.op(mem(Op::kLw, kT0, 4, kS0)).op(mem(Op::kSw, kT0, 0, kS1));
  g.op(mem(Op::kLbu, kT2, 5, kS0)).op(mem(Op::kSb, kT0, 8, kS1));
  g.op(mem(Op::kLwl, kT3, 5, kS0)).op(mem(Op::kSwl, kT0, 13, kS1));
  g.op(three(Op::kAddu, kT2, kT0, kT1)).op(three(Op::kXor, kT2, kT0, kT1));
  g.op(imm(Op::kAndi, kT2, kT0, 0x5a5a)).op(shift(Op::kSll, kT2, kT0, 3));
  g.op(shift_reg(Op::kSllv, kT2, kT0, kT1)).op(three(Op::kSlt, kT2, kT0, kT1));
  g.op(imm(Op::kSlti, kT2, kT0, 77)).op(hilo(Op::kMultu, kT0, kT1)).op(hilo(Op::kDivu, kT0, kT1));
  g.op(hilo(Op::kMadd, kT0, kT1)).op(count(Op::kClz, kT2, kT0)).op(byte_op(Op::kSeb, kT2, kT0));
  g.op(three(Op::kMovn, kT2, kT0, kT1)).op(trap(Op::kTltu, kT0, kT0));
  g.op(mem(Op::kLl, kT2, 16, kS1)).op(mem(Op::kSc, kT2, 16, kS1));
  g.op(bit_field(Op::kIns, kT2, kT0, 3, 9)).op(imm(Op::kAddiu, kS2, kS2, 0xffff));
  const auto back = static_cast<int>(start) - static_cast<int>(g.text.size()) - 1;
  return g.op(branch(Op::kBne, kS2, 0, back)).op(kNopWord).halt().program();
}

TEST(Lanes, AreEmptyAfterAProof) {
  mallopt(M_ARENA_MAX, 1);
  const Secret secret;
  const Patterns patterns(secret);
  EXPECT_TRUE(patterns.scan_process().empty());
  test::on_each_tier([&](const CpuTier&) {
    for (unsigned threads : {1u, 3u}) {
      Pool pool(threads);
      const auto program = prove::load_program(pool, secret_everywhere(1024 - kTest2.tail_rows));
      ASSERT_TRUE(program);
      prove::Options options;
      options.profile = &kTest2;
      size_t in_traces = 0;
      int steps = 0;
      options.progress = [&](prove::Phase, uint64_t, uint64_t) {
        if (++steps == 2) in_traces = patterns.scan_process().size();
        return false;
      };
      secret.reveal([&](const uint8_t* bytes) {
        wiping_stack([&] {
          auto recording = vm::record(program->program, {{bytes, Secret::kBytes}, {}, {}});
          ASSERT_TRUE(recording) << recording.error().message;
          EXPECT_TRUE(prove::prove(pool, *program, {}, std::move(*recording), options));
        });
      });
      EXPECT_GT(in_traces, 20000u);  // it is in all rows
      const std::vector<Hit> left = patterns.scan_process();
      EXPECT_EQ(left.size(), 0u) << "with " << threads << " threads: " << left[0].form << " in "
                                 << left[0].mapping.name;
    }
  });
}

}  // namespace
}  // namespace mipzk::test
