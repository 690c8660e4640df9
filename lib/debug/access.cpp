// SPDX-License-Identifier: Apache-2.0
#include "debug/access.hpp"

#include "field/fp.hpp"
#include "isa/decode.hpp"

namespace mipzk::debug {

std::optional<Access> access_of(const isa::RomEntry& e, const vm::Stepper& machine,
                                bool little_endian) {
  const isa::ClassInfo& cls = isa::class_info(e.cls);
  if (!cls.has(isa::kLoads | isa::kStores)) return std::nullopt;
  const uint32_t address = machine.reg(e.rs) + (e.k[0] | e.k[1] << 16);
  const bool store = cls.has(isa::kStores);
  if (cls.has(isa::kReadPart | isa::kWritePart)) {
    // lwl and swl reach from the address to the end of the word with the greater significance.
    const bool left = e.k[2] != 0, down = left == little_endian;  // to the start of the word
    const uint32_t word = address & ~3u, inside = address & 3;
    if (down) return Access{word, inside + 1, store};
    return Access{address, 4 - inside, store};
  }
  if (cls.has(isa::kReadSub | isa::kWriteSub)) return Access{address, e.k[2] != 0 ? 2u : 1u, store};
  const bool pair = cls.has(isa::kReadNextWord | isa::kWriteNextWord);
  return Access{address, pair ? 8u : 4u, store};
}

bool runs_slot(const isa::RomEntry& e, const vm::Stepper& machine) {
  const isa::Flow flow = isa::class_info(e.cls).flow;
  if (flow.kind != isa::Flow::kBranchLikely) return flow.has_delay_slot();
  const uint32_t a = machine.reg(e.rs), b = machine.reg(e.rt);
  const uint64_t taken = uint64_t{e.k[0]} + (a >> 31 != 0 ? e.k[1] : 0) + (a == b ? e.k[2] : 0);
  return taken % field::kP != 0;
}

Written written_by(const isa::RomEntry& e) {
  Written w;
  const isa::Accesses writes = isa::class_info(e.cls).accesses & isa::kWrites;
  for (unsigned i = isa::kAccessKinds; i-- > 0;) {  // rd before the second register
    if ((writes >> i & 1) == 0) continue;
    const auto reg = isa::register_of(static_cast<isa::Access>(1u << i), e);
    if (reg && *reg != isa::kTrash && *reg != isa::kExitCode && *reg != isa::kLink)
      w.registers[w.count++] = *reg;
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
