// SPDX-License-Identifier: Apache-2.0
// The language in which tables state their rules, and its recording as data.
//
// A table is written once, as `static constexpr void eval(Builder&, const Pre<Cell>&, const
// Row<Cell>&)`, and run at compile time only, by compile_rules(). Primitives:
//
//   zero(v)                          the value is 0 on every row
//   range(v)                         the value is in [0, 2^16)
//   request(bus, numerator, coords)  LogUp: +numerator copies of the message
//   provide(bus, mult, coords)       LogUp: -mult copies
//   local(read, write)               product of the shard: P' * read = P * write
//   global(read, write)              the same with the global challenges
//   global_send(gate, write)         factor 1 + gate (message - 1), nothing on the read side
//
// Equal calculations are recorded once; those that nothing uses are dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "air/columns.hpp"
#include "air/rules.hpp"

namespace mipzk::air {

class Builder;

// A value in the rules of a table: a column, a constant, or calculated. Default: the constant 0.
struct Cell {
  Builder* builder = nullptr;
  uint16_t id = 0;

  constexpr Cell() = default;
  constexpr Cell(Builder* b, uint16_t i) : builder(b), id(i) {}
  friend constexpr Cell operator+(Cell a, Cell b);
  friend constexpr Cell operator-(Cell a, Cell b);
  friend constexpr Cell operator*(Cell a, Cell b);
};

void a_table_is_too_large();  // never defined: calling these ends the compile-time evaluation
void a_rule_exceeds_its_degree();
void a_constant_is_no_field_element();
void a_product_mixes_forms();

class Builder {
 public:
  // Numbers of values while recording: constants from 0 on (the first one is 0), then columns
  // (preprocessed, named), then calculated values.
  static constexpr unsigned kConstants = 256, kColumns = 4096;
  static constexpr unsigned kFirstColumn = kConstants, kFirstValue = kConstants + kColumns;
  static constexpr unsigned kMaxValues = 4096, kMaxWords = 32768, kBuckets = 2 * kMaxValues;

  constexpr Builder() { (void)constant(0); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  constexpr Cell column(unsigned i) {
    if (i >= kColumns) a_table_is_too_large();
    return {this, static_cast<uint16_t>(kFirstColumn + i)};
  }
  constexpr Cell constant(uint32_t n) {
    if (n >= field::kP) a_constant_is_no_field_element();
    return constant_or_mark(n);
  }
  constexpr Cell constant_or_mark(uint32_t n) {
    unsigned i = 0;
    while (i < constants_ && constant_[i] != n) ++i;
    if (i == constants_) {
      if (constants_ == kConstants) a_table_is_too_large();
      constant_[constants_++] = n;
    }
    return {this, static_cast<uint16_t>(i)};
  }
  constexpr Cell k(uint32_t n) { return constant(n); }
  // The number of the shard, from 1.
  constexpr Cell shard() { return constant_or_mark(kShardNumber); }

  constexpr void zero(Cell v) {
    word(head(Code::kZero, 0));
    word(v.id);
  }
  constexpr void range(Cell v) {
    word(head(Code::kRange, 0));
    word(v.id);
  }
  template <size_t kCount>
  constexpr void request(Bus bus, Cell n, const Cell (&coords)[kCount]) {
    lookup(Code::kRequest, bus, n, coords);
  }
  template <size_t kCount>
  constexpr void provide(Bus bus, Cell n, const Cell (&coords)[kCount]) {
    lookup(Code::kProvide, bus, n, coords);
  }
  constexpr void local(const Msg<Cell>& r, const Msg<Cell>& w) { product(Code::kLocal, r, w); }
  constexpr void global(const Msg<Cell>& r, const Msg<Cell>& w) { product(Code::kGlobal, r, w); }
  constexpr void global_send(Cell gate, const Msg<Cell>& w) {
    word(head(Code::kGlobalSend, static_cast<unsigned>(w.form)));
    word(gate.id);
    message(w);
  }

  // --- rules composed of these ---

  constexpr Cell one() { return constant(1); }
  constexpr Cell not_(Cell b) { return one() - b; }
  constexpr void boolean(Cell b) { zero(b * (b - one())); }

  // Padding rows (real = 0) must write exactly what they read: their factors cancel.
  constexpr void same_unless(Cell real, Cell read, Cell write) {
    zero(not_(real) * (write - read));
  }

  // The instruction's step of the machine state, its ROM entry, and `real` itself.
  constexpr void cpu(isa::Class cls, const Cpu<Cell>& c, Cell next_pc, Cell next_npc,
                     const RomFields<Cell>& f) {
    boolean(c.real);
    same_unless(c.real, c.pc, next_pc);
    same_unless(c.real, c.npc, next_npc);
    local(Msg<Cell>{Form::kState, {c.pc, c.npc, c.clk}},
          Msg<Cell>{Form::kState, {next_pc, next_npc, c.clk + c.real * k(4)}});
    request(Bus::kRom, c.real,
            {constant(static_cast<uint32_t>(cls)), c.pc, f.rs, f.rt, f.rd, f.k[0], f.k[1], f.k[2],
             f.k[3], f.k[4], f.k[5]});
  }
  // An instruction that neither branches nor jumps.
  constexpr void cpu(isa::Class cls, const Cpu<Cell>& c, const RomFields<Cell>& f) {
    cpu(cls, c, c.npc, c.npc + c.real, f);
  }

  constexpr Cell time(const Cpu<Cell>& c, uint32_t slot) { return c.clk + c.real * k(slot); }

  // The previous access is earlier, by at most 2^16 ticks; on padding rows the times are equal.
  constexpr void ordered(Cell real, Cell t_old, Cell now) {
    range(now - t_old - real);
    same_unless(real, t_old, now);
  }

  constexpr void read(const Cpu<Cell>& c, uint32_t slot, const RegRead<Cell>& r) {
    Cell now = time(c, slot);
    ordered(c.real, r.t, now);
    local(Msg<Cell>{Form::kReg, {r.reg, r.lo, r.hi, r.t}},
          Msg<Cell>{Form::kReg, {r.reg, r.lo, r.hi, now}});
  }

  // The new limbs must be range-checked by the table, or follow exactly from checked limbs.
  constexpr void write(const Cpu<Cell>& c, uint32_t slot, const RegWrite<Cell>& w, Cell new_lo,
                       Cell new_hi) {
    Cell now = time(c, slot);
    ordered(c.real, w.t, now);
    same_unless(c.real, w.old_lo, new_lo);
    same_unless(c.real, w.old_hi, new_hi);
    local(Msg<Cell>{Form::kReg, {w.reg, w.old_lo, w.old_hi, w.t}},
          Msg<Cell>{Form::kReg, {w.reg, new_lo, new_hi, now}});
  }

  // A write to a register that the table fixes.
  constexpr void write(const Cpu<Cell>& c, uint32_t slot, uint32_t reg, const Old<Cell>& old,
                       Cell new_lo, Cell new_hi) {
    write(c, slot, RegWrite<Cell>{constant(reg), old.lo, old.hi, old.t}, new_lo, new_hi);
  }

  // The word of memory with this key is read.
  constexpr void load(const Cpu<Cell>& c, uint32_t slot, Cell key, const Word<Cell>& m) {
    Cell now = time(c, slot);
    ordered(c.real, m.t, now);
    local(Msg<Cell>{Form::kMem, {key, m.lo, m.hi, m.w, m.t}},
          Msg<Cell>{Form::kMem, {key, m.lo, m.hi, m.w, now}});
  }

  // It is written. New limbs as for write().
  constexpr void store(const Cpu<Cell>& c, uint32_t slot, Cell key, const Old<Cell>& m, Cell new_lo,
                       Cell new_hi) {
    Cell now = time(c, slot);
    ordered(c.real, m.t, now);
    same_unless(c.real, m.lo, new_lo);
    same_unless(c.real, m.hi, new_hi);
    stored(key, m, new_lo, new_hi, now);
  }

  // The same for tables whose other rules already keep the word on padding rows.
  constexpr void store_kept(const Cpu<Cell>& c, uint32_t slot, Cell key, const Old<Cell>& m,
                            Cell new_lo, Cell new_hi) {
    Cell now = time(c, slot);
    ordered(c.real, m.t, now);
    stored(key, m, new_lo, new_hi, now);
  }

  constexpr void byte_and(Cell a, Cell b, Cell a_and_b) {
    request(Bus::kAnd, one(), {a, b, a_and_b});
  }

 private:
  friend struct Cell;
  friend constexpr Cell operator+(Cell a, Cell b);
  friend constexpr Cell operator-(Cell a, Cell b);
  friend constexpr Cell operator*(Cell a, Cell b);
  friend class RuleCompiler;

  // Only what may be written has w = 1.
  constexpr void stored(Cell key, const Old<Cell>& m, Cell new_lo, Cell new_hi, Cell now) {
    local(Msg<Cell>{Form::kMem, {key, m.lo, m.hi, one(), m.t}},
          Msg<Cell>{Form::kMem, {key, new_lo, new_hi, one(), now}});
  }

  static constexpr uint16_t head(Code code, unsigned argument) {
    if (argument > kMaxArgument) a_table_is_too_large();
    return static_cast<uint16_t>(static_cast<unsigned>(code) << kCodeShift | argument);
  }
  constexpr void word(unsigned w) {
    if (words_ == kMaxWords) a_table_is_too_large();
    word_[words_++] = static_cast<uint16_t>(w);
  }
  template <size_t kCount>
  constexpr void lookup(Code code, Bus bus, Cell n, const Cell (&coords)[kCount]) {
    static_assert(kCount <= kMaxCoordinates);
    if (static_cast<unsigned>(bus) >= kBusNumbers) a_table_is_too_large();
    word(head(code, kCount));
    word(static_cast<unsigned>(bus));
    word(n.id);
    for (const Cell& c : coords) word(c.id);
  }
  constexpr void product(Code code, const Msg<Cell>& r, const Msg<Cell>& w) {
    if (r.form != w.form) a_product_mixes_forms();
    word(head(code, static_cast<unsigned>(r.form)));
    message(r);
    message(w);
  }
  constexpr void message(const Msg<Cell>& m) {
    for (unsigned i = 0; i < form_info(m.form).count; ++i) word(m.v[i].id);
  }

  static constexpr Builder* of(Cell a, Cell b) {
    return a.builder != nullptr ? a.builder : b.builder;
  }
  // The value a op b, an old one if it was calculated before.
  constexpr Cell calculate(Code code, Cell a, Cell b) {
    if (code == Code::kMul && a.id < kConstants) {
      const Cell c = a;
      a = b;
      b = c;
    }
    if (code == Code::kMul && b.id < kConstants) code = Code::kScale;
    unsigned bucket = (a.id * 31u + b.id * 7u + static_cast<unsigned>(code)) % kBuckets;
    for (; bucket_[bucket] != 0; bucket = (bucket + 1) % kBuckets) {
      const unsigned value = bucket_[bucket] - 1u, at = at_[value];
      if (word_[at] == head(code, 0) && word_[at + 1] == a.id && word_[at + 2] == b.id)
        return {this, static_cast<uint16_t>(kFirstValue + value)};
    }
    if (values_ == kMaxValues) a_table_is_too_large();
    at_[values_] = static_cast<uint16_t>(words_);
    bucket_[bucket] = static_cast<uint16_t>(++values_);
    word(head(code, 0));
    word(a.id);
    word(b.id);
    return {this, static_cast<uint16_t>(kFirstValue + values_ - 1)};
  }

  uint32_t constant_[kConstants]{};
  uint16_t word_[kMaxWords]{};
  uint16_t at_[kMaxValues]{};    // the word where the calculation of a value begins
  uint16_t bucket_[kBuckets]{};  // number of a value + 1, by the hash of its calculation
  unsigned constants_ = 0, words_ = 0, values_ = 0;
};

constexpr Cell operator+(Cell a, Cell b) { return Builder::of(a, b)->calculate(Code::kAdd, a, b); }
constexpr Cell operator-(Cell a, Cell b) { return Builder::of(a, b)->calculate(Code::kSub, a, b); }
constexpr Cell operator*(Cell a, Cell b) { return Builder::of(a, b)->calculate(Code::kMul, a, b); }

}  // namespace mipzk::air
