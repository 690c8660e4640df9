// The extension columns of an instance: partial and running products, lookup helpers, running sums.
#pragma once

#include <vector>

#include "air/constraints.hpp"
#include "base/pool.hpp"

namespace mipzk::prove {

using field::Fp;
using field::Fp5;

// One row's numerators and denominators, step by step, in the order of the layout's extension
// columns: local steps (writes / reads), global steps, lookup steps (n / d).
template <class T>
class StepCollector : public air::Builder<StepCollector<T>, Fp, Fp> {
 public:
  static constexpr air::Layout L = air::compute_layout<T>();
  static constexpr unsigned kSteps = L.ext_columns();

  StepCollector(const air::FormBases& local, const air::FormBases& global)
      : local_(local), global_(global) {}

  void run(const Fp* pre, const Fp* base, Fp5* num, Fp5* den) {
    num_ = num;
    den_ = den;
    next_[0] = 0;
    next_[1] = L.local_steps;
    next_[2] = L.local_steps + L.global_steps;
    const auto& row = *reinterpret_cast<const typename T::template Row<Fp>*>(base);
    if constexpr (L.pre_columns != 0) {
      T::eval(*this, *reinterpret_cast<const typename T::template Pre<Fp>*>(pre), row);
    } else {
      (void)pre;
      T::eval(*this, typename T::template Pre<Fp>{}, row);
    }
    if (range_pending_) {
      range_pending_ = false;
      factor(Fp5::one(), range_value(range_first_));
    }
    for (int c = 0; c < 3; ++c) flush(c);
  }

  Fp constant(uint32_t n) { return Fp(n); }
  Fp k(uint32_t n) { return Fp(n); }
  void zero(Fp) {}
  void range(Fp v) {
    if (!range_pending_) {
      range_pending_ = true;
      range_first_ = v;
      return;
    }
    range_pending_ = false;
    Fp5 a = range_value(range_first_), b = range_value(v);
    factor(a + b, a * b);
  }
  void request(air::Bus bus, Fp m, const air::Coords<Fp>& c) {
    factor(Fp5(m), air::fingerprint<Fp, Fp5>(local_, bus, c));
  }
  void provide(air::Bus bus, Fp m, const air::Coords<Fp>& c) {
    factor(Fp5(-m), air::fingerprint<Fp, Fp5>(local_, bus, c));
  }
  void local(const air::Msg<Fp>& r, const air::Msg<Fp>& w) {
    product(0, air::fingerprint<Fp, Fp5>(local_, w), air::fingerprint<Fp, Fp5>(local_, r));
  }
  void global(const air::Msg<Fp>& r, const air::Msg<Fp>& w) {
    product(1, air::fingerprint<Fp, Fp5>(global_, w), air::fingerprint<Fp, Fp5>(global_, r));
  }
  void global_gated(Fp gate, const air::Msg<Fp>& r, const air::Msg<Fp>& w) {
    flush(1);
    emit(1, gated(gate, w), gated(gate, r));
  }
  void global_send(Fp gate, const air::Msg<Fp>& w) {
    flush(1);
    emit(1, gated(gate, w), Fp5::one());
  }

 private:
  Fp5 range_value(Fp v) const { return local_.range + local_.ch.beta[1] * v; }
  Fp5 gated(Fp gate, const air::Msg<Fp>& m) {
    return Fp5::one() + (air::fingerprint<Fp, Fp5>(global_, m) - Fp5::one()) * gate;
  }
  void emit(int chain, const Fp5& n, const Fp5& d) {
    num_[next_[chain]] = n;
    den_[next_[chain]] = d;
    ++next_[chain];
  }
  void flush(int chain) {
    if (!pending_[chain]) return;
    pending_[chain] = false;
    emit(chain, n_[chain], d_[chain]);
  }
  bool hold(int chain, const Fp5& n, const Fp5& d) {
    if (pending_[chain]) return false;
    pending_[chain] = true;
    n_[chain] = n;
    d_[chain] = d;
    return true;
  }
  void product(int chain, const Fp5& n, const Fp5& d) {
    if (hold(chain, n, d)) return;
    pending_[chain] = false;
    emit(chain, n_[chain] * n, d_[chain] * d);
  }
  void factor(const Fp5& n, const Fp5& d) {
    if (hold(2, n, d)) return;
    pending_[2] = false;
    emit(2, n_[2] * d + n * d_[2], d_[2] * d);
  }

  const air::FormBases& local_;
  const air::FormBases& global_;
  Fp5* num_ = nullptr;
  Fp5* den_ = nullptr;
  unsigned next_[3]{};
  bool pending_[3]{}, range_pending_ = false;
  Fp5 n_[3], d_[3];
  Fp range_first_;
};

// The extension matrix (5 * kSteps base columns, natural order; rows beyond the closing row zero) and
// the final values of the running columns. False when a denominator is zero (restart with fresh
// randomness; probability below 2^-120).
template <class T>
bool fill_ext(Pool& pool, const air::FormBases& local, const air::FormBases& global, const Fp* pre,
              const Fp* base, unsigned log_height, unsigned tail_rows, std::vector<Fp>& out,
              air::Published& published) {
  using Steps = StepCollector<T>;
  constexpr air::Layout L = Steps::L;
  constexpr unsigned n = Steps::kSteps;
  static_assert(sizeof(Fp5) == 5 * sizeof(Fp));
  published = {Fp5::one(), Fp5::zero(), Fp5::one()};
  if constexpr (n != 0) {
    size_t height = size_t{1} << log_height, rows = height - tail_rows;
    out.assign(height * n * 5, Fp::zero());
    Fp5* ext = reinterpret_cast<Fp5*>(out.data());
    std::atomic<bool> good{true};
    constexpr size_t kBlock = 64;
    pool.parallel_for((rows + kBlock - 1) / kBlock, 8, [&](size_t begin, size_t end) {
      std::vector<Fp5> num(kBlock * n), den(kBlock * n), scratch(kBlock * n);
      for (size_t block = begin; block < end; ++block) {
        size_t first = block * kBlock, count = std::min(kBlock, rows - first);
        for (size_t i = 0; i < count; ++i) {
          Steps steps(local, global);
          steps.run(L.pre_columns ? pre + (first + i) * L.pre_columns : nullptr,
                    base + (first + i) * L.base_columns, &num[i * n], &den[i * n]);
        }
        for (size_t i = 0; i < count * n; ++i)
          if (den[i].is_zero()) good = false;
        field::batch_inverse({den.data(), count * n}, {scratch.data(), count * n});
        for (size_t i = 0; i < count * n; ++i) ext[first * n + i] = num[i] * den[i];
      }
    });
    if (!good) return false;
    // Prefix products and sums. Row i holds the values before its own messages.
    Fp5 p = Fp5::one(), g = Fp5::one(), s = Fp5::zero();
    for (size_t i = 0; i < rows; ++i) {
      Fp5* row = ext + i * n;
      auto chain = [&](unsigned offset, unsigned steps, Fp5& running) {
        if (steps == 0) return;
        Fp5 value = running;
        for (unsigned k = 0; k + 1 < steps; ++k) row[offset + k] = value *= row[offset + k];
        value *= row[offset + steps - 1];
        row[offset + steps - 1] = running;
        running = value;
      };
      chain(0, L.local_steps, p);
      chain(L.local_steps, L.global_steps, g);
      if constexpr (L.has_s()) {
        Fp5 value = s;
        for (unsigned k = L.local_steps + L.global_steps; k < n; ++k) value += row[k];
        row[L.s_index()] = s;
        s = value;
      }
    }
    Fp5* closing = ext + rows * n;
    if constexpr (L.has_p()) closing[L.p_index()] = p;
    if constexpr (L.has_g()) closing[L.g_index()] = g;
    if constexpr (L.has_s()) closing[L.s_index()] = s;
    published = {p, s, g};
  }
  // The mask ring: P_t f(b) = P f(a), S_t = S + A - B, with the cells of the closing row.
  const Fp* cells = base + ((size_t{1} << log_height) - tail_rows) * L.base_columns;
  auto message = [&](const air::FormBases& fb, unsigned at, unsigned count) {
    Fp5 r = fb.bus[static_cast<unsigned>(air::Bus::kMask)];
    for (unsigned i = 0; i < count; ++i) r += fb.ch.beta[i + 1] * cells[at + i];
    return r;
  };
  Fp5 a = message(local, 0, 10), b = message(local, 10, 10);
  if (a.is_zero() || b.is_zero()) return false;
  published.p *= a * b.inverse();
  if constexpr (L.has_s()) {
    for (unsigned i = 0; i < 5; ++i) published.s.c[i] += cells[i] - cells[10 + i];
  }
  if constexpr (L.pass_one) {
    Fp5 ga = message(global, 20, 5), gb = message(global, 25, 5);
    if (ga.is_zero() || gb.is_zero()) return false;
    published.g *= ga * gb.inverse();
  }
  return true;
}

}  // namespace mipzk::prove
