#include "unit/vm/recording_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "field/fp.hpp"

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

struct Uses {
  bool rs = false, rt = false, mem = false, rd = false, hi = false;
};

Uses uses_of(Class cls) {
  switch (cls) {
    case Class::kNop:
    case Class::kJump:
      return {};
    case Class::kAdd:
    case Class::kAddTrap:
    case Class::kLogic:
    case Class::kSlt:
    case Class::kShiftVar:
      return {.rs = true, .rt = true, .rd = true};
    case Class::kAddImm:
    case Class::kLogicImm:
    case Class::kShift:
    case Class::kSltImm:
    case Class::kBranchLink:
    case Class::kJumpRegLink:
    case Class::kHalt:
      return {.rs = true, .rd = true};
    case Class::kBranchEq:
      return {.rs = true, .rt = true};
    case Class::kBranchZero:
    case Class::kJumpReg:
      return {.rs = true};
    case Class::kJumpLink:
    case Class::kHint:
      return {.rd = true};
    case Class::kLoadWord:
    case Class::kLoadSub:
    case Class::kLoadPart:
      return {.rs = true, .mem = true, .rd = true};
    case Class::kStoreWord:
    case Class::kStoreSub:
    case Class::kStorePart:
      return {.rs = true, .rt = true, .mem = true};
    case Class::kMult:
    case Class::kDiv:
      return {.rs = true, .rt = true, .rd = true, .hi = true};
  }
  return {};
}

// A ROM constant as a small signed number.
int64_t small(uint32_t k) { return k > field::kP / 2 ? int64_t{k} - field::kP : int64_t{k}; }
uint32_t low(int64_t v) { return static_cast<uint32_t>(static_cast<uint64_t>(v)); }
int32_t sign(uint32_t v) { return static_cast<int32_t>(v); }

uint32_t logic_bytes(uint32_t a, uint32_t b, int64_t k0, int64_t k1, int64_t k2, unsigned bytes) {
  uint32_t result = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    const int64_t x = a >> (8 * i) & 0xff, y = b >> (8 * i) & 0xff;
    result |= low(k0 * (x + y) + k1 * (x & y) + k2) << (8 * i);
  }
  return result;
}

uint32_t shifted(uint32_t x, const isa::RomEntry& r) {
  EXPECT_EQ(r.k[1] + r.k[2] + r.k[3] + r.k[4] + r.k[5], 1u);
  const uint64_t v = uint64_t{x} * r.k[0];
  if (r.k[1] != 0) return static_cast<uint32_t>(v);
  if (r.k[2] != 0) return static_cast<uint32_t>(v << 16);
  if (r.k[3] != 0) return static_cast<uint32_t>(v >> 16);
  if (r.k[4] != 0) return static_cast<uint32_t>(v >> 32);
  return x >> 16;
}

uint32_t shifted_var(uint32_t x, uint32_t by, const isa::RomEntry& r) {
  const uint32_t amount = (by & 31) + r.k[0];
  EXPECT_LT(amount, 32u);
  if (r.k[1] == 0) return x << amount;
  return r.k[2] == 0 ? x >> amount : static_cast<uint32_t>(sign(x) >> amount);
}

uint32_t limbs(const isa::RomEntry& r, unsigned i) { return r.k[i] | r.k[i + 1] << 16; }

unsigned bytes_of_word(uint32_t word, unsigned i) { return word >> (24 - 8 * i) & 0xff; }

// The loaded register or the stored word, byte by byte; memory and registers as arrays of bytes,
// most significant first.
uint32_t accessed(const Event& e, const isa::RomEntry& r) {
  const unsigned k = e.mem_addr % 4;
  const bool left = r.k[2] != 0;
  unsigned m[4], reg[4];
  const bool store = r.cls == Class::kStorePart || r.cls == Class::kStoreSub;
  for (unsigned i = 0; i < 4; ++i) {
    m[i] = bytes_of_word(e.mem_old, i);
    reg[i] = bytes_of_word(store ? e.rt : e.rd_old, i);
  }
  const auto join = [](const unsigned* b) { return b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]; };
  switch (r.cls) {
    case Class::kLoadPart:
      // lwl fills the register from its top with the bytes k..3; lwr its end with the bytes 0..k.
      for (unsigned i = 0; i < 4; ++i) {
        if (left && i + k < 4) reg[i] = m[i + k];
        if (!left && i <= k) reg[3 - k + i] = m[i];
      }
      return join(reg);
    case Class::kStorePart:
      for (unsigned i = 0; i < 4; ++i) {
        if (left && i + k < 4) m[i + k] = reg[i];
        if (!left && i <= k) m[i] = reg[3 - k + i];
      }
      return join(m);
    case Class::kStoreSub:
      m[k] = reg[r.k[2] != 0 ? 2 : 3];
      if (r.k[2] != 0) m[k + 1] = reg[3];
      return join(m);
    default: {  // kLoadSub
      uint32_t v = m[k];
      if (r.k[2] != 0) v = v << 8 | m[k + 1];
      const uint32_t top = r.k[2] != 0 ? 0x8000 : 0x80;
      return r.k[3] != 0 && (v & top) != 0 ? v - 2 * top : v;
    }
  }
}

void check_hi_lo(const Event& e, const isa::RomEntry& r) {
  const bool is_signed = r.k[0] != 0;
  if (r.cls == Class::kMult) {
    const uint64_t product =
        is_signed ? static_cast<uint64_t>(int64_t{sign(e.rs)} * sign(e.rt)) : uint64_t{e.rs} * e.rt;
    EXPECT_EQ(uint64_t{e.hi_new} << 32 | e.rd_new, product);
    return;
  }
  if (e.rt == 0) {
    EXPECT_EQ(e.rd_new, e.rs);
    EXPECT_EQ(e.hi_new, 0u);
    return;
  }
  const int64_t n = is_signed ? int64_t{sign(e.rs)} : int64_t{e.rs};
  const int64_t d = is_signed ? int64_t{sign(e.rt)} : int64_t{e.rt};
  EXPECT_EQ(e.rd_new, low(n / d));
  EXPECT_EQ(e.hi_new, low(n % d));
}

// Results and successor of an event from the constants of its ROM entry alone.
void check_event(const Event& e, const isa::RomEntry& r) {
  uint32_t rd = 0, next_npc = e.npc + 4;
  const auto branch = [&](bool taken, uint32_t target4) {
    if (taken) next_npc = target4 * 4;
  };
  const auto zero_test = [&] {
    const int64_t taken =
        small(r.k[0]) + small(r.k[1]) * (sign(e.rs) < 0) + small(r.k[2]) * (e.rs == 0);
    EXPECT_TRUE(taken == 0 || taken == 1);
    branch(taken == 1, r.k[3]);
  };
  uint32_t address = e.rs + limbs(r, 0);
  bool has_rd = uses_of(r.cls).rd;
  switch (r.cls) {
    case Class::kNop:
      break;
    case Class::kAdd:
      rd = low(int64_t{e.rs} + small(r.k[0]) * int64_t{e.rt});
      break;
    case Class::kAddTrap: {
      const int64_t sum =
          int64_t{sign(e.rs)} + small(r.k[0]) * (int64_t{sign(e.rt)} + sign(limbs(r, 1)));
      EXPECT_EQ(sum, sign(low(sum)));
      rd = low(sum);
      break;
    }
    case Class::kAddImm:
      rd = e.rs + limbs(r, 0);
      break;
    case Class::kLogic:
      rd = logic_bytes(e.rs, e.rt, small(r.k[0]), small(r.k[1]), small(r.k[2]), 4);
      break;
    case Class::kLogicImm:
      rd = logic_bytes(e.rs, r.k[2] | r.k[3] << 8, small(r.k[0]), small(r.k[1]), 0, 2);
      rd |= low(small(r.k[0]) * (e.rs >> 16)) << 16;
      break;
    case Class::kShift:
      rd = shifted(e.rs, r);
      break;
    case Class::kShiftVar:
      rd = shifted_var(e.rs, e.rt, r);
      break;
    case Class::kSlt:
      rd = r.k[0] != 0 ? sign(e.rs) < sign(e.rt) : e.rs < e.rt;
      break;
    case Class::kSltImm:
      EXPECT_EQ(r.k[3], r.k[2] >> 15);
      rd = r.k[0] != 0 ? sign(e.rs) < sign(limbs(r, 1)) : e.rs < limbs(r, 1);
      break;
    case Class::kBranchEq:
      branch((e.rs == e.rt) != (r.k[0] != 0), r.k[1]);
      break;
    case Class::kBranchZero:
      zero_test();
      break;
    case Class::kBranchLink:
      zero_test();
      rd = limbs(r, 4);
      EXPECT_EQ(rd, e.pc + 8);
      break;
    case Class::kJump:
    case Class::kJumpLink:
      next_npc = r.k[0] * 4;
      rd = limbs(r, 1);
      break;
    case Class::kJumpReg:
    case Class::kJumpRegLink:
      next_npc = e.rs;
      rd = limbs(r, 1);
      break;
    case Class::kLoadWord:
      rd = e.mem_old;
      EXPECT_EQ(e.mem_addr % 4, 0u);
      break;
    case Class::kStoreWord:
      EXPECT_EQ(e.mem_new, e.rt);
      EXPECT_EQ(e.mem_addr % 4, 0u);
      break;
    case Class::kLoadSub:
    case Class::kLoadPart:
      rd = accessed(e, r);
      break;
    case Class::kStoreSub:
    case Class::kStorePart:
      EXPECT_EQ(e.mem_new, accessed(e, r));
      break;
    case Class::kMult:
    case Class::kDiv:
      check_hi_lo(e, r);
      has_rd = false;
      break;
    case Class::kHalt:
      rd = e.rs;
      next_npc = 0;
      break;
    case Class::kHint:
      has_rd = false;  // a free word
      break;
  }
  EXPECT_EQ(e.next_npc, next_npc);
  if (has_rd) {
    EXPECT_EQ(e.rd_new, rd);
  }
  if (uses_of(r.cls).mem) {
    EXPECT_EQ(e.mem_addr, address);
    if (uses_of(r.cls).rd) {
      EXPECT_EQ(e.mem_old, e.mem_new);
    } else {
      EXPECT_EQ(e.mem_writable, 1u);
    }
  }
}

void add_edges(const Event& e, const isa::RomEntry& r, Paths& paths) {
  const Uses u = uses_of(r.cls);
  const auto reg = [&](bool used, unsigned number, uint32_t slot, uint32_t t_old, uint32_t from,
                       uint32_t to) {
    if (used) {
      paths[kReg + number].push_back({t_old, e.clk + slot, from, to, true, false});
    } else {
      EXPECT_EQ(t_old | from | to, 0u) << "unused field, class " << static_cast<int>(r.cls);
    }
  };
  const bool hi_lo = r.cls == Class::kMult || r.cls == Class::kDiv;
  reg(u.rs, r.rs, 1, e.t_rs, e.rs, e.rs);
  reg(u.rt, r.rt, 2, e.t_rt, e.rt, e.rt);
  reg(u.hi, isa::kHi, 3, e.t_hi, e.hi_old, e.hi_new);
  reg(u.rd, hi_lo ? isa::kLo : r.rd, 4, e.t_rd, e.rd_old, e.rd_new);
  if (u.mem) {
    paths[e.mem_addr / 4].push_back(
        {e.t_mem, e.clk + 3, e.mem_old, e.mem_new, e.mem_writable != 0, false});
  } else {
    EXPECT_EQ(e.mem_addr | e.mem_old | e.mem_new | e.mem_writable | e.t_mem, 0u);
  }
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

void check_state(const isa::Program& program, const std::map<uint32_t, const Event*>& by_clk,
                 const vm::ShardRecord& shard) {
  uint32_t clk = 0, pc = program.entry, npc = program.entry + 4;
  for (const auto& [at, e] : by_clk) {
    ASSERT_EQ(at, clk);
    ASSERT_EQ(e->pc, pc);
    ASSERT_EQ(e->npc, npc);
    pc = e->npc;
    npc = e->next_npc;
    clk += 4;
  }
  EXPECT_EQ(clk, 4 * shard.cycles);
  ASSERT_EQ(shard.events[static_cast<unsigned>(Class::kHalt)].size(), 1u);
  EXPECT_EQ(shard.events[static_cast<unsigned>(Class::kHalt)][0].clk, clk - 4);
  const vm::Touched& state = shard.touched.back();
  EXPECT_EQ(state.key, vm::kStateKey);
  EXPECT_EQ(state.in_lo, program.entry / 4);
  EXPECT_EQ(state.in_hi, program.entry / 4 + 1);
  EXPECT_EQ(state.out_lo, vm::kHaltedPc4);
  EXPECT_EQ(state.out_hi, 0u);
  EXPECT_EQ(state.t_last, clk);
}

uint32_t window_word(ByteView bytes, uint32_t index) {
  if (index == 0) return static_cast<uint32_t>(bytes.size());
  uint32_t word = 0;
  for (size_t b = 4 * (index - size_t{1}); b < 4 * size_t{index}; ++b)
    word = word << 8 | (b < bytes.size() ? bytes[b] : 0u);
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
    source = {window_word(inputs.public_input, key - isa::kPublicBase / 4), false};
  } else if (in_window(isa::kOutputBase, words(outcome.output.size()))) {
    source = {0, true};
  } else {
    for (const isa::Region& region : program.regions) {
      if (key < region.start || key >= region.end) continue;
      const bool secret = region.kind == isa::RegionKind::kPrivate;
      source = {secret ? window_word(inputs.private_input, key - isa::kPrivateBase / 4) : 0u,
                !secret};
      return true;
    }
    return false;
  }
  return true;
}

void check_finals(const isa::Program& program, const vm::Inputs& inputs,
                  const vm::Recording& recording) {
  const auto& touched = recording.shards[0].touched;
  std::map<uint32_t, const vm::Touched*> by_key;
  for (const vm::Touched& t : touched)
    if (t.key != vm::kStateKey) by_key[t.key] = &t;
  std::set<uint32_t> expected;
  for (const auto& [key, t] : by_key) expected.insert(key);
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
    const auto t = by_key.find(w.key);
    EXPECT_EQ(w.shard_last, t == by_key.end() ? 0u : 1u);
    if (t == by_key.end()) {
      EXPECT_EQ(w.value_final, w.value_init);
    } else {
      EXPECT_EQ(w.value_init, t->second->in_lo | t->second->in_hi << 16);
      EXPECT_EQ(w.value_final, t->second->out_lo | t->second->out_hi << 16);
      EXPECT_EQ(source.writable, t->second->writable != 0) << std::hex << w.key;
      EXPECT_EQ(t->second->shard_in, 0u);
    }
    if (w.key == kReg + isa::kExitCode) {
      EXPECT_EQ(w.value_final, recording.outcome.exit_code);
    }
    const uint32_t out = w.key - isa::kOutputBase / 4;
    if (out < isa::kWindowSize / 4) {
      EXPECT_EQ(w.value_final, window_word(recording.outcome.output, out));
    }
  }
}

}  // namespace

void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording) {
  ASSERT_EQ(recording.shards.size(), 1u);
  const vm::ShardRecord& shard = recording.shards[0];
  ASSERT_EQ(shard.cycles, recording.outcome.cycles);
  std::map<uint32_t, isa::RomEntry> rom;
  for (const isa::RomEntry& r : program.rom) rom[r.pc4] = r;

  Paths paths;
  std::map<uint32_t, const Event*> by_clk;
  EXPECT_TRUE(shard.events[0].empty());
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls) {
    uint32_t previous = 0;
    for (const Event& e : shard.events[cls]) {
      EXPECT_TRUE(by_clk.empty() || e.clk >= previous) << "events of a class are in order";
      previous = e.clk;
      const auto r = rom.find(e.pc / 4);
      ASSERT_NE(r, rom.end());
      ASSERT_EQ(static_cast<unsigned>(r->second.cls), cls);
      ASSERT_TRUE(by_clk.emplace(e.clk, &e).second);
      check_event(e, r->second);
      add_edges(e, r->second, paths);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "at pc 0x" << std::hex << e.pc << " class " << std::dec << cls;
        return;
      }
    }
  }
  for (const vm::Bump& b : shard.bumps) {
    const uint32_t value = b.value_lo | b.value_hi << 16;
    paths[b.key].push_back({b.t_old, b.t_new, value, value, b.writable != 0, true});
  }
  check_state(program, by_clk, shard);

  for (size_t i = 1; i < shard.touched.size(); ++i)
    ASSERT_LT(shard.touched[i - 1].key, shard.touched[i].key);
  ASSERT_EQ(paths.size() + 1, shard.touched.size());
  for (const vm::Touched& t : shard.touched) {
    if (t.key == vm::kStateKey) continue;
    const auto path = paths.find(t.key);
    ASSERT_NE(path, paths.end()) << "touched but never accessed: " << std::hex << t.key;
    check_path(t.key, path->second, t);
  }
  check_finals(program, inputs, recording);
}

vm::Recording run_and_check(const isa::Program& program, const vm::Inputs& inputs) {
  vm::FaultReport report;
  const auto plain = vm::run(program, inputs, {}, {}, &report);
  EXPECT_TRUE(plain.ok()) << report.text;
  auto recording = vm::record(program, inputs);
  EXPECT_TRUE(recording.ok()) << recording.error().message;
  if (!plain.ok() || !recording.ok()) return {};
  EXPECT_EQ(plain->cycles, recording->outcome.cycles);
  EXPECT_EQ(plain->exit_code, recording->outcome.exit_code);
  EXPECT_EQ(plain->output, recording->outcome.output);
  check_recording(program, inputs, *recording);
  return std::move(*recording);
}

}  // namespace mipzk::test
