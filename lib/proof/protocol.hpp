// SPDX-License-Identifier: Apache-2.0
// What prover and verifier do alike (docs/PROTOCOL.md, sections 7 to 9): what is absorbed under
// which label, what is drawn from it, the proofs of work, and how cells are composed.
//
// The order of the steps is that of the table in section 8. The transcript of a shard starts as a
// copy of the global one, after the global challenges.
#pragma once

#include <span>

#include "air/bus.hpp"
#include "air/constraints.hpp"
#include "hash/transcript.hpp"
#include "proof/labels.hpp"
#include "proof/profile.hpp"
#include "proof/shape.hpp"

namespace mipzk::proof {

using field::Fp;
using field::Fp5;

// A step's proof of work: the nonce's label and the number of bits. With 0 bits there is no nonce.
struct Work {
  Label label;
  unsigned bits;
};
constexpr Work global_work(const Profile& p) { return {kLabelGlobalWork, p.lookup_work}; }
constexpr Work lookup_work(const Profile& p) { return {kLabelLookupWork, p.lookup_work}; }
constexpr Work deep_work(const Profile& p) { return {kLabelDeepWork, p.deep_work}; }
constexpr Work batch_work(const Profile& p) { return {kLabelBatchWork, p.batch_work}; }
constexpr Work query_work(const Profile& p) { return {kLabelQueryWork, p.query_work}; }

// The challenges of a shard, in the order in which they are drawn.
struct Challenges {
  air::Challenges global, local;  // of the buses
  Fp5 gamma;                      // weights of the constraints
  Fp5 zeta;                       // where columns are opened
};

// What a shard commits to before the global challenges are drawn. `index` counts from 1; `bytes`
// are its shape and its pass-1 root, as they stand in the proof.
struct ShardHead {
  uint32_t index;
  ByteView bytes;
};

// Global. `bytes`: the proof's first ones, up to and including the number of shards.
inline void absorb_statement(hash::Transcript& t, ByteView bytes) {
  t.absorb(kLabelStatement, bytes);
}
void absorb_pass_one(hash::Transcript& t, const ShardHead& head);
air::Challenges global_challenges(const hash::Transcript& t);

// Of a shard.
void begin_shard(hash::Transcript& t, const ShardHead& head);
// The root of a tree that the shard commits to after pass 1.
void absorb_root(hash::Transcript& t, Tree tree, const hash::Digest& root);
air::Challenges local_challenges(const hash::Transcript& t);
Fp5 gamma(const hash::Transcript& t);
Fp5 zeta(const hash::Transcript& t);
// Commits to the openings before the weights of the batch are drawn; they stand behind these in the
// proof, where a reader needs them and the weights together.
hash::Digest openings_digest(ByteView bytes);
void absorb_openings(hash::Transcript& t, const hash::Digest& digest);
// The coefficients lambda of the (stacked column, point) pairs: one for each entry of `out`.
void batch_weights(const hash::Transcript& t, std::span<Fp5> out);
// For each (slot, point) of the shape the sum of lambda times the opened values of the columns that
// lie in the slot. `lambda` by pair, `openings` as the proof has them; `out`: shape.point_slots().
void slot_values(const Shape& shape, const Fp5* lambda, const Fp5* openings, Fp5* out);
// `queries` rows of the largest domain, of 2^log_domain points: ascending, without duplicates.
// Returns how many are left.
uint32_t query_indices(const hash::Transcript& t, unsigned queries, unsigned log_domain,
                       uint32_t out[kMaxQueries]);

// Calls f(value) for each published value of an instance, in the order of the proof.
template <class P, class F>
void each_published(const air::Layout& layout, P& published, F&& f) {
  if (layout.in_local_ring()) {
    f(published.p);
    f(published.s);
  }
  if (layout.in_global_ring()) f(published.g);
}

// Calls f(c) with the number c of an extension column for each running one (P, G, S), in the order
// of the openings at g zeta.
template <class F>
void each_running(const air::Layout& layout, F&& f) {
  for (const unsigned c : layout.running())
    if (c != air::Layout::kNoColumn) f(c);
}

// What divides the sums of constraints of data rows, of row 0 and of the closing row at a point x
// of a table of 2^log_height rows.
template <class F>
struct Divisors {
  F rows;     // x^N - 1; the exempt rows are left out by the factor E
  F first;    // x - 1
  F closing;  // x - g^(N - R)
};
// `closing`: the closing row's point, g^(N - R).
template <class F>
Divisors<F> divisors(const F& x, unsigned log_height, const Fp& closing) {
  return {x.pow(uint64_t{1} << log_height) - Fp::one(), x - Fp::one(), x - closing};
}
inline Fp closing_point(unsigned log_height, unsigned tail_rows) {
  return field::root_of_unity(log_height).pow((uint64_t{1} << log_height) - tail_rows);
}

// A point's successor on the trace domain of 2^log_height rows.
inline Fp5 next_row(const Fp5& z, unsigned log_height) {
  return z * field::root_of_unity(log_height);
}

}  // namespace mipzk::proof
