// SPDX-License-Identifier: Apache-2.0
// Looks for rows that satisfy all rules of a table and lie.
#pragma once

#include <set>
#include <sstream>

#include "unit/air/judge.hpp"

namespace mipzk::test {

// Numbers that a dishonest prover would add to a column or put into it.
inline std::vector<Fp> tempting_deltas(Rng& rng) {
  std::vector<Fp> d;
  for (uint32_t n : {1u, 2u, 3u, 4u, 128u, 255u, 256u, 0x7f00u, 0x8000u, 0xffffu, 65536u}) {
    d.push_back(Fp(n));
    d.push_back(-Fp(n));
  }
  for (uint32_t n : {2u, 4u, 256u, 65536u}) {
    d.push_back(Fp(n).inverse());
    d.push_back(-Fp(n).inverse());
  }
  d.push_back(Fp(static_cast<uint32_t>(rng())));
  return d;
}
inline std::vector<Fp> tempting_values(Fp now, Rng& rng) {
  std::vector<Fp> v;
  for (const Fp& d : tempting_deltas(rng)) v.push_back(now + d);
  for (uint32_t n : {0u, 1u, 2u, 0xffu, 0x8000u, 0xffffu, 65536u}) v.push_back(Fp(n));
  v.push_back(-Fp(1));
  v.push_back(-now);
  return v;
}

// The parts of a report that other rows see.
struct Voice {
  std::vector<air::Tuple> rom;
  std::vector<air::Access> locals;

  explicit Voice(const air::RowReport& r) : locals(r.locals) {
    for (const air::Tuple& t : r.requests)
      if (t.bus == air::Bus::kRom) rom.push_back(t);
  }
  bool same_reads(const air::RowReport& r) const {
    for (size_t i = 0; i < locals.size(); ++i)
      if (!same(locals[i].read, r.locals[i].read)) return false;
    size_t i = 0;
    for (const air::Tuple& t : r.requests) {
      if (t.bus != air::Bus::kRom) continue;
      const air::Tuple& u = rom[i++];
      if (t.numerator != u.numerator) return false;
      if (!std::equal(t.coords.v, t.coords.v + t.coords.count, u.coords.v)) return false;
    }
    return true;
  }
  bool same_writes(const air::RowReport& r) const {
    for (size_t i = 0; i < locals.size(); ++i)
      if (!same(locals[i].write, r.locals[i].write)) return false;
    return true;
  }
};

// A rule that the table is pretended not to have: `index` counts rules of this kind from 0.
struct Dropped {
  enum Kind { kNothing, kZero, kRange, kTuple } kind = kNothing;
  unsigned index = 0;

  bool accepts(const air::RowReport& r) const {
    return only(r.violations, kZero) && only(r.bad_ranges, kRange) && only(r.bad_tuples, kTuple);
  }

 private:
  bool only(const std::vector<unsigned>& failures, Kind k) const {
    return failures.empty() || (k == kind && failures.size() == 1 && failures[0] == index);
  }
};

// What became of the mutations of one table.
struct Tally {
  uint64_t tried = 0, refused = 0, conflict = 0, neutral = 0, right = 0;
  std::set<std::string> free;       // columns that changed without any effect
  std::vector<std::string> forged;  // descriptions of lies
};

class Adversary {
 public:
  // `sample` is of the table's class.
  Adversary(const air::TableInfo& table, const Sample& sample, unsigned slot, Dropped dropped = {})
      : table_(table),
        sample_(sample),
        dropped_(dropped),
        honest_(row_of(table, sample, slot)),
        names_(column_names(table.columns)),
        checker_(table),
        voice_(check(honest_)) {}

  // Judges `row`, which differs from the honest one.
  void consider(const Row& row, Tally& tally) {
    ++tally.tried;
    checker_.check(nullptr, row.data(), report_);
    if (!dropped_.accepts(report_)) {
      ++tally.refused;
      return;
    }
    switch (judge(sample_.word, sample_.state.pc, sample_.state.context, report_)) {
      case Verdict::kConflict:
        ++tally.conflict;
        return;
      case Verdict::kNeutral:
        ++tally.neutral;
        return;
      case Verdict::kForged:
        tally.forged.push_back(describe(row));
        return;
      case Verdict::kRight:
        ++tally.right;
        break;
    }
    if (voice_.same_reads(report_) && voice_.same_writes(report_)) {
      const std::set<std::string> changed = difference(row);
      tally.free.insert(changed.begin(), changed.end());
    }
  }

  // Every column, one at a time.
  void single_changes(Rng& rng, Tally& tally) {
    Row row = honest_;
    Row& c = row;
    for (size_t i = 0; i < honest_.size(); ++i) {
      const Fp old = c[i];
      for (const Fp& v : tempting_values(old, rng)) {
        if (v == old) continue;
        c[i] = v;
        consider(row, tally);
      }
      c[i] = old;
    }
  }

  // Every pair of columns, by a choice of compensating numbers.
  void pair_changes(Rng& rng, Tally& tally) {
    std::vector<Fp> deltas;
    for (uint32_t n : {1u, 2u, 4u, 256u, 0x7f00u, 65536u}) {
      deltas.push_back(Fp(n));
      deltas.push_back(-Fp(n));
    }
    deltas.push_back(Fp(65536).inverse());
    deltas.push_back(-Fp(65536).inverse());
    deltas.push_back(Fp(static_cast<uint32_t>(rng())));
    Row row = honest_;
    Row& c = row;
    for (size_t i = 0; i < honest_.size(); ++i) {
      for (size_t j = i + 1; j < honest_.size(); ++j) {
        const Fp old_i = c[i], old_j = c[j];
        for (const Fp& di : deltas) {
          for (const Fp& dj : deltas) {
            c[i] = old_i + di;
            c[j] = old_j + dj;
            consider(row, tally);
          }
        }
        c[i] = old_i;
        c[j] = old_j;
      }
    }
  }

  // Changes one column, then repairs the broken rules one after another by solving them for other
  // columns; inputs of the instruction stay. Every row that satisfies the `zero` rules is judged.
  // `budget` bounds the rows tried.
  void repaired_changes(Rng& rng, Tally& tally, unsigned budget) {
    fixed_ = inputs();
    change_and_repair(honest_, rng, tally, budget);
  }

  // The same, starting from padding: an empty row, and the honest row without `real`.
  void padding_changes(Rng& rng, Tally& tally, unsigned budget) {
    Row empty(honest_.size());
    const std::set<std::string> reals = {"real", "real0", "real1", "real2", "real3"};
    fixed_.assign(honest_.size(), false);
    for (size_t i = 0; i < honest_.size(); ++i) fixed_[i] = reals.count(names_[i]) != 0;
    change_and_repair(empty, rng, tally, budget);
    Row row = honest_;
    for (size_t i = 0; i < honest_.size(); ++i)
      if (fixed_[i]) row[i] = Fp();
    consider(row, tally);
    change_and_repair(row, rng, tally, budget);
  }

 private:
  // Valid until the next call.
  const air::RowReport& check(const Row& row) {
    checker_.check(nullptr, row.data(), checked_);
    return checked_;
  }

  void change_and_repair(const Row& start, Rng& rng, Tally& tally, unsigned budget) {
    for (size_t i = 0; i < honest_.size(); ++i) {
      if (fixed_[i]) continue;
      Row row = start;
      const Fp old = row[i];
      for (const Fp& v : tempting_values(old, rng)) {
        if (v == old) continue;
        row[i] = v;
        fixed_[i] = true;
        unsigned left = budget;
        repair(row, 0, left, tally);
        fixed_[i] = false;
      }
    }
  }

  static constexpr unsigned kMaxRepairs = 9;

  // The values of the `zero` rules.
  std::vector<Fp> residues(const Row& row) {
    std::vector<Fp> values = check(row).zeros;
    if (dropped_.kind == Dropped::kZero) values[dropped_.index] = Fp();
    return values;
  }

  // Columns whose change alters what the row reads or its ROM entry.
  std::vector<bool> inputs() {
    std::vector<bool> result(honest_.size());
    for (size_t i = 0; i < honest_.size(); ++i) {
      Row row = honest_;
      row[i] += Fp(1);
      result[i] = !voice_.same_reads(check(row));
    }
    return result;
  }

  void repair(Row& row, unsigned depth, unsigned& left, Tally& tally) {
    if (left == 0) return;
    --left;
    const std::vector<Fp> now = residues(row);
    const auto broken = std::find_if(now.begin(), now.end(), [](Fp v) { return v != Fp(); });
    if (broken == now.end()) {
      consider(row, tally);
      return;
    }
    if (depth == kMaxRepairs) return;
    const auto k = static_cast<size_t>(broken - now.begin());
    Row& c = row;
    for (size_t j = 0; j < honest_.size(); ++j) {
      if (fixed_[j]) continue;
      const Fp old = c[j];
      c[j] = old + Fp(1);
      const Fp one = residues(row)[k];
      c[j] = old + Fp(2);
      const Fp two = residues(row)[k];
      const Fp slope = one - *broken;
      if (slope != Fp() && two - one == slope) {
        c[j] = old - *broken * slope.inverse();
        fixed_[j] = true;
        repair(row, depth + 1, left, tally);
        fixed_[j] = false;
      }
      c[j] = old;
    }
  }

  std::set<std::string> difference(const Row& row) {
    std::set<std::string> out;
    for (size_t i = 0; i < honest_.size(); ++i)
      if (row[i] != honest_[i]) out.insert(names_[i]);
    return out;
  }
  std::string describe(const Row& row) {
    std::ostringstream out;
    out << table_.name << " word 0x" << std::hex << sample_.word << ":";
    for (size_t i = 0; i < honest_.size(); ++i)
      if (row[i] != honest_[i])
        out << " " << names_[i] << " 0x" << honest_[i].value() << " -> 0x" << row[i].value();
    return out.str();
  }

  const air::TableInfo& table_;
  const Sample& sample_;
  const Dropped dropped_;
  const Row honest_;
  std::vector<std::string> names_;
  air::RowChecker checker_;
  air::RowReport checked_;
  Voice voice_;
  air::RowReport report_;
  std::vector<bool> fixed_;
};

}  // namespace mipzk::test
