// SPDX-License-Identifier: Apache-2.0
// Compiled once for each CPU tier.
#include "field/packed.hpp"
#include "unit/field/packed_cases.hpp"

namespace packed_cases {
namespace {

using mipzk::field::Fp;
using mipzk::field::kP;
using mipzk::field::PackedFp;

// Words at the edges of the field, then pseudo-random ones (a linear congruential generator).
uint32_t word(uint64_t i) {
  constexpr uint32_t kEdges[] = {0, 1, 2, kP - 1, kP - 2, kP / 2, kP / 2 + 1, 0x01fffffe};
  if (i < 64) return kEdges[i % 8];
  const uint64_t x = (i * 6364136223846793005u + 1442695040888963407u) ^ (i << 29);
  return static_cast<uint32_t>((x >> 17) % kP);
}

template <int W>
void check(Counts& counts) {
  using Packed = PackedFp<W>;
  Fp a[W + 1], b[W + 1], out[8][W + 1];
  const Fp scalar = Fp::from_raw(0x12345678);
  for (uint64_t round = 0; round < 4096; ++round) {
    for (int i = 0; i < W; ++i) {
      a[i + 1] = Fp::from_raw(word(round * W + i));
      b[i + 1] = Fp::from_raw(word(round < 64 ? i / 8 + round : round * W * 3 + i + 77));
    }
    // Offset by one word: no alignment may be needed.
    const Packed x = Packed::load(a + 1), y = Packed::load(b + 1);
    (x + y).store(out[0] + 1);
    (x - y).store(out[1] + 1);
    (x * y).store(out[2] + 1);
    (-x).store(out[3] + 1);
    (x * scalar).store(out[4] + 1);
    Packed z = x;
    z += y;
    z *= x;
    z -= y;
    z.store(out[5] + 1);
    (Packed(scalar) - Packed::zero()).store(out[6] + 1);
    (x * mipzk::field::PackedFactor<W>(b[1])).store(out[7] + 1);
    for (int i = 1; i <= W; ++i) {
      const Fp want[8] = {a[i] + b[i], a[i] - b[i],   a[i] * b[i],
                          -a[i],       a[i] * scalar, (a[i] + b[i]) * a[i] - b[i],
                          scalar,      a[i] * b[1]};
      for (int k = 0; k < 8; ++k) {
        ++counts.checked;
        counts.different += out[k][i].raw() != want[k].raw();
      }
    }
  }
}

// Long sums, among them the greatest possible products only; partial loads at every length.
template <int W>
void check_sums(Counts& counts) {
  using Packed = PackedFp<W>;
  for (uint64_t mode = 0; mode < 3; ++mode) {
    mipzk::field::PackedSum<W> sums, scaled;
    Fp want_sum[W], want_scaled[W], got[2][W];
    for (uint64_t round = 0; round < 300; ++round) {
      Fp a[2][W], b[2][W];
      for (int k = 0; k < 2; ++k)
        for (int i = 0; i < W; ++i) {
          const uint64_t at = (round * 2 + k) * W + i;
          a[k][i] = Fp::from_raw(mode == 0 ? kP - 1 : mode == 1 ? word(at + 64) : word(at % 64));
          b[k][i] = Fp::from_raw(mode == 0 ? kP - 1 : word(at * 5 + 99));
          want_sum[i] += a[k][i] * b[k][i];
          want_scaled[i] += a[k][i] * b[k][0];
        }
      sums.add_products(Packed::load(a[0]), Packed::load(b[0]), Packed::load(a[1]),
                        Packed::load(b[1]));
      scaled.add_scaled(Packed::load(a[0]), Packed(b[0][0]), Packed::load(a[1]), Packed(b[1][0]));
      sums.sum().store(got[0]);
      scaled.sum().store(got[1]);
      for (int i = 0; i < W; ++i) {
        counts.checked += 2;
        counts.different += got[0][i].raw() != want_sum[i].raw();
        counts.different += got[1][i].raw() != want_scaled[i].raw();
      }
    }
  }
  Fp in[W], got[W];
  for (int i = 0; i < W; ++i) in[i] = Fp::from_raw(word(i + 1000) | 1);
  for (int n = 0; n <= W; ++n) {
    Packed::load_partial(in, n).store(got);
    for (int i = 0; i < W; ++i) {
      ++counts.checked;
      counts.different += got[i].raw() != (i < n ? in[i].raw() : 0);
    }
    for (Fp& x : got) x = Fp::from_raw(5);
    Packed::load(in).store_partial(got, n);
    for (int i = 0; i < W; ++i) {
      ++counts.checked;
      counts.different += got[i].raw() != (i < n ? in[i].raw() : 5);
    }
  }
}

}  // namespace

namespace MIPZK_TIER_NAMESPACE {

Cases run;
Counts run() {
  constexpr int kLanes = mipzk::field::kTierLanes;
  Counts counts{kLanes, 0, 0};
  check<kLanes>(counts);
  check<8>(counts);
  check<16>(counts);
  check<32>(counts);
  check_sums<kLanes>(counts);
  check_sums<8>(counts);
  check_sums<16>(counts);
  check_sums<32>(counts);
  return counts;
}

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace packed_cases
