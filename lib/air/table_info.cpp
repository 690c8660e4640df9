// SPDX-License-Identifier: Apache-2.0
#include "air/table_info.hpp"

#include <string_view>

#include "air/compile_rules.hpp"
#include "air/tables.hpp"

namespace mipzk::air {
namespace {

template <class T>
constexpr const char* pre_columns() {
  if constexpr (T::kPre == Preprocessed::kNone) {
    return "";
  } else {
    return T::kPreColumns;
  }
}

template <class... T>
struct Infos {
  static constexpr TableInfo kInfos[] = {{T::kId, T::kName, T::kRole, T::kPre, T::kCount,
                                          T::kFirstShardOnly, T::kSlots, RulesOf<T>::kLayout,
                                          RulesOf<T>::kRules, T::kColumns, pre_columns<T>()}...};
};
template <class... T>
constexpr Infos<T...> infos_of(TypeList<T...>) {
  return {};
}
constexpr std::span<const TableInfo> kTables = decltype(infos_of(AllTables{}))::kInfos;

static_assert([] {
  for (size_t i = 1; i < kTables.size(); ++i)
    if (kTables[i - 1].id >= kTables[i].id) return false;
  return true;
}());
// The tables of instructions are those of the classes.
static_assert([] {
  size_t i = 0;
  for (const isa::ClassInfo& c : isa::kClasses) {
    const TableInfo& t = kTables[i++];
    if (t.id != static_cast<TableId>(c.cls) || std::string_view(t.name) != c.name ||
        t.role != Role::kInstruction)
      return false;
  }
  return kTables[i].role != Role::kInstruction;
}());
static_assert([] {
  for (const TableInfo& t : kTables) {
    const bool has_pre = t.layout.pre_columns != 0;
    if (t.rules.operands() > kMaxOperands || t.layout.ext_columns() > kMaxExtColumns ||
        has_pre != (t.pre != Preprocessed::kNone))
      return false;
  }
  return true;
}());

}  // namespace

std::span<const TableInfo> tables() { return kTables; }

const TableInfo* find_table(TableId id) {
  for (const TableInfo& t : kTables)
    if (t.id == id) return &t;
  return nullptr;
}

}  // namespace mipzk::air
