// SPDX-License-Identifier: Apache-2.0
// What is known of the tables without their rules' text: numbers, names, roles, layouts and the
// rules as data. Everything but the fillers of rows works with this.
#pragma once

#include <span>

#include "air/layout.hpp"
#include "air/rules.hpp"

namespace mipzk::air {

// Numbers of tables, part of the protocol. That of an instruction class is the number of the class;
// the others have these.
using TableId = uint8_t;
inline constexpr TableId kTableRom = 64, kTableFixed = 65, kTableRegion = 66, kTableImage = 67,
                         kTableBoundary = 68, kTableFresh = 69, kTablePublic = 70, kTableBump = 71,
                         kTableFetch = 72, kTableAccessFault = 73, kTableOperandFault = 74,
                         kTableFetchFault = 75;

// log2 of the height of FIXED, the same in every proof.
inline constexpr unsigned kFixedLogRows = 14;

enum class Role : uint8_t {
  kInstruction,  // a row holds executed instructions
  kProvider,     // answers lookups
  kSource,       // first and last tokens of words and of ROM entries
  kMemory,       // words within the shard, and what crosses its boundary
  kFault,        // a row holds a fault that the in-guest kernel takes, in place of an instruction
  kPrecompile,   // a call, which an instruction makes, has rows of its own, any number of them
};

// Who fixes the preprocessed columns, and in which tree they are.
enum class Preprocessed : uint8_t { kNone, kProgram, kProtocol };

// How many instances of a table a shard has.
enum class Count : uint8_t {
  kAny,
  kSome,  // at least one
  kOnce,  // exactly one, whose height the program or the protocol fixes
};

struct TableInfo {
  TableId id;
  const char* name;
  Role role;
  Preprocessed pre;
  Count count;
  // Sources, and what only they ask: in the first shard, so that no word has two sources.
  bool first_shard_only;
  unsigned slots;  // instructions that a row can hold; a fault counts as one
  Layout layout;
  Rules rules;
  const char* columns;      // names of the named base columns, separated by blanks
  const char* pre_columns;  // of the preprocessed columns
};

// All tables in ascending order of their ids.
std::span<const TableInfo> tables();

// The table with number `id`, or nullptr.
const TableInfo* find_table(TableId id);

}  // namespace mipzk::air
