// SPDX-License-Identifier: Apache-2.0
// Names and values are those of binutils' include/elf/mips.h and of <elf.h>.
#include "elf/flags.hpp"

#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

// How code finds its data and calls functions (NOREORDER, PIC, CPIC, XGOT), and that it was made
// for a larger processor but keeps to 32-bit registers (32BITMODE): instructions like others.
constexpr uint32_t kServed = 0x0000010f;
constexpr uint32_t kAbiMask = 0x0000f000, kMachMask = 0x00ff0000, kArchMask = 0xf0000000;
constexpr uint32_t kAbiNone = 0x0000, kAbiO32 = 0x1000;  // old toolchains write none for o32

struct Value {
  uint32_t bits;
  const char* name;
  const char* found;
};

struct Refused {
  Value value;
  const char* need;
  const char* cure;
};

constexpr Refused kAbiBits[] = {
    {{0x00000020, "EF_MIPS_ABI2", "the N32 ABI"}, "o32", "-mabi=32"},
    {{0x00000040, "EF_MIPS_ABI_ON32", "the N32 ABI"}, "o32", "-mabi=32"},
};
constexpr Refused kBits[] = {
    {{0x02000000, "EF_MIPS_ARCH_ASE_MICROMIPS", "microMIPS"}, "classic MIPS", "-mno-micromips"},
    {{0x04000000, "EF_MIPS_ARCH_ASE_M16", "MIPS16"}, "classic MIPS", "-mno-mips16"},
    {{0x08000000, "EF_MIPS_ARCH_ASE_MDMX", "MDMX"}, "MIPS32 without it", "-mno-mdmx"},
    {{0x00000200, "EF_MIPS_FP64", "64-bit floating-point registers"}, "32-bit ones", "-mfp32"},
    {{0x00000400, "EF_MIPS_NAN2008", "the NaNs of IEEE 754-2008"}, "legacy ones", "-mnan=legacy"},
    {{0x00000010, "EF_MIPS_UCODE", "UCODE"}, "instructions", "-mabi=32 -march=mips32r2"},
    {{0x00000080, "EF_MIPS_OPTIONS_FIRST", "the linker of IRIX"}, "o32", "-mabi=32"},
};

constexpr Value kAbis[] = {
    {0x2000, "E_MIPS_ABI_O64", "the O64 ABI"},
    {0x3000, "E_MIPS_ABI_EABI32", "the EABI"},
    {0x4000, "E_MIPS_ABI_EABI64", "the EABI"},
};

constexpr Value kMachs[] = {
    {0x00810000, "E_MIPS_MACH_3900", "the R3900"},
    {0x00820000, "E_MIPS_MACH_4010", "the R4010"},
    {0x00830000, "E_MIPS_MACH_4100", "the VR4100"},
    {0x00840000, "E_MIPS_MACH_ALLEGREX", "the Allegrex"},
    {0x00850000, "E_MIPS_MACH_4650", "the R4650"},
    {0x00870000, "E_MIPS_MACH_4120", "the VR4120"},
    {0x00880000, "E_MIPS_MACH_4111", "the VR4111"},
    {0x008a0000, "E_MIPS_MACH_SB1", "the SB-1"},
    {0x008b0000, "E_MIPS_MACH_OCTEON", "the Octeon"},
    {0x008c0000, "E_MIPS_MACH_XLR", "the XLR"},
    {0x008d0000, "E_MIPS_MACH_OCTEON2", "the Octeon 2"},
    {0x008e0000, "E_MIPS_MACH_OCTEON3", "the Octeon 3"},
    {0x00910000, "E_MIPS_MACH_5400", "the VR5400"},
    {0x00920000, "E_MIPS_MACH_5900", "the R5900"},
    {0x00930000, "E_MIPS_MACH_IAMR2", "the interAptiv MR2"},
    {0x00980000, "E_MIPS_MACH_5500", "the VR5500"},
    {0x00990000, "E_MIPS_MACH_9000", "the RM9000"},
    {0x00a00000, "E_MIPS_MACH_LS2E", "the Loongson 2E"},
    {0x00a10000, "E_MIPS_MACH_LS2F", "the Loongson 2F"},
    {0x00a20000, "E_MIPS_MACH_GS464", "the Loongson GS464"},
    {0x00a30000, "E_MIPS_MACH_GS464E", "the Loongson GS464E"},
    {0x00a40000, "E_MIPS_MACH_GS264E", "the Loongson GS264E"},
};

// MIPS32R2 stands for releases 3 and 5 too: the ABI flags tell.
constexpr uint32_t kServedArchs[] = {0x00000000, 0x10000000, 0x50000000, 0x70000000};
constexpr Value kArchs[] = {
    {0x20000000, "E_MIPS_ARCH_3", "MIPS III"},
    {0x30000000, "E_MIPS_ARCH_4", "MIPS IV"},
    {0x40000000, "E_MIPS_ARCH_5", "MIPS V"},
    {0x60000000, "E_MIPS_ARCH_64", "MIPS64"},
    {0x80000000, "E_MIPS_ARCH_64R2", "MIPS64 release 2"},
    {0x90000000, "E_MIPS_ARCH_32R6", "MIPS32 release 6"},
    {0xa0000000, "E_MIPS_ARCH_64R6", "MIPS64 release 6"},
};

Error refuse_value(const Value& v, const char* need, const char* cure, uint32_t flags) {
  return refuse("compiled for %s (%s in e_flags 0x%08x), need %s: compile with %s", v.found, v.name,
                flags, need, cure);
}

template <size_t N>
Status check_bits(const Refused (&bits)[N], uint32_t flags) {
  for (const Refused& r : bits)
    if (flags & r.value.bits) return refuse_value(r.value, r.need, r.cure, flags);
  return {};
}

// The refusal of one of the named values of a field, or of a value without a name.
template <size_t N>
Error refuse_field(const Value (&values)[N], Value unknown, uint32_t mask, const char* need,
                   const char* cure, uint32_t flags) {
  for (const Value& v : values)
    if ((flags & mask) == v.bits) return refuse_value(v, need, cure, flags);
  return refuse("compiled for %s (%s 0x%x in e_flags 0x%08x), need %s: compile with %s",
                unknown.found, unknown.name, flags & mask, flags, need, cure);
}

bool served_arch(uint32_t flags) {
  for (uint32_t arch : kServedArchs)
    if ((flags & kArchMask) == arch) return true;
  return false;
}

}  // namespace

// The ABI and the level come first: they imply others of the bits.
Status check_flags(uint32_t flags) {
  const uint32_t abi = flags & kAbiMask;
  if (abi != kAbiNone && abi != kAbiO32) {
    return refuse_field(kAbis, {0, "EF_MIPS_ABI", "an unknown ABI"}, kAbiMask, "o32", "-mabi=32",
                        flags);
  }
  if (Status s = check_bits(kAbiBits, flags); !s) return s;
  if (!served_arch(flags)) {
    return refuse_field(kArchs, {0, "EF_MIPS_ARCH", "an unknown ISA level"}, kArchMask,
                        "MIPS I, MIPS II or MIPS32 up to release 5", "-march=mips32r2", flags);
  }
  if (Status s = check_bits(kBits, flags); !s) return s;
  if (flags & kMachMask) {
    return refuse_field(kMachs, {0, "EF_MIPS_MACH", "an unknown processor"}, kMachMask,
                        "MIPS32 without its extensions", "-march=mips32r2", flags);
  }
  const uint32_t unknown = flags & ~(kServed | kAbiMask | kArchMask);
  if (unknown != 0) {
    return refuse(
        "e_flags 0x%08x has the bits 0x%08x, whose meaning is unknown: compile with -mabi=32 "
        "-march=mips32r2",
        flags, unknown);
  }
  return {};
}

}  // namespace mipzk::elf
