// SPDX-License-Identifier: Apache-2.0
// Reads a row's messages back as an execution and compares it with the oracle.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "air/check.hpp"
#include "air/tables.hpp"
#include "trace/rows.hpp"
#include "unit/air/oracle.hpp"

namespace mipzk::test {

using air::Fp;

template <class T>
inline constexpr unsigned kCells = sizeof(typename T::template Row<Fp>) / sizeof(Fp);
template <class T>
using RowOf = typename T::template Row<Fp>;

template <class T>
Fp* cells(RowOf<T>& row) {
  static_assert(sizeof(row) == kCells<T> * sizeof(Fp));
  return reinterpret_cast<Fp*>(&row);
}

inline std::vector<std::string> column_names(const char* text) {
  std::vector<std::string> names(1);
  for (const char* c = text; *c != 0; ++c) {
    if (*c != ' ') {
      names.back() += *c;
    } else if (!names.back().empty()) {
      names.emplace_back();
    }
  }
  return names;
}

// The row of a sample; in a table of several slots it lies in `slot` and the others are empty.
template <class T>
RowOf<T> row_of(const Sample& s, unsigned slot = 0) {
  RowOf<T> row{};
  if constexpr (T::kSlots > 1) {
    trace::fill_slot(row, slot, s.event, s.rom);
  } else {
    trace::fill_row(row, s.event, s.rom);
  }
  return row;
}

enum class Verdict {
  kRight,     // the row says what the machine does
  kNeutral,   // the row says nothing: everything written is what was read
  kConflict,  // no other row can match its messages: not in the ROM, or values that cannot be there
  kForged,    // the row says something that the machine does not do
};

inline bool same(const air::Msg<Fp>& a, const air::Msg<Fp>& b) {
  if (a.form != b.form) return false;
  for (unsigned i = 0; i < air::kForms[static_cast<unsigned>(a.form)].count; ++i)
    if (a.v[i] != b.v[i]) return false;
  return true;
}

// A register or a word of memory while the accesses of one row are replayed.
struct Word {
  uint32_t before, value;
  Fp time;
};
struct Replay {
  Fp clk, pc, npc, next_pc, next_npc;
  std::map<uint32_t, Word> words;  // by key
  std::map<uint32_t, Fp> w;        // permissions of memory words
};

// `word` at `pc` is what the ROM of a program with this context holds; `report` a row whose rules
// are all satisfied.
Verdict judge(uint32_t word, uint32_t pc, const isa::LowerContext& context,
              const air::RowReport& report, Replay* replay = nullptr);

}  // namespace mipzk::test
