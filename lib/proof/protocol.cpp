// SPDX-License-Identifier: Apache-2.0
#include "proof/protocol.hpp"

namespace mipzk::proof {
namespace {

constexpr hash::Key kOpeningsKey = hash::key_from_text("mipzk v0 openings");

void absorb_head(hash::Transcript& t, Label label, const ShardHead& head) {
  hash::Transcript::Message m = t.begin(label, 4 + head.bytes.size());
  m.update_u32(head.index);
  m.update(head.bytes);
  m.end();
}

air::Challenges bus_challenges(const hash::Transcript& t, Label label) {
  hash::Challenges c = t.challenges(label);
  air::Challenges out;
  out.alpha = c.fp5();
  for (Fp5& b : out.beta) b = c.fp5();
  return out;
}

}  // namespace

void absorb_pass_one(hash::Transcript& t, const ShardHead& head) {
  absorb_head(t, kLabelPassOne, head);
}

void begin_shard(hash::Transcript& t, const ShardHead& head) { absorb_head(t, kLabelShard, head); }

void absorb_root(hash::Transcript& t, Tree tree, const hash::Digest& root) {
  const Label label = tree == kTreeMain  ? kLabelMainRoot
                      : tree == kTreeExt ? kLabelExtRoot
                                         : kLabelQuotientRoot;
  t.absorb_digest(label, root);
}

air::Challenges global_challenges(const hash::Transcript& t) {
  return bus_challenges(t, kLabelGlobalChallenges);
}

air::Challenges local_challenges(const hash::Transcript& t) {
  return bus_challenges(t, kLabelLookupChallenges);
}

Fp5 gamma(const hash::Transcript& t) { return t.challenges(kLabelGamma).fp5(); }

Fp5 zeta(const hash::Transcript& t) { return t.challenges(kLabelZeta).fp5(); }

hash::Digest openings_digest(ByteView bytes) { return hash::keyed_hash(kOpeningsKey, bytes); }

void absorb_openings(hash::Transcript& t, const hash::Digest& digest) {
  t.absorb_digest(kLabelOpenings, digest);
}

void batch_weights(const hash::Transcript& t, std::span<Fp5> out) {
  hash::Challenges c = t.challenges(kLabelBatch);
  // The weights grow by one variable at a time; those beyond the number of pairs are not kept.
  out[0] = Fp5::one();
  for (size_t size = 1; size <= out.size(); size *= 2) {
    const Fp5 r = c.fp5();
    for (size_t i = 0; i < size; ++i) {
      const Fp5 high = out[i] * r;
      out[i] -= high;
      if (i + size < out.size()) out[i + size] = high;
    }
  }
}

void slot_values(const Shape& shape, const Fp5* lambda, const Fp5* openings, Fp5* out) {
  for (uint32_t i = 0; i < shape.point_slots(); ++i) out[i] = Fp5();
  for (const Matrix& m : shape.matrices()) {
    if (!m.opened) continue;
    const Fp5* at_zeta = openings + m.first_opening;
    const Fp5* at_next = at_zeta + m.width;
    each_run(shape, m, [&](size_t column, size_t count, const Stack& s, size_t at) {
      for (size_t c = at; c < at + count; ++c, ++column) {
        const Fp5* weight = lambda + s.first_pair + c % s.width;
        Fp5* value = out + s.first_slot + c / s.width;
        *value += *weight * at_zeta[column];
        if (s.running) value[s.slots()] += weight[s.width] * *at_next++;
      }
    });
  }
}

uint32_t query_indices(const hash::Transcript& t, unsigned queries, unsigned log_domain,
                       uint32_t out[kMaxQueries]) {
  hash::Challenges c = t.challenges(kLabelQueries);
  uint32_t count = 0;
  for (unsigned k = 0; k < queries; ++k) {
    // Insertion into a sorted list.
    const uint32_t v = c.index(log_domain);
    uint32_t at = count;
    while (at > 0 && out[at - 1] > v) --at;
    if (at > 0 && out[at - 1] == v) continue;
    for (uint32_t i = count; i > at; --i) out[i] = out[i - 1];
    out[at] = v;
    ++count;
  }
  return count;
}

}  // namespace mipzk::proof
