// Values are from the System V ABI's MIPS supplement and binutils' include/elf/mips.h, as found in
// <elf.h>; those that <elf.h> lacks are given here.
#include "elf/header.hpp"

#include <elf.h>

#include <cstring>

#include "elf/load.hpp"
#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

constexpr uint32_t kFlagAbi2 = 0x20;       // N32
constexpr uint32_t kFlagAbiMask = 0xf000;  // 0 (none given) and o32 are fine
constexpr uint32_t kAbiO32 = 0x1000, kAbiO64 = 0x2000, kAbiEabi32 = 0x3000, kAbiEabi64 = 0x4000;
constexpr uint32_t kFlagMicroMips = 0x02000000, kFlagMips16 = 0x04000000, kFlagMdmx = 0x08000000;

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
          "compile "
          "with -fno-pie and link with -static -no-pie");
    case ET_CORE:
      return refuse("core dump, need an executable");
    default:
      return refuse("ELF type %u, need an executable (2)", type);
  }
}

Status check_abi(uint32_t flags) {
  if (flags & kFlagAbi2) return refuse("compiled for the N32 ABI, need o32: use -mabi=32");
  switch (flags & kFlagAbiMask) {
    case 0:
    case kAbiO32:
      break;
    case kAbiO64:
      return refuse("compiled for the O64 ABI, need o32: use -mabi=32");
    case kAbiEabi32:
    case kAbiEabi64:
      return refuse("compiled for the EABI ABI, need o32: use -mabi=32");
    default:
      return refuse("unknown MIPS ABI in e_flags 0x%08x, need o32: use -mabi=32", flags);
  }
  if (flags & kFlagMips16) {
    return refuse("contains MIPS16 code, need 32-bit instructions: compile with -mno-mips16");
  }
  if (flags & kFlagMicroMips) {
    return refuse(
        "contains microMIPS code, need classic MIPS instructions: compile with -mno-micromips");
  }
  if (flags & kFlagMdmx) {
    return refuse("contains MDMX code, need plain MIPS32r2: compile with -mno-mdmx");
  }
  return {};
}

Status check_level(uint32_t flags) {
  const char* found = "an unknown ISA level";
  switch (flags >> 28) {
    case 0:  // MIPS I
    case 1:  // MIPS II
    case 5:  // MIPS32
    case 7:
      return {};  // MIPS32 release 2, 3 or 5; ABIFLAGS tells which
    case 2:
      found = "MIPS III";
      break;
    case 3:
      found = "MIPS IV";
      break;
    case 4:
      found = "MIPS V";
      break;
    case 6:
      found = "MIPS64";
      break;
    case 8:
      found = "MIPS64 release 2";
      break;
    case 9:
      found = "MIPS32 release 6";
      break;
    case 10:
      found = "MIPS64 release 6";
      break;
    default:
      break;
  }
  return refuse(
      "compiled for %s (e_flags 0x%08x), need MIPS I, MIPS II, MIPS32 or MIPS32 release 2: use "
      "-march=mips32r2",
      found, flags);
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
  const uint32_t flags = numbers.u32(file.data() + 36);
  if (Status s = check_abi(flags); !s) return s;
  if (Status s = check_level(flags); !s) return s;
  return check_tables(file);
}

Status check_abiflags(ByteView flags, Numbers numbers) {
  constexpr size_t kSize = 24;  // Elf_MIPS_ABIFlags_v0
  if (flags.size() != kSize || numbers.u16(flags.data()) != 0) return {};
  const uint8_t level = flags[2], release = flags[3];
  if (!(level == 1 || level == 2 || (level == 32 && release <= 2))) {
    return refuse(
        "compiled for MIPS%u release %u (ABIFLAGS), need MIPS I, MIPS II, MIPS32 or MIPS32 release "
        "2: "
        "use -march=mips32r2",
        level, release);
  }
  const uint32_t extensions = numbers.u32(flags.data() + 12);
  if (extensions & MIPS_AFL_ASE_MIPS16) {
    return refuse(
        "contains MIPS16 code (ABIFLAGS), need 32-bit instructions: compile with -mno-mips16");
  }
  if (extensions & MIPS_AFL_ASE_MICROMIPS) {
    return refuse(
        "contains microMIPS code (ABIFLAGS), need classic MIPS instructions: compile with "
        "-mno-micromips");
  }
  return {};
}

}  // namespace mipzk::elf
