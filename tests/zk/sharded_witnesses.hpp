// SPDX-License-Identifier: Apache-2.0
// Two private inputs of one statement, for runs that are cut into shards: what the first shard
// reads goes through registers and memory into the later ones.
#pragma once

#include "zk/open_prover.hpp"
#include "zk/two_witnesses.hpp"

namespace mipzk::test {

// Reads two private words and, in its second third, a hint, which is lost again; the output is a
// constant.
inline isa::Program forgetful() {
  Guest g;
  g.op(lui(kT0, 0xa000)).op(mem(Op::kLw, kT1, 4, kT0)).op(mem(Op::kLw, kT2, 8, kT0));
  g.op(three(Op::kAddu, kT3, kT1, kT2)).op(lui(kS0, kData >> 16));
  g.op(mem(Op::kSw, kT3, 0, kS0)).op(mem(Op::kSw, kT1, 4, kS0)).op(kNopWord);
  g.op(mem(Op::kLw, kS1, 0, kS0)).op(three(Op::kXor, kS1, kS1, kT1)).op(kHintWord);
  g.op(imm(Op::kAddiu, kV0, 0, 1)).op(mem(Op::kSw, kS1, 4, kS0)).op(kNopWord);
  g.op(kNopWord).op(kNopWord);
  g.op(mem(Op::kLw, kT3, 4, kS0)).op(three(Op::kAddu, kT3, kT3, kT2));
  g.op(mem(Op::kSw, kT3, 8, kS0)).op(lui(kT0, 0xc000)).op(imm(Op::kAddiu, kT1, 0, 4));
  g.op(mem(Op::kSw, kT1, 0, kT0)).op(mem(Op::kSw, kT1, 4, kT0)).op(imm(Op::kAddiu, kA0, 0, 7));
  g.halt();
  return g.program();
}
inline constexpr uint32_t kForgetfulCycles = 25;

class ShardedWitnesses {
 public:
  using Traces = std::vector<std::vector<trace::InstanceTrace>>;  // by shard

  // What a run is given, and what it leaves.
  struct Witness {
    std::vector<uint8_t> input, hints;
    vm::Recording recording;
    Traces traces;
  };

  // `cycles`: of a shard.
  ShardedWitnesses(const proof::Profile& profile, uint32_t cycles, unsigned threads = 2)
      : pool(threads),
        profile_(profile),
        cycles_(cycles),
        program(*prove::load_program(pool, forgetful())),
        trees_(std::make_shared<prove::PublicTrees>(pool, program, profile)),
        witness{run(TwoWitnesses::input(0), {0, 0, 0, 5}),
                run(TwoWitnesses::input(1), {0x91, 0x22, 0x13, 0x84})} {
    EXPECT_EQ(witness[0].recording.outcome.cycles, kForgetfulCycles);
    EXPECT_EQ(witness[0].recording.outcome.output, witness[1].recording.outcome.output);
    EXPECT_EQ(witness[0].traces.size(), witness[1].traces.size());
  }
  // Cut into so many shards.
  static std::unique_ptr<ShardedWitnesses> of(uint32_t shards, const proof::Profile& profile) {
    auto w = std::make_unique<ShardedWitnesses>(profile, (kForgetfulCycles + shards - 1) / shards);
    EXPECT_EQ(w->shards(), shards);
    return w;
  }

  Witness run(std::vector<uint8_t> input, std::vector<uint8_t> hints) {
    Witness w{std::move(input), std::move(hints), {}, {}};
    w.recording = std::move(*vm::record(program.program, {w.input, {}, w.hints},
                                        {.max_shard_cycles = cycles_, .max_shards = 100}));
    for (uint32_t shard = 1; shard <= w.recording.shards.size(); ++shard)
      w.traces.push_back(std::move(*trace::build(pool, program.program, program.tables,
                                                 w.recording.shard(shard), profile_.tail_rows)));
    return w;
  }
  uint32_t shards() const { return static_cast<uint32_t>(witness[0].traces.size()); }
  const trace::InstanceTrace& trace(size_t w, const RingPlace& at) const {
    return witness[w].traces[at.shard][at.instance];
  }

  prove::Options options(uint64_t seed, const prove::Masks& masks = {}) const {
    prove::Options o;
    o.profile = &profile_;
    o.seed.assign(32, 0x5b);
    store_le64(o.seed.data(), seed);
    o.masks = masks;
    return o;
  }
  prove::Claims claims() const {
    return {{}, witness[0].recording.outcome.output, witness[0].recording.outcome.exit_code};
  }
  // By the shipped prover.
  Result<std::vector<uint8_t>> prove(const Witness& w, const prove::Options& o) {
    return prove::prove(pool, program, {}, w.recording, o);
  }
  // In the open; `options` must outlive it.
  OpenRun open(const Witness& w, const prove::Options& options) {
    return OpenRun(pool, program, options, claims(), w.recording, w.traces, trees_);
  }
  Errc verdict(ByteView proof, bool allow_not_hiding = false) const {
    verify::Policy policy = test_policy();
    policy.allow_not_hiding = allow_not_hiding;
    return attack::verdict(program.id, proof, policy).code;
  }

  Pool pool;

 private:
  const proof::Profile& profile_;
  const uint32_t cycles_;

 public:
  prove::LoadedProgram program;

 private:
  const std::shared_ptr<const prove::PublicTrees> trees_;

 public:
  Witness witness[2];
};

// Tests of runs of two and of three shards, made once for all of them.
class TwoAndThreeShards : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    two_ = ShardedWitnesses::of(2, kTest2).release();
    three_ = ShardedWitnesses::of(3, kTest2).release();
  }
  static void TearDownTestSuite() {
    delete two_;
    delete three_;
  }

  static inline ShardedWitnesses *two_ = nullptr, *three_ = nullptr;
};

}  // namespace mipzk::test
