// SPDX-License-Identifier: Apache-2.0
// Names and values are those of binutils' include/elf/mips.h and of <elf.h>.
#include "elf/abiflags.hpp"

#include <elf.h>

#include <algorithm>
#include <optional>

#include "elf/attributes.hpp"
#include "elf/header.hpp"
#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

constexpr uint32_t kSectionType = 0x7000002a;  // SHT_MIPS_ABIFLAGS, which <elf.h> lacks
constexpr size_t kRecordBytes = 24;            // Elf_MIPS_ABIFlags_v0
constexpr uint32_t kFlags1OddSpreg = 1;  // odd single-precision registers: the machine has them

struct Ase {
  uint32_t bit;
  const char* name;  // after AFL_ASE_
  const char* cure;
};

constexpr Ase kAses[] = {
    {0x00000001, "DSP", "-mno-dsp"},
    {0x00000002, "DSPR2", "-mno-dspr2"},
    {0x00000004, "EVA", "-mno-eva"},
    {0x00000008, "MCU", "-mno-mcu"},
    {0x00000010, "MDMX", "-mno-mdmx"},
    {0x00000020, "MIPS3D", "-mno-mips3d"},
    {0x00000040, "MT", "-mno-mt"},
    {0x00000080, "SMARTMIPS", "-mno-smartmips"},
    {0x00000100, "VIRT", "-mno-virt"},
    {0x00000200, "MSA", "-mno-msa"},
    {0x00000400, "MIPS16", "-mno-mips16"},
    {0x00000800, "MICROMIPS", "-mno-micromips"},
    {0x00001000, "XPA", "-mno-xpa"},
    {0x00002000, "DSPR3", "-Wa,-mno-dspr3"},
    {0x00004000, "MIPS16E2", "-mno-mips16e2"},
    {0x00008000, "CRC", "-mno-crc"},
    {0x00020000, "GINV", "-mno-ginv"},
    {0x00040000, "LOONGSON_MMI", "-mno-loongson-mmi"},
    {0x00080000, "LOONGSON_CAM", "-Wa,-mno-loongson-cam"},
    {0x00100000, "LOONGSON_EXT", "-mno-loongson-ext"},
    {0x00200000, "LOONGSON_EXT2", "-mno-loongson-ext2"},
};

Status check_ases(uint32_t ases) {
  for (const Ase& a : kAses) {
    if (ases & a.bit) {
      return refuse(
          "compiled with the extension AFL_ASE_%s (ases 0x%08x in .MIPS.abiflags), which the "
          "machine does not have: compile with %s and -march=mips32r2",
          a.name, ases, a.cure);
    }
  }
  if (ases != 0) {
    return refuse(
        "unknown extensions (ases 0x%08x in .MIPS.abiflags): compile with -march=mips32r2", ases);
  }
  return {};
}

Status check_isa(unsigned level, unsigned revision) {
  if ((level == 1 || level == 2) && revision == 0) return {};
  if (level == 32 && (revision == 1 || revision == 2 || revision == 3 || revision == 5)) return {};
  return refuse(
      "compiled for MIPS%u release %u (isa_level and isa_rev in .MIPS.abiflags), need MIPS I, MIPS "
      "II or MIPS32 release 1, 2, 3 or 5: compile with -march=mips32r2",
      level, revision);
}

// Sizes of registers: AFL_REG_NONE 0, AFL_REG_32 1, AFL_REG_64 2, AFL_REG_128 3.
Status check_sizes(unsigned gpr, unsigned cpr1, unsigned cpr2) {
  if (gpr != 1) {
    return refuse(
        "general registers of another size than 32 bits (gpr_size %u in .MIPS.abiflags, need 1): "
        "compile with -mabi=32",
        gpr);
  }
  if (cpr1 > 1) {
    return refuse(
        "floating-point registers of more than 32 bits (cpr1_size %u in .MIPS.abiflags, need 0 or "
        "1): compile with -mfp32 -mno-msa",
        cpr1);
  }
  if (cpr2 != 0) {
    return refuse(
        "registers of a coprocessor 2 (cpr2_size %u in .MIPS.abiflags, need 0): compile with "
        "-march=mips32r2",
        cpr2);
  }
  return {};
}

// Extensions come before sizes: they are why registers are wider.
Status check_record(ByteView f, Numbers numbers) {
  if (f.size() != kRecordBytes || numbers.u16(f.data()) != 0) {
    return refuse(
        "ABI flags of version %u with %zu bytes, need version 0 with %zu: link with a binutils "
        "that writes it",
        f.size() < 2 ? 0 : numbers.u16(f.data()), f.size(), kRecordBytes);
  }
  if (Status s = check_isa(f[2], f[3]); !s) return s;
  if (Status s = check_ases(numbers.u32(f.data() + 12)); !s) return s;
  if (Status s = check_fp_abi(f[7], ".MIPS.abiflags"); !s) return s;
  if (Status s = check_sizes(f[4], f[5], f[6]); !s) return s;
  if (const uint32_t extension = numbers.u32(f.data() + 8); extension != 0) {
    return refuse(
        "compiled for the instructions of one processor (isa_ext %u in .MIPS.abiflags, need 0): "
        "compile with -march=mips32r2",
        extension);
  }
  const uint32_t flags1 = numbers.u32(f.data() + 16), flags2 = numbers.u32(f.data() + 20);
  if ((flags1 & ~kFlags1OddSpreg) != 0 || flags2 != 0) {
    return refuse(
        "unknown flags in .MIPS.abiflags (flags1 0x%08x, flags2 0x%08x): compile with "
        "-march=mips32r2",
        flags1, flags2);
  }
  return {};
}

// The record of segment and section, if there is one.
Result<std::optional<ByteView>> find_record(const File& file) {
  std::optional<ByteView> segment, section;
  for (const Elf32_Phdr& p : file.program_headers()) {
    if (p.p_type != PT_MIPS_ABIFLAGS) continue;
    if (!file.holds(p.p_offset, p.p_filesz)) {
      return refuse("truncated: the ABI flags (offset %u, %u bytes) do not fit a file of %zu bytes",
                    p.p_offset, p.p_filesz, file.bytes().size());
    }
    if (segment) return refuse("damaged: two segments of ABI flags; link the file again");
    segment = file.bytes().subspan(p.p_offset, p.p_filesz);
  }
  for (size_t i = 0; i < file.sections().size(); ++i) {
    if (file.sections()[i].sh_type != kSectionType) continue;
    if (section) return refuse("damaged: two sections of ABI flags; link the file again");
    section = file.section_bytes(i);
  }
  if (segment && section && !std::ranges::equal(*segment, *section))
    return refuse("damaged: ABI flags of segment and section differ; link the file again");
  return segment ? segment : section;
}

Status check_all_attributes(const File& file, Numbers numbers) {
  for (size_t i = 0; i < file.sections().size(); ++i) {
    if (file.sections()[i].sh_type != SHT_GNU_ATTRIBUTES) continue;
    if (Status s = check_attributes(file.section_bytes(i), numbers); !s) return s;
  }
  return {};
}

// The versions of glibc's ABI are demands on the dynamic linker, which a static file does not have;
// only O32_FP64 is one on the processor.
Status check_abi_version(uint8_t version) {
  constexpr uint8_t kO32Fp64 = 3, kLast = 5;
  if (version == kO32Fp64) {
    return refuse(
        "compiled for 64-bit floating-point registers (EI_ABIVERSION 3, O32_FP64), the machine has "
        "32-bit ones: compile with -mfp32");
  }
  if (version > kLast) {
    return refuse("unknown ABI version %u (EI_ABIVERSION): compile with mips-linux-gnu-gcc -static",
                  version);
  }
  return {};
}

}  // namespace

Status check_abiflags(const File& file) {
  const Result<std::optional<ByteView>> record = find_record(file);
  if (!record) return record.error();
  const Numbers numbers = Numbers::of(file.bytes());
  const Status s = *record ? check_record(**record, numbers) : check_all_attributes(file, numbers);
  if (!s) return s;
  return check_abi_version(file.header().e_ident[EI_ABIVERSION]);
}

}  // namespace mipzk::elf
