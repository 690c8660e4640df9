// SPDX-License-Identifier: Apache-2.0
// One table of a shard; a table may have several instances.
#pragma once

#include <cstdint>

namespace mipzk::air {

struct Instance {
  uint8_t table = 0;  // its id
  uint8_t log_height = 0;
};

}  // namespace mipzk::air
