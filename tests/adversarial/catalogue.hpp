// SPDX-License-Identifier: Apache-2.0
// Attacks that once worked on some system, tried on this one. Each takes an honest run, forges what
// the attack forges, lets everything that may follow follow (multiplicities, dependent cells), and
// is refused by the check of the traces and, carried through the prover, by the verifier. Lies
// about results of instructions: lies_test.cpp. Altered proof bytes: forge_test.cpp. The list of
// all attacks: docs/ATTACKS.md.
#pragma once

#include <gtest/gtest.h>

#include "adversarial/lies.hpp"
#include "adversarial/mutator.hpp"
#include "adversarial/proof_kit.hpp"

namespace mipzk::attack {

using namespace test;

enum Where : unsigned { kRules = 1, kLocal = 2, kGlobal = 4 };

// `where`: the kinds of checks that fail, no others.
inline void expect_refused(Shard s, unsigned where) {
  recount(s);
  const Findings f = check(s);
  SCOPED_TRACE(f.text());
  EXPECT_EQ(!f.rules.empty() || !f.ranges.empty() || !f.lookups.empty(), (where & kRules) != 0);
  EXPECT_EQ(!f.local.empty(), (where & kLocal) != 0);
  EXPECT_EQ(!f.global.empty(), (where & kGlobal) != 0);
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

inline constexpr uint32_t kStateKey = (1u << 30) + 255, kReg = 1u << 30;

// $v0 = what `body` computes from the public words $t0, $t1; it becomes the output.
inline Guest program(std::initializer_list<uint32_t> body) {
  Guest g;
  g.data = {0x11111111, 0x22222222, 0, 0};
  g.op(kNopWord).op(lui(kS1, 0xb000)).op(mem(Op::kLw, kT0, 4, kS1)).op(mem(Op::kLw, kT1, 8, kS1));
  g.op(lui(kS0, kData >> 16));
  for (uint32_t w : body) g.op(w);
  g.op(lui(kS1, 0xc000)).op(imm(Op::kAddiu, kT2, 0, 4)).op(mem(Op::kSw, kT2, 0, kS1));
  g.op(mem(Op::kSw, kV0, 4, kS1)).op(imm(Op::kAddiu, kA0, 0, 3)).halt();
  return g;
}
inline constexpr uint32_t kBody = kText + 4 * 5;
inline const std::vector<uint8_t> kPublic = {0, 0, 0, 100, 0, 0, 0, 7};

inline Told told(std::initializer_list<uint32_t> body) {
  return Told(keep(program(body).program()), {{9, 9, 9, 9}, kPublic, {}});
}

inline void set_value(trace::InstanceTrace& t, size_t row, const std::string& name, uint32_t v) {
  cell(t, row, name + "_lo") = Fp(v & 0xffff);
  cell(t, row, name + "_hi") = Fp(v >> 16);
}
// Where it belongs in the order of the shape.
inline void add_table(Shard& s, const trace::InstanceTrace& t) {
  auto at = s.traces.begin();
  while (at != s.traces.end() && at->table <= t.table) ++at;
  s.traces.insert(at, t);
}
inline size_t free_row(const Shard& s, const trace::InstanceTrace& t) { return s.data_rows(t) - 1; }
inline void copy_row(const trace::InstanceTrace& from, size_t a, trace::InstanceTrace& to,
                     size_t b) {
  std::copy_n(row_of(from, a), width(from), row_of(to, b));
}

}  // namespace mipzk::attack
