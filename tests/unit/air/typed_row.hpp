// SPDX-License-Identifier: Apache-2.0
// Rows whose columns have names, for tests that include the file of their table.
#pragma once

#include "unit/air/judge.hpp"

namespace mipzk::test {

template <class T>
inline constexpr unsigned kCells = sizeof(typename T::template Row<Fp>) / sizeof(Fp);
template <class T>
using RowOf = typename T::template Row<Fp>;

template <class T>
Fp* cells(RowOf<T>& row) {
  static_assert(sizeof(row) == kCells<T> * sizeof(Fp));
  return reinterpret_cast<Fp*>(&row);
}

// As row_of() of the table.
template <class T>
RowOf<T> row_of(const Sample& s, unsigned slot = 0) {
  RowOf<T> row{};
  fill_slot(*air::find_table(T::kId), cells<T>(row), slot, s.event, s.rom);
  return row;
}

}  // namespace mipzk::test
