// SPDX-License-Identifier: Apache-2.0
// A guest with faults of every cause, and a kernel that goes on behind each.
#pragma once

#include "unit/vm/guest.hpp"

namespace mipzk::test {

// Registers of coprocessor 0.
enum : unsigned { kCp0BadVAddr = 8, kCp0Cause = 13, kCp0Epc = 14, kCp0Enpc = 30 };

// Notes CAUSE and BADVADDR in its memory, counts, and goes on behind the instruction; if there was
// none, at $ra.
inline std::vector<uint32_t> skipping_kernel() {
  return {mfc0(kK0, kCp0Cause),
          lui(kK1, kKernelData >> 16),
          mem(Op::kSw, kK0, 0, kK1),
          mem(Op::kLw, kK0, 4, kK1),
          imm(Op::kAddiu, kK0, kK0, 1),
          mem(Op::kSw, kK0, 4, kK1),
          mfc0(kK0, kCp0BadVAddr),
          mem(Op::kSw, kK0, 8, kK1),
          mem(Op::kLw, kK0, 0, kK1),
          imm(Op::kAddiu, kK0, kK0, -24),
          branch(Op::kBeq, kK0, kZero, 5),
          mfc0(kK0, kCp0Enpc),
          imm(Op::kAddiu, kK1, kK0, 4),
          jr(kK0),
          jr(kK1),
          kNopWord,
          jr(kRa),
          kNopWord};
}

inline constexpr uint32_t kGuard = 0x20000000;
inline constexpr uint32_t kFaultsOfARound = 23;

// Exit code: how many faults the kernel took, kFaultsOfARound for each round.
inline Guest faulty_guest(uint32_t rounds, bool little_endian = false) {
  Guest g;
  g.little_endian = little_endian;
  g.kernel = skipping_kernel();
  g.takes_faults = true;
  g.guards = {{kGuard, 0x1000}};
  g.data = {0x01020304, 0x05060708};
  g.op(jump(Op::kJ, kText + 16)).op(kNopWord);
  g.op(code(Op::kBreak, 7)).op(kNopWord);  // 2: a function
  g.li(kS0, kText).li(kS1, kData).li(kT0, kGuard).li(kT1, 0x7fffffff).li(kT2, rounds).li(kV1, 1);
  const uint32_t loop = g.here();
  g.op(mem(Op::kLw, kT3, 0, kZero));
  g.op(mem(Op::kLb, kT3, 3, kT0));
  g.op(mem(Op::kLwl, kT3, 1, kT0));
  g.op(mem(Op::kLl, kT3, 0, kT0));
  g.op(mem(Op::kSb, kT3, 4, kT0));
  g.op(mem(Op::kSwr, kT3, 5, kT0));
  g.op(mem(Op::kSc, kT3, 8, kS0));  // read-only
  g.op(mem(Op::kSw, kT3, 0, kS0));  // read-only
  g.op(mem(Op::kSdc1, 2, 0, kS0));  // read-only, two words
  g.op(mem(Op::kSh, kT3, 2, kS0));  // read-only
  g.op(mem(Op::kLdc1, 2, 0, kT0));  // unmapped
  g.op(mem(Op::kLh, kT3, 1, kS1));  // unaligned
  g.op(mem(Op::kSw, kT3, 2, kS1));  // unaligned
  g.op(mem(Op::kSdc1, 2, 4, kS1));  // unaligned
  g.op(three(Op::kAdd, kT3, kT1, kV1));
  g.op(imm(Op::kAddi, kT3, kT1, 5));
  g.op(trap(Op::kTeq, kV1, kV1)).op(trap_imm(Op::kTgei, kT1, 3)).op(trap(Op::kTltu, kV1, kT1));
  g.op(jr(kT1));                                                            // unaligned
  g.op(branch(Op::kBeq, kZero, kZero, 2)).op(mem(Op::kSw, kT3, 0, kZero));  // in a slot
  g.op(kNopWord);
  g.op(jalr(kRa, kT0)).op(kNopWord);  // no instruction; then break: both go on here
  g.op(jump(Op::kJal, kText + 8)).op(kNopWord);
  g.op(imm(Op::kAddiu, kT2, kT2, -1));
  const auto back = static_cast<int32_t>(loop - g.here()) / 4 - 1;
  g.op(branch(Op::kBne, kT2, kZero, static_cast<uint32_t>(back))).op(kNopWord);
  g.li(kT0, kKernelData).op(mem(Op::kLw, kA0, 4, kT0)).halt();
  return g;
}

}  // namespace mipzk::test
