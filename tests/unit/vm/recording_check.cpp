#include "unit/vm/recording_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "field/fp.hpp"
#include "unit/vm/events.hpp"

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
    case Class::kBranchLikely:
    case Class::kMoveCond:
    case Class::kBitField:
      return {.rs = true, .rt = true, .rd = true};
    case Class::kAddImm:
    case Class::kLogicImm:
    case Class::kShift:
    case Class::kSltImm:
    case Class::kBranchLink:
    case Class::kJumpRegLink:
    case Class::kHalt:
    case Class::kCountLeading:
    case Class::kByteOps:
      return {.rs = true, .rd = true};
    case Class::kBranchEq:
    case Class::kTrapEqual:
    case Class::kTrapLess:
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
    case Class::kMultAcc:
    case Class::kMovePair:
      return {.rs = true, .rt = true, .rd = true, .hi = true};
    case Class::kLoadLinked:
      return {.rs = true, .mem = true, .rd = true, .hi = true};
    case Class::kStoreCond:
    case Class::kLoadDouble:   // rt is the second word of memory
    case Class::kStoreDouble:  // rd is the second word of memory
      return {.rs = true, .rt = true, .mem = true, .rd = true, .hi = true};
    case Class::kTrap:  // mem is LINK
      return {.mem = true, .rd = true, .hi = true};
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

// Rotations are a left and a right shift at once, whose results have no bit in common.
uint32_t shifted(uint32_t x, const isa::RomEntry& r) {
  const uint32_t left = r.k[1] + r.k[2], right = r.k[3] + r.k[4] + r.k[5];
  EXPECT_LE(left, 1u);
  EXPECT_LE(right, 1u);
  EXPECT_NE(left + right, 0u);
  const uint64_t v = uint64_t{x} * r.k[0];
  uint32_t result = 0;
  if (r.k[1] != 0) result += static_cast<uint32_t>(v);
  if (r.k[2] != 0) result += static_cast<uint32_t>(v << 16);
  if (r.k[3] != 0) result += static_cast<uint32_t>(v >> 16);
  if (r.k[4] != 0) result += static_cast<uint32_t>(v >> 32);
  if (r.k[5] != 0) result += x >> 16;
  return result;
}

uint32_t shifted_var(uint32_t x, uint32_t by, const isa::RomEntry& r) {
  const uint32_t amount = (by & 31) + r.k[0];
  EXPECT_LT(amount, 32u);
  if (r.k[1] == 0) return x << amount;
  return r.k[2] == 0 ? x >> amount : static_cast<uint32_t>(sign(x) >> amount);
}

uint32_t limbs(const isa::RomEntry& r, unsigned i) { return r.k[i] | r.k[i + 1] << 16; }

uint32_t bit_field(uint32_t x, uint32_t by, uint32_t old, const isa::RomEntry& r) {
  const uint32_t amount = (by & 31) + r.k[0];
  EXPECT_LT(amount, 32u);
  EXPECT_TRUE(r.rt == 0 || r.k[0] == 0);
  uint32_t result = 0;
  for (unsigned bit = 0; bit < 32; ++bit) {
    EXPECT_LT(r.k[2 + bit / 8], 256u);
    const bool masked = (r.k[2 + bit / 8] >> (bit % 8) & 1) != 0;
    const uint32_t value = masked ? x >> ((bit + amount) % 32) : r.k[1] != 0 ? old >> bit : 0;
    result |= (value & 1) << bit;
  }
  return result;
}

uint32_t byte_op(uint32_t x, const isa::RomEntry& r) {
  EXPECT_EQ(r.k[0] + r.k[1] + r.k[2], 1u);
  if (r.k[0] != 0) return (x & 0x80) != 0 ? x | 0xffffff00u : x & 0xff;
  if (r.k[1] != 0) return (x & 0x8000) != 0 ? x | 0xffff0000u : x & 0xffff;
  return (x & 0xff) << 8 | (x >> 8 & 0xff) | (x & 0xff0000) << 8 | (x >> 8 & 0xff0000);
}

// Zeros (ones) before the first one (zero) from the top.
uint32_t leading(uint32_t x, bool ones) {
  uint32_t n = 0;
  while (n < 32 && (x >> (31 - n) & 1) == (ones ? 1u : 0u)) ++n;
  return n;
}

// The constant of a class for parts of words that tells the byte order.
bool little_endian(const isa::RomEntry& r) {
  return (r.cls == Class::kLoadSub ? r.k[4] : r.k[3]) != 0;
}

// The loaded register or the stored word, byte by byte: m by address, reg from the least
// significant byte.
uint32_t accessed(const Event& e, const isa::RomEntry& r) {
  const bool le = little_endian(r), store = r.cls == Class::kStorePart || r.cls == Class::kStoreSub;
  const uint32_t value = store ? e.rt : e.rd_old;
  uint32_t m[4], reg[4];
  for (unsigned i = 0; i < 4; ++i) {
    m[le ? i : 3 - i] = e.mem_old >> (8 * i) & 0xff;
    reg[i] = value >> (8 * i) & 0xff;
  }
  const auto memory = [&] {
    return le ? m[3] << 24 | m[2] << 16 | m[1] << 8 | m[0]
              : m[0] << 24 | m[1] << 16 | m[2] << 8 | m[3];
  };
  const int k = static_cast<int>(e.mem_addr % 4);
  if (r.cls == Class::kLoadPart || r.cls == Class::kStorePart) {
    // lwl takes the bytes from k on towards less significant ones and fills the register from its
    // top, lwr those towards more significant ones and fills it from its bottom. The significance
    // falls with the address in big-endian memory.
    const bool left = r.k[2] != 0;
    const int step = left != le ? 1 : -1;
    for (int i = 0, at = k; at >= 0 && at < 4; ++i, at += step) {
      uint32_t& byte = reg[left ? 3 - i : i];
      (store ? m[at] : byte) = store ? byte : m[at];
    }
    return store ? memory() : reg[3] << 24 | reg[2] << 16 | reg[1] << 8 | reg[0];
  }
  const bool half = r.k[2] != 0;
  EXPECT_TRUE(!half || k % 2 == 0);
  // Where the low and the high byte of the value lie.
  const int low_at = half && !le ? k + 1 : k, high_at = half && le ? k + 1 : k;
  if (store) {
    m[low_at] = reg[0];
    if (half) m[high_at] = reg[1];
    return memory();
  }
  const uint32_t v = half ? m[high_at] << 8 | m[low_at] : m[k];
  const uint32_t top = half ? 0x8000 : 0x80;
  return r.k[3] != 0 && (v & top) != 0 ? v - 2 * top : v;
}

void check_hi_lo(const Event& e, const isa::RomEntry& r) {
  const bool is_signed = r.k[0] != 0;
  if (r.cls == Class::kMult || r.cls == Class::kMultAcc) {
    const uint64_t product =
        is_signed ? static_cast<uint64_t>(int64_t{sign(e.rs)} * sign(e.rt)) : uint64_t{e.rs} * e.rt;
    uint64_t want = product;
    if (r.cls == Class::kMultAcc) {
      const uint64_t old = uint64_t{e.hi_old} << 32 | e.rd_old;
      want = small(r.k[1]) > 0 ? old + product : old - product;
    }
    EXPECT_EQ(uint64_t{e.hi_new} << 32 | e.rd_new, want);
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

// Of a likely branch.
bool is_taken(const Event& e, const isa::RomEntry& r) {
  const int64_t taken =
      small(r.k[0]) + small(r.k[1]) * (sign(e.rs) < 0) + small(r.k[2]) * (e.rs == e.rt);
  EXPECT_TRUE(taken == 0 || taken == 1);
  return taken == 1;
}

// pc after the event.
uint32_t next_pc(const Event& e, const isa::RomEntry& r) {
  if (r.cls == Class::kBranchLikely && !is_taken(e, r)) return e.npc + 4;  // the slot is annulled
  return r.cls == Class::kTrap ? r.k[2] * 4 : e.npc;
}

// Classes that access memory, and its rules: alignment, and that a store finds a writable word.
void check_memory(const Event& e, const isa::RomEntry& r) {
  EXPECT_EQ(e.mem_addr, e.rs + limbs(r, 0));
  const bool pair = r.cls == Class::kLoadDouble || r.cls == Class::kStoreDouble;
  const bool part = r.cls == Class::kLoadPart || r.cls == Class::kStorePart;
  const bool sub = r.cls == Class::kLoadSub || r.cls == Class::kStoreSub;
  const uint32_t size = pair ? 8 : part ? 1 : sub ? 1 + r.k[2] : 4;
  EXPECT_EQ(e.mem_addr % size, 0u);
  switch (r.cls) {
    case Class::kLoadWord:
    case Class::kLoadSub:
    case Class::kLoadPart:
    case Class::kLoadLinked:
      EXPECT_EQ(e.mem_old, e.mem_new);
      EXPECT_LE(e.mem_writable, 1u);
      break;
    case Class::kLoadDouble:  // bit 1 is that of the second word
      EXPECT_EQ(e.mem_old, e.mem_new);
      EXPECT_LE(e.mem_writable, 3u);
      break;
    default:
      EXPECT_EQ(e.mem_writable, 1u);
      break;
  }
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
      break;
    case Class::kStoreWord:
      EXPECT_EQ(e.mem_new, e.rt);
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
    case Class::kMultAcc:
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
    case Class::kBranchLikely:
      next_npc = is_taken(e, r) ? r.k[3] * 4 : e.npc + 8;
      rd = limbs(r, 4);
      EXPECT_EQ(rd, r.rd == 31 ? e.pc + 8 : 0);
      break;
    case Class::kMoveCond:
      rd = (e.rt == 0) == (r.k[0] == 0) ? e.rs : e.rd_old;
      break;
    case Class::kCountLeading:
      rd = leading(e.rs, r.k[0] != 0);
      break;
    case Class::kBitField:
      rd = bit_field(e.rs, e.rt, e.rd_old, r);
      break;
    case Class::kByteOps:
      rd = byte_op(e.rs, r);
      break;
    case Class::kTrapEqual:
      EXPECT_EQ(e.rs == e.rt + limbs(r, 1), r.k[0] != 0);
      break;
    case Class::kTrapLess: {
      const uint32_t b = e.rt + limbs(r, 2);
      EXPECT_EQ(r.k[0] != 0 ? sign(e.rs) < sign(b) : e.rs < b, r.k[1] != 0);
      break;
    }
    case Class::kLoadLinked:
      rd = e.mem_old;
      EXPECT_EQ(e.hi_new, e.mem_addr);
      break;
    case Class::kStoreCond:
      rd = e.hi_old == e.mem_addr;
      EXPECT_EQ(e.mem_new, rd != 0 ? e.rt : e.mem_old);
      EXPECT_EQ(e.hi_new, 0u);
      break;
    case Class::kLoadDouble:
      rd = e.mem_old;
      EXPECT_EQ(e.hi_new, e.rt);
      break;
    case Class::kStoreDouble:
      EXPECT_EQ(e.mem_new, e.rt);
      EXPECT_EQ(e.hi_old, e.hi_new);
      rd = e.hi_new;
      break;
    case Class::kMovePair:
      rd = e.rs;
      EXPECT_EQ(e.hi_new, e.rt);
      break;
    case Class::kTrap:
      rd = e.npc;
      next_npc = r.k[2] * 4 + 4;
      EXPECT_EQ(r.rd, 26);
      EXPECT_EQ(e.hi_new, limbs(r, 0));
      EXPECT_EQ(e.mem_new, 0u);
      break;
  }
  EXPECT_EQ(e.next_npc, next_npc);
  if (has_rd) {
    EXPECT_EQ(e.rd_new, rd);
  }
  if (uses_of(r.cls).mem && r.cls != Class::kTrap) check_memory(e, r);
}

void add_edges(const Event& e, const isa::RomEntry& r, Paths& paths) {
  const Uses u = uses_of(r.cls);
  const auto add = [&](bool used, uint32_t key, uint32_t slot, uint32_t t_old, uint32_t from,
                       uint32_t to, bool writable) {
    if (used) {
      paths[key].push_back({t_old, e.clk + slot, from, to, writable, false});
    } else {
      EXPECT_EQ(t_old | from | to, 0u) << "unused field, class " << static_cast<int>(r.cls);
    }
  };
  const uint32_t second = e.mem_addr / 4 + 1;  // of a double
  const bool load = r.cls == Class::kLoadDouble, store = r.cls == Class::kStoreDouble;
  add(u.rs, kReg + r.rs, 1, e.t_rs, e.rs, e.rs, true);
  add(u.rt, load ? second : kReg + r.rt, 2, e.t_rt, e.rt, e.rt, !load || (e.mem_writable & 2) != 0);
  add(u.hi, kReg + hi_register(r), 3, e.t_hi, e.hi_old, e.hi_new, true);
  add(u.rd, store ? second : kReg + rd_register(r), 4, e.t_rd, e.rd_old, e.rd_new, true);
  const bool link = r.cls == Class::kTrap;
  add(u.mem, link ? kReg + isa::kLink : e.mem_addr / 4, 3, e.t_mem, e.mem_old, e.mem_new,
      link || (e.mem_writable & 1) != 0);
  if (!u.mem || link) {
    EXPECT_EQ(e.mem_addr | e.mem_writable, 0u);
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

// An event and the pc that it leaves.
struct Step {
  Event event;
  uint32_t next_pc;
};

void check_state(const isa::Program& program, const std::map<uint32_t, Step>& by_clk,
                 const vm::ShardRecord& shard, const std::vector<Event>& halts) {
  uint32_t clk = 0, pc = program.entry, npc = program.entry + 4;
  for (const auto& [at, step] : by_clk) {
    ASSERT_EQ(at, clk);
    ASSERT_EQ(step.event.pc, pc);
    ASSERT_EQ(step.event.npc, npc);
    pc = step.next_pc;
    npc = step.event.next_npc;
    clk += 4;
  }
  EXPECT_EQ(clk, 4 * shard.cycles);
  ASSERT_EQ(halts.size(), 1u);
  EXPECT_EQ(halts[0].clk, clk - 4);
  const vm::Touched& state = shard.touched.back();
  EXPECT_EQ(state.key, vm::kStateKey);
  EXPECT_EQ(state.in_lo, program.entry / 4);
  EXPECT_EQ(state.in_hi, program.entry / 4 + 1);
  EXPECT_EQ(state.out_lo, vm::kHaltedPc4);
  EXPECT_EQ(state.out_hi, 0u);
  EXPECT_EQ(state.t_last, clk);
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
      EXPECT_EQ(w.value_final, window_word(recording.outcome.output, out, program.little_endian));
    }
  }
}

}  // namespace

void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording) {
  check_recording(program, inputs, recording, replayed(program, recording));
}

void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording, const Events& events) {
  ASSERT_EQ(recording.shards.size(), 1u);
  const vm::ShardRecord& shard = recording.shards[0];
  ASSERT_EQ(shard.cycles, recording.outcome.cycles);
  std::map<uint32_t, isa::RomEntry> rom;
  for (const isa::RomEntry& r : program.rom) rom[r.pc4] = r;

  Paths paths;
  std::map<uint32_t, Step> by_clk;
  EXPECT_TRUE(events.by_class[0].empty());
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls) {
    uint32_t previous = 0;
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
  for (const vm::Bump& b : events.bumps) {
    const uint32_t value = b.value_lo | b.value_hi << 16;
    paths[b.key].push_back({b.t_old, b.t_new, value, value, b.writable != 0, true});
  }
  check_state(program, by_clk, shard, events.of(Class::kHalt));

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
