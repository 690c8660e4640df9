// SPDX-License-Identifier: Apache-2.0
#include "elf/file.hpp"

#include <cstring>
#include <utility>

#include "elf/header.hpp"
#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

Error libelf_failure(const char* what) {
  const char* reason = elf_errmsg(elf_errno());
  return refuse("damaged ELF file: %s cannot be read (libelf: %.120s)", what,
                reason != nullptr ? reason : "no reason given");
}

// Of files in the host's byte order libelf hands out pointers into its copy of the file, whatever
// their alignment: `from` is only looked at byte by byte.
template <class T>
void append_copies(std::vector<T>& out, const void* from, size_t count) {
  if (count == 0) return;
  const size_t before = out.size();
  out.resize(before + count);
  std::memcpy(&out[before], from, count * sizeof(T));
}

}  // namespace

Result<File> File::open(ByteView file) {
  if (elf_version(EV_CURRENT) == EV_NONE) return libelf_failure("this ELF version");
  File f(file);
  // Without sections the table's offset means nothing, but libelf would follow it to section 0.
  constexpr size_t kShoff = 32, kShnum = 48, kShstrndx = 50;
  if (Numbers::of(file).u16(file.data() + kShnum) == 0) {
    std::memset(f.copy_.data() + kShoff, 0, 4);
    std::memset(f.copy_.data() + kShstrndx, 0, 2);
  }
  f.elf_.reset(elf_memory(f.copy_.data(), f.copy_.size()));
  if (f.elf_ == nullptr || elf_kind(f.elf_.get()) != ELF_K_ELF) return libelf_failure("the file");
  if (Status s = f.read_headers(); !s) return s.error();
  return f;
}

Status File::read_headers() {
  const Elf32_Ehdr* header = elf32_getehdr(elf_.get());
  if (header == nullptr) return libelf_failure("the ELF header");
  header_ = *header;

  size_t count = 0;
  const Elf32_Phdr* program_headers = elf32_getphdr(elf_.get());
  if (program_headers == nullptr || elf_getphdrnum(elf_.get(), &count) != 0) {
    return libelf_failure("the program header table");
  }
  if (count != header_.e_phnum) return libelf_failure("the program header table");
  append_copies(program_headers_, program_headers, count);

  if (header_.e_shnum == 0) return {};
  sections_.reserve(header_.e_shnum);
  for (size_t i = 0; i < header_.e_shnum; ++i) {
    Elf_Scn* section = elf_getscn(elf_.get(), i);
    const Elf32_Shdr* s = section == nullptr ? nullptr : elf32_getshdr(section);
    if (s == nullptr) return libelf_failure("the section header table");
    append_copies(sections_, s, 1);
    const Elf32_Shdr& h = sections_.back();
    if (h.sh_type != SHT_NULL && h.sh_type != SHT_NOBITS && !holds(h.sh_offset, h.sh_size)) {
      return refuse("truncated: section %zu (offset %u, %u bytes) does not fit a file of %zu bytes",
                    i, h.sh_offset, h.sh_size, bytes_.size());
    }
  }
  return {};
}

ByteView File::section_bytes(size_t index) const {
  const Elf32_Shdr& s = sections_[index];
  if (s.sh_type == SHT_NULL || s.sh_type == SHT_NOBITS) return {};
  return bytes_.subspan(s.sh_offset, s.sh_size);
}

Result<std::vector<Elf32_Sym>> File::section_symbols(size_t index) const {
  const Elf32_Shdr& s = sections_[index];
  if (s.sh_entsize != sizeof(Elf32_Sym) || s.sh_size % sizeof(Elf32_Sym) != 0) {
    return refuse(
        "damaged symbol table: %u bytes of entries of %u, must be multiples of %zu; strip the file "
        "to load it without symbols",
        s.sh_size, s.sh_entsize, sizeof(Elf32_Sym));
  }
  std::vector<Elf32_Sym> symbols;
  if (s.sh_size == 0) return symbols;
  // A copy converted by libelf, which owns it until elf_end.
  const Elf_Data* data = elf_getdata(elf_getscn(elf_.get(), index), nullptr);
  if (data == nullptr || data->d_type != ELF_T_SYM || data->d_size != s.sh_size ||
      data->d_buf == nullptr) {
    return libelf_failure("the symbol table");
  }
  append_copies(symbols, data->d_buf, data->d_size / sizeof(Elf32_Sym));
  return symbols;
}

}  // namespace mipzk::elf
