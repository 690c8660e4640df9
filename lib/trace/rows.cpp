// SPDX-License-Identifier: Apache-2.0
#include "trace/rows.hpp"

#include <type_traits>

#include "air/tables.hpp"

namespace mipzk::trace {
namespace {

template <class T>
constexpr auto slot_type() {
  if constexpr (T::kSlots > 1) {
    return std::type_identity<typename T::template Slot<Fp>>();
  } else {
    return std::type_identity<typename T::template Row<Fp>>();
  }
}
template <class T>
using Slot = typename decltype(slot_type<T>())::type;

}  // namespace

// One for each class, in the rows_*.cpp of its subject.
#define MIPZK_CLASS(number, name, accesses, flow) \
  void fill_row(Slot<air::name>& row, const vm::Event& e, const isa::RomEntry& rom);
MIPZK_CLASSES(MIPZK_CLASS)
#undef MIPZK_CLASS

namespace {

template <class T>
void fill(Fp* cells, const vm::Event& e, const isa::RomEntry& rom) {
  static_assert(sizeof(Slot<T>) * T::kSlots == sizeof(typename T::template Row<Fp>));
  fill_row(*reinterpret_cast<Slot<T>*>(cells), e, rom);
}

constexpr RowFiller kFillers[] = {
#define MIPZK_CLASS(number, name, accesses, flow) fill<air::name>,
    MIPZK_CLASSES(MIPZK_CLASS)
#undef MIPZK_CLASS
};

}  // namespace

RowFiller row_filler(isa::Class cls) {
  return kFillers[static_cast<unsigned>(cls) - isa::kFirstClass];
}

}  // namespace mipzk::trace
