// SPDX-License-Identifier: Apache-2.0
// Instructions of coprocessor 1 as far as they move values; all others enter the kernel.
#include "unit/air/oracle_parts.hpp"

namespace mipzk::test {

std::optional<Effect> coprocessor_1(uint32_t word, const State& s, Effect e) {
  const unsigned fmt = word >> 21 & 31, rt = word >> 16 & 31, fs = word >> 11 & 31,
                 fd = word >> 6 & 31, cc = word >> 18 & 7, function = word & 63;
  const unsigned fpr = isa::kFpr0, fcc = isa::kFcc0;
  const bool tf = (word >> 16 & 1) != 0;
  auto put = [&](unsigned reg, uint32_t v) -> std::optional<Effect> {
    if (reg != 0) e.writes.emplace_back(reg, v);
    return e;
  };
  // The registers of the machine behind a control register.
  const unsigned control = fs >= 16 && fs <= 23 ? fcc + fs - 16 : fs == 24 ? isa::kFcsr : 0;
  if (fmt <= 7) {
    if ((word & 0x7ff) != 0) return trap(word, s, e);
    switch (fmt) {
      case 0:
        return put(rt, s.reg[fpr + fs]);  // mfc1
      case 3:
        return put(rt, s.reg[fpr + (fs | 1)]);  // mfhc1
      case 4:
        return put(fpr + fs, s.reg[rt]);  // mtc1
      case 7:
        return put(fpr + (fs | 1), s.reg[rt]);  // mthc1
      case 2:
        return control != 0 ? put(rt, s.reg[control]) : trap(word, s, e);  // cfc1
      case 6:
        return control != 0 ? put(control, s.reg[rt]) : trap(word, s, e);  // ctc1
      default:
        return trap(word, s, e);
    }
  }
  if (fmt == 8) {  // bc1f, bc1t, and likely
    const bool likely = (word >> 17 & 1) != 0;
    const bool taken = (s.reg[fcc + cc] != 0) == tf;
    if (likely) e.writes.emplace_back(isa::kTrash, 0);
    const uint32_t target = s.pc + 4 + (sext16(word & 0xffff) << 2);
    if (taken) {
      e.next_npc = target;
    } else if (likely) {
      e.next_pc = s.npc + 4;
      e.next_npc = s.npc + 8;
    }
    return e;
  }
  if (fmt == 16 && function == 6 && rt == 0) return put(fpr + fd, s.reg[fpr + fs]);  // mov.s
  if (fmt == 17 && function == 6 && rt == 0 && fs % 2 == 0 && fd % 2 == 0) {         // mov.d
    put(fpr + fd, s.reg[fpr + fs]);
    return put(fpr + fd + 1, s.reg[fpr + fs + 1]);
  }
  if (fmt == 16 && function == 0x11 && (word & 0x20000) == 0) {  // movf.s, movt.s
    return put(fpr + fd, (s.reg[fcc + cc] != 0) == tf ? s.reg[fpr + fs] : s.reg[fpr + fd]);
  }
  if (fmt == 16 && (function == 0x12 || function == 0x13)) {  // movz.s, movn.s
    const bool moves = (s.reg[rt] == 0) == (function == 0x12);
    return put(fpr + fd, moves ? s.reg[fpr + fs] : s.reg[fpr + fd]);
  }
  return trap(word, s, e);
}

std::optional<Effect> coprocessor_1x(uint32_t word, const State& s, const Effect& e) {
  if ((word & 0x7ff) == 0x0f) return e;  // prefx
  return trap(word, s, e);
}

// lwc1, ldc1, swc1, sdc1
std::optional<Effect> fp_memory(uint32_t word, const State& s, Effect e) {
  const unsigned op = word >> 26, ft = word >> 16 & 31;
  const uint32_t address = s.reg[word >> 21 & 31] + sext16(word & 0xffff);
  const bool pair = (op & 4) != 0;
  if (pair && ft % 2 != 0) return trap(word, s, e);
  if (address % (pair ? 8 : 4) != 0) return std::nullopt;
  e.address = address;
  e.words = pair ? 2 : 1;
  e.store = op >= 0x39;
  e.memory = s.memory;
  // The even register of a pair holds the low word, which lies at the higher address in big-endian
  // programs.
  const unsigned first = pair && !s.context.little_endian ? ft + 1 : ft;
  for (unsigned i = 0; i < e.words; ++i) {
    const unsigned reg = isa::kFpr0 + (i == 0 ? first : first ^ 1);
    if (e.store) {
      e.memory[i] = s.reg[reg];
    } else {
      e.writes.emplace_back(reg, s.memory[i]);
    }
  }
  return e;
}

}  // namespace mipzk::test
