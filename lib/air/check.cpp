// SPDX-License-Identifier: Apache-2.0
#include "air/check.hpp"

#include <algorithm>

namespace mipzk::air {
namespace {

void note(bool good, std::vector<unsigned>& failures, size_t index) {
  if (!good) failures.push_back(static_cast<unsigned>(index));
}

}  // namespace

bool fixed_contains(Bus bus, const Coords<Fp>& c) {
  uint32_t v[kMaxCoordinates];
  for (unsigned i = 0; i < c.count; ++i) v[i] = c.v[i].value();
  switch (bus) {
    case Bus::kRange:
      return c.count == 1 && v[0] < 65536;
    case Bus::kAnd:
      return c.count == 3 && v[0] < 256 && v[1] < 256 && v[2] == (v[0] & v[1]);
    case Bus::kShiftByte:
      return c.count == 4 && v[0] < 256 && v[1] <= 8 && v[2] == (v[0] << v[1] & 255) &&
             v[3] == v[0] << v[1] >> 8;
    case Bus::kShiftAmount: {
      if (c.count != 9 || v[0] > 1 || v[1] > 31) return false;
      const uint32_t u = v[1] & 7, fill = v[0] == 0 || v[1] == 0 ? 0 : ~0u << (32 - v[1]);
      if (v[2] != (v[0] == 0 ? u : 8 - u)) return false;
      for (uint32_t j = 0; j < 4; ++j)
        if (v[3 + j] != (v[1] >> 3 == j ? 1u : 0u)) return false;
      return v[7] == (fill & 0xffff) && v[8] == fill >> 16;
    }
    default:
      return false;
  }
}

RowChecker::RowChecker(const TableInfo& table, uint32_t shard)
    : table_(table), values_(table.rules.operands()) {
  table.rules.for_each_constant(shard, [&](Operand o, uint32_t n) { values_[o] = Fp(n); });
}

void RowChecker::check(const Fp* pre, const Fp* named, RowReport& report) {
  const Layout& l = table_.layout;
  std::copy_n(pre, l.pre_columns, values_.begin());
  std::copy_n(named, l.named_columns, values_.begin() + l.pre_columns);
  report.clear();
  report_ = &report;
  read_rules(table_.rules, *this);
}

void RowChecker::arithmetic(Code code, Operand to, Operand a, Operand b) {
  const Fp x = values_[a], y = values_[b];
  values_[to] = code == Code::kAdd ? x + y : code == Code::kSub ? x - y : x * y;
}

void RowChecker::zero(Operand v) {
  note(values_[v] == Fp::zero(), report_->violations, report_->zeros.size());
  report_->zeros.push_back(values_[v]);
}

void RowChecker::range(Operand v) {
  note(values_[v].value() < 65536, report_->bad_ranges, report_->ranges.size());
  report_->ranges.push_back(values_[v]);
}

void RowChecker::request(const LookupOperands& m) {
  const Tuple t = tuple(m);
  const bool elsewhere = m.bus == Bus::kRom || m.bus == Bus::kRegion || t.numerator == Fp::zero();
  note(elsewhere || fixed_contains(m.bus, t.coords), report_->bad_tuples, report_->requests.size());
  report_->requests.push_back(t);
}

void RowChecker::provide(const LookupOperands& m) { report_->provides.push_back(tuple(m)); }

void RowChecker::local(const MessageOperands& read, const MessageOperands& write) {
  report_->locals.push_back({message(read), message(write)});
}

void RowChecker::global(const MessageOperands& read, const MessageOperands& write) {
  report_->globals.push_back({message(read), message(write)});
}

void RowChecker::global_send(Operand gate, const MessageOperands& write) {
  report_->sends.push_back({values_[gate], message(write)});
}

Tuple RowChecker::tuple(const LookupOperands& m) const {
  Tuple t{m.bus, values_[m.numerator], {}};
  for (unsigned i = 0; i < m.count; ++i) t.coords.v[i] = values_[m.coords[i]];
  t.coords.count = m.count;
  return t;
}

Msg<Fp> RowChecker::message(const MessageOperands& m) const {
  Msg<Fp> r{m.form, {}};
  for (unsigned i = 0; i < form_info(m.form).count; ++i) r.v[i] = values_[m.coords[i]];
  return r;
}

}  // namespace mipzk::air
