// SPDX-License-Identifier: Apache-2.0
// Checking openings of a Merkle tree over the rows of a matrix.
//
// With 2^H rows:
// - node[H][i] = keyed("mipzk v0 leaf", salt[20] (salted trees) || the words of row i)
// - node[l][i] = keyed("mipzk v0 node", node[l+1][2i] || node[l+1][2i+1])
// - root = node[0][0]
// A word is the le32 of a field element's raw().
//
// An opening for distinct rows, ascending, has
//   - for each of them the salt (in salted trees) and the row's words;
//   - for each level l from H down to 1, for each known node of the level, ascending, the digest of
//     its sibling where that is not known itself.
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

inline constexpr size_t kMaxQueries = 256;
inline constexpr unsigned kMaxTreeDepth = 31;
inline constexpr size_t kMaxRowWords = size_t{1} << 20;
// Hides a row up to 2^160 guesses, over the at most 2^27 leaves of a shard 2^133 (docs/ZK.md).
inline constexpr size_t kSaltBytes = 20;

struct TreeShape {
  unsigned log_rows = 0;  // H
  size_t width = 0;       // words of a row
  bool salted = false;
};

// The opened rows, inside the proof bytes. That of indices[k] has its words at rows + k * stride;
// they are canonical once verify_opening has succeeded.
struct OpenedRows {
  const uint8_t* rows = nullptr;
  size_t stride = 0;  // bytes

  const uint8_t* row(size_t position) const { return rows + position * stride; }
};

// Scratch of verify_opening, about 9 KB; needs no initialisation.
struct MerkleWorkspace {
  hash::Digest digests[kMaxQueries];
  uint32_t nodes[kMaxQueries];
};

// Reads one opening from `reader` and checks it against `root`. `indices` are ascending, distinct,
// 1 to kMaxQueries many, each below 2^H; `opened` is filled.
// Errors: kArgument (shape or indices are not as said), kMalformed (too few bytes, a word >= p),
// kRejected (the root differs). Bytes after the opening are left for the caller.
Status verify_opening(Reader& reader, const hash::Digest& root, const TreeShape& shape,
                      std::span<const uint32_t> indices, MerkleWorkspace& workspace,
                      OpenedRows& opened);

}  // namespace mipzk::commit
