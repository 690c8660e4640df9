// SPDX-License-Identifier: Apache-2.0
#include "adversarial/mutator.hpp"

#include <algorithm>
#include <set>

namespace mipzk::attack {

std::vector<Fp> Mutator::cells(const trace::InstanceTrace& t, size_t row) const {
  const Fp* at = row_of(t, row);
  return {at, at + table_ops(t.table).info->layout.named_columns};
}

const RowSays& Mutator::honest(const trace::InstanceTrace& t, size_t row) {
  if (honest_of_ != std::pair{&t, row}) {
    honest_.clear();
    table_ops(t.table).eval(shard_.pre(t, row), row_of(t, row), honest_);
    honest_of_ = {&t, row};
  }
  return honest_;
}

Fate Mutator::judge(const trace::InstanceTrace& t, const std::vector<RowChange>& changes) {
  const TableOps& ops = table_ops(t.table);
  const bool answers =
      t.table == air::kTableFetch || t.table == air::kTableRegion || t.table == air::kTableFixed;
  local_.clear();
  global_.clear();
  lookups_.clear();
  bool in_range = true, answered = true;
  for (const RowChange& c : changes) {
    // Most changes break a rule; then it does not matter what the row says.
    const air::RowReport& report = ops.check(shard_.pre(t, c.row), c.cells.data());
    if (!report.violations.empty() || !gates_are_boolean(report)) return Fate::kRule;
    in_range &= report.bad_ranges.empty();
    if (!in_range) continue;
    says_.clear();
    says_.hear(report);
    local_.insert(local_.end(), says_.local.begin(), says_.local.end());
    global_.insert(global_.end(), says_.global.begin(), says_.global.end());
    if (answers) {
      lookups_.insert(lookups_.end(), says_.lookups.begin(), says_.lookups.end());
    } else {
      for (auto& [m, n] : says_.lookups) answered = answered && provided(shard_, m);
    }
  }
  if (!in_range) return Fate::kRange;
  if (!answered) return Fate::kNoProvider;
  for (const RowChange& c : changes) {
    const RowSays& before = honest(t, c.row);
    for (const auto& [m, n] : before.local) local_.emplace_back(m, -n);
    for (const auto& [m, n] : before.global) global_.emplace_back(m, -n);
    if (answers)
      for (const auto& [m, n] : before.lookups) lookups_.emplace_back(m, -n);
  }
  settle(local_);
  if (!local_.empty()) return Fate::kLocal;
  settle(global_);
  if (!global_.empty()) return Fate::kGlobal;
  settle(lookups_);
  return lookups_.empty() ? Fate::kSurvives : Fate::kMultiplicity;
}

const std::vector<Fp>& Mutator::residues(const trace::InstanceTrace& t, const RowChange& change) {
  return table_ops(t.table).check(shard_.pre(t, change.row), change.cells.data()).zeros;
}

bool Mutator::in_use(const trace::InstanceTrace& t, const std::vector<Fp>& cells, unsigned column) {
  const std::vector<std::string>& names = table_ops(t.table).columns;
  const bool slots = table_ops(t.table).info->slots > 1;
  for (unsigned i = 0; i < names.size(); ++i) {
    const std::string& n = names[i];
    const bool flag = n == "real" || (slots && n.substr(0, 4) == "real");
    if (!flag) continue;
    if (slots && n.back() != names[column].back()) continue;
    return cells[i] != Fp::zero();
  }
  return true;
}

std::vector<Fp> tempting(const trace::InstanceTrace& t, unsigned column, Fp now, Rng& rng) {
  std::vector<Fp> v;
  const Fp half = Fp(2).inverse(), small = Fp(65536).inverse();
  for (Fp d :
       {Fp(1), Fp(2), Fp(4), Fp(255), Fp(256), Fp(32768), Fp(65535), Fp(65536), half, small}) {
    v.push_back(now + d);
    v.push_back(now - d);
  }
  for (uint32_t n : {0u, 1u, 2u, 128u, 255u, 65535u, 65536u, 1u << 28, 1u << 30, 0x7fffffffu})
    v.push_back(Fp(n));
  v.push_back(-Fp(1));
  v.push_back(-now);
  v.push_back(Fp(static_cast<uint32_t>(rng())));
  for (int i = 0; i < 3; ++i) v.push_back(row_of(t, rng() % (t.base.size() / width(t)))[column]);
  std::vector<Fp> out;
  for (Fp x : v)
    if (x != now && std::find(out.begin(), out.end(), x) == out.end()) out.push_back(x);
  return out;
}

std::vector<size_t> sample_rows(const Shard& shard, const trace::InstanceTrace& t, size_t count,
                                Rng& rng) {
  const size_t rows = shard.data_rows(t);
  size_t used = rows;  // rows that are not all zero
  const size_t w = width(t);
  const auto empty = [&](size_t row) {
    const Fp* cells = &t.base[row * w];
    return std::all_of(cells, cells + w, [](Fp v) { return v == Fp::zero(); });
  };
  while (used > 0 && empty(used - 1)) --used;
  std::set<size_t> set;
  for (size_t i : {size_t{0}, size_t{1}, used - 1, used, used + 1, rows - 1})
    if (i < rows) set.insert(i);
  count = std::min(count, used);
  for (size_t tries = 0; set.size() < count && tries < 4 * count; ++tries)
    set.insert(rng() % std::max<size_t>(used, 1));
  return {set.begin(), set.end()};
}

}  // namespace mipzk::attack
