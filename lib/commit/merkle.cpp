// SPDX-License-Identifier: Apache-2.0
#include "commit/merkle.hpp"

#include <cstring>

#include "field/fp.hpp"

namespace mipzk::commit {
namespace {

bool shape_is_valid(const TreeShape& shape) {
  if (shape.heights.empty()) return false;
  unsigned above = kMaxTreeDepth + 1;
  for (const HeightShape& c : shape.heights) {
    if (c.log_rows >= above || c.width == 0 || c.width > kMaxRowWords) return false;
    above = c.log_rows;
  }
  return true;
}

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

// `row` as in OpenedHeight: the salt, if any, is in front of it.
hash::Digest leaf_digest(const OpenedHeight& opened, size_t position, size_t width, bool salted) {
  size_t salt = salted ? kSaltBytes : 0;
  return hash::keyed_hash(kLeafKey, {opened.row(position) - salt, salt + 4 * width});
}

// Reads `count` rows, those of the known nodes of the height's level.
Status parse_rows(Reader& reader, const HeightShape& height, bool salted, unsigned depth,
                  size_t count, OpenedHeight& o) {
  const size_t salt = salted ? kSaltBytes : 0;
  o.shift = depth - height.log_rows;
  o.count = count;
  o.stride = salt + 4 * height.width;  // count * stride < 2^31: fits any size_t
  const ByteView bytes = reader.take(o.count * o.stride);
  if (!reader.ok()) return Error(Errc::kMalformed, "Merkle opening: rows are cut short");
  o.rows = bytes.data() + salt;
  for (size_t k = 0; k < o.count; ++k)
    if (!words_are_canonical(o.row(k), height.width))
      return Error(Errc::kMalformed, "Merkle opening: a word is not a field element");
  return {};
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
                      std::span<OpenedHeight> opened) {
  if (!shape_is_valid(shape) || opened.size() != shape.heights.size())
    return Error(Errc::kArgument, "Merkle opening: invalid tree shape");
  const unsigned depth = shape.heights[0].log_rows;
  if (!indices_are_valid(indices, depth))
    return Error(Errc::kArgument, "Merkle opening: invalid indices");
  size_t count = indices.size();
  if (Status s = parse_rows(reader, shape.heights[0], shape.salted, depth, count, opened[0]); !s)
    return s;
  for (size_t i = 0; i < count; ++i) {
    workspace.nodes[i] = indices[i];
    workspace.digests[i] = leaf_digest(opened[0], i, shape.heights[0].width, shape.salted);
  }
  size_t next_height = 1;
  for (unsigned level = depth; level-- > 0;) {
    count = climb(reader, workspace, count);
    if (count == 0) return Error(Errc::kMalformed, "Merkle opening: siblings are cut short");
    if (next_height < shape.heights.size() && shape.heights[next_height].log_rows == level) {
      // The known nodes of this level are just the opened rows of the height, in the same order.
      const HeightShape& height = shape.heights[next_height];
      OpenedHeight& rows = opened[next_height];
      if (Status s = parse_rows(reader, height, shape.salted, depth, count, rows); !s) return s;
      for (size_t i = 0; i < count; ++i) {
        const hash::Digest leaf = leaf_digest(rows, i, height.width, shape.salted);
        workspace.digests[i] = hash::keyed_node(kJoinKey, workspace.digests[i], leaf);
      }
      ++next_height;
    }
  }
  if (workspace.digests[0] != root)
    return Error(Errc::kRejected, "Merkle opening: the root does not match");
  return {};
}

size_t row_position(std::span<const uint32_t> indices, size_t query, unsigned shift) {
  size_t position = 0;
  for (size_t i = 1; i <= query; ++i)
    if (indices[i] >> shift != indices[i - 1] >> shift) ++position;
  return position;
}

void row_positions(std::span<const uint32_t> indices, unsigned shift,
                   std::span<uint16_t> positions) {
  uint16_t position = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (i != 0 && indices[i] >> shift != indices[i - 1] >> shift) ++position;
    positions[i] = position;
  }
}

}  // namespace mipzk::commit
