// Events in memory: only the fields that the class of the instruction uses, in 32-bit words. A
// recording is mostly these, and writing them is most of its cost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "isa/rom.hpp"
#include "vm/event.hpp"

namespace mipzk::vm {

// The accesses that the events of a class hold, stored in this order after clk, pc and npc.
struct EventShape {
  bool jump = false;  // next_npc; for other classes it is npc + 4
  bool rs = false, rt = false, mem = false, hi = false, rd = false;

  constexpr unsigned words() const {
    return 3u + jump + 2 * rs + 2 * rt + 4 * mem + 3 * hi + 3 * rd;
  }
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

// The events of one class of one shard, in order of execution. Wiped on destruction.
class EventList {
 public:
  EventList() = default;
  EventList(const EventList& other);
  EventList(EventList&& other) noexcept;
  EventList& operator=(EventList other) noexcept;
  ~EventList();

  // Drops everything and makes room for `capacity` events of the class.
  void reset(isa::Class cls, size_t capacity);
  void clear() { size_words_ = 0; }

  size_t size() const { return size_words_ / stride_; }
  bool empty() const { return size_words_ == 0; }
  Event operator[](size_t i) const;
  // Fields that the class does not use are dropped.
  void set(size_t i, const Event& event);

  // Room for one more event; `words` is that of the class. The caller stays within the capacity.
  uint32_t* append(unsigned words) {
    uint32_t* const at = data_ + size_words_;
    size_words_ += words;
    return at;
  }

  class Iterator {
   public:
    Iterator(const EventList& list, size_t i) : list_(&list), i_(i) {}
    Event operator*() const { return (*list_)[i_]; }
    Iterator& operator++() {
      ++i_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return i_ != other.i_; }

   private:
    const EventList* list_;
    size_t i_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  void swap(EventList& other) noexcept;

  EventShape shape_;
  size_t stride_ = EventShape{}.words();
  size_t size_words_ = 0, capacity_words_ = 0;
  uint32_t* data_ = nullptr;
};

}  // namespace mipzk::vm
