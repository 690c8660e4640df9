// SPDX-License-Identifier: Apache-2.0
// Checking openings of a Merkle tree over several matrices of different heights.
//
// All heights are powers of two. With H the largest log_rows:
// - leaf[l][i] = keyed("mipzk v0 leaf", salt[20] (salted trees) || the words of row i of the
//   matrices of log_rows l, in the order in which they were committed)
// - node[H][i] = leaf[H][i]
// - node[l][i] = keyed("mipzk v0 node", node[l+1][2i] || node[l+1][2i+1]), and where there are
//   matrices of log_rows l, keyed("mipzk v0 join", that || leaf[l][i])
// - root = node[0][0]
// A word is the le32 of a field element's raw().
//
// An opening for distinct indices of level H, ascending, has for each level l from H down to 0:
//   - if there are matrices of log_rows l, for each distinct (index >> (H - l)), ascending: the
//   salt
//     (in salted trees) and the row's words;
//   - if l > 0, for each known node of the level, ascending, the digest of its sibling where that
//     is not known itself.
// So a reader that goes forward keeps the digests of the known nodes and one row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "hash/blake3.hpp"

namespace mipzk::commit {

inline constexpr hash::Key kLeafKey = hash::key_from_text("mipzk v0 leaf");
inline constexpr hash::Key kNodeKey = hash::key_from_text("mipzk v0 node");
inline constexpr hash::Key kJoinKey = hash::key_from_text("mipzk v0 join");

inline constexpr size_t kMaxQueries = 256;
inline constexpr unsigned kMaxTreeDepth = 31;
inline constexpr size_t kMaxRowWords = size_t{1} << 20;
// Hides a row up to 2^160 guesses, over the at most 2^27 leaves of a shard 2^133 (docs/ZK.md).
inline constexpr size_t kSaltBytes = 20;

struct HeightShape {
  unsigned log_rows;
  size_t width;  // words of a row, over all matrices of this height
};

// Greatest height first, strictly falling; at least one.
struct TreeShape {
  std::span<const HeightShape> heights;
  bool salted = false;
};

// The opened rows of one height, inside the proof bytes. Row position k (see row_position) has its
// words at rows + k * stride; they are canonical once verify_opening has succeeded.
struct OpenedHeight {
  const uint8_t* rows = nullptr;
  size_t stride = 0;   // bytes
  size_t count = 0;    // distinct rows
  unsigned shift = 0;  // H - log_rows

  const uint8_t* row(size_t position) const { return rows + position * stride; }
};

// Scratch of verify_opening, about 9 KB; needs no initialisation.
struct MerkleWorkspace {
  hash::Digest digests[kMaxQueries];
  uint32_t nodes[kMaxQueries];
};

// Reads one opening from `reader` and checks it against `root`. `indices` are ascending, distinct,
// 1 to kMaxQueries many, each below 2^H; `opened` has one element per height and is filled.
// Errors: kArgument (shape or indices are not as said), kMalformed (too few bytes, a word >= p),
// kRejected (the root differs). Bytes after the opening are left for the caller.
Status verify_opening(Reader& reader, const hash::Digest& root, const TreeShape& shape,
                      std::span<const uint32_t> indices, MerkleWorkspace& workspace,
                      std::span<OpenedHeight> opened);

// The position of the row that `indices[query]` opens at a height of the given shift.
size_t row_position(std::span<const uint32_t> indices, size_t query, unsigned shift);

// The same for all queries at once: positions[q] for indices[q]; both of one size.
void row_positions(std::span<const uint32_t> indices, unsigned shift,
                   std::span<uint16_t> positions);

}  // namespace mipzk::commit
