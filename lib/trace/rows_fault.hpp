// SPDX-License-Identifier: Apache-2.0
// Rows of the faults that the in-guest kernel takes. For fill_rows().
#pragma once

#include "air/tables/fault.hpp"
#include "isa/program.hpp"
#include "trace/rows_words.hpp"

namespace mipzk::trace {

// A fault with what the program says of it.
struct FaultRow {
  vm::FaultEvent e;
  isa::RomEntry entry;  // of the instruction, if there is one
  isa::Span span;       // that is named, if one is
};
FaultRow fault_row(const isa::Program& program, const vm::FaultEvent& e);

void fill_fault(air::AccessFault::Row<Fp>& r, const FaultRow& f);
void fill_fault(air::OperandFault::Row<Fp>& r, const FaultRow& f);
void fill_fault(air::FetchFault::Row<Fp>& r, const FaultRow& f);

template <class Table>
struct FaultRows : OneRow<Table> {
  static void rows(const FaultRow& f, RowSink& out) { fill_fault(OneRow<Table>::next(out), f); }
};
using AccessFaultRows = FaultRows<air::AccessFault>;
using OperandFaultRows = FaultRows<air::OperandFault>;
using FetchFaultRows = FaultRows<air::FetchFault>;

}  // namespace mipzk::trace
