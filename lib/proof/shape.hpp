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

// What a verifier's workspace has room for: 722 bytes an instance, 40 a column.
inline constexpr unsigned kMaxInstances = 160;
inline constexpr unsigned kMaxMatrices =
    3 * kMaxInstances + 2 * (air::kMaxLogHeight - air::kMinLogHeight + 1) + 8;
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

// A committed matrix of `width` base columns. Those of its running extension columns are opened at
// g * zeta too. `instance` is -1 where none owns it. The FRI mask, which is the last matrix, is not
// opened at zeta.
struct Matrix {
  Tree tree;
  uint8_t log_height;
  bool opened;  // at zeta
  int16_t instance;
  air::TableId table;  // whose columns they are, 0: of none
  uint16_t width;
  uint16_t running;     // running extension columns
  uint32_t first_pair;  // index of its first (column, point) pair, if it is opened
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
  // (column, point) pairs, numbered in the order of the openings: instance by instance the
  // preprocessed, base and extension columns, these at zeta, then the running ones at g zeta; after
  // them the quotient chunks.
  uint32_t pairs() const { return pairs_; }
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
  void number_pairs();

  Instance instances_[kMaxInstances];
  const air::TableInfo* info_[kMaxInstances];
  uint32_t gamma_[kMaxInstances];
  Matrix matrices_[kMaxMatrices];
  uint32_t instance_count_ = 0, matrix_count_ = 0;
  uint32_t pairs_ = 0, constraints_ = 0, columns_ = 0, heights_ = 0;
  uint64_t messages_ = 0, global_messages_ = 0, slots_ = 0;
  unsigned max_log_ = 0;
};

// Reads `count` and the instances. Fails with kMalformed.
Status read_instances(Reader& reader, Instance out[kMaxInstances], uint32_t& count);

// Reads and checks the shape of a shard of the proof with this statement. Fails with kMalformed.
Status read_shape(Reader& reader, const Statement& statement, uint32_t shard, Shape& out);

}  // namespace mipzk::proof
