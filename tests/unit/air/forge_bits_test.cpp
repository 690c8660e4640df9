// SPDX-License-Identifier: Apache-2.0
// Attacks on the tables that pick, move and count bits, and on conditional moves.
#include <gtest/gtest.h>

#include "air/tables/bit_field.hpp"
#include "air/tables/byte_ops.hpp"
#include "air/tables/count_leading.hpp"
#include "air/tables/move_cond.hpp"
#include "unit/air/forge.hpp"

namespace mipzk::test {
namespace {

// Words whose value, or the value of a part, is 0 modulo p or wraps, and words with few bits.
std::vector<uint32_t> suspicious_words(Rng& rng) {
  std::vector<uint32_t> w = {0,          1,          0x7f000001, 0x7f000000, 0x7f000002,
                             0xfe000002, 0x80000000, 0xffffffff, 0x80fffffe, 0x00007f00,
                             0x7f010000, 0xffff0001, 0x0001ffff, 0x80008000, 0x00010000,
                             0x00ff0000, 0x0000ff00, 0xff000000};
  for (unsigned i = 0; i < 32; ++i) w.push_back(1u << i);
  for (size_t i = w.size(); i-- > 0;) w.push_back(~w[i]);
  for (unsigned i = 0; i < 60; ++i) w.push_back(random_word(rng));
  return w;
}

// Ziren's audit of 2025: the test for zero of clz and clo was one of a number modulo p, so that
// 0x7f000001 had 32 leading zeros. Here every choice of the leading byte, of its shift and of
// "there is none" is tried on every word.
TEST(Forge, LeadingZerosOfWordsThatWrapTheField) {
  Rng rng(61);
  for (uint32_t word : suspicious_words(rng)) {
    for (uint32_t clo : {0u, 1u}) {
      const Sample s =
          make_sample(0x70000020 | clo | 8u << 21 | 10u << 11, registers(word, 0), rng);
      const auto start = row_of<air::CountLeading>(s);
      ASSERT_TRUE(air::check_row<air::CountLeading>(start).ok()) << std::hex << word;
      unsigned good = 0;
      for (unsigned chosen = 0; chosen < 32; ++chosen) {
        for (uint32_t shift = 0; shift <= 9; ++shift) {
          auto row = start;
          for (unsigned i = 0; i < 4; ++i) row.at[i] = Fp(chosen >> i & 1);
          row.none = Fp(chosen >> 4);
          row.shift = Fp(shift);
          solve<air::CountLeading>(row, row.lead);
          row.out = Fp(row.lead.value() << shift);
          if (!air::check_row<air::CountLeading>(row).ok()) continue;
          ++good;
          const Fp count = row.none * Fp(32) + row.at[0] * Fp(24) + row.at[1] * Fp(16) +
                           row.at[2] * Fp(8) + row.shift;
          EXPECT_EQ(count, Fp(s.effect.value())) << std::hex << word;
        }
      }
      EXPECT_EQ(good, 1u) << std::hex << word;
    }
  }
}

// "None" is a bit: as -1 it would allow two leading bytes, and a count below zero.
TEST(Forge, OneByteLeads) {
  Rng rng(67);
  const Sample s = make_sample(0x70000020 | 8u << 21 | 10u << 11, registers(0xc8000000, 0), rng);
  auto row = row_of<air::CountLeading>(s);
  row.none = -Fp(1);
  row.at[2] = Fp(1);
  row.lead = Fp(0xc8 - 128);
  row.shift = Fp(1);
  row.out = Fp(2 * (0xc8 - 128));
  const air::RowReport report = air::check_row<air::CountLeading>(row);
  EXPECT_EQ(report.violations.size(), 1u);
  EXPECT_TRUE(report.bad_ranges.empty() && report.bad_tuples.empty());
}

// The same audit, of movz and movn: the condition is a test of the whole word.
TEST(Forge, ConditionalMovesTestTheWholeWord) {
  Rng rng(62);
  for (uint32_t word : suspicious_words(rng)) {
    for (uint32_t function : {0x0au, 0x0bu}) {
      State st = registers(0x12345678, word);
      st.reg[10] = 0x9abcdef0;
      const Sample s = make_sample(kOperands | 10u << 11 | function, st, rng);
      unsigned good = 0;
      for (uint32_t is_zero : {0u, 1u}) {
        for (uint32_t value : {st.reg[8], st.reg[10]}) {
          for (bool invert : {false, true}) {
            auto row = row_of<air::MoveCond>(s);
            row.is_zero = Fp(is_zero);
            row.lo = Fp(value & 0xffff);
            row.hi = Fp(value >> 16);
            if (invert) solve<air::MoveCond>(row, row.inv);
            if (!air::check_row<air::MoveCond>(row).ok()) continue;
            EXPECT_EQ(value, s.effect.of(10)) << std::hex << word;
            ++good;
          }
        }
      }
      EXPECT_GE(good, 1u);
    }
  }
}

TEST(Forge, RotationAmountIsTheRegisters) {
  Rng rng(63);
  unsigned built = 0;
  for (unsigned round = 0; round < 300; ++round) {
    const Sample s = random_sample(isa::Class::kBitField, rng);
    const uint32_t truth = ((s.event.rt & 31) + s.rom.k[0]) % 32;
    for (uint32_t amount = 0; amount < 32; ++amount) {
      Sample lie = s;
      lie.event.rt = 0;
      lie.rom.k[0] = amount;
      const uint32_t v = s.event.rs;
      const uint32_t mask = s.rom.k[2] | s.rom.k[3] << 8 | s.rom.k[4] << 16 | s.rom.k[5] << 24;
      const uint32_t x = amount == 0 ? v : v >> amount | v << (32 - amount);
      lie.event.rd_new = (x & mask) | (s.rom.k[1] != 0 ? s.event.rd_old & ~mask : 0);
      auto row = row_of<air::BitField>(lie);
      // As the lie's row, but reading the true amounts, with q to make up for it.
      row.rt.lo = Fp(s.event.rt & 0xffff);
      row.rt.hi = Fp(s.event.rt >> 16);
      row.amount = Fp(s.rom.k[0]);
      row.q = (row.rt.lo + row.amount + Fp((32 - amount) % 32)) * Fp(32).inverse();
      const air::RowReport report = air::check_row<air::BitField>(row);
      EXPECT_EQ(report.ok(), amount == truth) << s.event.rt << " as " << amount;
      EXPECT_TRUE(report.violations.empty());
      built += report.violations.empty() && !report.ok() ? 1 : 0;
    }
  }
  EXPECT_GT(built, 5000u);
}

// Ziren #389 (ext, ins at the end of the word), ZisK #1188 (bytes that are not selected): bits
// inside the mask are the rotated word's, those outside are kept (ins) or 0 (ext).
TEST(Forge, BitFieldsChangeNoOtherBits) {
  Rng rng(64);
  const uint32_t kFields[][2] = {{0, 1},  {0, 8}, {0, 31}, {0, 32}, {31, 1},
                                 {24, 8}, {7, 9}, {8, 16}, {5, 27}};
  for (const auto& [pos, size] : kFields) {
    for (bool ins : {false, true}) {
      const uint32_t msb = ins ? pos + size - 1 : size - 1;
      const uint32_t word = 0x7c000000 | kOperands | msb << 11 | pos << 6 | (ins ? 4 : 0);
      for (unsigned round = 0; round < 20; ++round) {
        const Sample s = make_sample(word, registers(random_word(rng), random_word(rng)), rng);
        const auto honest = row_of<air::BitField>(s);
        ASSERT_TRUE(air::check_row<air::BitField>(honest).ok());
        for (unsigned i = 0; i < 4; ++i) {
          for (unsigned k = 0; k < 8; ++k) {
            for (Fp d : {Fp(1u << k), -Fp(1u << k)}) {
              for (unsigned what = 0; what < 3; ++what) {
                auto row = honest;
                (what == 0 ? row.x : what == 1 ? row.taken : row.lost)[i] += d;
                if (what == 0) row.taken[i] = Fp(row.x[i].value() & row.mask[i].value());
                solve<air::BitField>(row, row.lo);
                solve<air::BitField>(row, row.hi);
                EXPECT_FALSE(air::check_row<air::BitField>(row).ok());
              }
            }
          }
        }
      }
    }
  }
}

TEST(Forge, SignExtensionsCopyTheSign) {
  Rng rng(65);
  for (uint32_t word : suspicious_words(rng)) {
    for (uint32_t function : {0x7c000420u, 0x7c000620u, 0x7c0000a0u}) {  // seb, seh, wsbh
      const Sample s = make_sample(function | 8u << 16 | 10u << 11, registers(word, 0), rng);
      for (Fp neg : {Fp(), Fp(1), Fp(2).inverse(), -Fp(1)}) {
        auto row = row_of<air::ByteOps>(s);
        const Fp honest = row.neg;
        row.neg = neg;
        solve<air::ByteOps>(row, row.lo);
        solve<air::ByteOps>(row, row.hi);
        EXPECT_EQ(air::check_row<air::ByteOps>(row).ok(), neg == honest) << std::hex << word;
      }
    }
  }
}

// Two decompositions of the limbs of a source into "bytes".
TEST(Forge, BytesOfASourceAreBytes) {
  Rng rng(66);
  auto attack = [&]<class T>() {
    for (unsigned round = 0; round < 100; ++round) {
      const auto honest = row_of<T>(random_sample(T::kClass, rng));
      for (unsigned half : {0u, 2u}) {
        for (Fp d : {Fp(1), -Fp(1), Fp(256).inverse()}) {
          auto row = honest;
          row.rs.byte[half] += d * Fp(256);
          row.rs.byte[half + 1] -= d;
          EXPECT_FALSE(air::check_row<T>(row).ok());
        }
      }
    }
  };
  attack.template operator()<air::CountLeading>();
  attack.template operator()<air::BitField>();
  attack.template operator()<air::ByteOps>();
}

}  // namespace
}  // namespace mipzk::test
