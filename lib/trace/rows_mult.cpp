// SPDX-License-Identifier: Apache-2.0
// Rows of multiplication and division.
#include "air/tables/div.hpp"
#include "air/tables/mult_acc.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {
namespace {

// Sum of the products of bytes whose weights are 2^(16 i) and 2^(16 i + 8).
int64_t limb_product(uint32_t a, uint32_t b, unsigned i) {
  int64_t sum = 0;
  for (unsigned x = 0; x < 4; ++x)
    for (unsigned y = 0; y < 4; ++y) {
      if (x + y == 2 * i) sum += int64_t{byte_of(a, x)} * byte_of(b, y);
      if (x + y == 2 * i + 1) sum += int64_t{byte_of(a, x)} * byte_of(b, y) * 256;
    }
  return sum;
}

// The columns that Mult and MultAcc have in common.
template <class Row>
void fill_factors(Row& r, const vm::Event& e, const isa::RomEntry& rom) {
  const bool is_signed = rom.k[0] != 0;
  begin(r, e, rom);
  r.is_signed = Fp(rom.k[0]);
  for (unsigned i = 0; i < 3; ++i) r.both[i] = Fp(byte_of(e.rs & e.rt, i));
  r.a_neg = bit(is_signed && top_bit(e.rs));
  r.b_neg = bit(is_signed && top_bit(e.rt));
}

// Limb i of rs rt - 2^32 (a_neg rt + b_neg rs), not reduced.
int64_t signed_limb_product(const vm::Event& e, bool is_signed, unsigned i) {
  int64_t limb = limb_product(e.rs, e.rt, i);
  if (i < 2 || !is_signed) return limb;
  const unsigned shift = 16 * (i - 2);
  if (top_bit(e.rs)) limb -= e.rt >> shift & 0xffff;
  if (top_bit(e.rt)) limb -= e.rs >> shift & 0xffff;
  return limb;
}

}  // namespace

void fill_row(air::Mult::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t limbs[4] = {e.rd_new & 0xffff, e.rd_new >> 16, e.hi_new & 0xffff, e.hi_new >> 16};
  fill_factors(r, e, rom);
  fill_register(r.hi, rom.k[1], e.hi_old, e.t_hi);
  int64_t carry = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const int64_t rest = signed_limb_product(e, rom.k[0] != 0, i) + carry - limbs[i];
    carry = rest / 65536;
    if (i < 3) r.t[i] = Fp::from_i32(static_cast<int32_t>(i < 2 ? carry : carry + 2));
    if (i == 3) r.wrap = bit(rest != 0);
    r.r[i] = Fp(limbs[i]);
  }
}

void fill_row(air::MultAcc::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t limbs[4] = {e.rd_new & 0xffff, e.rd_new >> 16, e.hi_new & 0xffff, e.hi_new >> 16};
  const uint32_t old[4] = {e.rd_old & 0xffff, e.rd_old >> 16, e.hi_old & 0xffff, e.hi_old >> 16};
  const int64_t sign = rom.k[1] == 1 ? 1 : -1;
  fill_factors(r, e, rom);
  r.hi = old_hi(e);
  r.lo = old_rd(e);
  r.sign = Fp(rom.k[1]);
  int64_t carry = 0;
  for (unsigned i = 0; i < 4; ++i) {
    carry += old[i] + sign * signed_limb_product(e, rom.k[0] != 0, i) - limbs[i];
    carry /= 65536;
    if (i < 3) r.t[i] = Fp::from_i32(static_cast<int32_t>(carry + air::MultAcc::kOffset));
    if (i == 3) r.top = Fp::from_i32(static_cast<int32_t>(carry));
    r.r[i] = Fp(limbs[i]);
  }
}

void fill_row(air::Div::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const bool is_signed = rom.k[0] != 0;
  const uint32_t n = e.rs, d = e.rt == 0 ? 1 : e.rt, q = e.rd_new, rem = e.hi_new;
  const bool n_neg = is_signed && top_bit(n), d_neg = is_signed && top_bit(d);
  // -2^31 / -1 is +2^31, whose word has the top bit but which is not negative.
  const bool q_neg = is_signed && top_bit(q) && n_neg != d_neg;
  const bool rem_neg = is_signed && top_bit(rem);
  begin(r, e, rom);
  r.rt = Fp(rom.rt);
  r.rt_t = Fp(e.t_rt);
  fill_bytes(r.d, d);
  r.hi = old_hi(e);
  r.lo = old_rd(e);
  r.is_signed = Fp(rom.k[0]);
  r.by_zero = bit(e.rt == 0);
  fill_bytes(r.q, q);
  fill_limbs(r.rem_lo, r.rem_hi, rem);
  fill_and(r.both, q, d);
  r.n_top = bit(top_bit(n));
  r.d_top = bit(top_bit(d));
  r.q_neg = bit(q_neg);
  r.rem_neg = bit(rem_neg);

  auto low = [](uint32_t v) { return int64_t{v & 0xffff}; };
  auto high = [](uint32_t v) { return int64_t{v >> 16}; };
  const int64_t t0 = (limb_product(q, d, 0) + low(rem) - low(n)) / 65536;
  const int64_t t1 = (limb_product(q, d, 1) + high(rem) - high(n) + t0) / 65536;
  const int64_t t2 =
      (limb_product(q, d, 2) - (q_neg ? low(d) : 0) - (d_neg ? low(q) : 0) - rem_neg + n_neg + t1) /
      65536;
  r.t[0] = Fp(static_cast<uint32_t>(t0));
  r.t[1] = Fp(static_cast<uint32_t>(t1));
  r.t[2] = Fp(static_cast<uint32_t>(t2 + 1));

  const uint32_t x = d_neg ? ~d : d, y = rem_neg ? ~rem : rem;
  const int64_t g = low(x) - low(y) + d_neg - rem_neg - 1;
  const int64_t borrow = g < -65536 ? 2 : g < 0 ? 1 : 0;
  r.borrow = Fp(static_cast<uint32_t>(borrow));
  r.g_lo = Fp(static_cast<uint32_t>(g + borrow * 65536));
  r.g_hi = Fp(static_cast<uint32_t>(high(x) - high(y) - borrow));
}

}  // namespace mipzk::trace
