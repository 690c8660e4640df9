// SPDX-License-Identifier: Apache-2.0
// Values are from the System V ABI's MIPS supplement and binutils' include/elf/mips.h, as found in
// <elf.h>; those that <elf.h> lacks are given here.
#include "elf/header.hpp"

#include <elf.h>

#include <cstring>

#include "elf/flags.hpp"
#include "elf/load.hpp"
#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

const char* machine_name(uint16_t machine) {
  switch (machine) {
    case EM_SPARC:
      return "SPARC";
    case EM_386:
      return "x86";
    case EM_MIPS_RS3_LE:
      return "old MIPS little-endian";
    case EM_PPC:
      return "PowerPC";
    case EM_PPC64:
      return "PowerPC 64";
    case EM_S390:
      return "S/390";
    case EM_ARM:
      return "Arm";
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_BPF:
      return "BPF";
    default:
      return "unknown";
  }
}

Status check_identity(ByteView file) {
  if (file.size() > kMaxFileBytes) {
    return refuse(
        "file of %zu bytes: at most %zu are supported; remove debug information (strip -g)",
        file.size(), kMaxFileBytes);
  }
  if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0) {
    return refuse(
        "not an ELF file (%zu bytes, no ELF magic): pass the linked executable, e.g. from "
        "mips-linux-gnu-gcc -static",
        file.size());
  }
  if (file.size() < sizeof(Elf32_Ehdr)) {
    return refuse("truncated: %zu bytes, but an ELF header has %zu", file.size(),
                  sizeof(Elf32_Ehdr));
  }
  const uint8_t cls = file[EI_CLASS], data = file[EI_DATA], version = file[EI_VERSION];
  if (data != ELFDATA2LSB && data != ELFDATA2MSB) {
    return refuse(
        "damaged ELF header: byte order field is %u, must be 1 (little-endian) or 2 (big-endian)",
        data);
  }
  // The machine first: for a program of the host, advice about word size would mislead.
  const Numbers numbers = Numbers::of(file);
  const uint16_t machine = numbers.u16(file.data() + 18);
  if (machine != EM_MIPS) {
    return refuse(
        "compiled for machine %u (%s), need MIPS (8): compile with mips-linux-gnu-gcc -static, or "
        "GOARCH=mips for Go",
        machine, machine_name(machine));
  }
  if (cls == ELFCLASS64) {
    return refuse(
        "64-bit MIPS file (N64 ABI), need 32-bit o32: compile with -mabi=32 -march=mips32r2, or "
        "GOARCH=mips for Go");
  }
  if (cls != ELFCLASS32) return refuse("damaged ELF header: class is %u, must be 1 (32-bit)", cls);
  if (version != EV_CURRENT || numbers.u32(file.data() + 20) != EV_CURRENT) {
    return refuse("damaged ELF header: version is %u/%u, must be 1", version,
                  numbers.u32(file.data() + 20));
  }
  if (file[EI_OSABI] != ELFOSABI_NONE && file[EI_OSABI] != ELFOSABI_GNU) {
    return refuse(
        "made for the operating system %u (EI_OSABI), need 0 (none) or 3 (Linux): compile with "
        "mips-linux-gnu-gcc -static",
        file[EI_OSABI]);
  }
  return {};
}

Status check_type(uint16_t type) {
  switch (type) {
    case ET_EXEC:
      return {};
    case ET_REL:
      return refuse("relocatable object file, need a linked executable: link it with -static");
    case ET_DYN:
      return refuse(
          "position-independent executable or shared library (ET_DYN), need a fixed address: "
          "compile with -fno-pie and link with -static -no-pie");
    case ET_CORE:
      return refuse("core dump, need an executable");
    default:
      return refuse("ELF type %u, need an executable (2)", type);
  }
}

// The tables of headers must lie inside the file before libelf walks them.
Status check_tables(ByteView file) {
  const uint8_t* h = file.data();
  const Numbers n = Numbers::of(file);
  const uint32_t phoff = n.u32(h + 28), shoff = n.u32(h + 32);
  const uint16_t ehsize = n.u16(h + 40), phentsize = n.u16(h + 42), phnum = n.u16(h + 44);
  const uint16_t shentsize = n.u16(h + 46), shnum = n.u16(h + 48);
  if (ehsize != sizeof(Elf32_Ehdr)) {
    return refuse("damaged ELF header: header size is %u, must be %zu", ehsize, sizeof(Elf32_Ehdr));
  }
  if (phnum == 0)
    return refuse("no loadable segment: the file has no program headers; link it with -static");
  if (phnum > kMaxProgramHeaders) {
    return refuse(
        "%u program headers, at most %zu are supported: link with the default linker script", phnum,
        kMaxProgramHeaders);
  }
  if (phentsize != sizeof(Elf32_Phdr)) {
    return refuse("damaged ELF header: program header size is %u, must be %zu", phentsize,
                  sizeof(Elf32_Phdr));
  }
  if (uint64_t{phoff} + uint64_t{phnum} * sizeof(Elf32_Phdr) > file.size()) {
    return refuse("truncated: %u program headers at offset %u do not fit a file of %zu bytes",
                  phnum, phoff, file.size());
  }
  if (shnum == 0) return {};
  if (shentsize != sizeof(Elf32_Shdr)) {
    return refuse("damaged ELF header: section header size is %u, must be %zu", shentsize,
                  sizeof(Elf32_Shdr));
  }
  if (uint64_t{shoff} + uint64_t{shnum} * sizeof(Elf32_Shdr) > file.size()) {
    return refuse("truncated: %u section headers at offset %u do not fit a file of %zu bytes",
                  shnum, shoff, file.size());
  }
  return {};
}

}  // namespace

Status check_header(ByteView file) {
  if (Status s = check_identity(file); !s) return s;
  const Numbers numbers = Numbers::of(file);
  if (Status s = check_type(numbers.u16(file.data() + 16)); !s) return s;
  if (Status s = check_flags(numbers.u32(file.data() + 36)); !s) return s;
  return check_tables(file);
}

}  // namespace mipzk::elf
