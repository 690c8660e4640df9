// SPDX-License-Identifier: Apache-2.0
// .gnu.attributes, which speak for files without ABI flags.
#include "check.hpp"

namespace mipzk::elf_test {
namespace {

constexpr uint8_t kFp = 4, kMsa = 8;

Bytes with_section(const Bytes& section, bool little = false) {
  Builder b;
  b.extras.push_back({kAttributesSection, section});
  return little ? little_endian(b.build()) : b.build();
}
Bytes with_values(const Bytes& values, bool little = false) {
  return with_section(make_attributes(values), little);
}

TEST(ElfAttributes, FloatingPointAbis) {
  for (bool little : {false, true}) {
    for (uint8_t value : {0, 1, 2, 3, 5})
      EXPECT_TRUE(load_exact(with_values({kFp, value}, little))) << unsigned(value);
    EXPECT_REFUSED(with_values({kFp, 4}, little), "FP_OLD_64 in .gnu.attributes", "-mfp32");
    EXPECT_REFUSED(with_values({kFp, 6}, little), "FP_64 in .gnu.attributes", "-mfp32");
    EXPECT_REFUSED(with_values({kFp, 7}, little), "FP_64A in .gnu.attributes", "-mfp32");
    EXPECT_REFUSED(with_values({kFp, 8}, little), "ABI 8 (fp_abi in .gnu.attributes", "-mfp32");
    // Two bytes of a ULEB128: 1 + 2 * 128.
    EXPECT_REFUSED(with_values({kFp, 0x81, 2}, little), "ABI 257 ");
    EXPECT_TRUE(load_exact(with_values({kFp, 0x81, 0x80, 0x80, 0x80, 0}, little)));
  }
}

TEST(ElfAttributes, Msa) {
  EXPECT_TRUE(load_exact(with_values({kMsa, 0})));
  EXPECT_REFUSED(with_values({kMsa, 1}), "Tag_GNU_MIPS_ABI_MSA 1", "-mno-msa");
  EXPECT_REFUSED(with_values({kFp, 1, kMsa, 1}), "Tag_GNU_MIPS_ABI_MSA 1", "-mno-msa");
}

TEST(ElfAttributes, OfOtherTagsAreRefused) {
  EXPECT_TRUE(load_exact(with_values({})));
  EXPECT_REFUSED(with_values({5, 'x', 0}), "unknown attribute 5", ".MIPS.abiflags");
  EXPECT_REFUSED(with_values({kFp, 1, 0x84, 1, 1}), "unknown attribute 132");
}

TEST(ElfAttributes, OfOtherVendorsSayNothing) {
  Bytes section = make_attributes({kFp, 6});
  section[5] = 'h';
  EXPECT_TRUE(load_exact(with_section(section)));
  // The next vendor's are read.
  const Bytes next = make_attributes({kFp, 6});
  section.insert(section.end(), next.begin() + 1, next.end());
  EXPECT_REFUSED(with_section(section), "FP_64 ");
}

TEST(ElfAttributes, AreNotReadWhereThereAreAbiFlags) {
  Builder b;
  b.extras.push_back({kAttributesSection, make_attributes({kFp, 6})});
  EXPECT_REFUSED(b.build(), "FP_64 ");
  b.extras.push_back({kAbiflagsSection, Abi().bytes()});
  EXPECT_TRUE(load_exact(b.build()));
}

TEST(ElfAttributes, OfSeveralSectionsAreRead) {
  Builder b;
  b.extras.push_back({kAttributesSection, make_attributes({kFp, 1})});
  b.extras.push_back({kAttributesSection, make_attributes({kFp, 6})});
  EXPECT_REFUSED(b.build(), "FP_64 ");
}

TEST(ElfAttributes, DamagedOnesAreRefused) {
  const Bytes good = make_attributes({kFp, 1});
  ASSERT_EQ(good.size(), 16u);
  EXPECT_TRUE(load_exact(with_section(good)));
  EXPECT_TRUE(load_exact(with_section({})));
  EXPECT_TRUE(load_exact(with_section({'A'})));
  for (size_t size = 2; size < good.size(); ++size)
    EXPECT_REFUSED(with_section(Bytes(good.begin(), good.begin() + ptrdiff_t(size))),
                   "damaged .gnu.attributes");
  const auto patched = [&](size_t at, uint8_t value) {
    Bytes b = good;
    b[at] = value;
    return with_section(b);
  };
  EXPECT_REFUSED(patched(0, 'B'), "damaged");    // form
  EXPECT_REFUSED(patched(4, 3), "damaged");      // length of the vendor's part: below its own
  EXPECT_REFUSED(patched(4, 4), "damaged");      // no name
  EXPECT_REFUSED(patched(4, 14), "damaged");     // cut
  EXPECT_REFUSED(patched(4, 16), "damaged");     // too long
  EXPECT_REFUSED(patched(1, 0xff), "damaged");   //
  EXPECT_REFUSED(patched(9, 2), "damaged");      // attributes of sections
  EXPECT_REFUSED(patched(13, 4), "damaged");     // length of the file's part: below its own
  EXPECT_REFUSED(patched(13, 5), "damaged");     // what remains is no part
  EXPECT_REFUSED(patched(13, 8), "damaged");     // too long
  EXPECT_REFUSED(patched(15, 0x80), "damaged");  // a value that does not end
  EXPECT_REFUSED(with_values({kFp}), "damaged");
  EXPECT_REFUSED(with_values({0x80}), "damaged");
  EXPECT_REFUSED(with_values({kFp, 0x80, 0x80, 0x80, 0x80, 0x80, 0}), "damaged");
  EXPECT_REFUSED(with_values({kFp, 0xff, 0xff, 0xff, 0xff, 0x7f}), "damaged");  // above 32 bits
}

}  // namespace
}  // namespace mipzk::elf_test
