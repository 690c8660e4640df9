// SPDX-License-Identifier: Apache-2.0
// Proofs by a prover who lies: roots, openings and nonces fit together, what they say is false or
// not what the protocol asks for. Values chosen after their challenges: freeze_test.cpp. Altered
// bytes: forge_test.cpp.
#include <gtest/gtest.h>

#include <set>

#include "adversarial/catalogue.hpp"
#include "adversarial/forger.hpp"
#include "commit/fri_prove.hpp"
#include "commit/ntt.hpp"

namespace mipzk::attack {
namespace {

const Shard& honest() {
  static const Shard s = run(small_sum(5), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}});
  return s;
}
const hash::Digest& id() { return honest().program->id; }

// Why the verifier refuses, so that each lie fails at the check that is meant for it.
const std::string kAccepted, kAtZeta = "a constraint does not hold at the opening point",
                             kBalance = "memory, start, end or public values are not balanced",
                             kProduct = "the shard's product of bus messages is not balanced",
                             kLookups = "the shard's lookups are not balanced",
                             kRoot = "Merkle opening: the root does not match",
                             kWord = "FRI: the word differs from the first layer",
                             kFold = "FRI: a fold differs from the next layer",
                             kLast = "FRI: a last value differs from the last polynomial";
std::string judge(const Bytes& proof) { return verdict(id(), proof).message; }
Errc code_of(const Bytes& proof) { return verdict(id(), proof).code; }

// The reason why a proof of the honest run with one lie is refused.
template <class F>
std::string with(Step step, F&& lie) {
  Forger f(honest());
  f.lies[step] = [&] { lie(f); };
  return judge(f.prove());
}

// The value at row j of an extension of height 2^log, as it is committed.
Fp point(size_t j, unsigned log) {
  return Fp(3) * field::root_of_unity(log).pow(commit::bit_reverse(j, log));
}

// --- Sums and products ---------------------------------------------------------------------------

// Published values that still balance, with a quotient made for them: S moves from one instance to
// the next, P and G likewise. Every instance is one of the two.
TEST(Forged, PublishedValuesMoveBetweenInstances) {
  const Forger shape(honest());
  const Fp5 c = Fp5(Fp(12345));
  std::vector<size_t> local;
  for (size_t i = 0; i < shape.shape.instances().size(); ++i)
    if (shape.layout(i).in_local_ring()) local.push_back(i);
  for (size_t n = 0; n < local.size(); n += 2) {
    const size_t i = local[n], k = local[(n + 1) % local.size()];
    EXPECT_EQ(with(Step::kPublished,
                   [&](Forger& f) {
                     f.published[i].s += c;
                     f.published[k].s -= c;
                   }),
              kAtZeta);
    EXPECT_EQ(with(Step::kPublished,
                   [&](Forger& f) {
                     f.published[i].p *= c;
                     f.published[k].p *= c.inverse();
                   }),
              kAtZeta);
  }
  std::vector<size_t> first;  // of pass 1
  for (size_t i = 0; i < shape.shape.instances().size(); ++i)
    if (shape.layout(i).pass_one) first.push_back(i);
  ASSERT_GE(first.size(), 4u);
  for (size_t n = 0; n < first.size(); ++n) {
    const size_t i = first[n], k = first[(n + 1) % first.size()];
    EXPECT_EQ(with(Step::kPublished,
                   [&](Forger& f) {
                     f.published[i].g *= c;
                     f.published[k].g *= c.inverse();
                   }),
              kAtZeta);
  }
}

// Whole running columns moved, and what is published with them: only the first row tells. (Of a sum
// that starts where the prover likes, lambda_vm PR #344.)
TEST(Forged, RunningColumnsStartElsewhere) {
  const Fp5 c = Fp5(Fp(12345));
  auto two = [](const Forger& f, auto&& has) {
    std::vector<size_t> found;
    for (size_t i = 0; i < f.published.size(); ++i)
      if (has(f.layout(i))) found.push_back(i);
    return std::pair{found.at(0), found.at(1)};
  };
  auto multiply = [](Forger& f, size_t i, unsigned from, unsigned to, const Fp5& by) {
    for (size_t row = 0; row <= f.data_rows(i); ++row)
      for (unsigned k = from; k <= to; ++k) f.set_ext_cell(i, row, k, f.ext_cell(i, row, k) * by);
  };
  EXPECT_EQ(with(Step::kExtension,
                 [&](Forger& f) {
                   const auto [i, k] = two(f, [](const air::Layout& l) { return l.has_s(); });
                   for (auto [t, x] : {std::pair{i, c}, {k, -c}}) {
                     const unsigned s = f.layout(t).s_index();
                     for (size_t row = 0; row <= f.data_rows(t); ++row)
                       f.set_ext_cell(t, row, s, f.ext_cell(t, row, s) + x);
                     f.published[t].s += x;
                   }
                 }),
            kAtZeta);
  EXPECT_EQ(with(Step::kExtension,
                 [&](Forger& f) {
                   const auto [i, k] = two(f, [](const air::Layout& l) { return l.has_p(); });
                   for (auto [t, x] : {std::pair{i, c}, {k, c.inverse()}}) {
                     multiply(f, t, 0, f.layout(t).p_index(), x);
                     f.published[t].p *= x;
                   }
                 }),
            kAtZeta);
  EXPECT_EQ(with(Step::kExtension,
                 [&](Forger& f) {
                   const auto [i, k] = two(f, [](const air::Layout& l) { return l.has_g(); });
                   for (auto [t, x] : {std::pair{i, c}, {k, c.inverse()}}) {
                     multiply(f, t, f.layout(t).local_steps, f.layout(t).g_index(), x);
                     f.published[t].g *= x;
                   }
                 }),
            kAtZeta);
}

// A product that is 0 somewhere would stay 0.
TEST(Forged, ProductsThatVanish) {
  EXPECT_EQ(with(Step::kExtension,
                 [](Forger& f) {
                   const size_t i = f.instance(table_of(isa::Class::kAddImm));
                   for (size_t row = 5; row <= f.data_rows(i); ++row)
                     for (unsigned k = 0; k <= f.layout(i).p_index(); ++k)
                       f.set_ext_cell(i, row, k, Fp5());
                   f.published[i].p = Fp5();
                 }),
            kProduct);
}

// A false claim whose balance is restored by force, in each instance that could do it.
TEST(Forged, FalseClaimsBalancedByForce) {
  const Forger shape(honest());
  for (size_t i = 0; i < shape.shape.instances().size(); ++i) {
    if (!shape.layout(i).pass_one) continue;
    Forger f(honest());
    f.exit_code = 0;
    f.lies[Step::kPublished] = [&] { f.published[i].g *= f.missing_g(); };
    EXPECT_EQ(judge(f.prove()), kAtZeta);
  }
  for (uint32_t code : {0u, 8u, 7u + field::kP}) {
    Forger f(honest());
    f.exit_code = code;
    EXPECT_EQ(judge(f.prove()), kBalance) << code;
  }
}

// --- Heights, tables, profiles, roots ------------------------------------------------------------

trace::InstanceTrace taller(const trace::InstanceTrace& t, unsigned by) {
  trace::InstanceTrace r = t;
  r.log_height = static_cast<uint8_t>(t.log_height + by);
  r.base.resize(t.base.size() << by);  // rows of zeros pad every table
  return r;
}

// Heights and the number of instances are the prover's to choose: another trace of the same run.
TEST(Forged, HeightsAreFreeWithinTheirBounds) {
  for (air::TableId table :
       {table_of(isa::Class::kAddImm), air::kTableBoundary, air::kTablePublic}) {
    Shard s = honest();
    trace::InstanceTrace& t = *s.find(table);
    t = taller(t, 2);
    recount(s);  // rows that pad ask for lookups too
    EXPECT_EQ(judge(Forger(s).prove()), kAccepted);
    // And an empty second instance, in the order of the shape and in the other one.
    const auto at = s.traces.begin() + (s.find(table) - s.traces.data());
    trace::InstanceTrace empty = *at;
    empty.log_height = 10;
    empty.base.assign(size_t{width(empty)} << 10, Fp());
    s.traces.insert(at + 1, empty);
    recount(s);
    EXPECT_EQ(judge(Forger(s).prove()), kAccepted);
  }
}

// Lists that the shape refuses: no prover can make more of them than their first bytes.
TEST(Forged, ShapesThatAreNone) {
  std::vector<proof::Instance> list;
  for (const trace::InstanceTrace& t : honest().traces) list.push_back({t.table, t.log_height});
  auto code = [&](const std::vector<proof::Instance>& l) {
    proof::Shape shape;
    Status s = proof::Shape::make(l, honest().program->header, test::kTest2, shape);
    return s ? Errc::kOk : s.error().code;
  };
  ASSERT_EQ(code(list), Errc::kOk);
  for (size_t i = 0; i < list.size(); ++i) {
    std::vector<proof::Instance> gone = list, twice = list, low = list, high = list;
    gone.erase(gone.begin() + static_cast<std::ptrdiff_t>(i));
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), list[i]);
    low[i].log_height = 9;
    high[i].log_height = 23;
    const uint8_t id = list[i].table;
    const bool fixed = id >= air::kTableRom && id <= air::kTableImage;
    EXPECT_EQ(code(gone),
              id >= air::kTableRom && id < air::kTableBump ? Errc::kMalformed : Errc::kOk)
        << int{id};
    EXPECT_EQ(code(twice), fixed ? Errc::kMalformed : Errc::kOk) << int{id};
    EXPECT_EQ(code(low), Errc::kMalformed);
    EXPECT_EQ(code(high), Errc::kMalformed);
    std::vector<proof::Instance> other = list;
    other[i].log_height = static_cast<uint8_t>(list[i].log_height + 1);
    EXPECT_EQ(code(other), fixed ? Errc::kMalformed : Errc::kOk) << int{id};
    if (i + 1 < list.size()) {
      gone = list;
      std::swap(gone[i], gone[i + 1]);
      EXPECT_EQ(code(gone), Errc::kMalformed);
    }
    twice = list;
    twice[i].log_height = 10;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i) + 1, {id, 11});
    EXPECT_EQ(code(twice), Errc::kMalformed) << "ascending heights";
  }
  // A message that nobody provides, asked for p times, would vanish; so many rows are refused.
  std::vector<proof::Instance> many = list;
  for (unsigned k = 0; k < 32; ++k) many.push_back({air::kTableBump, 22});
  EXPECT_EQ(code(many), Errc::kMalformed);
}

TEST(Forged, ParametersOfAnotherProfile) {
  // Made with few queries, said to be something better, something worse, or unknown.
  for (uint32_t id : {proof::kS100.id, proof::kC100.id, test::kTest4.id, 0u, 0x7003u}) {
    Forger f(honest());
    f.profile_id = id;
    EXPECT_NE(judge(f.prove()), kAccepted) << id;
  }
  const Bytes weak = Forger(honest()).prove();
  EXPECT_EQ(verdict(id(), weak, test::test_policy(100)).code, Errc::kPolicy);
  // Fewer queries, another blowup or other tail rows than the profile says.
  for (int what = 0; what < 4; ++what) {
    proof::Profile p = test::kTest2;
    if (what == 0) p.queries = 5;
    if (what == 1) p.log_blowup = 2;
    if (what == 2) p.tail_rows = 96;
    if (what == 3) p.query_work = 1;
    const Shard s = run(small_sum(5), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}}, p.tail_rows);
    const Errc code = code_of(Forger(s, p).prove());
    EXPECT_TRUE(code == Errc::kRejected || code == Errc::kMalformed) << what;
  }
}

TEST(Forged, SeveralShards) {
  for (uint32_t n : {0u, 2u, 3u}) {
    Forger f(honest());
    f.shards = n;
    EXPECT_EQ(code_of(f.prove()), Errc::kMalformed);
  }
}

// Everything holds for tables that are not those of the program or of the protocol, even rows that
// nobody uses.
TEST(Forged, RootsOfOtherTables) {
  for (air::TableId table :
       {air::kTableRom, air::kTableRegion, air::kTableImage, air::kTableFixed}) {
    EXPECT_EQ(with(Step::kBase,
                   [&](Forger& f) {
                     const size_t i = f.instance(table);
                     Forger::Matrix& m = f.pre(i);
                     m.evals[(f.data_rows(i) + 3) * m.width] += Fp(1);
                   }),
              kRoot)
        << int{table};
  }
  // The header of the other program in front: another id.
  const prove::LoadedProgram& other = small_sum(6);
  const Shard s = run(other, {{1, 2, 3, 4}, {0, 0, 0, 9}, {}});
  EXPECT_EQ(code_of(Forger(s).prove()), Errc::kWrongProgram);
  // The header of the program that was asked for, in front of the tables of the other one.
  Forger f(s);
  f.header = honest().program->header;
  EXPECT_EQ(judge(f.prove()), kRoot);
  // Another byte order or entry: another id.
  Forger g(honest());
  g.header.byte_order = proof::kLittleEndian;
  EXPECT_EQ(code_of(g.prove()), Errc::kWrongProgram);
  Forger h(honest());
  h.header.entry += 4;
  EXPECT_EQ(code_of(h.prove()), Errc::kWrongProgram);
}

// Multiplicities are elements of F: those of one table with their complements in a second row.
TEST(Forged, MultiplicitiesNearThePrime) {
  for (uint32_t m : {field::kP - 1, field::kP / 2, (1u << 30) + 1}) {
    for (air::TableId table : {air::kTableFixed, air::kTableRegion}) {
      EXPECT_EQ(with(Step::kBase,
                     [&](Forger& f) {
                       Forger::Matrix& t = f.base(f.instance(table));
                       t.evals[3 * t.width] += Fp(m);
                       t.evals[4 * t.width] -= Fp(m);
                     }),
                kLookups)
          << int{table};
    }
  }
}

// --- Degrees -------------------------------------------------------------------------------------

// Degrees of the quotient's first chunk, the second one taking away what it has too much: Q itself
// is right. Degree N, one more than an honest prover has, is within what docs/SECURITY.md, section
// 5, counts with; more is refused.
TEST(Forged, QuotientChunkOfTooHighDegree) {
  const Forger shape(honest());
  for (unsigned log = 0; log < 32; ++log) {
    if ((shape.shape.height_mask() >> log & 1) == 0) continue;
    for (unsigned more : {0u, 1u, 2u, 100u}) {
      Forger f(honest());
      const size_t n = size_t{1} << log, degree = n + more;
      f.lies[Step::kQuotient] = [&] {
        Forger::Matrix& q = f.mats[f.chunks(log)];
        const Fp w = field::root_of_unity(log);
        for (size_t row = 0; row < n; ++row)
          q.evals[row * q.width + 5] -= w.pow(row * (f.profile->first_overlap() + more) % n);
      };
      f.lies[Step::kWords] = [&] {
        if (f.tree != proof::kTreeQuotient) return;
        Forger::Matrix& q = f.mats[f.chunks(log)];
        const unsigned domain = log + f.profile->log_blowup;
        for (size_t j = 0; j < size_t{1} << domain; ++j)
          q.lde[j * q.width] += point(j, domain).pow(degree);
      };
      f.lies[Step::kOpenings] = [&] {
        f.openings[f.shape.matrices()[f.chunks(log)].first_opening] += f.zeta.pow(degree);
        EXPECT_EQ(f.quotient_at_zeta(log), f.chunks_at_zeta(log));
      };
      EXPECT_EQ(judge(f.prove()), more == 0 ? kAccepted : kLast) << log << " " << more;
    }
  }
}

TEST(Forged, MaskOfTooHighDegree) {
  for (int more : {-1, 0, 1, 1000}) {
    EXPECT_EQ(with(Step::kWords,
                   [&](Forger& f) {
                     if (f.tree != proof::kTreeQuotient) return;
                     Forger::Matrix& m = f.mats.back();
                     const unsigned domain = m.log_height + f.profile->log_blowup;
                     const auto degree = static_cast<uint64_t>((int64_t{1} << m.log_height) + more);
                     for (size_t j = 0; j < size_t{1} << domain; ++j)
                       m.lde[5 * j + 2] += point(j, domain).pow(degree);
                   }),
              more < 0 ? kAccepted : kLast)
        << more;
  }
}

// Words that are far from the code in each tree and height: no opening fits them.
TEST(Forged, ColumnsThatAreNoPolynomials) {
  const Forger shape(honest());
  auto all = shape.shape.matrices();
  std::set<std::pair<int, unsigned>> seen;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].tree < proof::kTreePassOne || !seen.insert({all[i].tree, all[i].log_height}).second)
      continue;
    EXPECT_EQ(with(Step::kWords,
                   [&](Forger& f) {
                     if (f.tree != all[i].tree) return;
                     uint32_t x = 1;
                     for (size_t at = 0; at < f.mats[i].lde.size(); at += f.mats[i].width)
                       f.mats[i].lde[at] += Fp(x = x * 1664525u + 1013904223u);
                   }),
              kLast)
        << i;
  }
}

// --- Stacks --------------------------------------------------------------------------------------

// Two columns of one stack exchange their slots, in each kind of stack that has two.
TEST(Forged, ColumnsInOtherSlots) {
  const Forger shape(honest());
  std::set<std::pair<int, bool>> tried;
  for (size_t n = 0; n < shape.shape.stacks().size(); ++n) {
    const proof::Stack& stack = shape.shape.stacks()[n];
    if (!stack.opened || stack.slots() < 2 || stack.tree < proof::kTreePassOne ||
        !tried.insert({stack.tree, stack.running}).second)
      continue;
    const auto exchange = [&](Forger& f) {
      if (f.tree != stack.tree) return;
      std::vector<std::pair<Forger::Matrix*, size_t>> two;  // columns 0 and `width` of the stack
      for (size_t i = 0; i < f.mats.size(); ++i)
        proof::each_run(f.shape, f.shape.matrices()[i],
                        [&](size_t column, size_t count, const proof::Stack& s, size_t first) {
                          if (&s != &f.shape.stacks()[n]) return;
                          for (const size_t c : {size_t{0}, size_t{s.width}})
                            if (first <= c && c < first + count)
                              two.push_back({&f.mats[i], column + c - first});
                        });
      ASSERT_EQ(two.size(), 2u);
      const auto [a, at_a] = two[0];
      const auto [b, at_b] = two[1];
      for (size_t row = 0; row < a->lde.size() / a->width; ++row)
        std::swap(a->lde[row * a->width + at_a], b->lde[row * b->width + at_b]);
    };
    EXPECT_EQ(with(Step::kWords, exchange), kLast) << int{stack.tree} << " " << stack.running;
  }
  EXPECT_EQ(tried.size(), 5u);
}

// A program whose tree is higher than the others, which are lifted: the honest proof is accepted,
// one whose lifted column is not the opened one is refused.
TEST(Forged, LiftedTrees) {
  static const Shard tall = run(sum_with_data(400'000), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}});
  Forger good(tall);
  ASSERT_GT(good.shape.log_tree(proof::kTreeProgram), good.shape.log_tree(proof::kTreeMain));
  EXPECT_EQ(verdict(tall.program->id, good.prove()).message, kAccepted);
  Forger f(tall);
  f.lies[Step::kWords] = [&] {
    if (f.tree != proof::kTreeMain) return;
    Forger::Matrix& m = f.base(f.instance(static_cast<air::TableId>(isa::Class::kAdd)));
    for (size_t j = 0; j < m.lde.size(); j += m.width) m.lde[j] += Fp::one();
  };
  EXPECT_EQ(verdict(tall.program->id, f.prove()).message, kLast);
}

// --- Openings, folds, queries --------------------------------------------------------------------

// One false opening of a matrix, three of each tree and height, at zeta and at g zeta, with another
// one that repairs the identity. (A composition that is checked at one of the points only,
// lambdaworks #67.)
TEST(Forged, FalseOpenings) {
  const Forger shape(honest());
  std::map<std::pair<int, unsigned>, unsigned> tried;
  for (const proof::Matrix& m : shape.shape.matrices()) {
    if (!m.opened || m.instance < 0 || ++tried[{m.tree, m.log_height}] > 3) continue;
    for (unsigned at : {0u, unsigned{m.width}}) {
      if (at == m.width && m.running == 0) continue;
      EXPECT_EQ(with(Step::kOpenings,
                     [&](Forger& f) {
                       f.openings[m.first_opening + at] += Fp5(Fp(5));
                       f.openings[f.shape.matrices()[f.chunks(m.log_height)].first_opening] +=
                           f.quotient_at_zeta(m.log_height) - f.chunks_at_zeta(m.log_height);
                       EXPECT_EQ(f.quotient_at_zeta(m.log_height), f.chunks_at_zeta(m.log_height));
                     }),
                kLast)
          << "tree " << int{m.tree} << " instance " << m.instance;
    }
  }
}

TEST(Forged, WordsThatAreNotTheBatch) {
  EXPECT_EQ(with(Step::kWord, [](Forger& f) { f.word.assign(f.word.size(), Fp5()); }), kWord);
  EXPECT_EQ(with(Step::kWord,
                 [](Forger& f) {
                   for (Fp5& v : f.word) v += Fp5::one();
                 }),
            kWord);
}

// Layers that are words of low degree, but not the folds of those before them.
TEST(Forged, WrongFolds) {
  const Forger shape(honest());
  const commit::FriPlan plan(shape.shape.max_log_height() + shape.profile->log_blowup,
                             shape.profile->log_blowup);
  for (unsigned target = 0; target < plan.count; ++target) {
    EXPECT_EQ(with(Step::kLayer,
                   [&](Forger& f) {
                     if (f.layer == target)
                       for (Fp5& v : f.word) v += Fp5(Fp(3));
                   }),
              target == 0 ? kWord : kFold)
        << target;
  }
  for (size_t k : {size_t{0}, plan.last_degree() - 1})
    EXPECT_EQ(with(Step::kFinal, [&](Forger& f) { f.last[k] += Fp5::one(); }), kLast);
}

// Folds with other challenges than those drawn: each by itself replaced, by another one of the fold
// where there is one; all of them powers of one, as FRI is usually written; in another order.
TEST(Forged, FoldsWithOtherChallenges) {
  const Forger shape(honest());
  const commit::FriPlan plan(shape.shape.max_log_height() + shape.profile->log_blowup,
                             shape.profile->log_blowup);
  for (unsigned target = 0; target < plan.count; ++target) {
    const std::string why = target + 1 < plan.count ? kFold : kLast;
    const unsigned steps = plan.layers[target].log_fold;
    const auto judged = [&](auto&& change) {
      return with(Step::kFold, [&](Forger& f) {
        if (f.layer != target) return;
        EXPECT_EQ(f.betas.size(), steps);
        change(f.betas);
      });
    };
    for (unsigned j = 0; j < steps; ++j)
      EXPECT_EQ(judged([&](std::vector<Fp5>& b) {
                  b[j] = steps > 1 ? b[(j + 1) % steps] : b[j] + Fp5::one();
                }),
                why)
          << target << " " << j;
    if (steps == 1) continue;
    EXPECT_EQ(judged([](std::vector<Fp5>& b) {
                for (size_t j = 1; j < b.size(); ++j) b[j] = b[j - 1] * b[j - 1];
              }),
              why)
        << target;
    EXPECT_EQ(judged([](std::vector<Fp5>& b) { std::reverse(b.begin(), b.end()); }), why) << target;
  }
}

// More coefficients than agreed, honestly meant: the word has that degree. (Plonky3
// GHSA-f69f-5fx9-w9r9.)
TEST(Forged, FinalPolynomialOfHigherDegree) {
  for (size_t count : {size_t{31}, size_t{33}, size_t{64}}) {
    Forger f(honest());
    f.lies[Step::kWords] = [&] {
      if (f.tree != proof::kTreeQuotient || count < 32) return;
      Forger::Matrix& m = f.mats.back();
      const unsigned domain = m.log_height + f.profile->log_blowup;
      for (size_t j = 0; j < size_t{1} << domain; ++j)
        m.lde[5 * j] += point(j, domain).pow(uint64_t{1} << m.log_height);
    };
    f.lies[Step::kFinal] = [&] {
      f.last = f.word;
      const commit::FriPlan plan(f.shape.max_log_height() + f.profile->log_blowup,
                                 f.profile->log_blowup);
      Pool pool(1);
      commit::coeffs_from_values(pool, f.last.data(), plan.log_last_size, Fp::one(),
                                 commit::RowOrder::kBitReversed);
      f.last.resize(count);
    };
    const Errc code = code_of(f.prove());
    EXPECT_TRUE(code == Errc::kRejected || code == Errc::kMalformed) << count;
  }
}

// Consistent openings of rows that were not asked for.
TEST(Forged, RowsThatWereNotAskedFor) {
  auto rejected = [](const std::string& why) { return why.find("Merkle opening") == 0; };
  for (uint32_t d : {1u, 2u, 0x100u}) {
    EXPECT_TRUE(rejected(with(Step::kRows, [&](Forger& f) {
      for (uint32_t& i : f.indices) i ^= d;
      std::sort(f.indices.begin(), f.indices.end());
    }))) << d;
    EXPECT_TRUE(rejected(with(Step::kRows, [&](Forger& f) {
      f.indices[2] ^= d;
      std::sort(f.indices.begin(), f.indices.end());
    }))) << d;
  }
  EXPECT_TRUE(rejected(with(Step::kRows, [](Forger& f) { f.indices.pop_back(); })));
  EXPECT_TRUE(rejected(with(Step::kRows, [](Forger& f) {
    const uint32_t last = f.indices.back();
    f.indices.push_back(last + 1);
  })));
}

// --- Salts ---------------------------------------------------------------------------------------

// Salts hide; the verifier cannot tell good ones from bad ones, but every leaf has one.
TEST(Forged, Salts) {
  for (proof::Tree t :
       {proof::kTreePassOne, proof::kTreeMain, proof::kTreeExt, proof::kTreeQuotient}) {
    Forger f(honest());
    f.unsalted.insert(t);
    const Errc code = code_of(f.prove());
    EXPECT_TRUE(code == Errc::kRejected || code == Errc::kMalformed) << int{t};
  }
  Forger f(honest());
  f.salts = [](uint64_t, size_t count, uint8_t* out) {
    std::memset(out, 0x77, count * commit::kSaltBytes);
  };
  EXPECT_EQ(judge(f.prove()), kAccepted);
}

}  // namespace
}  // namespace mipzk::attack
