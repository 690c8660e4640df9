// SPDX-License-Identifier: Apache-2.0
// Segments and the entry point: what is taken over, and every refusal.
#include "check.hpp"

namespace mipzk::elf_test {
namespace {

// Offsets inside a program header.
constexpr size_t kOffset = 4, kVaddr = 8, kFilesz = 16, kMemsz = 20, kFlagsField = 24;

Bytes patched(size_t load, size_t field, uint32_t v) {
  const Builder b;
  Bytes out = b.build();
  put32(out, b.phdr(load) + field, v);
  return out;
}

TEST(ElfSegments, AreTakenOver) {
  const Builder b;
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->entry, 0x400004u);
  EXPECT_EQ(r->flags, 0x50001000u);
  ASSERT_EQ(r->segments.size(), 2u);
  const isa::Segment& text = r->segments[0];
  EXPECT_EQ(text.address, 0x400000u);
  EXPECT_EQ(text.memory_size, 16u);
  EXPECT_EQ(text.bytes, b.loads[0].bytes);
  EXPECT_TRUE(text.readable && text.executable && !text.writable);
  const isa::Segment& data = r->segments[1];
  EXPECT_EQ(data.address, 0x410000u);
  EXPECT_EQ(data.memory_size, 16u);
  EXPECT_EQ(data.bytes, b.loads[1].bytes);
  EXPECT_TRUE(data.readable && data.writable && !data.executable);
}

TEST(ElfSegments, AreSortedByAddress) {
  Builder b;
  b.loads.insert(b.loads.begin(), Load{kLoad, 0x500000, 4, kR, {9, 8, 7, 6}});
  b.loads.push_back({kLoad, 0x10000, 3, kR, {1, 2}});
  b.sections = false;
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->segments.size(), 4u);
  EXPECT_EQ(r->segments[0].address, 0x10000u);
  EXPECT_EQ(r->segments[0].bytes, (Bytes{1, 2}));
  EXPECT_EQ(r->segments[3].address, 0x500000u);
  EXPECT_EQ(r->segments[3].bytes, (Bytes{9, 8, 7, 6}));
}

TEST(ElfSegments, WithoutBytesOfTheFileMayHaveAnyOffset) {
  const Builder b;
  Bytes out = b.build();
  put32(out, b.phdr(1) + kOffset, 0xfffffffe);
  put32(out, b.phdr(1) + kFilesz, 0);
  const auto r = load_exact(out);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_TRUE(r->segments[1].bytes.empty());
  EXPECT_EQ(r->segments[1].memory_size, 16u);
}

TEST(ElfSegments, MayBeginAndEndAnywhere) {
  Builder b;
  b.loads[1].address = 0x410001;
  b.loads.push_back({kLoad, 0x410011, 2, 0, {7}});  // adjacent, and no access rights
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->segments[1].address, 0x410001u);
  EXPECT_EQ(r->segments[2].address, 0x410011u);
  EXPECT_FALSE(r->segments[2].readable);
}

TEST(ElfSegments, MayFillAllOfUserMemoryWithoutTakingMemory) {
  Builder b;
  b.loads[1].memory_size = isa::kStackTop - b.loads[1].address;
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->segments[1].memory_size, isa::kStackTop - 0x410000u);
  EXPECT_EQ(r->segments[1].bytes.size(), 5u);
  b.loads[1].memory_size += 1;
  EXPECT_REFUSED(b.build(), "0x00410000", "ends above 0x7fff0000");
}

TEST(ElfSegments, TellTheSizeOfTheStack) {
  Builder b;
  EXPECT_EQ(load_exact(b.build())->stack_size, isa::kDefaultStack);
  b.loads.push_back({kGnuStack, 0, 0, kR | kW, {}});
  EXPECT_EQ(load_exact(b.build())->stack_size, isa::kDefaultStack);
  b.loads.back().memory_size = 0x1234001;
  EXPECT_EQ(load_exact(b.build())->stack_size, 0x1235000u);
  b.loads.back().memory_size = 0xfffff001;
  EXPECT_REFUSED(b.build(), "PT_GNU_STACK", "4294963201");
}

TEST(ElfSegments, OfNoSizeAreIgnored) {
  Builder b;
  b.loads.push_back({kLoad, 0, 0, kR | kW | kX, {}});
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->segments.size(), 2u);
}

TEST(ElfSegments, UnknownHeaderTypesAreIgnored) {
  Builder b;
  for (uint32_t type : {0u, kNote, kTls, 6u, kReginfo, 0x60000001u, 0x6ffffffeu, 0x80000000u}) {
    b.loads.push_back({type, 0xfffffff0, 0xfffffff0, 7, {1, 2, 3}});
  }
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->segments.size(), 2u);
}

TEST(ElfSegments, MustBeThere) {
  Builder b;
  for (Load& l : b.loads) l.type = kNote;
  EXPECT_REFUSED(b.build(), "no loadable segment", "-static");
}

TEST(ElfSegments, MustFitTheFile) {
  EXPECT_REFUSED(patched(1, kOffset, 0xfffffffe), "truncated", "0x00410000");
  Builder b;
  b.sections = false;
  Bytes bytes = b.build();
  EXPECT_TRUE(load_exact(bytes));
  put32(bytes, b.phdr(1) + kFilesz, 6);  // one byte past the end
  EXPECT_REFUSED(bytes, "truncated", "6 bytes");
  // Even one that occupies no memory must not lie.
  EXPECT_REFUSED(patched(1, kMemsz, 0), "5 bytes in the file but only 0 in memory");
}

TEST(ElfSegments, MustNotBeSmallerInMemoryThanInTheFile) {
  EXPECT_REFUSED(patched(1, kMemsz, 4), "5 bytes in the file but only 4 in memory");
}

TEST(ElfSegments, MustNotWrapOrLeaveUserMemory) {
  EXPECT_REFUSED(patched(1, kMemsz, 0xffffffff), "wraps around");
  EXPECT_REFUSED(patched(1, kVaddr, 0xfffffff8), "wraps around");
  EXPECT_REFUSED(patched(1, kVaddr, 0xfffffff0), "above 0x7fff0000");  // ends at 2^32 exactly
  EXPECT_REFUSED(patched(1, kVaddr, 0x80000000), "above 0x7fff0000", "-Ttext-segment");
  EXPECT_REFUSED(patched(1, kVaddr, isa::kStackTop - 15), "above 0x7fff0000");
  EXPECT_TRUE(load_exact(patched(1, kVaddr, isa::kStackTop - 16)));
  EXPECT_REFUSED(patched(1, kVaddr, 0), "below 0x00010000", "-Ttext-segment");
  EXPECT_REFUSED(patched(1, kVaddr, isa::kUserBase - 1), "below 0x00010000");
  EXPECT_TRUE(load_exact(patched(1, kVaddr, isa::kUserBase)));
}

TEST(ElfSegments, MustNotBeWritableAndExecutable) {
  EXPECT_REFUSED(patched(0, kFlagsField, kR | kW | kX), "both writable and executable",
                 "separate-code");
  EXPECT_REFUSED(patched(1, kFlagsField, kW | kX), "both writable and executable");
}

TEST(ElfSegments, MustNotOverlap) {
  EXPECT_REFUSED(patched(1, kVaddr, 0x40000f), "overlap", "0x00400000", "0x0040000f");
  EXPECT_REFUSED(patched(1, kVaddr, 0x400000), "overlap");
  EXPECT_REFUSED(patched(1, kVaddr, 0x3ffff1), "overlap", "0x003ffff1");
  EXPECT_TRUE(load_exact(patched(1, kVaddr, 0x3ffff0)));
  EXPECT_TRUE(load_exact(patched(1, kVaddr, 0x400010)));
}

TEST(ElfSegments, MayHoldTheWholeFileOrNothingOfIt) {
  Builder b;
  b.sections = false;
  b.loads.resize(1);
  Bytes bytes = b.build();
  const auto size = static_cast<uint32_t>(bytes.size());
  put32(bytes, b.phdr(0) + kOffset, 0);
  put32(bytes, b.phdr(0) + kFilesz, size);
  put32(bytes, b.phdr(0) + kMemsz, size);
  const auto r = load_exact(bytes);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->segments[0].bytes, bytes);

  b.loads[0].bytes.clear();  // the program headers end where the file does
  const auto zero = load_exact(b.build());
  ASSERT_TRUE(zero) << zero.error().message;
  EXPECT_TRUE(zero->segments[0].bytes.empty());
}

TEST(ElfSegments, MustNotMultiplyTheFile) {
  // 100 segments over the same kilobyte.
  Builder b;
  b.sections = false;
  b.loads[0].bytes.resize(1024);
  b.loads[0].memory_size = 1024;
  for (uint32_t i = 0; i < 100; ++i)
    b.loads.push_back({kLoad, 0x1000000 + (i << 12), 1024, kR, {}});
  Bytes bytes = b.build();
  const size_t text = b.phdr(b.loads.size());
  for (size_t i = 2; i < b.loads.size(); ++i) {
    put32(bytes, b.phdr(i) + kOffset, static_cast<uint32_t>(text));
    put32(bytes, b.phdr(i) + kFilesz, 1024);
  }
  EXPECT_REFUSED(bytes, "share file contents");
}

TEST(ElfSegments, DynamicExecutablesAreRefused) {
  Builder interp;
  interp.loads.push_back(
      {kInterp, 0x400000, 13, kR, {'/', 'l', 'i', 'b', '/', 'l', 'd', '.', 's', 'o', 0}});
  EXPECT_REFUSED(interp.build(), "dynamic executable", "-static");

  Builder needed;
  needed.loads.push_back(
      {kDynamic, 0x400000, 24, kR, {0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}});
  EXPECT_REFUSED(needed.build(), "DT_NEEDED", "-static");

  // Nothing needed; what follows DT_NULL or is no whole entry does not count.
  Builder none;
  none.loads.push_back({kDynamic, 0x400000, 24, kR, {0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0,
                                                     0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}});
  EXPECT_TRUE(load_exact(none.build()));
  none.loads[2].bytes = {0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_TRUE(load_exact(none.build()));
  EXPECT_REFUSED(
      [&] {
        Bytes b = none.build();
        put32(b, none.phdr(2) + kFilesz, 0x10000);
        return b;
      }(),
      "truncated", "dynamic table");
}

TEST(ElfSegments, DynamicTablesOfLittleEndianFilesAreRead) {
  Builder needed;
  needed.loads.push_back(
      {kDynamic, 0x400000, 24, kR, {0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}});
  EXPECT_REFUSED(little_endian(needed.build()), "DT_NEEDED", "-static");
}

TEST(ElfProgramHeaders, AreCopiedAndFoundInMemory) {
  Builder b;
  b.sections = false;
  auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  const std::vector<uint32_t> want = {kLoad, 116, 0x400000, 0x400000, 16, 16, kR | kX, 4,
                                      kLoad, 132, 0x410000, 0x410000, 5,  16, kR | kW, 4};
  EXPECT_EQ(r->program_headers, want);
  EXPECT_EQ(r->program_headers_address, 0u);  // no segment holds them
  // As linkers do: the first segment begins with the file.
  for (bool little : {false, true}) {
    Bytes bytes = b.build();
    put32(bytes, b.phdr(0) + kOffset, 0);
    put32(bytes, b.phdr(0) + kFilesz, 132);
    put32(bytes, b.phdr(0) + kMemsz, 132);
    if (little) bytes = little_endian(bytes);
    r = load_exact(bytes);
    ASSERT_TRUE(r) << r.error().message;
    EXPECT_EQ(r->program_headers_address, 0x400000u + 52);
    EXPECT_EQ(r->program_headers[2], 0x400000u);
  }
}

TEST(ElfProgramHeaders, AreNotInMemoryUnlessAsAWhole) {
  Builder b;
  b.sections = false;
  const auto address = [&](uint32_t offset, uint32_t size, uint32_t vaddr) {
    Bytes bytes = b.build();
    put32(bytes, b.phdr(0) + kOffset, offset);
    put32(bytes, b.phdr(0) + kVaddr, vaddr);
    put32(bytes, b.phdr(0) + kFilesz, size);
    put32(bytes, b.phdr(0) + kMemsz, 128);
    const auto r = load_exact(bytes);
    EXPECT_TRUE(r) << r.error().message;
    return r ? r->program_headers_address : ~0u;
  };
  EXPECT_EQ(address(52, 64, 0x400000), 0x400000u);
  EXPECT_EQ(address(52, 63, 0x400000), 0u);
  EXPECT_EQ(address(53, 63, 0x400000), 0u);
  EXPECT_EQ(address(48, 68, 0x400000), 0x400004u);
  EXPECT_EQ(address(52, 64, 0x400002), 0u);  // not as words
}

TEST(ElfProgramHeaders, IncludeThoseOfOtherTypes) {
  Builder b;
  b.loads.push_back({kTls, 0x410000, 8, kR, {1}});
  const auto r = load_exact(b.build());
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->program_headers.size(), 24u);
  EXPECT_EQ(r->program_headers[16], kTls);
}

// What `strip` and debug information change is zero in memory: the section fields of the header,
// and notes.
TEST(ElfSegments, HoldNothingOfSectionsAndNotes) {
  Builder b;
  b.loads[1].bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  b.loads.push_back({kNote, 0x410002, 3, kR, {}});
  const auto load_with = [&](bool sections, uint8_t note) {
    b.sections = sections;
    b.loads[1].bytes[3] = note;
    Bytes bytes = b.build();
    const uint32_t data = 52 + 3 * 32 + 16;  // where the data lies in the file
    put32(bytes, b.phdr(0) + kOffset, 0);
    put32(bytes, b.phdr(0) + kFilesz, data);
    put32(bytes, b.phdr(0) + kMemsz, data);
    put32(bytes, b.phdr(2) + kOffset, data + 2);
    put32(bytes, b.phdr(2) + kFilesz, 3);
    auto image = load_exact(bytes);
    EXPECT_TRUE(image) << image.error().message;
    return image ? image->segments : std::vector<isa::Segment>(2);
  };
  const auto plain = load_with(true, 4), stripped = load_with(false, 99);
  EXPECT_EQ(plain[0].bytes, stripped[0].bytes);
  EXPECT_EQ(plain[0].bytes[kAtFlags], 0x50);
  for (size_t at : {kAtShoff, kAtShoff + 3, kAtShentsize + 1, kAtShnum + 1, kAtShstrndx + 1})
    EXPECT_EQ(plain[0].bytes[at], 0) << at;
  EXPECT_EQ(plain[1].bytes, (Bytes{1, 2, 0, 0, 0, 6, 7, 8}));
  EXPECT_EQ(stripped[1].bytes, plain[1].bytes);
}

TEST(ElfSegments, NotesLieBesideTheProgramHeaders) {
  Builder b;
  b.sections = false;
  b.loads.push_back({kNote, 0x410000, 4, kR, {}});
  for (uint32_t offset : {48u, 52u, 52 + 3 * 32 - 1u, 52 + 3 * 32u}) {
    Bytes bytes = b.build();
    put32(bytes, b.phdr(2) + kOffset, offset);
    put32(bytes, b.phdr(2) + kFilesz, 5);
    if (offset == 52 + 3 * 32)
      EXPECT_TRUE(load_exact(bytes));
    else
      EXPECT_REFUSED(bytes, "damaged", "a note");
  }
}

// Linux ignores what it does not know; here a type that is reserved for the processor might change
// what the code means.
TEST(ElfSegments, OfUnknownTypesForTheProcessorAreRefused) {
  const auto with_type = [](uint32_t type, bool little) {
    Builder b;
    b.loads.push_back({type, 0x400000, 24, kR, {}});
    return little ? little_endian(b.build()) : b.build();
  };
  for (bool little : {false, true}) {
    EXPECT_TRUE(load_exact(with_type(kReginfo, little)));
    EXPECT_REFUSED(with_type(0x70000001, little), "0x70000001 (PT_MIPS_RTPROC)", "-static");
    EXPECT_REFUSED(with_type(0x70000002, little), "0x70000002 (PT_MIPS_OPTIONS)", "-mabi=32");
    EXPECT_REFUSED(with_type(0x70000004, little), "0x70000004");
    EXPECT_REFUSED(with_type(0x7fffffff, little), "0x7fffffff");
    for (uint32_t type : {0u, kNote, 6u, kTls, kGnuStack, 0x6fffffffu, 0x80000000u}) {
      EXPECT_TRUE(load_exact(with_type(type, little))) << type;
    }
  }
}

std::string with_entry(uint32_t entry) {
  Builder b;
  b.entry = entry;
  return refusal(b.build());
}

TEST(ElfEntry, MustBeAWordOfAnExecutableSegment) {
  EXPECT_EQ(with_entry(0x400000), "accepted");
  EXPECT_EQ(with_entry(0x40000c), "accepted");
  for (uint32_t entry : {0u, 0x3ffffcu, 0x400010u, 0x410000u, 0x7ffefffcu, 0xfffffffcu}) {
    EXPECT_NE(with_entry(entry).find("outside every executable segment"), std::string::npos)
        << entry;
  }
  // The last word of the text is there in part only.
  Builder b;
  b.entry = 0x40000c;
  b.loads[0].memory_size = 15;
  b.loads[0].bytes.resize(15);
  EXPECT_REFUSED(b.build(), "outside every executable segment");
}

TEST(ElfEntry, MustBeAligned) {
  EXPECT_NE(with_entry(0x400001).find("MIPS16 or microMIPS"), std::string::npos);
  EXPECT_NE(with_entry(0x400002).find("not a multiple of 4"), std::string::npos);
  EXPECT_NE(with_entry(0x400003).find("MIPS16 or microMIPS"), std::string::npos);
}

}  // namespace
}  // namespace mipzk::elf_test
