// SPDX-License-Identifier: Apache-2.0
// Reads a row's messages back as an execution and compares it with the oracle.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "air/check.hpp"
#include "trace/rows.hpp"
#include "unit/air/oracle.hpp"

namespace mipzk::test {

using air::Fp;

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

// The named columns of a row.
using Row = std::vector<Fp>;

// The table of a class, and all of those.
inline const air::TableInfo& table_of(isa::Class cls) {
  return *air::find_table(static_cast<air::TableId>(cls));
}
inline std::span<const air::TableInfo> instruction_tables() {
  return air::tables().first(isa::kLastClass - isa::kFirstClass + 1);
}

// Fills `slot` of a row, whose other slots stay.
inline void fill_slot(const air::TableInfo& table, Fp* row, unsigned slot, const vm::Event& e,
                      const isa::RomEntry& rom) {
  trace::row_filler(static_cast<isa::Class>(table.id))(row + slot * trace::slot_cells(table), e,
                                                       rom);
}
// The row of a sample; in a table of several slots it lies in `slot` and the others are empty.
inline Row row_of(const air::TableInfo& table, const Sample& s, unsigned slot = 0) {
  Row row(table.layout.named_columns);
  fill_slot(table, row.data(), slot, s.event, s.rom);
  return row;
}

inline air::RowReport check_row(const air::TableInfo& table, const Row& row) {
  air::RowReport report;
  air::RowChecker(table).check(nullptr, row.data(), report);
  return report;
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
