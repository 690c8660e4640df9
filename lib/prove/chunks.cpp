// SPDX-License-Identifier: Apache-2.0
#include "prove/chunks.hpp"

#include <algorithm>

#include "commit/ntt.hpp"

namespace mipzk::prove {

using commit::RowOrder;
using field::Fp;
using field::Fp5;

Chunks split_quotient(Pool& pool, SecretVector<Fp5> coefficients, unsigned log,
                      const proof::Profile& profile, std::span<const Fp> t) {
  const size_t n = size_t{1} << log, low = size_t{1} << proof::kSmallLogHeight;
  const size_t a0 = profile.first_overlap(), a1 = profile.second_overlap();
  const size_t cut0 = n - a0, cut1 = n - a1;  // coefficients that Q0 and Q1 take
  coefficients.resize(std::max(coefficients.size(), cut0 + cut1 + low));

  Chunks out;
  out.first_two.resize(n * 10);
  out.third.resize(low * 5);
  const Fp5* c = coefficients.data();
  for (size_t i = 0; i < cut0; ++i) std::copy_n(c[i].c.data(), 5, &out.first_two[10 * i]);
  for (size_t i = 0; i < cut1; ++i)
    std::copy_n(c[cut0 + i].c.data(), 5, &out.first_two[10 * i + 5]);
  for (size_t i = 0; i < low; ++i) std::copy_n(c[cut0 + cut1 + i].c.data(), 5, &out.third[5 * i]);
  if (!t.empty()) {
    const Fp* t0 = t.data();
    const Fp* t1 = t0 + 5 * a0;
    for (size_t i = 0; i < a0; ++i)
      for (size_t k = 0; k < 5; ++k) {
        out.first_two[10 * (cut0 + i) + k] += t0[5 * i + k];
        out.first_two[10 * i + 5 + k] -= t0[5 * i + k];
      }
    for (size_t i = 0; i < a1; ++i)
      for (size_t k = 0; k < 5; ++k) {
        out.first_two[10 * (cut1 + i) + 5 + k] += t1[5 * i + k];
        out.third[5 * i + k] -= t1[5 * i + k];
      }
  }
  commit::values_from_coeffs(pool, out.first_two.data(), log, 10, Fp::one(), RowOrder::kNatural);
  commit::values_from_coeffs(pool, out.third.data(), proof::kSmallLogHeight, 5, Fp::one(),
                             RowOrder::kNatural);
  return out;
}

}  // namespace mipzk::prove
