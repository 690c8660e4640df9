// SPDX-License-Identifier: Apache-2.0
// Refusals that come from the ELF header, but for e_flags.
#include <string_view>

#include "check.hpp"

namespace mipzk::elf_test {
namespace {

Bytes patched16(size_t at, uint32_t v) {
  Bytes b = Builder().build();
  put16(b, at, v);
  return b;
}
Bytes patched32(size_t at, uint32_t v) {
  Bytes b = Builder().build();
  put32(b, at, v);
  return b;
}
Bytes patched8(size_t at, uint8_t v) {
  Bytes b = Builder().build();
  b[at] = v;
  return b;
}

TEST(ElfHeader, RefusesWhatIsNoElf) {
  EXPECT_REFUSED({}, "not an ELF file (0 bytes");
  EXPECT_REFUSED({0x7f}, "not an ELF file");
  for (std::string_view text :
       {"#!/bin/sh\necho hello, this is a script of some length\n", "!<arch>\n"}) {
    EXPECT_REFUSED(Bytes(text.begin(), text.end()), "not an ELF file", "-static");
  }
  for (size_t i = 0; i < 4; ++i) EXPECT_REFUSED(patched8(i, 'x'), "not an ELF file");
}

TEST(ElfHeader, RefusesTooLargeFilesBeforeReadingThem) {
  const uint8_t byte = 0;
  const auto r = elf::load(ByteView(&byte, elf::kMaxFileBytes + 1));
  ASSERT_FALSE(r);
  EXPECT_NE(std::string(r.error().message).find("strip -g"), std::string::npos);
}

TEST(ElfHeader, SizesAtTheBoundsAreRead) {
  // Of the largest size only the first bytes are looked at, which is all that there is here.
  const Bytes text(64, 'x');
  const auto r = elf::load(ByteView(text.data(), elf::kMaxFileBytes));
  ASSERT_FALSE(r);
  EXPECT_NE(std::string(r.error().message).find("not an ELF file"), std::string::npos);
  // A header and nothing else.
  Builder b;
  b.loads.clear();
  b.sections = false;
  const Bytes header = b.build();
  ASSERT_EQ(header.size(), 52u);
  EXPECT_REFUSED(header, "no loadable segment");
}

TEST(ElfHeader, RefusesOtherMachinesByName) {
  EXPECT_REFUSED(patched16(kAtMachine, 62), "machine 62 (x86-64)", "need MIPS",
                 "mips-linux-gnu-gcc");
  EXPECT_REFUSED(patched16(kAtMachine, 243), "RISC-V");
  EXPECT_REFUSED(patched16(kAtMachine, 9999), "machine 9999 (unknown)");
  // The host's own kind of file: 64-bit, little-endian. The machine is what matters most.
  Bytes x86 = Builder().build();
  x86[kAtClass] = 2, x86[kAtData] = 1, x86[kAtMachine] = 62, x86[kAtMachine + 1] = 0;
  EXPECT_REFUSED(x86, "machine 62 (x86-64)");
}

TEST(ElfHeader, Refuses64Bit) {
  EXPECT_REFUSED(patched8(kAtClass, 2), "64-bit", "N64", "-mabi=32");
  EXPECT_REFUSED(patched8(kAtClass, 0), "class is 0");
  EXPECT_REFUSED(patched8(kAtClass, 3), "class is 3");
}

TEST(ElfHeader, BothByteOrdersGiveTheSameImage) {
  const auto big = load_exact(Builder().build());
  const auto little = load_exact(little_endian(Builder().build()));
  ASSERT_TRUE(big) << big.error().message;
  ASSERT_TRUE(little) << little.error().message;
  EXPECT_FALSE(big->little_endian);
  EXPECT_TRUE(little->little_endian);
  EXPECT_EQ(big->trap_vector, 0u);  // a kernel is not the loader's business
  EXPECT_EQ(little->entry, big->entry);
  EXPECT_EQ(little->flags, big->flags);
  EXPECT_EQ(little->program_headers, big->program_headers);
  ASSERT_EQ(little->segments.size(), big->segments.size());
  for (size_t i = 0; i < big->segments.size(); ++i) {
    EXPECT_EQ(little->segments[i].address, big->segments[i].address);
    EXPECT_EQ(little->segments[i].memory_size, big->segments[i].memory_size);
    EXPECT_EQ(little->segments[i].bytes, big->segments[i].bytes);
    EXPECT_EQ(little->segments[i].writable, big->segments[i].writable);
    EXPECT_EQ(little->segments[i].executable, big->segments[i].executable);
  }
  ASSERT_EQ(little->symbols.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(little->symbols[i].name, big->symbols[i].name);
    EXPECT_EQ(little->symbols[i].address, big->symbols[i].address);
    EXPECT_EQ(little->symbols[i].size, big->symbols[i].size);
  }
}

TEST(ElfHeader, TheByteOrderMustBeTheFilesOwn) {
  EXPECT_REFUSED(patched8(kAtData, 1), "machine 2048 (unknown)");
  Bytes little = little_endian(Builder().build());
  little[kAtData] = 2;
  EXPECT_REFUSED(little, "machine 2048 (unknown)");
  EXPECT_REFUSED(patched8(kAtData, 0), "byte order field is 0");
  EXPECT_REFUSED(patched8(kAtData, 3), "byte order field is 3");
}

TEST(ElfHeader, RefusalsReadLittleEndianNumbers) {
  const auto with = [](size_t at, uint32_t v, bool word) {
    Bytes b = Builder().build();
    word ? put32(b, at, v) : put16(b, at, v);
    return little_endian(b);
  };
  EXPECT_REFUSED(with(kAtType, 3, false), "position-independent");
  EXPECT_REFUSED(with(kAtFlags, 0x90001000, true), "MIPS32 release 6");
  EXPECT_REFUSED(with(kAtFlags, 0x50000020, true), "N32");
  EXPECT_REFUSED(with(kAtVersion, 2, true), "version is 1/2");
  EXPECT_REFUSED(with(kAtEntry, 0x410000, true), "0x00410000 is outside");
  Bytes tables = little_endian(Builder().build());
  tables[kAtPhnum] = 100;
  EXPECT_REFUSED(tables, "truncated", "100 program headers");
}

TEST(ElfHeader, RefusesOtherVersions) {
  EXPECT_REFUSED(patched8(kAtIdentVersion, 2), "version is 2/1");
  EXPECT_REFUSED(patched32(kAtVersion, 0), "version is 1/0");
}

TEST(ElfHeader, RefusesOtherTypes) {
  EXPECT_REFUSED(patched16(kAtType, 0), "ELF type 0");
  EXPECT_REFUSED(patched16(kAtType, 1), "relocatable object file", "link it with -static");
  EXPECT_REFUSED(patched16(kAtType, 3), "position-independent", "-no-pie", "-static");
  EXPECT_REFUSED(patched16(kAtType, 4), "core dump");
  EXPECT_REFUSED(patched16(kAtType, 0xff00), "ELF type 65280");
}

TEST(ElfHeader, RefusesOtherSystems) {
  for (unsigned system = 0; system < 256; ++system) {
    const Bytes b = patched8(kAtOsAbi, static_cast<uint8_t>(system));
    if (system == 0 || system == 3) {
      EXPECT_TRUE(load_exact(b)) << system;
    } else {
      const std::string name = "operating system " + std::to_string(system) + " ";
      EXPECT_REFUSED(b, name.c_str(), "EI_OSABI", "-static");
    }
  }
}

TEST(ElfHeader, RefusesAbiVersionsThatAskForAnotherProcessor) {
  for (unsigned version = 0; version < 256; ++version) {
    const Bytes b = patched8(kAtAbiVersion, static_cast<uint8_t>(version));
    if (version == 3) {
      EXPECT_REFUSED(b, "EI_ABIVERSION 3, O32_FP64", "-mfp32");
    } else if (version <= 5) {
      EXPECT_TRUE(load_exact(b)) << version;
    } else {
      EXPECT_REFUSED(b, "unknown ABI version", "EI_ABIVERSION");
    }
  }
}

TEST(ElfHeader, RefusesDamagedTables) {
  EXPECT_REFUSED(patched16(kAtEhsize, 64), "header size is 64");
  EXPECT_REFUSED(patched16(kAtPhentsize, 56), "program header size is 56");
  EXPECT_REFUSED(patched16(kAtShentsize, 64), "section header size is 64");
  EXPECT_REFUSED(patched16(kAtPhnum, 0), "no loadable segment");
  EXPECT_REFUSED(patched16(kAtPhnum, 129), "129 program headers", "128");
  EXPECT_REFUSED(patched16(kAtPhnum, 0xffff), "65535 program headers");
  EXPECT_REFUSED(patched16(kAtPhnum, 100), "truncated", "100 program headers");
  EXPECT_REFUSED(patched32(kAtPhoff, 0xfffffff0), "truncated", "program headers");
  EXPECT_REFUSED(patched32(kAtShoff, 0xfffffff0), "truncated", "section headers");
  EXPECT_REFUSED(patched16(kAtShnum, 0xffff), "truncated", "section headers");
}

TEST(ElfHeader, AcceptsAsManyProgramHeadersAsItSays) {
  Builder b;
  b.loads.resize(elf::kMaxProgramHeaders, Load{kNote, 0, 0, kR, {}});
  EXPECT_TRUE(load_exact(b.build()));
  b.loads.push_back(Load{kNote, 0, 0, kR, {}});
  EXPECT_REFUSED(b.build(), "129 program headers");
}

TEST(ElfHeader, IgnoresTheSectionTableWhenItHasNoEntries) {
  Bytes b = Builder().build();
  put16(b, kAtShnum, 0);
  put32(b, kAtShoff, 0xfffffff0);
  put16(b, kAtShstrndx, 0xffff);
  const auto r = load_exact(b);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_TRUE(r->symbols.empty());
}

}  // namespace
}  // namespace mipzk::elf_test
