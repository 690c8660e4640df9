// SPDX-License-Identifier: Apache-2.0
// How often each provided lookup message is requested: the multiplicities of the providing tables.
#pragma once

#include <array>
#include <cstdint>

#include "base/secret_memory.hpp"
#include "isa/program.hpp"

namespace mipzk::trace {

struct LookupCounts {
  SecretVector<uint32_t> range = SecretVector<uint32_t>(1u << 16);
  SecretVector<uint32_t> byte_and = SecretVector<uint32_t>(1u << 16);   // index 256 a + b
  SecretVector<uint32_t> shift_byte = SecretVector<uint32_t>(256 * 9);  // index 256 v + b
  std::array<uint32_t, 64> shift_amount{};                              // index 32 right + s
  SecretVector<uint32_t> region;                                        // by region
  bool bad = false;  // some request has no provider: a defect of the trace

  explicit LookupCounts(const isa::Program& program) : region(program.regions.size() + 1) {}
  void add(const LookupCounts& other);
};

// The ROM entry at an address, and the region that answers a request; -1 when there is none.
int64_t find_rom(const isa::Program& program, uint32_t pc4);
int64_t find_region(const isa::Program& program, uint32_t start);

}  // namespace mipzk::trace
