// SPDX-License-Identifier: Apache-2.0
// Claims of faults: every cause is claimed of every access, of operands and of places, and a row is
// accepted exactly where the claim is true.
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "trace/rows_fault.hpp"
#include "unit/air/oracle.hpp"
#include "unit/air/typed_row.hpp"
#include "unit/isa/encode.hpp"

namespace mipzk::test {
namespace {

using air::AccessFault;
using air::FetchFault;
using air::OperandFault;
using vm::FaultCode;

constexpr uint32_t kPc = 0x00401230, kRs = 9;
const isa::LowerContext kContext{};

// What there is at the words from kBase on: nothing (a span of its own), read-only, writable.
constexpr uint32_t kBase = 0x00100000;
enum class There : uint8_t { kNothing, kReadOnly, kWritable };
constexpr There kMap[] = {There::kWritable, There::kWritable, There::kReadOnly, There::kReadOnly,
                          There::kNothing,  There::kNothing,  There::kReadOnly, There::kWritable,
                          There::kWritable, There::kReadOnly, There::kNothing,  There::kReadOnly,
                          There::kWritable, There::kNothing};
There there(uint32_t key) { return kMap[(key - kBase / 4) % std::size(kMap)]; }
isa::Span span_at(uint32_t key) { return {key, key + 1, isa::SpanKind::kUnmapped}; }

struct Claim {
  FaultCode code;
  std::optional<isa::Span> span;
  bool second = false;
  uint8_t words = 0;
};

template <class Table>
bool accepted(const trace::FaultRow& f, air::RowReport& report) {
  RowOf<Table> row{};
  trace::fill_fault(row, f);
  report = air::check_row<Table>(row);
  return report.ok();
}

trace::FaultRow fault_row(uint32_t word, uint32_t pc = kPc) {
  trace::FaultRow f{};
  f.e.clk = 1000;
  f.e.pc = pc;
  f.e.npc = pc + 4;
  f.e.t_rs = 900;
  f.e.t_rt = 901;
  f.e.link = {0x11112222, 10};
  f.e.epc = {0x400, 11};
  f.e.enpc = {0x404, 12};
  f.e.cause = {8, 13};
  f.e.address = {0x12345678, 14};
  const auto lowered = isa::lower(pc, word, kContext);
  EXPECT_TRUE(lowered);
  if (lowered) f.entry = lowered->entry;
  return f;
}

bool asks_for(const air::RowReport& report, const isa::RomEntry& entry) {
  Fp want[air::kEntryCells];
  trace::fill_entry(entry, want);
  for (const air::Tuple& t : report.requests)
    if (t.bus == air::Bus::kRom && t.numerator == Fp::one() &&
        std::equal(want, want + air::kEntryCells, t.coords.v))
      return true;
  return false;
}

// Whether the row of a claim holds together with the program and with what there is in memory.
bool stands(uint32_t word, uint32_t rs, uint32_t address, const Claim& claim) {
  trace::FaultRow f = fault_row(word);
  f.e.rs = rs;
  f.e.fault = {claim.code, address, claim.span ? 0 : vm::kNoSpan, claim.second, claim.words};
  if (claim.span) f.span = *claim.span;
  for (uint32_t i = 0; i < claim.words; ++i) {
    const There what = there(address / 4 + i);
    if (what == There::kNothing) return false;  // no token
    f.e.words[i] = {address / 4 + i, 5, 5, what == There::kWritable, 990};
  }
  air::RowReport report;
  if (!accepted<AccessFault>(f, report)) return false;
  EXPECT_TRUE(asks_for(report, f.entry));
  if (claim.span) {
    EXPECT_TRUE(asks_for(report, isa::entry_of(*claim.span)));
  }
  return true;
}

struct AccessCase {
  uint32_t word;
  unsigned bytes;  // alignment
  bool store, jump = false;
  unsigned words() const { return bytes == 8 ? 2 : 1; }
};

std::vector<AccessCase> access_cases(uint32_t offset) {
  const auto m = [&](Op op, unsigned reg) { return mem(op, reg, offset, kRs); };
  return {{m(Op::kLw, 5), 4, false},  {m(Op::kSw, 5), 4, true},    {m(Op::kLb, 5), 1, false},
          {m(Op::kLbu, 0), 1, false}, {m(Op::kLh, 5), 2, false},   {m(Op::kLhu, 5), 2, false},
          {m(Op::kSb, 5), 1, true},   {m(Op::kSh, 5), 2, true},    {m(Op::kLwl, 5), 1, false},
          {m(Op::kLwr, 5), 1, false}, {m(Op::kSwl, 5), 1, true},   {m(Op::kSwr, 5), 1, true},
          {m(Op::kLl, 5), 4, false},  {m(Op::kSc, 5), 4, true},    {m(Op::kLwc1, 5), 4, false},
          {m(Op::kSwc1, 5), 4, true}, {m(Op::kLdc1, 6), 8, false}, {m(Op::kSdc1, 6), 8, true}};
}

// The cause that the machine names; nothing if the access is fine.
std::optional<FaultCode> truth(const AccessCase& c, uint32_t address) {
  if (address % c.bytes != 0)
    return c.store ? FaultCode::kUnalignedStore : FaultCode::kUnalignedLoad;
  if (c.jump) return std::nullopt;
  bool read_only = false;
  for (uint32_t i = 0; i < c.words(); ++i) {
    if (there(address / 4 + i) == There::kNothing)
      return c.store ? FaultCode::kUnmappedStore : FaultCode::kUnmappedLoad;
    read_only |= there(address / 4 + i) == There::kReadOnly;
  }
  return c.store && read_only ? std::optional(FaultCode::kReadOnly) : std::nullopt;
}

// All that may be claimed with these codes.
std::vector<Claim> claims(uint32_t address) {
  std::vector<Claim> all;
  for (uint8_t n = 0; n < 16; ++n) {
    const auto code = static_cast<FaultCode>(n);
    all.push_back({code, {}});
    for (const bool second : {false, true})
      for (uint32_t key = address / 4; key < address / 4 + 2; ++key)
        if (there(key) == There::kNothing) all.push_back({code, span_at(key), second});
    for (const uint8_t words : {1, 2}) all.push_back({code, {}, false, words});
  }
  return all;
}

TEST(FaultClaims, AnAccessHasTheCauseThatItHas) {
  unsigned tried = 0, stood = 0;
  for (const uint32_t offset : {0u, 8u, 0xfff8u}) {
    for (const AccessCase& c : access_cases(offset)) {
      for (uint32_t i = 0; i < 4 * std::size(kMap) - 8; ++i) {
        const uint32_t address = kBase + i;
        const uint32_t rs = address - (offset == 0xfff8 ? 0xfffffff8 : offset);
        const auto cause = truth(c, address);
        bool any = false;
        for (const Claim& claim : claims(address)) {
          const bool is = stands(c.word, rs, address, claim);
          any |= is;
          if (is) {
            EXPECT_EQ(cause, claim.code) << std::hex << c.word << " at " << address;
          }
          ++tried;
        }
        // The machine can tell it, and nothing stands where the access is fine.
        EXPECT_EQ(any, cause.has_value()) << std::hex << c.word << " at " << address;
        stood += any;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(tried, 100'000u);
  EXPECT_GT(stood, 800u);
}

TEST(FaultClaims, AJumpIsUnalignedOrFine) {
  for (const uint32_t word : {jr(kRs), jalr(31, kRs)}) {
    for (uint32_t i = 0; i < 4 * std::size(kMap) - 8; ++i) {
      const uint32_t address = kBase + i;
      bool any = false;
      for (const Claim& claim : claims(address)) {
        if (!stands(word, address, address, claim)) continue;
        any = true;
        EXPECT_EQ(claim.code, FaultCode::kUnalignedLoad);
      }
      EXPECT_EQ(any, address % 4 != 0);
    }
  }
}

// Another address than rs + offset, modulo 2^32 or p, and one in another split.
TEST(FaultClaims, TheAddressIsThatOfTheAccess) {
  const uint32_t word = mem(Op::kLw, 5, 0x7ffc, kRs);
  const uint32_t rs = kBase - 0x7ffc + 4 * 4;
  const Claim unmapped{FaultCode::kUnmappedLoad, span_at(kBase / 4 + 4)};
  EXPECT_TRUE(stands(word, rs, kBase + 16, unmapped));
  for (const uint32_t other : {kBase + 20, kBase + 16 + 0x10000, kBase + 16 - 0x10000})
    EXPECT_FALSE(stands(word, rs, other, {FaultCode::kUnmappedLoad, span_at(other / 4)}));
  EXPECT_FALSE(stands(word, rs, kBase + 17, {FaultCode::kUnalignedLoad, {}}));
  EXPECT_TRUE(stands(word, rs + 1, kBase + 17, {FaultCode::kUnalignedLoad, {}}));
  // 8 u beyond a limb, or a fraction of it: the same low limb with other bits.
  trace::FaultRow f = fault_row(mem(Op::kLw, 5, 0, kRs));
  f.e.rs = kBase + 0x40;
  f.e.fault = {FaultCode::kUnalignedLoad, kBase + 0x40, vm::kNoSpan, false, 0};
  RowOf<AccessFault> row{};
  trace::fill_fault(row, f);
  row.o0 = Fp::one();
  row.o01 = Fp::one();
  EXPECT_FALSE(air::check_row<AccessFault>(row).ok());
  row.a_u = (Fp(0x40) - Fp::one()) * Fp(8).inverse();
  EXPECT_FALSE(air::check_row<AccessFault>(row).ok());
}

TEST(FaultClaims, TheKernelsOwnAreNone) {
  for (const uint32_t pc : {0x7ffffff8u, 0x80000000u, 0x80001230u, 0xfffffff0u}) {
    air::RowReport report;
    trace::FaultRow f = fault_row(mem(Op::kLw, 5, 0, kRs), pc);
    f.e.rs = kBase + 1;
    f.e.fault = {FaultCode::kUnalignedLoad, kBase + 1, vm::kNoSpan, false, 0};
    EXPECT_EQ(accepted<AccessFault>(f, report), pc < 0x80000000) << std::hex << pc;
    trace::FaultRow g = fault_row(trap(Op::kTeq, kRs, 10), pc);
    g.e.fault = {FaultCode::kTrap, 0, vm::kNoSpan, false, 0};
    EXPECT_EQ(accepted<OperandFault>(g, report), pc < 0x80000000) << std::hex << pc;
  }
}

TEST(FaultClaims, OperandsDecide) {
  const uint32_t words[] = {three(Op::kAdd, 3, kRs, 10),      three(Op::kSub, 3, kRs, 10),
                            imm(Op::kAddi, 3, kRs, 5),        imm(Op::kAddi, 0, kRs, 0x8000),
                            trap(Op::kTeq, kRs, 10),          trap(Op::kTne, kRs, 10),
                            trap(Op::kTge, kRs, 10),          trap(Op::kTgeu, kRs, 10),
                            trap(Op::kTlt, kRs, 10),          trap(Op::kTltu, kRs, 10),
                            trap_imm(Op::kTgei, kRs, 7),      trap_imm(Op::kTgeiu, kRs, 0xfff9),
                            trap_imm(Op::kTlti, kRs, 0xfff9), trap_imm(Op::kTltiu, kRs, 7),
                            trap_imm(Op::kTeqi, kRs, 0xffff), trap_imm(Op::kTnei, kRs, 7)};
  const uint32_t edges[] = {0,          1,          5,          6,          7,
                            8,          0x7fff,     0x8000,     0xffff,     0x10000,
                            0x7ffffffa, 0x7ffffffb, 0x7fffffff, 0x80000000, 0x80000001,
                            0x80007fff, 0x80008000, 0xfffffff8, 0xfffffff9, 0xffffffff};
  std::mt19937 rng(5);
  unsigned faults = 0, fine = 0;
  const auto consider = [&](uint32_t word, uint32_t a, uint32_t b) {
    const bool immediate = word >> 26 == 1 || word >> 26 == 8;
    State s{};
    s.pc = kPc;
    s.npc = kPc + 4;
    s.reg[kRs] = a;
    s.reg[10] = b;
    const bool goes_on = execute(word, s).has_value();
    trace::FaultRow f = fault_row(word);
    f.e.rs = a;
    f.e.rt = immediate ? 0 : b;
    const bool add = f.entry.cls == isa::Class::kAddTrap;
    f.e.fault = {add ? FaultCode::kOverflow : FaultCode::kTrap, 0, vm::kNoSpan, false, 0};
    air::RowReport report;
    ASSERT_EQ(accepted<OperandFault>(f, report), !goes_on)
        << std::hex << word << ' ' << a << ' ' << b;
    (goes_on ? fine : faults)++;
    if (!goes_on) {
      ASSERT_TRUE(asks_for(report, f.entry));
      return;
    }
    // The other values of what is calculated do not help.
    RowOf<OperandFault> row{};
    trace::fill_fault(row, f);
    for (Fp RowOf<OperandFault>::*bit :
         {&RowOf<OperandFault>::equal, &RowOf<OperandFault>::less, &RowOf<OperandFault>::borrow,
          &RowOf<OperandFault>::rs_neg, &RowOf<OperandFault>::b_neg}) {
      RowOf<OperandFault> other = row;
      other.*bit = Fp::one() - other.*bit;
      other.flip = other.tlt * other.k0 * (other.b_neg - other.rs_neg);
      ASSERT_FALSE(air::check_row<OperandFault>(other).ok()) << std::hex << word;
    }
    if (!add) return;
    for (const bool up : {false, true}) {
      for (const int carry : {-1, 0, 1}) {
        RowOf<OperandFault> other = row;
        const Fp change = Fp::from_i32(carry) - row.carry;
        other.carry = Fp::from_i32(carry);
        other.lo = row.lo - change * Fp(65536);
        other.sum_hi = row.sum_hi + change;
        other.up = trace::bit(up);
        other.excess = up ? other.sum_hi - Fp(32768) : -other.sum_hi - Fp(32769);
        ASSERT_FALSE(air::check_row<OperandFault>(other).ok()) << std::hex << word;
      }
    }
  };
  for (const uint32_t word : words) {
    for (const uint32_t a : edges)
      for (const uint32_t b : edges) consider(word, a, b);
    for (int i = 0; i < 300; ++i)
      consider(word, static_cast<uint32_t>(rng()), static_cast<uint32_t>(rng()));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(faults, 1000u);
  EXPECT_GT(fine, 1000u);
}

TEST(FaultClaims, APlaceLiesInItsSpan) {
  const isa::Span span{0x100, 0x200, isa::SpanKind::kNoCode};
  const auto stands_at = [&](uint32_t key, bool mod_p = false) {
    trace::FaultRow f{};
    f.e.clk = 1000;
    f.e.pc = 4 * key;
    f.e.npc = 4 * key + 4;
    f.e.fault = {FaultCode::kNoInstruction, 4 * key, 0, false, 0};
    f.span = span;
    RowOf<FetchFault> row{};
    trace::fill_fault(row, f);
    if (mod_p) {
      const uint32_t ds = (Fp(key) - Fp(span.start)).value();
      const uint32_t de = (Fp(span.end) - Fp(key + 1)).value();
      trace::fill_limbs(row.span.ds_lo, row.span.ds_hi, ds);
      trace::fill_limbs(row.span.de_lo, row.span.de_hi, de);
    }
    return air::check_row<FetchFault>(row).ok();
  };
  for (const bool mod_p : {false, true}) {
    EXPECT_TRUE(stands_at(0x100, mod_p));
    EXPECT_TRUE(stands_at(0x1ff, mod_p));
    for (const uint32_t key : {0u, 0xffu, 0x200u, 0x201u, 0x3ffffffu, 0x3ffffffeu})
      EXPECT_FALSE(stands_at(key, mod_p)) << key;
  }
}

}  // namespace
}  // namespace mipzk::test
