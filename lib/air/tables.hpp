// SPDX-License-Identifier: Apache-2.0
// The list of all tables, as types. For the two files that have a line for each of them,
// air/table_info.cpp and trace/rows.cpp; all else uses table_info.hpp, or includes the table it
// means.
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
#include "air/tables/fault.hpp"
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
#include "isa/classes.hpp"

namespace mipzk::air {

template <class... T>
struct TypeList {};

// In ascending order of their numbers: those of the instruction classes, then the others.
#define MIPZK_CLASS(number, name, accesses, flow) name,
using AllTables = TypeList<MIPZK_CLASSES(MIPZK_CLASS)  //
                           Rom,
                           Fixed, Region, Image, Boundary, Fresh, Public, Bump, Fetch, AccessFault,
                           OperandFault, FetchFault>;
#undef MIPZK_CLASS

}  // namespace mipzk::air
