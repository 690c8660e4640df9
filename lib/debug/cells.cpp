// SPDX-License-Identifier: Apache-2.0
#include "debug/cells.hpp"

#include "air/table_info.hpp"

namespace mipzk::debug {

ClassCosts class_costs() {
  constexpr unsigned kExtensionDegree = 5;
  ClassCosts costs;
  for (unsigned c = 0; c < costs.size(); ++c) costs[c].table = "class " + std::to_string(c);
  for (const air::TableInfo& t : air::tables()) {
    if (t.slots == 0 || t.id >= costs.size()) continue;
    const unsigned row = t.layout.base_columns + kExtensionDegree * t.layout.ext_columns();
    costs[t.id] = {t.name, static_cast<double>(row) / t.slots};
  }
  return costs;
}

}  // namespace mipzk::debug
