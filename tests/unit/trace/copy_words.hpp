// SPDX-License-Identifier: Apache-2.0
// A table that a precompile would have, with its event, its recording and its rows: the copying of
// three words. A call reads all of them, then writes all of them; each word has a row. The words
// are those of a message that an instruction would ask for.
#pragma once

#include <span>
#include <vector>

#include "air/compile_rules.hpp"
#include "air/tables/instruction.hpp"
#include "trace/row_parts.hpp"
#include "trace/row_sink.hpp"
#include "vm/accesses.hpp"

namespace mipzk::test {

using field::Fp;

inline constexpr unsigned kCopied = 3;

struct CopyEvent {
  uint32_t clk = 0, src = 0, dst = 0;  // keys of the first words
  vm::WordAccess read[kCopied], write[kCopied];
};

// The call as the machine would execute it, while recording.
inline void record_copy(vm::Recorder& recorder, std::span<vm::Cell> memory, uint32_t clk,
                        uint32_t src, uint32_t dst) {
  uint32_t value[kCopied];
  for (uint32_t i = 0; i < kCopied; ++i) {
    value[i] = memory[src + i].value;
    vm::record_word(recorder, &memory[src + i], clk + 2);
  }
  for (uint32_t i = 0; i < kCopied; ++i) {
    vm::record_word(recorder, &memory[dst + i], clk + 3);
    memory[dst + i].value = value[i];
  }
}
// And in a replay, without the memory.
inline CopyEvent replay_copy(vm::EventSink& sink, uint32_t clk, uint32_t src, uint32_t dst) {
  CopyEvent e{clk, src, dst, {}, {}};
  for (uint32_t i = 0; i < kCopied; ++i) e.read[i] = vm::replay_word(sink, 4 * (src + i), clk + 2);
  for (uint32_t i = 0; i < kCopied; ++i) {
    e.write[i] = vm::replay_word(sink, 4 * (dst + i), clk + 3);
    e.write[i].after = e.read[i].before;
  }
  return e;
}

struct CopyWords : air::MainTable {
  using Cell = air::Cell;
  static constexpr const char* kName = "CopyWords";
  static constexpr air::TableId kId = 200;
  static constexpr air::Role kRole = air::Role::kPrecompile;
  static constexpr air::Bus kBus = air::Bus{air::kBusNumbers - 1};
  static constexpr const char* kColumns =
      "real clk src dst at lo hi w t old_lo old_hi old_t o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 "
      "o13 o14 o15";
  template <class T>
  struct Row {
    T real, clk, src, dst, at;
    air::Word<T> from;
    air::Old<T> to;
    T others[16];  // more of the message, to make it as wide as a message can be
  };
  static constexpr void eval(air::Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const air::Cpu<Cell> c{r.real, r.clk, {}, {}};
    b.boolean(r.real);
    b.load(c, air::kSlotRt, r.src + r.at, r.from);
    b.store(c, air::kSlotMem, r.dst + r.at, r.to, r.from.lo, r.from.hi);
    Cell m[air::kMaxCoordinates] = {r.clk,     r.src,     r.dst,   r.at,
                                    r.from.lo, r.from.hi, r.to.lo, r.to.hi};
    for (unsigned i = 8; i < air::kMaxCoordinates; ++i) m[i] = r.others[i - 8];
    b.provide(kBus, r.real, m);
  }
  static air::TableInfo info() {
    return {kId,
            kName,
            kRole,
            kPre,
            kCount,
            kFirstShardOnly,
            kSlots,
            air::RulesOf<CopyWords>::kLayout,
            air::RulesOf<CopyWords>::kRules,
            kColumns,
            ""};
  }
};

struct CopyRows {
  static constexpr size_t kRowsOfEvent = kCopied;
  static void rows(const CopyEvent& e, trace::RowSink& out) {
    for (uint32_t i = 0; i < kCopied; ++i) {
      const vm::WordAccess &r = e.read[i], &w = e.write[i];
      auto& row = out.next<CopyWords::Row<Fp>>();
      row.real = Fp::one();
      row.clk = Fp(e.clk);
      row.src = Fp(e.src);
      row.dst = Fp(e.dst);
      row.at = Fp(i);
      row.from = {trace::lo16(r.before), trace::hi16(r.before), Fp(r.writable), Fp(r.t)};
      row.to = trace::old_value(w.before, w.t);
      for (uint32_t k = 0; k < std::size(row.others); ++k) row.others[k] = Fp(100 * i + k);
    }
  }
};

}  // namespace mipzk::test
