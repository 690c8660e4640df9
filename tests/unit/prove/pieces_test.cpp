// SPDX-License-Identifier: Apache-2.0
// A proof in pieces: the bytes are those of one process, and no bytes do harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "air/table_info.hpp"
#include "prove/kept.hpp"
#include "prove/run.hpp"
#include "prove/session.hpp"
#include "prove/work.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/verify.hpp"

namespace mipzk {
namespace {

using Bytes = prove::PieceBytes;

class Pieces : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = prove::load_program(pool_, test::program_of(test::sum_program(5)));
    ASSERT_TRUE(loaded);
    program_ = std::move(*loaded);
    tables_ = prove::digest_of_tables(program_);
    trees_ = std::make_unique<prove::PublicTrees>(pool_, program_, proof::kS100);
    options_.seed.assign(32, 5);
    run_.inputs = {secret_, public_, {}};
    run_.limits.max_shard_cycles = 14;
    run_.limits.max_shards = 100;
    request_.program = program_.id;
    request_.inputs = run_.inputs;
    request_.shard_cycles = 14;
    auto run = prove::plan_run(pool_, program_, run_, {}, options_);
    ASSERT_TRUE(run) << run.error().message;
    planned_ = std::make_shared<const prove::RunPlan>(std::move(*run));
    plan_ = prove::make_plan(pool_, program_, request_, planned_, options_, 0);
    prove::RepeatedRun source(program_.program, run_, *planned_, nullptr);
    ASSERT_TRUE(source.begin());
    for (uint32_t shard = 1; shard <= plan_.shards(); ++shard) {
      const auto record = source.next();
      ASSERT_TRUE(record);
      works_.push_back(prove::write_work(plan_, tables_, shard, **record, {}));
    }
    ASSERT_GE(works_.size(), 3u);
  }

  prove::Workshop shop() const {
    return {pool_, program_, *trees_, MemoryBound{uint64_t{1} << 28, "a test allows"},
            uint64_t{1} << 26};
  }
  Result<Bytes> commit(ByteView work) const {
    const auto read = prove::read_work(work, program_, tables_);
    if (!read) return read.error();
    return prove::commit_work(shop(), *read);
  }
  Result<Bytes> prove(ByteView work, ByteView challenge) const {
    const auto read = prove::read_work(work, program_, tables_);
    if (!read) return read.error();
    return prove::prove_work(shop(), *read, challenge);
  }
  static prove::PieceSource from(const std::vector<Bytes>& pieces) {
    return [&pieces](uint32_t shard) -> Result<ByteView> { return ByteView(pieces[shard - 1]); };
  }
  Result<Bytes> challenge(const std::vector<Bytes>& heads) const {
    return prove::draw_challenge(pool_, program_, plan_, from(heads));
  }
  void make_heads() {
    for (const Bytes& work : works_) {
      auto head = commit(work);
      ASSERT_TRUE(head) << head.error().message;
      heads_.push_back(std::move(*head));
    }
    auto drawn = challenge(heads_);
    ASSERT_TRUE(drawn) << drawn.error().message;
    challenge_ = std::move(*drawn);
  }
  void make_parts() {
    make_heads();
    for (const Bytes& work : works_) {
      auto part = prove(work, challenge_);
      ASSERT_TRUE(part) << part.error().message;
      parts_.push_back(std::move(*part));
    }
  }
  Status assemble(const std::vector<Bytes>& parts, std::vector<uint8_t>* proof = nullptr) const {
    return prove::assemble(plan_, challenge_, from(parts), [&](ByteView bytes) {
      if (proof != nullptr) proof->insert(proof->end(), bytes.begin(), bytes.end());
      return Status();
    });
  }

  const std::vector<uint8_t> secret_ = {1, 2, 3, 4}, public_ = {0, 0, 0, 9};
  mutable Pool pool_{2};
  prove::LoadedProgram program_;
  hash::Digest tables_{};
  std::unique_ptr<prove::PublicTrees> trees_;
  prove::Options options_;
  prove::Run run_;
  prove::Request request_;
  std::shared_ptr<const prove::RunPlan> planned_;
  prove::ProofPlan plan_;
  std::vector<Bytes> works_, heads_, parts_;
  Bytes challenge_;
};

TEST_F(Pieces, GiveTheProofOfOneProcess) {
  make_parts();
  std::vector<uint8_t> pieces, whole;
  ASSERT_TRUE(assemble(parts_, &pieces));
  const Status s =
      prove::prove_run(pool_, program_, run_, *planned_, options_, [&](ByteView bytes) {
        whole.insert(whole.end(), bytes.begin(), bytes.end());
        return Status();
      });
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_TRUE(pieces == whole);
}

TEST_F(Pieces, APlanIsReadAsItWasWritten) {
  const Bytes bytes = prove::write_plan(plan_);
  const auto read = prove::read_plan(bytes, program_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->digest, plan_.digest);
  EXPECT_TRUE(prove::write_plan(*read) == bytes);
  EXPECT_EQ(read->run->outcome.exit_code, 7u);
  EXPECT_EQ(read->run->outcome.output, planned_->outcome.output);
  EXPECT_TRUE(read->run->sources == planned_->sources);
  EXPECT_TRUE(prove::check_request(*read, request_, options_));
  // Neither the seed nor the private input is in it.
  const auto has = [&](ByteView part) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
  };
  EXPECT_FALSE(has(options_.seed));
  EXPECT_TRUE(has(plan_.blinding.key.key()));
}

TEST_F(Pieces, AWorkHasTheKeyOfItsShardAlone) {
  const auto has = [](const Bytes& bytes, ByteView part) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
  };
  for (uint32_t a = 1; a <= plan_.shards(); ++a) {
    const Bytes& work = works_[a - 1];
    EXPECT_FALSE(has(work, options_.seed));
    EXPECT_FALSE(has(work, plan_.blinding.key.key()));
    for (uint32_t b = 1; b <= plan_.shards(); ++b)
      EXPECT_EQ(has(work, plan_.blinding.of_shard(b).own.key()), a == b) << a << " " << b;
  }
}

TEST_F(Pieces, APlanForAnotherRequestSaysWhatDiffers) {
  const std::vector<uint8_t> other = {9};
  const auto says = [&](const char* what, const std::function<void(prove::Request&)>& change) {
    prove::Request request = request_;
    change(request);
    const Status s = prove::check_request(plan_, request, options_);
    ASSERT_FALSE(s) << what;
    EXPECT_EQ(s.error().code, Errc::kArgument);
    EXPECT_NE(std::string(s.error().message).find(std::string("differs: ") + what + ". "),
              std::string::npos)
        << s.error().message;
  };
  says("the program", [](auto& r) { r.program[0] ^= 1; });
  says("the public input", [&](auto& r) { r.inputs.public_input = other; });
  says("the private input", [&](auto& r) { r.inputs.private_input = other; });
  says("the hints", [&](auto& r) { r.inputs.hints = other; });
  says("the seed", [&](auto& r) { r.seed = other; });
  says("the fixed shape", [&](auto& r) { r.shape = other; });
  says("the cells of a shard", [](auto& r) { ++r.shard_cells; });
  says("the instructions of a shard", [](auto& r) { ++r.shard_cycles; });
  says("the private input, the hints", [&](auto& r) {
    r.inputs.private_input = other;
    r.inputs.hints = other;
  });
  options_.profile = &proof::kS128;
  says("the parameter set", [](auto&) {});
  options_.profile = &proof::kS100;
  options_.masks = prove::Masks::none();
  says("whether the proof hides the private input", [](auto&) {});
}

TEST_F(Pieces, EachAttemptHasMasksOfItsOwn) {
  const prove::ProofPlan next = prove::make_plan(pool_, program_, request_, planned_, options_, 1);
  EXPECT_FALSE(std::ranges::equal(next.blinding.key.key(), plan_.blinding.key.key()));
  EXPECT_NE(next.digest, plan_.digest);
  prove::ProofPlan changed = prove::make_plan(pool_, program_, request_, planned_, options_, 0);
  prove::set_attempt(changed, request_, options_.seed, 1);
  EXPECT_EQ(changed.digest, next.digest);
  EXPECT_TRUE(prove::check_request(changed, request_, options_));
}

class MemoryStore final : public prove::PieceStore {
 public:
  Status put(const std::string& name, ByteView bytes) override {
    const std::string prefix = name.substr(0, name.rfind('-') + 1);
    pieces[prefix] = Bytes(bytes.begin(), bytes.end());
    ++puts;
    return {};
  }
  Status get(const std::string& prefix, Bytes& bytes, bool& found) override {
    const auto piece = pieces.find(prefix);
    found = piece != pieces.end();
    if (found) bytes = piece->second;
    return {};
  }
  Status drop(const std::string& prefix, const char*) override {
    dropped += pieces.erase(prefix);
    return {};
  }

  std::map<std::string, Bytes> pieces;
  size_t puts = 0, dropped = 0;
};

// A proof that began again as a whole: what is kept of the attempt before is of no use.
TEST_F(Pieces, ThatAreKeptBelongToAnAttempt) {
  MemoryStore store;
  ASSERT_TRUE(prove::Kept::keep_plan(store, plan_));
  const auto prove_it = [&](prove::ProofPlan& plan) {
    std::vector<uint8_t> proof;
    const Status s =
        prove::prove_kept(pool_, program_, request_, plan, options_, store, [&](ByteView bytes) {
          proof.insert(proof.end(), bytes.begin(), bytes.end());
          return Status();
        });
    EXPECT_TRUE(s) << s.error().message;
    verify::Claim claim;
    const Status verdict = test::verify_proof(program_.id, proof, verify::Policy(), claim);
    EXPECT_TRUE(verdict) << verdict.error().message;
    return proof;
  };
  const auto first = prove_it(plan_);
  EXPECT_EQ(store.puts, 1 + 2 * works_.size());
  const prove::RunBlinding* run = nullptr;
  {
    prove::Kept kept(store, request_, plan_);
    ASSERT_TRUE(kept.begin(0, options_.seed, run));
    EXPECT_EQ(store.puts, 1 + 2 * works_.size());
    ASSERT_TRUE(kept.begin(1, options_.seed, run));
    EXPECT_EQ(store.puts, 2 + 2 * works_.size());
  }
  const auto found = prove::Kept::find_plan(store, program_);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->attempt, 1u);
  prove::ProofPlan plan = std::move(**found);
  EXPECT_FALSE(prove_it(plan) == first);
  EXPECT_EQ(store.dropped, 2 * works_.size());
  EXPECT_EQ(store.puts, 2 + 4 * works_.size());
}

TEST_F(Pieces, WrongOnesAreNoticed) {
  make_parts();
  const auto refused = [](const Status& s, Errc code, uint32_t shard) {
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, code) << s.error().message;
    EXPECT_EQ(s.error().detail, shard) << s.error().message;
  };
  const auto status = [](const auto& result) { return result ? Status() : Status(result.error()); };
  // The piece of another shard.
  auto mixed = heads_;
  std::swap(mixed[0], mixed[1]);
  refused(status(challenge(mixed)), Errc::kRejected, 1);
  mixed = parts_;
  mixed[2] = parts_[1];
  refused(assemble(mixed), Errc::kRejected, 3);
  // Of another plan: that of the next attempt.
  const prove::ProofPlan next = prove::make_plan(pool_, program_, request_, planned_, options_, 1);
  prove::RepeatedRun source(program_.program, run_, *planned_, nullptr);
  ASSERT_TRUE(source.begin());
  const auto record = source.next();
  ASSERT_TRUE(record);
  const Bytes other = prove::write_work(next, tables_, 1, **record, {});
  refused(status(prove(other, challenge_)), Errc::kRejected, 0);
  const auto head = commit(other);
  ASSERT_TRUE(head);
  mixed = heads_;
  mixed[0] = *head;
  refused(status(challenge(mixed)), Errc::kRejected, 1);
  // A head with another root: the shard that has it is not proved.
  const auto piece = prove::read_piece(heads_[1], prove::PieceKind::kHead);
  ASSERT_TRUE(piece);
  Bytes payload(piece->payload.begin(), piece->payload.end());
  payload.back() ^= 1;
  mixed = heads_;
  mixed[1] = prove::write_piece(piece->header, payload);
  const auto drawn = challenge(mixed);
  ASSERT_TRUE(drawn) << drawn.error().message;
  refused(status(prove(works_[1], *drawn)), Errc::kRejected, 2);
  // Parts for that challenge do not go with the other one.
  const auto part = prove(works_[0], *drawn);
  ASSERT_TRUE(part);
  mixed = parts_;
  mixed[0] = *part;
  refused(assemble(mixed), Errc::kRejected, 1);
}

TEST_F(Pieces, EveryByteCounts) {
  make_heads();
  const Bytes plan = prove::write_plan(plan_);
  const std::pair<const Bytes*, prove::PieceKind> pieces[] = {
      {&plan, prove::PieceKind::kPlan},
      {&works_[0], prove::PieceKind::kWork},
      {&heads_[0], prove::PieceKind::kHead},
      {&challenge_, prove::PieceKind::kChallenge}};
  for (const auto& [whole, kind] : pieces) {
    ASSERT_TRUE(prove::read_piece(*whole, kind));
    Bytes bytes = *whole;
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] ^= static_cast<uint8_t>(1 << i % 8);
      EXPECT_FALSE(prove::read_piece(bytes, kind)) << i;
      bytes[i] = (*whole)[i];
      EXPECT_FALSE(prove::read_piece(ByteView(*whole).first(i), kind)) << i;
    }
    bytes.push_back(0);
    EXPECT_FALSE(prove::read_piece(bytes, kind));
  }
}

// A work that has the right digest of its witness, and says something else that is wrong.
TEST_F(Pieces, AWorkThatIsNotThePlannedOneIsRejected) {
  make_heads();
  prove::RepeatedRun source(program_.program, run_, *planned_, nullptr);
  ASSERT_TRUE(source.begin());
  const auto record = source.next();
  ASSERT_TRUE(record);
  const auto refused = [&](const prove::RunPlan& run, const char* why) {
    prove::ProofPlan plan = prove::make_plan(pool_, program_, request_, planned_, options_, 0);
    plan.run = std::make_shared<const prove::RunPlan>(run);
    const auto part = prove(prove::write_work(plan, tables_, 1, **record, {}), challenge_);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().code, Errc::kRejected) << part.error().message;
    EXPECT_EQ(part.error().detail, 1u);
    EXPECT_NE(std::string(part.error().message).find(why), std::string::npos)
        << part.error().message;
  };
  // Without most tables that the shard needs.
  prove::RunPlan run = *planned_;
  auto& instances = run.shards[0].instances;
  const auto is_instruction = [](const air::Instance& i) {
    return air::find_table(i.table)->role == air::Role::kInstruction;
  };
  ASSERT_GE(std::ranges::count_if(instances, is_instruction), 2);
  while (std::ranges::count_if(instances, is_instruction) > 1)
    instances.erase(std::ranges::find_if(instances, is_instruction));
  refused(run, "does not fill the tables");
  // With none of them: nothing is executed.
  std::erase_if(instances, is_instruction);
  refused(run, "more instructions than its tables have room for");
}

TEST_F(Pieces, AWorkIsForItsProgram) {
  auto other = prove::load_program(pool_, test::program_of(test::sum_program(6)));
  ASSERT_TRUE(other);
  const hash::Digest tables = prove::digest_of_tables(*other);
  const auto read = prove::read_work(works_[0], *other, tables);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kWrongProgram);
  // Laid out, but not committed to: enough for every shard after the first.
  auto laid_out = prove::lay_out_program(test::program_of(test::sum_program(5)));
  ASSERT_TRUE(laid_out);
  prove::make_tables(*laid_out);
  EXPECT_EQ(prove::digest_of_tables(*laid_out), tables_);
  const prove::PublicTrees fixed(pool_, proof::kS100);
  const prove::Workshop shop = {pool_, *laid_out, fixed,
                                MemoryBound{uint64_t{1} << 28, "a test allows"}, uint64_t{1} << 26};
  make_parts();
  const auto work = prove::read_work(works_[1], *laid_out, tables_);
  ASSERT_TRUE(work);
  const auto head = prove::commit_work(shop, *work);
  ASSERT_TRUE(head && *head == heads_[1]);
  const auto part = prove::prove_work(shop, *work, challenge_);
  ASSERT_TRUE(part && *part == parts_[1]);
}

TEST_F(Pieces, SourcesAreInOrderAndOfShardsThatThereAre) {
  const auto refused = [&](const std::function<void(prove::RunPlan&)>& change) {
    prove::RunPlan run = *planned_;
    change(run);
    prove::ProofPlan plan = prove::make_plan(pool_, program_, request_, planned_, options_, 0);
    plan.run = std::make_shared<const prove::RunPlan>(run);
    const auto read = prove::read_plan(prove::write_plan(plan), program_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kMalformed);
  };
  ASSERT_GE(planned_->sources.size(), 2u);
  refused([](auto& run) { std::swap(run.sources[0], run.sources[1]); });
  refused([](auto& run) { run.sources[1].key = run.sources[0].key; });
  refused([](auto& run) { run.sources[0].shard_last = 1000; });
  refused([](auto& run) { run.code_last[0] = 1000; });
  refused([](auto& run) { run.code_last.pop_back(); });
}

// Below the digest: whoever makes a piece can give it the digest that it should have.
TEST_F(Pieces, AnyContentsGiveAPieceOrAnError) {
  make_heads();
  const Bytes plan = prove::write_plan(plan_);
  // Calls f for changed contents, and shortened ones; says how often it succeeded.
  const auto try_all = [](const Bytes& whole, const auto& f) {
    const auto piece = prove::read_any_piece(whole);
    EXPECT_TRUE(piece);
    unsigned taken = 0;
    const Bytes payload(piece->payload.begin(), piece->payload.end());
    for (size_t i = 0; i < payload.size(); ++i) {
      for (const uint8_t change : {uint8_t{1}, uint8_t{0x80}}) {
        Bytes changed = payload;
        changed[i] ^= change;
        taken += f(prove::write_piece(piece->header, changed));
      }
      EXPECT_FALSE(f(prove::write_piece(piece->header, ByteView(payload).first(i)))) << i;
    }
    return taken;
  };
  unsigned commits = 0;
  const auto commits_to = [&](const Bytes& bytes) {
    const auto work = prove::read_work(bytes, program_, tables_);
    if (!work) return false;
    // As much as a worker may do; every tenth of them does all.
    const auto record = vm::record_image(program_.program, work->image, 1u << 26, nullptr);
    if (record && ++commits % 10 == 0) (void)prove::commit_work(shop(), *work);
    return true;
  };
  EXPECT_GT(try_all(works_[0], commits_to), 100u);
  EXPECT_GT(try_all(works_[2], commits_to), 100u);
  EXPECT_GT(commits, 20u);
  EXPECT_GT(try_all(plan, [&](const Bytes& b) { return prove::read_plan(b, program_).ok(); }), 10u);
  EXPECT_GT(try_all(challenge_,
                    [&](const Bytes& b) {
                      const auto piece = prove::read_piece(b, prove::PieceKind::kChallenge);
                      return prove::Session::read(pool_, proof::kS100, piece->payload).ok();
                    }),
            10u);
  EXPECT_EQ(try_all(heads_[0],
                    [&](const Bytes& b) {
                      std::vector<Bytes> heads = heads_;
                      heads[0] = b;
                      return challenge(heads).ok();
                    }),
            2 * sizeof(hash::Digest));  // the root may be any
}

}  // namespace
}  // namespace mipzk
