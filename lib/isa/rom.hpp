// SPDX-License-Identifier: Apache-2.0
// The public form of one instruction: which table proves it, and the constants that table needs.
// lower.hpp makes it of an instruction word. Rules that hold for every entry:
//   - no entry names register 0 as a destination (such a write goes to register kTrash) and none
//     names kTrash as a source, so $zero is an ordinary register that starts at 0;
//   - fields that a class does not use are 0.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/classes.hpp"

namespace mipzk::isa {

// Register numbers of the register space: 0..31 general, then. LINK holds the address of the last
// ll (0: none), FCSR leaves out the condition bits, which are registers of their own (0 or 1), and
// the 32 floating-point registers are single words. The last four tell the in-guest kernel of a
// fault; programs whose kernel takes none do not have them.
inline constexpr uint8_t kHi = 32, kLo = 33, kTrash = 34, kExitCode = 35, kLink = 36,
                         kUserLocal = 37, kFcsr = 38, kFcc0 = 39, kFpr0 = 47;
inline constexpr uint8_t kEpc = kFpr0 + 32, kEnpc = 80, kCause = 81, kBadVAddr = 82;
inline constexpr unsigned kFaultRegisters = kEpc, kRegisterEnd = kBadVAddr + 1;

// One row of the program ROM. Coordinates of the ROM message in this order: class, pc / 4, rs, rt,
// rd, k[0..5]. `k` holds field elements in canonical form (< p); limbs are 16-bit, low first.
struct RomEntry {
  uint32_t pc4 = 0;
  Class cls = Class::kNop;
  uint8_t rs = 0, rt = 0, rd = 0;
  uint32_t k[6] = {};

  friend bool operator==(const RomEntry&, const RomEntry&) = default;
};

// Keys start <= key < end of which the program says that there is nothing: no word of memory, or no
// instruction. With these faults are proved, so only programs whose kernel takes faults have them.
// They stand behind the entries of the ROM, as entries whose class is the kind and no
// instruction's.
enum class SpanKind : uint8_t { kUnmapped = 128, kNoCode = 129 };
struct Span {
  uint32_t start, end;  // at most 2^29 keys
  SpanKind kind;
  friend bool operator==(const Span&, const Span&) = default;
};
constexpr RomEntry entry_of(const Span& span) {
  RomEntry e;
  e.cls = static_cast<Class>(span.kind);
  e.pc4 = span.start;
  e.k[0] = span.end;
  return e;
}

// Byte address / 4 of the constant target of a branch, jump or trap.
constexpr std::optional<uint32_t> target_of(const RomEntry& e) {
  const Flow flow = class_info(e.cls).flow;
  if (!flow.has_target()) return std::nullopt;
  return e.k[flow.target];
}

// The register that an access of the instruction is to; nothing for memory.
constexpr std::optional<uint8_t> register_of(Access access, const RomEntry& e) {
  switch (access) {
    case kReadRs:
      return e.rs;
    case kReadRt:
      return e.rt;
    case kWriteRd:
      return e.rd;
    case kWriteRegK0:
      return static_cast<uint8_t>(e.k[0]);
    case kWriteRegK1:
      return static_cast<uint8_t>(e.k[1]);
    case kWriteRegK2:
    case kReadRegK2:
      return static_cast<uint8_t>(e.k[2]);
    case kWriteHi:
      return kHi;
    case kWriteLo:
      return kLo;
    case kClearLink:
    case kWriteLink:
      return kLink;
    case kWriteR27:
      return uint8_t{27};
    case kReadWord:
    case kReadSub:
    case kReadPart:
    case kReadNextWord:
    case kWriteWord:
    case kWriteSub:
    case kWritePart:
    case kWriteNextWord:
      break;
  }
  return std::nullopt;
}

}  // namespace mipzk::isa
