#include "vm/event_list.hpp"

#include <algorithm>
#include <utility>

#include "base/secret_memory.hpp"

namespace mipzk::vm {
namespace {

constexpr uint32_t kWritableShift = 30;  // times are below 2^28
constexpr uint32_t kTimeBits = (1u << 28) - 1;

uint32_t* allocate(size_t words) {
  return words == 0 ? nullptr
                    : static_cast<uint32_t*>(secret_allocate(words * sizeof(uint32_t), true));
}

}  // namespace

EventList::EventList(const EventList& other)
    : shape_(other.shape_),
      stride_(other.stride_),
      size_words_(other.size_words_),
      capacity_words_(other.size_words_),
      data_(allocate(other.size_words_)) {
  std::copy_n(other.data_, size_words_, data_);
}

EventList::EventList(EventList&& other) noexcept { swap(other); }

EventList& EventList::operator=(EventList other) noexcept {
  swap(other);
  return *this;
}

EventList::~EventList() { secret_free(data_, capacity_words_ * sizeof(uint32_t)); }

void EventList::swap(EventList& other) noexcept {
  std::swap(shape_, other.shape_);
  std::swap(stride_, other.stride_);
  std::swap(size_words_, other.size_words_);
  std::swap(capacity_words_, other.capacity_words_);
  std::swap(data_, other.data_);
}

void EventList::reset(isa::Class cls, size_t capacity) {
  EventList fresh;
  fresh.shape_ = event_shape(cls);
  fresh.stride_ = fresh.shape_.words();
  fresh.data_ = allocate(capacity * fresh.stride_);
  fresh.capacity_words_ = capacity * fresh.stride_;
  swap(fresh);
}

Event EventList::operator[](size_t i) const {
  const uint32_t* at = data_ + i * stride_;
  Event e{};
  e.clk = *at++;
  e.pc = *at++;
  e.npc = *at++;
  e.next_npc = shape_.jump ? *at++ : e.npc + 4;
  if (shape_.rs) {
    e.rs = *at++;
    e.t_rs = *at++;
  }
  if (shape_.rt) {
    e.rt = *at++;
    e.t_rt = *at++;
  }
  if (shape_.mem) {
    e.mem_addr = *at++;
    e.mem_old = *at++;
    e.mem_new = *at++;
    e.mem_writable = *at >> kWritableShift;
    e.t_mem = *at++ & kTimeBits;
  }
  if (shape_.hi) {
    e.hi_old = *at++;
    e.hi_new = *at++;
    e.t_hi = *at++;
  }
  if (shape_.rd) {
    e.rd_old = *at++;
    e.rd_new = *at++;
    e.t_rd = *at++;
  }
  return e;
}

void EventList::set(size_t i, const Event& e) {
  uint32_t* at = data_ + i * stride_;
  *at++ = e.clk;
  *at++ = e.pc;
  *at++ = e.npc;
  if (shape_.jump) *at++ = e.next_npc;
  if (shape_.rs) {
    *at++ = e.rs;
    *at++ = e.t_rs;
  }
  if (shape_.rt) {
    *at++ = e.rt;
    *at++ = e.t_rt;
  }
  if (shape_.mem) {
    *at++ = e.mem_addr;
    *at++ = e.mem_old;
    *at++ = e.mem_new;
    *at++ = e.mem_writable << kWritableShift | e.t_mem;
  }
  if (shape_.hi) {
    *at++ = e.hi_old;
    *at++ = e.hi_new;
    *at++ = e.t_hi;
  }
  if (shape_.rd) {
    *at++ = e.rd_old;
    *at++ = e.rd_new;
    *at++ = e.t_rd;
  }
}

}  // namespace mipzk::vm
