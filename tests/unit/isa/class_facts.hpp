// SPDX-License-Identifier: Apache-2.0
// What the instructions of a class access and whether they jump, stated a second time: the tests
// take it from here, and classes_test.cpp compares it with the list of isa/classes.hpp.
#pragma once

#include "isa/rom.hpp"

namespace mipzk::test {

// By the groups of fields of an event, in the order of their times: rs 1, rt 2, mem and hi 3, rd 4.
struct EventShape {
  bool jump = false;  // the instruction after the next one is not always at npc + 4
  bool rs = false, rt = false, mem = false, hi = false, rd = false;
  bool store = false;      // mem is written
  bool link = false;       // mem is LINK
  bool next_word = false;  // rt (loads), rd (stores) is the word after mem
};

constexpr EventShape event_shape(isa::Class cls) {
  using isa::Class;
  switch (cls) {
    case Class::kNop:
      return {};
    case Class::kAdd:
    case Class::kAddTrap:
    case Class::kLogic:
    case Class::kShiftVar:
    case Class::kSlt:
    case Class::kMoveCond:
    case Class::kBitField:
      return {.rs = true, .rt = true, .rd = true};
    case Class::kAddImm:
    case Class::kLogicImm:
    case Class::kShift:
    case Class::kSltImm:
    case Class::kCountLeading:
    case Class::kByteOps:
      return {.rs = true, .rd = true};
    case Class::kBranchEq:
      return {.jump = true, .rs = true, .rt = true};
    case Class::kBranchZero:
    case Class::kJumpReg:
      return {.jump = true, .rs = true};
    case Class::kBranchLink:
    case Class::kJumpRegLink:
    case Class::kHalt:
      return {.jump = true, .rs = true, .rd = true};
    case Class::kBranchLikely:
      return {.jump = true, .rs = true, .rt = true, .rd = true};
    case Class::kJump:
      return {.jump = true};
    case Class::kJumpLink:
      return {.jump = true, .rd = true};
    case Class::kHint:
      return {.rd = true};
    case Class::kLoadWord:
    case Class::kLoadSub:
    case Class::kLoadPart:
      return {.rs = true, .mem = true, .rd = true};
    case Class::kStoreWord:
    case Class::kStoreSub:
    case Class::kStorePart:
      return {.rs = true, .rt = true, .mem = true, .store = true};
    case Class::kMult:
    case Class::kMultAcc:
    case Class::kDiv:
    case Class::kMovePair:
      return {.rs = true, .rt = true, .hi = true, .rd = true};
    case Class::kTrapEqual:
    case Class::kTrapLess:
      return {.rs = true, .rt = true};
    case Class::kLoadLinked:
      return {.rs = true, .mem = true, .hi = true, .rd = true};
    case Class::kStoreCond:
      return {.rs = true, .rt = true, .mem = true, .hi = true, .rd = true, .store = true};
    case Class::kLoadDouble:
      return {.rs = true, .rt = true, .mem = true, .hi = true, .rd = true, .next_word = true};
    case Class::kStoreDouble:
      return {.rs = true,
              .rt = true,
              .mem = true,
              .hi = true,
              .rd = true,
              .store = true,
              .next_word = true};
    case Class::kTrap:
      return {.jump = true, .mem = true, .hi = true, .rd = true, .store = true, .link = true};
  }
  return {};
}

constexpr bool is_load(isa::Class cls) { return event_shape(cls).mem && !event_shape(cls).store; }
constexpr bool is_store(isa::Class cls) { return event_shape(cls).store && !event_shape(cls).link; }

// The register of the hi_* fields, if there are any.
constexpr unsigned hi_register(const isa::RomEntry& r) {
  if (r.cls == isa::Class::kTrap) return 27;
  if (r.cls == isa::Class::kMult) return r.k[1];
  if (r.cls == isa::Class::kMovePair) return r.k[0];
  if (r.cls == isa::Class::kDiv || r.cls == isa::Class::kMultAcc) return isa::kHi;
  return event_shape(r.cls).next_word ? r.k[2] : unsigned{isa::kLink};
}

// The register of the rd_* fields, if there are any and they are those of a register.
constexpr unsigned rd_register(const isa::RomEntry& r) {
  return r.cls == isa::Class::kDiv || r.cls == isa::Class::kMultAcc ? isa::kLo : r.rd;
}

}  // namespace mipzk::test
