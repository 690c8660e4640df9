// SPDX-License-Identifier: Apache-2.0
#include "elf/segments.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "elf/header.hpp"
#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

constexpr uint32_t kPage = 4096;

// Checks one PT_LOAD header by itself.
Status check_loadable(const File& file, const Elf32_Phdr& p) {
  const uint64_t end = uint64_t{p.p_vaddr} + p.p_memsz;
  if (p.p_filesz > p.p_memsz) {
    return refuse("damaged segment at 0x%08x: %u bytes in the file but only %u in memory",
                  p.p_vaddr, p.p_filesz, p.p_memsz);
  }
  // Linkers give a segment of zeros any offset, also one behind the end of the file.
  if (p.p_filesz != 0 && !file.holds(p.p_offset, p.p_filesz)) {
    return refuse(
        "truncated: the segment at 0x%08x (offset %u, %u bytes) does not fit a file of %zu bytes",
        p.p_vaddr, p.p_offset, p.p_filesz, file.bytes().size());
  }
  if (p.p_memsz == 0) return {};
  if (end > uint64_t{1} << 32) {
    return refuse("the segment at 0x%08x wraps around the address space (%u bytes)", p.p_vaddr,
                  p.p_memsz);
  }
  if (p.p_vaddr < isa::kUserBase) {
    return refuse(
        "the segment at 0x%08x begins below 0x%08x, the lowest user address: link with "
        "-Wl,-Ttext-segment=0x400000",
        p.p_vaddr, isa::kUserBase);
  }
  if (end > isa::kStackTop) {
    return refuse(
        "the segment at 0x%08x (%u bytes) ends above 0x%08x, the top of user memory: link with "
        "-Wl,-Ttext-segment=0x400000",
        p.p_vaddr, p.p_memsz, isa::kStackTop);
  }
  if ((p.p_flags & PF_W) && (p.p_flags & PF_X)) {
    return refuse(
        "the segment at 0x%08x is both writable and executable, code must be read-only: link "
        "without -N, with -Wl,-z,separate-code",
        p.p_vaddr);
  }
  return {};
}

// DT_NEEDED names a shared library, which nobody will load.
Status check_dynamic(const File& file, const Elf32_Phdr& p) {
  if (!file.holds(p.p_offset, p.p_filesz)) {
    return refuse(
        "truncated: the dynamic table (offset %u, %u bytes) does not fit a file of %zu bytes",
        p.p_offset, p.p_filesz, file.bytes().size());
  }
  const ByteView table = file.bytes().subspan(p.p_offset, p.p_filesz);
  for (size_t i = 0; i + sizeof(Elf32_Dyn) <= table.size(); i += sizeof(Elf32_Dyn)) {
    const uint32_t tag = Numbers::of(file.bytes()).u32(table.data() + i);
    if (tag == DT_NULL) break;
    if (tag == DT_NEEDED) {
      return refuse(
          "dynamic executable: it needs shared libraries (DT_NEEDED); link it with -static");
    }
  }
  return {};
}

// Everything but PT_LOAD: what tells that the file cannot run by itself, and what asks for
// something of the processor. Other types carry nothing that the machine needs.
Status check_other(const File& file, const Elf32_Phdr& p) {
  switch (p.p_type) {
    case PT_INTERP:
      return refuse("dynamic executable: it asks for a program interpreter; link it with -static");
    case PT_DYNAMIC:
      return check_dynamic(file, p);
    case PT_MIPS_REGINFO:   // which registers are used
    case PT_MIPS_ABIFLAGS:  // check_abiflags()
      return {};
    default:
      if (p.p_type < PT_LOPROC || p.p_type > PT_HIPROC) return {};
      return refuse(
          "a segment of the type 0x%08x (%s), which asks something unknown of the processor: link "
          "with mips-linux-gnu-gcc -mabi=32 -static",
          p.p_type,
          p.p_type == PT_MIPS_OPTIONS  ? "PT_MIPS_OPTIONS"
          : p.p_type == PT_MIPS_RTPROC ? "PT_MIPS_RTPROC"
                                       : "no standard name");
  }
}

// The stack that the file asks for (GNU ld: -z stack-size).
Status read_stack_size(const File& file, isa::ProgramImage& image) {
  image.stack_size = isa::kDefaultStack;
  for (const Elf32_Phdr& p : file.program_headers()) {
    if (p.p_type != PT_GNU_STACK || p.p_memsz == 0) continue;
    if (p.p_memsz > isa::kStackTop)
      return refuse("a stack of %u bytes (PT_GNU_STACK), more than the memory of the machine",
                    p.p_memsz);
    image.stack_size = (p.p_memsz + kPage - 1) / kPage * kPage;
  }
  // build_program() refuses what has no room.
  image.guards = {{isa::kStackTop - image.stack_size - isa::kStackGuard, isa::kStackGuard}};
  return {};
}

// The program headers as words, and the address where a segment holds them as words.
void copy_program_headers(const File& file, const std::vector<Elf32_Phdr>& loads,
                          isa::ProgramImage& image) {
  for (const Elf32_Phdr& p : file.program_headers())
    for (const uint32_t word :
         {p.p_type, p.p_offset, p.p_vaddr, p.p_paddr, p.p_filesz, p.p_memsz, p.p_flags, p.p_align})
      image.program_headers.push_back(word);
  const uint64_t begin = file.header().e_phoff;
  const uint64_t end = begin + uint64_t{4} * image.program_headers.size();
  for (const Elf32_Phdr& p : loads) {
    if (begin < p.p_offset || end > uint64_t{p.p_offset} + p.p_filesz) continue;
    const uint32_t address = p.p_vaddr + static_cast<uint32_t>(begin - p.p_offset);
    if (address % 4 == 0) image.program_headers_address = address;
  }
}

struct Range {
  uint64_t begin, end;
};

// The bytes of the file that tell how it was made and not what it does: where its sections are, and
// notes. They are zero in memory, so that neither `strip` nor debug information changes the program
// (docs/MACHINE.md, section 5).
std::vector<Range> file_facts(const File& file) {
  std::vector<Range> facts = {{offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf32_Ehdr, e_flags)},
                              {offsetof(Elf32_Ehdr, e_shentsize), sizeof(Elf32_Ehdr)}};
  for (const Elf32_Phdr& p : file.program_headers())
    if (p.p_type == PT_NOTE) facts.push_back({p.p_offset, uint64_t{p.p_offset} + p.p_filesz});
  return facts;
}

// Programs read their program headers in memory.
Status check_facts(const File& file, const std::vector<Range>& facts) {
  const uint64_t begin = file.header().e_phoff;
  const uint64_t end = begin + file.program_headers().size() * sizeof(Elf32_Phdr);
  for (const Range& r : facts)
    if (r.begin < end && begin < r.end)
      return refuse("damaged: the program headers overlap the section fields or a note");
  return {};
}

void clear(const std::vector<Range>& facts, const Elf32_Phdr& load, isa::Segment& segment) {
  for (const Range& r : facts) {
    const uint64_t first = std::max<uint64_t>(r.begin, load.p_offset);
    const uint64_t last = std::min(r.end, uint64_t{load.p_offset} + load.p_filesz);
    if (first < last)
      std::fill_n(segment.bytes.begin() + static_cast<ptrdiff_t>(first - load.p_offset),
                  last - first, uint8_t{0});
  }
}

Status check_entry(const isa::ProgramImage& image) {
  const uint32_t entry = image.entry;
  if (entry & 1) {
    return refuse(
        "the entry point 0x%08x is odd, which means MIPS16 or microMIPS code: compile with "
        "-mno-mips16 "
        "-mno-micromips",
        entry);
  }
  if (entry % 4 != 0) {
    return refuse(
        "the entry point 0x%08x is not a multiple of 4: link with -e and the name of a function",
        entry);
  }
  const isa::Segment* s = find_segment(image.segments, entry);
  if (s == nullptr || !s->executable || s->memory_size - (entry - s->address) < 4) {
    return refuse(
        "the entry point 0x%08x is outside every executable segment: define _start or __start, or "
        "link with -e and the name of the first function",
        entry);
  }
  return {};
}

}  // namespace

const isa::Segment* find_segment(const std::vector<isa::Segment>& segments, uint32_t address) {
  auto it = std::upper_bound(segments.begin(), segments.end(), address,
                             [](uint32_t a, const isa::Segment& s) { return a < s.address; });
  if (it == segments.begin()) return nullptr;
  --it;
  return address - it->address < it->memory_size ? &*it : nullptr;
}

Status read_segments(const File& file, isa::ProgramImage& image) {
  image.entry = file.header().e_entry;
  image.flags = file.header().e_flags;
  image.little_endian = file.header().e_ident[EI_DATA] == ELFDATA2LSB;

  // "Dynamic" is the better message where both it and an address are wrong.
  std::vector<Elf32_Phdr> loads;
  for (const Elf32_Phdr& p : file.program_headers()) {
    if (p.p_type == PT_LOAD) {
      loads.push_back(p);
    } else if (Status s = check_other(file, p); !s) {
      return s;
    }
  }
  uint64_t file_bytes = 0;
  for (const Elf32_Phdr& p : loads) {
    if (Status s = check_loadable(file, p); !s) return s;
    file_bytes += p.p_filesz;
  }
  // Many segments over the same bytes would take memory out of proportion to the file.
  if (file_bytes > file.bytes().size()) {
    return refuse(
        "the segments hold %llu bytes, more than the file (%zu): they share file contents",
        static_cast<unsigned long long>(file_bytes), file.bytes().size());
  }
  std::erase_if(loads, [](const Elf32_Phdr& p) { return p.p_memsz == 0; });
  if (loads.empty()) {
    return refuse("no loadable segment: link an executable with mips-linux-gnu-gcc -static");
  }
  std::sort(loads.begin(), loads.end(),
            [](const Elf32_Phdr& a, const Elf32_Phdr& b) { return a.p_vaddr < b.p_vaddr; });
  for (auto p = loads.begin(), next = std::next(p); next != loads.end(); ++p, ++next) {
    if (next->p_vaddr - p->p_vaddr < p->p_memsz) {
      return refuse(
          "the segments at 0x%08x (%u bytes) and 0x%08x overlap: link with the default linker "
          "script",
          p->p_vaddr, p->p_memsz, next->p_vaddr);
    }
  }
  const std::vector<Range> facts = file_facts(file);
  if (Status s = check_facts(file, facts); !s) return s;
  for (const Elf32_Phdr& p : loads) {
    const ByteView bytes =
        p.p_filesz == 0 ? ByteView{} : file.bytes().subspan(p.p_offset, p.p_filesz);
    isa::Segment s;
    s.address = p.p_vaddr;
    s.memory_size = p.p_memsz;
    s.readable = (p.p_flags & PF_R) != 0;
    s.writable = (p.p_flags & PF_W) != 0;
    s.executable = (p.p_flags & PF_X) != 0;
    s.bytes.assign(bytes.begin(), bytes.end());
    clear(facts, p, s);
    image.segments.push_back(std::move(s));
  }
  if (Status s = read_stack_size(file, image); !s) return s;
  copy_program_headers(file, loads, image);
  return check_entry(image);
}

}  // namespace mipzk::elf
