// SPDX-License-Identifier: Apache-2.0
#include "unit/vm/recording_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "unit/vm/event_check.hpp"
#include "vm/boundary.hpp"

namespace mipzk::test {
namespace {

using isa::Class;
using vm::Event;

constexpr uint32_t kReg = vm::kRegisterKeyBase;

// One edge of the path of a word: the access at t_new takes over from the one at t_old.
struct Edge {
  uint32_t t_old, t_new, old_value, new_value;
  bool writable, bump;
};

using Paths = std::map<uint32_t, std::vector<Edge>>;

void add_edges(const Event& e, const isa::RomEntry& r, Paths& paths) {
  const EventShape u = event_shape(r.cls);
  const auto add = [&](bool used, uint32_t key, uint32_t slot, uint32_t t_old, uint32_t from,
                       uint32_t to, bool writable) {
    if (used) {
      paths[key].push_back({t_old, e.clk + slot, from, to, writable, false});
    } else {
      EXPECT_EQ(t_old | from | to, 0u) << "unused field, class " << static_cast<int>(r.cls);
    }
  };
  const uint32_t second = e.mem_addr / 4 + 1;  // of a double
  const bool load = u.next_word && !u.store, store = u.next_word && u.store;
  add(u.rs, kReg + r.rs, 1, e.t_rs, e.rs, e.rs, true);
  add(u.rt, load ? second : kReg + r.rt, 2, e.t_rt, e.rt, e.rt, !load || (e.mem_writable & 2) != 0);
  add(u.hi, kReg + hi_register(r), 3, e.t_hi, e.hi_old, e.hi_new, true);
  add(u.rd, store ? second : kReg + rd_register(r), 4, e.t_rd, e.rd_old, e.rd_new, true);
  add(u.mem, u.link ? kReg + isa::kLink : e.mem_addr / 4, 3, e.t_mem, e.mem_old, e.mem_new,
      u.link || (e.mem_writable & 1) != 0);
  if (!u.mem || u.link) {
    EXPECT_EQ(e.mem_addr | e.mem_writable, 0u);
  }
}

void add_edges(const vm::FaultEvent& e, const isa::Program& program, Paths& paths) {
  const auto add = [&](uint32_t key, uint32_t slot, uint32_t t, uint32_t from, uint32_t to,
                       bool writable = true) {
    paths[key].push_back({t, e.clk + slot, from, to, writable, false});
  };
  const auto rom = std::find_if(program.rom.begin(), program.rom.end(),
                                [&](const isa::RomEntry& r) { return r.pc4 == e.pc / 4; });
  const vm::FaultTable table = vm::table_of(e.fault.code);
  if (table != vm::FaultTable::kFetch) add(kReg + rom->rs, 1, e.t_rs, e.rs, e.rs);
  if (table == vm::FaultTable::kOperand) add(kReg + rom->rt, 2, e.t_rt, e.rt, e.rt);
  add(kReg + isa::kLink, 3, e.link.t, e.link.value, 0);
  for (uint32_t i = 0; i < e.fault.words; ++i)
    add(e.words[i].key, 3 + i, e.words[i].t, e.words[i].before, e.words[i].after,
        e.words[i].writable != 0);
  add(kReg + isa::kEpc, 4, e.epc.t, e.epc.value, e.pc);
  add(kReg + isa::kEnpc, 4, e.enpc.t, e.enpc.value, e.npc);
  add(kReg + isa::kCause, 4, e.cause.t, e.cause.value, 4 * static_cast<uint32_t>(e.fault.code));
  add(kReg + isa::kBadVAddr, 4, e.address.t, e.address.value, e.fault.address);
}

void check_path(uint32_t key, std::vector<Edge>& path, const vm::Touched& t) {
  std::sort(path.begin(), path.end(),
            [](const Edge& a, const Edge& b) { return a.t_new < b.t_new; });
  uint32_t time = 0, value = t.in_lo | t.in_hi << 16;
  for (const Edge& e : path) {
    ASSERT_EQ(e.t_old, time) << "key " << std::hex << key;
    ASSERT_GT(e.t_new, e.t_old);
    ASSERT_LT(e.t_new, 1u << 28);
    ASSERT_EQ(e.old_value, value) << "key " << std::hex << key;
    ASSERT_EQ(e.writable, t.writable != 0);
    if (e.bump) {
      ASSERT_EQ(e.old_value, e.new_value);
    } else {
      ASSERT_LT(e.t_new - e.t_old - 1, 1u << 16);
    }
    time = e.t_new;
    value = e.new_value;
  }
  EXPECT_EQ(time, t.t_last);
  EXPECT_EQ(value, t.out_lo | t.out_hi << 16);
  EXPECT_LT(std::max({t.in_lo, t.in_hi, t.out_lo, t.out_hi}), 1u << 16);
}

// An event and the pc that it leaves.
struct Step {
  Event event;
  uint32_t next_pc;
};

// The state at a boundary, as word addresses.
struct State {
  uint32_t pc4, npc4;
};

constexpr State kHalted{vm::kHaltedPc4, 0};

// `state`: before the shard, which is idle after HALT; then behind it.
void check_state(const std::map<uint32_t, Step>& by_clk, const vm::ShardRecord& shard,
                 const std::vector<Event>& halts, State& state) {
  const vm::Touched& row = shard.touched.back();
  EXPECT_EQ(row.key, vm::kStateKey);
  EXPECT_EQ(row.in_lo, state.pc4);
  EXPECT_EQ(row.in_hi, state.npc4);
  const bool idle = state.pc4 == vm::kHaltedPc4;
  EXPECT_TRUE(!idle || by_clk.empty());
  uint32_t clk = 0, pc = 4 * state.pc4, npc = 4 * state.npc4;
  for (const auto& [at, step] : by_clk) {
    ASSERT_EQ(at, clk);
    ASSERT_EQ(step.event.pc, pc);
    ASSERT_EQ(step.event.npc, npc);
    pc = step.next_pc;
    npc = step.event.next_npc;
    clk += 4;
  }
  EXPECT_EQ(clk, 4 * shard.cycles);
  ASSERT_LE(halts.size(), 1u);
  if (!halts.empty()) {
    EXPECT_EQ(halts[0].clk, clk - 4);
  }
  state = idle || !halts.empty() ? kHalted : State{pc / 4, npc / 4};
  EXPECT_EQ(row.out_lo, state.pc4);
  EXPECT_EQ(row.out_hi, state.npc4);
  EXPECT_EQ(row.t_last, clk);
}

uint32_t window_word(ByteView bytes, uint32_t index, bool little_endian) {
  if (index == 0) return static_cast<uint32_t>(bytes.size());
  uint32_t word = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const size_t b = 4 * (index - size_t{1}) + i;
    if (b < bytes.size()) word |= uint32_t{bytes[b]} << (little_endian ? 8 * i : 24 - 8 * i);
  }
  return word;
}

struct Source {
  uint32_t value;
  bool writable;
};

// The token that the source tables give to a key; none for unmapped words.
bool source_of(const isa::Program& program, const vm::Inputs& inputs, const vm::Outcome& outcome,
               uint32_t key, Source& source) {
  const auto in_window = [&](uint32_t base, uint32_t words) { return key - base / 4 < words; };
  const auto words = [](size_t bytes) { return static_cast<uint32_t>(1 + (bytes + 3) / 4); };
  const auto image =
      std::lower_bound(program.image.begin(), program.image.end(), key,
                       [](const isa::ImageWord& w, uint32_t k) { return w.key < k; });
  if (image != program.image.end() && image->key == key) {
    source = {image->value, image->writable};
  } else if (key == kReg + isa::kExitCode) {
    source = {0, true};
  } else if (in_window(isa::kPublicBase, words(inputs.public_input.size()))) {
    source = {window_word(inputs.public_input, key - isa::kPublicBase / 4, program.little_endian),
              false};
  } else if (in_window(isa::kOutputBase, words(outcome.output.size()))) {
    source = {0, true};
  } else {
    for (const isa::Region& region : program.regions) {
      if (key < region.start || key >= region.end) continue;
      const bool secret = region.kind == isa::RegionKind::kPrivate;
      source = {secret ? window_word(inputs.private_input, key - isa::kPrivateBase / 4,
                                     program.little_endian)
                       : 0u,
                !secret};
      return true;
    }
    return false;
  }
  return true;
}

// What is alive of a word between two shards.
struct Token {
  uint32_t value;
  bool writable;
  uint32_t shard;
};
using Tokens = std::map<uint32_t, Token>;  // of the words that were touched

// Takes the words that a shard touched over from the shards before.
void check_tokens(const isa::Program& program, const vm::Inputs& inputs,
                  const vm::Recording& recording, uint32_t number, Tokens& tokens) {
  for (const vm::Touched& t : recording.shards[number - 1].touched) {
    if (t.key == vm::kStateKey) {
      EXPECT_EQ(t.shard_in, number - 1);
      continue;
    }
    auto token = tokens.find(t.key);
    if (token == tokens.end()) {
      Source source{};
      ASSERT_TRUE(source_of(program, inputs, recording.outcome, t.key, source))
          << std::hex << t.key;
      token = tokens.emplace(t.key, Token{source.value, source.writable, 0}).first;
    }
    EXPECT_EQ(t.in_lo | t.in_hi << 16, token->second.value) << std::hex << t.key;
    EXPECT_EQ(t.writable != 0, token->second.writable) << std::hex << t.key;
    EXPECT_EQ(t.shard_in, token->second.shard) << std::hex << t.key;
    token->second.value = t.out_lo | t.out_hi << 16;
    token->second.shard = number;
  }
}

void check_finals(const isa::Program& program, const vm::Inputs& inputs,
                  const vm::Recording& recording, const Tokens& tokens) {
  std::set<uint32_t> expected;
  for (const auto& [key, token] : tokens) expected.insert(key);
  expected.insert(kReg + isa::kExitCode);
  for (uint32_t i = 0; i < 1 + (inputs.public_input.size() + 3) / 4; ++i)
    expected.insert(isa::kPublicBase / 4 + i);
  for (uint32_t i = 0; i < 1 + (recording.outcome.output.size() + 3) / 4; ++i)
    expected.insert(isa::kOutputBase / 4 + i);
  ASSERT_EQ(recording.finals.size(), expected.size());
  auto key = expected.begin();
  for (const vm::SourceWord& w : recording.finals) {
    ASSERT_EQ(w.key, *key++);
    Source source{};
    ASSERT_TRUE(source_of(program, inputs, recording.outcome, w.key, source)) << std::hex << w.key;
    EXPECT_EQ(w.value_init, source.value) << std::hex << w.key;
    const auto token = tokens.find(w.key);
    const bool touched = token != tokens.end();
    EXPECT_EQ(w.shard_last, touched ? token->second.shard : 0u);
    EXPECT_EQ(w.value_final, touched ? token->second.value : w.value_init);
    if (w.key == kReg + isa::kExitCode) {
      EXPECT_EQ(w.value_final, recording.outcome.exit_code);
    }
    const uint32_t out = w.key - isa::kOutputBase / 4;
    if (out < isa::kWindowSize / 4) {
      EXPECT_EQ(w.value_final, window_word(recording.outcome.output, out, program.little_endian));
    }
  }
}

// How often each row of ROM is used, and which are.
void check_executed(const isa::Program& program, const vm::ShardRecord& shard,
                    const Events& events) {
  std::map<uint32_t, uint32_t> uses;  // by row
  const auto use = [&](uint32_t pc) {
    for (uint32_t i = 0; i < program.rom.size(); ++i)
      if (program.rom[i].pc4 == pc / 4) ++uses[i];
  };
  const bool large = program.rom.size() > 1000;  // quadratic
  for (const auto& list : events.by_class)
    for (const Event& e : list)
      if (!large) use(e.pc);
  for (const vm::FaultEvent& e : events.faults) {
    if (!large) use(e.pc);
    if (e.fault.span != vm::kNoSpan)
      ++uses[static_cast<uint32_t>(program.rom.size()) + e.fault.span];
  }
  for (const vm::Executed& e : shard.executed)
    if (!large || e.rom >= program.rom.size()) {
      ASSERT_EQ(uses[e.rom], e.count) << "row " << e.rom;
      uses.erase(e.rom);
    }
  EXPECT_TRUE(uses.empty());
}

void check_shard(const isa::Program& program, const vm::ShardRecord& shard, const Events& events,
                 State& state) {
  std::map<uint32_t, isa::RomEntry> rom;
  for (const isa::RomEntry& r : program.rom) rom[r.pc4] = r;

  Paths paths;
  std::map<uint32_t, Step> by_clk;
  EXPECT_TRUE(events.by_class[0].empty());
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls) {
    uint32_t previous = 0;
    EXPECT_EQ(events.by_class[cls].size(), shard.counts[cls]);
    for (const Event& e : events.by_class[cls]) {
      EXPECT_TRUE(by_clk.empty() || e.clk >= previous) << "events of a class are in order";
      previous = e.clk;
      const auto r = rom.find(e.pc / 4);
      ASSERT_NE(r, rom.end());
      ASSERT_EQ(static_cast<unsigned>(r->second.cls), cls);
      ASSERT_TRUE(by_clk.emplace(e.clk, Step{e, next_pc(e, r->second)}).second);
      check_event(e, r->second);
      add_edges(e, r->second, paths);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "at pc 0x" << std::hex << e.pc << " class " << std::dec << cls;
        return;
      }
    }
  }
  for (const vm::FaultEvent& e : events.faults) {
    Step step{{}, isa::kFaultVector};
    step.event.pc = e.pc;
    step.event.npc = e.npc;
    step.event.next_npc = isa::kFaultVector + 4;
    ASSERT_TRUE(by_clk.emplace(e.clk, step).second);
    check_fault(e, program);
    add_edges(e, program, paths);
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "fault at pc 0x" << std::hex << e.pc;
      return;
    }
  }
  check_executed(program, shard, events);
  for (const vm::Bump& b : events.bumps) {
    const uint32_t value = b.value_lo | b.value_hi << 16;
    paths[b.key].push_back({b.t_old, b.t_new, value, value, b.writable != 0, true});
  }
  check_state(by_clk, shard, events.of(Class::kHalt), state);

  for (size_t i = 1; i < shard.touched.size(); ++i)
    ASSERT_LT(shard.touched[i - 1].key, shard.touched[i].key);
  ASSERT_EQ(paths.size() + 1, shard.touched.size());
  for (const vm::Touched& t : shard.touched) {
    if (t.key == vm::kStateKey) continue;
    const auto path = paths.find(t.key);
    ASSERT_NE(path, paths.end()) << "touched but never accessed: " << std::hex << t.key;
    check_path(t.key, path->second, t);
  }
}

}  // namespace

void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording) {
  std::vector<Events> events;
  for (const vm::ShardRecord& shard : recording.shards) events.push_back(replayed(program, shard));
  check_recording(program, inputs, recording, events);
}

void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording, std::span<const Events> events) {
  uint64_t cycles = 0;
  Tokens tokens;
  State state{program.entry / 4, program.entry / 4 + 1};
  ASSERT_EQ(recording.shards.size(), events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    SCOPED_TRACE("shard " + std::to_string(i + 1));
    const vm::ShardRecord& shard = recording.shards[i];
    cycles += shard.cycles;
    check_shard(program, shard, events[i], state);
    check_tokens(program, inputs, recording, static_cast<uint32_t>(i + 1), tokens);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(state.pc4, vm::kHaltedPc4) << "the last shard leaves the run halted";
  EXPECT_EQ(cycles, recording.outcome.cycles);
  check_finals(program, inputs, recording, tokens);
}

vm::Recording run_and_check(const isa::Program& program, const vm::Inputs& inputs,
                            uint64_t shard_cycles) {
  vm::FaultReport report;
  const auto plain = vm::run(program, inputs, {}, {}, &report);
  EXPECT_TRUE(plain.ok()) << report.text;
  auto recording =
      vm::record(program, inputs, {.max_shard_cycles = shard_cycles, .max_shards = vm::kMaxShards});
  EXPECT_TRUE(recording.ok()) << recording.error().message;
  if (!plain.ok() || !recording.ok()) return {};
  EXPECT_EQ(plain->cycles, recording->outcome.cycles);
  EXPECT_EQ(plain->exit_code, recording->outcome.exit_code);
  EXPECT_EQ(plain->output, recording->outcome.output);
  check_recording(program, inputs, *recording);
  return std::move(*recording);
}

}  // namespace mipzk::test
