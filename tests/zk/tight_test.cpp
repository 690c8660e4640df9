// SPDX-License-Identifier: Apache-2.0
// A small proof whose masks are used up exactly: as many tail cells as openings, overlaps of as
// many coefficients as are opened. Whoever knows both candidates for the witness can then solve for
// the masks, and tells the candidates apart as soon as one mask is off. With all of them each
// candidate explains the view, with masks that this test finds: nobody can tell.
//
// In proofs of real programs other masks are left over, and the equations have many solutions for
// either candidate; so that a mask is missing shows here.
#include <gtest/gtest.h>

#include <algorithm>

#include "zk/maps.hpp"

namespace mipzk::test {
namespace {

constexpr unsigned kLog = 11, kQueries = 3, kBlowup = 1;
constexpr size_t kRows = size_t{1} << kLog;
constexpr size_t kTail = kQueries + kDegree;        // one column without a running sum
constexpr size_t kFirst = kQueries + kDegree;       // coefficients of t0
constexpr size_t kSecond = 2 * kQueries + kDegree;  // coefficients of t1
constexpr proof::Profile kProfile = {
    0x7003, "TIGHT", 0, proof::Regime::kUniqueDecoding, 0, kBlowup, kQueries, kTail, 0, 0, 0, 0, 0};
static_assert(kFirst <= kProfile.first_overlap() && kSecond <= kProfile.second_overlap());

// One column of numbers 0, 1, 2; that is the constraint of data rows.
using Data = std::vector<Fp>;

struct Masks {
  std::vector<Fp> tail;      // kTail cells
  std::vector<Fp> quotient;  // t0 and t1, as for split_quotient, zero from the tight bounds on
  std::vector<Fp> fri;       // values on H, five per row
};

// What the verifier chooses.
struct Challenges {
  Fp5 gamma, zeta;
  std::vector<Fp5> lambda;
  std::set<size_t> x, y;  // queried rows, of the domains of height 2^kLog and 2^10

  explicit Challenges(std::mt19937_64& random) {
    gamma = random_fp5(random);
    zeta = random_fp5(random);
    for (int i = 0; i < 16; ++i) lambda.push_back(random_fp5(random));
    const size_t domain = kRows << kBlowup;
    // Points that fall together would leave masks over.
    auto tight = [&] {
      if (x.size() != kQueries || y.size() != kQueries) return false;
      for (size_t row : x)
        for (size_t low : y)
          if (domain_point(row, kLog + kBlowup) == domain_point(low, 10 + kBlowup)) return false;
      return true;
    };
    while (!tight()) {
      x.clear();
      y.clear();
      for (size_t row : distinct(random, kQueries, domain)) {
        x.insert(row);
        y.insert(row >> (kLog - 10));
      }
    }
  }
};

// Everything that is opened. `word` is the whole batched word, of which FRI shows a part.
struct View {
  std::vector<Fp> column, chunks, mask, fri;
  std::vector<Fp5> word;
  friend bool operator==(const View&, const View&) = default;
};

std::vector<Fp> column_of(const Data& data, const std::vector<Fp>& tail) {
  std::vector<Fp> f = data;
  std::copy(tail.begin(), tail.end(), f.end() - kTail);
  return f;
}

// gamma f (f - 1) (f - 2) E / (X^N - 1)
SecretVector<Fp5> quotient_of(const std::vector<Fp>& column, const Fp5& gamma) {
  constexpr unsigned kLogBig = kLog + 2;
  constexpr size_t kBig = size_t{1} << kLogBig;
  const Fp shift(commit::kCosetShift), w = field::root_of_unity(kLogBig);
  std::vector<Fp> f = column;
  commit::coeffs_from_values(pool(), f.data(), kLog, 1, Fp::one(), commit::RowOrder::kNatural);
  f.resize(kBig);
  commit::values_from_coeffs(pool(), f.data(), kLogBig, 1, shift, commit::RowOrder::kNatural);
  const Fp g = field::root_of_unity(kLog);
  std::vector<Fp> q(kBig);
  Fp x = shift;
  for (size_t i = 0; i < kBig; ++i, x *= w) {
    Fp e = Fp::one(), root = g.pow(kRows - kTail);
    for (size_t k = 0; k < kTail; ++k, root *= g) e *= x - root;
    q[i] = f[i] * (f[i] - Fp(1u)) * (f[i] - Fp(2u)) * e * (x.pow(kRows) - Fp::one()).inverse();
  }
  commit::coeffs_from_values(pool(), q.data(), kLogBig, 1, shift, commit::RowOrder::kNatural);
  for (size_t i = 2 * kRows + kTail; i < kBig; ++i) EXPECT_EQ(q[i], Fp::zero());
  SecretVector<Fp5> out;
  for (size_t i = 0; i < 2 * kRows + kTail; ++i) out.push_back(gamma * q[i]);
  return out;
}

void show(std::vector<Fp>& out, const Fp5& v) { out.insert(out.end(), v.c.begin(), v.c.end()); }

// A committed matrix: values on H, and extended.
struct Matrix {
  Matrix(std::vector<Fp> values, unsigned log_height, size_t columns)
      : log(log_height), width(columns), evals(std::move(values)), lde(evals.size() << kBlowup) {
    commit::coset_lde(pool(), evals.data(), log, width, kBlowup, lde.data(), nullptr);
  }
  void open(const std::set<size_t>& rows, std::vector<Fp>& out) const {
    for (size_t row : rows) out.insert(out.end(), &lde[row * width], &lde[row * width] + width);
  }
  std::vector<Fp5> at(const Fp5& zeta) const {
    std::vector<Fp5> v(width);
    commit::evaluate_columns(pool(), evals.data(), log, width, width,
                             commit::lagrange_weights(pool(), log, zeta), 0, v.data());
    return v;
  }
  unsigned log;
  size_t width;
  std::vector<Fp> evals, lde;
};

// Adds the quotients of the columns, lifted to the greatest domain, to the word.
void add_to_word(const Matrix& m, const Fp5* lambda, const Fp5& zeta, std::vector<Fp5>& word) {
  const std::vector<Fp5> values = m.at(zeta);
  std::vector<Fp5> combined(m.lde.size() / m.width), quotients(combined.size());
  commit::combine_rows(pool(), m.lde.data(), combined.size(), m.width, m.width, lambda,
                       combined.data());
  Fp5 value;
  for (size_t c = 0; c < m.width; ++c) value += lambda[c] * values[c];
  commit::add_quotients(pool(), m.log + kBlowup, Fp(commit::kCosetShift), zeta, combined.data(),
                        value, quotients.data());
  for (size_t j = 0; j < word.size(); ++j) word[j] += quotients[j >> (kLog - m.log)];
}

struct Proof {
  Matrix column, first_two, third;
  std::vector<Fp5> unmasked;  // the batched word without the mask

  Proof(const Data& data, const std::vector<Fp>& tail, const std::vector<Fp>& t,
        const Challenges& c)
      : Proof(column_of(data, tail), t, c) {}
  Proof(const std::vector<Fp>& f, const std::vector<Fp>& t, const Challenges& c)
      : Proof(f, prove::split_quotient(pool(), quotient_of(f, c.gamma), kLog, kProfile, t), c) {}
  Proof(const std::vector<Fp>& f, const prove::Chunks& chunks, const Challenges& c)
      : column(f, kLog, 1),
        first_two({chunks.first_two.begin(), chunks.first_two.end()}, kLog, 10),
        third({chunks.third.begin(), chunks.third.end()}, 10, 5),
        unmasked(kRows << kBlowup) {
    add_to_word(column, &c.lambda[0], c.zeta, unmasked);
    add_to_word(first_two, &c.lambda[1], c.zeta, unmasked);
    add_to_word(third, &c.lambda[11], c.zeta, unmasked);
  }

  View view(const std::vector<Fp>& fri_mask, const Challenges& c) const {
    View v;
    column.open(c.x, v.column);
    for (const Fp5& at : column.at(c.zeta)) show(v.column, at);
    v.chunks = chunk_openings(c);
    const Matrix mask(fri_mask, kLog, 5);
    mask.open(c.x, v.mask);
    v.word = unmasked;
    for (size_t j = 0; j < v.word.size(); ++j)
      for (size_t k = 0; k < 5; ++k) v.word[j].c[k] += mask.lde[5 * j + k];
    v.fri = fri_view(v.word, kLog + kBlowup, kBlowup, c.x);
    return v;
  }
  std::vector<Fp> chunk_openings(const Challenges& c) const {
    std::vector<Fp> out;
    first_two.open(c.x, out);
    third.open(c.y, out);
    for (const Fp5& at : first_two.at(c.zeta)) show(out, at);
    for (const Fp5& at : third.at(c.zeta)) show(out, at);
    return out;
  }
};

// The tail cells with which the data explain the openings of the column. As many unknowns as
// equations: there is always exactly one solution.
std::vector<Fp> solve_tail(const Data& data, const View& view, const Challenges& c) {
  const TailMap map(kProfile, kLog);
  Rows m = map.at(c.x);
  map.add_at(c.zeta, 0, m);
  const Matrix without(data, kLog, 1);
  std::vector<Fp> known;
  without.open(c.x, known);
  for (const Fp5& at : without.at(c.zeta)) show(known, at);
  std::vector<Fp> rest;
  for (size_t i = 0; i < known.size(); ++i) rest.push_back(view.column[i] - known[i]);
  EXPECT_EQ(m.size(), kTail);
  EXPECT_EQ(rank(m), kTail);
  return *solve(m, rest);
}

// The t0 and t1 with which a quotient explains the openings of the chunks; empty if there are none.
std::vector<Fp> solve_quotient(const Proof& without, const View& view, const Challenges& c) {
  const ChunkMap map(kProfile, kLog, c.zeta);
  std::vector<size_t> cells;
  for (size_t i = 0; i < kFirst; ++i) cells.push_back(i);
  for (size_t i = 0; i < kSecond; ++i) cells.push_back(kProfile.first_overlap() + i);
  const Rows m = map.opened(c.x, c.y, cells);
  EXPECT_EQ(rank(m), cells.size());  // no more cells than needed
  const std::vector<Fp> known = without.chunk_openings(c);
  std::vector<Fp> t(5 * (kProfile.first_overlap() + kProfile.second_overlap()));
  for (size_t k = 0; k < 5; ++k) {
    // The openings of coordinate k, in the order of the map's rows.
    std::vector<Fp> rest;
    auto take = [&](size_t at) { rest.push_back(view.chunks[at] - known[at]); };
    const size_t low = 10 * kQueries, zeta = low + 5 * kQueries;
    for (size_t half = 0; half < 2; ++half)
      for (size_t i = 0; i < kQueries; ++i) take(10 * i + 5 * half + k);
    for (size_t i = 0; i < kQueries; ++i) take(low + 5 * i + k);
    for (size_t chunk = 0; chunk < 3; ++chunk)
      for (size_t j = 0; j < kDegree; ++j) take(zeta + 5 * (5 * chunk + k) + j);
    const auto solution = solve(m, rest);
    if (!solution) return {};
    for (size_t i = 0; i < cells.size(); ++i) t[5 * cells[i] + k] = (*solution)[i];
  }
  return t;
}

// The FRI mask that is left when all else is known.
std::vector<Fp> solve_fri(const Proof& proof, const View& view) {
  std::vector<Fp> mask;
  for (size_t j = 0; j < view.word.size(); ++j)
    for (size_t k = 0; k < 5; ++k) mask.push_back((view.word[j] - proof.unmasked[j]).c[k]);
  commit::coeffs_from_values(pool(), mask.data(), kLog + kBlowup, 5, Fp(commit::kCosetShift),
                             commit::RowOrder::kBitReversed);
  for (size_t i = 5 * kRows; i < mask.size(); ++i) EXPECT_EQ(mask[i], Fp::zero());
  mask.resize(5 * kRows);
  commit::values_from_coeffs(pool(), mask.data(), kLog, 5, Fp::one(), commit::RowOrder::kNatural);
  return mask;
}

class Tight : public testing::Test {
 protected:
  static constexpr int kProofs = 24;  // a coin guesses all of them right with probability 2^-24

  Tight() {
    for (Data& d : candidate_)
      for (size_t i = 0; i < kRows; ++i)
        d.push_back(i < kRows - kTail ? Fp(static_cast<uint32_t>(random_() % 3)) : Fp::zero());
  }
  Masks masks() {
    Masks m;
    for (size_t i = 0; i < kTail; ++i) m.tail.push_back(random_fp(random_));
    m.quotient.resize(5 * (kProfile.first_overlap() + kProfile.second_overlap()));
    for (size_t i = 0; i < 5 * kFirst; ++i) m.quotient[i] = random_fp(random_);
    for (size_t i = 0; i < 5 * kSecond; ++i)
      m.quotient[5 * kProfile.first_overlap() + i] = random_fp(random_);
    for (size_t i = 0; i < 5 * kRows; ++i) m.fri.push_back(random_fp(random_));
    return m;
  }
  View view(const Data& data, const Masks& m, const Challenges& c) {
    return Proof(data, m.tail, m.quotient, c).view(m.fri, c);
  }

  std::mt19937_64 random_{11};
  Data candidate_[2];
};

TEST_F(Tight, WithoutTailsTheColumnTells) {
  for (int i = 0; i < kProofs; ++i) {
    const Challenges c(random_);
    Masks m = masks();
    m.tail.assign(kTail, Fp::zero());
    const size_t w = random_() & 1;
    const View v = view(candidate_[w], m, c);
    for (size_t h = 0; h < 2; ++h) EXPECT_EQ(solve_tail(candidate_[h], v, c) == m.tail, h == w);
  }
}

TEST_F(Tight, WithoutRandomisersTheChunksTell) {
  for (int i = 0; i < kProofs; ++i) {
    const Challenges c(random_);
    Masks m = masks();
    m.quotient.clear();
    const size_t w = random_() & 1;
    const View v = view(candidate_[w], m, c);
    for (size_t h = 0; h < 2; ++h) {
      const Proof guess(candidate_[h], solve_tail(candidate_[h], v, c), {}, c);
      EXPECT_EQ(guess.chunk_openings(c) == v.chunks, h == w);
    }
  }
}

TEST_F(Tight, WithoutTheFriMaskItsLayersTell) {
  for (int i = 0; i < kProofs; ++i) {
    const Challenges c(random_);
    Masks m = masks();
    m.fri.assign(5 * kRows, Fp::zero());
    const size_t w = random_() & 1;
    const View v = view(candidate_[w], m, c);
    for (size_t h = 0; h < 2; ++h) {
      const std::vector<Fp> tail = solve_tail(candidate_[h], v, c);
      const std::vector<Fp> t = solve_quotient(Proof(candidate_[h], tail, {}, c), v, c);
      ASSERT_FALSE(t.empty());
      const Proof guess(candidate_[h], tail, t, c);
      // All that was opened agrees for both; what FRI shows beside it does not.
      EXPECT_EQ(guess.chunk_openings(c), v.chunks);
      EXPECT_EQ(guess.view(m.fri, c).fri == v.fri, h == w);
    }
  }
}

TEST_F(Tight, WithAllMasksEachCandidateExplainsTheView) {
  for (int i = 0; i < kProofs; ++i) {
    const Challenges c(random_);
    const Masks m = masks();
    const size_t w = random_() & 1;
    const View v = view(candidate_[w], m, c);
    for (size_t h = 0; h < 2; ++h) {
      Masks other;
      other.tail = solve_tail(candidate_[h], v, c);
      other.quotient = solve_quotient(Proof(candidate_[h], other.tail, {}, c), v, c);
      ASSERT_FALSE(other.quotient.empty());
      other.fri = solve_fri(Proof(candidate_[h], other.tail, other.quotient, c), v);
      EXPECT_TRUE(view(candidate_[h], other, c) == v);
      // Each step has exactly one solution, so all views are equally likely for both.
      EXPECT_EQ(other.tail == m.tail && other.quotient == m.quotient && other.fri == m.fri, h == w);
    }
  }
}

// One coefficient less, and the wrong candidate does not explain the view any more.
TEST_F(Tight, OneCoefficientLessTells) {
  for (size_t missing : {5 * (kFirst - 1), 5 * (kProfile.first_overlap() + kSecond - 1)}) {
    const Challenges c(random_);
    Masks m = masks();
    std::fill_n(m.quotient.begin() + static_cast<std::ptrdiff_t>(missing), 5, Fp::zero());
    const View v = view(candidate_[0], m, c);
    for (size_t h = 0; h < 2; ++h) {
      const std::vector<Fp> tail = solve_tail(candidate_[h], v, c);
      const std::vector<Fp> t = solve_quotient(Proof(candidate_[h], tail, {}, c), v, c);
      ASSERT_FALSE(t.empty());
      const bool zero =
          std::all_of(&t[missing], &t[missing] + 5, [](Fp x) { return x == Fp::zero(); });
      EXPECT_EQ(zero, h == 0);
    }
  }
}

}  // namespace
}  // namespace mipzk::test
