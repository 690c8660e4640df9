// SPDX-License-Identifier: Apache-2.0
// What an instruction costs to prove: cells of the trace, in base field elements.
#pragma once

#include <array>
#include <string>

#include "isa/rom.hpp"

namespace mipzk::debug {

struct ClassCost {
  std::string table;  // name of the class's table
  double cells = 0;   // of one instruction: a row's cells, divided among its slots
};

using ClassCosts = std::array<ClassCost, isa::kClassCount>;

// Columns of the table of each class: base columns, and five base elements for each extension
// column. Padding and the tables of memory are not in it.
ClassCosts class_costs();

}  // namespace mipzk::debug
