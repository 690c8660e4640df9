// SPDX-License-Identifier: Apache-2.0
// Composes ELF32 files byte by byte, right or wrong, with no help from a toolchain or libelf.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mipzk::elf_test {

using Bytes = std::vector<uint8_t>;

inline void put16(Bytes& b, size_t at, uint32_t v) {
  b[at] = static_cast<uint8_t>(v >> 8);
  b[at + 1] = static_cast<uint8_t>(v);
}
inline void put32(Bytes& b, size_t at, uint32_t v) {
  put16(b, at, v >> 16);
  put16(b, at + 2, v & 0xffff);
}
inline void add32(Bytes& b, uint32_t v) {
  b.resize(b.size() + 4);
  put32(b, b.size() - 4, v);
}

// Program header types and flags, section types, symbol types (System V ABI, chapters 4 and 5; the
// MIPS ones from its MIPS supplement).
inline constexpr uint32_t kLoad = 1, kDynamic = 2, kInterp = 3, kNote = 4, kTls = 7;
inline constexpr uint32_t kGnuStack = 0x6474e551, kReginfo = 0x70000000, kAbiflags = 0x70000003;
inline constexpr uint32_t kX = 1, kW = 2, kR = 4;
inline constexpr uint32_t kSymtab = 2, kStrtab = 3, kNobits = 8;
inline constexpr uint32_t kAbiflagsSection = 0x7000002a, kAttributesSection = 0x6ffffff5;
inline constexpr uint8_t kNotype = 0, kObject = 1, kFunc = 2, kSection = 3;
inline constexpr uint8_t kLocal = 0, kGlobal = 1, kWeak = 2;

// Offsets of ELF header fields.
inline constexpr size_t kAtClass = 4, kAtData = 5, kAtIdentVersion = 6, kAtOsAbi = 7,
                        kAtAbiVersion = 8, kAtType = 16, kAtMachine = 18, kAtVersion = 20,
                        kAtEntry = 24, kAtPhoff = 28, kAtShoff = 32, kAtFlags = 36, kAtEhsize = 40,
                        kAtPhentsize = 42, kAtPhnum = 44, kAtShentsize = 46, kAtShnum = 48,
                        kAtShstrndx = 50;

struct Load {
  uint32_t type = kLoad, address = 0, memory_size = 0, flags = 0;
  Bytes bytes;
};

// A section that no segment holds.
struct Extra {
  uint32_t type = 0;
  Bytes bytes;
};

struct Sym {
  std::string name;
  uint32_t value = 0, size = 0;
  uint8_t type = kFunc, bind = kGlobal;
  uint16_t section = 1;
};

// ABI flags of `mips-linux-gnu-gcc -march=mips32r2 -mfpxx`.
struct Abi {
  uint16_t version = 0;
  uint8_t isa_level = 32, isa_rev = 2, gpr_size = 1, cpr1_size = 1, cpr2_size = 0, fp_abi = 5;
  uint32_t isa_ext = 0, ases = 0, flags1 = 0, flags2 = 0;

  Bytes bytes() const {
    Bytes b = {uint8_t(version >> 8),
               uint8_t(version),
               isa_level,
               isa_rev,
               gpr_size,
               cpr1_size,
               cpr2_size,
               fp_abi};
    for (uint32_t word : {isa_ext, ases, flags1, flags2}) add32(b, word);
    return b;
  }
};

// The content of .gnu.attributes with the given attributes of the file, tags and values.
inline Bytes make_attributes(const Bytes& values) {
  Bytes b = {'A'};
  add32(b, static_cast<uint32_t>(4 + 4 + 1 + 4 + values.size()));
  b.insert(b.end(), {'g', 'n', 'u', 0, 1});
  add32(b, static_cast<uint32_t>(1 + 4 + values.size()));
  b.insert(b.end(), values.begin(), values.end());
  return b;
}

// The valid program that most tests start from: 4 words of text at 0x400000 with the entry at its
// second word, 5 bytes of data and 16 of memory at 0x410000.
struct Builder {
  uint32_t entry = 0x400004, flags = 0x50001000;  // o32, MIPS32
  std::vector<Load> loads = {
      {kLoad, 0x400000, 16, kR | kX, {0, 0, 0, 0, 0x03, 0xe0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0}},
      {kLoad, 0x410000, 16, kR | kW, {1, 2, 3, 4, 5}},
  };
  bool sections = true;  // a section table with a symbol table; false: as sstrip leaves it
  std::vector<Sym> symbols = {{"main", 0x400004, 8}, {"counter", 0x410000, 4, kObject}};
  std::vector<Extra> extras;  // further sections

  // Where build() put things.
  size_t phdr(size_t i) const { return 52 + 32 * i; }
  mutable size_t symtab = 0, strtab = 0, shdrs = 0;
  size_t shdr(size_t i) const { return shdrs + 40 * i; }

  Bytes build() const {
    Bytes b(52 + 32 * loads.size());
    b[0] = 0x7f, b[1] = 'E', b[2] = 'L', b[3] = 'F';
    b[kAtClass] = 1, b[kAtData] = 2, b[kAtIdentVersion] = 1;
    put16(b, kAtType, 2);
    put16(b, kAtMachine, 8);
    put32(b, kAtVersion, 1);
    put32(b, kAtEntry, entry);
    put32(b, kAtPhoff, 52);
    put32(b, kAtFlags, flags);
    put16(b, kAtEhsize, 52);
    put16(b, kAtPhentsize, 32);
    put16(b, kAtPhnum, static_cast<uint32_t>(loads.size()));
    for (size_t i = 0; i < loads.size(); ++i) {
      const Load& l = loads[i];
      const auto offset = static_cast<uint32_t>(b.size());
      const uint32_t fields[8] = {
          l.type,        offset,  l.address, l.address, uint32_t(l.bytes.size()),
          l.memory_size, l.flags, 4};
      for (size_t k = 0; k < 8; ++k) put32(b, phdr(i) + 4 * k, fields[k]);
      b.insert(b.end(), l.bytes.begin(), l.bytes.end());
    }
    if (sections) add_sections(b);
    return b;
  }

  // Sections: 0 null, 1 text (the first load), 2 symbol table, 3 its strings, 4.. the extras.
  void add_sections(Bytes& b) const {
    Bytes strings(1);
    symtab = b.size();
    b.resize(b.size() + 16);
    for (const Sym& s : symbols) {
      add32(b, static_cast<uint32_t>(strings.size()));
      add32(b, s.value);
      add32(b, s.size);
      add32(b, uint32_t(s.bind << 4 | s.type) << 24 | s.section);
      strings.insert(strings.end(), s.name.begin(), s.name.end());
      strings.push_back(0);
    }
    strtab = b.size();
    b.insert(b.end(), strings.begin(), strings.end());
    const auto strings_size = static_cast<uint32_t>(strings.size());
    const auto extras_begin = static_cast<uint32_t>(b.size());
    for (const Extra& e : extras) b.insert(b.end(), e.bytes.begin(), e.bytes.end());
    shdrs = b.size();
    put32(b, kAtShoff, static_cast<uint32_t>(shdrs));
    put16(b, kAtShentsize, 40);
    put16(b, kAtShnum, static_cast<uint32_t>(4 + extras.size()));
    put16(b, kAtShstrndx, 3);
    b.resize(b.size() + 40);
    const Load& text = loads.front();
    add_section(b, {0, 1, 6, text.address, 52 + 32 * uint32_t(loads.size()),
                    uint32_t(text.bytes.size()), 0, 0, 4, 0});
    add_section(b, {0, kSymtab, 0, 0, uint32_t(symtab), uint32_t(strtab - symtab), 3, 1, 4, 16});
    add_section(b, {0, kStrtab, 0, 0, uint32_t(strtab), strings_size, 0, 0, 1, 0});
    uint32_t offset = extras_begin;
    for (const Extra& e : extras) {
      add_section(b, {0, e.type, 0, 0, offset, uint32_t(e.bytes.size()), 0, 0, 1, 0});
      offset += static_cast<uint32_t>(e.bytes.size());
    }
  }

  // name, type, flags, address, offset, size, link, info, alignment, entry size
  static void add_section(Bytes& b, const uint32_t (&fields)[10]) {
    for (uint32_t f : fields) add32(b, f);
  }
};

// The same file in little-endian order: every number of the headers, of the symbol table, of the
// dynamic table, of the ABI flags and of attributes as make_attributes() composes them turned
// around. `file` is big-endian and well-formed.
inline Bytes little_endian(Bytes file) {
  const auto get16 = [&](size_t at) { return uint32_t{file[at]} << 8 | file[at + 1]; };
  const auto get32 = [&](size_t at) { return get16(at) << 16 | get16(at + 2); };
  const auto turn = [&](size_t at, size_t size) {
    for (size_t i = 0; i < size / 2; ++i) std::swap(file[at + i], file[at + size - 1 - i]);
  };
  const auto turn_words = [&](size_t at, size_t count) {
    for (size_t i = 0; i < count; ++i) turn(at + 4 * i, 4);
  };
  const auto turn_abiflags = [&](size_t at) {
    turn(at, 2);
    turn_words(at + 8, 4);
  };
  const uint32_t phoff = get32(kAtPhoff), phnum = get16(kAtPhnum);
  const uint32_t shoff = get32(kAtShoff), shnum = get16(kAtShnum);
  for (size_t h = phoff; h < phoff + 32 * phnum; h += 32) {
    const uint32_t type = get32(h), offset = get32(h + 4), size = get32(h + 16);
    if (type == kDynamic) turn_words(offset, size / 4);
    if (type == kAbiflags && size == 24) turn_abiflags(offset);
    turn_words(h, 8);
  }
  for (size_t h = shoff; h < shoff + 40 * shnum; h += 40) {
    const uint32_t type = get32(h + 4), offset = get32(h + 16), size = get32(h + 20);
    for (size_t s = offset; type == kSymtab && s < offset + size; s += 16) {
      turn_words(s, 3);
      turn(s + 14, 2);
    }
    if (type == kAbiflagsSection && size == 24) turn_abiflags(offset);
    if (type == kAttributesSection && size >= 14) {
      turn_words(offset + 1, 1);
      turn_words(offset + 10, 1);
    }
    turn_words(h, 10);
  }
  file[kAtData] = 1;
  for (size_t at : {kAtType, kAtMachine, kAtEhsize, kAtPhentsize, kAtPhnum, kAtShentsize, kAtShnum,
                    kAtShstrndx})
    turn(at, 2);
  for (size_t at : {kAtVersion, kAtEntry, kAtPhoff, kAtShoff, kAtFlags}) turn(at, 4);
  return file;
}

}  // namespace mipzk::elf_test
