// SPDX-License-Identifier: Apache-2.0
#include "commit/fri_verify.hpp"

#include <cstring>

namespace mipzk::commit {
namespace {

Error malformed(const char* text) { return Error(Errc::kMalformed, text); }
Error rejected(const char* text) { return Error(Errc::kRejected, text); }

size_t reverse(size_t x, unsigned bits) {
  size_t r = 0;
  for (unsigned i = 0; i < bits; ++i) r = r << 1 | (x >> i & 1);
  return r;
}

// The point of entry `index` of a word of 2^log_size entries.
Fp point_of(size_t index, unsigned log_size) {
  return field::root_of_unity(log_size).pow(reverse(index, log_size));
}

Fp5 load_fp5(const uint8_t* bytes) {
  Fp5 x;
  for (size_t i = 0; i < 5; ++i) x.c[i] = Fp::from_raw(load_le32(bytes + 4 * i));
  return x;
}

bool read_fp5(Reader& reader, Fp5& out) {
  const ByteView bytes = reader.take(20);
  if (bytes.size() != 20) return false;
  for (size_t i = 0; i < 5; ++i)
    if (load_le32(bytes.data() + 4 * i) >= field::kP) return false;
  out = load_fp5(bytes.data());
  return true;
}

// Folds the 2^log_fold entries of one row; `x` is the point of the first one. The pairs of step s
// are folded with betas[s].
Fp5 fold_row(const uint8_t* row, unsigned log_fold, Fp x, const Fp5* betas) {
  Fp5 values[size_t{1} << kMaxLogFold];
  size_t count = size_t{1} << log_fold;
  for (size_t i = 0; i < count; ++i) values[i] = load_fp5(row + 20 * i);
  Fp inverse = x.inverse();
  for (unsigned step = 0; step < log_fold; ++step) {
    const unsigned bits = log_fold - step;
    // Entry 2 t is at x times the (2^bits)-th root of unity to the power bitrev(2 t).
    const Fp root = field::root_of_unity(bits).inverse();
    count /= 2;
    for (size_t t = 0; t < count; ++t)
      values[t] = fold_pair(values[2 * t], values[2 * t + 1],
                            inverse * root.pow(reverse(2 * t, bits)), betas[step]);
    inverse *= inverse;
  }
  return values[0];
}

}  // namespace

Status FriVerifier::read_commitments(Reader& reader, hash::Transcript& transcript, unsigned log_n,
                                     unsigned log_blowup, unsigned fold_bits) {
  if (log_n > kMaxFriLogSize || log_blowup > log_n || fold_bits > hash::kMaxWorkBits)
    return Error(Errc::kArgument, "FRI: sizes out of range");
  plan_ = FriPlan(log_n, log_blowup);
  log_n_ = log_n;
  for (unsigned i = 0; i < plan_.count; ++i) {
    const ByteView root = reader.take(roots_[i].size());
    if (!reader.ok()) return malformed("FRI: the layer roots are cut short");
    std::memcpy(roots_[i].data(), root.data(), roots_[i].size());
    transcript.absorb_digest(kLabelFriRoot, roots_[i]);
    if (fold_bits > 0) {
      const uint64_t nonce = reader.u64();
      if (!reader.ok()) return malformed("FRI: a nonce is cut short");
      if (!transcript.check_work(kLabelFriWork, fold_bits, nonce))
        return rejected("FRI: the work before a fold is not done");
    }
    hash::Challenges drawn = transcript.challenges(kLabelFriFold);
    for (unsigned j = 0; j < plan_.layers[i].log_fold; ++j) betas_[i][j] = drawn.fp5();
  }
  for (size_t i = 0; i < plan_.last_degree(); ++i)
    if (!read_fp5(reader, last_[i]))
      return malformed(reader.ok() ? "FRI: a last coefficient is not a field element"
                                   : "FRI: the last coefficients are cut short");
  transcript.absorb_fp5s(kLabelFriFinal, {last_, plan_.last_degree()});
  return {};
}

Status FriVerifier::check_layer(Reader& reader, unsigned layer, size_t queries,
                                MerkleWorkspace& merkle) {
  const auto [log_size, log_fold] = plan_.layers[layer];
  const unsigned log_rows = log_size - log_fold;
  const size_t fold = size_t{1} << log_fold;
  size_t leaves = 0;
  for (size_t q = 0; q < queries; ++q) {
    const uint32_t leaf = index_[q] >> log_fold;  // ascending, as the indices are
    if (leaves == 0 || leaves_[leaves - 1] != leaf) leaves_[leaves++] = leaf;
  }
  OpenedRows opened;
  if (Status s = verify_opening(reader, roots_[layer], {log_rows, 5 * fold, false},
                                {leaves_, leaves}, merkle, opened);
      !s)
    return s;
  size_t position = 0;
  for (size_t q = 0; q < queries; ++q) {
    const uint32_t leaf = index_[q] >> log_fold;
    while (leaves_[position] != leaf) ++position;
    const uint8_t* row = opened.row(position);
    if (!(load_fp5(row + 20 * (index_[q] & (fold - 1))) == value_[q]))
      return rejected(layer == 0 ? "FRI: the word differs from the first layer"
                                 : "FRI: a fold differs from the next layer");
    const bool folded = q > 0 && index_[q - 1] == leaf;  // by the query before, already replaced
    value_[q] = folded ? value_[q - 1]
                       : fold_row(row, log_fold, point_of(size_t{leaf} << log_fold, log_size),
                                  betas_[layer]);
    index_[q] = leaf;
  }
  return {};
}

Status FriVerifier::check_queries(Reader& reader, std::span<const uint32_t> indices,
                                  std::span<const Fp5> words, MerkleWorkspace& merkle) {
  if (indices.empty() || indices.size() > kMaxQueries || words.size() != indices.size())
    return Error(Errc::kArgument, "FRI: wrong number of queries");
  for (size_t q = 0; q < indices.size(); ++q) {
    if (indices[q] >> log_n_ != 0 || (q > 0 && indices[q - 1] >= indices[q]))
      return Error(Errc::kArgument, "FRI: invalid query indices");
    index_[q] = indices[q];
    value_[q] = words[q];
  }
  for (unsigned i = 0; i < plan_.count; ++i)
    if (Status s = check_layer(reader, i, indices.size(), merkle); !s) return s;
  for (size_t q = 0; q < indices.size(); ++q) {
    const Fp x = point_of(index_[q], plan_.log_last_size);
    Fp5 sum;
    for (size_t i = plan_.last_degree(); i-- > 0;) sum = sum * x + last_[i];
    if (!(sum == value_[q])) return rejected("FRI: a last value differs from the last polynomial");
  }
  return {};
}

}  // namespace mipzk::commit
