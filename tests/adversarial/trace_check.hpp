// SPDX-License-Identifier: Apache-2.0
// A whole shard judged in the clear: every rule of every row, and every bus as an exact multiset.
//
// Needs no proof: what this accepts a prover can prove, what it refuses fails at zeta or in the
// balance but for the errors of docs/SECURITY.md. The rules are those of lib/air, read by a builder
// of its own; the end points of the buses (start, end, public words) are written again here.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <utility>
#include <vector>

#include "air/check.hpp"
#include "air/table_info.hpp"
#include "prove/prove.hpp"

namespace mipzk::attack {

using field::Fp;

// One message of a bus with all its coordinates.
struct Message {
  uint32_t bus = 0;
  std::array<uint32_t, air::kMaxCoordinates> at{};
  friend auto operator<=>(const Message&, const Message&) = default;
};
std::string to_string(const Message& m);

// Messages with the number of times they occur, modulo p. Products: +1 written, -1 read. Lookups:
// +n requested, -n provided.
using Terms = std::vector<std::pair<Message, Fp>>;

// Sorts, adds up equal messages and drops those that cancel.
void settle(Terms& terms);

// What one row says.
struct RowSays {
  std::vector<Fp> zeros;         // values of the `zero` rules, in the order of statement
  std::vector<unsigned> broken;  // those that are not 0
  std::vector<Fp> ranges;
  Terms local, global, lookups;  // lookups without the range values
  bool gate_not_boolean = false;

  void clear();
  // Adds what such a row says.
  void hear(const air::RowReport& report);
};
// A gated message is sent or not: its gate is 0 or 1.
bool gates_are_boolean(const air::RowReport& report);

// The table of an instruction class.
constexpr air::TableId table_of(isa::Class cls) { return static_cast<air::TableId>(cls); }

// What a table is, at run time.
struct TableOps {
  const air::TableInfo* info = nullptr;
  std::vector<std::string> columns;  // named ones

  // What the rules say of a row, until the next call on the same thread; `pre` may be null where
  // the table has no preprocessed columns.
  const air::RowReport& check(const Fp* pre, const Fp* base) const;
  // What a row says.
  void eval(const Fp* pre, const Fp* base, RowSays& out) const;
};
const TableOps& table_ops(air::TableId id);

// A claim and the traces that are to support it.
struct Shard {
  const prove::LoadedProgram* program = nullptr;
  unsigned tail_rows = 0;
  std::vector<trace::InstanceTrace> traces;
  std::vector<uint8_t> public_input, output;
  uint32_t exit_code = 0;

  prove::Claims claims() const { return {public_input, output, exit_code}; }
  trace::InstanceTrace* find(air::TableId id);  // the first instance, or null
  size_t data_rows(const trace::InstanceTrace& t) const {
    return (size_t{1} << t.log_height) - tail_rows;
  }
  const Fp* pre(const trace::InstanceTrace& t, size_t row) const;  // null: no such columns
};

inline unsigned width(const trace::InstanceTrace& t) {
  return table_ops(t.table).info->layout.base_columns;
}
inline Fp* row_of(trace::InstanceTrace& t, size_t row) { return &t.base[row * width(t)]; }
inline const Fp* row_of(const trace::InstanceTrace& t, size_t row) {
  return &t.base[row * width(t)];
}
// The cell of a named column; fails the test when there is none.
Fp& cell(trace::InstanceTrace& t, size_t row, const std::string& column);

// Sets the pair columns of a row to the products that they must hold.
void complete_row(const Shard& shard, trace::InstanceTrace& t, size_t row);

// The cell of a ROM entry: the shard that used it last. `entry`: from 0, the first padding one
// included.
Fp& rom_shard(trace::InstanceTrace& rom, size_t entry);

// A word of IMAGE, counted from 0: one of its cells ("fin_lo", "fin_hi", "shard"), and its
// preprocessed ones (key, lo, hi, w).
Fp& image_cell(trace::InstanceTrace& image, size_t word, const std::string& name);
const Fp* image_word(const Shard& shard, size_t word);

// What a prover who can lie does after changing rows: pair columns and the multiplicities of Fetch,
// Region and Fixed are computed again; entries of the program that are missing in Fetch are added.
// Requests that no table provides are left out.
void recount(Shard& shard);

// True when the program or Fixed has what provides this message.
bool provided(const Shard& shard, const Message& m);

// The first few things that are wrong, by kind. Empty everywhere: the shard can be proved.
struct Findings {
  std::vector<std::string> rules, ranges, pairs, local, global, lookups, mask;

  bool ok() const {
    return rules.empty() && ranges.empty() && pairs.empty() && local.empty() && global.empty() &&
           lookups.empty() && mask.empty();
  }
  std::string text() const;
};
Findings check(const Shard& shard);

}  // namespace mipzk::attack
