// SPDX-License-Identifier: Apache-2.0
#include "trace/sources.hpp"

#include <algorithm>

#include "air/bus.hpp"

namespace mipzk::trace {
namespace {

constexpr uint32_t kMaxOrderStep = 1u << 29;

bool is_public_key(uint32_t key) {
  return (key >= isa::kPublicBase / 4 && key < (isa::kPublicBase + isa::kWindowSize) / 4) ||
         (key >= isa::kOutputBase / 4 && key < (isa::kOutputBase + isa::kWindowSize) / 4) ||
         key == air::kRegisterKeyBase + isa::kExitCode;
}

}  // namespace

Sources sort_sources(const isa::Program& program, std::span<const vm::SourceWord> words) {
  Sources s;
  s.image.resize(program.image.size());
  auto it = program.image.begin();
  for (const vm::SourceWord& w : words) {
    it = std::lower_bound(it, program.image.end(), w.key,
                          [](const isa::ImageWord& a, uint32_t key) { return a.key < key; });
    if (it != program.image.end() && it->key == w.key) {
      s.image[static_cast<size_t>(it - program.image.begin())] = &w;
    } else if (is_public_key(w.key)) {
      s.publics.push_back(&w);
    } else {
      s.fresh.push_back({w.key, &w});
    }
  }
  // The chain ends at the last key, whether the run touched that word or not.
  if (s.fresh.empty() || s.fresh.back().key != air::kLastKey)
    s.fresh.push_back({air::kLastKey, nullptr});
  // No step of the chain may be longer than 2^29: bridge with the farthest word that has a region.
  uint32_t prev = 0;
  for (size_t i = 0; i < s.fresh.size(); prev = s.fresh[i++].key) {
    if (s.fresh[i].key - prev <= kMaxOrderStep) continue;
    uint32_t bridge = prev;
    for (const isa::Region& r : program.regions) {
      uint32_t farthest = std::min(r.end - 1, prev + kMaxOrderStep);
      if (farthest >= r.start && farthest > bridge) bridge = farthest;
    }
    if (bridge == prev) break;  // no such region: collect() reports the step
    s.fresh.insert(s.fresh.begin() + static_cast<std::ptrdiff_t>(i), {bridge, nullptr});
  }
  prev = 0;
  for (FreshWord& f : s.fresh) {
    f.prev = prev;
    prev = f.key;
    for (const isa::Region& r : program.regions)
      if (f.key >= r.start && f.key < r.end) f.region = &r;
  }
  return s;
}

}  // namespace mipzk::trace
