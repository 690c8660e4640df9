// The kernel of the extension columns, included by one source file per instruction set. Lanes are
// rows.
#include "air/tables.hpp"
#include "prove/ext_columns.hpp"
#include "prove/packed_ext.hpp"

namespace mipzk::prove {
inline namespace MIPZK_PACKED_ISA {

// Numerators and denominators of the rows in the lanes, step by step, in the order of the layout's
// extension columns: local steps (writes / reads), global steps, lookup steps (n / d).
template <class T>
class StepCollector : public air::Builder<StepCollector<T>, V, V> {
  using O = air::Ops<V, E>;

 public:
  static constexpr air::Layout L = air::compute_layout<T>();
  static constexpr unsigned kSteps = L.ext_columns();

  StepCollector(const air::FormBases& local, const air::FormBases& global)
      : local_(local), global_(global) {}

  void run(const V* pre, const V* base, E* num, E* den) {
    num_ = num;
    den_ = den;
    next_[0] = 0;
    next_[1] = L.local_steps;
    next_[2] = L.local_steps + L.global_steps;
    const auto& row = *reinterpret_cast<const typename T::template Row<V>*>(base);
    if constexpr (L.pre_columns != 0) {
      T::eval(*this, *reinterpret_cast<const typename T::template Pre<V>*>(pre), row);
    } else {
      (void)pre;
      T::eval(*this, typename T::template Pre<V>{}, row);
    }
    if (range_pending_) {
      range_pending_ = false;
      factor(O::ext(Fp5::one()), range_value(range_first_));
    }
    for (int c = 0; c < 3; ++c) flush(c);
  }

  V constant(uint32_t n) { return O::constant(n); }
  V k(uint32_t n) { return O::k(n); }
  void zero(const V&) {}
  void range(const V& v) {
    if (!range_pending_) {
      range_pending_ = true;
      range_first_ = v;
      return;
    }
    range_pending_ = false;
    E a = range_value(range_first_), b = range_value(v);
    factor(a + b, a * b);
  }
  void request(air::Bus bus, const V& m, const air::Coords<V>& c) {
    factor(O::from_base(m), air::fingerprint<V, E>(local_, bus, c));
  }
  void provide(air::Bus bus, const V& m, const air::Coords<V>& c) {
    factor(O::from_base(-m), air::fingerprint<V, E>(local_, bus, c));
  }
  void local(const air::Msg<V>& r, const air::Msg<V>& w) {
    product(0, air::fingerprint<V, E>(local_, w), air::fingerprint<V, E>(local_, r));
  }
  void global(const air::Msg<V>& r, const air::Msg<V>& w) {
    product(1, air::fingerprint<V, E>(global_, w), air::fingerprint<V, E>(global_, r));
  }
  void global_gated(const V& gate, const air::Msg<V>& r, const air::Msg<V>& w) {
    flush(1);
    emit(1, gated(gate, w), gated(gate, r));
  }
  void global_send(const V& gate, const air::Msg<V>& w) {
    flush(1);
    emit(1, gated(gate, w), O::ext(Fp5::one()));
  }

 private:
  E range_value(const V& v) const {
    return O::ext(local_.range) + O::mul_base(O::ext(local_.ch.beta[1]), v);
  }
  E gated(const V& gate, const air::Msg<V>& m) {
    const E one = O::ext(Fp5::one());
    return one + O::mul_base(air::fingerprint<V, E>(global_, m) - one, gate);
  }
  void emit(int chain, const E& n, const E& d) {
    num_[next_[chain]] = n;
    den_[next_[chain]] = d;
    ++next_[chain];
  }
  void flush(int chain) {
    if (!pending_[chain]) return;
    pending_[chain] = false;
    emit(chain, n_[chain], d_[chain]);
  }
  bool hold(int chain, const E& n, const E& d) {
    if (pending_[chain]) return false;
    pending_[chain] = true;
    n_[chain] = n;
    d_[chain] = d;
    return true;
  }
  void product(int chain, const E& n, const E& d) {
    if (hold(chain, n, d)) return;
    pending_[chain] = false;
    emit(chain, n_[chain] * n, d_[chain] * d);
  }
  void factor(const E& n, const E& d) {
    if (hold(2, n, d)) return;
    pending_[2] = false;
    emit(2, n_[2] * d + n * d_[2], d_[2] * d);
  }

  const air::FormBases& local_;
  const air::FormBases& global_;
  E* num_ = nullptr;
  E* den_ = nullptr;
  unsigned next_[3]{};
  bool pending_[3]{}, range_pending_ = false;
  E n_[3], d_[3];
  V range_first_;
};

// Replaces each element by its inverse, all lanes at once. False when some element is 0.
inline bool invert(E* values, E* prefix, size_t count) {
  E acc = broadcast(Fp5::one());
  for (size_t i = 0; i < count; ++i) {
    prefix[i] = acc;
    acc = acc * values[i];
  }
  Fp5 lanes[kLanes], scratch[kLanes];
  Fp cells[kLanes];
  for (size_t k = 0; k < 5; ++k) {
    acc.c[k].store(cells);
    for (size_t l = 0; l < kLanes; ++l) lanes[l].c[k] = cells[l];
  }
  bool good = true;
  for (size_t l = 0; l < kLanes; ++l) good &= !lanes[l].is_zero();
  field::batch_inverse(lanes, scratch);
  for (size_t k = 0; k < 5; ++k) {
    for (size_t l = 0; l < kLanes; ++l) cells[l] = lanes[l].c[k];
    acc.c[k] = V::load(cells);
  }
  for (size_t i = count; i-- > 0;) {
    const E inverse = acc * prefix[i];
    acc = acc * values[i];
    values[i] = inverse;
  }
  return good;
}

// Rows [begin, end), multiples of kLanes: ext row i gets the quotients num / den of its steps.
template <class T>
bool step_rows(const ExtScope& s, size_t begin, size_t end, Fp5* ext) {
  constexpr air::Layout L = air::compute_layout<T>();
  constexpr size_t steps = L.ext_columns();
  constexpr size_t kGroups = 16;  // of lanes, inverted together
  V pre[L.pre_columns + 1], base[L.base_columns];
  E num[kGroups * steps], den[kGroups * steps], prefix[kGroups * steps];
  bool good = true;
  for (size_t first = begin; first < end; first += kGroups * kLanes) {
    size_t groups = (end - first) / kLanes < kGroups ? (end - first) / kLanes : kGroups;
    size_t row[kLanes];
    for (size_t g = 0; g < groups; ++g) {
      for (size_t l = 0; l < kLanes; ++l) row[l] = first + g * kLanes + l;
      for (size_t c = 0; c < L.pre_columns; ++c) pre[c] = gather(s.pre, L.pre_columns, row, c);
      for (size_t c = 0; c < L.base_columns; ++c) base[c] = gather(s.base, L.base_columns, row, c);
      StepCollector<T> collector(*s.local, *s.global);
      collector.run(pre, base, num + g * steps, den + g * steps);
    }
    good &= invert(den, prefix, groups * steps);
    for (size_t g = 0; g < groups; ++g)
      for (size_t i = 0; i < steps; ++i) {
        const E quotient = num[g * steps + i] * den[g * steps + i];
        Fp cells[kLanes];
        for (size_t k = 0; k < 5; ++k) {
          quotient.c[k].store(cells);
          for (size_t l = 0; l < kLanes; ++l)
            ext[(first + g * kLanes + l) * steps + i].c[k] = cells[l];
        }
      }
  }
  return good;
}

inline bool step_rows_any(const ExtScope& s, size_t begin, size_t end, Fp5* ext) {
  bool good = false;
  air::for_each_table([&]<class T>() {
    if (air::kTableId<T> == s.table) good = step_rows<T>(s, begin, end, ext);
  });
  return good;
}

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::prove
