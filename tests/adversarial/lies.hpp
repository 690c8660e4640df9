// SPDX-License-Identifier: Apache-2.0
// A machine that lies at one instruction and goes on consistently: every later access sees the
// false value, and the claim follows it.
#pragma once

#include <optional>

#include "adversarial/shards.hpp"
#include "unit/vm/events.hpp"

namespace mipzk::attack {

// A straight program (single instances of all tables) and its recording.
struct Told {
  const prove::LoadedProgram* program;
  Bytes3 in;
  vm::Recording recording;
  test::Events events;
  Shard shard;  // the honest one

  Told(const prove::LoadedProgram& p, Bytes3 inputs)
      : program(&p),
        in(std::move(inputs)),
        recording(record(p, in)),
        events(test::replayed(p.program, recording)),
        shard(build(p, in.public_input, recording)) {}
};

// What the instruction says instead: its result (rd, LO), HI, the stored word, or the state after.
struct Lie {
  uint32_t pc = 0;
  std::optional<uint32_t> rd, hi, memory;
};
// The lie takes place at every execution of the instruction. Only moves, lw and sw may use a false
// value afterwards.
Shard lie(const Told& run, const Lie& l);

// A public input word has another value than the run saw, at all places but the effect of
// instructions other than moves, lw and sw. `index`: 0 is the first word after the length.
Shard pretend_input(const Told& run, uint32_t index, uint32_t value);

// Rows of `table` that are in use and have `pc` (a byte address).
size_t row_at(const Shard& shard, air::TableId table, uint32_t pc);
// The first instance of a table.
inline trace::InstanceTrace& table(Shard& s, air::TableId id) {
  trace::InstanceTrace* t = s.find(id);
  EXPECT_NE(t, nullptr) << air::find_table(id)->name;
  return *t;
}
inline trace::InstanceTrace& table(Shard& s, isa::Class cls) {
  return table(s, static_cast<air::TableId>(cls));
}
// The row of Boundary, Fresh or Public with this key.
size_t row_of_key(const Shard& shard, air::TableId table, uint32_t key);

}  // namespace mipzk::attack
