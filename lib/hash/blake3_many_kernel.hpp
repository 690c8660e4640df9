// SPDX-License-Identifier: Apache-2.0
// What each CPU tier has for blake3_many.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mipzk::hash {

struct ManyKernel {
  size_t lanes;  // inputs that are hashed in lock step
  // As keyed_hash_many, with the words of the key.
  void (*run)(const uint32_t key[8], const uint8_t* base, size_t stride, size_t length,
              size_t count, uint8_t* out);
};

}  // namespace mipzk::hash
