// SPDX-License-Identifier: Apache-2.0
#include "proof/security.hpp"

#include <bit>

namespace mipzk::proof {
namespace {

constexpr double kLog2P = 30.988684686772164;  // log2(2^31 - 2^24 + 1)
constexpr double kSqrt2 = 1.4142135623730951;

double pow2(int e) {
  double r = 1;
  for (; e > 0; --e) r *= 2;
  for (; e < 0; ++e) r /= 2;
  return r;
}

// -log2(x / q)
double bits(double x) { return 5 * kLog2P - log2_positive(x); }

struct Bounds {
  double theta;  // a word is close to a codeword at a relative distance below this
  double list;   // list size
  double rho, sqrt_rho, m;
  bool johnson;

  // Numerator of the proximity-gap error of one line at dimension `dim`.
  double line(double dim) const {
    if (!johnson) return dim / rho;
    double h = m + 0.5, h5 = h * h * h * h * h;
    return (2 * h5 + 3 * h * theta * rho) / (3 * rho * sqrt_rho) * dim / rho + h / sqrt_rho;
  }
};

// m = 0: unique decoding.
Bounds bounds(const Profile& p, unsigned m) {
  Bounds b{};
  b.johnson = m != 0;
  b.rho = pow2(-static_cast<int>(p.log_blowup));
  b.sqrt_rho = pow2(-static_cast<int>(p.log_blowup / 2)) / (p.log_blowup % 2 ? kSqrt2 : 1.0);
  b.m = m;
  if (!b.johnson) {
    // Interpolants have up to N + N / 2^10 coefficients (docs/SECURITY.md, section 5).
    b.theta = (1 - b.rho * (1 + pow2(-static_cast<int>(air::kMinLogHeight)))) / 2;
    b.list = 1;
  } else {
    b.theta = 1 - b.sqrt_rho - b.sqrt_rho / (2 * b.m);
    b.list = (b.m + 0.5) / b.sqrt_rho;
  }
  return b;
}

}  // namespace

double log2_positive(double x) {
  uint64_t raw = std::bit_cast<uint64_t>(x);
  int exponent = static_cast<int>(raw >> 52 & 0x7ff) - 1023;
  double m = std::bit_cast<double>((raw & 0xfffffffffffffu) | uint64_t{1023} << 52);  // [1, 2)
  if (m > kSqrt2) {
    m /= 2;
    ++exponent;
  }
  // log m = 2 artanh((m - 1) / (m + 1)), |argument| < 0.1716.
  double z = (m - 1) / (m + 1), z2 = z * z, term = z, sum = 0;
  for (int k = 1; k < 40; k += 2, term *= z2) sum += term / k;
  return exponent + 2 * sum * 1.4426950408889634;
}

namespace {

// Where the bounds are proven for words lifted to the greatest domain (docs/SECURITY.md, section
// 5).
constexpr unsigned kMinMultiplicity = 3, kMaxMultiplicity = 15;
// Messages of the longest claims, which the verifier adds to the global product itself.
constexpr double kPublicMessages = (1 << 25) + 8;

Security evaluate(const Profile& p, const SecurityInput& in, unsigned m) {
  Bounds b = bounds(p, m);
  double height = pow2(static_cast<int>(in.log_height));
  Security s;
  s.multiplicity = m;
  s.lookup =
      bits(b.list * (2 * static_cast<double>(in.messages) + kPublicMessages)) + p.lookup_work;
  // Global challenges meet any choice of one codeword near each shard's pass-1 word. After some 30
  // shards there are more than the field has elements.
  double lists = 1;
  for (uint32_t i = 0; i < in.shards && i < 64; ++i) lists *= b.list;
  const double global =
      bits(lists * (2 * static_cast<double>(in.global_messages) + kPublicMessages)) + p.lookup_work;
  if (global < s.lookup) s.lookup = global;
  s.constraints = bits(b.list * in.constraints);
  // Degree 3 with the factor E of R roots: d (N + 1) + R + N - 1, over q - N - n (q to 1e-30).
  s.deep = bits(b.list * (3 * (height + 1) + p.tail_rows + height - 1)) + p.deep_work;
  unsigned variables = 0;
  while ((uint64_t{1} << variables) <= in.pairs) ++variables;
  s.batch = bits(b.line(height) * variables) + p.batch_work;
  // A fold by 2^lines is that many lines, all over the folded domain.
  for (unsigned log_dim = in.log_height; log_dim > 5 && s.folds < kMaxFolds;) {
    unsigned lines = log_dim - 5 < 3 ? log_dim - 5 : 3;
    log_dim -= lines;
    s.fold[s.folds++] = bits(b.line(pow2(static_cast<int>(log_dim))) * lines) + p.fold_work;
  }
  s.query = -static_cast<double>(p.queries) * log2_positive(1 - b.theta) + p.query_work;
  s.hash = 128;
  s.total = s.hash;
  for (double v : {s.lookup, s.constraints, s.deep, s.batch, s.query})
    if (v < s.total) s.total = v;
  for (unsigned i = 0; i < s.folds; ++i)
    if (s.fold[i] < s.total) s.total = s.fold[i];
  if (s.total < 0) s.total = 0;
  return s;
}

}  // namespace

void SecurityInput::add(const Shape& shape) {
  add({shape.max_log_height(), shape.messages(), shape.constraints(), shape.pairs(),
       shape.global_messages(), 1});
}

void SecurityInput::add(const SecurityInput& others) {
  if (others.log_height > log_height) log_height = others.log_height;
  if (others.messages > messages) messages = others.messages;
  if (others.constraints > constraints) constraints = others.constraints;
  if (others.pairs > pairs) pairs = others.pairs;
  global_messages += others.global_messages;
  shards += others.shards;
}

Security security(const Profile& p, const SecurityInput& in) { return security(p, in, p.regime); }

Security security(const Profile& p, const SecurityInput& in, Regime regime) {
  if (regime == Regime::kUniqueDecoding) return evaluate(p, in, 0);
  if (p.regime == Regime::kJohnson) return evaluate(p, in, p.multiplicity);
  Security best = evaluate(p, in, kMinMultiplicity);
  for (unsigned m = kMinMultiplicity + 1; m <= kMaxMultiplicity; ++m) {
    const Security s = evaluate(p, in, m);
    if (s.total > best.total) best = s;
  }
  return best;
}

}  // namespace mipzk::proof
