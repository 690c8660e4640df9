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
//   global_gated(gate, read, write)  factor 1 + gate (message - 1) on each side
//   global_send(gate, write)         the same with no message on the read side
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
    unsigned i = 0;
    while (i < constants_ && constant_[i] != n) ++i;
    if (i == constants_) {
      if (constants_ == kConstants) a_table_is_too_large();
      constant_[constants_++] = n;
    }
    return {this, static_cast<uint16_t>(i)};
  }
  constexpr Cell k(uint32_t n) { return constant(n); }

  constexpr void zero(Cell v) {
    word(head(Code::kZero, 0));
    word(v.id);
  }
  constexpr void range(Cell v) {
    word(head(Code::kRange, 0));
    word(v.id);
  }
  constexpr void request(Bus bus, Cell n, const Coords<Cell>& c) {
    lookup(Code::kRequest, bus, n, c);
  }
  constexpr void provide(Bus bus, Cell n, const Coords<Cell>& c) {
    lookup(Code::kProvide, bus, n, c);
  }
  constexpr void local(const Msg<Cell>& r, const Msg<Cell>& w) { product(Code::kLocal, r, w); }
  constexpr void global(const Msg<Cell>& r, const Msg<Cell>& w) { product(Code::kGlobal, r, w); }
  constexpr void global_gated(Cell gate, const Msg<Cell>& r, const Msg<Cell>& w) {
    product(Code::kGlobalGated, r, w, &gate);
  }
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
    Coords<Cell> m;
    m.v[0] = constant(static_cast<uint32_t>(cls));
    m.v[1] = c.pc;
    m.v[2] = f.rs;
    m.v[3] = f.rt;
    m.v[4] = f.rd;
    for (int i = 0; i < 6; ++i) m.v[5 + i] = f.k[i];
    m.count = 11;
    request(Bus::kRom, c.real, m);
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

  // A memory word; key and limbs as in the protocol, `w` its write permission.
  constexpr void memory(const Cpu<Cell>& c, uint32_t slot, Cell key, Cell w, Cell t, Cell old_lo,
                        Cell old_hi, Cell new_lo, Cell new_hi) {
    Cell now = time(c, slot);
    ordered(c.real, t, now);
    same_unless(c.real, old_lo, new_lo);
    same_unless(c.real, old_hi, new_hi);
    local(Msg<Cell>{Form::kMem, {key, old_lo, old_hi, w, t}},
          Msg<Cell>{Form::kMem, {key, new_lo, new_hi, w, now}});
  }

  // The same for tables whose other rules already keep the word on padding rows.
  constexpr void memory_kept(const Cpu<Cell>& c, uint32_t slot, Cell key, Cell w, Cell t,
                             Cell old_lo, Cell old_hi, Cell new_lo, Cell new_hi) {
    Cell now = time(c, slot);
    ordered(c.real, t, now);
    local(Msg<Cell>{Form::kMem, {key, old_lo, old_hi, w, t}},
          Msg<Cell>{Form::kMem, {key, new_lo, new_hi, w, now}});
  }

  // A word of memory that is only read: the limbs stay.
  constexpr void memory_read(const Cpu<Cell>& c, uint32_t slot, Cell key, Cell w, Cell t, Cell lo,
                             Cell hi) {
    memory_kept(c, slot, key, w, t, lo, hi, lo, hi);
  }

  constexpr void byte_and(Cell a, Cell b, Cell a_and_b) {
    Coords<Cell> m;
    m.v[0] = a;
    m.v[1] = b;
    m.v[2] = a_and_b;
    m.count = 3;
    request(Bus::kAnd, one(), m);
  }

 private:
  friend struct Cell;
  friend constexpr Cell operator+(Cell a, Cell b);
  friend constexpr Cell operator-(Cell a, Cell b);
  friend constexpr Cell operator*(Cell a, Cell b);
  friend class RuleCompiler;

  static constexpr uint16_t head(Code code, unsigned argument) {
    if (argument > kMaxArgument) a_table_is_too_large();
    return static_cast<uint16_t>(static_cast<unsigned>(code) << kCodeShift | argument);
  }
  constexpr void word(unsigned w) {
    if (words_ == kMaxWords) a_table_is_too_large();
    word_[words_++] = static_cast<uint16_t>(w);
  }
  constexpr void lookup(Code code, Bus bus, Cell n, const Coords<Cell>& c) {
    word(head(code, c.count));
    word(static_cast<unsigned>(bus));
    word(n.id);
    for (unsigned i = 0; i < c.count; ++i) word(c.v[i].id);
  }
  constexpr void product(Code code, const Msg<Cell>& r, const Msg<Cell>& w,
                         const Cell* gate = nullptr) {
    if (r.form != w.form) a_product_mixes_forms();
    word(head(code, static_cast<unsigned>(r.form)));
    if (gate != nullptr) word(gate->id);
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
