// Evaluates all constraints of a table at one point (verifier: zeta) or at a vector of points
// (prover: points of the extended domain), folded with powers of gamma.
//
// V is the type of a base cell and E that of an extension cell: Fp and Fp5 for one point of the
// domain, packed types for several, Fp5 and Fp5 for the verifier.
#pragma once

#include "air/layout.hpp"

namespace mipzk::air {

// Constants derived once from the challenges of a scope.
struct FormBases {
  Fp5 base[kFormCount];
  Challenges ch;

  explicit FormBases(const Challenges& c) : ch(c) {
    for (unsigned f = 0; f < kFormCount; ++f) {
      const FormInfo& info = kForms[f];
      base[f] = c.base(info.bus);
      for (int i = 0; i < 2; ++i)
        base[f] += c.beta[info.const_position[i] + 1] * Fp(info.const_value[i]);
    }
    range = c.base(Bus::kRange);
    range_sq = range * range;
    range_beta = range * c.beta[1];
    beta_sq = c.beta[1] * c.beta[1];
    range_twice = range + range;
    for (unsigned b = 0; b < 16; ++b) bus[b] = c.base(static_cast<Bus>(b));
  }
  // (range + beta1 x)(range + beta1 y) = range_sq + range_beta (x + y) + beta_sq x y
  Fp5 range, range_sq, range_beta, beta_sq, range_twice;
  Fp5 bus[16];
};

// Arithmetic between challenges (Fp5), base cells (V) and extension cells (E).
template <class V, class E>
struct Ops;

template <>
struct Ops<Fp, Fp5> {
  using K = Fp;
  static Fp constant(uint32_t n) { return Fp(n); }
  static Fp k(uint32_t n) { return Fp(n); }
  static Fp5 ext(const Fp5& c) { return c; }
  static Fp5 from_base(Fp v) { return Fp5(v); }
  static Fp5 mul_base(const Fp5& e, Fp v) { return e * v; }
  static Fp5 mul_const(const Fp5& c, const Fp5& e) { return c * e; }
};

template <>
struct Ops<Fp5, Fp5> {
  using K = Fp;
  static Fp5 constant(uint32_t n) { return Fp5(n); }
  static Fp k(uint32_t n) { return Fp(n); }
  static Fp5 ext(const Fp5& c) { return c; }
  static Fp5 from_base(const Fp5& v) { return v; }
  static Fp5 mul_base(const Fp5& e, const Fp5& v) { return e * v; }
  static Fp5 mul_const(const Fp5& c, const Fp5& e) { return c * e; }
};

template <class V, class E>
E fingerprint(const FormBases& fb, const Msg<V>& m) {
  const FormInfo& info = kForms[static_cast<unsigned>(m.form)];
  E r = Ops<V, E>::ext(fb.base[static_cast<unsigned>(m.form)]);
  for (unsigned i = 0; i < info.count; ++i)
    r += Ops<V, E>::mul_base(Ops<V, E>::ext(fb.ch.beta[info.position[i] + 1]), m.v[i]);
  return r;
}

template <class V, class E>
E fingerprint(const FormBases& fb, Bus bus, const Coords<V>& c) {
  E r = Ops<V, E>::ext(fb.bus[static_cast<unsigned>(bus)]);
  for (unsigned i = 0; i < c.count; ++i)
    r += Ops<V, E>::mul_base(Ops<V, E>::ext(fb.ch.beta[i + 1]), c.v[i]);
  return r;
}

// What an instance publishes.
struct Published {
  Fp5 p, s, g;
};

// The cells of one point: base columns, extension columns at the point, running columns one row on.
template <class V, class E>
struct PointCells {
  const V* pre;
  const V* base;
  const E* ext;
  E p_next{}, g_next{}, s_next{};
};

template <class T, class V, class E>
class ConstraintEval : public Builder<ConstraintEval<T, V, E>, V, typename Ops<V, E>::K> {
  using O = Ops<V, E>;
  static constexpr Layout L = compute_layout<T>();

 public:
  // `gamma` points to the powers of gamma reserved for this instance, L.constraints of them.
  ConstraintEval(const FormBases& local, const FormBases& global, const Published& published,
                 const Fp5* gamma, const PointCells<V, E>& cells)
      : local_(local), global_(global), pub_(published), gamma_(gamma), cells_(cells) {}

  E row = O::ext(Fp5());      // constraints of every row
  E first = O::ext(Fp5());    // constraints of row 0
  E closing = O::ext(Fp5());  // constraints of the closing row

  void run() {
    const auto& r = *reinterpret_cast<const typename T::template Row<V>*>(cells_.base);
    if constexpr (L.pre_columns != 0) {
      T::eval(*this, *reinterpret_cast<const typename T::template Pre<V>*>(cells_.pre), r);
    } else {
      T::eval(*this, typename T::template Pre<V>{}, r);
    }
    finish();
  }

  V constant(uint32_t n) { return O::constant(n); }
  auto k(uint32_t n) { return O::k(n); }

  void zero(const V& v) { row += O::mul_base(O::ext(*gamma_++), v); }
  void zero_ext(const E& e) { row += O::mul_const(*gamma_++, e); }

  void range(const V& v) {
    if (!range_pending_) {
      range_first_ = v;
      range_pending_ = true;
      return;
    }
    range_pending_ = false;
    const V& product = cells_.base[L.named_columns + pairs_++];
    zero(product - range_first_ * v);
    V sum = range_first_ + v;
    E d = O::ext(local_.range_sq) + O::mul_base(O::ext(local_.range_beta), sum) +
          O::mul_base(O::ext(local_.beta_sq), product);
    E n = O::ext(local_.range_twice) + O::mul_base(O::ext(local_.ch.beta[1]), sum);
    factor(n, d);
  }
  void request(Bus bus, const V& m, const Coords<V>& c) {
    factor(O::from_base(m), fingerprint<V, E>(local_, bus, c));
  }
  void provide(Bus bus, const V& m, const Coords<V>& c) {
    factor(O::ext(Fp5()) - O::from_base(m), fingerprint<V, E>(local_, bus, c));
  }
  void local(const Msg<V>& read, const Msg<V>& write) {
    item(chain_, fingerprint<V, E>(local_, read), fingerprint<V, E>(local_, write));
  }
  void global(const Msg<V>& read, const Msg<V>& write) {
    item(global_chain_, fingerprint<V, E>(global_, read), fingerprint<V, E>(global_, write));
  }
  void global_gated(const V& gate, const Msg<V>& read, const Msg<V>& write) {
    flush(global_chain_);
    step(global_chain_, gated(gate, fingerprint<V, E>(global_, read)),
         gated(gate, fingerprint<V, E>(global_, write)));
  }
  void global_send(const V& gate, const Msg<V>& write) {
    flush(global_chain_);
    step(global_chain_, O::ext(Fp5::one()), gated(gate, fingerprint<V, E>(global_, write)));
  }

 private:
  struct Chain {
    bool is_global;
    unsigned steps = 0;
    bool pending = false;
    E read = O::ext(Fp5()), write = O::ext(Fp5());
  };

  E gated(const V& gate, const E& f) {
    E one = O::ext(Fp5::one());
    return one + O::mul_base(f - one, gate);
  }

  void item(Chain& c, const E& read, const E& write) {
    if (!c.pending) {
      c.pending = true;
      c.read = read;
      c.write = write;
    } else {
      c.pending = false;
      step(c, c.read * read, c.write * write);
    }
  }
  void flush(Chain& c) {
    if (c.pending) {
      c.pending = false;
      step(c, c.read, c.write);
    }
  }
  // next * read = previous * write, `previous` starting at the running column of this row.
  void step(Chain& c, const E& read, const E& write) {
    unsigned offset = c.is_global ? L.local_steps : 0;
    unsigned count = c.is_global ? L.global_steps : L.local_steps;
    const E& running = cells_.ext[offset + count - 1];
    const E& previous = c.steps == 0 ? running : cells_.ext[offset + c.steps - 1];
    ++c.steps;
    const E& next = c.steps == count ? (c.is_global ? cells_.g_next : cells_.p_next)
                                     : cells_.ext[offset + c.steps - 1];
    zero_ext(next * read - previous * write);
  }

  void factor(const E& n, const E& d) {
    if (!factor_pending_) {
      factor_pending_ = true;
      factor_n_ = n;
      factor_d_ = d;
      return;
    }
    factor_pending_ = false;
    lookup_step(factor_n_ * d + n * factor_d_, factor_d_ * d);
  }
  // h * d = n; the last step closes on the running sum: (S' - S - sum of h) * d = n.
  void lookup_step(const E& n, const E& d) {
    unsigned offset = L.local_steps + L.global_steps;
    ++lookup_steps_;
    if (lookup_steps_ < L.lookup_steps) {
      const E& h = cells_.ext[offset + lookup_steps_ - 1];
      helpers_ += h;
      zero_ext(h * d - n);
    } else {
      E h = cells_.s_next - cells_.ext[L.s_index()] - helpers_;
      zero_ext(h * d - n);
    }
  }

  void finish() {
    if (range_pending_) {
      range_pending_ = false;
      factor(O::ext(Fp5::one()),
             O::ext(local_.range) + O::mul_base(O::ext(local_.ch.beta[1]), range_first_));
    }
    if (factor_pending_) {
      factor_pending_ = false;
      lookup_step(factor_n_, factor_d_);
    }
    flush(chain_);
    flush(global_chain_);

    E one = O::ext(Fp5::one());
    if constexpr (L.has_p()) first += O::mul_const(*gamma_++, cells_.ext[L.p_index()] - one);
    if constexpr (L.has_g()) first += O::mul_const(*gamma_++, cells_.ext[L.g_index()] - one);
    if constexpr (L.has_s()) first += O::mul_const(*gamma_++, cells_.ext[L.s_index()]);

    E p = one, g = one;
    if constexpr (L.has_p()) p = cells_.ext[L.p_index()];
    if constexpr (L.has_g()) g = cells_.ext[L.g_index()];
    closing += O::mul_const(*gamma_++,
                            O::mul_const(pub_.p, mask(local_, 10, 10)) - p * mask(local_, 0, 10));
    E sum = O::ext(pub_.s) - mask_value(0) + mask_value(10);
    if constexpr (L.has_s()) sum = sum - cells_.ext[L.s_index()];
    closing += O::mul_const(*gamma_++, sum);
    if constexpr (L.pass_one) {
      closing += O::mul_const(
          *gamma_++, O::mul_const(pub_.g, mask(global_, 25, 5)) - g * mask(global_, 20, 5));
    }
  }
  // The message on bus MASK of `count` cells from column `at`.
  E mask(const FormBases& fb, unsigned at, unsigned count) {
    E r = O::ext(fb.bus[static_cast<unsigned>(Bus::kMask)]);
    for (unsigned i = 0; i < count; ++i)
      r += O::mul_base(O::ext(fb.ch.beta[i + 1]), cells_.base[at + i]);
    return r;
  }
  // The extension element whose coordinates are the five cells from column `at`.
  E mask_value(unsigned at) {
    E r = O::ext(Fp5());
    for (unsigned i = 0; i < 5; ++i) {
      Fp5 basis;
      basis.c[i] = Fp::one();
      r += O::mul_base(O::ext(basis), cells_.base[at + i]);
    }
    return r;
  }

  const FormBases& local_;
  const FormBases& global_;
  const Published& pub_;
  const Fp5* gamma_;
  const PointCells<V, E>& cells_;

  unsigned pairs_ = 0, lookup_steps_ = 0;
  bool range_pending_ = false, factor_pending_ = false;
  V range_first_{};
  E factor_n_ = O::ext(Fp5()), factor_d_ = O::ext(Fp5()), helpers_ = O::ext(Fp5());
  Chain chain_{false}, global_chain_{true};
};

}  // namespace mipzk::air
