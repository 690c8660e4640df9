// SPDX-License-Identifier: Apache-2.0
// The program: one entry per executable word, provided as often as it was executed.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct Rom : MainTable {
  static constexpr const char* kName = "Rom";
  static constexpr TableId kId = kTableRom;
  static constexpr Role kRole = Role::kProvider;
  static constexpr Preprocessed kPre = Preprocessed::kProgram;
  static constexpr Count kCount = Count::kOnce;
  static constexpr const char* kPreColumns = "class pc rs rt rd k0 k1 k2 k3 k4 k5";
  static constexpr const char* kColumns = "mult";
  template <class T>
  struct Pre {
    T entry[11];
  };
  template <class T>
  struct Row {
    T mult;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    b.provide(Bus::kRom, r.mult, p.entry);
  }
};

}  // namespace mipzk::air
