// The language in which tables state their rules, and the order in which rules become constraints.
//
// A table is written once as `template <class B> static constexpr void eval(B&, const Pre<V>&,
// const Row<V>&)` and run with several builders: the constraint evaluator of prover and verifier
// (constraints.hpp), the census (layout.hpp), the checker of single rows (check.hpp), the fillers
// of the trace (trace/collect.hpp) and of the extension columns (prove/ext_kernel.inl). A builder
// derives from `Builder<Self, V, K>`: V is what a cell is (Fp, packed Fp, Fp5, a degree, an
// expression), K a constant that V can be multiplied with. Primitives of a builder:
//
//   zero(V)                          the value is 0 on every row
//   range(V)                         the value is in [0, 2^16)
//   request(Bus, numerator, coords)  LogUp: +numerator copies of the message
//   provide(Bus, mult, coords)       LogUp: -mult copies
//   local(Msg read, Msg write)       product of the shard: P' * read = P * write
//   global(Msg read, Msg write)      the same with the global challenges
//   global_gated(gate, read, write)  factor 1 + gate (message - 1) on each side
//   global_send(gate, write)         the same with no message on the read side
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "air/bus.hpp"
#include "air/columns.hpp"

namespace mipzk::air {

// The shapes of product messages; coordinates in the order given, the rest of the message constant.
enum class Form : uint8_t {
  kReg,     // memory: reg, lo, hi, t      key = 2^30 + reg, w = 1
  kState,   // memory: pc, npc, clk        key = kStateKey, w = 1
  kMem,     // memory: key, lo, hi, w, t
  kToken,   // token: key, lo, hi, w, shard
  kOrder,   // order: key
  kPublic,  // public: direction, key, lo, hi
};
inline constexpr unsigned kFormCount = 6;

struct FormInfo {
  Bus bus;
  uint8_t count;        // coordinates that vary
  uint8_t position[5];  // their coordinates (0-based) in the message
  // constant coordinates: (position, value), unused ones have value 0
  uint8_t const_position[2];
  uint32_t const_value[2];
};
inline constexpr FormInfo kForms[kFormCount] = {
    {Bus::kMemory, 4, {0, 1, 2, 4, 0}, {0, 3}, {kRegisterKeyBase, 1}},
    {Bus::kMemory, 3, {1, 2, 4, 0, 0}, {0, 3}, {kStateKey, 1}},
    {Bus::kMemory, 5, {0, 1, 2, 3, 4}, {0, 0}, {0, 0}},
    {Bus::kToken, 5, {0, 1, 2, 3, 4}, {0, 0}, {0, 0}},
    {Bus::kOrder, 1, {0, 0, 0, 0, 0}, {0, 0}, {0, 0}},
    {Bus::kPublic, 4, {0, 1, 2, 3, 0}, {0, 0}, {0, 0}},
};

template <class V>
struct Msg {
  Form form;
  V v[5];
};

// Coordinates of a lookup message.
template <class V>
struct Coords {
  V v[kMaxCoordinates]{};
  unsigned count = 0;
};

template <class Self, class V_, class K_>
class Builder {
 public:
  using V = V_;
  using K = K_;

  // --- composed rules, identical for all builders ---

  constexpr V one() { return self().constant(1); }
  constexpr V not_(const V& b) { return one() - b; }
  constexpr void boolean(const V& b) { self().zero(b * (b - one())); }

  // Padding rows (real = 0) must write exactly what they read: their factors cancel.
  constexpr void same_unless(const V& real, const V& read, const V& write) {
    self().zero(not_(real) * (write - read));
  }

  // The instruction's step of the machine state, its ROM entry, and `real` itself.
  constexpr void cpu(isa::Class cls, const Cpu<V>& c, const V& next_pc, const V& next_npc,
                     const RomFields<V>& f) {
    boolean(c.real);
    same_unless(c.real, c.pc, next_pc);
    same_unless(c.real, c.npc, next_npc);
    self().local(Msg<V>{Form::kState, {c.pc, c.npc, c.clk}},
                 Msg<V>{Form::kState, {next_pc, next_npc, c.clk + c.real * self().k(4)}});
    Coords<V> m;
    m.v[0] = self().constant(static_cast<uint32_t>(cls));
    m.v[1] = c.pc;
    m.v[2] = f.rs;
    m.v[3] = f.rt;
    m.v[4] = f.rd;
    for (int i = 0; i < 6; ++i) m.v[5 + i] = f.k[i];
    m.count = 11;
    self().request(Bus::kRom, c.real, m);
  }
  // An instruction that neither branches nor jumps.
  constexpr void cpu(isa::Class cls, const Cpu<V>& c, const RomFields<V>& f) {
    cpu(cls, c, c.npc, c.npc + c.real, f);
  }

  constexpr V time(const Cpu<V>& c, uint32_t slot) { return c.clk + c.real * self().k(slot); }

  // The previous access is earlier, by at most 2^16 ticks; on padding rows the times are equal.
  constexpr void ordered(const V& real, const V& t_old, const V& now) {
    self().range(now - t_old - real);
    same_unless(real, t_old, now);
  }

  constexpr void read(const Cpu<V>& c, uint32_t slot, const RegRead<V>& r) {
    V now = time(c, slot);
    ordered(c.real, r.t, now);
    self().local(Msg<V>{Form::kReg, {r.reg, r.lo, r.hi, r.t}},
                 Msg<V>{Form::kReg, {r.reg, r.lo, r.hi, now}});
  }

  // The new limbs must be range-checked by the table, or follow exactly from checked limbs.
  constexpr void write(const Cpu<V>& c, uint32_t slot, const RegWrite<V>& w, const V& new_lo,
                       const V& new_hi) {
    V now = time(c, slot);
    ordered(c.real, w.t, now);
    same_unless(c.real, w.old_lo, new_lo);
    same_unless(c.real, w.old_hi, new_hi);
    self().local(Msg<V>{Form::kReg, {w.reg, w.old_lo, w.old_hi, w.t}},
                 Msg<V>{Form::kReg, {w.reg, new_lo, new_hi, now}});
  }

  // A memory word; key and limbs as in the protocol, `w` its write permission.
  constexpr void memory(const Cpu<V>& c, uint32_t slot, const V& key, const V& w, const V& t,
                        const V& old_lo, const V& old_hi, const V& new_lo, const V& new_hi) {
    V now = time(c, slot);
    ordered(c.real, t, now);
    same_unless(c.real, old_lo, new_lo);
    same_unless(c.real, old_hi, new_hi);
    self().local(Msg<V>{Form::kMem, {key, old_lo, old_hi, w, t}},
                 Msg<V>{Form::kMem, {key, new_lo, new_hi, w, now}});
  }

  // The same for tables whose other rules already keep the word on padding rows.
  constexpr void memory_kept(const Cpu<V>& c, uint32_t slot, const V& key, const V& w, const V& t,
                             const V& old_lo, const V& old_hi, const V& new_lo, const V& new_hi) {
    V now = time(c, slot);
    ordered(c.real, t, now);
    self().local(Msg<V>{Form::kMem, {key, old_lo, old_hi, w, t}},
                 Msg<V>{Form::kMem, {key, new_lo, new_hi, w, now}});
  }

  // A word of memory that is only read: the limbs stay.
  constexpr void memory_read(const Cpu<V>& c, uint32_t slot, const V& key, const V& w, const V& t,
                             const V& lo, const V& hi) {
    memory_kept(c, slot, key, w, t, lo, hi, lo, hi);
  }

  constexpr void byte_and(const V& a, const V& b, const V& a_and_b) {
    Coords<V> m;
    m.v[0] = a;
    m.v[1] = b;
    m.v[2] = a_and_b;
    m.count = 3;
    self().request(Bus::kAnd, one(), m);
  }

 protected:
  constexpr Self& self() { return *static_cast<Self*>(this); }
};

}  // namespace mipzk::air
