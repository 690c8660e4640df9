// SPDX-License-Identifier: Apache-2.0
// The list of all tables, as types. Only what fills rows needs it: all else uses table_info.hpp.
#pragma once

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

namespace detail {

template <class F, class... T>
constexpr void for_each(F& f, TypeList<T...>) {
  (f.template operator()<T>(), ...);
}

}  // namespace detail

// Calls f.operator()<T>() for every table T in ascending order: for_each_table([]<class T>() {..}).
template <class F>
constexpr void for_each_table(F&& f) {
  detail::for_each(f, AllTables{});
}

}  // namespace mipzk::air
