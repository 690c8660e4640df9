// SPDX-License-Identifier: Apache-2.0
// An ELF file opened by libelf, and the headers that libelf reads from it in host byte order.
// Internal to lib/elf, and the only file of the library, with its .cpp, that names libelf.
#pragma once

#include <libelf.h>

#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace mipzk::elf {

class File {
 public:
  // `file` must have passed check_header() and outlive the object. libelf gets a private copy,
  // because it may write to the memory it is given.
  static Result<File> open(ByteView file);

  ByteView bytes() const { return bytes_; }
  const Elf32_Ehdr& header() const { return header_; }
  const std::vector<Elf32_Phdr>& program_headers() const { return program_headers_; }

  // Index 0 is the null section. The bytes of every section lie inside the file. Empty when the
  // file has no section table.
  const std::vector<Elf32_Shdr>& sections() const { return sections_; }

  // True when [offset, offset + size) lies inside the file.
  bool holds(uint64_t offset, uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  ByteView section_bytes(size_t index) const;

  // The symbols of a SHT_SYMTAB section in host byte order; refuses one that does not hold symbols.
  Result<std::vector<Elf32_Sym>> section_symbols(size_t index) const;

 private:
  struct Close {
    void operator()(Elf* elf) const { elf_end(elf); }
  };

  ByteView bytes_;
  std::vector<char> copy_;
  std::unique_ptr<Elf, Close> elf_;  // after copy_: ends before its memory does
  Elf32_Ehdr header_ = {};
  std::vector<Elf32_Phdr> program_headers_;
  std::vector<Elf32_Shdr> sections_;

  explicit File(ByteView file) : bytes_(file), copy_(file.begin(), file.end()) {}
  Status read_headers();
};

}  // namespace mipzk::elf
