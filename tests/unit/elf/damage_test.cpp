// SPDX-License-Identifier: Apache-2.0
// Damaged files: no byte string may crash the loader, and no lost byte may go unnoticed.
#include "check.hpp"

namespace mipzk::elf_test {
namespace {

// One of everything that the loader looks at.
Bytes rich_file(bool sections, bool little = false) {
  Builder b;
  b.sections = sections;
  b.loads.insert(b.loads.begin() + 1, Load{kAbiflags, 0x400000, 24, kR, Abi().bytes()});
  b.loads.insert(b.loads.begin() + 1, Load{kDynamic, 0x400000, 8, kR, Bytes(8)});
  b.symbols.push_back({"label", 0x400000, 0, kNotype, kLocal});
  return little ? little_endian(b.build()) : b.build();
}

// As older toolchains make it: attributes in place of ABI flags.
Bytes old_file(bool little) {
  Builder b;
  b.extras.push_back({kAttributesSection, make_attributes({4, 1, 8, 0})});
  return little ? little_endian(b.build()) : b.build();
}

// Both byte orders, with and without a section table.
std::vector<Bytes> rich_files() {
  return {rich_file(false),      rich_file(true), rich_file(false, true),
          rich_file(true, true), old_file(false), old_file(true)};
}

TEST(ElfDamage, AFileCutAnywhereIsRefused) {
  for (const Bytes& file : rich_files()) {
    ASSERT_TRUE(load_exact(file));
    for (size_t size = 0; size < file.size(); ++size) {
      const auto r = load_exact(file.data(), size);
      ASSERT_FALSE(r) << "cut to " << size << " of " << file.size();
      const std::string message = r.error().message;
      EXPECT_NE(message.find(size < 4 ? "not an ELF file" : "truncated"), std::string::npos)
          << message;
    }
  }
}

TEST(ElfDamage, NoValueOfAnySingleByteBreaksTheLoader) {
  for (const Bytes& file : rich_files()) {
    size_t accepted = 0, refused = 0;
    for (size_t at = 0; at < file.size(); ++at) {
      Bytes damaged = file;
      for (unsigned v = 0; v < 256; ++v) {
        damaged[at] = static_cast<uint8_t>(v);
        const bool ok = load_exact(damaged).ok();
        ++(ok ? accepted : refused);
        if (testing::Test::HasFatalFailure()) FAIL() << "byte " << at << " = " << v;
      }
    }
    // Both happen: contents may be anything, headers may not.
    EXPECT_GT(accepted, file.size());
    EXPECT_GT(refused, file.size());
  }
}

TEST(ElfDamage, ExtremeValuesOfAnyHeaderWordDoNotBreakTheLoader) {
  for (const Bytes& file : {rich_file(true), rich_file(true, true)}) {
    const bool little = file[kAtData] == 1;
    for (size_t at = 0; at + 4 <= file.size(); at += 2) {
      for (uint32_t v : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xfffffffcu, 0xffffffffu,
                         static_cast<uint32_t>(file.size())}) {
        Bytes damaged = file;
        put32(damaged, at, v);
        if (little) std::reverse(damaged.data() + at, damaged.data() + at + 4);
        (void)load_exact(damaged);
        if (testing::Test::HasFatalFailure()) FAIL() << "word at " << at << " = " << v;
      }
    }
  }
}

TEST(ElfDamage, AppendedBytesAreHarmless) {
  Bytes file = rich_file(true);
  file.insert(file.end(), 1000, 0xa5);
  EXPECT_TRUE(load_exact(file));
}

}  // namespace
}  // namespace mipzk::elf_test
