// SPDX-License-Identifier: Apache-2.0
// Parameter sets. A proof names one by id; the verifier's caller decides which it accepts.
// Where the numbers come from: docs/SECURITY.md, checked by tests/model/soundness.py.
#pragma once

#include <cstdint>
#include <span>

namespace mipzk::proof {

inline constexpr unsigned kMaxQueries = 256;
// Rows that tables of the program leave free: the largest R of any profile, so that one program id
// serves all of them.
inline constexpr unsigned kMaxTailRows = 416;

inline constexpr unsigned kMaxLogDomain = 24;
inline constexpr unsigned kSmallLogHeight = 10;  // height of the third quotient chunks

enum class Regime : uint8_t { kUniqueDecoding, kJohnson };

struct Profile {
  uint32_t id;
  const char* name;
  unsigned target_bits;  // provable security that the parameters are meant for
  Regime regime;
  unsigned multiplicity = 0;  // m of the Johnson regime, 0 otherwise
  unsigned log_blowup;
  unsigned queries;
  unsigned tail_rows;  // R: last rows of every table, exempt from constraints
  // Grinding, bits.
  unsigned lookup_work = 0, deep_work = 0, batch_work = 0, fold_work = 0, query_work = 0;

  // Overlaps of the quotient chunks: t0 is seen at the queries and at zeta, t1 at the queries in
  // two domains (docs/ZK.md).
  constexpr unsigned first_overlap() const { return queries + 2 * 5; }
  constexpr unsigned second_overlap() const { return 2 * queries + 2 * 5; }
};

// What zero knowledge needs of a profile (docs/ZK.md), and what the prover's small domains hold.
constexpr bool well_formed(const Profile& p) {
  return p.tail_rows - 1 >= 2 * (p.queries + 2 * 5) && p.tail_rows <= kMaxTailRows &&
         p.tail_rows + p.first_overlap() + p.second_overlap() - 2 <= 1u << kSmallLogHeight &&
         p.queries <= kMaxQueries;
}

inline constexpr Profile kS100 = {
    .id = 1,
    .name = "S100",
    .target_bits = 100,
    .regime = Regime::kUniqueDecoding,
    .log_blowup = 1,
    .queries = 194,
    .tail_rows = 416,
    .query_work = 20,
};
inline constexpr Profile kC100 = {
    .id = 2,
    .name = "C100",
    .target_bits = 100,
    .regime = Regime::kJohnson,
    .multiplicity = 10,
    .log_blowup = 2,
    .queries = 87,
    .tail_rows = 224,
    .query_work = 20,
};
inline constexpr Profile kS128 = {
    .id = 3,
    .name = "S128",
    .target_bits = 128,
    .regime = Regime::kUniqueDecoding,
    .log_blowup = 2,
    .queries = 157,
    .tail_rows = 352,
    .lookup_work = 4,
    .batch_work = 2,
    .query_work = 22,
};
inline constexpr Profile kC128 = {
    .id = 4,
    .name = "C128",
    .target_bits = 128,
    .regime = Regime::kJohnson,
    .multiplicity = 6,
    .log_blowup = 2,
    .queries = 120,
    .tail_rows = 288,
    .lookup_work = 8,
    .deep_work = 3,
    .batch_work = 22,
    .fold_work = 14,
    .query_work = 22,
};
static_assert(well_formed(kS100) && well_formed(kC100) && well_formed(kS128) && well_formed(kC128));

// Those above, which have the security that they are meant for. Tests pass others.
std::span<const Profile> profiles();

// Null when none of `known` has the id.
const Profile* find_profile(uint32_t id, std::span<const Profile> known = profiles());

}  // namespace mipzk::proof
