// SPDX-License-Identifier: Apache-2.0
// What absorbing a value prevents: with the challenges behind it frozen, a value chosen after them
// carries a false claim past the verifier. Each test makes that proof, for a verifier whose draws
// are frozen, and shows that it fails against the real one: as it is, and made anew with the
// challenges that the forger can guess, those of the transcript before the value is absorbed.
#include <gtest/gtest.h>

#include "adversarial/catalogue.hpp"
#include "adversarial/run_forger.hpp"
#include "adversarial/sharded_run.hpp"
#include "commit/fri_prove.hpp"
#include "commit/ntt.hpp"
#include "proof/labels.hpp"
#include "support/verify_all_ways.hpp"

namespace mipzk::attack {
namespace {

constexpr uint32_t kGlobal = proof::kLabelGlobalChallenges, kLocal = proof::kLabelLookupChallenges,
                   kGamma = proof::kLabelGamma, kZeta = proof::kLabelZeta,
                   kBatch = proof::kLabelBatch, kFold = commit::kLabelFriFold,
                   kQueries = proof::kLabelQueries;

TEST(Forger, WithoutLiesItIsTheProver) {
  for (const proof::Profile* p : {&test::kTest2, &test::kTest4}) {
    const Shard s = run(small_sum(5), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}}, p->tail_rows);
    EXPECT_EQ(Forger(s, *p).prove(), prove(s, *p, prove::Masks::none())) << p->name;
  }
}

// What a forger does in a step, given the forger.
using Plan = std::map<Step, std::function<void(Forger&)>>;

// The false claim must be accepted in one of `attempts` (the salts differ) with these labels
// frozen, and in none without.
void expect_accepted_only_frozen(const Shard& shard, uint32_t exit_code,
                                 const std::set<uint32_t>& labels, const Plan& plan,
                                 unsigned attempts = 1) {
  test::Frozen frozen;
  for (uint32_t label : labels) frozen[label] = hash::blake3(Bytes{static_cast<uint8_t>(label)});
  auto forge = [&](const test::Frozen& f, unsigned attempt) {
    Forger forger(shard);
    forger.exit_code = exit_code;
    forger.transcript.frozen = f;
    forger.salts = [attempt](uint64_t, size_t count, uint8_t* out) {
      std::memset(out, static_cast<int>(attempt), count * commit::kSaltBytes);
    };
    for (const auto& [step, lie] : plan) forger.lies[step] = [&forger, l = &lie] { (*l)(forger); };
    return forger.prove();
  };
  bool accepted = false;
  for (unsigned i = 0; i < attempts && !accepted; ++i) {
    const Bytes proof = forge(frozen, i);
    {
      test::WatchedDraws watch(frozen);
      const Verdict v = verdict(shard.program->id, proof, &watch);
      accepted = v.accepted();
      if (attempts == 1) {
        EXPECT_TRUE(accepted) << v.message;
      }
      if (accepted) {
        EXPECT_EQ(v.claim.exit_code, exit_code);
      }
    }
    EXPECT_EQ(verdict(shard.program->id, proof).code, Errc::kRejected);
    EXPECT_EQ(verdict(shard.program->id, forge({}, i)).code, Errc::kRejected);
  }
  EXPECT_TRUE(accepted);
}

// An honest run that ended with 7. The forgers below claim 0.
const Shard& honest() {
  static const Shard s = run(small_sum(5), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}});
  return s;
}
constexpr uint32_t kTrue = 7, kFalse = 0;

// 100 + 100 = 300, because one register is read twice with two values: only the local product is
// wrong.
const Shard& false_sum() {
  static const Shard s = [] {
    const Told t = told({three(Op::kAddu, kV0, kT0, kT0)});
    Shard lies = lie(t, {kBody, 300, {}, {}});
    trace::InstanceTrace& add = table(lies, isa::Class::kAdd);
    set_value(add, row_at(lies, add.table, kBody), "rt", 200);
    recount(lies);
    const Findings f = check(lies);
    EXPECT_TRUE(!f.local.empty() && f.global.empty() && f.rules.empty() && f.lookups.empty());
    EXPECT_EQ(lies.output, (Bytes{0, 0, 1, 44}));
    return lies;
  }();
  return s;
}

// The word at an unaligned address: the local product and the range lookups are wrong.
const Shard& unaligned() {
  static const Shard s = [] {
    const Told t = told({mem(Op::kLw, kV0, 4, kS0)});
    Shard lies = t.shard;
    trace::InstanceTrace& load = table(lies, isa::Class::kLoadWord);
    const size_t row = row_at(lies, load.table, kBody);
    cell(load, row, "rs_lo") += Fp(2);
    cell(load, row, "a_v") = (cell(load, row, "rs_lo") + cell(load, row, "k_lo")) * Fp(4).inverse();
    recount(lies);
    const Findings f = check(lies);
    EXPECT_TRUE(!f.local.empty() && !f.ranges.empty() && f.global.empty() && f.rules.empty());
    return lies;
  }();
  return s;
}

// Cells of the closing row: five from `at` on such that the mask message of `count` cells is
// `factor` times what it was.
void multiply_mask(Forger& f, size_t i, char which, unsigned first, unsigned count, unsigned at,
                   const Fp5& target) {
  Fp* cells = f.base(i).evals.data() + f.data_rows(i) * f.base(i).width;
  const air::Challenges& ch = which == 'G' ? f.global : f.local;
  std::fill_n(cells + at, 5, Fp());
  std::array<Fp5, 5> betas;
  for (unsigned k = 0; k < 5; ++k) betas[k] = ch.beta[at - first + k + 1];
  const std::array<Fp, 5> x = combination(betas, target - f.mask(i, which, first, count));
  std::copy(x.begin(), x.end(), cells + at);
}

// With the global challenges known, cells that hide G are chosen such that they hide the claim.
void hide_claim(Forger& f) {
  const Fp5 wanted = f.missing_g();
  f.exit_code = kTrue;
  const Fp5 factor = wanted * f.missing_g().inverse();
  f.exit_code = kFalse;
  const size_t i = f.instance(air::kTableBoundary);
  multiply_mask(f, i, 'G', 20, 5, 20, f.mask(i, 'G', 20, 5) * factor);
}

// Pass-1 root: the cells that hide G are chosen after the global challenges, and hide any claim.
TEST(Freeze, PassOneRoot) {
  expect_accepted_only_frozen(honest(), kFalse, {kGlobal},
                              {{Step::kBase, [](Forger& f) {
                                  f.global = f.transcript.draw(kGlobal).challenges();
                                  hide_claim(f);
                                }}});
}

Verdict verdict_of_all_ways(const Bytes& proof) {
  verify::Policy policy = test::test_policy();
  policy.allow_not_hiding = true;
  Verdict v;
  const Status s = test::verify_all_ways(honest().program->id, proof, policy, v.claim);
  v.code = s.error().code;
  v.message = s.error().message;
  return v;
}

// The same without frozen challenges, by a shard that repeats another head than the one in front:
// all of it fits together but for that.
TEST(Late, ARepeatedHeadChosenAfterTheGlobalChallenges) {
  const auto forge = [&](uint32_t claimed, bool again) {
    Forger f(honest());
    f.exit_code = claimed;
    f.lies[Step::kHead] = [&] {
      if (claimed != kTrue) hide_claim(f);
      if (!again) return;
      const hash::Digest root = f.commit(proof::kTreePassOne);
      std::copy(root.begin(), root.end(), f.head.end() - 32);
    };
    return verdict_of_all_ways(f.prove());
  };
  EXPECT_TRUE(forge(kTrue, true).accepted());
  const Verdict v = forge(kFalse, true);
  EXPECT_EQ(v.code, Errc::kRejected);
  EXPECT_EQ(v.message, "the head of a shard is not the one in front");
  // With the head in front, the tree is another one than that which is opened.
  EXPECT_EQ(forge(kFalse, false).code, Errc::kRejected);
}

// That of a later shard: one ring hides the G of all.
TEST(Freeze, PassOneRootsOfLaterShards) {
  const prove::LoadedProgram& program = small_sum(9);
  const Bytes secret = {1, 2, 3, 4}, known = {0, 0, 0, 9};
  const std::vector<Shard> shards =
      build_all(program, known, record_in_shards(program, {secret, known, {}}, 18));
  ASSERT_EQ(shards.size(), 3u);
  const test::Frozen frozen = {{kGlobal, hash::blake3(Bytes{1})}};
  for (const size_t by : {1u, 2u}) {
    const auto forge = [&](const test::Frozen& fixed) {
      RunForger f(shards);
      f[0].transcript.frozen = fixed;
      f[0].exit_code = kFalse;
      f[by].lies[Step::kBase] = [&] {
        f[0].global = f[by].global = f[0].transcript.draw(kGlobal).challenges();
        const Fp5 wanted = f[0].expected_g();
        f[0].exit_code = kTrue;
        const Fp5 factor = wanted * f[0].expected_g().inverse();
        f[0].exit_code = kFalse;
        const size_t i = f[by].instance(air::kTableBoundary);
        multiply_mask(f[by], i, 'G', 20, 5, 20, f[by].mask(i, 'G', 20, 5) * factor);
      };
      return f.prove();
    };
    const Bytes proof = forge(frozen);
    {
      test::WatchedDraws watch(frozen);
      const Verdict v = verdict(program.id, proof, &watch);
      EXPECT_TRUE(v.accepted()) << by << ": " << v.message;
      EXPECT_EQ(v.claim.exit_code, kFalse);
    }
    EXPECT_EQ(verdict(program.id, proof).code, Errc::kRejected);
    EXPECT_EQ(verdict(program.id, forge({})).code, Errc::kRejected);
  }
}

// Main root: likewise the cells that hide P, and those that hide S.
TEST(Freeze, MainRoot) {
  auto hide = [](Forger& f, size_t i) {
    f.local = f.transcript.draw(kLocal).challenges();
    f.extension();
    const Fp5 p = f.missing_p(), s = f.missing_s(), message = f.mask(i, 'P', 0, 10);
    Fp* cells = f.base(i).evals.data() + f.data_rows(i) * f.base(i).width;
    for (size_t k = 0; k < 5; ++k) cells[k] += s.c[k];
    multiply_mask(f, i, 'P', 0, 10, 5, message * p);
  };
  expect_accepted_only_frozen(
      false_sum(), false_sum().exit_code, {kLocal},
      {{Step::kMain, [&](Forger& f) { hide(f, f.instance(table_of(isa::Class::kAdd))); }}});
  expect_accepted_only_frozen(
      unaligned(), unaligned().exit_code, {kLocal},
      {{Step::kMain, [&](Forger& f) { hide(f, f.instance(table_of(isa::Class::kLoadWord))); }}});
}

// Two more tables of the height of instance `i`.
std::array<size_t, 2> others(const Forger& f, size_t i) {
  std::vector<size_t> found;
  for (size_t k = 0; k < f.published.size(); ++k)
    if (k != i && f.layout(k).has_s() &&
        f.shape.instances()[k].log_height == f.shape.instances()[i].log_height)
      found.push_back(k);
  return {found.at(0), found.at(1)};
}

// Published values: the closing constraints of several tables, weighted with powers of gamma, are
// wrong one by one and right in the sum.
TEST(Freeze, PublishedValues) {
  // An error of the closing row of table i, as it stands in the sum, is made good by the sums S of
  // two other tables, which still add up.
  auto cancel = [](Forger& f, size_t i, const Fp5& error) {
    const auto [v, w] = others(f, i);
    const Fp5 weight_v = f.weight(v, f.closing_constraint(v, 'S')),
              weight_w = f.weight(w, f.closing_constraint(w, 'S'));
    const Fp5 x = error * (weight_w - weight_v).inverse();
    f.published[v].s += x;
    f.published[w].s -= x;
  };
  expect_accepted_only_frozen(
      honest(), kFalse, {kGamma},
      {{Step::kPublished, [&](Forger& f) {
          f.gamma = f.transcript.draw(kGamma).fp5();
          const size_t i = f.instance(air::kTableBoundary);
          Fp5& g = f.published[i].g;
          const Fp5 was = g;
          g *= f.missing_g();
          cancel(f, i,
                 f.weight(i, f.closing_constraint(i, 'G')) * (g - was) * f.mask(i, 'G', 25, 5));
        }}});
  auto local = [&](Forger& f, size_t i) {
    f.gamma = f.transcript.draw(kGamma).fp5();
    Fp5& p = f.published[i].p;
    const Fp5 was = p, s = f.missing_s();
    p *= f.missing_p();
    f.published[i].s += s;
    cancel(f, i,
           f.weight(i, f.closing_constraint(i, 'P')) * (p - was) * f.mask(i, 'P', 10, 10) +
               f.weight(i, f.closing_constraint(i, 'S')) * s);
  };
  expect_accepted_only_frozen(
      false_sum(), false_sum().exit_code, {kGamma},
      {{Step::kPublished, [&](Forger& f) { local(f, f.instance(table_of(isa::Class::kAdd))); }}});
  expect_accepted_only_frozen(unaligned(), unaligned().exit_code, {kGamma},
                              {{Step::kPublished, [&](Forger& f) {
                                  local(f, f.instance(table_of(isa::Class::kLoadWord)));
                                }}});
}

// Extension root: the running product jumps to what is wanted in one row; the sums of two other
// tables err in that row and one more, such that all errors cancel. The published values are fixed
// before gamma.
TEST(Freeze, ExtensionRoot) {
  auto jump = [](Forger& f) {
    f.gamma = f.transcript.draw(kGamma).fp5();
    const size_t i = f.instance(table_of(isa::Class::kAdd)), row = 0, second = 30;
    const Fp5 factor = f.missing_p();
    f.published[i].p *= factor;
    for (size_t r = row + 1; r <= f.data_rows(i); ++r)
      for (unsigned c = 0; c <= f.layout(i).p_index(); ++c)
        f.set_ext_cell(i, r, c, f.ext_cell(i, r, c) * factor);
    const auto [v, w] = others(f, i);
    auto shift_sum = [&](size_t k, const Fp5& x) {
      const unsigned s = f.layout(k).s_index();
      for (size_t r = row + 1; r <= second; ++r) f.set_ext_cell(k, r, s, f.ext_cell(k, r, s) + x);
    };
    // The errors are linear in the shifts: probe with 1.
    Fp5 at_row[2], at_second[2];
    for (size_t k : {0, 1}) {
      const size_t t = k == 0 ? v : w;
      shift_sum(t, Fp5::one());
      at_row[k] = f.row_error(t, row);
      at_second[k] = f.row_error(t, second);
      shift_sum(t, -Fp5::one());
      EXPECT_TRUE(f.row_error(t, row).is_zero());
    }
    // at_row x + at_row' y = -error, at_second x + at_second' y = 0
    const Fp5 error = f.row_error(i, row),
              det = at_row[0] * at_second[1] - at_row[1] * at_second[0];
    EXPECT_FALSE(error.is_zero() || det.is_zero());
    shift_sum(v, -error * at_second[1] * det.inverse());
    shift_sum(w, error * at_second[0] * det.inverse());
  };
  expect_accepted_only_frozen(false_sum(), false_sum().exit_code, {kGamma},
                              {{Step::kExtension, jump}});
}

// From here on the claim is false in one published value, which is not that of its column.
void publish_falsely(Forger& f) { f.published[f.instance(air::kTableBoundary)].g *= f.missing_g(); }
template <class F>
void for_each_height(const Forger& f, F&& body) {
  for (unsigned log = 0; log < 32; ++log)
    if ((f.shape.height_mask() >> log & 1) != 0) body(log);
}

// Quotient root: a quotient that is right at one known point.
TEST(Freeze, QuotientRoot) {
  auto fit = [](Forger& f) {
    f.zeta = f.transcript.draw(kZeta).fp5();
    f.open();
    for_each_height(f, [&](unsigned log) {
      const Fp5 d = f.quotient_at_zeta(log) - f.chunks_at_zeta(log);
      Forger::Matrix& q = f.mats[f.chunks(log)];
      for (size_t row = 0; row < q.evals.size() / q.width; ++row)
        for (size_t k = 0; k < 5; ++k) q.evals[q.width * row + k] += d.c[k];
    });
  };
  expect_accepted_only_frozen(honest(), kFalse, {kZeta},
                              {{Step::kPublished, publish_falsely}, {Step::kQuotient, fit}});
}

// Openings that satisfy the identity at zeta and are not those of the columns.
void open_falsely(Forger& f) {
  for_each_height(f, [&](unsigned log) {
    f.openings[f.shape.matrices()[f.chunks(log)].first_opening] +=
        f.quotient_at_zeta(log) - f.chunks_at_zeta(log);
  });
}

// The FRI mask, part of the quotient root: it takes away all that is not of low degree.
TEST(Freeze, Mask) {
  auto hide = [](Forger& f) {
    if (f.tree != proof::kTreeQuotient) return;
    f.zeta = f.transcript.draw(kZeta).fp5();
    f.open();
    open_falsely(f);
    f.weights();
    f.batch();
    for (size_t j = 0; j < f.word.size(); ++j)
      for (size_t k = 0; k < 5; ++k) f.mats.back().lde[5 * j + k] -= f.word[j].c[k];
  };
  expect_accepted_only_frozen(
      honest(), kFalse, {kZeta, kBatch},
      {{Step::kPublished, publish_falsely}, {Step::kWords, hide}, {Step::kOpenings, open_falsely}});
}

// The extension column S of a height, with two of its coordinates in one slot: they share all of
// the batched word but the weight.
struct Pair {
  size_t opening, weight[2];  // of the first coordinate, at zeta
  unsigned coordinate;
};
Pair sharing_a_slot(const Forger& f, unsigned log) {
  for (const proof::Matrix& m : f.shape.matrices()) {
    if (m.tree != proof::kTreeExt || m.log_height != log) continue;
    const air::Layout& l = f.layout(static_cast<size_t>(m.instance));
    if (!l.has_s()) continue;
    Pair pair{};
    proof::each_run(f.shape, m, [&](size_t column, size_t, const proof::Stack& s, size_t at) {
      if (column != size_t{5} * l.s_index()) return;
      for (unsigned k = 0; k < 4 && pair.opening == 0; ++k)
        if ((at + k) / s.width == (at + k + 1) / s.width)
          pair = {m.first_opening + column + k,
                  {s.first_pair + (at + k) % s.width, s.first_pair + (at + k + 1) % s.width},
                  k};
    });
    if (pair.opening != 0) return pair;
  }
  ADD_FAILURE() << "no two coordinates share a slot at height 2^" << log;
  return {};
}

// With the weights of the batch known, two false openings of each height whose errors cancel in the
// batched word.
void cancel_in_batch(Forger& f) {
  for_each_height(f, [&](unsigned log) {
    const Fp5 quotient = f.quotient_at_zeta(log), d = f.chunks_at_zeta(log) - quotient;
    if (d.is_zero()) return;
    // X^k (e0 + X e1) times what S does to the quotient, in which it is linear, is d;
    // lambda_0 e0 + lambda_1 e1 = 0.
    const auto [opening, weight, k] = sharing_a_slot(f, log);
    Fp5 x, unit;
    x.c[1] = Fp::one();
    unit.c[0] = Fp::one();
    f.openings[opening] += unit;
    const Fp5 effect = f.quotient_at_zeta(log) - quotient;  // of X^k
    f.openings[opening] -= unit;
    const Fp5 ratio = f.lambda[weight[1]] * f.lambda[weight[0]].inverse();
    const Fp5 e1 = d * (effect * (x - ratio)).inverse();
    f.openings[opening] -= ratio * e1;
    f.openings[opening + 1] += e1;
    EXPECT_EQ(f.quotient_at_zeta(log), f.chunks_at_zeta(log)) << k;
  });
}

// Openings, of which the digest is absorbed.
TEST(Freeze, Openings) {
  auto cancel = [](Forger& f) {
    f.weights();
    cancel_in_batch(f);
  };
  expect_accepted_only_frozen(honest(), kFalse, {kBatch},
                              {{Step::kPublished, publish_falsely}, {Step::kOpenings, cancel}});
}

// The same without frozen challenges, by openings that are chosen where they stand in the proof,
// behind the draw: all of it fits together but for their digest.
TEST(Late, OpeningsChosenAfterTheWeightsOfTheBatch) {
  Forger f(honest());
  f.exit_code = kFalse;
  f.lies[Step::kPublished] = [&] { publish_falsely(f); };
  f.lies[Step::kShown] = [&] { cancel_in_batch(f); };
  const Verdict v = verdict_of_all_ways(f.prove());
  EXPECT_EQ(v.code, Errc::kRejected);
  EXPECT_EQ(v.message, "the openings are not those that were committed to");
}

// Layer roots: half of the leaves are changed in one entry each, such that the layer folds to a
// word of low degree. A query notices when it hits such an entry, one of sixteen: a forger who
// knows the fold challenges escapes far more queries than the distance of the code allows.
class FreezeLayers : public testing::TestWithParam<unsigned> {};
TEST_P(FreezeLayers, FriRoot) {
  const unsigned target = GetParam();
  auto flatten = [target](Forger& f) {
    if (f.layer != target) return;
    const commit::FriPlan plan(f.shape.max_log_height() + f.profile->log_blowup,
                               f.profile->log_blowup);
    ASSERT_LT(target, plan.count);
    const auto [log_size, log_fold] = plan.layers[target];
    const std::vector<Fp5> betas = f.fold_challenges(log_fold);
    Pool pool(1);
    std::vector<Fp5> unit(f.word.size());
    const size_t fold = size_t{1} << log_fold;
    for (size_t i = fold - 1; i < unit.size(); i += fold) unit[i] = Fp5::one();
    const std::vector<Fp5> is = commit::fold_word(pool, f.word, log_size, betas),
                           of_one = commit::fold_word(pool, unit, log_size, betas);
    // The first entries of a bit-reversed word are its values on a subgroup.
    const unsigned log_next = log_size - log_fold, log_degree = log_next - f.profile->log_blowup;
    std::vector<Fp5> code(is.begin(), is.begin() + (std::ptrdiff_t{1} << log_degree));
    commit::coeffs_from_values(pool, code.data(), log_degree, Fp::one(),
                               commit::RowOrder::kBitReversed);
    code.resize(is.size());
    commit::values_from_coeffs(pool, code.data(), log_next, Fp::one(),
                               commit::RowOrder::kBitReversed);
    for (size_t i = 0; i < is.size(); ++i)
      f.word[fold * i + fold - 1] -= (is[i] - code[i]) * of_one[i].inverse();
  };
  expect_accepted_only_frozen(honest(), kFalse, {kFold},
                              {{Step::kPublished, publish_falsely},
                               {Step::kOpenings, open_falsely},
                               {Step::kLayer, flatten}},
                              60);
}
INSTANTIATE_TEST_SUITE_P(Layers, FreezeLayers, testing::Values(0u, 1u, 2u));

// Final coefficients: the polynomial through the few entries that will be asked for.
TEST(Freeze, FinalPolynomial) {
  auto interpolate = [](Forger& f) {
    const commit::FriPlan plan(f.shape.max_log_height() + f.profile->log_blowup,
                               f.profile->log_blowup);
    const unsigned log = plan.log_last_size;
    PlainTranscript::Stream c = f.transcript.draw(kQueries);
    std::set<size_t> rows;
    for (unsigned q = 0; q < f.profile->queries; ++q)
      rows.insert(c.index(plan.layers[0].log_size) >> (plan.layers[0].log_size - log));
    ASSERT_LE(rows.size(), f.last.size());
    // Newton: `basis` vanishes at the points so far.
    std::vector<Fp5> poly(f.last.size()), basis(f.last.size() + 1);
    basis[0] = Fp5::one();
    auto value = [](const std::vector<Fp5>& p, Fp x) {
      Fp5 v;
      for (size_t k = p.size(); k-- > 0;) v = v * x + p[k];
      return v;
    };
    for (size_t row : rows) {
      size_t reversed = 0;
      for (unsigned k = 0; k < log; ++k) reversed |= (row >> k & 1) << (log - 1 - k);
      const Fp x = field::root_of_unity(log).pow(reversed);
      const Fp5 factor = (f.word[row] - value(poly, x)) * value(basis, x).inverse();
      for (size_t k = 0; k < poly.size(); ++k) poly[k] += factor * basis[k];
      for (size_t k = basis.size(); k-- > 0;)
        basis[k] = (k == 0 ? Fp5() : basis[k - 1]) - basis[k] * x;
    }
    f.last = poly;
  };
  expect_accepted_only_frozen(honest(), kFalse, {kQueries},
                              {{Step::kPublished, publish_falsely},
                               {Step::kOpenings, open_falsely},
                               {Step::kFinal, interpolate}});
}

}  // namespace
}  // namespace mipzk::attack
