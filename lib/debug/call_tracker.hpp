// SPDX-License-Identifier: Apache-2.0
// Follows calls and returns with shadow stacks, one for each stack that the guest uses.
//
// A call is a linking jump or branch (the target pc + 8 only reads the pc), or a trap into the
// in-guest kernel. It takes effect after its delay slot. A jump to a register is a return when it
// goes to the return address of a frame with the stack pointer that the frame was called with; what
// fits no frame is a tail call (to the start of a function), an unwinding (longjmp), a switch to
// another stack, or a jump inside the function. Other changes of the function are tail calls.
#pragma once

#include <cstdint>
#include <vector>

#include "debug/call_tree.hpp"
#include "debug/observer.hpp"

namespace mipzk::debug {

class CallTracker {
 public:
  struct Transfer {
    enum class Kind : uint8_t { kNone, kCall, kReturn, kTrapReturn, kJump } kind = Kind::kNone;
    uint32_t target = 0, return_address = 0;
  };
  struct Frame {
    uint32_t function, node;  // in the call tree
    uint32_t return_address;  // 0: the first of its stack; of a trap it may be a jump's target
    uint32_t sp;              // when it was called
    uint32_t called_at = 0;   // pc of the call or trap
    bool trap = false;
    Transfer interrupted = {};  // trap in a delay slot: what happens on return
  };

  // Stands before the next instruction of `machine`.
  CallTracker(const CodeMap& code, CallTree& tree, const vm::Stepper& machine);

  // Before the instruction at `pc`: a tail call by j or b, or from one function into the next, has
  // changed the function.
  void at(uint32_t pc) {
    if (!pending()) settle(pc);
  }
  void after(const Step& step) {
    if (pending() || is_transfer(step.entry.cls)) slow_path(step);
  }

  // Of the stack in use, the outermost first; never empty.
  const std::vector<Frame>& frames() const { return stacks_[current_]; }
  uint32_t node() const { return frames().back().node; }

  // "#0 place" lines, the innermost first, without values of registers: a pc that a jump to a
  // register has led out of the code is not shown, but the jump is. The other places are those of
  // the calls.
  std::string text(const vm::Stepper& machine) const;

 private:
  using Stack = std::vector<Frame>;

  // A jump waits for its delay slot.
  bool pending() const { return pending_.kind != Transfer::Kind::kNone; }
  // Of the class: a call, a jump to a register, or a trap.
  static bool is_transfer(isa::Class cls) {
    const isa::ClassInfo& c = isa::class_info(cls);
    return c.links() || c.flow.kind == isa::Flow::kJumpRegister || c.flow.kind == isa::Flow::kTrap;
  }
  void slow_path(const Step& step);
  void carry_out(const Transfer& transfer, uint32_t sp);
  void forget_old_frames();
  void settle(uint32_t pc);
  void push(uint32_t function, uint32_t called_at, uint32_t return_address, uint32_t sp, bool trap);
  void follow_jump(const Transfer& transfer, uint32_t sp);
  void pop_through(size_t index, uint32_t sp);
  bool return_to_moved(uint32_t address, uint32_t sp);
  void select(size_t stack);
  bool return_to(Stack& stack, size_t depth, uint32_t address, uint32_t sp);
  void match_sp(uint32_t sp, bool keep_equal, uint32_t target);
  void switch_stack(uint32_t sp, uint32_t target);
  void new_stack(uint32_t sp, uint32_t target);
  Frame& top() { return stacks_[current_].back(); }

  const CodeMap& code_;
  CallTree& tree_;
  std::vector<Stack> stacks_;
  size_t current_ = 0, previous_ = 0;  // the stack in use, and the one in use before it
  Transfer pending_;
  uint32_t last_transfer_ = 0;  // pc of the last call or jump to a register
};

}  // namespace mipzk::debug
