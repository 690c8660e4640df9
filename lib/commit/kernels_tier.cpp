// SPDX-License-Identifier: Apache-2.0
// The kernels, compiled once for each CPU tier. To keep code of one tier out of the others,
// everything is in an anonymous namespace and nothing but PackedFp and plain arithmetic is used.
#include "commit/kernels.hpp"
#include "field/packed.hpp"

namespace mipzk::commit {
namespace {

using field::PackedFp;
constexpr int kW = field::kPackedWidth;

// bitrev(i + 1) from bitrev(i), for numbers below n = 2^bits.
MIPZK_TIER_INLINE size_t next_reversed(size_t reversed, size_t i, size_t n) {
  return reversed ^ (n - (n >> (__builtin_ctzll(i + 1) + 1)));
}

using field::PackedFactor;

template <class P, class Factor>
MIPZK_TIER_INLINE void butterfly(P& u, P& v, const Factor& t) {
  const P m = v * t;
  v = u - m;
  u = u + m;
}

// A factor of one, for the nodes that have it.
struct Unit {
  explicit Unit(Fp) {}
};
template <class P>
MIPZK_TIER_INLINE P operator*(const P& a, const Unit&) {
  return a;
}

// One node over 2^k levels: n = 2^k values `stride` elements apart, for `stride` positions.
template <class P>
MIPZK_TIER_INLINE void node2(Fp* d, size_t stride, size_t begin, size_t end, const Fp* t1) {
  const PackedFactor<P::kWidth> t0(t1[0]);
  for (size_t e = begin; e < end; e += P::kWidth) {
    P a = P::load(d + e), b = P::load(d + e + stride);
    butterfly(a, b, t0);
    a.store(d + e);
    b.store(d + e + stride);
  }
}

template <class P>
MIPZK_TIER_INLINE void node4(Fp* d, size_t stride, size_t begin, size_t end, const Fp* t1,
                             const Fp* t2) {
  using Factor = PackedFactor<P::kWidth>;
  const Factor w0(t1[0]), w1(t2[0]), w2(t2[1]);
  for (size_t e = begin; e < end; e += P::kWidth) {
    Fp* q = d + e;
    P x0 = P::load(q), x1 = P::load(q + stride), x2 = P::load(q + 2 * stride),
      x3 = P::load(q + 3 * stride);
    butterfly(x0, x2, w0);
    butterfly(x1, x3, w0);
    butterfly(x0, x1, w1);
    butterfly(x2, x3, w2);
    x0.store(q);
    x1.store(q + stride);
    x2.store(q + 2 * stride);
    x3.store(q + 3 * stride);
  }
}

// First is the type of the factors that are one in node 0.
template <class P, class First>
MIPZK_TIER_INLINE void node8(Fp* d, size_t stride, size_t begin, size_t end, const Fp* t1,
                             const Fp* t2, const Fp* t3) {
  using Factor = PackedFactor<P::kWidth>;
  const First w0(t1[0]), w1(t2[0]), w3(t3[0]);
  const Factor w2(t2[1]), w4(t3[1]), w5(t3[2]), w6(t3[3]);
  for (size_t e = begin; e < end; e += P::kWidth) {
    Fp* q = d + e;
    P x0 = P::load(q), x1 = P::load(q + stride), x2 = P::load(q + 2 * stride),
      x3 = P::load(q + 3 * stride), x4 = P::load(q + 4 * stride), x5 = P::load(q + 5 * stride),
      x6 = P::load(q + 6 * stride), x7 = P::load(q + 7 * stride);
    butterfly(x0, x4, w0);
    butterfly(x1, x5, w0);
    butterfly(x2, x6, w0);
    butterfly(x3, x7, w0);
    butterfly(x0, x2, w1);
    butterfly(x1, x3, w1);
    butterfly(x4, x6, w2);
    butterfly(x5, x7, w2);
    butterfly(x0, x1, w3);
    butterfly(x2, x3, w4);
    butterfly(x4, x5, w5);
    butterfly(x6, x7, w6);
    x0.store(q);
    x1.store(q + stride);
    x2.store(q + 2 * stride);
    x3.store(q + 3 * stride);
    x4.store(q + 4 * stride);
    x5.store(q + 5 * stride);
    x6.store(q + 6 * stride);
    x7.store(q + 7 * stride);
  }
}

// The inverse of a butterfly but for a factor of two.
template <class P, class Factor>
MIPZK_TIER_INLINE void unbutterfly(P& u, P& v, const Factor& t) {
  const P d = u - v;
  u = u + v;
  v = d * t;
}

// The inverse of one node over one level, or three.
template <class P>
MIPZK_TIER_INLINE void unnode2(Fp* d, size_t stride, size_t begin, size_t end, const Fp* t1) {
  const PackedFactor<P::kWidth> t0(t1[0]);
  for (size_t e = begin; e < end; e += P::kWidth) {
    P a = P::load(d + e), b = P::load(d + e + stride);
    unbutterfly(a, b, t0);
    a.store(d + e);
    b.store(d + e + stride);
  }
}

template <class P>
MIPZK_TIER_INLINE void unnode8(Fp* d, size_t stride, size_t begin, size_t end, const Fp* t1,
                               const Fp* t2, const Fp* t3) {
  using Factor = PackedFactor<P::kWidth>;
  const Factor w0(t1[0]), w1(t2[0]), w2(t2[1]), w3(t3[0]), w4(t3[1]), w5(t3[2]), w6(t3[3]);
  for (size_t e = begin; e < end; e += P::kWidth) {
    P x[8];
    for (size_t i = 0; i < 8; ++i) x[i] = P::load(d + e + i * stride);
    unbutterfly(x[0], x[1], w3);
    unbutterfly(x[2], x[3], w4);
    unbutterfly(x[4], x[5], w5);
    unbutterfly(x[6], x[7], w6);
    unbutterfly(x[0], x[2], w1);
    unbutterfly(x[1], x[3], w1);
    unbutterfly(x[4], x[6], w2);
    unbutterfly(x[5], x[7], w2);
    unbutterfly(x[0], x[4], w0);
    unbutterfly(x[1], x[5], w0);
    unbutterfly(x[2], x[6], w0);
    unbutterfly(x[3], x[7], w0);
    for (size_t i = 0; i < 8; ++i) x[i].store(d + e + i * stride);
  }
}

// Calls f with vector type and range: the widest vectors first, then one of 8 lanes if need be.
template <class F>
MIPZK_TIER_INLINE void for_lanes(size_t n, F&& f) {
  const size_t wide = n / kW * kW;
  f(PackedFp<kW>(), size_t{0}, wide);
  if (wide != n) f(PackedFp<8>(), wide, n);
}

void transform(Fp* panel, unsigned log_n, size_t cols, const Fp* twiddles, size_t block) {
  unsigned level = 0;
  const auto pass = [&](unsigned levels, auto&& node) {
    // Rows of a node, split into 2^levels parts of `stride` elements.
    const size_t stride = (size_t{1} << (log_n - level - levels)) * cols;
    const size_t nodes = size_t{1} << level;
    for (size_t b = 0; b < nodes; ++b)
      node(panel + (b << levels) * stride, stride, (block << level) + b);
    level += levels;
  };
  if (log_n % 3 == 1)
    pass(1, [&](Fp* d, size_t stride, size_t x) {
      for_lanes(stride, [&](auto p, size_t begin, size_t end) {
        using P = decltype(p);
        node2<P>(d, stride, begin, end, twiddles + x);
      });
    });
  else if (log_n % 3 == 2)
    pass(2, [&](Fp* d, size_t stride, size_t x) {
      for_lanes(stride, [&](auto p, size_t begin, size_t end) {
        node4<decltype(p)>(d, stride, begin, end, twiddles + x, twiddles + 2 * x);
      });
    });
  while (level < log_n)
    pass(3, [&](Fp* d, size_t stride, size_t x) {
      for_lanes(stride, [&](auto p, size_t begin, size_t end) {
        using P = decltype(p);
        const Fp *t1 = twiddles + x, *t2 = twiddles + 2 * x, *t3 = twiddles + 4 * x;
        if (x == 0)
          node8<P, Unit>(d, stride, begin, end, t1, t2, t3);
        else
          node8<P, PackedFactor<P::kWidth>>(d, stride, begin, end, t1, t2, t3);
      });
    });
}

void untransform(Fp* panel, unsigned log_n, size_t cols, const Fp* twiddles, size_t block) {
  unsigned level = log_n;
  const auto pass = [&](unsigned levels, auto&& node) {
    level -= levels;
    const size_t stride = (size_t{1} << (log_n - level - levels)) * cols;
    for (size_t b = 0; b < size_t{1} << level; ++b)
      node(panel + (b << levels) * stride, stride, (block << level) + b);
  };
  while (level >= 3)
    pass(3, [&](Fp* d, size_t stride, size_t x) {
      for_lanes(stride, [&](auto p, size_t begin, size_t end) {
        unnode8<decltype(p)>(d, stride, begin, end, twiddles + x, twiddles + 2 * x,
                             twiddles + 4 * x);
      });
    });
  while (level > 0)
    pass(1, [&](Fp* d, size_t stride, size_t x) {
      for_lanes(stride, [&](auto p, size_t begin, size_t end) {
        unnode2<decltype(p)>(d, stride, begin, end, twiddles + x);
      });
    });
}

void permute_scale(Fp* dst, const Fp* src, unsigned log_n, size_t cols, const Fp* scale) {
  const size_t n = size_t{1} << log_n;
  for (size_t i = 0, j = 0; i < n; j = next_reversed(j, i, n), ++i) {
    const Fp* from = src + j * cols;
    Fp* to = dst + i * cols;
    for_lanes(cols, [&](auto p, size_t begin, size_t end) {
      using P = decltype(p);
      const P s(scale[i]);
      for (size_t c = begin; c < end; c += P::kWidth) (P::load(from + c) * s).store(to + c);
    });
  }
}

void fold_rows(Fp* acc, unsigned log_rows, const Fp* src, unsigned log_n, size_t cols,
               const Fp* scale) {
  const size_t mask = (size_t{1} << log_rows) - 1;
  const size_t n = size_t{1} << log_n;
  for (size_t i = 0, j = 0; i < n; j = next_reversed(j, i, n), ++i) {
    const Fp* from = src + j * cols;
    Fp* to = acc + (i & mask) * cols;
    for_lanes(cols, [&](auto p, size_t begin, size_t end) {
      using P = decltype(p);
      const P s(scale[i]);
      for (size_t c = begin; c < end; c += P::kWidth)
        (P::load(to + c) + P::load(from + c) * s).store(to + c);
    });
  }
}

MIPZK_TIER_INLINE void copy_row(Fp* to, const Fp* from, size_t cols, bool pad) {
  size_t c = 0;
  for (; c + 16 <= cols; c += 16) PackedFp<16>::load(from + c).store(to + c);
  if (c + 8 <= cols) {
    PackedFp<8>::load(from + c).store(to + c);
    c += 8;
  }
  if (c < cols) {
    const int left = static_cast<int>(cols - c);
    const PackedFp<8> x = PackedFp<8>::load_partial(from + c, left);
    if (pad)
      x.store(to + c);
    else
      x.store_partial(to + c, left);
  }
}

void copy_rows(Fp* dst, size_t dst_pitch, const Fp* src, size_t src_pitch, size_t rows, size_t cols,
               bool pad) {
  constexpr size_t kAhead = 16;  // rows; they are far apart, the processor does not foresee them
  for (size_t i = 0; i < rows; ++i) {
    const Fp* from = src + i * src_pitch;
    if (i + kAhead < rows)
      for (size_t c = 0; c < cols; c += 16) __builtin_prefetch(from + kAhead * src_pitch + c);
    copy_row(dst + i * dst_pitch, from, cols, pad);
  }
}

void copy_reversed(Fp* dst, size_t dst_pitch, const Fp* src, size_t src_pitch, unsigned log_rows,
                   size_t cols) {
  const size_t n = size_t{1} << log_rows;
  for (size_t i = 0, j = 0; i < n; j = next_reversed(j, i, n), ++i)
    copy_row(dst + i * dst_pitch, src + j * src_pitch, cols, false);
}

void scale_vector(Fp* dst, const Fp* src, size_t n, Fp factor) {
  using P = PackedFp<kW>;
  const PackedFactor<kW> f(factor);
  size_t i = 0;
  for (; i + kW <= n; i += kW) (P::load(src + i) * f).store(dst + i);
  const int left = static_cast<int>(n - i);
  if (left > 0) (P::load_partial(src + i, left) * f).store_partial(dst + i, left);
}

}  // namespace
}  // namespace mipzk::commit

#include "commit/kernels_deep.inl"

namespace mipzk::commit::MIPZK_TIER_NAMESPACE {

extern const Kernels kKernels;
const Kernels kKernels{
    .transform = transform,
    .untransform = untransform,
    .permute_scale = permute_scale,
    .fold_rows = fold_rows,
    .copy_rows = copy_rows,
    .copy_reversed = copy_reversed,
    .scale = scale_vector,
    .weigh_rows = weigh_rows,
    .combine_rows = combine_rows,
    .inverse_linear = inverse_linear,
    .add_quotients = add_quotients,
    .fold = fold_rows_by,
};

}  // namespace mipzk::commit::MIPZK_TIER_NAMESPACE
