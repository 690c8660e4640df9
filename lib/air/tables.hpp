// All tables and their numbers.
#pragma once

#include "air/fixed.hpp"
#include "air/layout.hpp"
#include "air/tables/add.hpp"
#include "air/tables/add_imm.hpp"
#include "air/tables/add_trap.hpp"
#include "air/tables/bit_field.hpp"
#include "air/tables/branch.hpp"
#include "air/tables/branch_likely.hpp"
#include "air/tables/byte_ops.hpp"
#include "air/tables/count_leading.hpp"
#include "air/tables/div.hpp"
#include "air/tables/double_word.hpp"
#include "air/tables/fixed.hpp"
#include "air/tables/halt.hpp"
#include "air/tables/hint.hpp"
#include "air/tables/jump.hpp"
#include "air/tables/linked.hpp"
#include "air/tables/load_word.hpp"
#include "air/tables/logic.hpp"
#include "air/tables/memory.hpp"
#include "air/tables/move_cond.hpp"
#include "air/tables/mult.hpp"
#include "air/tables/mult_acc.hpp"
#include "air/tables/nop.hpp"
#include "air/tables/part_word.hpp"
#include "air/tables/rom.hpp"
#include "air/tables/shift.hpp"
#include "air/tables/shift_var.hpp"
#include "air/tables/slt.hpp"
#include "air/tables/store_word.hpp"
#include "air/tables/sub_word.hpp"
#include "air/tables/trap.hpp"
#include "air/tables/trap_if.hpp"

namespace mipzk::air {

// Numbers of the tables, part of the protocol. The table of an instruction class has the number of
// the class.
using TableId = uint8_t;
inline constexpr TableId kTableRom = 64, kTableFixed = 65, kTableRegion = 66, kTableImage = 67,
                         kTableBoundary = 68, kTableFresh = 69, kTablePublic = 70, kTableBump = 71;

template <class... T>
struct TypeList {
  static constexpr unsigned kSize = sizeof...(T);
};

// In ascending order of their numbers.
using AllTables =
    TypeList<Nop, Add, AddTrap, AddImm, Logic, LogicImm, Shift, ShiftVar, Slt, SltImm, BranchEq,
             BranchZero, BranchLink, Jump, JumpLink, JumpReg, JumpRegLink, LoadWord, StoreWord,
             LoadSub, LoadPart, StoreSub, StorePart, Mult, Div, Halt, Hint, BranchLikely, MoveCond,
             MultAcc, CountLeading, BitField, ByteOps, TrapEqual, TrapLess, LoadLinked, StoreCond,
             LoadDouble, StoreDouble, MovePair, Trap, Rom, Fixed, Region, Image, Boundary, Fresh,
             Public, Bump>;
inline constexpr unsigned kTableCount = AllTables::kSize;

namespace detail {

template <class T>
struct Name;
#define MIPZK_TABLE_NAME(T)                  \
  template <>                                \
  struct Name<T> {                           \
    static constexpr const char* kName = #T; \
  };
MIPZK_TABLE_NAME(Nop)
MIPZK_TABLE_NAME(Add)
MIPZK_TABLE_NAME(AddTrap)
MIPZK_TABLE_NAME(AddImm)
MIPZK_TABLE_NAME(Logic)
MIPZK_TABLE_NAME(LogicImm)
MIPZK_TABLE_NAME(Shift)
MIPZK_TABLE_NAME(ShiftVar)
MIPZK_TABLE_NAME(Slt)
MIPZK_TABLE_NAME(SltImm)
MIPZK_TABLE_NAME(BranchEq)
MIPZK_TABLE_NAME(BranchZero)
MIPZK_TABLE_NAME(BranchLink)
MIPZK_TABLE_NAME(Jump)
MIPZK_TABLE_NAME(JumpLink)
MIPZK_TABLE_NAME(JumpReg)
MIPZK_TABLE_NAME(JumpRegLink)
MIPZK_TABLE_NAME(LoadWord)
MIPZK_TABLE_NAME(StoreWord)
MIPZK_TABLE_NAME(LoadSub)
MIPZK_TABLE_NAME(LoadPart)
MIPZK_TABLE_NAME(StoreSub)
MIPZK_TABLE_NAME(StorePart)
MIPZK_TABLE_NAME(Mult)
MIPZK_TABLE_NAME(Div)
MIPZK_TABLE_NAME(Halt)
MIPZK_TABLE_NAME(Hint)
MIPZK_TABLE_NAME(BranchLikely)
MIPZK_TABLE_NAME(MoveCond)
MIPZK_TABLE_NAME(MultAcc)
MIPZK_TABLE_NAME(CountLeading)
MIPZK_TABLE_NAME(BitField)
MIPZK_TABLE_NAME(ByteOps)
MIPZK_TABLE_NAME(TrapEqual)
MIPZK_TABLE_NAME(TrapLess)
MIPZK_TABLE_NAME(LoadLinked)
MIPZK_TABLE_NAME(StoreCond)
MIPZK_TABLE_NAME(LoadDouble)
MIPZK_TABLE_NAME(StoreDouble)
MIPZK_TABLE_NAME(MovePair)
MIPZK_TABLE_NAME(Trap)
MIPZK_TABLE_NAME(Rom)
MIPZK_TABLE_NAME(Fixed)
MIPZK_TABLE_NAME(Region)
MIPZK_TABLE_NAME(Image)
MIPZK_TABLE_NAME(Boundary)
MIPZK_TABLE_NAME(Fresh)
MIPZK_TABLE_NAME(Public)
MIPZK_TABLE_NAME(Bump)
#undef MIPZK_TABLE_NAME

template <class T>
consteval TableId table_id() {
  if constexpr (std::is_same_v<T, Rom>) {
    return kTableRom;
  } else if constexpr (std::is_same_v<T, Fixed>) {
    return kTableFixed;
  } else if constexpr (std::is_same_v<T, Region>) {
    return kTableRegion;
  } else if constexpr (std::is_same_v<T, Image>) {
    return kTableImage;
  } else if constexpr (std::is_same_v<T, Boundary>) {
    return kTableBoundary;
  } else if constexpr (std::is_same_v<T, Fresh>) {
    return kTableFresh;
  } else if constexpr (std::is_same_v<T, Public>) {
    return kTablePublic;
  } else if constexpr (std::is_same_v<T, Bump>) {
    return kTableBump;
  } else {
    return static_cast<TableId>(T::kClass);
  }
}

template <class F, class... T>
constexpr void for_each(F& f, TypeList<T...>) {
  (f.template operator()<T>(), ...);
}

}  // namespace detail

template <class T>
inline constexpr TableId kTableId = detail::table_id<T>();
template <class T>
inline constexpr const char* kTableName = detail::Name<T>::kName;

// Calls f.operator()<T>() for every table T in ascending order: for_each_table([]<class T>() {..}).
template <class F>
constexpr void for_each_table(F&& f) {
  detail::for_each(f, AllTables{});
}

// A table at run time.
struct TableInfo {
  TableId id;
  const char* name;
  Layout layout;
  unsigned slots;  // instructions that a row can hold
};

namespace detail {

template <class... T>
struct Infos {
  static constexpr TableInfo kInfos[] = {
      {kTableId<T>, kTableName<T>, compute_layout<T>(), T::kSlots}...};
};
template <class... T>
constexpr Infos<T...> infos_of(TypeList<T...>) {
  return {};
}

}  // namespace detail

// kTableCount entries in ascending order of their ids.
inline constexpr const TableInfo (&kTables)[kTableCount] =
    decltype(detail::infos_of(AllTables{}))::kInfos;

static_assert([] {
  for (unsigned i = 1; i < kTableCount; ++i)
    if (kTables[i - 1].id >= kTables[i].id) return false;
  return true;
}());

// The table with number `id`, or nullptr.
constexpr const TableInfo* find_table(TableId id) {
  for (const TableInfo& t : kTables)
    if (t.id == id) return &t;
  return nullptr;
}

}  // namespace mipzk::air
