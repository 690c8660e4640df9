// SPDX-License-Identifier: Apache-2.0
#include "commit/deep.hpp"

#include <algorithm>
#include <mutex>

#include "base/secret_memory.hpp"
#include "commit/kernels.hpp"
#include "commit/lde.hpp"
#include "commit/ntt.hpp"
#include "commit/twiddles.hpp"

namespace mipzk::commit {
namespace {

LinearInverse linear_inverse(const Fp5& z) {
  // m = product of (X - conjugate), lowest coefficient first.
  Fp5 m[6] = {Fp5::one()};
  Fp5 conjugate = z;
  for (size_t degree = 1; degree <= 5; ++degree, conjugate = conjugate.frobenius()) {
    m[degree] = m[degree - 1];
    for (size_t i = degree - 1; i > 0; --i) m[i] = m[i - 1] - conjugate * m[i];
    m[0] = -(conjugate * m[0]);
  }
  LinearInverse r;
  for (size_t i = 0; i < 5; ++i) r.m[i] = m[i].c[0];  // the other coordinates are zero
  Fp5 q = Fp5::one();                                 // synthetic division by X - z
  for (size_t i = 4; i-- > 0;) r.q[i] = q = m[i + 1] + z * q;
  return r;
}

// Calls f(first, count, points) for pieces of the domain in bit-reversed order.
template <class F>
void for_points(Pool& pool, unsigned log_n, Fp shift, F&& f) {
  const size_t n = size_t{1} << log_n;
  const Fp* tw = twiddles(log_n, Direction::kForward);
  const Kernels& k = kernels();
  pool.parallel_for((n + kInverseBatch - 1) / kInverseBatch, 1, [&](size_t begin, size_t end) {
    Fp points[kInverseBatch];
    for (size_t i = begin; i < end; ++i) {
      const size_t first = i * kInverseBatch, count = std::min(kInverseBatch, n - first);
      // W^bitrev(2b) is the twiddle b, W^bitrev(2b + 1) its negative.
      for (size_t j = 0; j < count; ++j)
        points[j] = (first + j) % 2 == 0 ? tw[(first + j) / 2] : -tw[(first + j) / 2];
      k.scale(points, points, count, shift);
      f(first, count, points);
    }
  });
}

}  // namespace

LagrangeWeights lagrange_weights(Pool& pool, unsigned log_n, const Fp5& z) {
  const size_t n = size_t{1} << log_n;
  LagrangeWeights r;
  r.weights.resize(n);
  r.factor = (z.pow(n) - Fp::one()) * Fp(static_cast<uint32_t>(n)).inverse();
  // w^i / (z - w^i) = -(x / (x - z)) at x = w^i.
  r.factor = -r.factor;
  const LinearInverse linear = linear_inverse(z);
  const Fp root = field::root_of_unity(log_n);
  const Kernels& k = kernels();
  pool.parallel_for((n + kInverseBatch - 1) / kInverseBatch, 1, [&](size_t begin, size_t end) {
    Fp points[kInverseBatch];
    for (size_t i = begin; i < end; ++i) {
      const size_t first = i * kInverseBatch, count = std::min(kInverseBatch, n - first);
      powers(points, count, root.pow(first), root);
      k.inverse_linear(&r.weights[first], points, count, linear, true);
    }
  });
  return r;
}

void evaluate_columns(Pool& pool, const Fp* matrix, unsigned log_n, size_t pitch, size_t width,
                      const LagrangeWeights& weights, size_t rotation, Fp5* out) {
  const size_t n = size_t{1} << log_n;
  const size_t rows = std::min<size_t>(n, 256);  // a block's rows and weights stay in the cache
  const Kernels& k = kernels();
  std::fill(out, out + width, Fp5());
  std::mutex mutex;  // additions are exact: their order does not matter
  pool.parallel_for(n / rows, 4, [&](size_t begin, size_t end) {
    SecretVector<Fp5> block(width), sum(width);
    std::vector<Fp5> rotated(rows);
    for (size_t i = begin; i < end; ++i) {
      // L_i(w^r z) = L_(i-r)(z)
      const size_t first = (i * rows + n - rotation % n) % n;
      const Fp5* w = &weights.weights[first];
      if (first + rows > n) {
        for (size_t j = 0; j < rows; ++j) rotated[j] = weights.weights[(first + j) % n];
        w = rotated.data();
      }
      k.weigh_rows(block.data(), matrix + i * rows * pitch, rows, pitch, width, w);
      for (size_t c = 0; c < width; ++c) sum[c] += block[c];
    }
    const std::lock_guard lock(mutex);
    for (size_t c = 0; c < width; ++c) out[c] += sum[c];
  });
  for (size_t c = 0; c < width; ++c) out[c] *= weights.factor;
}

void combine_rows(Pool& pool, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                  const Fp5* coefficients, Fp5* acc) {
  const Kernels& k = kernels();
  pool.parallel_for(rows, 256, [&](size_t begin, size_t end) {
    k.combine_rows(acc + begin, matrix + begin * pitch, end - begin, pitch, width, coefficients);
  });
}

void inverse_differences(Pool& pool, unsigned log_n, Fp shift, const Fp5& z, Fp5* out) {
  const LinearInverse linear = linear_inverse(z);
  const Kernels& k = kernels();
  for_points(pool, log_n, shift, [&](size_t first, size_t count, const Fp* points) {
    k.inverse_linear(out + first, points, count, linear, false);
  });
}

void add_quotients(Pool& pool, unsigned log_n, Fp shift, const Fp5& z, const Fp5* f, const Fp5& v,
                   Fp5* acc) {
  const LinearInverse linear = linear_inverse(z);
  const Kernels& k = kernels();
  for_points(pool, log_n, shift, [&](size_t first, size_t count, const Fp* points) {
    k.add_quotients(acc + first, f + first, v, points, count, linear);
  });
}

}  // namespace mipzk::commit
