// SPDX-License-Identifier: Apache-2.0
#include "field/fp5.hpp"

namespace mipzk::field {
namespace {

// X^(p i) for i = 0..4, the images of the basis under x -> x^p.
constexpr std::array<Fp5, 5> frobenius_basis() {
  Fp5 x;
  x.c[1] = Fp::one();
  Fp5 xp = x.pow(kP);
  std::array<Fp5, 5> out{};
  out[0] = Fp5::one();
  for (size_t i = 1; i < 5; ++i) out[i] = out[i - 1] * xp;
  return out;
}
constexpr std::array<Fp5, 5> kFrobenius = frobenius_basis();

}  // namespace

Fp5 Fp5::frobenius() const {
  Fp5 r;
  for (size_t i = 0; i < 5; ++i) r += kFrobenius[i] * c[i];
  return r;
}

Fp5 Fp5::inverse() const {
  // a^-1 = a^(p + p^2 + p^3 + p^4) / Norm(a), the norm being in F_p (Itoh-Tsujii).
  Fp5 a1 = frobenius();
  Fp5 a12 = a1 * a1.frobenius();
  Fp5 a1234 = a12 * a12.frobenius().frobenius();
  Fp5 norm = *this * a1234;
  return a1234 * norm.c[0].inverse();
}

void batch_inverse(std::span<Fp5> values, std::span<Fp5> scratch) {
  Fp5 acc = Fp5::one();
  for (size_t i = 0; i < values.size(); ++i) {
    scratch[i] = acc;
    if (!values[i].is_zero()) acc *= values[i];
  }
  acc = acc.inverse();
  for (size_t i = values.size(); i-- > 0;) {
    if (values[i].is_zero()) continue;
    Fp5 inv = acc * scratch[i];
    acc *= values[i];
    values[i] = inv;
  }
}

}  // namespace mipzk::field
