// SPDX-License-Identifier: Apache-2.0
#include "trace/counts.hpp"

#include <algorithm>

namespace mipzk::trace {
namespace {

template <class A>
void add_all(A& a, const A& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += b[i];
}

}  // namespace

void LookupCounts::add(const LookupCounts& o) {
  add_all(range, o.range);
  add_all(byte_and, o.byte_and);
  add_all(shift_byte, o.shift_byte);
  add_all(shift_amount, o.shift_amount);
  add_all(region, o.region);
  bad |= o.bad;
}

int64_t find_rom(const isa::Program& program, uint32_t pc4) {
  auto it = std::lower_bound(program.rom.begin(), program.rom.end(), pc4,
                             [](const isa::RomEntry& e, uint32_t key) { return e.pc4 < key; });
  return it != program.rom.end() && it->pc4 == pc4 ? it - program.rom.begin() : -1;
}

int64_t find_region(const isa::Program& program, uint32_t start) {
  for (size_t i = 0; i < program.regions.size(); ++i)
    if (program.regions[i].start == start) return static_cast<int64_t>(i);
  return -1;
}

}  // namespace mipzk::trace
