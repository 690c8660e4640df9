// SPDX-License-Identifier: Apache-2.0
#include "prove/memory.hpp"

#include <algorithm>

#include "commit/fri.hpp"
#include "commit/lde.hpp"
#include "hash/blake3.hpp"

namespace mipzk::prove {
namespace {

constexpr uint64_t kFp = sizeof(field::Fp), kFp5 = sizeof(field::Fp5);

// What does not grow with the tables: of each thread (its stack, blocks of a replay,
// multiplicities, scratch memory of transforms) and of the whole (the proof's bytes, the heap's
// own).
constexpr uint64_t kThreadBytes = uint64_t{2} << 20, kOtherBytes = uint64_t{12} << 20;

// Large blocks are whole pages of the largest size that systems have.
uint64_t block(uint64_t bytes) {
  constexpr uint64_t kUnit = uint64_t{1} << 16;
  return (bytes + kUnit - 1) / kUnit * kUnit;
}

uint64_t matrix(unsigned log_rows, uint64_t width) { return block((width << log_rows) * kFp); }

uint64_t tree(unsigned depth) { return 2 * sizeof(hash::Digest) << depth; }

// Words of the layers after the first, and their trees.
uint64_t fri_bytes(unsigned top, unsigned log_blowup) {
  const commit::FriPlan plan(top, log_blowup);
  uint64_t bytes = kFp5 << plan.log_last_size;
  for (unsigned i = 0; i < plan.count; ++i) {
    if (i > 0) bytes += kFp5 << plan.layers[i].log_size;
    bytes += tree(plan.layers[i].log_size - plan.layers[i].log_fold);
  }
  return bytes;
}

bool is_public(const proof::Matrix& m) { return m.tree <= proof::kTreeFixed; }

}  // namespace

// The steps of Shard::prove in which most is held at once, by what each of them holds.
uint64_t shard_bytes(const proof::Shape& shape, const proof::Profile& profile) {
  const unsigned b = profile.log_blowup, top = shape.max_log_height() + b;
  // Of base tables, extension columns and quotients: evaluations, extensions with the small coset,
  // and what extending a matrix takes besides (its evaluations, and a copy of them).
  struct Group {
    uint64_t evals = 0, extended = 0, extending = 0;
  } base, ext, quotient;
  unsigned depth[proof::kTreeCount] = {}, running[air::kMaxLogHeight + 1] = {};
  for (const proof::Matrix& m : shape.matrices()) {
    if (is_public(m)) continue;
    const uint64_t evals = matrix(m.log_height, m.width);
    depth[m.tree] = shape.log_tree(m.tree) + b;
    Group& group = m.tree == proof::kTreeQuotient ? quotient
                   : m.tree == proof::kTreeExt    ? ext
                                                  : base;
    group.evals += evals;
    group.extended += matrix(m.log_height + b, m.width);
    group.extending = std::max(group.extending, 2 * evals);
    if (m.tree != proof::kTreeQuotient) group.extended += matrix(commit::kSmallLog, m.width);
    running[m.log_height] = std::max<unsigned>(running[m.log_height], m.running);
  }
  const uint64_t base_trees = tree(depth[proof::kTreePassOne]) + tree(depth[proof::kTreeMain]);
  const uint64_t committed = base.extended + base_trees;
  const uint64_t kept = committed + ext.extended + tree(depth[proof::kTreeExt]);
  const uint64_t quotients = quotient.extended + tree(depth[proof::kTreeQuotient]);

  uint64_t height_quotient = 0;
  for (unsigned log = 0; log <= air::kMaxLogHeight; ++log) {
    if ((shape.height_mask() >> log & 1) == 0) continue;
    // Points, E and three factors on 2N points and the quotient there; then running columns of an
    // instance or the first two chunks.
    const uint64_t n = uint64_t{1} << log;
    height_quotient = std::max(
        height_quotient, 2 * n * (5 * kFp + kFp5) + n * std::max<uint64_t>(running[log], 2) * kFp5);
  }
  // Sums and quotients of a slot are gone when the word is folded.
  const uint64_t word = kFp5 << top;
  const uint64_t batch = word + 2 * (kFp5 << shape.max_log_height());
  const uint64_t fri = word + fri_bytes(top, b);

  return std::max({committed + base.evals + std::max(base.extending, ext.evals),
                   committed + ext.extended + ext.extending,
                   kept + quotient.evals + height_quotient,
                   kept + quotients + std::max({quotient.extending, batch, fri})});
}

uint64_t committed_cells(const proof::Shape& shape) {
  uint64_t cells = 0;
  for (const proof::Matrix& m : shape.matrices())
    if (!is_public(m)) cells += uint64_t{m.width} << m.log_height;
  return cells;
}

uint64_t shared_bytes(const proof::ProgramHeader& program, uint32_t heights,
                      const proof::Profile& profile, unsigned threads) {
  const unsigned b = profile.log_blowup;
  uint64_t bytes = threads * kThreadBytes + kOtherBytes;
  unsigned depth[2] = {};  // of the program's tree and of the protocol's
  for (const air::TableInfo& t : air::tables()) {
    if (t.pre == air::Preprocessed::kNone) continue;
    const unsigned log = proof::own_height(program, t.id);
    unsigned& d = depth[t.pre == air::Preprocessed::kProtocol];
    d = std::max(d, std::max(log, proof::kMinLogTree) + b);
    heights |= 1u << log;
    const uint64_t width = t.layout.pre_columns;
    bytes += matrix(log, width) + matrix(log + b, width) + matrix(commit::kSmallLog, width);
  }
  for (const unsigned d : depth) bytes += tree(d);
  // Roots of unity of both directions, for the transforms of N and 2N points and of the extended
  // domain.
  for (unsigned log = 0; log <= air::kMaxLogHeight; ++log)
    if ((heights >> log & 1) != 0) {
      const uint64_t n = uint64_t{1} << log;
      bytes += 2 * kFp * (n / 2 + n + (n << b) / 2);
    }
  return bytes;
}

}  // namespace mipzk::prove
