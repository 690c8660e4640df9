// SPDX-License-Identifier: Apache-2.0
#include "adversarial/run_forger.hpp"

#include "proof/labels.hpp"

namespace mipzk::attack {

RunForger::RunForger(const std::vector<Shard>& all, const proof::Profile& profile) {
  for (const Shard& shard : all)
    shards_.push_back(
        std::make_unique<Forger>(shard, profile, static_cast<uint32_t>(shards_.size() + 1)));
  shards_[0]->shards = static_cast<uint32_t>(all.size());
}

Bytes RunForger::prove() {
  Forger& first = *shards_[0];
  Bytes proof = first.front();
  const auto add = [&](const Bytes& part) { proof.insert(proof.end(), part.begin(), part.end()); };
  uint32_t number = 0;
  for (auto& shard : shards_) {
    const Bytes head = shard->commit_pass_one();
    add(head);
    first.transcript.absorb(proof::kLabelPassOne, Forger::numbered(++number, head));
  }
  add(first.draw_global());
  for (auto& shard : shards_) {
    if (shard.get() == &first) continue;
    shard->transcript = first.transcript;
    shard->global = first.global;
  }
  for (auto& shard : shards_) add(shard->prove_shard());
  return proof;
}

Fp5 RunForger::missing_g() {
  Fp5 g = Fp5::one();
  for (auto& shard : shards_) {
    // G depends on the global challenges alone.
    if (shard->published.empty()) {
      shard->local = shard->global = shards_[0]->global;
      shard->extension();
    }
    for (const air::Published& x : shard->published) g *= x.g;
  }
  return shards_[0]->expected_g() * g.inverse();
}

}  // namespace mipzk::attack
