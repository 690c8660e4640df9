// The events of a whole run, and what the fields of an event are about.
#pragma once

#include <array>
#include <vector>

#include "isa/rom.hpp"
#include "vm/machine.hpp"
#include "vm/replay.hpp"

namespace mipzk::test {

struct Events {
  std::array<std::vector<vm::Event>, isa::kClassCount> by_class;  // in order of execution
  std::vector<vm::Bump> bumps;

  const std::vector<vm::Event>& of(isa::Class cls) const {
    return by_class[static_cast<size_t>(cls)];
  }
  std::vector<vm::Event>& of(isa::Class cls) { return by_class[static_cast<size_t>(cls)]; }
};

inline Events replayed(const isa::Program& program, const vm::Recording& recording) {
  Events all;
  const vm::Code code(program);
  for (const vm::ShardRecord& shard : recording.shards) {
    vm::Replay replay(code, shard);
    for (size_t b = 0; b < shard.blocks.size(); ++b) {
      replay.run(b);
      for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls) {
        const auto events = replay.events(static_cast<isa::Class>(cls));
        all.by_class[cls].insert(all.by_class[cls].end(), events.begin(), events.end());
      }
      all.bumps.insert(all.bumps.end(), replay.bumps().begin(), replay.bumps().end());
    }
  }
  return all;
}

// The accesses of a class; `jump`: the instruction after the next one is not always at npc + 4.
struct EventShape {
  bool jump = false;
  bool rs = false, rt = false, mem = false, hi = false, rd = false;
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
      return {.rs = true, .rt = true, .mem = true};
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
    case Class::kLoadDouble:
    case Class::kStoreDouble:
      return {.rs = true, .rt = true, .mem = true, .hi = true, .rd = true};
    case Class::kTrap:
      return {.jump = true, .mem = true, .hi = true, .rd = true};
  }
  return {};
}

// The register of the hi_* fields.
inline unsigned hi_register(const isa::RomEntry& r) {
  switch (r.cls) {
    case isa::Class::kMult:
      return r.k[1];
    case isa::Class::kLoadLinked:
    case isa::Class::kStoreCond:
      return isa::kLink;
    case isa::Class::kLoadDouble:
    case isa::Class::kStoreDouble:
      return r.k[2];
    case isa::Class::kMovePair:
      return r.k[0];
    case isa::Class::kTrap:
      return 27;
    default:
      return isa::kHi;
  }
}

// The register of the rd_* fields.
inline unsigned rd_register(const isa::RomEntry& r) {
  return r.cls == isa::Class::kDiv || r.cls == isa::Class::kMultAcc ? isa::kLo : r.rd;
}

}  // namespace mipzk::test
