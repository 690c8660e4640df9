// SPDX-License-Identifier: Apache-2.0
// Where columns must not be opened.
#pragma once

#include "field/fp5.hpp"

namespace mipzk::proof {

// The evaluation domains are kDomainShift * <w>, one shift for all heights.
inline constexpr uint32_t kDomainShift = 3;

// The point u of row `row` of a stacked column of 2^log_domain rows, which are in bit-reversed
// order.
constexpr field::Fp stacked_point(unsigned log_domain, uint32_t row) {
  uint32_t power = 0;
  for (unsigned k = 0; k < log_domain; ++k) power |= (row >> k & 1) << (log_domain - 1 - k);
  return field::root_of_unity(log_domain).pow(power);
}

// The point of row `row` of a column that is extended to 2^log_domain points.
constexpr field::Fp domain_point(unsigned log_domain, uint32_t row) {
  return field::Fp(kDomainShift) * stacked_point(log_domain, row);
}

// True for the points of the trace domain and of the evaluation domain of the greatest height,
// which contain those of smaller heights. There 0 is divided by 0, or an unmasked cell is opened.
// With z, its successor g z is outside, too.
constexpr bool in_domain(const field::Fp5& z, unsigned max_log_height, unsigned log_blowup) {
  const uint64_t n = uint64_t{1} << max_log_height;
  return z.pow(n) == field::Fp5::one() ||
         (z * field::Fp(kDomainShift).inverse()).pow(n << log_blowup) == field::Fp5::one();
}

}  // namespace mipzk::proof
