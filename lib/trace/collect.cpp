// SPDX-License-Identifier: Apache-2.0
#include "trace/collect.hpp"

#include <algorithm>

#include "air/reduce.hpp"

namespace mipzk::trace {

using air::Bus;
using air::Code;
using air::Operand;

Collector::Collector(const air::TableInfo& table, uint32_t shard, const isa::Program& program,
                     LookupCounts& counts)
    : layout_(table.layout),
      program_(program),
      counts_(counts),
      rules_(air::reduce_rules(table.rules, {.ranges = true, .requests = true}, words_)),
      values_(rules_.operands() * kBlock) {
  for (Operand c = 0; c < rules_.first_constant; ++c)
    if (std::ranges::find(words_, c) != words_.end()) columns_.push_back(c);
  rules_.for_each_constant(shard,
                           [&](Operand o, uint32_t n) { std::fill_n(values(o), kBlock, Fp(n)); });
}

void Collector::run(const Fp* pre, Fp* base, size_t rows) {
  const size_t pre_width = layout_.pre_columns, width = layout_.base_columns;
  for (size_t done = 0; done < rows; done += rows_) {
    rows_ = std::min(kBlock, rows - done);
    base_ = base + done * width;
    pairs_ = 0;
    pending_ = false;
    for (const Operand c : columns_) {
      Fp* to = values(c);
      for (size_t i = 0; i < rows_; ++i)
        to[i] = c < pre_width ? pre[(done + i) * pre_width + c] : base_[i * width + c - pre_width];
    }
    air::read_rules(rules_, *this);
  }
}

void Collector::arithmetic(Code code, Operand to, Operand a, Operand b) {
  Fp* out = values(to);
  const Fp *x = values(a), *y = values(b);
  switch (code) {
    case Code::kAdd:
      for (size_t i = 0; i < rows_; ++i) out[i] = x[i] + y[i];
      break;
    case Code::kSub:
      for (size_t i = 0; i < rows_; ++i) out[i] = x[i] - y[i];
      break;
    default:
      for (size_t i = 0; i < rows_; ++i) out[i] = x[i] * y[i];
      break;
  }
}

void Collector::range(Operand v) {
  const Fp* x = values(v);
  for (size_t i = 0; i < rows_; ++i) {
    const uint32_t n = x[i].value();
    count(counts_.range, n < counts_.range.size() ? int64_t{n} : -1);
  }
  if (pending_) {
    const Fp* y = values(first_);
    Fp* out = base_ + layout_.named_columns + pairs_++;
    for (size_t i = 0; i < rows_; ++i) out[i * layout_.base_columns] = y[i] * x[i];
  }
  first_ = v;
  pending_ = !pending_;
}

void Collector::request(const air::LookupOperands& m) {
  const Fp *numerator = values(m.numerator), *x = values(m.coords[0]);
  const Fp* y = values(m.coords[m.count > 1 ? 1 : 0]);
  for (size_t i = 0; i < rows_; ++i) {
    if (numerator[i] == Fp::zero()) continue;
    const uint32_t v0 = x[i].value(), v1 = y[i].value();
    switch (m.bus) {
      case Bus::kRom:  // the machine has counted them
        break;
      case Bus::kAnd:
        count(counts_.byte_and, v0 < 256 && v1 < 256 ? int64_t{256} * v0 + v1 : -1);
        break;
      case Bus::kShiftByte:
        count(counts_.shift_byte, v0 < 256 && v1 < 9 ? int64_t{256} * v1 + v0 : -1);
        break;
      case Bus::kShiftAmount:
        count(counts_.shift_amount, v0 < 2 && v1 < 32 ? int64_t{32} * v0 + v1 : -1);
        break;
      case Bus::kRegion:
        count(counts_.region, find_region(program_, v0));
        break;
      default:
        counts_.bad = true;
    }
  }
}

}  // namespace mipzk::trace
