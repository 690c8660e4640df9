// The extension columns of an instance: partial and running products, lookup helpers, running sums.
#pragma once

#include <vector>

#include "air/constraints.hpp"
#include "air/tables.hpp"
#include "base/pool.hpp"
#include "base/secret_memory.hpp"

namespace mipzk::prove {

using field::Fp;
using field::Fp5;

struct ExtScope {
  air::TableId table = 0;
  const air::FormBases* local = nullptr;
  const air::FormBases* global = nullptr;
  const Fp* pre = nullptr;   // null for tables without preprocessed columns
  const Fp* base = nullptr;  // natural order
};

// The extension matrix (row-major, five base columns per extension column, natural order; rows
// beyond the closing row zero) and the values that the instance publishes. `tail_rows` is a
// multiple of 32. False when a denominator is zero: restart with fresh randomness (probability
// below 2^-120).
bool fill_ext(Pool& pool, const ExtScope& scope, unsigned log_height, unsigned tail_rows,
              SecretVector<Fp>& out, air::Published& published);

// The quotients of the steps of rows [begin, end), multiples of 16, with one instruction set;
// chosen by fill_ext. False when a denominator is zero.
using ExtKernel = bool (*)(const ExtScope&, size_t begin, size_t end, Fp5* ext);
bool ext_steps_baseline(const ExtScope&, size_t begin, size_t end, Fp5* ext);
bool ext_steps_avx2(const ExtScope&, size_t begin, size_t end, Fp5* ext);
bool ext_steps_avx512(const ExtScope&, size_t begin, size_t end, Fp5* ext);

}  // namespace mipzk::prove
