// SPDX-License-Identifier: Apache-2.0
// The prover, opened: its masks and their key.
#pragma once

#include <vector>

#include "commit/ntt.hpp"
#include "prove/shard.hpp"

namespace mipzk::test {

using field::Fp;

struct OwnParts {
  prove::Progress progress;
  prove::PublicTrees trees;
  prove::RunBlinding blinding;
};

// A prover of one shard whose masks can be looked at.
class OpenProver : OwnParts, public prove::Shard {
 public:
  OpenProver(Pool& pool, const prove::LoadedProgram& program, const prove::Options& options)
      : OwnParts{prove::Progress(options), {pool, program, *options.profile}, {}},
        Shard(pool, program, trees, options, 1, progress) {}

  Result<std::vector<uint8_t>> run(const prove::Claims& claims,
                                   std::vector<trace::InstanceTrace> traces) {
    std::vector<air::Instance> instances;
    for (const trace::InstanceTrace& t : traces) instances.push_back({t.table, t.log_height});
    prove::Hedge hedge;
    hedge.add(instances, prove::digest_of(traces));
    if (Status s = lay_out(instances); !s) return s.error();
    if (Status s = fill(std::move(traces)); !s) return s.error();
    prove::Session session(pool_, program_, options_, claims, 1);
    blinding = hedge.blinding(options_.seed, session.bytes(), 0);
    return prove::prove_filled(session, blinding, *this, progress);
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
      const Fp* cells = mats_[i].evals.data();
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
        if (!own) out.emplace_back(closing, closing + 10);
        if (l.pass_one) out.emplace_back(closing + 20, closing + 25);
        out.emplace_back(closing + (l.pass_one ? 30 : 20), cells + n * m.width);
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

}  // namespace mipzk::test
