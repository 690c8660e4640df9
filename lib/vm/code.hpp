// SPDX-License-Identifier: Apache-2.0
// The program ROM in the form that the interpreter executes.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.hpp"
#include "vm/fault.hpp"

namespace mipzk::vm {

using isa::Handler;

struct MicroOp {
  Handler handler = Handler::kMissing;
  uint8_t rs = 0, rt = 0, rd = 0;
  uint32_t imm = 0;
  uint32_t pc = 0;     // byte address
  int32_t target = 0;  // of a branch, jump or trap, as a distance from this MicroOp; else the
                       // operation's `extra`
};

// Instructions of neighbouring addresses lie side by side, so that the successor of `op` in memory
// is `op + 1`. After each run of addresses, and at every static target without an instruction,
// there are kMissingPad kMissing MicroOps with the right pc: one to stop at, and its successors
// up to the one after an annulled delay slot.
inline constexpr uint32_t kMissingPad = 3;

class Code {
 public:
  explicit Code(const isa::Program& program);

  // The MicroOp at byte address `pc` (a multiple of 4), or nullptr.
  const MicroOp* find(uint32_t pc) const {
    const uint32_t i = pc / 4 - first_run_.begin;
    if (i < first_run_.count) return ops_.data() + first_run_.index + i;
    return find_elsewhere(pc);
  }

  const MicroOp* ops() const { return ops_.data(); }
  size_t size() const { return ops_.size(); }
  // Where uses of the rows of ROM are counted, an array of places(): at the index of the MicroOp,
  // or of a span behind all of them.
  size_t places() const { return ops_.size() + spans_.size(); }
  uint32_t place(size_t rom_row) const { return places_[rom_row]; }
  uint32_t place_of_span(uint32_t span) const { return static_cast<uint32_t>(ops_.size()) + span; }

  // Whether the in-guest kernel takes faults.
  bool takes_faults() const { return takes_faults_; }
  // The program's spans, and the one of a kind that holds a key: its number, or kNoSpan.
  const std::vector<isa::Span>& spans() const { return spans_; }
  uint32_t find_span(isa::SpanKind kind, uint32_t key) const;

  // Whether the program alone fixes `pc` as a place where a run can be: find() knows it, or a
  // static jump or the end of a run of instructions leads there. Slow.
  bool leads_to(uint32_t pc) const;

 private:
  struct Run {
    uint32_t begin = 0, count = 0, index = 0;  // pc / 4, MicroOps, index of the first in ops_
  };

  const MicroOp* find_elsewhere(uint32_t pc) const;
  void add_missing(uint32_t pc4);
  uint32_t target_index(uint32_t pc4);

  std::vector<MicroOp> ops_;
  std::vector<uint32_t> places_;  // by ROM row
  std::vector<Run> runs_;         // ascending
  Run first_run_;                 // the largest of them
  bool takes_faults_;
  std::vector<isa::Span> spans_;
};

}  // namespace mipzk::vm
