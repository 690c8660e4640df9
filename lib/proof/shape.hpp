// SPDX-License-Identifier: Apache-2.0
// The shape of a shard: its table instances, the matrices that they commit to and the trees that
// hold them. Prover and verifier both derive everything from the list of instances, here.
#pragma once

#include <span>

#include "air/instance.hpp"
#include "air/table_info.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "proof/statement.hpp"

namespace mipzk::proof {

// What a verifier's workspace has room for: 746 bytes an instance, 40 a column.
inline constexpr unsigned kMaxInstances = 160;
inline constexpr unsigned kMaxMatrices =
    3 * kMaxInstances + 2 * (air::kMaxLogHeight - air::kMinLogHeight + 1) + 8;
// Least log2 of the height of a tree's columns: that of the fixed table, which every shard has.
inline constexpr unsigned kMinLogTree = air::kFixedLogRows;
inline constexpr unsigned kMaxColumns = 1u << 13;  // base columns opened in a shard
inline constexpr uint64_t kMaxMessages = uint64_t{1} << 28;
inline constexpr uint64_t kMaxTicks = uint64_t{1} << 28;

using air::Instance;

enum Tree : uint8_t {
  kTreeProgram,
  kTreeFixed,
  kTreePassOne,
  kTreeMain,
  kTreeExt,
  kTreeQuotient,
};
inline constexpr unsigned kTreeCount = 6;
// A stack for each height in each tree, two in that of the extension columns; the mask.
inline constexpr unsigned kMaxStacks =
    (kTreeCount + 1) * (air::kMaxLogHeight - air::kMinLogHeight + 1) + 1;

// Columns of one height in one tree, opened at the same points, side by side: all the matrices'
// columns of that kind, in order. They are committed as `width` stacked columns of the tree's
// height, with 2^log_slots slots each (docs/PROTOCOL.md, section 6): column c is in slot c / width
// of stacked column c % width.
struct Stack {
  Tree tree;
  uint8_t log_height;  // of the columns
  bool running;        // opened at g * zeta too
  bool opened;         // at zeta; all but the FRI mask
  uint8_t log_slots = 0;
  uint16_t columns = 0;
  uint16_t width = 0;
  uint16_t first_word = 0;  // where the stacked columns begin in a row of the tree
  uint16_t used_slots = 0;  // that hold a column
  uint32_t first_pair = 0;  // number of the first (stacked column, point) pair, if it is opened
  uint32_t first_slot = 0;  // likewise of the first (slot, point)

  unsigned slots() const { return used_slots; }
};

// Sets log_slots, width and first_word of the stacks of a tree, whose log_height, columns are set,
// in order. Returns log2 of the tree's height: that of its highest columns, at least kMinLogTree.
unsigned stack_columns(std::span<Stack> tree);

// A committed matrix of `width` base columns. Those of its running extension columns are opened at
// g * zeta too. `instance` is -1 where none owns it. The FRI mask, which is the last matrix, is not
// opened at zeta.
struct Matrix {
  // Where its columns are in a stack, which holds them one after the other.
  struct Place {
    uint8_t stack;  // of Shape::stacks()
    uint16_t first_column;
  };

  Tree tree;
  uint8_t log_height;
  bool opened;  // at zeta
  int16_t instance;
  air::TableId table;  // whose columns they are, 0: of none
  uint16_t width;
  uint16_t running;        // running extension columns
  uint32_t first_opening;  // number of its first opened value, if it is opened
  Place plain, next;       // of the columns that are opened at zeta alone, and of the running ones
};

// log2 of the height that the program or the protocol fixes for a table, 0: neither does.
unsigned own_height(const ProgramHeader& header, air::TableId table);

class Shape {
 public:
  // Checks the list (docs/PROTOCOL.md, "Shape") and derives the rest. `header` fixes the heights of
  // the program's tables; `shard` is the number of the shard, from 1.
  static Status make(std::span<const Instance> instances, const ProgramHeader& header,
                     const Profile& profile, Shape& out, uint32_t shard = 1);

  std::span<const Instance> instances() const { return {instances_, instance_count_}; }
  const air::TableInfo& info(size_t i) const { return *info_[i]; }
  std::span<const Matrix> matrices() const { return {matrices_, matrix_count_}; }
  // Whether the shard has a matrix in the tree: later ones than the first have none in the
  // program's.
  bool has(Tree tree) const {
    for (const Matrix& m : matrices())
      if (m.tree == tree) return true;
    return false;
  }
  // All stacks, tree by tree; in a tree by descending height, of one height that of columns which
  // are opened at zeta alone first; the mask last.
  std::span<const Stack> stacks() const { return {stacks_, stack_count_}; }
  // Words of a row of a tree.
  size_t row_width(Tree tree) const {
    size_t width = 0;
    for (const Stack& s : stacks())
      if (s.tree == tree) width += s.width;
    return width;
  }
  // log2 of the height of a tree's stacked columns; of a tree that the shard does not have,
  // kMinLogTree.
  unsigned log_tree(Tree tree) const { return log_tree_[tree]; }
  // Opened values: (column, point) pairs, numbered in the order of the proof: instance by instance
  // the preprocessed, base and extension columns, these at zeta, then the running ones at g zeta;
  // after them the quotient chunks.
  uint32_t openings() const { return openings_; }
  // (stacked column, point) pairs, numbered stack by stack: at zeta, then those of running columns
  // at g zeta.
  uint32_t pairs() const { return pairs_; }
  // (slot, point) pairs of the slots that hold columns, numbered likewise.
  uint32_t point_slots() const { return point_slots_; }
  uint32_t constraints() const { return constraints_; }
  uint32_t columns() const { return columns_; }
  uint64_t messages() const { return messages_; }
  // Those under the global challenges, which the caps of all shards together are about.
  uint64_t global_messages() const { return global_messages_; }
  uint64_t slots() const { return slots_; }
  // Of all instances: the domain of the shard's word.
  unsigned max_log_height() const { return max_log_; }
  // Bit h is set when some instance has height 2^h.
  uint32_t height_mask() const { return heights_; }
  uint32_t gamma_offset(size_t instance) const { return gamma_[instance]; }

 private:
  Status add(const Matrix& m);
  void number_openings();
  void stack();

  Instance instances_[kMaxInstances];
  const air::TableInfo* info_[kMaxInstances];
  uint32_t gamma_[kMaxInstances];
  Matrix matrices_[kMaxMatrices];
  Stack stacks_[kMaxStacks];
  uint8_t log_tree_[kTreeCount] = {};
  uint32_t instance_count_ = 0, matrix_count_ = 0, stack_count_ = 0;
  uint32_t openings_ = 0, pairs_ = 0, point_slots_ = 0;
  uint32_t constraints_ = 0, columns_ = 0, heights_ = 0;
  uint64_t messages_ = 0, global_messages_ = 0, slots_ = 0;
  unsigned max_log_ = 0;
};

// Calls f(column, count, stack, at) for each run of a matrix's columns that lie in one stack: from
// `column` on `count` of them, the first of which is column `at` of the stack.
template <class F>
void each_run(const Shape& shape, const Matrix& m, F&& f) {
  const auto stacks = shape.stacks();
  if (m.running == 0) {
    f(size_t{0}, size_t{m.width}, stacks[m.plain.stack], size_t{m.plain.first_column});
    return;
  }
  size_t plain = m.plain.first_column, next = m.next.first_column, column = 0;
  const auto plain_until = [&](size_t end) {
    if (column < end) f(column, end - column, stacks[m.plain.stack], plain);
    plain += end - column;
    column = end;
  };
  for (const unsigned c : shape.info(static_cast<size_t>(m.instance)).layout.running()) {
    if (c == air::Layout::kNoColumn) continue;
    plain_until(5 * c);
    f(column, size_t{5}, stacks[m.next.stack], next);
    next += 5;
    column += 5;
  }
  plain_until(m.width);
}

// Reads `count` and the instances. Fails with kMalformed.
Status read_instances(Reader& reader, Instance out[kMaxInstances], uint32_t& count);

// Reads and checks the shape of a shard of the proof with this statement. Fails with kMalformed.
Status read_shape(Reader& reader, const Statement& statement, uint32_t shard, Shape& out);

}  // namespace mipzk::proof
