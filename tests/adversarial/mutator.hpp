// SPDX-License-Identifier: Apache-2.0
// Changes rows of an honest shard and tells what would notice.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <utility>

#include "adversarial/trace_check.hpp"

namespace mipzk::attack {

using Rng = std::mt19937_64;

enum class Fate {
  kRule,          // a rule of the row
  kRange,         // a range value outside [0, 2^16)
  kLocal,         // the product of the shard
  kGlobal,        // the global product
  kNoProvider,    // a lookup that no table answers, whatever the multiplicities are
  kMultiplicity,  // a multiplicity that differs from the number of requests
  kSurvives,
};

// New contents of a row: the named cells (others are computed).
struct RowChange {
  size_t row;
  std::vector<Fp> cells;
};

// Judges changes of rows of one instance against the rest of the shard, which stays honest. Pair
// columns, and multiplicities when an asking table changes, follow the change, as a prover who lies
// would have it.
class Mutator {
 public:
  explicit Mutator(const Shard& shard) : shard_(shard) {}

  std::vector<Fp> cells(const trace::InstanceTrace& t, size_t row) const;
  Fate judge(const trace::InstanceTrace& t, const std::vector<RowChange>& changes);
  // Values of the `zero` rules of a row with these cells.
  const std::vector<Fp>& residues(const trace::InstanceTrace& t, const RowChange& change);

  // True when the slot of the row to which a column belongs holds an instruction, a word or
  // whatever the table is about. Tables that only answer have no padding in this sense.
  static bool in_use(const trace::InstanceTrace& t, const std::vector<Fp>& cells, unsigned column);

 private:
  // What a row of the shard says.
  const RowSays& honest(const trace::InstanceTrace& t, size_t row);

  const Shard& shard_;
  RowSays says_, honest_;
  std::pair<const trace::InstanceTrace*, size_t> honest_of_{nullptr, 0};
  Terms local_, global_, lookups_;
};

// Numbers that a dishonest prover would put into a cell.
std::vector<Fp> tempting(const trace::InstanceTrace& t, unsigned column, Fp now, Rng& rng);

// Data rows to try: first and last ones, the first padding rows, the last row before the tail, and
// random ones, `count` in all.
std::vector<size_t> sample_rows(const Shard& shard, const trace::InstanceTrace& t, size_t count,
                                Rng& rng);

}  // namespace mipzk::attack
