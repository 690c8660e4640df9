// SPDX-License-Identifier: Apache-2.0
// Evaluates the rules of a table on one concrete row: which are violated, and what the row says on
// the buses. For tests and diagnosis; not part of the verifier.
#pragma once

#include <vector>

#include "air/table_info.hpp"

namespace mipzk::air {

// Is the message of a lookup bus provided by table Fixed? Decided by arithmetic, not by the
// contents.
bool fixed_contains(Bus bus, const Coords<Fp>& c);

// A lookup message that a row requests or provides.
struct Tuple {
  Bus bus;
  Fp numerator;
  Coords<Fp> coords;
};
// A product access.
struct Access {
  Msg<Fp> read, write;
};
// A message that is written once or not.
struct GatedMessage {
  Fp gate;
  Msg<Fp> write;
};

// What the rules say of a row.
struct RowReport {
  // Rules that fail, by their numbers in the order of statement, each kind counted from 0: `zero`
  // rules, `range` values outside [0, 2^16), and requests with a non-zero numerator on a bus of
  // table Fixed that the table does not contain.
  std::vector<unsigned> violations, bad_ranges, bad_tuples;
  std::vector<Fp> zeros, ranges;  // the values of the rules of these kinds
  std::vector<Tuple> requests, provides;
  std::vector<Access> locals, globals;
  std::vector<GatedMessage> sends;

  void clear() {
    violations.clear();
    bad_ranges.clear();
    bad_tuples.clear();
    zeros.clear();
    ranges.clear();
    requests.clear();
    provides.clear();
    locals.clear();
    globals.clear();
    sends.clear();
  }
  bool ok() const { return violations.empty() && bad_ranges.empty() && bad_tuples.empty(); }
};

// Evaluates rows of a table, one by one.
class RowChecker {
 public:
  explicit RowChecker(const TableInfo& table, uint32_t shard = 1);

  // Clears `report` but keeps its memory. `named` are the named columns of the row; `pre` may be
  // null where the table has no preprocessed columns.
  void check(const Fp* pre, const Fp* named, RowReport& report);

  // Called by read_rules().
  void arithmetic(Code code, Operand to, Operand a, Operand b);
  void zero(Operand v);
  void range(Operand v);
  void request(const LookupOperands& m);
  void provide(const LookupOperands& m);
  void local(const MessageOperands& read, const MessageOperands& write);
  void global(const MessageOperands& read, const MessageOperands& write);
  void global_send(Operand gate, const MessageOperands& write);

 private:
  Tuple tuple(const LookupOperands& m) const;
  Msg<Fp> message(const MessageOperands& m) const;

  const TableInfo& table_;
  std::vector<Fp> values_;
  RowReport* report_ = nullptr;
};

// The same for typed rows of table T.
template <class T>
void check_row(const typename T::template Pre<Fp>& pre, const typename T::template Row<Fp>& row,
               RowReport& report) {
  thread_local RowChecker checker(*find_table(T::kId));
  const Fp* pre_cells = nullptr;
  if constexpr (T::kPre != Preprocessed::kNone) pre_cells = reinterpret_cast<const Fp*>(&pre);
  (void)pre;
  checker.check(pre_cells, reinterpret_cast<const Fp*>(&row), report);
}
// The report is overwritten by the next call for the same table on the same thread.
template <class T>
const RowReport& check_row(const typename T::template Row<Fp>& row) {
  thread_local RowReport report;
  check_row<T>(typename T::template Pre<Fp>{}, row, report);
  return report;
}

}  // namespace mipzk::air
