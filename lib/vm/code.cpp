// SPDX-License-Identifier: Apache-2.0
#include "vm/code.hpp"

#include <algorithm>

namespace mipzk::vm {
namespace {

using isa::RomEntry;

// A gap of up to this many words between two instructions is filled instead of starting a run.
constexpr uint32_t kMaxGap = 1024;

MicroOp micro_op(const RomEntry& e, const isa::Operation& o) {
  return {o.handler, e.rs, e.rt, e.rd, o.imm, e.pc4 * 4, static_cast<int32_t>(o.extra)};
}

MicroOp missing_at(uint32_t pc4) {
  MicroOp op;
  op.pc = pc4 * 4;
  return op;
}

}  // namespace

Code::Code(const isa::Program& program)
    : takes_faults_(program.fault_vector != 0), spans_(program.spans) {
  const auto& rom = program.rom;
  for (size_t i = 0; i < rom.size(); ++i) {
    const uint32_t pc4 = rom[i].pc4;
    const bool extends = i > 0 && pc4 - rom[i - 1].pc4 <= kMaxGap;
    if (extends) {
      for (uint32_t gap = rom[i - 1].pc4 + 1; gap < pc4; ++gap) ops_.push_back(missing_at(gap));
    } else {
      if (i > 0) add_missing(rom[i - 1].pc4 + 1);
      // The place before a run belongs to it, because an annulled delay slot can lie there.
      runs_.push_back({pc4 - 1, 0, static_cast<uint32_t>(ops_.size())});
      ops_.push_back(missing_at(pc4 - 1));
    }
    places_.push_back(static_cast<uint32_t>(ops_.size()));
    ops_.push_back(micro_op(rom[i], program.operations[i]));
    runs_.back().count = static_cast<uint32_t>(ops_.size()) - runs_.back().index;
  }
  if (!rom.empty()) add_missing(rom.back().pc4 + 1);
  for (const Run& run : runs_)
    if (run.count > first_run_.count) first_run_ = run;

  for (const RomEntry& e : rom) {
    const auto target_pc4 = isa::target_of(e);
    if (!target_pc4) continue;
    const auto from = static_cast<uint32_t>(find(e.pc4 * 4) - ops_.data());
    const uint32_t to = target_index(*target_pc4);
    ops_[from].target = static_cast<int32_t>(to - from);
  }
  for (uint32_t i = 0; i < spans_.size(); ++i) places_.push_back(place_of_span(i));
}

void Code::add_missing(uint32_t pc4) {
  for (uint32_t i = 0; i < kMissingPad; ++i) ops_.push_back(missing_at(pc4 + i));
}

uint32_t Code::target_index(uint32_t pc4) {
  if (const MicroOp* op = find(pc4 * 4)) return static_cast<uint32_t>(op - ops_.data());
  add_missing(pc4);
  return static_cast<uint32_t>(ops_.size() - kMissingPad);
}

bool Code::leads_to(uint32_t pc) const {
  return find(pc) != nullptr ||
         std::any_of(ops_.begin(), ops_.end(), [pc](const MicroOp& op) { return op.pc == pc; });
}

uint32_t Code::find_span(isa::SpanKind kind, uint32_t key) const {
  const auto is_before = [kind](uint32_t k, const isa::Span& s) {
    return s.kind != kind ? s.kind > kind : k < s.start;
  };
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), key, is_before);
  if (after == spans_.begin()) return kNoSpan;
  const isa::Span& span = after[-1];
  if (span.kind != kind || key < span.start || key >= span.end) return kNoSpan;
  return static_cast<uint32_t>(after - spans_.begin()) - 1;
}

const MicroOp* Code::find_elsewhere(uint32_t pc) const {
  const uint32_t pc4 = pc / 4;
  auto run = std::upper_bound(runs_.begin(), runs_.end(), pc4,
                              [](uint32_t v, const Run& r) { return v < r.begin; });
  if (run == runs_.begin()) return nullptr;
  --run;
  if (pc4 - run->begin >= run->count) return nullptr;
  return ops_.data() + run->index + (pc4 - run->begin);
}

}  // namespace mipzk::vm
