// SPDX-License-Identifier: Apache-2.0
// The same lies as in mutation_test.cpp, carried through the prover: the verifier refuses.
#include <gtest/gtest.h>

#include <set>

#include "adversarial/mutator.hpp"
#include "adversarial/proof_kit.hpp"

namespace mipzk::attack {
namespace {

class Lies : public testing::Test {
 protected:
  static void SetUpTestSuite() { honest_ = new Shard(run(every_table(), every_table_input())); }
  static void TearDownTestSuite() {
    delete honest_;
    honest_ = nullptr;
  }
  static const hash::Digest& id() { return honest_->program->id; }
  static Shard* honest_;
};
Shard* Lies::honest_ = nullptr;

TEST_F(Lies, TheHonestTracesAreAccepted) {
  for (const proof::Profile* p : {&test::kTest2, &test::kTest4}) {
    const Bytes proof = prove(*honest_, *p);
    const Verdict v = verdict(id(), proof);
    EXPECT_TRUE(v.accepted()) << p->name << ": " << v.message;
    EXPECT_EQ(v.claim.exit_code, honest_->exit_code);
    EXPECT_TRUE(map_proof(proof, *p).ok) << p->name;
  }
}

// One change of each table and kind of detection. Without recounting, so that a changed request
// also leaves its lookup unbalanced, and with it.
TEST_F(Lies, OneOfEachTableAndKindIsRejected) {
  Rng rng(30);
  Mutator m(*honest_);
  unsigned proofs = 0;
  for (size_t at = 0; at < honest_->traces.size(); ++at) {
    const trace::InstanceTrace& t = honest_->traces[at];
    std::set<Fate> seen = {Fate::kSurvives};
    for (int tries = 0; tries < 4000; ++tries) {
      const std::vector<size_t> rows = sample_rows(*honest_, t, 8, rng);
      const size_t row = rows[rng() % rows.size()];
      std::vector<Fp> cells = m.cells(t, row);
      const auto c = static_cast<unsigned>(rng() % cells.size());
      const std::vector<Fp> values = tempting(t, c, cells[c], rng);
      cells[c] = values[rng() % values.size()];
      const Fate fate = m.judge(t, {{row, cells}});
      if (!seen.insert(fate).second) continue;
      Shard s = *honest_;
      std::copy(cells.begin(), cells.end(), row_of(s.traces[at], row));
      if (fate != Fate::kMultiplicity) recount(s);
      const Verdict v = verdict(id(), prove(s));
      EXPECT_EQ(v.code, Errc::kRejected)
          << table_ops(t.table).info->name << "." << table_ops(t.table).columns[c] << " row " << row
          << " fate " << static_cast<int>(fate);
      ++proofs;
    }
  }
  EXPECT_GT(proofs, 100u);
}

// What the mutation tests call free is free: the proof is accepted, and claims the same.
TEST_F(Lies, FreeCellsAreAccepted) {
  Shard s = *honest_;
  Rng rng(31);
  for (trace::InstanceTrace& t : s.traces)
    for (size_t row = s.data_rows(t) + 1; row < s.data_rows(t) + s.tail_rows; ++row)
      for (unsigned c = 0; c < width(t); ++c) row_of(t, row)[c] = Fp(static_cast<uint32_t>(rng()));
  trace::InstanceTrace& branch = *s.find(static_cast<air::TableId>(isa::Class::kBranchEq));
  for (size_t row = 0; row < s.data_rows(branch); ++row)
    if (cell(branch, row, "equal") == Fp::one())
      cell(branch, row, "inv_lo") = Fp(static_cast<uint32_t>(rng()));
  const Verdict v = verdict(id(), prove(s, test::kTest2, prove::Masks::none()));
  EXPECT_TRUE(v.accepted()) << v.message;
  EXPECT_EQ(v.claim.exit_code, honest_->exit_code);
}

// The mask ring: P and S are published through cells of the closing rows. A ring is accepted,
// anything else is not.
TEST_F(Lies, MaskCellsMustFormARing) {
  Rng rng(32);
  Shard s = *honest_;
  auto closing = [&](size_t i) { return row_of(s.traces[i], s.data_rows(s.traces[i])); };
  std::vector<size_t> ring;
  for (size_t i = 0; i < s.traces.size(); ++i)
    if (table_ops(s.traces[i].table).info->layout.in_local_ring()) ring.push_back(i);
  const size_t n = ring.size();
  EXPECT_EQ(n, s.traces.size() - 3);  // Rom, Image and Public have nothing local
  for (const size_t i : ring)
    for (unsigned c = 0; c < 10; ++c) closing(i)[c] = Fp(static_cast<uint32_t>(rng()));
  for (size_t i = 0; i < n; ++i)
    for (unsigned c = 0; c < 10; ++c) closing(ring[i])[10 + c] = closing(ring[(i + n - 1) % n])[c];
  EXPECT_EQ(check(s).text(), "");
  EXPECT_TRUE(verdict(id(), prove(s, test::kTest2, prove::Masks::none())).accepted());
  for (unsigned c : {0u, 7u, 13u, 19u}) {
    closing(3)[c] += Fp(1);
    EXPECT_FALSE(check(s).mask.empty());
    EXPECT_EQ(verdict(id(), prove(s, test::kTest2, prove::Masks::none())).code, Errc::kRejected)
        << c;
    closing(3)[c] -= Fp(1);
  }
  // Sums that cancel without a ring: +1 and -1 in two closing rows.
  closing(3)[0] += Fp(1);
  closing(4)[0] -= Fp(1);
  EXPECT_EQ(verdict(id(), prove(s, test::kTest2, prove::Masks::none())).code, Errc::kRejected);
  closing(3)[0] -= Fp(1);
  closing(4)[0] += Fp(1);
  EXPECT_TRUE(verdict(id(), prove(s, test::kTest2, prove::Masks::none())).accepted());
  // The global ring has cells of its own.
  for (const air::TableId id_ : {air::kTableImage, air::kTableFetch}) {
    const size_t i = static_cast<size_t>(s.find(id_) - s.traces.data());
    Fp& global = closing(i)[table_ops(id_).info->layout.global_ring().a];
    global += Fp(1);
    EXPECT_FALSE(check(s).mask.empty());
    EXPECT_EQ(verdict(id(), prove(s, test::kTest2, prove::Masks::none())).code, Errc::kRejected);
    global -= Fp(1);
  }
}

}  // namespace
}  // namespace mipzk::attack
