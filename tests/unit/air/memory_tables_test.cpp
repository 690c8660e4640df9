// SPDX-License-Identifier: Apache-2.0
// The tables of memory: honest rows, and lies about time, order, regions and shards.
#include <gtest/gtest.h>

#include "air/tables/memory.hpp"
#include "unit/air/adversary.hpp"
#include "unit/air/typed_row.hpp"

namespace mipzk::test {
namespace {

using air::Boundary;
using air::Bump;
using air::Fresh;
using air::Public;

template <class T>
bool accepted(const RowOf<T>& row) {
  return air::check_row<T>(row).ok();
}

void split(uint32_t v, Fp& lo, Fp& hi) {
  lo = Fp(v & 0xffff);
  hi = Fp(v >> 16);
}

Bump::Row<Fp> bump(uint32_t t_old, uint32_t t_new) {
  Bump::Row<Fp> r{Fp(1), Fp(5), Fp(6), Fp(7), Fp(1), Fp(t_old), Fp(t_new), {}, {}, {}, {}};
  split(t_new - t_old - 1, r.d_lo, r.d_hi);
  split(t_new, r.n_lo, r.n_hi);
  return r;
}

TEST(BumpTable, OnlyGoesForward) {
  EXPECT_TRUE(accepted<Bump>(bump(0, 1)));
  EXPECT_TRUE(accepted<Bump>(bump(3, 70000)));
  EXPECT_TRUE(accepted<Bump>(bump(0, (1u << 28) - 1)));
  EXPECT_FALSE(accepted<Bump>(bump(0, 1u << 28)));
  EXPECT_FALSE(accepted<Bump>(bump(70000, 3)));
  EXPECT_FALSE(accepted<Bump>(bump(5, 5)));
  // t_new < t_old by a difference modulo p that is small, in two steps: the first one ends beyond
  // 2^28, whatever its limbs.
  auto r = bump(1000, 1001);
  r.t_new = Fp(1000) + Fp(1u << 28);
  split((1u << 28) - 1, r.d_lo, r.d_hi);
  for (uint32_t wrap = 0; wrap < 2; ++wrap) {
    split(static_cast<uint32_t>((1000ull + (1ull << 28) + uint64_t{wrap} * field::kP) & 0xffffffff),
          r.n_lo, r.n_hi);
    EXPECT_FALSE(accepted<Bump>(r));
  }
}

Fresh::Row<Fp> fresh(uint32_t key, uint32_t prev, uint32_t start, uint32_t end, uint32_t kind) {
  Fresh::Row<Fp> r{};
  r.real = Fp(1);
  r.key = Fp(key);
  r.prev = Fp(prev);
  r.start = Fp(start);
  r.end = Fp(end);
  r.kind = Fp(kind);
  split(key - start, r.ds_lo, r.ds_hi);
  split(end - 1 - key, r.de_lo, r.de_hi);
  split(key - prev - 1, r.dp_lo, r.dp_hi);
  return r;
}
// The same with differences modulo p.
Fresh::Row<Fp> fresh_mod_p(uint32_t key, uint32_t prev, uint32_t start, uint32_t end) {
  auto r = fresh(key, prev, start, end, 0);
  auto diff = [](uint32_t a, uint32_t b) { return (Fp(a) - Fp(b)).value(); };
  split(diff(key, start), r.ds_lo, r.ds_hi);
  split(diff(end, key + 1), r.de_lo, r.de_hi);
  split(diff(key, prev + 1), r.dp_lo, r.dp_hi);
  return r;
}

TEST(FreshTable, KeysLieInTheirRegionAndAscend) {
  EXPECT_TRUE(accepted<Fresh>(fresh(100, 50, 100, 200, 0)));
  EXPECT_TRUE(accepted<Fresh>(fresh(199, 198, 100, 200, 0)));
  EXPECT_TRUE(accepted<Fresh>(fresh(199, 0, 100, 200, 1)));
  EXPECT_FALSE(accepted<Fresh>(fresh(200, 50, 100, 200, 0)));
  EXPECT_FALSE(accepted<Fresh>(fresh(99, 50, 100, 200, 0)));
  EXPECT_FALSE(accepted<Fresh>(fresh(150, 150, 100, 200, 0)));
  EXPECT_FALSE(accepted<Fresh>(fresh(150, 160, 100, 200, 0)));
  EXPECT_FALSE(accepted<Fresh>(fresh_mod_p(200, 50, 100, 200)));
  EXPECT_FALSE(accepted<Fresh>(fresh_mod_p(99, 50, 100, 200)));
  EXPECT_FALSE(accepted<Fresh>(fresh_mod_p(150, 160, 100, 200)));
  EXPECT_FALSE(accepted<Fresh>(fresh_mod_p(0, (1u << 30) - 1, 0, 200)));
  // The padding region (0, 0) holds no key.
  for (uint32_t key : {0u, 1u, 1u << 29, (1u << 30) - 1, field::kP - 1})
    EXPECT_FALSE(accepted<Fresh>(fresh_mod_p(key, 0, 0, 0)));
}

TEST(FreshTable, ZeroRegionsStartAsZero) {
  for (uint32_t kind = 0; kind < 2; ++kind) {
    auto r = fresh(150, 120, 100, 200, kind);
    r.in_lo = Fp(3);
    EXPECT_EQ(accepted<Fresh>(r), kind == 1);
    r.in_lo = Fp(0);
    r.in_hi = Fp(9);
    EXPECT_EQ(accepted<Fresh>(r), kind == 1);
    r.in_hi = Fp(65536);
    EXPECT_FALSE(accepted<Fresh>(r));
    // Zero words are writable, private words are not.
    const air::RowReport report = air::check_row<Fresh>(r);
    EXPECT_EQ(report.globals[0].read.v[3], Fp(1 - kind));
    EXPECT_EQ(report.globals[0].write.v[3], Fp(1 - kind));
    EXPECT_EQ(report.globals[0].write.v[4], Fp(0));
  }
}

TEST(PublicTable, TiesTheWordToTheDirection) {
  // real out key lo hi in_lo in_hi fin_lo fin_hi shard
  const Fp one(1), zero(0), k(77), a(5), b(6), c(8), d(9);
  EXPECT_TRUE(accepted<Public>({one, zero, k, a, b, a, b, c, d, one}));       // input
  EXPECT_TRUE(accepted<Public>({one, one, k, a, b, zero, zero, a, b, one}));  // output
  EXPECT_FALSE(accepted<Public>({one, zero, k, a, b, a, d, c, d, one}));
  EXPECT_FALSE(accepted<Public>({one, zero, k, a, b, c, b, c, d, one}));
  EXPECT_FALSE(accepted<Public>({one, one, k, a, b, zero, zero, a, c, one}));
  EXPECT_FALSE(accepted<Public>({one, one, k, a, b, zero, zero, c, b, one}));
  EXPECT_FALSE(accepted<Public>({one, one, k, a, b, one, zero, a, b, one}));
  EXPECT_FALSE(accepted<Public>({one, Fp(2), k, a, b, -a, -b, a, b, one}));
}

TEST(BoundaryTable, ShardsOnlyGoForward) {
  // real key in_lo in_hi out_lo out_hi w shard_in t_last
  const Fp one(1), zero(0), k(77), a(5), b(6), c(8), d(9);
  EXPECT_TRUE(accepted<Boundary>({one, k, a, b, c, d, one, zero, Fp(100)}));
  EXPECT_FALSE(accepted<Boundary>({one, k, a, b, c, d, one, one, Fp(100)}));
  EXPECT_FALSE(accepted<Boundary>({one, k, a, b, c, d, one, Fp(2), Fp(100)}));
  EXPECT_FALSE(accepted<Boundary>({Fp(2), k, a, b, a, b, one, zero, zero}));
}

// Rows of every memory table: a change is refused, or other rows see it.
template <class T>
void expect_no_free_column(const RowOf<T>& honest, Rng& rng) {
  ASSERT_TRUE(accepted<T>(honest));
  const air::RowReport before = air::check_row<T>(honest);
  auto says_the_same = [&](const air::RowReport& r) {
    for (size_t i = 0; i < r.locals.size(); ++i)
      if (!same(r.locals[i].read, before.locals[i].read) ||
          !same(r.locals[i].write, before.locals[i].write))
        return false;
    for (size_t i = 0; i < r.globals.size(); ++i)
      if (!same(r.globals[i].read, before.globals[i].read) ||
          !same(r.globals[i].write, before.globals[i].write))
        return false;
    for (size_t i = 0; i < r.sends.size(); ++i)
      if (r.sends[i].gate != before.sends[i].gate || !same(r.sends[i].write, before.sends[i].write))
        return false;
    for (size_t i = 0; i < r.requests.size(); ++i)
      if (!std::equal(r.requests[i].coords.v, r.requests[i].coords.v + 3,
                      before.requests[i].coords.v))
        return false;
    return true;
  };
  const auto names = column_names(T::kColumns);
  RowOf<T> row = honest;
  for (unsigned i = 0; i < kCells<T>; ++i) {
    const Fp old = cells<T>(row)[i];
    for (const Fp& v : tempting_values(old, rng)) {
      if (v == old) continue;
      cells<T>(row)[i] = v;
      const air::RowReport r = air::check_row<T>(row);
      EXPECT_TRUE(!r.ok() || !says_the_same(r)) << T::kName << " " << names[i];
    }
    cells<T>(row)[i] = old;
  }
}

TEST(MemoryTables, HaveNoFreeColumns) {
  Rng rng(51);
  expect_no_free_column<Bump>(bump(3, 70000), rng);
  expect_no_free_column<Fresh>(fresh(150, 120, 100, 200, 1), rng);
  const Fp one(1), zero(0), k(77), a(5), b(6), c(8), d(9);
  expect_no_free_column<Public>({one, zero, k, a, b, a, b, c, d, one}, rng);
  expect_no_free_column<Public>({one, one, k, a, b, zero, zero, a, b, one}, rng);
  expect_no_free_column<Boundary>({one, k, a, b, c, d, one, zero, Fp(100)}, rng);
}

}  // namespace
}  // namespace mipzk::test
