// SPDX-License-Identifier: Apache-2.0
// Buses and the challenges that turn their messages into field elements (docs/PROTOCOL.md,
// "Buses").
#pragma once

#include <array>
#include <cstdint>

#include "field/fp5.hpp"
#include "isa/keys.hpp"

namespace mipzk::air {

using field::Fp;
using field::Fp5;

// Non-zero, so that messages of different buses and lengths never collide. Part of the protocol.
enum class Bus : uint8_t {
  kMemory = 1,        // local product: key, lo, hi, w, time
  kToken = 2,         // global product: key, lo, hi, w, shard
  kOrder = 3,         // global product: key
  kPublic = 4,        // global product: direction, key, lo, hi
  kMask = 5,          // products: 10 (local) or 5 (global) free cells
  kRange = 6,         // lookup: v in [0, 2^16)
  kRom = 7,           // lookup: class, pc4, rs, rt, rd, k0..k5
  kAnd = 8,           // lookup: a, b, a & b, all bytes
  kShiftByte = 9,     // lookup: b, v, (b << v) & 255, b << v >> 8; b a byte, v in 0..8
  kShiftAmount = 10,  // lookup: right, s, v, j0, j1, j2, j3, fill_lo, fill_hi
  kRegion = 11,       // lookup: start, end, kind
  kCode = 12,         // global product: class, pc4, rs, rt, rd, k0..k5, shard
};

// Bounds of every table: numbers of buses, and coordinates of a message. The latter is the number
// of challenges that are drawn, so part of the protocol; today's widest message has 12.
inline constexpr unsigned kBusNumbers = 32, kMaxCoordinates = 24;

// Challenges of one scope (local to a shard, or global). A message of bus id `b` with coordinates
// m_0, m_1, ... is  alpha + beta[0] b + sum_j beta[j + 1] m_j.
struct Challenges {
  Fp5 alpha;
  std::array<Fp5, kMaxCoordinates + 1> beta;

  Fp5 base(Bus bus) const { return alpha + beta[0] * Fp(static_cast<uint32_t>(bus)); }
};

using isa::kHaltedPc4;
using isa::kLastKey;
using isa::kRegisterKeyBase;
using isa::kStateKey;

}  // namespace mipzk::air
