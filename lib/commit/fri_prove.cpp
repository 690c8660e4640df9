// SPDX-License-Identifier: Apache-2.0
#include "commit/fri_prove.hpp"

#include <algorithm>

#include "commit/ntt.hpp"
#include "commit/twiddles.hpp"
#include "hash/grind.hpp"

namespace mipzk::commit {
namespace {

void append_u64(std::vector<uint8_t>& out, uint64_t v) {
  uint8_t bytes[8];
  store_le64(bytes, v);
  out.insert(out.end(), bytes, bytes + 8);
}

void append_fp5(std::vector<uint8_t>& out, const Fp5& x) {
  uint8_t bytes[20];
  for (size_t i = 0; i < 5; ++i) store_le32(bytes + 4 * i, x.c[i].raw());
  out.insert(out.end(), bytes, bytes + 20);
}

void fold_to(Pool& pool, std::span<const Fp5> word, unsigned log_size, std::span<const Fp5> betas,
             std::span<Fp5> out) {
  const auto log_fold = static_cast<unsigned>(betas.size());
  const size_t fold = size_t{1} << log_fold;
  // Entry 2 t of a bit-reversed word of any size is at the twiddle t.
  const Fp* inverse_points = twiddles(log_size, Direction::kInverse);
  const Kernels& k = kernels();
  pool.parallel_for(out.size(), 256, [&](size_t begin, size_t end) {
    const Fp* points[kMaxLogFold];
    for (unsigned step = 0; step < log_fold; ++step)
      points[step] = inverse_points + begin * (fold >> (step + 1));
    k.fold(&out[begin], &word[begin * fold], end - begin, log_fold, points, betas.data());
  });
}

}  // namespace

std::vector<Fp5> fold_word(Pool& pool, std::span<const Fp5> word, unsigned log_size,
                           std::span<const Fp5> betas) {
  std::vector<Fp5> out(word.size() >> betas.size());
  fold_to(pool, word, log_size, betas, out);
  return out;
}

bool FriProver::commit(Pool& pool, hash::Transcript& transcript, SecretVector<Fp5> word,
                       unsigned log_n, unsigned log_blowup, unsigned fold_bits,
                       std::vector<uint8_t>& out) {
  plan_ = FriPlan(log_n, log_blowup);
  words_.clear();
  trees_.clear();
  words_.reserve(plan_.count);
  for (unsigned i = 0; i < plan_.count; ++i) {
    const auto [log_size, log_fold] = plan_.layers[i];
    words_.push_back(std::move(word));
    const StackView rows = unstacked(log_size - log_fold, size_t{5} << log_fold,
                                     reinterpret_cast<const Fp*>(words_.back().data()));
    trees_.push_back(std::make_unique<MerkleTree>(rows, Salting::kNone, nullptr, &pool));
    const hash::Digest& root = trees_.back()->root();
    out.insert(out.end(), root.begin(), root.end());
    transcript.absorb_digest(kLabelFriRoot, root);
    if (fold_bits > 0) {
      const uint64_t nonce = hash::find_nonce(transcript, fold_bits, &pool);
      transcript.check_work(kLabelFriWork, fold_bits, nonce);
      append_u64(out, nonce);
    }
    hash::Challenges drawn = transcript.challenges(kLabelFriFold);
    Fp5 betas[kMaxLogFold];
    for (unsigned j = 0; j < log_fold; ++j) betas[j] = drawn.fp5();
    word = SecretVector<Fp5>(words_.back().size() >> log_fold);
    fold_to(pool, words_.back(), log_size, {betas, log_fold}, word);
  }
  coeffs_from_values(pool, word.data(), plan_.log_last_size, Fp::one(), RowOrder::kBitReversed);
  const size_t degree = plan_.last_degree();
  for (size_t i = 0; i < degree; ++i) append_fp5(out, word[i]);
  transcript.absorb_fp5s(kLabelFriFinal, {word.data(), degree});
  return std::all_of(word.begin() + static_cast<ptrdiff_t>(degree), word.end(),
                     [](const Fp5& x) { return x.is_zero(); });
}

void FriProver::open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const {
  std::vector<uint32_t> rows(indices.begin(), indices.end());
  for (unsigned i = 0; i < plan_.count; ++i) {
    for (uint32_t& row : rows) row >>= plan_.layers[i].log_fold;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    trees_[i]->open(rows, out);
  }
}

}  // namespace mipzk::commit
