// SPDX-License-Identifier: Apache-2.0
#include "kernel/kernel.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "base/format.hpp"
#include "isa/decode.hpp"

namespace mipzk::kernel {
namespace {

constexpr uint32_t kSystemCall = 0x0000000c;
constexpr size_t kNear = 8;  // words from the load of a number to its system call
constexpr uint32_t kPage = 4096;
constexpr size_t kBootWords = 6;  // before the copies of the program headers

// Stacks of threads: places of kThreadStack bytes of RAM above kThreadGuard unmapped bytes, as many
// as fit between the RAM for heap and mappings and the guard of the first stack.
constexpr uint32_t kThreadStacks = 0x60000000, kThreadStack = 0x00800000, kThreadGuard = 0x00100000;

struct KernelSegment {
  uint32_t address, memory_size, flags;  // flags as in an ELF file: 4 read, 2 write, 1 execute
  std::span<const uint32_t> words;
};

struct KernelFunction {
  uint32_t address, size;
  const char* name;
};

struct KernelImage {
  uint32_t entry, vector, faults;
  std::span<const KernelSegment> segments;
  std::span<const KernelFunction> functions;
};

namespace be {
#include "kernel/image_be.inc"
}
namespace le {
#include "kernel/image_le.inc"
}

std::vector<uint8_t> to_bytes(std::span<const uint32_t> words, bool little_endian) {
  std::vector<uint8_t> bytes;
  bytes.reserve(words.size() * 4);
  for (const uint32_t w : words)
    for (unsigned i = 0; i < 4; ++i)
      bytes.push_back(static_cast<uint8_t>(w >> (little_endian ? 8 * i : 24 - 8 * i)));
  return bytes;
}

uint32_t word_at(const uint8_t* p, bool little_endian) {
  uint32_t word = 0;
  for (unsigned i = 0; i < 4; ++i) word = word << 8 | p[little_endian ? 3 - i : i];
  return word;
}

// addiu or ori $v0, $zero, number of a system call
bool loads_number(uint32_t word) {
  const uint32_t number = word & 0xffff;
  return (word >> 16 == 0x2402 || word >> 16 == 0x3402) && number >= 4000 && number < 5000;
}

bool branches(uint32_t word) {
  const auto i = isa::decode(word);
  if (!i) return false;
  switch (isa::op_info(i->op).format) {
    case isa::Format::kJump:
    case isa::Format::kJumpReg:
    case isa::Format::kJumpRegLink:
    case isa::Format::kBranchEq:
    case isa::Format::kBranchZero:
    case isa::Format::kFpBranch:
      return true;
    default:
      return false;
  }
}

// Whether a system call follows in the line of instructions that begins with words[i], which loads
// its number.
bool calls(std::span<const uint32_t> words, size_t i) {
  if (i > 0 && branches(words[i - 1])) return false;
  const size_t end = std::min(words.size(), i + 1 + kNear);
  for (size_t k = i + 1; k < end; ++k) {
    if (words[k] == kSystemCall) return true;
    if (branches(words[k])) return k + 1 < end && words[k + 1] == kSystemCall;
  }
  return false;
}

// The first address of RAM: docs/MACHINE.md, section 5.
uint32_t ram_start(const isa::ProgramImage& image) {
  uint64_t end = 0;
  for (const isa::Segment& s : image.segments)
    end = std::max(end, uint64_t{s.address} + s.memory_size);
  return static_cast<uint32_t>((end + kPage - 1) / kPage * kPage);
}

// What stays unmapped below the first stack, from its lowest address.
std::vector<isa::ProgramImage::Guard> guards_below(uint32_t stack) {
  std::vector<isa::ProgramImage::Guard> guards;
  uint32_t start = kThreadStacks;
  for (; stack - start >= kThreadGuard + kThreadStack + isa::kStackGuard;
       start += kThreadGuard + kThreadStack)
    guards.push_back({start, kThreadGuard});
  guards.push_back({start, stack - start});
  return guards;
}

}  // namespace

bool wanted(const isa::ProgramImage& image) {
  for (const isa::Segment& s : image.segments) {
    if (!s.executable) continue;
    // From the first multiple of 4 in the segment; only whole words are instructions.
    std::vector<uint32_t> words;
    for (size_t i = (4 - s.address % 4) % 4; i + 4 <= s.bytes.size(); i += 4)
      words.push_back(word_at(s.bytes.data() + i, image.little_endian));
    for (size_t i = 0; i < words.size(); ++i)
      if (loads_number(words[i]) && calls(words, i)) return true;
  }
  return false;
}

Status attach(isa::ProgramImage& image) {
  for (const isa::Segment& s : image.segments)
    if (uint64_t{s.address} + s.memory_size > isa::kStackTop)
      return Error(Errc::kElf, "a segment of the program lies where the in-guest kernel belongs");
  const uint32_t ram = ram_start(image);
  const uint32_t stack_size = image.stack_size == 0 ? isa::kDefaultStack : image.stack_size;
  if (ram > kThreadStacks)
    return format_error(Errc::kElf,
                        "the segments of the program end at 0x%08x, which leaves no memory below "
                        "0x%08x for its heap: link with -Wl,-Ttext-segment=0x400000",
                        ram, kThreadStacks);
  if (stack_size > isa::kStackTop - kThreadStacks - isa::kStackGuard)
    return format_error(
        Errc::kElf,
        "a stack of %u bytes (PT_GNU_STACK): Linux programs have at most %u, link with "
        "-z stack-size=N",
        stack_size, isa::kStackTop - kThreadStacks - isa::kStackGuard);
  const bool copy_headers = image.program_headers_address == 0;
  std::vector<uint32_t> boot = {
      image.entry,
      copy_headers ? kBootBlock + uint32_t{4 * kBootWords} : image.program_headers_address,
      static_cast<uint32_t>(image.program_headers.size() / 8),
      ram,
      image.flags,
      isa::kStackTop - stack_size};
  if (copy_headers)
    boot.insert(boot.end(), image.program_headers.begin(), image.program_headers.end());
  if (boot.size() * 4 > isa::kKernelEnd - kBootBlock)
    return Error(Errc::kElf, "too many program headers: they do not fit the boot block of 4 KiB");

  const bool little_endian = image.little_endian;
  const KernelImage& k = little_endian ? le::kImage : be::kImage;
  const auto add = [&](uint32_t address, uint32_t size, uint32_t flags,
                       std::span<const uint32_t> words) {
    isa::Segment s;
    s.address = address;
    s.memory_size = size;
    s.readable = (flags & 4) != 0;
    s.writable = (flags & 2) != 0;
    s.executable = (flags & 1) != 0;
    s.bytes = to_bytes(words, little_endian);
    image.segments.push_back(std::move(s));
  };
  for (const KernelSegment& s : k.segments) add(s.address, s.memory_size, s.flags, s.words);
  add(kBootBlock, static_cast<uint32_t>(boot.size() * 4), 4, boot);
  for (const KernelFunction& f : k.functions)
    image.symbols.push_back({f.address, f.size, std::string("kernel:") + f.name});
  image.stack_size = stack_size;
  image.guards = guards_below(isa::kStackTop - stack_size);
  image.entry = k.entry;
  image.trap_vector = k.vector;
  image.fault_vector = k.faults;
  return {};
}

}  // namespace mipzk::kernel
