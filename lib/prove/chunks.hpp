// SPDX-License-Identifier: Apache-2.0
// Cuts a quotient into chunks of low degree that overlap (docs/PROTOCOL.md, section 7).
//
// Q = Q0 + X^(N - a0) Q1 + X^(2N - a0 - a1) Q2 leaves room for randomisers: t0 of degree < a0 moves
// between Q0 and Q1, t1 of degree < a1 between Q1 and Q2.
#pragma once

#include <span>

#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "field/fp5.hpp"
#include "proof/profile.hpp"

namespace mipzk::prove {

struct Chunks {
  SecretVector<field::Fp> first_two;  // values on H of Q0 and Q1: N rows of 10
  SecretVector<field::Fp> third;      // values of Q2: 2^10 rows of 5
};

// `coefficients`: of a quotient of degree < 2N + R - 2, N = 2^log; more must be zero. `t`: the
// coefficients of t0 and then t1, five elements each; empty for none.
Chunks split_quotient(Pool& pool, SecretVector<field::Fp5> coefficients, unsigned log,
                      const proof::Profile& profile, std::span<const field::Fp> t);

}  // namespace mipzk::prove
