#include "debug/access.hpp"

#include "isa/decode.hpp"

namespace mipzk::debug {

using isa::Class;

std::optional<Access> access_of(const isa::RomEntry& e, const vm::Stepper& machine,
                                bool little_endian) {
  const uint32_t address = machine.reg(e.rs) + (e.k[0] | e.k[1] << 16);
  const bool half = e.k[2] != 0, left = e.k[2] != 0;
  const auto part = [&](bool store) -> Access {
    // lwl and swl reach from the address to the end of the word with the greater significance.
    const bool down = left == little_endian;  // to the start of the aligned word
    const uint32_t word = address & ~3u, inside = address & 3;
    if (down) return {word, inside + 1, store};
    return {address, 4 - inside, store};
  };
  switch (e.cls) {
    case Class::kLoadWord:
    case Class::kLoadLinked:
      return Access{address, 4, false};
    case Class::kStoreWord:
    case Class::kStoreCond:
      return Access{address, 4, true};
    case Class::kLoadSub:
      return Access{address, half ? 2u : 1u, false};
    case Class::kStoreSub:
      return Access{address, half ? 2u : 1u, true};
    case Class::kLoadPart:
      return part(false);
    case Class::kStorePart:
      return part(true);
    case Class::kLoadDouble:
      return Access{address, 8, false};
    case Class::kStoreDouble:
      return Access{address, 8, true};
    default:
      return std::nullopt;
  }
}

Written written_by(const isa::RomEntry& e) {
  Written w;
  const auto add = [&](unsigned r) {
    if (r != isa::kTrash) w.registers[w.count++] = static_cast<uint8_t>(r);
  };
  switch (e.cls) {
    case Class::kNop:
    case Class::kHalt:
    case Class::kJump:
    case Class::kJumpReg:
    case Class::kBranchEq:
    case Class::kBranchZero:
    case Class::kStoreWord:
    case Class::kStoreSub:
    case Class::kStorePart:
    case Class::kStoreDouble:
    case Class::kTrapEqual:
    case Class::kTrapLess:
      break;
    case Class::kMult:
      add(e.rd);
      add(e.k[1]);
      break;
    case Class::kDiv:
    case Class::kMultAcc:
      add(isa::kHi);
      add(isa::kLo);
      break;
    case Class::kLoadDouble:
      add(e.rd);
      add(e.k[2]);
      break;
    case Class::kMovePair:
    case Class::kTrap:
      add(e.rd);
      add(e.cls == Class::kTrap ? e.rd + 1u : e.k[0]);
      break;
    default:
      add(e.rd);
      break;
  }
  return w;
}

std::string register_text(unsigned reg) {
  if (reg <= isa::kLo) return isa::register_name(reg);
  if (reg == isa::kExitCode) return "exit";
  if (reg == isa::kLink) return "link";
  if (reg == isa::kUserLocal) return "userlocal";
  if (reg == isa::kFcsr) return "fcsr";
  if (reg < isa::kFcc0) return "trash";
  const bool fpr = reg >= isa::kFpr0;
  std::string text = fpr ? "f" : "fcc";
  text += std::to_string(reg - (fpr ? isa::kFpr0 : isa::kFcc0));
  return text;
}

}  // namespace mipzk::debug
