// SPDX-License-Identifier: Apache-2.0
// The memory map and the program tables.
#include "isa/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "isa/lower.hpp"
#include "unit/isa/encode.hpp"

namespace mipzk::test {
namespace {

using isa::build_program;
using isa::ImageWord;
using isa::ProgramImage;
using isa::Region;
using isa::RegionKind;
using isa::Segment;

constexpr uint32_t kRegisters = 1u << 30;

std::vector<uint8_t> bytes_of(std::initializer_list<uint32_t> words) {
  std::vector<uint8_t> bytes;
  for (uint32_t w : words)
    for (int b = 3; b >= 0; --b) bytes.push_back(static_cast<uint8_t>(w >> (8 * b)));
  return bytes;
}

Segment text(uint32_t address, std::vector<uint8_t> bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  return {address, size, true, false, true, std::move(bytes)};
}

Segment data(uint32_t address, uint32_t memory_size, std::vector<uint8_t> bytes,
             bool writable = true) {
  return {address, memory_size, true, writable, false, std::move(bytes)};
}

ProgramImage image_with(std::vector<Segment> segments, uint32_t entry = 0x400000) {
  ProgramImage image;
  image.entry = entry;
  image.segments = std::move(segments);
  return image;
}

const std::vector<uint8_t> kHaltText = bytes_of({0x0000004c, 0});  // syscall 1; nop

std::string error_of(const ProgramImage& image) {
  const auto p = build_program(image);
  if (p.ok()) return "";
  EXPECT_EQ(p.error().code, Errc::kElf);
  return p.error().message;
}

TEST(Program, TextOnly) {
  const auto p = build_program(image_with({text(0x400000, kHaltText)}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_EQ(p->entry, 0x400000u);
  ASSERT_EQ(p->rom.size(), 2u);
  EXPECT_EQ(p->rom[0], isa::lower(0x400000, 0x0000004c)->entry);
  EXPECT_EQ(p->rom[1], isa::lower(0x400004, 0)->entry);
  EXPECT_FALSE(p->little_endian);
  EXPECT_EQ(p->trap_vector, 0u);
  // All registers but the exit code, number 35.
  ASSERT_EQ(p->image.size(), 2u + 78u);
  EXPECT_EQ(p->image[0], (ImageWord{0x100000, 0x0000004c, false}));
  for (uint32_t r = 0, i = 2; r < 79; ++r) {
    if (r == 35) continue;
    EXPECT_EQ(p->image[i++], (ImageWord{kRegisters + r, r == 29 ? 0x7ffeffc0u : 0u, true}));
  }
  ASSERT_EQ(p->regions.size(), 3u);
  EXPECT_EQ(p->regions[0], (Region{0x401000 / 4, 0x7fff0000 / 4, RegionKind::kZero}));
  EXPECT_EQ(p->regions[1], (Region{0xa0000000 / 4, 0xa4000000 / 4, RegionKind::kPrivate}));
  EXPECT_EQ(p->regions[2], (Region{0xfffffffc / 4, 1u << 30, RegionKind::kZero}));
}

TEST(Program, DataBssAndRam) {
  const auto p = build_program(image_with(
      {text(0x400000, kHaltText), data(0x500000, 0x40, bytes_of({0x11223344, 0x55667788})),
       data(0x600000, 0x20, {}), data(0x700000, 0x1001, bytes_of({1}), false)}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_EQ(p->image[2], (ImageWord{0x500000 / 4, 0x11223344, true}));
  EXPECT_EQ(p->image[3], (ImageWord{0x500004 / 4, 0x55667788, true}));
  EXPECT_EQ(p->image[4], (ImageWord{0x700000 / 4, 1, false}));
  const std::vector<Region> want = {
      {0x500008 / 4, 0x500040 / 4, RegionKind::kZero},
      {0x600000 / 4, 0x600020 / 4, RegionKind::kZero},
      {0x700004 / 4, 0x701004 / 4, RegionKind::kZero},
      {0x702000 / 4, 0x7fff0000 / 4, RegionKind::kZero},
      {0xa0000000 / 4, 0xa4000000 / 4, RegionKind::kPrivate},
      {0xfffffffc / 4, 1u << 30, RegionKind::kZero},
  };
  EXPECT_EQ(p->regions, want);
}

TEST(Program, GuardsOfRam) {
  ProgramImage image = image_with({text(0x400000, kHaltText)});
  image.guards = {{0x401000, 0x1000}, {0x500000, 0x100000}, {0x600000, 0x1000}};
  const auto p = build_program(image);
  ASSERT_TRUE(p.ok()) << p.error().message;
  const std::vector<Region> want = {
      {0x402000 / 4, 0x500000 / 4, RegionKind::kZero},
      {0x601000 / 4, 0x7fff0000 / 4, RegionKind::kZero},
      {0xa0000000 / 4, 0xa4000000 / 4, RegionKind::kPrivate},
      {0xfffffffc / 4, 1u << 30, RegionKind::kZero},
  };
  EXPECT_EQ(p->regions, want);

  // A stack and its guard that fill all of RAM, and more.
  image.stack_size = 0x7fff0000 - 0x01000000 - 0x401000;
  image.guards = {{0x401000, 0x01000000}};
  const auto full = build_program(image);
  ASSERT_TRUE(full.ok()) << full.error().message;
  EXPECT_EQ(full->regions[0], (Region{0x01401000 / 4, 0x7fff0000 / 4, RegionKind::kZero}));
  image.stack_size += 0x1000;
  EXPECT_NE(error_of(image).find("PT_GNU_STACK"), std::string::npos);
  image.stack_size = 0xfffff000;
  EXPECT_NE(error_of(image).find("PT_GNU_STACK"), std::string::npos);
}

TEST(Program, PartialWordsAreFilledWithZeros) {
  const auto p = build_program(
      image_with({text(0x400000, kHaltText), data(0x500002, 7, {0xaa, 0xbb, 0xcc, 0xdd, 0xee})}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_EQ(p->image[2], (ImageWord{0x500000 / 4, 0x0000aabb, true}));
  EXPECT_EQ(p->image[3], (ImageWord{0x500004 / 4, 0xccddee00, true}));
  // The segment ends at 0x500009: the word at 0x500008 is its bss.
  EXPECT_EQ(p->regions[0], (Region{0x500008 / 4, 0x50000c / 4, RegionKind::kZero}));
}

TEST(Program, OnlyWholeExecutableWordsAreInstructions) {
  // A nop that lacks its last byte, a word that does not lower, and text that starts unaligned.
  auto bytes = bytes_of({0x0000004c, 0xffffffff, 0x24020001});
  bytes.pop_back();
  auto p = build_program(image_with({text(0x400000, bytes)}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  ASSERT_EQ(p->rom.size(), 1u);
  EXPECT_EQ(p->image[1].value, 0xffffffffu);
  EXPECT_EQ(p->image[2].value, 0x24020000u);

  auto shifted = bytes_of({0, 0x0000004c});
  shifted.erase(shifted.begin(), shifted.begin() + 2);
  p = build_program(image_with({text(0x400002, shifted)}, 0x400004));
  ASSERT_TRUE(p.ok()) << p.error().message;
  ASSERT_EQ(p->rom.size(), 1u);
  EXPECT_EQ(p->rom[0].pc4, 0x400004u / 4);
  EXPECT_EQ(p->image[0].key, 0x400000u / 4);
}

TEST(Program, DataIsNotExecutable) {
  const auto p =
      build_program(image_with({text(0x400000, kHaltText), data(0x500000, 8, kHaltText, false)}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_EQ(p->rom.size(), 2u);
}

TEST(Program, KeysAreStrictlyAscending) {
  const auto p = build_program(image_with(
      {text(0x400000, kHaltText), text(0x400008, kHaltText), data(0x410000, 0x2000, kHaltText)}));
  ASSERT_TRUE(p.ok()) << p.error().message;
  for (size_t i = 1; i < p->image.size(); ++i) EXPECT_LT(p->image[i - 1].key, p->image[i].key);
  for (size_t i = 1; i < p->rom.size(); ++i) EXPECT_LT(p->rom[i - 1].pc4, p->rom[i].pc4);
  for (size_t i = 1; i < p->regions.size(); ++i)
    EXPECT_LE(p->regions[i - 1].end, p->regions[i].start);
}

TEST(Program, RefusesBrokenMaps) {
  const Segment code_segment = text(0x400000, kHaltText);
  EXPECT_NE(error_of(image_with({text(0xf000, kHaltText)}, 0xf000)).find("below"),
            std::string::npos);
  EXPECT_NE(
      error_of(image_with({code_segment, data(0x7ffefff8, 16, {})})).find("beyond 0x7fff0000"),
      std::string::npos);
  EXPECT_NE(
      error_of(image_with({code_segment, data(0xfffffff0, 32, {})})).find("beyond 0x7fff0000"),
      std::string::npos);
  EXPECT_NE(error_of(image_with({code_segment, data(0x400004, 16, {})})).find("overlaps"),
            std::string::npos);
  // Two segments in one word.
  EXPECT_NE(
      error_of(image_with({code_segment, data(0x500000, 2, {1, 2}), data(0x500002, 2, {3, 4})}))
          .find("overlaps"),
      std::string::npos);
  Segment both = code_segment;
  both.writable = true;
  EXPECT_NE(error_of(image_with({both})).find("writable and executable"), std::string::npos);
  EXPECT_NE(error_of(image_with({code_segment, data(0x500000, 2, {1, 2, 3})})).find("more bytes"),
            std::string::npos);
  EXPECT_NE(
      error_of(image_with({code_segment, data(0x500000, 0x7fff0000 - 0x500000, {})})).find("stack"),
      std::string::npos);
}

TEST(Program, LittleEndianWords) {
  // syscall 1; nop; lb t1,8(a0): the bytes of each word in the other order.
  Segment code_segment = text(0x400000, {0x4c, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x89, 0x80});
  ProgramImage image =
      image_with({code_segment, data(0x500002, 7, {0xaa, 0xbb, 0xcc, 0xdd, 0xee})});
  image.little_endian = true;
  const auto p = build_program(image);
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_TRUE(p->little_endian);
  ASSERT_EQ(p->rom.size(), 3u);
  const isa::LowerContext context{.little_endian = true, .trap_vector = 0};
  EXPECT_EQ(p->rom[0], isa::lower(0x400000, 0x0000004c, context)->entry);
  EXPECT_EQ(p->rom[2], isa::lower(0x400008, 0x80890008, context)->entry);
  EXPECT_EQ(p->rom[2].k[4], 1u);
  EXPECT_EQ(p->image[0], (ImageWord{0x100000, 0x0000004c, false}));
  // Bytes that the file does not cover are zero: here the low ones, then the high ones.
  EXPECT_EQ(p->image[3], (ImageWord{0x500000 / 4, 0xbbaa0000, true}));
  EXPECT_EQ(p->image[4], (ImageWord{0x500004 / 4, 0x00eeddcc, true}));
}

// A program with a system call, and a kernel of two segments.
ProgramImage image_with_kernel() {
  ProgramImage image = image_with(
      {text(0x400000, bytes_of({0x0000000c, 0x46241000, 0})), data(0x500000, 0x10, bytes_of({1})),
       text(0x80000000, kHaltText), data(0x80010000, 0x2000, bytes_of({0x0000000c})),
       data(0x8ffff000, 0x1000, bytes_of({0x400000}), false)},
      0x80000000);
  image.trap_vector = 0x80000004;
  return image;
}

TEST(Program, KernelSegments) {
  const auto p = build_program(image_with_kernel());
  ASSERT_TRUE(p.ok()) << p.error().message;
  EXPECT_EQ(p->trap_vector, 0x80000004u);
  EXPECT_EQ(p->entry, 0x80000000u);
  ASSERT_EQ(p->rom.size(), 5u);
  for (unsigned i : {0u, 1u}) {  // syscall and add.d enter the kernel
    EXPECT_EQ(p->rom[i].cls, isa::Class::kTrap);
    EXPECT_EQ(p->rom[i].k[2], 0x80000004u / 4);
  }
  EXPECT_EQ(p->rom[3].pc4, 0x80000000u / 4);
  EXPECT_EQ(p->image[4], (ImageWord{0x80000000u / 4, 0x0000004c, false}));
  EXPECT_EQ(p->image[6], (ImageWord{0x80010000u / 4, 0x0000000c, true}));
  EXPECT_EQ(p->image[7], (ImageWord{0x8ffff000u / 4, 0x400000, false}));
  // RAM begins after the user's segments, wherever the kernel lies.
  const std::vector<Region> want = {
      {0x500004 / 4, 0x500010 / 4, RegionKind::kZero},
      {0x501000 / 4, 0x7fff0000 / 4, RegionKind::kZero},
      {0x80010004u / 4, 0x80012000u / 4, RegionKind::kZero},
      {0x8ffff004u / 4, 0x90000000u / 4, RegionKind::kZero},
      {0xa0000000 / 4, 0xa4000000 / 4, RegionKind::kPrivate},
      {0xfffffffc / 4, 1u << 30, RegionKind::kZero},
  };
  EXPECT_EQ(p->regions, want);
}

TEST(Program, KernelSegmentsNeedAKernelAndStayInItsRange) {
  ProgramImage none = image_with_kernel();
  none.trap_vector = 0;
  EXPECT_NE(error_of(none).find("0x80000000 reaches beyond 0x7fff0000"), std::string::npos);

  ProgramImage beyond = image_with_kernel();
  beyond.segments.back().memory_size = 0x1001;
  EXPECT_NE(error_of(beyond).find("0x8ffff000 reaches beyond 0x90000000"), std::string::npos);

  // The range between the stack and the kernel, and the one above it, stay empty.
  for (uint32_t address : {0x7fff0000u, 0x7ffffff8u, 0x90000000u, 0x9ffffff0u}) {
    ProgramImage astray = image_with_kernel();
    astray.segments.insert(
        address < 0x80000000 ? astray.segments.begin() + 2 : astray.segments.end(),
        data(address, 0x10, {}));
    EXPECT_NE(error_of(astray).find("beyond 0x7fff0000"), std::string::npos) << address;
  }

  ProgramImage both = image_with_kernel();
  both.segments[2].writable = true;
  EXPECT_NE(error_of(both).find("writable and executable"), std::string::npos);
}

// Each key is in a span, or something is there; but for the kernel's addresses, the public windows
// and the last word, of which no span speaks.
TEST(Program, SpansAreDisjointFromWhatThereIsAndComplete) {
  ProgramImage image = image_with_kernel();
  image.fault_vector = 0x80000000;
  image.guards = {{0x60000000, 0x1000}, {0x7f000000, 4}};
  const auto p = build_program(image);
  ASSERT_TRUE(p.ok()) << p.error().message;
  std::vector<uint32_t> borders;
  const auto add = [&](uint32_t key) {
    for (uint32_t k : {key - 1, key, key + 1})
      if (k < 1u << 30) borders.push_back(k);
  };
  for (const isa::Span& s : p->spans) {
    EXPECT_LT(s.start, s.end);
    EXPECT_LE(s.end - s.start, 1u << 29);
    add(s.start);
    add(s.end);
  }
  for (const Region& r : p->regions) {
    add(r.start);
    add(r.end);
  }
  for (const ImageWord& w : p->image) add(w.key);
  for (uint32_t base : {0xb0000000u, 0xc0000000u, 0x80000000u}) add(base / 4);
  for (uint32_t end : {0xb4000000u, 0xc4000000u, 0x90000000u}) add(end / 4);
  for (const uint32_t key : borders) {
    const uint32_t address = 4 * key;
    unsigned mapped = 0, code = 0, unmapped = 0, no_code = 0;
    for (const Region& r : p->regions) mapped += key >= r.start && key < r.end;
    for (const ImageWord& w : p->image) mapped += w.key == key;
    for (const isa::RomEntry& e : p->rom) code += e.pc4 == key;
    for (const isa::Span& s : p->spans) {
      const bool inside = key >= s.start && key < s.end;
      (s.kind == isa::SpanKind::kUnmapped ? unmapped : no_code) += inside;
    }
    const bool in_kernel = address >= 0x80000000 && address < 0x90000000;
    const bool in_public = address - 0xb0000000 < 0x4000000 || address - 0xc0000000 < 0x4000000;
    const bool last = address == 0xfffffffc;
    EXPECT_EQ(unmapped + mapped, in_public || (in_kernel && mapped == 0) ? 0u : 1u)
        << std::hex << address;
    EXPECT_EQ(no_code + code, last || (in_kernel && code == 0) ? 0u : 1u) << std::hex << address;
  }
  EXPECT_EQ(p->spans.front(), (isa::Span{0, 0x400000 / 4, isa::SpanKind::kUnmapped}));
  const auto guard = isa::Span{0x60000000 / 4, 0x60001000 / 4, isa::SpanKind::kUnmapped};
  EXPECT_NE(std::find(p->spans.begin(), p->spans.end(), guard), p->spans.end());
  EXPECT_EQ(isa::entry_of(guard).k[0], 0x60001000u / 4);
  // The registers of a fault have words of the image only here.
  EXPECT_EQ(p->image.back(), (ImageWord{(1u << 30) + 82, 0, true}));
  EXPECT_EQ(build_program(image_with_kernel())->image.back().key, (1u << 30) + 78);
}

TEST(Program, RefusesBadFaultVectorsAndGuards) {
  ProgramImage image = image_with_kernel();
  image.fault_vector = 0x80000004;
  EXPECT_NE(error_of(image).find("takes faults"), std::string::npos);
  image = image_with_kernel();
  image.fault_vector = 0x80000000;
  image.segments[2].bytes[3] = 0x0d;  // break
  image.entry = 0x80000004;
  EXPECT_NE(error_of(image).find("takes faults"), std::string::npos);
  const ProgramImage::Guard bad[][2] = {{{0x500000, 0x1000}, {}},
                                        {{0x7ffff000, 0x1000}, {}},
                                        {{0x60000002, 0x1000}, {}},
                                        {{0x60000000, 2}, {}},
                                        {{0x60000000, 0}, {}},
                                        {{0x80000000, 4}, {}},
                                        {{0x60000000, 0x1000}, {0x60000ffc, 4}}};
  for (const auto& guards : bad) {
    image = image_with_kernel();
    image.guards = {guards[0]};
    if (guards[1].bytes != 0) image.guards.push_back(guards[1]);
    EXPECT_NE(error_of(image).find("no part of RAM"), std::string::npos) << guards[0].address;
  }
}

TEST(Program, RefusesBadTrapVectors) {
  // Unaligned, in data, in no segment, a word that is no instruction.
  for (uint32_t vector : {0x80000002u, 0x80010000u, 0x80001000u, 0x80000008u}) {
    ProgramImage image = image_with_kernel();
    image.trap_vector = vector;
    EXPECT_NE(error_of(image).find("trap vector"), std::string::npos) << vector;
  }
}

TEST(Program, RefusesBadEntryPoints) {
  const Segment code_segment = text(0x400000, kHaltText);
  for (uint32_t entry : {0x400002u, 0x400008u, 0u, 0x500000u})
    EXPECT_NE(
        error_of(image_with({code_segment, data(0x500000, 8, kHaltText)}, entry)).find("entry"),
        std::string::npos)
        << entry;
  // An instruction that stops every run is named, and so is a word that is none.
  for (auto [word, name] : {std::pair{0x0000000du, "'break'"}, {0xffffffffu, "'.word 0xffffffff'"}})
    EXPECT_NE(error_of(image_with({text(0x400000, bytes_of({word, 0}))}))
                  .find(std::string(name) + ", which"),
              std::string::npos)
        << error_of(image_with({text(0x400000, bytes_of({word, 0}))}));
}

}  // namespace
}  // namespace mipzk::test
