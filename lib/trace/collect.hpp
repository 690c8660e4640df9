// SPDX-License-Identifier: Apache-2.0
// Completes rows whose named columns are filled: pair columns, and the requests counted.
#pragma once

#include <vector>

#include "air/table_info.hpp"
#include "base/secret_memory.hpp"
#include "trace/counts.hpp"

namespace mipzk::trace {

using field::Fp;

// For the rows of one table; threads have a Collector each.
class Collector {
 public:
  Collector(const air::TableInfo& table, uint32_t shard, const isa::Program& program,
            LookupCounts& counts);

  // `rows` rows with the table's base columns; their preprocessed columns, null where the table has
  // none.
  void run(const Fp* pre, Fp* base, size_t rows);

  // Called by air::read_statement for the statements that are kept, on the rows of a block.
  void arithmetic(air::Code code, air::Operand to, air::Operand a, air::Operand b);
  void range(air::Operand v);
  void request(const air::LookupOperands& m);
  void zero(air::Operand) {}
  void provide(const air::LookupOperands&) {}
  void local(const air::MessageOperands&, const air::MessageOperands&) {}
  void global(const air::MessageOperands&, const air::MessageOperands&) {}
  void global_send(air::Operand, const air::MessageOperands&) {}

 private:
  static constexpr size_t kBlock = 64;

  Fp* values(air::Operand o) { return &values_[o * kBlock]; }
  template <class A>
  void count(A& array, int64_t index) {
    if (index >= 0) {
      ++array[static_cast<size_t>(index)];
    } else {
      counts_.bad = true;
    }
  }

  const air::Layout& layout_;
  const isa::Program& program_;
  LookupCounts& counts_;
  std::vector<uint16_t> words_;
  air::Rules rules_;                   // ranges and requests alone
  std::vector<air::Operand> columns_;  // that they read
  SecretVector<Fp> values_;            // by operand, then row of the block

  // The block at work.
  Fp* base_ = nullptr;
  size_t rows_ = 0;
  unsigned pairs_ = 0;
  bool pending_ = false;
  air::Operand first_ = 0;
};

}  // namespace mipzk::trace
