// SPDX-License-Identifier: Apache-2.0
// Deterministic field elements for tests (splitmix64).
#pragma once

#include <cstdint>
#include <vector>

#include "field/fp5.hpp"

namespace random_field {

class Source {
 public:
  explicit Source(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  mipzk::field::Fp fp() {
    return mipzk::field::Fp::from_raw(static_cast<uint32_t>(next() % mipzk::field::kP));
  }
  mipzk::field::Fp5 fp5() {
    mipzk::field::Fp5 x;
    for (auto& c : x.c) c = fp();
    return x;
  }
  std::vector<mipzk::field::Fp> fps(size_t n) {
    std::vector<mipzk::field::Fp> v(n);
    for (auto& x : v) x = fp();
    return v;
  }
  std::vector<mipzk::field::Fp5> fp5s(size_t n) {
    std::vector<mipzk::field::Fp5> v(n);
    for (auto& x : v) x = fp5();
    return v;
  }

 private:
  uint64_t state_;
};

}  // namespace random_field
