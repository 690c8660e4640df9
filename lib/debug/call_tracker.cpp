// SPDX-License-Identifier: Apache-2.0
#include "debug/call_tracker.hpp"

#include <algorithm>
#include <utility>

#include "base/format.hpp"
#include "vm/fault_text.hpp"

namespace mipzk::debug {
namespace {

constexpr unsigned kK0 = 26, kSp = 29, kRa = 31;
// Frames that are larger than this, and stacks that are, are taken for two stacks.
constexpr uint32_t kMaxFrameBytes = 1u << 20, kMaxStackBytes = 8u << 20;
// Memory is bounded: frames of all stacks together, with the room that vectors keep. Beyond that
// each stack keeps its first frame and its newest ones, the stack in use more of them.
constexpr size_t kMaxStacks = 4096, kMaxFrames = size_t{1} << 20;
constexpr size_t kKeptFrames = 127, kKeptOwnFrames = kMaxFrames / 8;
static_assert(kMaxStacks * (1 + kKeptFrames) + 2 * kKeptOwnFrames < kMaxFrames);
// How far below the top a return address is looked for: in the stack in use, and in others.
constexpr size_t kOwnDepth = 64, kOtherDepth = 16;

}  // namespace

CallTracker::CallTracker(const CodeMap& code, CallTree& tree, const vm::Stepper& machine)
    : code_(code), tree_(tree) {
  new_stack(machine.reg(kSp), machine.pc());
}

void CallTracker::slow_path(const Step& step) {
  const vm::Stepper& m = step.machine;
  const uint32_t sp = m.reg(kSp);
  const Transfer before = std::exchange(pending_, {});
  const isa::ClassInfo& cls = isa::class_info(step.entry.cls);
  if (cls.flow.kind == isa::Flow::kTrap) {
    push(code_.function_at(m.pc()), step.pc, m.reg(kK0), sp, true);
    top().interrupted = before;
    return;
  }
  if (before.kind != Transfer::Kind::kNone) carry_out(before, sp);

  // A second jump in the delay slot of the first does not decide where the first one leads.
  if (is_transfer(step.entry.cls) && before.kind == Transfer::Kind::kNone) last_transfer_ = step.pc;
  if (cls.links()) {
    const uint32_t after_slot = step.pc + 8;
    const bool taken = m.pc() == step.pc + 4 && m.npc() != after_slot;
    if (taken && step.entry.rd != isa::kTrash)
      pending_ = {Transfer::Kind::kCall, m.npc(), after_slot};
  } else if (cls.flow.kind == isa::Flow::kJumpRegister) {
    const auto kind = step.entry.rs == kRa   ? Transfer::Kind::kReturn
                      : step.entry.rs == kK0 ? Transfer::Kind::kTrapReturn
                                             : Transfer::Kind::kJump;
    pending_ = {kind, m.npc(), 0};
  }
}

void CallTracker::carry_out(const Transfer& transfer, uint32_t sp) {
  if (transfer.kind == Transfer::Kind::kCall) {
    match_sp(sp, true, transfer.target);
    push(code_.function_at(transfer.target), transfer.return_address - 8, transfer.return_address,
         sp, false);
  } else {
    follow_jump(transfer, sp);
  }
}

void CallTracker::push(uint32_t function, uint32_t called_at, uint32_t return_address, uint32_t sp,
                       bool trap) {
  if (function == CodeMap::kNone) return;  // no instruction there: a fault follows
  Stack& stack = stacks_[current_];
  if (stack.size() == stack.capacity()) forget_old_frames();
  const uint32_t node = tree_.child(stack.back().node, function);
  ++tree_.node(node).calls;
  stack.push_back({function, node, return_address, sp, called_at, trap});
}

// Before the stack in use takes twice its memory.
void CallTracker::forget_old_frames() {
  size_t all = stacks_[current_].capacity();
  for (const Stack& stack : stacks_) all += stack.capacity();
  if (all <= kMaxFrames) return;
  for (size_t i = 0; i < stacks_.size(); ++i) {
    Stack& stack = stacks_[i];
    const size_t kept = 1 + (i == current_ ? kKeptOwnFrames : kKeptFrames);
    if (stack.size() > kept)
      stack.erase(stack.begin() + 1, stack.end() - static_cast<ptrdiff_t>(kept - 1));
    stack.shrink_to_fit();
  }
}

void CallTracker::settle(uint32_t pc) {
  const uint32_t function = code_.function_at(pc);
  Frame& frame = top();
  if (function == frame.function || function == CodeMap::kNone) return;
  frame.function = function;
  frame.node = tree_.child(tree_.nodes()[frame.node].parent, function);
  if (code_.functions()[function].address == pc) ++tree_.node(frame.node).calls;
}

void CallTracker::follow_jump(const Transfer& transfer, uint32_t sp) {
  const uint32_t address = transfer.target;
  if (return_to(stacks_[current_], 1, address, sp)) return;
  const uint32_t function = code_.function_at(address);
  if (transfer.kind == Transfer::Kind::kJump && function == top().function) return;
  if (return_to(stacks_[current_], kOwnDepth, address, sp)) return;
  for (size_t i = 0; i < stacks_.size(); ++i) {
    if (i == current_) continue;
    const size_t before = current_, before_that = previous_;
    select(i);
    if (return_to(stacks_[i], kOtherDepth, address, sp)) return;
    current_ = before;
    previous_ = before_that;
  }
  if (top().trap) {
    // The kernel starts a thread; or it jumps about in its own code.
    if (transfer.kind == Transfer::Kind::kTrapReturn) new_stack(sp, address);
    return;
  }
  if (return_to_moved(address, sp)) return;
  if (transfer.kind == Transfer::Kind::kReturn && top().return_address == address) {
    pop_through(stacks_[current_].size() - 1, sp);  // the stack has been moved
    return;
  }
  const bool tail_call =
      function != CodeMap::kNone && code_.functions()[function].address == address;
  match_sp(sp, tail_call, address);
}

// Go's functions begin with a call of runtime.morestack when their stack is too small; it works on
// another stack, copies the first one to a larger place, and returns there.
bool CallTracker::return_to_moved(uint32_t address, uint32_t sp) {
  Stack& stack = stacks_[previous_];
  const Frame& frame = stack.back();
  if (previous_ == current_ || stack.size() < 2 || frame.return_address != address || frame.trap)
    return false;
  const uint32_t moved_by = sp - frame.sp;
  stack.pop_back();
  for (Frame& f : stack) f.sp += moved_by;
  select(previous_);
  return true;
}

void CallTracker::select(size_t stack) {
  if (stack == current_) return;
  previous_ = current_;
  current_ = stack;
}

bool CallTracker::return_to(Stack& stack, size_t depth, uint32_t address, uint32_t sp) {
  for (size_t i = stack.size(); i > 0 && depth > 0; --i, --depth) {
    if (stack[i - 1].return_address != address || stack[i - 1].sp != sp) continue;
    pop_through(i - 1, sp);
    return true;
  }
  return false;
}

void CallTracker::pop_through(size_t index, uint32_t sp) {
  Stack& stack = stacks_[current_];
  const Transfer interrupted = stack[index].interrupted;
  stack.erase(stack.begin() + static_cast<ptrdiff_t>(std::max<size_t>(index, 1)), stack.end());
  if (interrupted.kind != Transfer::Kind::kNone) carry_out(interrupted, sp);
}

// Removes the frames that cannot be alive when their caller has the stack pointer `sp`.
void CallTracker::match_sp(uint32_t sp, bool keep_equal, uint32_t target) {
  Stack& stack = stacks_[current_];
  if (stack.back().trap) return;  // the kernel chooses a stack for itself
  const auto alive = [&](const Frame& f) { return f.sp > sp || (f.sp == sp && keep_equal); };
  if (alive(stack.back()) && stack.back().sp - sp <= kMaxFrameBytes) return;
  size_t keep = stack.size();
  while (keep > 1 && !alive(stack[keep - 1]) && !stack[keep - 1].trap) --keep;
  const Frame& last = stack[keep - 1];
  if (last.trap) return;
  if (keep == 1 && stack.size() == 1) {  // start-up code chooses the stack
    stack[0].sp = sp;
  } else if (last.sp >= sp && last.sp - sp <= kMaxFrameBytes) {
    stack.resize(keep, last);
  } else {
    switch_stack(sp, target);
  }
}

void CallTracker::switch_stack(uint32_t sp, uint32_t target) {
  size_t best = current_;
  for (size_t i = 0; i < stacks_.size(); ++i) {
    const uint32_t base = stacks_[i].front().sp;
    if (i == current_ || base < sp || base - sp > kMaxStackBytes) continue;
    if (best == current_ || base < stacks_[best].front().sp) best = i;
  }
  if (best == current_) {
    new_stack(sp, target);
    return;
  }
  select(best);
  Stack& stack = stacks_[best];
  while (stack.size() > 1 && stack.back().sp < sp) stack.pop_back();
}

void CallTracker::new_stack(uint32_t sp, uint32_t target) {
  // Without an instruction there a fault follows; any function will do.
  uint32_t function = code_.function_at(target);
  if (function == CodeMap::kNone) function = stacks_.empty() ? 0 : top().function;
  const uint32_t node = tree_.child(CallTree::kRoot, function);
  ++tree_.node(node).calls;
  if (stacks_.size() < kMaxStacks) {
    stacks_.emplace_back();
    select(stacks_.size() - 1);
  } else {
    select((current_ + 1) % kMaxStacks);
    stacks_[current_].clear();
  }
  stacks_[current_].push_back({function, node, 0, sp});
}

std::string CallTracker::text(const vm::Stepper& machine) const {
  constexpr size_t kShown = 32;
  const Stack& stack = frames();
  std::string text;
  uint32_t address = 0;
  std::string place = machine.place();
  if (!machine.pc_is_public() && last_transfer_ != 0)
    place += ", after the jump at " + vm::place(code_.program(), last_transfer_);
  for (size_t i = 0; i < stack.size(); ++i) {
    if (i == kShown && stack.size() > kShown + 1) {
      text += "    ... and " + std::to_string(stack.size() - i) + " more\n";
      break;
    }
    text += format_text("    #%-2zu ", i) + (i == 0 ? place : vm::place(code_.program(), address)) +
            "\n";
    address = stack[stack.size() - 1 - i].called_at;
  }
  return text;
}

}  // namespace mipzk::debug
