// SPDX-License-Identifier: Apache-2.0
// Prints what instruction words lower to: lines of "pc word little_endian trap_vector" in
// hexadecimal, and after them "-", or class, rs, rt, rd and k0..k5 in decimal. Words of every
// instruction with random fields, and random words.
#include <cstdio>
#include <random>

#include "isa/lower.hpp"
#include "isa/opcodes.hpp"

int main() {
  using namespace mipzk;
  std::mt19937 rng(1);
  auto print = [&](uint32_t word) {
    const uint32_t pc = static_cast<uint32_t>(rng()) & 0x8ffffffcu;
    const isa::LowerContext context{rng() % 2 != 0, rng() % 2 != 0 ? 0x80000180u : 0u};
    std::printf("%x %x %d %x ", pc, word, context.little_endian, context.trap_vector);
    const auto lowered = isa::lower(pc, word, context);
    if (!lowered) {
      std::puts("-");
      return;
    }
    const isa::RomEntry& e = lowered->entry;
    std::printf("%u %u %u %u", static_cast<unsigned>(e.cls), e.rs, e.rt, e.rd);
    for (uint32_t k : e.k) std::printf(" %u", k);
    std::puts("");
  };
  for (const isa::OpInfo& op : isa::kOps) {
    for (unsigned i = 0; i < 100; ++i) {
      uint32_t fields = static_cast<uint32_t>(rng());
      // Fields that are zero matter: register 0, amounts and immediates of 0.
      for (unsigned at : {6u, 11u, 16u, 21u})
        if (rng() % 4 == 0) fields &= ~(31u << at);
      if (rng() % 8 == 0) fields &= 0xffff0000u;
      print(op.match | (fields & ~op.mask));
      // One bit more or less: mostly another instruction, or none.
      if (i % 4 == 0) print((op.match | (fields & ~op.mask)) ^ 1u << rng() % 32);
    }
    for (unsigned code = 0; code < 6; ++code)
      if (op.op == isa::Op::kSyscall) print(op.match | code << 6);
  }
  for (unsigned i = 0; i < 4000; ++i) print(static_cast<uint32_t>(rng()));
  return 0;
}
