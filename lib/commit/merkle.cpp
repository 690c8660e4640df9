// SPDX-License-Identifier: Apache-2.0
#include "commit/merkle.hpp"

#include <cstring>

#include "field/fp.hpp"

namespace mipzk::commit {
namespace {

bool indices_are_valid(std::span<const uint32_t> indices, unsigned depth) {
  if (indices.empty() || indices.size() > kMaxQueries) return false;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >> depth != 0) return false;
    if (i != 0 && indices[i - 1] >= indices[i]) return false;
  }
  return true;
}

bool words_are_canonical(const uint8_t* words, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (load_le32(words + 4 * i) >= field::kP) return false;
  return true;
}

// Replaces the `count` known nodes of a level by their parents; gives the number of these.
size_t climb(Reader& reader, MerkleWorkspace& w, size_t count) {
  size_t parents = 0;
  for (size_t i = 0; i < count; ++parents) {
    const uint32_t node = w.nodes[i];
    const bool pair = i + 1 < count && w.nodes[i + 1] == (node ^ 1u);  // then node is the left one
    hash::Digest sibling{};
    if (pair) {
      sibling = w.digests[i + 1];
    } else {
      ByteView bytes = reader.take(sibling.size());
      if (!reader.ok()) return 0;
      std::memcpy(sibling.data(), bytes.data(), sibling.size());
    }
    // parents <= i, so nothing unread is overwritten.
    w.digests[parents] = (node & 1) == 0 ? hash::keyed_node(kNodeKey, w.digests[i], sibling)
                                         : hash::keyed_node(kNodeKey, sibling, w.digests[i]);
    w.nodes[parents] = node >> 1;
    i += pair ? 2 : 1;
  }
  return parents;
}

}  // namespace

Status verify_opening(Reader& reader, const hash::Digest& root, const TreeShape& shape,
                      std::span<const uint32_t> indices, MerkleWorkspace& workspace,
                      OpenedRows& opened) {
  if (shape.log_rows > kMaxTreeDepth || shape.width == 0 || shape.width > kMaxRowWords)
    return Error(Errc::kArgument, "Merkle opening: invalid tree shape");
  if (!indices_are_valid(indices, shape.log_rows))
    return Error(Errc::kArgument, "Merkle opening: invalid indices");
  size_t count = indices.size();
  const size_t salt = shape.salted ? kSaltBytes : 0, length = salt + 4 * shape.width;
  const ByteView leaves = reader.take(count * length);  // below 2^31: fits any size_t
  if (!reader.ok()) return Error(Errc::kMalformed, "Merkle opening: rows are cut short");
  opened = {leaves.data() + salt, length};
  for (size_t i = 0; i < count; ++i) {
    if (!words_are_canonical(opened.row(i), shape.width))
      return Error(Errc::kMalformed, "Merkle opening: a word is not a field element");
    workspace.nodes[i] = indices[i];
    workspace.digests[i] = hash::keyed_hash(kLeafKey, leaves.subspan(i * length, length));
  }
  for (unsigned level = shape.log_rows; level > 0; --level) {
    count = climb(reader, workspace, count);
    if (count == 0) return Error(Errc::kMalformed, "Merkle opening: siblings are cut short");
  }
  if (workspace.digests[0] != root)
    return Error(Errc::kRejected, "Merkle opening: the root does not match");
  return {};
}

}  // namespace mipzk::commit
