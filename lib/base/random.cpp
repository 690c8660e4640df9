// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <openssl/rand.h>

namespace mipzk {

bool system_random(std::span<uint8_t> out) {
  return RAND_bytes(out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace mipzk
