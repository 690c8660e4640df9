// SPDX-License-Identifier: Apache-2.0
// Messages on buses, and the shapes of those of products.
#pragma once

#include "air/bus.hpp"

namespace mipzk::air {

// The shapes of product messages; coordinates in the order given, the rest of the message constant.
enum class Form : uint8_t {
  kReg,     // memory: reg, lo, hi, t      key = 2^30 + reg, w = 1
  kState,   // memory: pc, npc, clk        key = kStateKey, w = 1
  kMem,     // memory: key, lo, hi, w, t
  kToken,   // token: key, lo, hi, w, shard
  kOrder,   // order: key
  kPublic,  // public: direction, key, lo, hi
  kCode,    // code: class, pc4, rs, rt, rd, k0..k5, shard
};
inline constexpr unsigned kFormCount = 7;

struct FormInfo {
  Bus bus;
  uint8_t count;                      // coordinates that vary
  uint8_t position[kMaxCoordinates];  // their coordinates (0-based) in the message
  // constant coordinates: (position, value), unused ones have value 0
  uint8_t const_position[2] = {};
  uint32_t const_value[2] = {};
};
inline constexpr FormInfo kForms[kFormCount] = {
    {.bus = Bus::kMemory,
     .count = 4,
     .position = {0, 1, 2, 4},
     .const_position = {0, 3},
     .const_value = {kRegisterKeyBase, 1}},
    {.bus = Bus::kMemory,
     .count = 3,
     .position = {1, 2, 4},
     .const_position = {0, 3},
     .const_value = {kStateKey, 1}},
    {.bus = Bus::kMemory, .count = 5, .position = {0, 1, 2, 3, 4}},
    {.bus = Bus::kToken, .count = 5, .position = {0, 1, 2, 3, 4}},
    {.bus = Bus::kOrder, .count = 1, .position = {0}},
    {.bus = Bus::kPublic, .count = 4, .position = {0, 1, 2, 3}},
    {.bus = Bus::kCode, .count = 12, .position = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
};
constexpr const FormInfo& form_info(Form form) { return kForms[static_cast<unsigned>(form)]; }

template <class V>
struct Msg {
  Form form;
  V v[kMaxCoordinates];
};

// Coordinates of a lookup message.
template <class V>
struct Coords {
  V v[kMaxCoordinates]{};
  unsigned count = 0;
};

}  // namespace mipzk::air
