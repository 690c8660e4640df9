// SPDX-License-Identifier: Apache-2.0
// Attacks made by hand on the arithmetic of single tables: each claims a wrong result and fills the
// rest of the row as well as it can be filled.
#include "unit/air/forge.hpp"

#include <gtest/gtest.h>

#include "air/fixed.hpp"
#include "air/tables/add_trap.hpp"
#include "air/tables/div.hpp"
#include "air/tables/double_word.hpp"
#include "air/tables/linked.hpp"
#include "air/tables/load_word.hpp"
#include "air/tables/mult.hpp"
#include "air/tables/mult_acc.hpp"
#include "air/tables/part_word.hpp"
#include "air/tables/shift.hpp"
#include "air/tables/shift_var.hpp"
#include "air/tables/slt.hpp"
#include "air/tables/store_word.hpp"
#include "air/tables/sub_word.hpp"

namespace mipzk::test {
namespace {

constexpr uint32_t kMult = 0x18, kMultu = 0x19, kDiv = 0x1a, kDivu = 0x1b;

// --- division
// -------------------------------------------------------------------------------------

// Quotient and remainder are `lo` and `hi`; all choices of flags, the rest solved for them. Counts
// the rows that satisfy all rules.
unsigned div_rows(const Sample& honest, uint32_t lo, uint32_t hi) {
  Sample s = honest;
  s.event.rd_new = lo;
  s.event.hi_new = hi;
  const auto start = row_of<air::Div>(s);
  unsigned good = 0;
  for (unsigned flags = 0; flags < 32 * 3; ++flags) {
    auto row = start;
    const Fp zero_flag = Fp(flags & 1);
    row.d[0] += zero_flag - row.by_zero;  // what is read stays
    row.by_zero = zero_flag;
    row.n_top = Fp(flags >> 1 & 1);
    row.d_top = Fp(flags >> 2 & 1);
    row.q_neg = Fp(flags >> 3 & 1);
    row.rem_neg = Fp(flags >> 4 & 1);
    row.borrow = Fp(flags >> 5);
    for (unsigned i = 0; i < 4; ++i) row.both[i] = Fp(row.q[i].value() & row.d[i].value());
    for (Fp* t : {&row.t[0], &row.t[1], &row.t[2], &row.g_lo, &row.g_hi}) solve<air::Div>(row, *t);
    good += air::check_row<air::Div>(row).ok() ? 1 : 0;
  }
  return good;
}

TEST(Forge, DivisionHasOneResult) {
  Rng rng(41);
  constexpr uint32_t kEdges[][2] = {{0x80000000, 0xffffffff},
                                    {0, 0},
                                    {7, 2},
                                    {0xfffffff9, 2},
                                    {7, 0xfffffffe},
                                    {0xfffffff9, 0xfffffffe},
                                    {0x80000000, 0},
                                    {5, 0},
                                    {0xffffffff, 0},
                                    {0xffffffff, 1},
                                    {0, 5},
                                    {0x80000000, 1},
                                    {0x80000000, 0x80000000},
                                    {1, 0x80000000},
                                    {0xffffffff, 0xffffffff},
                                    {6, 0xfffffffd},
                                    {0x7fffffff, 0x80000000}};
  for (unsigned round = 0; round < 120; ++round) {
    const bool edge = round < 2 * std::size(kEdges);
    const uint32_t n = edge ? kEdges[round / 2][0] : random_word(rng);
    const uint32_t d = edge ? kEdges[round / 2][1] : random_word(rng);
    const bool is_signed = round % 2 == 0;
    const Sample s = make_sample(kOperands | (is_signed ? kDiv : kDivu), registers(n, d), rng);
    const uint32_t q = s.effect.of(isa::kLo), rem = s.effect.of(isa::kHi);
    ASSERT_EQ(div_rows(s, q, rem), 1u) << n << " / " << d;  // and the flags are unique
    // Other pairs with quotient * divisor + remainder = n modulo 2^32, and pairs without reason.
    std::vector<std::pair<uint32_t, uint32_t>> claims;
    for (uint32_t k : {1u, 2u, 3u, 0x10000u, 0x80000000u, 0x7f000001u}) {
      claims.push_back({q + k, rem - k * d});
      claims.push_back({q - k, rem + k * d});
      claims.push_back({q + k, rem});
      claims.push_back({q, rem + k});
      claims.push_back({q, rem - k});
    }
    claims.push_back({0u - q, rem});
    claims.push_back({q, 0u - rem});
    claims.push_back({0u - q, 0u - rem});
    claims.push_back({0, n});
    claims.push_back({n, 0});
    claims.push_back({0xffffffff, n});
    claims.push_back({0xffffffff, n + d});
    claims.push_back({n / (d | 1), n % (d | 1)});
    for (const auto& [lo, hi] : claims) {
      if (lo == q && hi == rem) continue;
      EXPECT_EQ(div_rows(s, lo, hi), 0u)
          << (is_signed ? "div " : "divu ") << n << " " << d << " claims " << lo << " " << hi;
    }
  }
}

// --- multiplication
// -------------------------------------------------------------------------------

unsigned mult_rows(const Sample& honest, uint64_t product) {
  Sample s = honest;
  s.event.rd_new = static_cast<uint32_t>(product);
  s.event.hi_new = static_cast<uint32_t>(product >> 32);
  const auto start = row_of<air::Mult>(s);
  unsigned good = 0;
  for (unsigned flags = 0; flags < 8; ++flags) {
    auto row = start;
    row.a_neg = Fp(flags & 1);
    row.b_neg = Fp(flags >> 1 & 1);
    row.wrap = Fp(flags >> 2 & 1);
    for (Fp& t : row.t) solve<air::Mult>(row, t);
    good += air::check_row<air::Mult>(row).ok() ? 1 : 0;
  }
  return good;
}

TEST(Forge, MultiplicationHasOneResult) {
  Rng rng(42);
  for (unsigned round = 0; round < 300; ++round) {
    const uint32_t a = round < 2 ? 0xffffffff : random_word(rng);
    const uint32_t b = round < 2 ? 0xffffffff : random_word(rng);
    const uint32_t op = round % 2 == 0 ? kMult : kMultu;
    const Sample s = make_sample(kOperands | op, registers(a, b), rng);
    const uint64_t p = uint64_t{s.effect.of(isa::kHi)} << 32 | s.effect.of(isa::kLo);
    ASSERT_EQ(mult_rows(s, p), 1u);
    std::vector<uint64_t> claims = {0, ~p, uint64_t{a} * b, ~uint64_t{0}};
    for (unsigned shift = 0; shift < 64; shift += 8) {
      for (uint64_t k : {1u, 2u, 0x7f00u, 0x7f01u, 0x7f000001u}) {
        claims.push_back(p + (k << shift));
        claims.push_back(p - (k << shift));
      }
    }
    for (uint64_t flip : {a, b, a + b}) {
      claims.push_back(p + (flip << 32));
      claims.push_back(p - (flip << 32));
    }
    for (uint64_t claim : claims)
      EXPECT_EQ(mult_rows(s, claim), claim == p ? 1u : 0u) << a << " * " << b << " = " << claim;
  }
}

// Carries moved from one limb to the next by the identity 2^16 * 0x7f00 = -1 modulo p: the sum of
// the carries stays, only the checks of the single ones refuse it.
TEST(Forge, MultiplicationCarriesCannotTrade) {
  Rng rng(43);
  unsigned built = 0;
  for (unsigned round = 0; round < 200; ++round) {
    const Sample s =
        make_sample(kOperands | kMultu,
                    registers(static_cast<uint32_t>(rng()), static_cast<uint32_t>(rng())), rng);
    auto row = row_of<air::Mult>(s);
    row.r[0] += Fp(1);
    row.t[0] += Fp(0x7f00);
    row.r[1] += Fp(0x7f00) - Fp(1);
    row.t[1] -= Fp(0x7f00);
    row.r[2] -= Fp(0x7f00);
    const air::RowReport report = air::check_row<air::Mult>(row);
    EXPECT_FALSE(report.ok());
    if (report.violations.empty()) ++built;
  }
  EXPECT_GT(built, 100u);  // so it is the range checks that refuse it
}

// --- multiplication with accumulation
// -------------------------------------------------------------------------------

// Rows that claim `result` in HI and LO.
unsigned mult_acc_rows(const Sample& honest, uint64_t result) {
  Sample s = honest;
  s.event.rd_new = static_cast<uint32_t>(result);
  s.event.hi_new = static_cast<uint32_t>(result >> 32);
  const auto start = row_of<air::MultAcc>(s);
  unsigned good = 0;
  for (unsigned flags = 0; flags < 4 * 3; ++flags) {
    auto row = start;
    row.a_neg = Fp(flags & 1);
    row.b_neg = Fp(flags >> 1 & 1);
    row.top = Fp(flags >> 2) - Fp(1);
    for (Fp& t : row.t) solve<air::MultAcc>(row, t);
    good += air::check_row<air::MultAcc>(row).ok() ? 1 : 0;
  }
  return good;
}

// Above all: a borrow that is lost or invented between the words or at the top.
TEST(Forge, AccumulationHasOneResult) {
  Rng rng(51);
  constexpr uint32_t kOps[] = {0x70000000, 0x70000001, 0x70000004, 0x70000005};
  for (unsigned round = 0; round < 400; ++round) {
    const uint32_t a = round < 8 ? 0xffffffff : random_word(rng);
    const uint32_t b = round < 8 ? 0xffffffff : random_word(rng);
    State st = registers(a, b);
    st.reg[isa::kHi] = round < 4 ? 0 : random_word(rng);
    st.reg[isa::kLo] = round < 4 ? 0 : random_word(rng);
    const Sample s = make_sample(kOps[round % 4] | kOperands, st, rng);
    const uint64_t p = uint64_t{s.effect.of(isa::kHi)} << 32 | s.effect.of(isa::kLo);
    const uint64_t old = uint64_t{st.reg[isa::kHi]} << 32 | st.reg[isa::kLo];
    ASSERT_EQ(mult_acc_rows(s, p), 1u) << std::hex << s.word << " " << a << " " << b;
    std::vector<uint64_t> claims = {
        0, ~p, old, 2 * old - p, old + uint64_t{a} * b, old - uint64_t{a} * b};
    for (unsigned shift = 0; shift < 64; shift += 8) {
      for (uint64_t k : {1u, 2u, 0x7f00u, 0x7f01u, 0x7f000001u}) {
        claims.push_back(p + (k << shift));
        claims.push_back(p - (k << shift));
      }
    }
    for (uint64_t flip : {a, b, a + b}) {
      claims.push_back(p + (flip << 32));
      claims.push_back(p - (flip << 32));
    }
    for (uint64_t claim : claims)
      EXPECT_EQ(mult_acc_rows(s, claim), claim == p ? 1u : 0u)
          << std::hex << s.word << " " << a << " * " << b << " = " << claim;
  }
}

TEST(Forge, AccumulationCarriesCannotTrade) {
  Rng rng(52);
  unsigned built = 0;
  for (unsigned round = 0; round < 200; ++round) {
    const Sample s =
        make_sample(kOperands | 0x70000001,
                    registers(static_cast<uint32_t>(rng()), static_cast<uint32_t>(rng())), rng);
    auto row = row_of<air::MultAcc>(s);
    row.r[0] += Fp(1);
    row.t[0] += Fp(0x7f00);
    row.r[1] += Fp(0x7f00) - Fp(1);
    row.t[1] -= Fp(0x7f00);
    row.r[2] -= Fp(0x7f00);
    const air::RowReport report = air::check_row<air::MultAcc>(row);
    EXPECT_FALSE(report.ok());
    if (report.violations.empty()) ++built;
  }
  EXPECT_GT(built, 100u);
}

// The registers of the product are the ROM's: mul leaves HI and LO alone.
TEST(Forge, ProductsGoWhereTheRomSays) {
  Rng rng(53);
  const Sample s = make_sample(kOperands | 10u << 11 | 0x70000002, registers(7, 9), rng);
  auto row = row_of<air::Mult>(s);
  ASSERT_EQ(row.rd.reg, Fp(10));
  ASSERT_EQ(row.hi.reg, Fp(isa::kTrash));
  for (uint32_t reg : {uint32_t{isa::kHi}, uint32_t{isa::kLo}, 11u, 0u}) {
    auto lie = row;
    lie.hi.reg = Fp(reg);
    EXPECT_EQ(judge(s.word, s.state.pc, {}, air::check_row<air::Mult>(lie)), Verdict::kConflict);
    lie = row;
    lie.rd.reg = Fp(reg);
    EXPECT_EQ(judge(s.word, s.state.pc, {}, air::check_row<air::Mult>(lie)), Verdict::kConflict);
  }
}

// --- shifts
// ---------------------------------------------------------------------------------------

TEST(Forge, ShiftLimbsCannotWrap) {
  Rng rng(44);
  unsigned built = 0;
  for (unsigned round = 0; round < 500; ++round) {
    auto row = row_of<air::Shift>(random_sample(isa::Class::kShift, rng));
    // l0 + 2^16 l1 = lo M + p is the other solution in 32 bits.
    row.l0 += Fp(1);
    row.l1 += Fp(0x7f00);
    solve<air::Shift>(row, row.lo);
    solve<air::Shift>(row, row.hi);
    const air::RowReport report = air::check_row<air::Shift>(row);
    EXPECT_FALSE(report.ok());
    if (report.violations.empty()) ++built;
  }
  EXPECT_GT(built, 100u);
}

TEST(Forge, ShiftAmountIsTheRegisters) {
  Rng rng(45);
  for (unsigned round = 0; round < 300; ++round) {
    const Sample s = random_sample(isa::Class::kShiftVar, rng);
    const uint32_t true_amount = (s.event.rt & 31) + s.rom.k[0];
    for (uint32_t amount = 0; amount < 32; ++amount) {
      Sample lie = s;
      lie.event.rt = amount;
      lie.rom.k[0] = 0;
      const bool right = s.rom.k[1] != 0;
      const uint32_t v = s.event.rs;
      const uint32_t fill =
          s.rom.k[2] != 0 && (v >> 31) != 0 ? air::shift_amount(true, amount).fill : 0;
      lie.event.rd_new = right ? v >> amount | fill : v << amount;
      auto row = row_of<air::ShiftVar>(lie);
      // As the lie's row, but reading the true amount register, with q to make up for it.
      row.rt.lo = Fp(s.event.rt & 0xffff);
      row.rt.hi = Fp(s.event.rt >> 16);
      row.amount = Fp(s.rom.k[0]);
      row.q = (row.rt.lo + row.amount - Fp(amount)) * Fp(32).inverse();
      const air::RowReport report = air::check_row<air::ShiftVar>(row);
      EXPECT_EQ(report.ok(), amount == true_amount) << s.event.rt << " as " << amount;
      EXPECT_TRUE(report.violations.empty());
    }
  }
}

// --- comparisons and additions
// --------------------------------------------------------------------

TEST(Forge, ComparisonsHaveOneResult) {
  Rng rng(46);
  for (unsigned round = 0; round < 2000; ++round) {
    const Sample s = random_sample(isa::Class::kSlt, rng);
    const Sample t = random_sample(isa::Class::kSltImm, rng);
    unsigned good = 0, good_imm = 0;
    for (unsigned flags = 0; flags < 16 * 3; ++flags) {
      auto row = row_of<air::Slt>(s);
      auto imm = row_of<air::SltImm>(t);
      row.rs_neg = imm.rs_neg = Fp(flags & 1);
      row.rt_neg = Fp(flags >> 1 & 1);
      row.borrow = imm.borrow = Fp(flags >> 2 & 1);
      row.less = imm.less = Fp(flags >> 3 & 1);
      row.flip = imm.flip = Fp(flags >> 4) - Fp(1);
      const bool ok = air::check_row<air::Slt>(row).ok();
      EXPECT_TRUE(!ok || row.less == Fp(s.effect.value()));
      good += ok ? 1 : 0;
      const bool ok_imm = air::check_row<air::SltImm>(imm).ok();
      EXPECT_TRUE(!ok_imm || imm.less == Fp(t.effect.value()));
      good_imm += ok_imm ? 1 : 0;
    }
    EXPECT_EQ(good, 1u);
    EXPECT_EQ(good_imm, 2u);  // rt_neg is no column of this table
  }
}

// A sign "bit" that is a fraction passes the check of the sign, shifts the difference of the high
// limbs by less than 2^16 and so turns the result round; only the rule that it is a bit refuses it.
TEST(Forge, SignsAreBits) {
  Rng rng(50);
  unsigned built = 0;
  for (unsigned round = 0; round < 200; ++round) {
    const uint32_t a = static_cast<uint32_t>(rng()), b = a + 0x10000;
    State s = registers(a, b);
    const Sample sample = make_sample(kOperands | 10u << 11 | 0x2a, s, rng);
    auto row = row_of<air::Slt>(sample);
    row.less = Fp(1) - row.less;
    for (uint32_t y = 0; y < 65536; y += 0x3fff) {
      auto lie = row;
      lie.rs_neg = (row.rs.hi - Fp(y) * Fp(2).inverse()) * Fp(1u << 15).inverse();
      lie.flip = row.rt_neg - lie.rs_neg;
      const air::RowReport report = air::check_row<air::Slt>(lie);
      EXPECT_FALSE(report.ok());
      if (report.bad_ranges.empty() && report.violations.size() == 1) ++built;
    }
  }
  EXPECT_GT(built, 50u);
}

TEST(Forge, OverflowHasNoRow) {
  Rng rng(47);
  unsigned overflows = 0;
  for (unsigned round = 0; round < 3000; ++round) {
    const uint32_t a = random_word(rng), b = random_word(rng);
    const bool subtract = round % 2 == 0;
    const uint32_t word = kOperands | 10u << 11 | (subtract ? 0x22 : 0x20);
    const int64_t wide = int64_t{static_cast<int32_t>(a)} +
                         (subtract ? -int64_t{static_cast<int32_t>(b)} : static_cast<int32_t>(b));
    const bool fits = wide == static_cast<int32_t>(wide);
    overflows += fits ? 0 : 1;
    EXPECT_EQ(execute(word, registers(a, b)).has_value(), fits);
    Sample s = make_sample(word, registers(0, 0), rng);
    s.event.rs = a;
    s.event.rt = b;
    s.event.rd_new = static_cast<uint32_t>(wide);
    unsigned good = 0;
    for (unsigned flags = 0; flags < 8 * 3; ++flags) {
      auto row = row_of<air::AddTrap>(s);
      row.rs_neg = Fp(flags & 1);
      row.b_neg = Fp(flags >> 1 & 1);
      row.neg = Fp(flags >> 2 & 1);
      row.carry = Fp(flags >> 3) - Fp(1);
      good += air::check_row<air::AddTrap>(row).ok() ? 1 : 0;
      solve<air::AddTrap>(row, row.hi);
      EXPECT_TRUE(fits || !air::check_row<air::AddTrap>(row).ok());
    }
    EXPECT_EQ(good, fits ? 1u : 0u);
  }
  EXPECT_GT(overflows, 100u);
}

// --- addresses
// ------------------------------------------------------------------------------------

// The key of an access is unique: neither limbs of the address that trade 2^16, nor the wrap at the
// end of the address space, which would reach the keys of registers.
TEST(Forge, AddressesHaveOneKey) {
  Rng rng(48);
  for (uint32_t base : {0xfffffff0u, 0x0000fff8u, 0x12345678u, 0u, 0xffff0000u}) {
    for (uint32_t offset : {0x20u, 0xffe0u, 0u, 0x7ffcu, 0x8000u}) {
      State st = registers(base, 7);
      st.memory[0] = 0xabcdef01;
      const Sample s = make_sample(0x23u << 26 | kOperands | offset, st, rng);
      const auto honest = row_of<air::LoadWord>(s);
      ASSERT_TRUE(air::check_row<air::LoadWord>(honest).ok());
      for (int v = -2; v <= 2; ++v) {
        for (int hi = -2; hi <= 2; ++hi) {
          for (uint32_t wrap : {0u, 65536u, 0x7f00u}) {
            for (uint32_t quarter = 0; quarter < 4; ++quarter) {
              auto row = honest;
              row.a.v += Fp::from_i32(v * 16384) + Fp(quarter) * Fp(4).inverse();
              row.a.hi += Fp::from_i32(hi) + Fp(wrap);
              if (row.a.v == honest.a.v && row.a.hi == honest.a.hi) continue;
              EXPECT_FALSE(air::check_row<air::LoadWord>(row).ok());
              row.a.hi = honest.a.hi + Fp::from_i32(hi) - Fp(wrap);
              if (row.a.v == honest.a.v && row.a.hi == honest.a.hi) continue;
              EXPECT_FALSE(air::check_row<air::LoadWord>(row).ok());
            }
          }
        }
      }
    }
  }
}

// A store needs a word whose permission is 1: its message has no other.
TEST(Forge, StoresCarryPermissionOne) {
  Rng rng(49);
  auto w_of = [&]<class T>() {
    const auto report = air::check_row<T>(row_of<T>(random_sample(T::kClass, rng)));
    for (const air::Access& a : report.locals) {
      if (a.read.form == air::Form::kMem) {
        EXPECT_EQ(a.read.v[3], Fp(1));
        EXPECT_EQ(a.write.v[3], Fp(1));
        return;
      }
    }
    ADD_FAILURE() << "no access";
  };
  w_of.template operator()<air::StoreWord>();
  w_of.template operator()<air::StoreSub>();
  w_of.template operator()<air::StorePart>();
  w_of.template operator()<air::StoreCond>();
  w_of.template operator()<air::StoreDouble>();
}

}  // namespace
}  // namespace mipzk::test
