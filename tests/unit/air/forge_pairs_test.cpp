// SPDX-License-Identifier: Apache-2.0
// Attacks on the tables that access two words or registers at once: ll, sc, ldc1, sdc1, mov.d.
#include <gtest/gtest.h>

#include "air/tables/double_word.hpp"
#include "air/tables/linked.hpp"
#include "unit/air/forge.hpp"

namespace mipzk::test {
namespace {

constexpr uint32_t kLl = 0x30u << 26, kSc = 0x38u << 26, kLdc1 = 0x35u << 26, kSdc1 = 0x3du << 26;

// sc that claims success without a link, or failure with one; and a store without success.
TEST(Forge, StoreConditionalFollowsTheLink) {
  Rng rng(81);
  const uint32_t address = 0x10000ff8;
  for (uint32_t link : {address, address ^ 4, address ^ 0x10000, 0u, address + 1, address - 0x10000,
                        address + 0x7f000001, address - 0x7f000001, 0x0ff81000u, ~address}) {
    State st = registers(address, 0x55556666);
    st.memory[0] = 0x11112222;
    st.reg[isa::kLink] = link;
    const Sample s = make_sample(kSc | kOperands, st, rng);
    const bool linked = link == address;
    ASSERT_EQ(s.effect.of(9), linked ? 1u : 0u);
    unsigned good = 0;
    for (Fp ok : {Fp(), Fp(1), Fp(2).inverse(), -Fp(1)}) {
      for (uint32_t stored : {st.memory[0], st.reg[9]}) {
        for (unsigned attempt = 0; attempt < 3; ++attempt) {
          auto row = row_of<air::StoreCond>(s);
          row.ok = ok;
          row.new_lo = Fp(stored & 0xffff);
          row.new_hi = Fp(stored >> 16);
          if (attempt == 1) solve<air::StoreCond>(row, row.inv_lo);
          if (attempt == 2) solve<air::StoreCond>(row, row.inv_hi);
          if (!air::check_row<air::StoreCond>(row).ok()) continue;
          EXPECT_EQ(ok, Fp(linked ? 1u : 0u)) << std::hex << link;
          EXPECT_EQ(stored, linked ? st.reg[9] : st.memory[0]);
          ++good;
        }
      }
    }
    EXPECT_GE(good, 1u);
  }
}

// Ziren's audit of 2025: the result of ll was free. Here the register written holds the columns of
// the word read, and LINK those of the address.
TEST(Forge, LoadLinkedLoadsTheWord) {
  Rng rng(82);
  for (unsigned round = 0; round < 200; ++round) {
    const Sample s = random_sample(isa::Class::kLoadLinked, rng);
    auto row = row_of<air::LoadLinked>(s);
    for (Fp* limb : {&row.m.lo, &row.m.hi}) *limb = Fp(static_cast<uint32_t>(rng() % 65536));
    const air::RowReport report = air::check_row<air::LoadLinked>(row);
    ASSERT_TRUE(report.ok());
    for (const air::Access& a : report.locals) {
      if (a.write.form == air::Form::kReg && a.write.v[3] == Fp(s.event.clk + 4)) {
        EXPECT_EQ(a.write.v[0], Fp(s.rom.rd));
        EXPECT_EQ(a.write.v[1], row.m.lo);
        EXPECT_EQ(a.write.v[2], row.m.hi);
      }
      if (a.write.form == air::Form::kReg && a.write.v[0] == Fp(isa::kLink)) {
        EXPECT_EQ(a.write.v[1], Fp(*s.effect.address & 0xffff));
        EXPECT_EQ(a.write.v[2], Fp(*s.effect.address >> 16));
      }
    }
  }
}

// Addresses that are no multiple of 4 or 8, keys that trade limbs or leave the memory.
TEST(Forge, PairedAccessesHaveOneKey) {
  Rng rng(83);
  auto attack = [&]<class T>(uint32_t word) {
    for (uint32_t base : {0xfffffff0u, 0x0000fff8u, 0x12345678u, 0u, 0xffff0000u}) {
      for (uint32_t offset : {0x20u, 0xffe0u, 0u, 0x7ff8u, 0x8000u}) {
        const Sample s = make_sample(word | 8u << 21 | 10u << 16 | offset, registers(base, 7), rng);
        const auto honest = row_of<T>(s);
        ASSERT_TRUE(air::check_row<T>(honest).ok());
        for (int v = -2; v <= 2; ++v) {
          for (int hi = -2; hi <= 2; ++hi) {
            for (uint32_t wrap : {0u, 65536u, 0x7f00u}) {
              for (uint32_t eighth = 0; eighth < 8; ++eighth) {
                auto row = honest;
                row.a.v += Fp::from_i32(v * 8192) + Fp(eighth) * Fp(8).inverse();
                row.a.hi += Fp::from_i32(hi) + Fp(wrap);
                if (row.a.v == honest.a.v && row.a.hi == honest.a.hi) continue;
                EXPECT_FALSE(air::check_row<T>(row).ok());
              }
            }
          }
        }
      }
    }
  };
  attack.template operator()<air::LoadLinked>(kLl);
  attack.template operator()<air::StoreCond>(kSc);
  attack.template operator()<air::LoadDouble>(kLdc1);
  attack.template operator()<air::StoreDouble>(kSdc1);
}

// An address that is a multiple of 4 but not of 8 has no row: its unit would be a fraction.
TEST(Forge, DoublesAreAligned) {
  Rng rng(84);
  auto attack = [&]<class T>(uint32_t word) {
    const Sample s = make_sample(word | 8u << 21 | 10u << 16, registers(0x10000008, 0), rng);
    auto row = row_of<T>(s);
    row.rs.lo = Fp(0x000c);
    row.a.v = Fp(0x000c) * Fp(8).inverse();
    const air::RowReport report = air::check_row<T>(row);
    EXPECT_TRUE(report.violations.empty());
    EXPECT_FALSE(report.bad_ranges.empty());
  };
  attack.template operator()<air::LoadDouble>(kLdc1);
  attack.template operator()<air::StoreDouble>(kSdc1);
}

// The word at the lower address belongs to the odd register in big-endian programs and to the even
// one in little-endian programs; rows with the words the other way round are not in the ROM.
TEST(Forge, WordsOfADoubleKeepTheirOrder) {
  Rng rng(85);
  for (bool little : {false, true}) {
    State st = registers(0x10000008, 0);
    st.context.little_endian = little;
    st.memory = {0x11111111, 0x22222222};
    st.reg[isa::kFpr0 + 10] = 0x33333333;
    st.reg[isa::kFpr0 + 11] = 0x44444444;
    const Sample load = make_sample(kLdc1 | 8u << 21 | 10u << 16, st, rng);
    EXPECT_EQ(load.effect.of(isa::kFpr0 + 10), little ? 0x11111111u : 0x22222222u);
    auto l = row_of<air::LoadDouble>(load);
    std::swap(l.rd, l.rb);
    std::swap(l.rd.t, l.rb.t);
    EXPECT_EQ(judge(load.word, st.pc, st.context, air::check_row<air::LoadDouble>(l)),
              Verdict::kConflict);
    const Sample store = make_sample(kSdc1 | 8u << 21 | 10u << 16, st, rng);
    EXPECT_EQ(store.effect.memory[0], little ? 0x33333333u : 0x44444444u);
    auto w = row_of<air::StoreDouble>(store);
    std::swap(w.rt, w.rb);
    std::swap(w.rt.t, w.rb.t);
    EXPECT_EQ(judge(store.word, st.pc, st.context, air::check_row<air::StoreDouble>(w)),
              Verdict::kConflict);
  }
}

}  // namespace
}  // namespace mipzk::test
