// SPDX-License-Identifier: Apache-2.0
// The quotient kernel, compiled once for each CPU tier. Lanes are points.
#include "commit/ntt.hpp"
#include "prove/plan_kernel.inl"
#include "prove/quotient.hpp"

namespace mipzk::prove {
inline namespace MIPZK_TIER_NAMESPACE {

// P, G and S one row on, for the points of a block.
struct NextRow {
  E running[3][kVectors];

  void load(const Plan& plan, const PointSet& set, size_t first, size_t vectors) {
    const bool given = set.next != nullptr;
    const Fp* const matrix = given ? set.next : set.ext;
    const size_t width = size_t{5} * (given ? plan.running_count : plan.ext_columns);
    const size_t mask = (size_t{1} << set.log_points) - 1;
    for (size_t b = 0; b < vectors; ++b) {
      size_t row[kLanes];
      for (size_t i = 0; i < kLanes; ++i) {
        row[i] = first + b * kLanes + i;
        if (given) continue;
        // The trace's generator is the square of the domain's.
        const size_t point = commit::bit_reverse(row[i], set.log_points);
        row[i] = commit::bit_reverse((point + 2) & mask, set.log_points);
      }
      size_t k = 0;
      for (unsigned c = 0; c < 3; ++c) {
        if (plan.running[c] == kNoColumn) continue;
        const size_t column = given ? k++ : plan.running[c];
        for (size_t i = 0; i < 5; ++i)
          running[c][b].c[i] = gather(matrix, width, row, 5 * column + i);
      }
    }
  }
};

// The sums over the constraints at the points of a block.
class BlockSums {
 public:
  BlockSums(const Plan& plan, const Block& block, const NextRow& next)
      : plan_(plan), block_(block), next_(next) {
    for (E& h : helpers_) h = E::zero();
  }

  // Zeros are added two at a time; `held_` waits for its partner.
  void zero(const PlannedStep& s) {
    if (held_ == nullptr) {
      held_ = &s;
      return;
    }
    for (size_t b = 0; b < block_.vectors(); ++b)
      row[b].low.add(block_.value(held_->a, b), held_->weight, block_.value(s.a, b), s.weight);
    held_ = nullptr;
  }
  void flush() {
    if (held_ == nullptr) return;
    for (size_t b = 0; b < block_.vectors(); ++b)
      row[b].low.add(block_.value(held_->a, b), held_->weight);
    held_ = nullptr;
  }
  // Before the operand changes.
  void changes(Operand to) {
    if (held_ != nullptr && held_->a == to) flush();
  }

  // h d = n; the last step closes on the running sum: (S' - S - sum of h) d = n.
  void lookup(const PlannedStep& s) {
    for (size_t b = 0; b < block_.vectors(); ++b) {
      E n, d;
      block_.lookup(s, b, n, d);
      E h = block_.ext(s.column, b);
      if (s.last) {
        h = next_.running[2][b] - h - helpers_[b];
      } else {
        helpers_[b] = helpers_[b] + h;
      }
      row[b].add(h * d - n, s.weight);
    }
  }
  // next * read = previous * write
  void product(const PlannedStep& s) {
    for (size_t b = 0; b < block_.vectors(); ++b) {
      E read, write;
      block_.product(s, b, read, write);
      const E next = s.last ? next_.running[s.is_global ? 1 : 0][b] : block_.ext(s.column, b);
      row[b].add(cross(next, read, block_.ext(s.previous, b), write), s.weight);
    }
  }
  // The sum at the points of vector `b`, each constraint with the factor of its kind.
  E total(size_t b, const PointFactors& f, size_t j) {
    field::PackedDot5<kLanes> first, closing;
    E running[3];
    for (unsigned c = 0; c < 3; ++c) {
      const E start = c < 2 ? E::one() : E::zero();  // the value in row 0
      running[c] = start;
      if (plan_.running[c] == kNoColumn) continue;
      running[c] = block_.ext(plan_.running[c], b);
      first.add(running[c] - start, plan_.first_weight[c]);
    }
    if (plan_.in_local_ring) {
      ring(closing, b, 0, plan_.local_ring, plan_.published.p, running[0]);
      E sum = E::broadcast(plan_.published.s) - running[2];
      for (size_t k = 0; k < 5; ++k)
        sum.c[k] += block_.value(static_cast<Operand>(plan_.local_cells[1] + k), b) -
                    block_.value(static_cast<Operand>(plan_.local_cells[0] + k), b);
      closing.add(sum, plan_.closing_weight[2]);
    }
    if (plan_.in_global_ring) ring(closing, b, 1, plan_.global_ring, plan_.published.g, running[1]);
    return row[b].sum() * V::load(&f.row[j]) + first.sum() * V::load(&f.first[j]) +
           closing.sum() * V::load(&f.closing[j]);
  }

  field::PackedDot5<kLanes> row[kVectors];

 private:
  void ring(field::PackedDot5<kLanes>& closing, size_t b, unsigned c, const PlannedRing& r,
            const Fp5& published, const E& running) {
    closing.add(
        cross(E::broadcast(published), block_.linear(r.b, b), running, block_.linear(r.a, b)),
        plan_.closing_weight[c]);
  }

  const Plan& plan_;
  const Block& block_;
  const NextRow& next_;
  const PlannedStep* held_ = nullptr;
  E helpers_[kVectors];
};

QuotientKernel quotient_points;
void quotient_points(const Plan& plan, const PointSet& set, const PointFactors& f, size_t begin,
                     size_t end, Fp* memory, Fp5* acc) {
  Block block(plan, memory);
  NextRow next;
  for (size_t start = begin; start < end; start += block.vectors() * kLanes) {
    const size_t left = (end - start) / kLanes;
    block.load(set.pre, set.base, start, left < kVectors ? left : kVectors);
    block.load_ext(set.ext, start);
    next.load(plan, set, start, block.vectors());
    BlockSums sums(plan, block, next);
    for (const PlannedStep& s : plan.steps) {
      switch (s.kind) {
        case PlannedStep::kCalculate:
          sums.changes(s.to);
          block.calculate(s);
          break;
        case PlannedStep::kZero:
          sums.zero(s);
          break;
        case PlannedStep::kLookup:
          sums.lookup(s);
          break;
        case PlannedStep::kProduct:
          sums.product(s);
          break;
      }
    }
    sums.flush();
    for (size_t b = 0; b < block.vectors(); ++b) {
      const size_t j = start + b * kLanes;
      const E sum = sums.total(b, f, j);
      (E::load(acc + j, 1, kLanes) + sum).store(acc + j, 1, kLanes);
    }
  }
}

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::prove
