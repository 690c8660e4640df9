// SPDX-License-Identifier: Apache-2.0
// The prover, opened: its masks and their key, and what its proofs show.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "commit/ntt.hpp"
#include "prove/shard.hpp"

namespace mipzk::test {

using field::Fp;

struct OwnParts {
  prove::Progress progress;
  std::shared_ptr<const prove::PublicTrees> trees;
  prove::RunBlinding blinding;  // when it is alone
};

// A prover of one shard whose masks can be looked at.
class OpenProver : OwnParts, public prove::Shard {
 public:
  // `shared`: those of the program and the profile; its own if there are none.
  OpenProver(Pool& pool, const prove::LoadedProgram& program, const prove::Options& options,
             uint32_t index = 1, std::shared_ptr<const prove::PublicTrees> shared = {})
      : OwnParts{prove::Progress(options),
                 shared ? std::move(shared)
                        : std::make_shared<prove::PublicTrees>(pool, program, *options.profile),
                 {}},
        Shard(pool, program, *trees, options, index, progress) {}

  Result<std::vector<uint8_t>> run(const prove::Claims& claims,
                                   std::vector<trace::InstanceTrace> traces) {
    prove::Hedge hedge;
    hedge.add(instances_of(traces), prove::digest_of(traces));
    if (Status s = take(std::move(traces)); !s) return s.error();
    prove::Session session(pool_, program_, options_, claims, 1);
    blinding = hedge.blinding(options_.seed, session.bytes(), 0);
    return prove::prove_filled(session, blinding, *this);
  }

  // Those of a committed matrix, whether the prover still has them or not.
  SecretVector<Fp> evals(const prove::Committed& m) const {
    return m.evals.empty() ? m.evals_of_extension(pool_) : m.evals;
  }

  static std::vector<air::Instance> instances_of(std::span<const trace::InstanceTrace> traces) {
    std::vector<air::Instance> instances;
    for (const trace::InstanceTrace& t : traces) instances.push_back({t.table, t.log_height});
    return instances;
  }
  Status take(std::vector<trace::InstanceTrace> traces) {
    if (Status s = lay_out(instances_of(traces)); !s) return s;
    return fill(std::move(traces));
  }

  // All mask cells that the matrices hold, stream by stream. Cells b of the rings are copies.
  // `own`: those alone that another attempt to prove the shard draws anew.
  std::vector<std::vector<Fp>> masks(bool own = false) const {
    std::vector<std::vector<Fp>> out;
    const auto all = shape_.matrices();
    const size_t tail = profile_.tail_rows;
    for (size_t i = 0; i < all.size(); ++i) {
      const proof::Matrix& m = all[i];
      if (m.tree < (own ? proof::kTreeMain : proof::kTreePassOne)) continue;
      const size_t n = size_t{1} << m.log_height;
      const SecretVector<Fp> values = evals(mats_[i]);
      const Fp* cells = values.data();
      if (m.tree == proof::kTreeQuotient) {
        if (!m.opened) {
          out.emplace_back(cells, cells + n * m.width);
        } else if (m.width == 10) {
          add_randomisers(cells, m.log_height, out);
        }
        continue;
      }
      const air::Layout& l = shape_.info(static_cast<size_t>(m.instance)).layout;
      const Fp* closing = cells + (n - tail) * m.width;
      if (m.tree == proof::kTreeExt) {
        out.emplace_back(closing + m.width, cells + n * m.width);
      } else {
        const auto cells_a = [&](const air::MaskRing& r) {
          out.emplace_back(closing + r.a, closing + r.a + r.size);
        };
        if (!own && l.in_local_ring()) cells_a(l.local_ring());
        if (l.in_global_ring()) cells_a(l.global_ring());
        out.emplace_back(closing + l.mask_cells(), cells + n * m.width);
      }
    }
    return out;
  }
  std::vector<hash::Digest> hidden_roots() const {
    std::vector<hash::Digest> out;
    for (unsigned tree = proof::kTreeMain; tree < proof::kTreeCount; ++tree)
      out.push_back(trees_[tree]->root());
    return out;
  }

  hash::Digest pass_one_root() const { return trees_[proof::kTreePassOne]->root(); }

  ByteView key() const { return blinding_.*(&Peek::key_); }
  const prove::Blinding& masking() const { return blinding_; }

  const proof::Shape& shape() const { return shape_; }
  // The closing row of an instance; that of a table of the main tree is masked by prove().
  SecretVector<Fp> closing(size_t instance) const {
    const prove::Committed& m = *base(instance);
    const SecretVector<Fp> cells = evals(m);
    const Fp* row = &cells[((size_t{1} << m.log_height) - profile_.tail_rows) * m.width];
    return SecretVector<Fp>(row, row + m.width);
  }

  // After prove().
  const proof::Challenges& challenges() const { return challenges_; }
  const std::vector<air::Published>& published() const { return published_; }
  const std::vector<field::Fp5>& openings() const { return openings_; }
  // The queries, as rows of a domain.
  std::set<size_t> opened(unsigned log_domain) const {
    const unsigned top = shape_.max_log_height() + profile_.log_blowup;
    std::vector<uint32_t> index(proof::kMaxQueries);
    index.resize(proof::query_indices(t_, profile_.queries, top, index.data()));
    std::set<size_t> rows;
    for (const uint32_t i : index) rows.insert(i >> (top - log_domain));
    return rows;
  }
  // A row of the extension of a matrix of the shape that the shard commits to.
  std::span<const Fp> row(size_t matrix, size_t at) const {
    const prove::Committed& m = mats_[matrix];
    return {&m.lde[at * m.width], m.width};
  }

 private:
  struct Peek : prove::Blinding {
    using Blinding::key_;
  };
  // t0 and t1 are the coefficients of Q0 and Q1 above those of the quotient.
  void add_randomisers(const Fp* cells, unsigned log, std::vector<std::vector<Fp>>& out) const {
    const size_t n = size_t{1} << log;
    std::vector<Fp> c(cells, cells + 10 * n);
    commit::coeffs_from_values(pool_, c.data(), log, 10, Fp::one(), commit::RowOrder::kNatural);
    for (size_t half = 0; half < 2; ++half) {
      const size_t size = half == 0 ? profile_.first_overlap() : profile_.second_overlap();
      out.emplace_back();
      for (size_t i = n - size; i < n; ++i)
        out.back().insert(out.back().end(), &c[10 * i + 5 * half], &c[10 * i + 5 * half] + 5);
    }
  }
};

// How often two elements in a row occur again, anywhere: never in 2^18 random elements, and at
// every place when a stream is used twice.
inline size_t repetitions(const std::vector<std::vector<Fp>>& streams) {
  std::vector<uint64_t> pairs;
  for (const std::vector<Fp>& s : streams)
    for (size_t i = 0; i + 1 < s.size(); ++i)
      pairs.push_back(uint64_t{s[i].raw()} << 32 | s[i + 1].raw());
  std::sort(pairs.begin(), pairs.end());
  size_t n = 0;
  for (size_t i = 1; i < pairs.size(); ++i) n += pairs[i] == pairs[i - 1];
  return n;
}

// An instance of pass 1, in the order of the ring of global masks.
struct RingPlace {
  size_t shard, instance;  // both from 0
};

// The prover of a run, all of whose shards stay in memory. The arguments must outlive it.
class OpenRun {
 public:
  OpenRun(Pool& pool, const prove::LoadedProgram& program, const prove::Options& options,
          const prove::Claims& claims, const vm::Recording& recording,
          const std::vector<std::vector<trace::InstanceTrace>>& traces,
          const std::shared_ptr<const prove::PublicTrees>& trees)
      : options_(options),
        session_(pool, program, options, claims, static_cast<uint32_t>(traces.size())) {
    for (const auto& of_shard : traces) {
      const auto index = static_cast<uint32_t>(shards_.size() + 1);
      shards_.push_back(std::make_unique<OpenProver>(pool, program, options, index, trees));
      EXPECT_TRUE(shards_.back()->take(of_shard));
      hedge_.add(OpenProver::instances_of(of_shard),
                 prove::digest_of(pool, recording.shards[index - 1]));
    }
  }

  // Pass 1 of all shards, with the masks of an attempt to prove the run. Once.
  void commit(uint32_t attempt = 0) {
    blinding_ = hedge_.blinding(options_.seed, session_.bytes(), attempt);
    for (uint32_t i = 0; i < shards_.size(); ++i)
      session_.add_head(shards_[i]->commit_pass_one(blinding_.of_shard(i + 1)));
  }
  // All of it.
  std::vector<uint8_t> prove() {
    commit();
    session_.draw_challenges();
    std::vector<std::vector<uint8_t>> parts;
    for (auto& shard : shards_) parts.push_back(*shard->prove(session_));
    return std::move(session_).assemble(parts);
  }

  size_t shards() const { return shards_.size(); }
  const OpenProver& shard(size_t i) const { return *shards_[i]; }
  // The instances of pass 1 of all shards.
  std::vector<RingPlace> ring() const {
    std::vector<RingPlace> out;
    for (size_t s = 0; s < shards_.size(); ++s)
      for (size_t i = 0; i < shards_[s]->shape().instances().size(); ++i)
        if (shards_[s]->shape().info(i).layout.pass_one) out.push_back({s, i});
    return out;
  }

 private:
  const prove::Options& options_;
  prove::Session session_;
  prove::Hedge hedge_;
  prove::RunBlinding blinding_;
  std::vector<std::unique_ptr<OpenProver>> shards_;
};

}  // namespace mipzk::test
