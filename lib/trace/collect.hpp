// Runs a table's rules over one concrete row to complete it: pair columns, and the requests
// counted.
#pragma once

#include "air/layout.hpp"
#include "trace/counts.hpp"

namespace mipzk::trace {

using air::Bus;
using air::Coords;
using air::Msg;
using field::Fp;

template <class T>
class Collector : public air::Builder<Collector<T>, Fp, Fp> {
  static constexpr air::Layout L = air::compute_layout<T>();

 public:
  Collector(const isa::Program& program, LookupCounts& counts)
      : program_(program), counts_(counts) {}

  // `base` is a row of L.base_columns cells with the named ones filled.
  void run(const Fp* pre, Fp* base) {
    base_ = base;
    pairs_ = 0;
    pending_ = false;
    const auto& row = *reinterpret_cast<const typename T::template Row<Fp>*>(base);
    if constexpr (L.pre_columns != 0) {
      T::eval(*this, *reinterpret_cast<const typename T::template Pre<Fp>*>(pre), row);
    } else {
      (void)pre;
      T::eval(*this, typename T::template Pre<Fp>{}, row);
    }
  }

  Fp constant(uint32_t n) { return Fp(n); }
  Fp k(uint32_t n) { return Fp(n); }
  void zero(Fp) {}
  void range(Fp v) {
    uint32_t n = v.value();
    if (n < counts_.range.size()) {
      ++counts_.range[n];
    } else {
      counts_.bad = true;
    }
    if (pending_) base_[L.named_columns + pairs_++] = first_ * v;
    first_ = v;
    pending_ = !pending_;
  }
  void request(Bus bus, Fp m, const Coords<Fp>& c) {
    if (m == Fp::zero()) return;
    uint32_t v0 = c.v[0].value(), v1 = c.count > 1 ? c.v[1].value() : 0;
    switch (bus) {
      case Bus::kRom:
        count(counts_.rom, find_rom(program_, v1));
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
  void provide(Bus, Fp, const Coords<Fp>&) {}
  void local(const Msg<Fp>&, const Msg<Fp>&) {}
  void global(const Msg<Fp>&, const Msg<Fp>&) {}
  void global_gated(Fp, const Msg<Fp>&, const Msg<Fp>&) {}
  void global_send(Fp, const Msg<Fp>&) {}

 private:
  template <class A>
  void count(A& array, int64_t index) {
    if (index >= 0) {
      ++array[static_cast<size_t>(index)];
    } else {
      counts_.bad = true;
    }
  }

  const isa::Program& program_;
  LookupCounts& counts_;
  Fp* base_ = nullptr;
  unsigned pairs_ = 0;
  bool pending_ = false;
  Fp first_;
};

}  // namespace mipzk::trace
