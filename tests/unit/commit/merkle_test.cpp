// SPDX-License-Identifier: Apache-2.0
#include "commit/merkle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include "base/pool.hpp"
#include "commit/merkle_tree.hpp"

namespace mipzk::commit {
namespace {

using field::Fp;
using hash::Digest;
using hash::Key;
using Bytes = std::vector<uint8_t>;

struct Matrix {
  unsigned log_rows;
  size_t width;
  std::vector<Fp> data;
};

Matrix random_matrix(unsigned log_rows, size_t width, std::mt19937_64& random) {
  Matrix m{log_rows, width, {}};
  for (size_t i = 0; i < width << log_rows; ++i)
    m.data.push_back(Fp::from_raw(static_cast<uint32_t>(random() % field::kP)));
  return m;
}

void test_salt(uint64_t first, size_t count, uint8_t* out) {
  for (uint64_t row = first; row < first + count; ++row)
    for (unsigned i = 0; i < kSaltBytes; ++i)
      *out++ = static_cast<uint8_t>(row * 29 + i * i + (row >> 8));
}

// Matrices of one height, side by side.
std::vector<StackView> views_of(const std::vector<Matrix>& matrices) {
  std::vector<StackView> v;
  for (const Matrix& m : matrices) v.push_back(unstacked(m.log_rows, m.width, m.data.data()));
  return v;
}

Digest keyed(const char* key_text, const Bytes& data) {
  Key key;
  std::memcpy(key.bytes.data(), key_text, std::strlen(key_text));
  return hash::keyed_hash(key, data);
}

Bytes concat(const Digest& a, const Digest& b) {
  Bytes v(a.begin(), a.end());
  v.insert(v.end(), b.begin(), b.end());
  return v;
}

// The definition, recursive, from the words' values.
struct Naive {
  const std::vector<Matrix>& matrices;
  bool salted;

  unsigned depth() const { return matrices[0].log_rows; }
  Bytes row_words(size_t row) const {
    Bytes b;
    for (const Matrix& m : matrices)
      for (size_t j = 0; j < m.width; ++j) {
        // Montgomery word: value * 2^32 mod p.
        uint64_t w = (uint64_t{m.data[row * m.width + j].value()} << 32) % field::kP;
        for (int k = 0; k < 4; ++k) b.push_back(static_cast<uint8_t>(w >> (8 * k)));
      }
    return b;
  }
  Bytes leaf_bytes(size_t row) const {
    Bytes b;
    if (salted) {
      b.resize(kSaltBytes);
      test_salt(row, 1, b.data());
    }
    Bytes words = row_words(row);
    b.insert(b.end(), words.begin(), words.end());
    return b;
  }
  Digest node(unsigned level, size_t i) const {
    if (level == depth()) return keyed("mipzk v0 leaf", leaf_bytes(i));
    return keyed("mipzk v0 node", concat(node(level + 1, 2 * i), node(level + 1, 2 * i + 1)));
  }
  Bytes opening(const std::vector<uint32_t>& indices) const {
    Bytes b;
    for (uint32_t i : indices) {
      Bytes leaf = leaf_bytes(i);
      b.insert(b.end(), leaf.begin(), leaf.end());
    }
    for (unsigned level = depth(); level > 0; --level) {
      std::set<uint32_t> known;
      for (uint32_t i : indices) known.insert(i >> (depth() - level));
      for (uint32_t n : known) {
        if (known.count(n ^ 1)) continue;
        Digest d = node(level, n ^ 1);
        b.insert(b.end(), d.begin(), d.end());
      }
    }
    return b;
  }
};

struct Verdict {
  Status status;
  size_t used;
  OpenedRows opened;
};

Verdict verify(const Bytes& opening, const Digest& root, const TreeShape& shape,
               const std::vector<uint32_t>& indices) {
  Reader reader(opening);
  MerkleWorkspace workspace;
  OpenedRows opened;
  Status s = verify_opening(reader, root, shape, indices, workspace, opened);
  return {s, reader.position(), opened};
}

bool accepts(const Bytes& opening, const Digest& root, const TreeShape& shape,
             const std::vector<uint32_t>& indices) {
  Verdict v = verify(opening, root, shape, indices);
  return v.status.ok() && v.used == opening.size();
}

std::vector<uint32_t> random_indices(unsigned depth, size_t count, std::mt19937_64& random) {
  std::set<uint32_t> s;
  while (s.size() < std::min<size_t>(count, size_t{1} << depth))
    s.insert(static_cast<uint32_t>(random() & ((uint64_t{1} << depth) - 1)));
  return {s.begin(), s.end()};
}

TEST(Merkle, TreeOfOneRowIsItsLeaf) {
  std::mt19937_64 random(1);
  std::vector<Matrix> ms = {random_matrix(0, 3, random)};
  MerkleTree tree(views_of(ms), Salting::kNone, {}, nullptr);
  Bytes row;
  for (Fp x : ms[0].data)
    for (int k = 0; k < 4; ++k) row.push_back(static_cast<uint8_t>(x.raw() >> (8 * k)));
  EXPECT_EQ(tree.root(), keyed("mipzk v0 leaf", row));
  Bytes opening;
  tree.open(std::vector<uint32_t>{0}, opening);
  EXPECT_EQ(opening, row);
  EXPECT_TRUE(accepts(opening, tree.root(), tree.shape(), {0}));
}

TEST(Merkle, SmallTreeByHand) {
  std::vector<Matrix> ms = {{2, 1, {Fp(1), Fp(2), Fp(3), Fp(4)}}};
  MerkleTree tree(views_of(ms), Salting::kNone, {}, nullptr);
  auto leaf = [](uint32_t v) {
    uint32_t w = static_cast<uint32_t>((uint64_t{v} << 32) % field::kP);
    Bytes b(4);
    store_le32(b.data(), w);
    return keyed("mipzk v0 leaf", b);
  };
  Digest a = keyed("mipzk v0 node", concat(leaf(1), leaf(2)));
  Digest b = keyed("mipzk v0 node", concat(leaf(3), leaf(4)));
  EXPECT_EQ(tree.root(), keyed("mipzk v0 node", concat(a, b)));

  Bytes opening;
  tree.open(std::vector<uint32_t>{2}, opening);
  Bytes expected(4);  // the row, its sibling, the sibling above
  store_le32(expected.data(), Fp(3).raw());
  for (const Digest& d : {leaf(4), a}) expected.insert(expected.end(), d.begin(), d.end());
  EXPECT_EQ(opening, expected);
  EXPECT_TRUE(accepts(opening, tree.root(), tree.shape(), {2}));
}

TEST(Merkle, RandomShapesRoundTripAndEqualTheDefinition) {
  std::mt19937_64 random(2);
  Pool pool(3);
  for (int round = 0; round < 150; ++round) {
    std::vector<Matrix> ms;
    const auto log_rows = static_cast<unsigned>(random() % 8);
    for (size_t n = 1 + random() % 5; n != 0; --n)
      ms.push_back(random_matrix(log_rows, 1 + random() % 40, random));
    const bool salted = random() % 2 == 0;
    Naive naive{ms, salted};
    MerkleTree tree(views_of(ms), salted ? Salting::kSalted : Salting::kNone, test_salt,
                    round % 2 == 0 ? &pool : nullptr);
    ASSERT_EQ(tree.depth(), naive.depth());
    ASSERT_EQ(tree.root(), naive.node(0, 0));

    std::vector<uint32_t> indices = random_indices(tree.depth(), 1 + random() % 20, random);
    Bytes opening = {0xaa, 0xbb};
    tree.open(indices, opening);  // appends
    ASSERT_EQ(opening[0], 0xaa);
    opening.erase(opening.begin(), opening.begin() + 2);
    ASSERT_EQ(opening, naive.opening(indices));

    Verdict v = verify(opening, tree.root(), tree.shape(), indices);
    ASSERT_TRUE(v.status.ok()) << v.status.error().message;
    ASSERT_EQ(v.used, opening.size());
    for (size_t q = 0; q < indices.size(); ++q) {
      Bytes expected = naive.row_words(indices[q]);
      ASSERT_EQ(std::memcmp(v.opened.row(q), expected.data(), expected.size()), 0);
    }
    opening.push_back(0);  // what follows is the caller's
    EXPECT_EQ(verify(opening, tree.root(), tree.shape(), indices).used, opening.size() - 1);
  }
}

TEST(Merkle, WideRowsAndAllIndices) {
  std::mt19937_64 random(3);
  std::vector<Matrix> ms = {random_matrix(8, 700, random), random_matrix(8, 65, random)};
  for (bool salted : {false, true}) {
    MerkleTree tree(views_of(ms), salted ? Salting::kSalted : Salting::kNone, test_salt, nullptr);
    EXPECT_EQ(tree.root(), (Naive{ms, salted}.node(0, 0)));
    std::vector<uint32_t> all;
    for (uint32_t i = 0; i < 256; ++i) all.push_back(i);
    Bytes opening;
    tree.open(all, opening);
    EXPECT_EQ(opening.size(), 256 * (765 * 4 + salted * kSaltBytes));
    EXPECT_TRUE(accepts(opening, tree.root(), tree.shape(), all));
  }
}

TEST(Merkle, EmptySaltFunctionMeansZeros) {
  std::mt19937_64 random(4);
  std::vector<Matrix> ms = {random_matrix(4, 3, random)};
  auto zeros = [](uint64_t, size_t count, uint8_t* out) {
    std::memset(out, 0, kSaltBytes * count);
  };
  MerkleTree a(views_of(ms), Salting::kSalted, {}, nullptr);
  MerkleTree b(views_of(ms), Salting::kSalted, zeros, nullptr);
  MerkleTree c(views_of(ms), Salting::kNone, {}, nullptr);
  EXPECT_EQ(a.root(), b.root());
  EXPECT_NE(a.root(), c.root());
}

TEST(Merkle, ThreadsDoNotMatter) {
  std::mt19937_64 random(5);
  std::vector<Matrix> ms = {random_matrix(13, 5, random), random_matrix(13, 2, random)};
  std::vector<uint32_t> indices = random_indices(13, 40, random);
  for (Salting salting : {Salting::kNone, Salting::kSalted}) {
    MerkleTree alone(views_of(ms), salting, test_salt, nullptr);
    Bytes expected;
    alone.open(indices, expected);
    for (unsigned threads : {1u, 2u, 5u}) {
      Pool pool(threads);
      MerkleTree tree(views_of(ms), salting, test_salt, &pool);
      EXPECT_EQ(tree.root(), alone.root());
      Bytes opening;
      tree.open(indices, opening);
      EXPECT_EQ(opening, expected);
    }
  }
}

struct SmallTree {
  std::vector<Matrix> ms;
  std::vector<uint32_t> indices = {1, 6, 7, 12};

  SmallTree() {
    std::mt19937_64 random(6);
    ms = {random_matrix(4, 2, random), random_matrix(4, 1, random)};
  }
};

TEST(Merkle, EveryChangedByteIsRejected) {
  SmallTree t;
  for (Salting salting : {Salting::kNone, Salting::kSalted}) {
    MerkleTree tree(views_of(t.ms), salting, test_salt, nullptr);
    Bytes good;
    tree.open(t.indices, good);
    ASSERT_TRUE(accepts(good, tree.root(), tree.shape(), t.indices));
    for (size_t at = 0; at < good.size(); ++at)
      for (uint8_t flip : {0x01, 0x10, 0x80, 0xff}) {
        Bytes bad = good;
        bad[at] = static_cast<uint8_t>(bad[at] ^ flip);
        EXPECT_FALSE(accepts(bad, tree.root(), tree.shape(), t.indices)) << at;
      }
    for (size_t at = 0; at < 32; ++at) {
      Digest root = tree.root();
      root[at] ^= 4;
      Verdict v = verify(good, root, tree.shape(), t.indices);
      EXPECT_EQ(v.status.error().code, Errc::kRejected);
    }
  }
}

TEST(Merkle, EveryOtherLengthIsRejected) {
  SmallTree t;
  for (Salting salting : {Salting::kNone, Salting::kSalted}) {
    MerkleTree tree(views_of(t.ms), salting, test_salt, nullptr);
    Bytes good;
    tree.open(t.indices, good);
    for (size_t n = 0; n < good.size(); ++n) {
      Bytes cut(good.begin(), good.begin() + static_cast<long>(n));
      Verdict v = verify(cut, tree.root(), tree.shape(), t.indices);
      EXPECT_EQ(v.status.error().code, Errc::kMalformed) << n;
      // A byte taken out or put in anywhere shifts the rest.
      Bytes without = good;
      without.erase(without.begin() + static_cast<long>(n));
      EXPECT_FALSE(accepts(without, tree.root(), tree.shape(), t.indices));
      Bytes with = good;
      with.insert(with.begin() + static_cast<long>(n), 0x5a);
      EXPECT_FALSE(accepts(with, tree.root(), tree.shape(), t.indices));
    }
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_FALSE(accepts(longer, tree.root(), tree.shape(), t.indices));
  }
}

TEST(Merkle, SwappedRowsAndSiblingsAreRejected) {
  SmallTree t;
  MerkleTree tree(views_of(t.ms), Salting::kNone, {}, nullptr);
  Bytes good;
  tree.open(t.indices, good);
  auto swapped = [&](size_t a, size_t b, size_t n) {
    Bytes bad = good;
    std::swap_ranges(bad.begin() + static_cast<long>(a), bad.begin() + static_cast<long>(a + n),
                     bad.begin() + static_cast<long>(b));
    EXPECT_NE(bad, good);
    return bad;
  };
  // Four rows of 12 bytes; the siblings 0, 13 of level 4, 1, 2, 7 of level 3 and 2 of level 2.
  const size_t rows[] = {0, 12, 24, 36}, siblings[] = {48, 80, 112, 144, 176, 208};
  ASSERT_EQ(good.size(), 4 * 12 + 6 * 32u);
  const auto expect_refused = [&](std::span<const size_t> places, size_t size) {
    for (size_t a = 0; a < places.size(); ++a)
      for (size_t b = a + 1; b < places.size(); ++b)
        EXPECT_FALSE(
            accepts(swapped(places[a], places[b], size), tree.root(), tree.shape(), t.indices));
  };
  expect_refused(rows, 12);
  expect_refused(siblings, 32);
}

TEST(Merkle, OtherIndicesAreRejected) {
  SmallTree t;
  MerkleTree tree(views_of(t.ms), Salting::kNone, {}, nullptr);
  Bytes good;
  tree.open(t.indices, good);
  // All sets of four indices: only the opened one is accepted.
  unsigned accepted = 0;
  for (uint32_t set = 0; set < 1u << 16; ++set) {
    if (std::popcount(set) != 4) continue;
    std::vector<uint32_t> indices;
    for (uint32_t i = 0; i < 16; ++i)
      if ((set >> i & 1) != 0) indices.push_back(i);
    if (accepts(good, tree.root(), tree.shape(), indices)) {
      ++accepted;
      EXPECT_EQ(indices, t.indices);
    }
  }
  EXPECT_EQ(accepted, 1u);
}

TEST(Merkle, OtherShapesAreRejected) {
  SmallTree t;
  MerkleTree tree(views_of(t.ms), Salting::kSalted, test_salt, nullptr);
  Bytes good;
  tree.open(t.indices, good);
  const TreeShape shape = tree.shape();
  EXPECT_TRUE(accepts(good, tree.root(), {4, 3, true}, t.indices));
  EXPECT_FALSE(accepts(good, tree.root(), {4, 3, false}, t.indices));
  for (int change : {-1, 1}) {
    TreeShape other = shape;
    other.width = static_cast<size_t>(3 + change);
    EXPECT_FALSE(accepts(good, tree.root(), other, t.indices));
    other = shape;
    other.log_rows = static_cast<unsigned>(4 + change);
    EXPECT_FALSE(accepts(good, tree.root(), other, t.indices));
  }
}

TEST(Merkle, NonCanonicalWordsAreRejected) {
  // The same residue with p added hashes differently, so a tree over such words is made here.
  for (uint32_t word : {field::kP, field::kP + 1, 0x7fffffffu, 0xffffffffu, field::kP - 1}) {
    Bytes row(8);
    store_le32(row.data() + 4, word);
    Digest root = keyed("mipzk v0 leaf", row);
    Verdict v = verify(row, root, {0, 2, false}, {0});
    EXPECT_EQ(v.status.error().code, word == field::kP - 1 ? Errc::kOk : Errc::kMalformed) << word;
  }
}

TEST(Merkle, BadArgumentsAreRefused) {
  SmallTree t;
  MerkleTree tree(views_of(t.ms), Salting::kNone, {}, nullptr);
  Bytes good;
  tree.open(t.indices, good);
  std::vector<uint32_t> many(kMaxQueries + 1);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<uint32_t>(i);
  const std::vector<std::vector<uint32_t>> bad_sets = {{},   {1, 1},          {2, 1},
                                                       {16}, {1, 0xffffffff}, many};
  for (const std::vector<uint32_t>& bad : bad_sets) {
    EXPECT_EQ(verify(good, tree.root(), tree.shape(), bad).status.error().code, Errc::kArgument);
    Bytes out;
    EXPECT_THROW(tree.open(bad, out), std::invalid_argument);
    EXPECT_TRUE(out.empty());
  }
  for (const TreeShape& bad : {TreeShape{32, 1}, {4, 0}, {4, kMaxRowWords + 1}})
    EXPECT_EQ(verify(good, tree.root(), bad, {0}).status.error().code, Errc::kArgument);

  using Views = std::vector<StackView>;
  Fp word;
  const auto one = [&](unsigned log_rows, size_t width) {
    return unstacked(log_rows, width, &word);
  };
  const auto stack = [&](unsigned log_rows, unsigned log_slots, size_t width, size_t columns) {
    return StackView{log_rows, log_slots, width, {{&word, columns, columns}}};
  };
  for (const Views& bad : {Views{},
                           {one(25, 1)},
                           {one(0, 0)},
                           {one(0, kMaxRowWords + 1)},
                           {one(0, kMaxRowWords), one(0, 1)},
                           {one(0, 1), one(1, 1)},
                           {stack(0, 1, 1, 3)},
                           {stack(0, 1, 1, 0)},
                           {stack(0, 1, 0, 1)},
                           {StackView{0, 0, 1, {}}}})
    EXPECT_THROW(MerkleTree(bad, Salting::kNone, {}, nullptr), std::invalid_argument);
}

}  // namespace
}  // namespace mipzk::commit
