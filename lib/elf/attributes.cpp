// SPDX-License-Identifier: Apache-2.0
// The form is that of the generic ABI of Arm's build attributes, which binutils uses for all:
//   'A' (length:32 vendor:string (tag:8 length:32 attribute*)*)*
// with both lengths counting themselves and, of the inner one, its tag.
#include "elf/attributes.hpp"

#include <algorithm>
#include <cstring>

#include "elf/refuse.hpp"

namespace mipzk::elf {
namespace {

constexpr uint8_t kTagFile = 1;              // attributes of the whole file
constexpr uint32_t kTagFp = 4, kTagMsa = 8;  // Tag_GNU_MIPS_ABI_FP, Tag_GNU_MIPS_ABI_MSA

Error damaged() { return refuse("damaged .gnu.attributes; link the file again"); }

// Takes a ULEB128 of at most 32 bits from the front; false if there is none.
bool take_uleb(ByteView& in, uint32_t& value) {
  uint64_t v = 0;
  for (size_t i = 0; i < in.size() && i < 5; ++i) {
    v |= uint64_t{in[i] & 0x7fu} << (7 * i);
    if ((in[i] & 0x80) != 0) continue;
    in = in.subspan(i + 1);
    value = static_cast<uint32_t>(v);
    return v <= UINT32_MAX;
  }
  return false;
}

// Takes the bytes that a length, `at` bytes from the front, counts; false if they are not there.
bool take_counted(ByteView& in, size_t at, Numbers numbers, ByteView& content) {
  if (in.size() < at + 4) return false;
  const uint32_t length = numbers.u32(in.data() + at);
  if (length < at + 4 || length > in.size()) return false;
  content = in.subspan(at + 4, length - (at + 4));
  in = in.subspan(length);
  return true;
}

Status check_values(ByteView attributes) {
  while (!attributes.empty()) {
    uint32_t tag = 0, value = 0;
    if (!take_uleb(attributes, tag)) return damaged();
    // Those of another tag might be strings.
    if (tag != kTagFp && tag != kTagMsa) {
      return refuse(
          "unknown attribute %u in .gnu.attributes: link with a binutils that writes "
          ".MIPS.abiflags",
          tag);
    }
    if (!take_uleb(attributes, value)) return damaged();
    if (tag == kTagFp) {
      if (Status s = check_fp_abi(value, ".gnu.attributes"); !s) return s;
    } else if (value != 0) {
      return refuse(
          "compiled with the MSA extension (Tag_GNU_MIPS_ABI_MSA %u in .gnu.attributes), which the "
          "machine does not have: compile with -mno-msa",
          value);
    }
  }
  return {};
}

}  // namespace

Status check_fp_abi(uint32_t value, const char* section) {
  struct FpAbi {
    const char* name;
    bool served;
  };
  // XX is code that works with FR = 0 and FR = 1 alike; OLD_64, 64 and 64A need FR = 1.
  constexpr FpAbi kFpAbis[] = {{"ANY", true},  {"DOUBLE", true},  {"SINGLE", true},
                               {"SOFT", true}, {"OLD_64", false}, {"XX", true},
                               {"64", false},  {"64A", false}};
  if (value >= std::size(kFpAbis)) {
    return refuse("unknown floating-point ABI %u (fp_abi in %s): compile with -mfp32", value,
                  section);
  }
  if (kFpAbis[value].served) return {};
  return refuse(
      "compiled for 64-bit floating-point registers (Val_GNU_MIPS_ABI_FP_%s in %s), the machine "
      "has 32-bit ones: compile with -mfp32",
      kFpAbis[value].name, section);
}

Status check_attributes(ByteView section, Numbers numbers) {
  if (section.empty()) return {};
  if (section[0] != 'A') return damaged();
  ByteView vendors = section.subspan(1), vendor, attributes;
  while (!vendors.empty()) {
    if (!take_counted(vendors, 0, numbers, vendor)) return damaged();
    constexpr uint8_t kGnu[] = {'g', 'n', 'u', 0};
    if (std::ranges::find(vendor, uint8_t{0}) == vendor.end()) return damaged();
    if (vendor.size() < sizeof kGnu || std::memcmp(vendor.data(), kGnu, sizeof kGnu) != 0) continue;
    ByteView parts = vendor.subspan(sizeof kGnu);
    while (!parts.empty()) {
      if (parts[0] != kTagFile || !take_counted(parts, 1, numbers, attributes)) return damaged();
      if (Status s = check_values(attributes); !s) return s;
    }
  }
  return {};
}

}  // namespace mipzk::elf
