// SPDX-License-Identifier: Apache-2.0
#include "check.hpp"

namespace mipzk::elf_test {
namespace {

std::vector<std::string> names(const std::vector<Sym>& symbols) {
  Builder b;
  b.symbols = symbols;
  const auto r = load_exact(b.build());
  EXPECT_TRUE(r) << r.error().message;
  std::vector<std::string> out;
  if (r) {
    for (const auto& s : r->symbols) out.push_back(s.name);
  }
  return out;
}
using Names = std::vector<std::string>;

TEST(ElfSymbols, KeepAddressSizeAndName) {
  const auto r = load_exact(Builder().build());
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->symbols.size(), 2u);
  EXPECT_EQ(r->symbols[0].name, "main");
  EXPECT_EQ(r->symbols[0].address, 0x400004u);
  EXPECT_EQ(r->symbols[0].size, 8u);
  EXPECT_EQ(r->symbols[1].name, "counter");
  EXPECT_EQ(r->symbols[1].address, 0x410000u);
  EXPECT_EQ(r->symbols[1].size, 4u);
}

TEST(ElfSymbols, OfAStrippedFileAreNone) {
  Builder b;
  b.sections = false;
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_TRUE(r->symbols.empty());
}

TEST(ElfSymbols, AreSortedBestNameFirst) {
  EXPECT_EQ(names({{"data", 0x410000, 4, kObject},
                   {"label", 0x400004, 0, kNotype, kGlobal},
                   {"object", 0x400004, 0, kObject, kGlobal},
                   {"local", 0x400004, 0, kFunc, kLocal},
                   {"weak", 0x400004, 0, kFunc, kWeak},
                   {"global", 0x400004, 0, kFunc, kGlobal},
                   {"global_too", 0x400004, 0, kFunc, kGlobal},
                   {"first", 0x400000, 4, kFunc, kLocal}}),
            (Names{"first", "global", "global_too", "weak", "local", "object", "label", "data"}));
}

TEST(ElfSymbols, OfNoInterestAreLeftOut) {
  EXPECT_EQ(names({{"undefined", 0x400004, 0, kFunc, kGlobal, 0},
                   {"common", 0x400004, 0, kObject, kGlobal, 0xfff2},
                   {"section", 0x400004, 0, kSection, kLocal},
                   {"file", 0x400004, 0, 4, kLocal, 0xfff1},
                   {"tls", 0x410004, 0, 6, kGlobal},
                   {"label_in_data", 0x410004, 0, kNotype},
                   {"number", 0x400004, 0, kNotype, kGlobal, 0xfff1},
                   {"before", 0x3ffffc, 0, kFunc},
                   {"behind", 0x400010, 0, kFunc},
                   {"far", 0xfffffffc, 0, kFunc},
                   {"", 0x400004, 0, kFunc},
                   {"kept", 0x40000c, 0, kFunc},
                   {"absolute_function", 0x40000c, 0, kFunc, kLocal, 0xfff1}}),
            (Names{"kept", "absolute_function"}));
}

TEST(ElfSymbols, NamesAreBoundedAndPrintable) {
  EXPECT_EQ(names({{"operator new", 0x400000}}), Names{"operator new"});
  EXPECT_EQ(names({{std::string(300, 'n'), 0x400000}}), Names{std::string(255, 'n')});
  EXPECT_EQ(names({{"a\x1b[2J\x7f\ngr\xc3\xb6\xc3\x9f"
                    "e",
                    0x400000}}),
            Names{"a\\x1b[2J\\x7f\\x0agr\xc3\xb6\xc3\x9f"
                  "e"});
  EXPECT_EQ(names({{"csi\xc2\x9b"
                    "2J\x9b\xe2\x80\xae\xff",
                    0x400000}}),
            Names{"csi\\xc2\\x9b2J\\x9b\\xe2\\x80\\xae\\xff"});
}

TEST(ElfSymbols, NamesOutsideTheStringsAreLeftOut) {
  const Builder b;
  Bytes bytes = b.build();
  put32(bytes, b.symtab + 16, 0xffffffff);
  auto r = load_exact(bytes);
  ASSERT_TRUE(r);
  ASSERT_EQ(r->symbols.size(), 1u);
  EXPECT_EQ(r->symbols[0].name, "counter");
  // The last name loses its terminating zero.
  bytes = b.build();
  put32(bytes, b.shdr(3) + 20, static_cast<uint32_t>(b.shdrs - b.strtab - 1));
  r = load_exact(bytes);
  ASSERT_TRUE(r);
  ASSERT_EQ(r->symbols.size(), 1u);
  EXPECT_EQ(r->symbols[0].name, "main");
}

TEST(ElfSymbols, DamagedTablesAreRefused) {
  const Builder b;
  const auto patched = [&](size_t field, uint32_t v) {
    Bytes bytes = b.build();
    put32(bytes, b.shdr(2) + field, v);
    return bytes;
  };
  constexpr size_t kOffset = 16, kSize = 20, kLink = 24, kEntsize = 36;
  EXPECT_REFUSED(patched(kLink, 1), "section 1 is no string table", "strip");
  EXPECT_REFUSED(patched(kLink, 4), "section 4 is no string table");
  EXPECT_REFUSED(patched(kLink, 99), "section 99 is no string table");
  EXPECT_REFUSED(patched(kEntsize, 0), "entries of 0", "strip");
  EXPECT_REFUSED(patched(kEntsize, 24), "entries of 24");
  EXPECT_REFUSED(patched(kSize, 17), "17 bytes");
  EXPECT_REFUSED(patched(kSize, 0xfffffff0), "truncated", "section 2");
  EXPECT_REFUSED(patched(kOffset, 0xfffffff0), "truncated", "section 2");
  const auto r = load_exact(patched(kSize, 0));
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_TRUE(r->symbols.empty());
}

TEST(ElfSymbols, AnUnalignedTableIsRead) {
  Builder b;
  for (size_t extra = 0; extra < 4; ++extra) {
    b.loads[1].bytes.assign(5 + extra, 1);
    const auto r = load_exact(b.build());
    ASSERT_TRUE(r) << r.error().message;
    EXPECT_EQ(r->symbols.size(), 2u) << "table at " << b.symtab;
  }
}

TEST(ElfSymbols, AreCappedInNumber) {
  Builder b;
  b.symbols.assign(elf::kMaxSymbols + 10, Sym{"s", 0x400000});
  b.symbols[0].name = "first";
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->symbols.size(), elf::kMaxSymbols);
  EXPECT_EQ(r->symbols[0].name, "first");
}

}  // namespace
}  // namespace mipzk::elf_test
