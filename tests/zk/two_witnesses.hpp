// SPDX-License-Identifier: Apache-2.0
// A program with two private inputs that nobody can tell apart by what a proof states, and the
// parts of their proofs.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "adversarial/proof_kit.hpp"
#include "proof/labels.hpp"
#include "unit/vm/guest.hpp"

namespace mipzk::test {

using field::Fp;
using field::Fp5;

// Reads two private words, computes with them and stores what comes out; the output is a constant.
inline isa::Program secretive() {
  Guest g;
  g.op(lui(kT0, 0xa000)).op(mem(Op::kLw, kT1, 4, kT0)).op(mem(Op::kLw, kT2, 8, kT0));
  g.op(three(Op::kAddu, kT3, kT1, kT2)).op(lui(kS0, kData >> 16));
  g.op(mem(Op::kSw, kT3, 0, kS0)).op(mem(Op::kLw, kV0, 0, kS0));
  g.op(three(Op::kXor, kV0, kV0, kT1)).op(mem(Op::kSw, kV0, 4, kS0));
  g.op(lui(kT0, 0xc000)).op(imm(Op::kAddiu, kT1, 0, 4)).op(mem(Op::kSw, kT1, 0, kT0));
  g.op(mem(Op::kSw, kT1, 4, kT0)).op(imm(Op::kAddiu, kA0, 0, 7)).halt();
  return g.program();
}

class TwoWitnesses {
 public:
  explicit TwoWitnesses(const proof::Profile& profile, unsigned threads = 1)
      : pool(threads), profile_(profile), program(*prove::load_program(pool, secretive())) {
    for (size_t w = 0; w < 2; ++w) {
      recording[w] = std::move(*vm::record(program.program, {input(w), {}, {}}));
      traces[w] = std::move(*trace::build(pool, program.program, program.tables,
                                          recording[w].shard(), profile.tail_rows));
    }
    EXPECT_EQ(recording[0].outcome.output, recording[1].outcome.output);
    EXPECT_EQ(recording[0].outcome.cycles, recording[1].outcome.cycles);
    EXPECT_EQ(traces[0].size(), traces[1].size());
  }
  static std::vector<uint8_t> input(size_t w) {
    return w == 0 ? std::vector<uint8_t>{0, 0, 0, 1, 0, 0, 0, 2}
                  : std::vector<uint8_t>{0x8f, 0x31, 0xc0, 0x55, 0xe2, 0x14, 0x77, 0x9a};
  }

  prove::Options options(uint64_t seed, const prove::Masks& masks = {}) const {
    prove::Options o;
    o.profile = &profile_;
    o.seed.assign(32, 0x5a);
    store_le64(o.seed.data(), seed);
    o.masks = masks;
    return o;
  }
  std::vector<uint8_t> prove(size_t w, const prove::Options& o) {
    auto p = prove::prove(pool, program, {}, recording[w], o);
    EXPECT_TRUE(p) << p.error().message;
    return p ? std::move(*p) : std::vector<uint8_t>{};
  }

  Pool pool;

 private:
  const proof::Profile& profile_;

 public:
  prove::LoadedProgram program;
  vm::Recording recording[2];
  std::vector<trace::InstanceTrace> traces[2];
};

inline Fp5 read_fp5(ByteView proof, size_t at) {
  Fp5 v;
  for (size_t k = 0; k < 5; ++k) v.c[k] = Fp::from_raw(load_le32(&proof[at + 4 * k]));
  return v;
}

inline const attack::Draw& find_draw(const attack::ProofMap& map, const std::string& name) {
  for (const attack::Draw& d : map.draws)
    if (d.name == name) return d;
  ADD_FAILURE() << "no draw " << name;
  static const attack::Draw none;
  return none;
}

}  // namespace mipzk::test
