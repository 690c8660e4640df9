// SPDX-License-Identifier: Apache-2.0
// The program tables of a loaded file: docs/MACHINE.md, "Program tables".
#include "isa/program.hpp"

#include <algorithm>
#include <utility>

#include "base/format.hpp"
#include "isa/decode.hpp"
#include "isa/lower.hpp"

namespace mipzk::isa {
namespace {

constexpr uint32_t kMapPage = 4096;
constexpr uint32_t kInitialStackPointer = kStackTop - 64;
constexpr uint8_t kSp = 29;

// The words of a segment, as keys: those that hold bytes of the file, then those that are zero.
struct Words {
  uint32_t begin, file_end, end;
};

Words words_of(const Segment& s) {
  const uint32_t begin = s.address / 4;
  const auto size = static_cast<uint32_t>(s.bytes.size());
  const uint32_t file_end = size == 0 ? begin : (s.address + size + 3) / 4;
  const uint32_t end = s.memory_size == 0 ? begin : (s.address + s.memory_size + 3) / 4;
  return {begin, file_end, std::max(file_end, end)};
}

bool in_kernel(const Segment& s) { return s.address >= kKernelBase && s.address < kKernelEnd; }

Status check_segments(const ProgramImage& image) {
  uint64_t previous_end = kUserBase / 4;
  for (const Segment& s : image.segments) {
    const uint64_t end_limit = image.trap_vector != 0 && in_kernel(s) ? kKernelEnd : kStackTop;
    const uint64_t size = std::max<uint64_t>(s.bytes.size(), s.memory_size);
    if (s.bytes.size() > s.memory_size)
      return format_error(Errc::kElf, "the segment at 0x%08x holds more bytes than it has memory",
                          s.address);
    if (s.address < kUserBase)
      return format_error(
          Errc::kElf, "the segment at 0x%08x lies below 0x%08x, in the pages that stay unmapped",
          s.address, kUserBase);
    if (s.address + size > end_limit)
      return format_error(Errc::kElf, "the segment at 0x%08x reaches beyond 0x%08x", s.address,
                          static_cast<uint32_t>(end_limit));
    if (s.writable && s.executable)
      return format_error(
          Errc::kElf,
          "the segment at 0x%08x is both writable and executable: separate text from data "
          "(GNU ld: no -N/--omagic, and align the sections of the linker script to pages)",
          s.address);
    if (size == 0) continue;
    if (s.address / 4 < previous_end)
      return format_error(
          Errc::kElf, "the segment at 0x%08x overlaps the one before it, or shares a word with it",
          s.address);
    previous_end = words_of(s).end;
  }
  return {};
}

// Bytes of a word that the file does not cover are zero.
uint32_t word_at(const Segment& s, uint32_t key, bool little_endian) {
  uint32_t word = 0;
  for (uint32_t b = 0; b < 4; ++b) {
    const uint64_t address = uint64_t{key} * 4 + (little_endian ? 3 - b : b);
    const bool covered = address >= s.address && address - s.address < s.bytes.size();
    word = word << 8 | (covered ? s.bytes[address - s.address] : 0u);
  }
  return word;
}

bool fully_covered(const Segment& s, uint32_t key) {
  const uint64_t begin = uint64_t{key} * 4;
  return begin >= s.address && begin + 4 <= uint64_t{s.address} + s.bytes.size();
}

void add_segment(const Segment& s, Program& program) {
  const Words w = words_of(s);
  const LowerContext context{program.little_endian, program.trap_vector};
  for (uint32_t key = w.begin; key < w.file_end; ++key) {
    const uint32_t word = word_at(s, key, program.little_endian);
    program.image.push_back({key, word, s.writable});
    if (!s.executable || !fully_covered(s, key)) continue;
    const auto lowered = lower(key * 4, word, context);
    if (!lowered) continue;
    program.rom.push_back(lowered->entry);
    program.operations.push_back(lowered->operation);
  }
  if (w.end > w.file_end) program.regions.push_back({w.file_end, w.end, RegionKind::kZero});
}

uint32_t round_to_page(uint64_t address) {
  return static_cast<uint32_t>((address + kMapPage - 1) / kMapPage * kMapPage);
}

void add_registers(Program& program) {
  const uint32_t end = program.fault_vector != 0 ? kRegisterEnd : kFaultRegisters;
  for (uint32_t r = 0; r < end; ++r) {
    if (r == kExitCode) continue;
    program.image.push_back({kRegisterKeyBase + r, r == kSp ? kInitialStackPointer : 0, true});
  }
}

// RAM, without the guards.
Status add_ram(const ProgramImage& image, uint32_t begin, Program& program) {
  if (begin >= kStackTop)
    return format_error(Errc::kElf,
                        "the segments end at 0x%08x and leave no room for the stack below 0x%08x",
                        begin, kStackTop);
  if (image.stack_size != 0 && kStackTop - begin < uint64_t{image.stack_size} + kStackGuard)
    return format_error(
        Errc::kElf,
        "the segments end at 0x%08x and leave no room below 0x%08x for a stack of %u bytes and "
        "the guard of %u bytes below it: ask for a smaller stack (the size of PT_GNU_STACK; "
        "mipzk-cc: -Wl,--defsym=__stack_size=N, GNU ld: -z stack-size=N)",
        begin, kStackTop, image.stack_size, kStackGuard);
  for (const ProgramImage::Guard& guard : image.guards) {
    const uint64_t end = uint64_t{guard.address} + guard.bytes;
    if (guard.address % 4 != 0 || guard.bytes % 4 != 0 || guard.bytes == 0 ||
        guard.address < begin || end >= kStackTop)
      return format_error(Errc::kElf, "the guard at 0x%08x is no part of RAM", guard.address);
    if (guard.address > begin)
      program.regions.push_back({begin / 4, guard.address / 4, RegionKind::kZero});
    begin = static_cast<uint32_t>(end);
  }
  program.regions.push_back({begin / 4, kStackTop / 4, RegionKind::kZero});
  return {};
}

struct KeyRange {
  uint32_t start, end;
};

// Adds what lies outside of all ranges, below the reserved last word.
void add_gaps(std::vector<KeyRange> ranges, SpanKind kind, Program& program) {
  std::sort(ranges.begin(), ranges.end(),
            [](const KeyRange& a, const KeyRange& b) { return a.start < b.start; });
  ranges.push_back({kLastWord / 4, kLastWord / 4 + 1});
  uint32_t at = 0;
  for (const KeyRange& r : ranges) {
    if (r.start > at) program.spans.push_back({at, r.start, kind});
    at = std::max(at, r.end);
  }
}

// The spans: not of the kernel's addresses, nor of the public windows, in which it depends on the
// lengths what there is.
void add_spans(Program& program) {
  const auto window = [](uint32_t base) { return KeyRange{base / 4, (base + kWindowSize) / 4}; };
  const KeyRange kernel{kKernelBase / 4, kKernelEnd / 4};
  std::vector<KeyRange> mapped = {kernel, window(kPublicBase), window(kOutputBase)};
  for (const ImageWord& w : program.image)
    if (w.key < kRegisterKeyBase) mapped.push_back({w.key, w.key + 1});
  for (const Region& r : program.regions) mapped.push_back({r.start, r.end});
  add_gaps(std::move(mapped), SpanKind::kUnmapped, program);
  std::vector<KeyRange> code = {kernel};
  for (const RomEntry& e : program.rom) code.push_back({e.pc4, e.pc4 + 1});
  add_gaps(std::move(code), SpanKind::kNoCode, program);
}

bool is_instruction(const Program& program, uint32_t address) {
  return address % 4 == 0 &&
         std::binary_search(program.rom.begin(), program.rom.end(), RomEntry{.pc4 = address / 4},
                            [](const RomEntry& a, const RomEntry& b) { return a.pc4 < b.pc4; });
}

// Why no run can begin at an entry point without a row of the ROM.
Error entry_error(const ProgramImage& image, uint32_t entry) {
  for (const Segment& s : image.segments) {
    if (!s.executable || entry % 4 != 0 || !fully_covered(s, entry / 4)) continue;
    const uint32_t word = word_at(s, entry / 4, image.little_endian);
    return format_error(Errc::kElf,
                        "the entry point 0x%08x holds '%s', which stops every run: link with -e "
                        "and the name of the first function",
                        entry, disassemble(entry, word).c_str());
  }
  return format_error(
      Errc::kElf, "the entry point 0x%08x is not an instruction of an executable segment", entry);
}

}  // namespace

Result<Program> build_program(const ProgramImage& image) {
  if (Status s = check_segments(image); !s) return s.error();
  Program program;
  program.entry = image.entry;
  program.little_endian = image.little_endian;
  program.trap_vector = image.trap_vector;
  program.fault_vector = image.fault_vector;
  program.symbols = image.symbols;
  uint64_t end = kUserBase;
  for (const Segment& s : image.segments) {
    add_segment(s, program);
    if (s.address < kKernelBase) end = std::max<uint64_t>(end, uint64_t{words_of(s).end} * 4);
  }
  add_registers(program);

  if (Status s = add_ram(image, round_to_page(end), program); !s) return s.error();
  program.regions.push_back(
      {kPrivateBase / 4, (kPrivateBase + kWindowSize) / 4, RegionKind::kPrivate});
  program.regions.push_back({kLastWord / 4, kLastWord / 4 + 1, RegionKind::kZero});
  std::sort(program.regions.begin(), program.regions.end(),
            [](const Region& a, const Region& b) { return a.start < b.start; });

  if (!is_instruction(program, image.entry)) return entry_error(image, image.entry);
  if (image.trap_vector != 0 && !is_instruction(program, image.trap_vector))
    return format_error(Errc::kElf,
                        "the trap vector 0x%08x is not an instruction of an executable segment",
                        image.trap_vector);
  if (image.fault_vector == 0) return program;
  if (image.fault_vector != kFaultVector || image.trap_vector == 0 ||
      !is_instruction(program, kFaultVector))
    return format_error(Errc::kElf,
                        "a kernel that takes faults begins at 0x%08x with an instruction",
                        kFaultVector);
  add_spans(program);
  return program;
}

}  // namespace mipzk::isa
