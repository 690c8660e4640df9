// SPDX-License-Identifier: Apache-2.0
// e_flags: every bit and every value of its fields is either served or refused by name.
#include "check.hpp"

namespace mipzk::elf_test {
namespace {

Bytes with_flags(uint32_t flags, bool little = false) {
  Builder b;
  b.flags = flags;
  return little ? little_endian(b.build()) : b.build();
}

// A value, and if it is refused its name and the option that avoids it.
struct Value {
  uint32_t flags;
  const char* name = nullptr;
  const char* cure = nullptr;
};

void check(const Value& v) {
  SCOPED_TRACE(testing::Message() << std::hex << v.flags);
  for (bool little : {false, true}) {
    const Bytes file = with_flags(v.flags, little);
    if (v.name == nullptr) {
      const auto r = load_exact(file);
      ASSERT_TRUE(r) << r.error().message;
      EXPECT_EQ(r->flags, v.flags);
    } else {
      EXPECT_REFUSED(file, v.name, v.cure);
    }
  }
}

TEST(ElfFlags, EachBitIsServedOrRefusedByName) {
  constexpr Value kBits[32] = {
      {0x00000001},
      {0x00000002},
      {0x00000004},
      {0x00000008},
      {0x00000010, "EF_MIPS_UCODE", "-mabi=32"},
      {0x00000020, "N32 ABI (EF_MIPS_ABI2 in", "-mabi=32"},
      {0x00000040, "N32 ABI (EF_MIPS_ABI_ON32 in", "-mabi=32"},
      {0x00000080, "EF_MIPS_OPTIONS_FIRST", "-mabi=32"},
      {0x00000100},
      {0x00000200, "EF_MIPS_FP64", "-mfp32"},
      {0x00000400, "EF_MIPS_NAN2008", "-mnan=legacy"},
      {0x00000800, "the bits 0x00000800", "-march=mips32r2"},
      {0x00001000},
      {0x00002000, "O64 ABI (E_MIPS_ABI_O64 in", "-mabi=32"},
      {0x00004000, "EABI (E_MIPS_ABI_EABI64 in", "-mabi=32"},
      {0x00008000, "unknown ABI (EF_MIPS_ABI 0x8000 in", "-mabi=32"},
      {0x00010000, "EF_MIPS_MACH 0x10000 ", "-march=mips32r2"},
      {0x00020000, "EF_MIPS_MACH 0x20000 ", "-march=mips32r2"},
      {0x00040000, "EF_MIPS_MACH 0x40000 ", "-march=mips32r2"},
      {0x00080000, "EF_MIPS_MACH 0x80000 ", "-march=mips32r2"},
      {0x00100000, "EF_MIPS_MACH 0x100000 ", "-march=mips32r2"},
      {0x00200000, "EF_MIPS_MACH 0x200000 ", "-march=mips32r2"},
      {0x00400000, "EF_MIPS_MACH 0x400000 ", "-march=mips32r2"},
      {0x00800000, "EF_MIPS_MACH 0x800000 ", "-march=mips32r2"},
      {0x01000000, "the bits 0x01000000", "-march=mips32r2"},
      {0x02000000, "microMIPS (EF_MIPS_ARCH_ASE_MICROMIPS in", "-mno-micromips"},
      {0x04000000, "MIPS16 (EF_MIPS_ARCH_ASE_M16 in", "-mno-mips16"},
      {0x08000000, "MDMX (EF_MIPS_ARCH_ASE_MDMX in", "-mno-mdmx"},
      {0x10000000},
      {0x20000000, "MIPS III (E_MIPS_ARCH_3 in", "-march=mips32r2"},
      {0x40000000, "MIPS V (E_MIPS_ARCH_5 in", "-march=mips32r2"},
      {0x80000000, "MIPS64 release 2 (E_MIPS_ARCH_64R2 in", "-march=mips32r2"},
  };
  for (unsigned i = 0; i < 32; ++i) {
    ASSERT_EQ(kBits[i].flags, 1u << i);
    check(kBits[i]);
    if (kBits[i].name == nullptr) continue;
    // In the company of everything that is served, too.
    EXPECT_REFUSED(with_flags(kBits[i].flags | 0x10f), kBits[i].cure);
  }
}

TEST(ElfFlags, NamedValuesOfFields) {
  constexpr Value kValues[] = {
      {0x00003000, "EABI (E_MIPS_ABI_EABI32 in", "-mabi=32"},
      {0x00810000, "E_MIPS_MACH_3900 ", "-march=mips32r2"},
      {0x00820000, "E_MIPS_MACH_4010 ", "-march=mips32r2"},
      {0x00830000, "E_MIPS_MACH_4100 ", "-march=mips32r2"},
      {0x00840000, "E_MIPS_MACH_ALLEGREX ", "-march=mips32r2"},
      {0x00850000, "E_MIPS_MACH_4650 ", "-march=mips32r2"},
      {0x00870000, "E_MIPS_MACH_4120 ", "-march=mips32r2"},
      {0x00880000, "E_MIPS_MACH_4111 ", "-march=mips32r2"},
      {0x008a0000, "E_MIPS_MACH_SB1 ", "-march=mips32r2"},
      {0x008b0000, "E_MIPS_MACH_OCTEON ", "-march=mips32r2"},
      {0x008c0000, "E_MIPS_MACH_XLR ", "-march=mips32r2"},
      {0x008d0000, "E_MIPS_MACH_OCTEON2 ", "-march=mips32r2"},
      {0x008e0000, "E_MIPS_MACH_OCTEON3 ", "-march=mips32r2"},
      {0x00910000, "E_MIPS_MACH_5400 ", "-march=mips32r2"},
      {0x00920000, "E_MIPS_MACH_5900 ", "-march=mips32r2"},
      {0x00930000, "E_MIPS_MACH_IAMR2 ", "-march=mips32r2"},
      {0x00980000, "E_MIPS_MACH_5500 ", "-march=mips32r2"},
      {0x00990000, "E_MIPS_MACH_9000 ", "-march=mips32r2"},
      {0x00a00000, "E_MIPS_MACH_LS2E ", "-march=mips32r2"},
      {0x00a10000, "E_MIPS_MACH_LS2F ", "-march=mips32r2"},
      {0x00a20000, "E_MIPS_MACH_GS464 ", "-march=mips32r2"},
      {0x00a30000, "E_MIPS_MACH_GS464E ", "-march=mips32r2"},
      {0x00a40000, "E_MIPS_MACH_GS264E ", "-march=mips32r2"},
      {0x30000000, "MIPS IV (E_MIPS_ARCH_4 in", "-march=mips32r2"},
      {0x50000000},
      {0x60000000, "MIPS64 (E_MIPS_ARCH_64 in", "-march=mips32r2"},
      {0x70000000},
      {0x90000000, "MIPS32 release 6 (E_MIPS_ARCH_32R6 in", "-march=mips32r2"},
      {0xa0000000, "MIPS64 release 6 (E_MIPS_ARCH_64R6 in", "-march=mips32r2"},
      {0xb0000000, "unknown ISA level (EF_MIPS_ARCH 0xb0000000 in", "-march=mips32r2"},
  };
  for (const Value& v : kValues) check(v);
}

// Exhaustive over each field; nothing but the listed values passes.
TEST(ElfFlags, NothingElseIsServed) {
  for (uint32_t low = 0; low < 0x1000; ++low)
    ASSERT_EQ(load_exact(with_flags(low | 0x70001000)).ok(), (low & ~0x10fu) == 0) << low;
  for (uint32_t abi = 0; abi < 16; ++abi)
    EXPECT_EQ(load_exact(with_flags(abi << 12 | 0x70000000)).ok(), abi <= 1) << abi;
  for (uint32_t mach = 0; mach < 256; ++mach)
    EXPECT_EQ(load_exact(with_flags(mach << 16 | 0x70001000)).ok(), mach == 0) << mach;
  for (uint32_t ase = 0; ase < 16; ++ase)
    EXPECT_EQ(load_exact(with_flags(ase << 24 | 0x70001000)).ok(), ase == 0) << ase;
  for (uint32_t arch = 0; arch < 16; ++arch) {
    const bool served = arch == 0 || arch == 1 || arch == 5 || arch == 7;
    EXPECT_EQ(load_exact(with_flags(arch << 28 | 0x1000)).ok(), served) << arch;
  }
}

TEST(ElfFlags, OfStockCompilersAreServed) {
  // gcc and clang for Linux, position-independent or not; for bare metal as MIPS I; Go; none at
  // all.
  for (uint32_t flags : {0x70001007u, 0x70001005u, 0x70001001u, 0x10001007u, 0x00001001u,
                         0x50001004u, 0x50001007u, 0u})
    check({flags});
}

}  // namespace
}  // namespace mipzk::elf_test
