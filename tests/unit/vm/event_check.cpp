// SPDX-License-Identifier: Apache-2.0
#include "unit/vm/event_check.hpp"

#include <gtest/gtest.h>

#include "field/fp.hpp"

namespace mipzk::test {
namespace {

using isa::Class;
using vm::Event;

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
  const bool le = little_endian(r), store = is_store(r.cls);
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

// Classes that access memory, and its rules: alignment, and that a store finds a writable word.
void check_memory(const Event& e, const isa::RomEntry& r) {
  EXPECT_EQ(e.mem_addr, e.rs + limbs(r, 0));
  const EventShape shape = event_shape(r.cls);
  const bool part = r.cls == Class::kLoadPart || r.cls == Class::kStorePart;
  const bool sub = r.cls == Class::kLoadSub || r.cls == Class::kStoreSub;
  const uint32_t size = shape.next_word ? 8 : part ? 1 : sub ? 1 + r.k[2] : 4;
  EXPECT_EQ(e.mem_addr % size, 0u);
  if (shape.store) {
    EXPECT_EQ(e.mem_writable, 1u);
  } else {
    EXPECT_EQ(e.mem_old, e.mem_new);
    EXPECT_LE(e.mem_writable, shape.next_word ? 3u : 1u);  // bit 1 is that of the next word
  }
}

}  // namespace

uint32_t next_pc(const Event& e, const isa::RomEntry& r) {
  if (r.cls == Class::kBranchLikely && !is_taken(e, r)) return e.npc + 4;  // the slot is annulled
  return r.cls == Class::kTrap ? r.k[2] * 4 : e.npc;
}

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
  bool has_rd = event_shape(r.cls).rd;
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
  if (event_shape(r.cls).mem && !event_shape(r.cls).link) check_memory(e, r);
}

namespace {

// Bytes that an access has to lie at a multiple of.
uint32_t alignment(const isa::RomEntry& r) {
  switch (r.cls) {
    case Class::kLoadSub:
    case Class::kStoreSub:
      return r.k[2] == 1 ? 2 : 1;
    case Class::kLoadPart:
    case Class::kStorePart:
      return 1;
    case Class::kLoadDouble:
    case Class::kStoreDouble:
      return 8;
    default:
      return 4;
  }
}

bool is_jump(const isa::RomEntry& r) {
  return r.cls == Class::kJumpReg || r.cls == Class::kJumpRegLink;
}

bool has_source(const isa::Program& program, uint32_t key) {
  for (const isa::ImageWord& w : program.image)
    if (w.key == key) return true;
  for (const isa::Region& r : program.regions)
    if (key >= r.start && key < r.end) return true;
  const auto in_window = [key](uint32_t base) {
    return 4 * key >= base && 4 * key < base + isa::kWindowSize;
  };
  return in_window(isa::kPublicBase) || in_window(isa::kOutputBase);
}

vm::FaultCode access_code(const vm::FaultEvent& e, const isa::RomEntry& r,
                          const isa::Program& program) {
  using vm::FaultCode;
  const bool store = isa::class_info(r.cls).has(isa::kStores);
  const uint32_t a = e.fault.address, bytes = alignment(r);
  EXPECT_EQ(a, e.rs + (is_jump(r) ? 0 : limbs(r, 0)));
  if (a % bytes != 0) return store ? FaultCode::kUnalignedStore : FaultCode::kUnalignedLoad;
  EXPECT_FALSE(is_jump(r));
  const unsigned words = bytes == 8 ? 2 : 1;
  for (unsigned i = 0; i < words; ++i)
    if (!has_source(program, a / 4 + i))
      return store ? FaultCode::kUnmappedStore : FaultCode::kUnmappedLoad;
  EXPECT_TRUE(store);
  EXPECT_EQ(e.fault.words, words);
  EXPECT_TRUE(e.words[0].writable == 0 || (words == 2 && e.words[1].writable == 0));
  for (unsigned i = 0; i < words; ++i) {
    EXPECT_EQ(e.words[i].key, a / 4 + i);
    EXPECT_EQ(e.words[i].before, e.words[i].after);
  }
  return FaultCode::kReadOnly;
}

bool sum_overflows(const vm::FaultEvent& e, const isa::RomEntry& r) {
  const int64_t b = sign(e.rt + limbs(r, 1));
  const int64_t sum = sign(e.rs) + small(r.k[0]) * b;
  return sum != sign(low(sum));
}

bool condition_holds(const vm::FaultEvent& e, const isa::RomEntry& r) {
  if (r.cls == Class::kTrapEqual) return (e.rs == e.rt + limbs(r, 1)) == (r.k[0] == 0);
  const uint32_t b = e.rt + limbs(r, 2);
  return (r.k[0] == 1 ? sign(e.rs) < sign(b) : e.rs < b) == (r.k[1] == 0);
}

}  // namespace

void check_fault(const vm::FaultEvent& e, const isa::Program& program) {
  using vm::FaultCode;
  const isa::RomEntry* entry = nullptr;
  for (const isa::RomEntry& r : program.rom)
    if (r.pc4 == e.pc / 4) entry = &r;
  const vm::KernelFault& f = e.fault;
  if (f.span != vm::kNoSpan) {
    const bool fetch = f.code == FaultCode::kNoInstruction;
    const isa::Span& span = program.spans[f.span];
    EXPECT_EQ(span.kind, fetch ? isa::SpanKind::kNoCode : isa::SpanKind::kUnmapped);
    const uint32_t key = fetch ? e.pc / 4 : f.address / 4 + (f.second ? 1 : 0);
    EXPECT_TRUE(key >= span.start && key < span.end);
  }
  EXPECT_EQ(f.span != vm::kNoSpan, f.code == FaultCode::kNoInstruction ||
                                       f.code == FaultCode::kUnmappedLoad ||
                                       f.code == FaultCode::kUnmappedStore);
  EXPECT_EQ(f.words != 0, f.code == FaultCode::kReadOnly);
  if (entry == nullptr) {
    EXPECT_EQ(f.code, FaultCode::kNoInstruction);
    EXPECT_EQ(f.address, e.pc);
    return;
  }
  EXPECT_LT(e.pc, 0x80000000u);
  switch (entry->cls) {
    case Class::kAddTrap:
      EXPECT_EQ(f.code, FaultCode::kOverflow);
      EXPECT_EQ(f.address, 0u);
      EXPECT_TRUE(sum_overflows(e, *entry));
      break;
    case Class::kTrapEqual:
    case Class::kTrapLess:
      EXPECT_EQ(f.code, FaultCode::kTrap);
      EXPECT_EQ(f.address, 0u);
      EXPECT_TRUE(condition_holds(e, *entry));
      break;
    default:
      EXPECT_EQ(f.code, access_code(e, *entry, program));
  }
}

}  // namespace mipzk::test
