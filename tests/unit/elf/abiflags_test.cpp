// SPDX-License-Identifier: Apache-2.0
// ABI flags: every value of every field is either served or refused by name.
#include <set>

#include "check.hpp"

namespace mipzk::elf_test {
namespace {

// Where a file has its ABI flags.
enum Place { kSegment, kSection, kBoth };
constexpr Place kPlaces[] = {kSegment, kSection, kBoth};

Bytes with_record(const Bytes& record, Place place = kBoth, bool little = false) {
  Builder b;
  if (place != kSection) b.loads.push_back({kAbiflags, 0x400000, 24, kR, record});
  if (place != kSegment) b.extras.push_back({kAbiflagsSection, record});
  return little ? little_endian(b.build()) : b.build();
}
Bytes with_abi(const Abi& abi) { return with_record(abi.bytes()); }

#define EXPECT_ABI_REFUSED(change, ...) \
  EXPECT_REFUSED(                       \
      [&] {                             \
        Abi abi;                        \
        change;                         \
        return with_abi(abi);           \
      }(),                              \
      __VA_ARGS__)

// Exhaustive: each byte with each value, the others right, wherever the flags are.
TEST(ElfAbiFlags, NothingButTheListedValuesIsServed) {
  std::set<unsigned> served[24];
  for (std::set<unsigned>& values : served) values = {0};
  served[2] = {32};             // isa_level, with isa_rev 2
  served[3] = {1, 2, 3, 5};     // isa_rev, with isa_level 32
  served[4] = {1};              // gpr_size
  served[5] = {0, 1};           // cpr1_size
  served[7] = {0, 1, 2, 3, 5};  // fp_abi
  served[19] = {0, 1};          // flags1, its last byte in big-endian files
  for (Place place : kPlaces) {
    for (bool little : {false, true}) {
      for (size_t at = 0; at < 24; ++at) {
        for (unsigned value = 0; value < 256; ++value) {
          Bytes record = Abi().bytes();  // big-endian; with_record() turns it
          record[at] = static_cast<uint8_t>(value);
          ASSERT_EQ(load_exact(with_record(record, place, little)).ok(), served[at].contains(value))
              << "byte " << at << " = " << value << ", place " << place << ", little " << little;
        }
      }
    }
  }
}

TEST(ElfAbiFlags, LevelsAndReleases) {
  const std::set<std::pair<unsigned, unsigned>> served = {{1, 0},  {2, 0},  {32, 1},
                                                          {32, 2}, {32, 3}, {32, 5}};
  for (unsigned level : {0u, 1u, 2u, 3u, 4u, 5u, 31u, 32u, 33u, 64u, 255u}) {
    for (unsigned release : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 255u}) {
      Abi abi;
      abi.isa_level = static_cast<uint8_t>(level), abi.isa_rev = static_cast<uint8_t>(release);
      if (served.contains({level, release})) {
        EXPECT_TRUE(load_exact(with_abi(abi))) << level << " " << release;
      } else {
        const std::string name =
            "MIPS" + std::to_string(level) + " release " + std::to_string(release) + " ";
        EXPECT_REFUSED(with_abi(abi), name.c_str(), "isa_level", "-march=mips32r2");
      }
    }
  }
}

TEST(ElfAbiFlags, FloatingPointAbis) {
  EXPECT_ABI_REFUSED(abi.fp_abi = 4, "64-bit floating-point registers", "FP_OLD_64 ", "-mfp32");
  EXPECT_ABI_REFUSED(abi.fp_abi = 6, "64-bit floating-point registers", "FP_64 ", "-mfp32");
  EXPECT_ABI_REFUSED(abi.fp_abi = 7, "64-bit floating-point registers", "FP_64A ", "-mfp32");
  EXPECT_ABI_REFUSED(abi.fp_abi = 8, "unknown floating-point ABI 8", ".MIPS.abiflags", "-mfp32");
  EXPECT_ABI_REFUSED(abi.fp_abi = 255, "unknown floating-point ABI 255");
}

TEST(ElfAbiFlags, SizesOfRegisters) {
  EXPECT_ABI_REFUSED(abi.gpr_size = 0, "gpr_size 0", "-mabi=32");
  EXPECT_ABI_REFUSED(abi.gpr_size = 2, "gpr_size 2", "-mabi=32");
  EXPECT_ABI_REFUSED(abi.cpr1_size = 2, "cpr1_size 2", "-mfp32");
  EXPECT_ABI_REFUSED(abi.cpr1_size = 3, "cpr1_size 3", "-mno-msa");
  EXPECT_ABI_REFUSED(abi.cpr2_size = 1, "cpr2_size 1", "-march=mips32r2");
}

TEST(ElfAbiFlags, Extensions) {
  struct {
    const char *name, *cure;
  } const ases[32] = {
      {"AFL_ASE_DSP ", "-mno-dsp "},
      {"AFL_ASE_DSPR2 ", "-mno-dspr2 "},
      {"AFL_ASE_EVA ", "-mno-eva "},
      {"AFL_ASE_MCU ", "-mno-mcu "},
      {"AFL_ASE_MDMX ", "-mno-mdmx "},
      {"AFL_ASE_MIPS3D ", "-mno-mips3d "},
      {"AFL_ASE_MT ", "-mno-mt "},
      {"AFL_ASE_SMARTMIPS ", "-mno-smartmips "},
      {"AFL_ASE_VIRT ", "-mno-virt "},
      {"AFL_ASE_MSA ", "-mno-msa "},
      {"AFL_ASE_MIPS16 ", "-mno-mips16 "},
      {"AFL_ASE_MICROMIPS ", "-mno-micromips "},
      {"AFL_ASE_XPA ", "-mno-xpa "},
      {"AFL_ASE_DSPR3 ", "-mno-dspr3 "},
      {"AFL_ASE_MIPS16E2 ", "-mno-mips16e2 "},
      {"AFL_ASE_CRC ", "-mno-crc "},
      {"ases 0x00010000", "-march=mips32r2"},
      {"AFL_ASE_GINV ", "-mno-ginv "},
      {"AFL_ASE_LOONGSON_MMI ", "-mno-loongson-mmi "},
      {"AFL_ASE_LOONGSON_CAM ", "-mno-loongson-cam "},
      {"AFL_ASE_LOONGSON_EXT ", "-mno-loongson-ext "},
      {"AFL_ASE_LOONGSON_EXT2 ", "-mno-loongson-ext2 "},
      {"ases 0x00400000", "-march=mips32r2"},
      {"ases 0x00800000", "-march=mips32r2"},
      {"ases 0x01000000", "-march=mips32r2"},
      {"ases 0x02000000", "-march=mips32r2"},
      {"ases 0x04000000", "-march=mips32r2"},
      {"ases 0x08000000", "-march=mips32r2"},
      {"ases 0x10000000", "-march=mips32r2"},
      {"ases 0x20000000", "-march=mips32r2"},
      {"ases 0x40000000", "-march=mips32r2"},
      {"ases 0x80000000", "-march=mips32r2"},
  };
  for (unsigned i = 0; i < 32; ++i)
    EXPECT_ABI_REFUSED(abi.ases = 1u << i, ases[i].name, ases[i].cure, "-march=mips32r2");
  EXPECT_ABI_REFUSED(abi.isa_ext = 5, "isa_ext 5", "-march=mips32r2");
  // The cause is named, not its consequence: -mmsa needs wide registers.
  EXPECT_ABI_REFUSED((abi.ases = 0x200, abi.fp_abi = 6, abi.cpr1_size = 3), "-mno-msa");
}

TEST(ElfAbiFlags, FurtherFlags) {
  EXPECT_EQ(refusal(with_abi(Abi{.flags1 = 1})), "accepted");  // odd single registers
  for (unsigned i = 1; i < 32; ++i)
    EXPECT_ABI_REFUSED(abi.flags1 = 1u << i, "flags1 0x", "flags2 0x00000000");
  for (unsigned i = 0; i < 32; ++i)
    EXPECT_ABI_REFUSED(abi.flags2 = 1u << i, "flags1 0x00000000", "flags2 0x");
}

// What compilers of today write: gcc for Linux, clang -mfp32, for bare metal; Go with and without
// floating-point instructions.
TEST(ElfAbiFlags, OfStockCompilersAreServed) {
  for (const Abi& abi :
       {Abi{}, Abi{.fp_abi = 1, .flags1 = 1}, Abi{.cpr1_size = 0, .fp_abi = 3, .flags1 = 1},
        Abi{.isa_level = 1, .isa_rev = 0, .cpr1_size = 0, .fp_abi = 3},
        Abi{.isa_rev = 1, .fp_abi = 1}, Abi{.isa_rev = 1, .fp_abi = 3}, Abi{.isa_rev = 3},
        Abi{.isa_rev = 5, .fp_abi = 1, .flags1 = 1}, Abi{.fp_abi = 2, .flags1 = 1},
        Abi{.cpr1_size = 0, .fp_abi = 0}})
    EXPECT_EQ(refusal(with_abi(abi)), "accepted") << unsigned(abi.fp_abi);
}

// e_flags and ABI flags need not agree: each is read, and what one of them refuses is refused.
TEST(ElfAbiFlags, AddToTheFlagsOfTheHeader) {
  Builder b;
  b.loads.push_back({kAbiflags, 0x400000, 24, kR, Abi{.isa_level = 2, .isa_rev = 0}.bytes()});
  b.flags = 0x70001000;
  EXPECT_TRUE(load_exact(b.build()));
  b.flags = 0x70001200;
  EXPECT_REFUSED(b.build(), "EF_MIPS_FP64", "-mfp32");
  b.flags = 0x70001000;
  b.loads.back().bytes = Abi{.fp_abi = 6}.bytes();
  EXPECT_REFUSED(b.build(), "FP_64 ", "-mfp32");
}

TEST(ElfAbiFlags, InUnknownFormsAreRefused) {
  for (Place place : kPlaces) {
    for (bool little : {false, true}) {
      EXPECT_REFUSED(with_record(Abi{.version = 1}.bytes(), place, little), "version 1 with 24");
      EXPECT_REFUSED(with_record(Abi{.version = 0xffff}.bytes(), place, little), "version 65535");
      for (size_t size : {0u, 1u, 2u, 23u, 25u, 48u}) {
        Bytes record = Abi().bytes();
        record.resize(size);
        const std::string bytes = "with " + std::to_string(size) + " bytes";
        EXPECT_REFUSED(with_record(record, place, little), bytes.c_str(), "need version 0 with 24");
      }
    }
  }
}

TEST(ElfAbiFlags, StandOnceInTheFile) {
  Builder b;
  b.loads.push_back({kAbiflags, 0x400000, 24, kR, Abi().bytes()});
  b.loads.push_back({kAbiflags, 0x400000, 24, kR, Abi().bytes()});
  EXPECT_REFUSED(b.build(), "two segments of ABI flags");
  b.loads.pop_back();
  b.extras = {{kAbiflagsSection, Abi().bytes()}, {kAbiflagsSection, Abi().bytes()}};
  EXPECT_REFUSED(b.build(), "two sections of ABI flags");
  b.extras.pop_back();
  EXPECT_TRUE(load_exact(b.build()));
  b.extras[0].bytes = Abi{.fp_abi = 1}.bytes();
  EXPECT_REFUSED(b.build(), "ABI flags of segment and section differ");
}

TEST(ElfAbiFlags, MustFitTheFile) {
  Builder b;
  b.loads.push_back({kAbiflags, 0x400000, 24, kR, {}});
  Bytes bytes = b.build();
  put32(bytes, b.phdr(2) + 16, 0x10000);  // p_filesz
  EXPECT_REFUSED(bytes, "truncated", "ABI flags");
}

TEST(ElfAbiFlags, OfStrippedFilesAreRead) {
  Builder b;
  b.sections = false;
  b.loads.push_back({kAbiflags, 0x400000, 24, kR, Abi{.fp_abi = 6}.bytes()});
  EXPECT_REFUSED(b.build(), "FP_64 ", "-mfp32");
}

}  // namespace
}  // namespace mipzk::elf_test
