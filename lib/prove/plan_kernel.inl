// SPDX-License-Identifier: Apache-2.0
// Carries out plans on blocks of rows; a part of the kernels that are compiled once for each CPU
// tier. Lanes are rows.
#include "prove/packed_ext.hpp"
#include "prove/plan.hpp"

namespace mipzk::prove {
inline namespace MIPZK_TIER_NAMESPACE {

// Vectors of kLanes rows in a block: as many as keep the values of a wide table in the first cache.
constexpr size_t kVectors = 4;
constexpr size_t kBlockRows = kVectors * kLanes;
static_assert(kBlockRows <= kKernelRows);

// The operands of a plan on a block of rows, then its extension columns; by operand, then vector.
class Block {
 public:
  // `memory` is aligned to 64 bytes and has room for kBlockRows * plan.cells_per_row() elements.
  Block(const Plan& plan, Fp* memory)
      : plan_(plan), value_(reinterpret_cast<V*>(memory)), ext_(value_ + plan.operands * kVectors) {
    for (size_t i = 0; i < plan.constants.size(); ++i)
      for (size_t b = 0; b < kVectors; ++b)
        value_[(plan.first_constant + i) * kVectors + b] = V(plan.constants[i]);
  }

  // `vectors` of rows from row `first` on of row-major matrices.
  void load(const Fp* pre, const Fp* base, size_t first, size_t vectors) {
    vectors_ = vectors;
    copy(value_, pre, plan_.pre_columns, first);
    copy(value_ + plan_.pre_columns * kVectors, base, plan_.base_columns, first);
  }
  void load_ext(const Fp* ext, size_t first) {
    copy(ext_, ext, size_t{5} * plan_.ext_columns, first);
  }
  size_t vectors() const { return vectors_; }
  MIPZK_TIER_INLINE const V& value(Operand o, size_t b) const { return value_[o * kVectors + b]; }
  MIPZK_TIER_INLINE E ext(unsigned column, size_t b) const {
    E r;
    for (size_t k = 0; k < 5; ++k) r.c[k] = ext_[(5 * column + k) * kVectors + b];
    return r;
  }

  void calculate(const PlannedStep& s) {
    V* to = value_ + s.to * kVectors;
    const V *x = value_ + s.a * kVectors, *y = value_ + s.b * kVectors;
    switch (s.code) {
      case air::Code::kAdd:
        for (size_t b = 0; b < vectors_; ++b) to[b] = x[b] + y[b];
        break;
      case air::Code::kSub:
        for (size_t b = 0; b < vectors_; ++b) to[b] = x[b] - y[b];
        break;
      default:
        for (size_t b = 0; b < vectors_; ++b) to[b] = x[b] * y[b];
        break;
    }
  }

  E linear(const Linear& l, size_t b) const {
    field::PackedDot<kLanes> sum;
    const Term *t = plan_.terms.data() + l.first, *end = t + l.count;
    for (; end - t >= 2; t += 2)
      sum.add(value(t[0].value, b), t[0].factor, value(t[1].value, b), t[1].factor);
    if (t != end) sum.add(value(t->value, b), t->factor);
    return E::broadcast(l.constant) + sum.sum();
  }

  // Numerator and denominator of a lookup step.
  void lookup(const PlannedStep& s, size_t b, E& n, E& d) const {
    d = linear(s.factor[0].d, b);
    if (s.count == 1) {
      n = numerator(s.factor[0], b, E::one());
      return;
    }
    const E second = linear(s.factor[1].d, b);
    n = numerator(s.factor[0], b, second) + numerator(s.factor[1], b, d);
    d = d * second;
  }
  // Products of the messages read and written by a step.
  void product(const PlannedStep& s, size_t b, E& read, E& write) const {
    read = side(s.read[0], b);
    write = side(s.write[0], b);
    if (s.count == 1) return;
    read = read * side(s.read[1], b);
    write = write * side(s.write[1], b);
  }

 private:
  void copy(V* to, const Fp* matrix, size_t width, size_t first) {
    for (size_t b = 0; b < vectors_; ++b) {
      size_t row[kLanes];
      for (size_t i = 0; i < kLanes; ++i) row[i] = first + b * kLanes + i;
      for (size_t c = 0; c < width; ++c) to[c * kVectors + b] = gather(matrix, width, row, c);
    }
  }
  // The factor's numerator times `other`.
  E numerator(const PlannedFactor& f, size_t b, const E& other) const {
    if (f.kind == PlannedFactor::kOne) return other;
    if (f.kind == PlannedFactor::kLinear) return linear(f.n, b) * other;
    const E n = other * value(f.value, b);
    return f.kind == PlannedFactor::kValue ? n : E::zero() - n;
  }
  E side(const PlannedSide& s, size_t b) const {
    if (s.kind == PlannedSide::kOne) return E::one();
    const E f = linear(s.message, b);
    if (s.kind == PlannedSide::kPlain) return f;
    return E::one() + (f - E::one()) * value(s.gate, b);
  }

  const Plan& plan_;
  V* value_;
  V* ext_;
  size_t vectors_ = 0;
};

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::prove
