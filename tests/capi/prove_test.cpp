// SPDX-License-Identifier: Apache-2.0
// From a guest to an accepted proof and back, through the C interface.
#include <algorithm>
#include <map>

#include "support.hpp"

namespace mipzk_test {
namespace {

Bytes bytes_of(const mipzk_blob* blob) {
  return {mipzk_blob_data(blob), mipzk_blob_data(blob) + mipzk_blob_size(blob)};
}

struct Steps {
  uint64_t calls = 0, last = 0, total = 0, stop_at = UINT64_MAX;
};

int32_t on_step(void* user, const mipzk_progress* p) {
  auto* steps = static_cast<Steps*>(user);
  EXPECT_EQ(p->struct_size, sizeof *p);
  EXPECT_LE(p->done, p->total);
  EXPECT_GE(p->done, steps->last);
  EXPECT_TRUE(steps->total == 0 || p->total == steps->total);
  steps->last = p->done;
  steps->total = p->total;
  return ++steps->calls >= steps->stop_at ? 1 : 0;
}

// One proof for all tests: it takes a while.
class Prove : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    session = new Session("echo");
    session->public_input({1, 2, 3});
    session->private_input({4, 5});
    const Bytes seed(32, 0x11);
    ASSERT_EQ(mipzk_job_seed(session->job, seed.data(), &session->err), MIPZK_OK);
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(session->job, on_step, &steps, &blob, &session->err), MIPZK_OK)
        << session->err.message;
    EXPECT_EQ(steps.last, steps.total);
    proof = bytes_of(blob);
    mipzk_blob_free(blob);
  }
  static void TearDownTestSuite() { delete session; }

  static Session* session;
  static Bytes proof;
  static Steps steps;
};
Session* Prove::session = nullptr;
Bytes Prove::proof;
Steps Prove::steps;

TEST_F(Prove, IsAcceptedAndStatesTheRun) {
  EXPECT_GT(steps.calls, 3u);
  mipzk_error err;
  mipzk_claim claim = empty_claim();
  ASSERT_EQ(verify(session->id(), proof, nullptr, &claim, &err), MIPZK_OK) << err.message;
  EXPECT_EQ(err.status, MIPZK_OK);
  EXPECT_EQ(claim.exit_code, 0u);
  const auto part = [](const mipzk_range& r) {
    return Bytes(proof.begin() + static_cast<ptrdiff_t>(r.offset),
                 proof.begin() + static_cast<ptrdiff_t>(r.offset + r.size));
  };
  EXPECT_EQ(part(claim.public_input), (Bytes{1, 2, 3}));
  EXPECT_EQ(part(claim.output), (Bytes{1, 2, 3, 4, 5, 0, 0, 0, 3, 0, 0, 0, 2}));
  EXPECT_EQ(session->output(), part(claim.output));
}

TEST_F(Prove, NeedsNoAlignedWorkspace) {
  const size_t size = mipzk_verify_workspace_size(nullptr);
  Bytes workspace(size + 1);
  mipzk_claim claim = empty_claim();
  for (size_t skip : {0, 1})
    EXPECT_EQ(mipzk_verify(session->id().data(), proof.data(), proof.size(), nullptr,
                           workspace.data() + skip, size, &claim, nullptr),
              MIPZK_OK);
}

TEST_F(Prove, IsRepeatableWithASeed) {
  Session again("echo");
  again.set(MIPZK_OPT_THREADS, 1);
  again.public_input({1, 2, 3});
  again.private_input({4, 5});
  const Bytes seed(32, 0x11);
  ASSERT_EQ(mipzk_job_seed(again.job, seed.data(), nullptr), MIPZK_OK);
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(again.job, nullptr, nullptr, &blob, &again.err), MIPZK_OK);
  EXPECT_TRUE(bytes_of(blob) == proof) << "another number of threads changes the proof";
  mipzk_blob_free(blob);
}

TEST_F(Prove, DiffersWithoutASeed) {
  Session other("echo");
  other.public_input({1, 2, 3});
  other.private_input({4, 5});
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_OK);
  EXPECT_FALSE(bytes_of(blob) == proof);
  mipzk_blob_free(blob);
}

TEST_F(Prove, RefusesAnythingElse) {
  mipzk_error err;
  mipzk_claim claim = empty_claim();
  Bytes id = session->id();
  id[0] ^= 1;
  EXPECT_EQ(verify(id, proof, nullptr, &claim, &err), MIPZK_E_WRONG_PROGRAM);
  EXPECT_EQ(claim.output.size, 0u);
  id[0] ^= 1;
  for (size_t at :
       {size_t{3}, size_t{20}, size_t{60}, size_t{105}, proof.size() / 2, proof.size() - 1}) {
    Bytes bad = proof;
    bad[at] ^= 1;
    EXPECT_NE(verify(id, bad, nullptr, &claim, &err), MIPZK_OK) << at;
    EXPECT_EQ(claim.output.size, 0u);
  }
  Bytes longer = proof;
  longer.push_back(0);
  EXPECT_EQ(verify(id, longer, nullptr, &claim, &err), MIPZK_E_MALFORMED);
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  policy.min_security_bits = 200;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_POLICY);
  policy.min_security_bits = 0;
  policy.max_cycles = 1;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_POLICY);
}

// The guest writes its output and then fails.
TEST_F(Prove, AnotherExitCodeThanTheExpectedOneIsRefused) {
  Session other("exit_code");
  other.private_input({0, 0, 0, 1, 5});  // returns 261
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_OK)
      << other.err.message;
  Bytes failed = bytes_of(blob);
  mipzk_blob_free(blob);
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  mipzk_error& err = other.err;
  for (const mipzk_verify_policy* p : {static_cast<const mipzk_verify_policy*>(nullptr),
                                       static_cast<const mipzk_verify_policy*>(&policy)}) {
    mipzk_claim claim = empty_claim();
    EXPECT_EQ(verify(other.id(), failed, p, &claim, &err), MIPZK_E_EXIT_CODE);
    EXPECT_EQ(err.status, MIPZK_E_EXIT_CODE);
    EXPECT_EQ(err.detail, 261u);
    EXPECT_STRNE(err.message, "");
    // The claim is there to look at.
    EXPECT_EQ(claim.exit_code, 261u);
    EXPECT_EQ(claim.output.size, 4u);
    EXPECT_EQ(failed[claim.output.offset + 3], 0xfa);
  }
  mipzk_claim claim = empty_claim();
  policy.exit_code = 5;
  EXPECT_EQ(verify(other.id(), failed, &policy, &claim, &err), MIPZK_E_EXIT_CODE);
  policy.exit_code = 261;
  EXPECT_EQ(verify(other.id(), failed, &policy, &claim, &err), MIPZK_OK) << err.message;
  EXPECT_EQ(claim.exit_code, 261u);
  EXPECT_EQ(verify(session->id(), proof, &policy, &claim, &err), MIPZK_E_EXIT_CODE);
  EXPECT_EQ(err.detail, 0u);
  policy.exit_code = 0;
  policy.flags = MIPZK_VERIFY_ANY_EXIT_CODE;
  EXPECT_EQ(verify(other.id(), failed, &policy, &claim, &err), MIPZK_OK) << err.message;
  EXPECT_EQ(claim.exit_code, 261u);
  EXPECT_EQ(verify(session->id(), proof, &policy, &claim, &err), MIPZK_OK) << err.message;
  // A wrong proof is wrong whatever it says about the exit code, and its claim is not shown.
  failed.back() ^= 1;
  for (uint32_t flags : {0u, MIPZK_VERIFY_ANY_EXIT_CODE}) {
    policy.flags = flags;
    EXPECT_EQ(verify(other.id(), failed, &policy, &claim, &err), MIPZK_E_REJECTED);
    EXPECT_EQ(claim.exit_code, 0u);
  }
}

TEST_F(Prove, AJobThatIsInUseIsRefused) {
  struct Seen {
    Session* s;
    mipzk_status seed, shape, execute, prove;
    const uint8_t* output;
  } seen = {session, 0, 0, 0, 0, nullptr};
  ASSERT_EQ(mipzk_job_execute(session->job, nullptr, nullptr, &session->err), MIPZK_OK);
  const auto step = [](void* user, const mipzk_progress*) -> int32_t {
    auto* in = static_cast<Seen*>(user);
    mipzk_job* job = in->s->job;
    const Bytes seed(32);
    mipzk_blob* blob = nullptr;
    in->seed = mipzk_job_seed(job, seed.data(), nullptr);
    in->shape = mipzk_job_shape(job, nullptr, 0, nullptr);
    in->execute = mipzk_job_execute(job, nullptr, nullptr, nullptr);
    in->prove = mipzk_job_prove(job, nullptr, nullptr, &blob, nullptr);
    EXPECT_EQ(blob, nullptr);
    in->output = mipzk_job_output(job, nullptr);
    return 1;
  };
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(session->job, step, &seen, &blob, &session->err), MIPZK_E_CANCELLED);
  for (mipzk_status status : {seen.seed, seen.shape, seen.execute, seen.prove})
    EXPECT_EQ(status, MIPZK_E_STATE);
  EXPECT_EQ(seen.output, nullptr);
  ASSERT_NE(mipzk_job_output(session->job, nullptr), nullptr) << "the output of the run before";
}

TEST_F(Prove, InspectAgreesWithTheProof) {
  mipzk_proof_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  ASSERT_EQ(mipzk_proof_inspect(proof.data(), proof.size(), &info, &err), MIPZK_OK) << err.message;
  EXPECT_EQ(Bytes(info.program_id, info.program_id + 32), session->id());
  EXPECT_EQ(info.public_input.size, 3u);
  EXPECT_EQ(info.output.size, 13u);
  EXPECT_EQ(proof[info.public_input.offset], 1);
  EXPECT_EQ(info.exit_code, 0u);
  EXPECT_STREQ(info.profile_name, "S100");
  EXPECT_GE(info.security_bits, 100u);
  EXPECT_EQ(info.flags, 0u);
  for (uint32_t regime : {MIPZK_REGIME_UNIQUE, MIPZK_REGIME_JOHNSON}) {
    mipzk_security bits = {};
    bits.struct_size = sizeof bits;
    ASSERT_EQ(mipzk_proof_security(proof.data(), proof.size(), regime, &bits, &err), MIPZK_OK);
    EXPECT_EQ(bits.regime, regime);
    EXPECT_EQ(bits.multiplicity != 0, regime == MIPZK_REGIME_JOHNSON);
    EXPECT_GE(bits.millibits_query, bits.millibits_total);
    if (regime == MIPZK_REGIME_UNIQUE) {
      EXPECT_EQ(bits.millibits_total / 1000, info.security_bits);
    }
  }
  mipzk_security bits = {};
  bits.struct_size = sizeof bits;
  EXPECT_EQ(mipzk_proof_security(proof.data(), proof.size(), 2, &bits, &err), MIPZK_E_ARGUMENT);
  mipzk_program_info program = {};
  program.struct_size = sizeof program;
  ASSERT_EQ(mipzk_program_inspect(session->program, &program, &err), MIPZK_OK);
  EXPECT_EQ(info.entry, program.entry);
  uint64_t cycles = 0;
  ASSERT_EQ(mipzk_job_execute(session->job, &cycles, nullptr, &err), MIPZK_OK);
  EXPECT_GE(info.max_cycles, cycles);
}

TEST_F(Prove, StopsWhenTheCallbackSaysSo) {
  for (uint64_t at : {1, 3}) {
    Steps stop;
    stop.stop_at = at;
    mipzk_error err;
    mipzk_blob* blob = nullptr;
    EXPECT_EQ(mipzk_job_prove(session->job, on_step, &stop, &blob, &err), MIPZK_E_CANCELLED);
    EXPECT_EQ(blob, nullptr);
    EXPECT_EQ(stop.calls, at);
  }
}

mipzk_proof_info inspect(const Bytes& proof) {
  mipzk_proof_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  EXPECT_EQ(mipzk_proof_inspect(proof.data(), proof.size(), &info, &err), MIPZK_OK) << err.message;
  return info;
}

Bytes shape_of(const Bytes& proof) {
  const mipzk_proof_info info = inspect(proof);
  Bytes shape(4 * size_t{info.shards} + 2 * size_t{info.tables});
  size_t size = 0;
  mipzk_error err;
  EXPECT_EQ(mipzk_proof_shape(proof.data(), proof.size(), shape.data(), shape.size(), &size, &err),
            MIPZK_OK)
      << err.message;
  EXPECT_EQ(size, shape.size());
  return shape;
}

TEST_F(Prove, AShapeIsKept) {
  // The program's own shape, every table raised to 2^12 rows.
  size_t size = 0;
  const uint8_t* least = mipzk_program_shape(session->program, &size);
  Bytes shape(least, least + size);
  for (size_t i = 5; i < shape.size(); i += 2) shape[i] = std::max<uint8_t>(shape[i], 12);
  Bytes shapes[2];
  for (size_t i = 0; i < 2; ++i) {
    Session other("echo");
    other.private_input(Bytes(i == 0 ? 3 : 200, 0x40));
    ASSERT_EQ(mipzk_job_shape(other.job, shape.data(), shape.size(), &other.err), MIPZK_OK)
        << other.err.message;
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_OK)
        << other.err.message;
    const Bytes bytes = bytes_of(blob);
    mipzk_blob_free(blob);
    mipzk_claim claim = empty_claim();
    EXPECT_EQ(verify(other.id(), bytes, nullptr, &claim, &other.err), MIPZK_OK)
        << other.err.message;
    shapes[i] = shape_of(bytes);
    EXPECT_EQ(inspect(bytes).tables, shape[0]);
  }
  EXPECT_TRUE(shapes[0] == shapes[1]);
  EXPECT_NE(shape_of(proof).size(), shapes[0].size());
}

TEST_F(Prove, ARunThatDoesNotFitItsShapeIsRefused) {
  Session other("echo");
  other.private_input(Bytes(1000, 1));
  Bytes shape = shape_of(proof);  // of five bytes of input
  ASSERT_EQ(mipzk_job_shape(other.job, shape.data(), shape.size(), &other.err), MIPZK_OK);
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_E_UNPROVABLE);
  EXPECT_NE(std::strstr(other.err.message, "its table "), nullptr) << other.err.message;
  EXPECT_EQ(blob, nullptr);
  // Without a shape it is proved again as it needs.
  ASSERT_EQ(mipzk_job_shape(other.job, nullptr, 0, &other.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_OK)
      << other.err.message;
  mipzk_blob_free(blob);
}

Bytes prove_in(Session& s, const Bytes& shape) {
  EXPECT_EQ(mipzk_job_shape(s.job, shape.data(), shape.size(), &s.err), MIPZK_OK) << s.err.message;
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_OK) << s.err.message;
  const Bytes bytes = bytes_of(blob);
  mipzk_blob_free(blob);
  mipzk_claim claim = empty_claim();
  EXPECT_EQ(verify(s.id(), bytes, nullptr, &claim, &s.err), MIPZK_OK) << s.err.message;
  return bytes;
}

// The shape of a shard, as often as there are to be shards.
Bytes repeated(const Bytes& shape, size_t shards) {
  Bytes out;
  for (size_t i = 0; i < shards; ++i) out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

TEST_F(Prove, AShapeOfSeveralShardsIsKept) {
  size_t size = 0;
  const uint8_t* least = mipzk_program_shape(session->program, &size);
  const Bytes one(least, least + size), three = repeated(one, 3);
  Bytes shapes[2];
  uint32_t cycles[2] = {};
  for (size_t i = 0; i < 2; ++i) {
    Session other("echo");
    other.private_input(Bytes(i == 0 ? 3 : 300, 0x40));
    const Bytes bytes = prove_in(other, three);
    mipzk_estimate e = {};
    e.struct_size = sizeof e;
    ASSERT_EQ(mipzk_job_estimate(other.job, &e, &other.err), MIPZK_OK);
    EXPECT_EQ(e.shards, 3u);
    EXPECT_EQ(e.shard_cells, 0u);
    cycles[i] = static_cast<uint32_t>(e.cycles);
    EXPECT_EQ(inspect(bytes).shards, 3u);
    shapes[i] = shape_of(bytes);
    // That of a proof is one for others, and that of the run.
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_estimate_shape(other.job, &blob, &other.err), MIPZK_OK);
    EXPECT_EQ(bytes_of(blob), shapes[i]);
    mipzk_blob_free(blob);
    EXPECT_EQ(shape_of(prove_in(other, shapes[i])), shapes[i]);
  }
  EXPECT_EQ(shapes[0], shapes[1]);
  EXPECT_GT(cycles[1], 2 * cycles[0]);
  EXPECT_EQ(Bytes(shapes[0].begin(), shapes[0].begin() + 4 + 2 * one[0]), one);
  // One that does not fit names the last shard.
  Session long_one("echo");
  long_one.private_input(Bytes(20000, 1));
  ASSERT_EQ(mipzk_job_shape(long_one.job, three.data(), three.size(), &long_one.err), MIPZK_OK);
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_estimate_shape(long_one.job, &blob, &long_one.err), MIPZK_E_UNPROVABLE);
  EXPECT_EQ(blob, nullptr);
  EXPECT_NE(std::strstr(long_one.err.message, "of shard "), nullptr) << long_one.err.message;
  EXPECT_EQ(mipzk_job_estimate_shape(long_one.job, nullptr, nullptr), MIPZK_E_ARGUMENT);
}

TEST_F(Prove, TheShapeOfAProofIsWrittenWhereThereIsRoom) {
  const Bytes shape = shape_of(proof);
  Bytes room(shape.size() + 3, 0xaa);
  size_t size = 1;
  mipzk_error err = {};
  for (size_t capacity = 0; capacity < shape.size(); ++capacity) {
    ASSERT_EQ(mipzk_proof_shape(proof.data(), proof.size(), room.data(), capacity, &size, &err),
              MIPZK_E_WORKSPACE);
    EXPECT_EQ(err.detail, shape.size());
    EXPECT_EQ(size, 0u);
    for (size_t i = capacity; i < room.size(); ++i) ASSERT_EQ(room[i], 0xaa);
  }
  ASSERT_EQ(mipzk_proof_shape(proof.data(), proof.size(), nullptr, 0, &size, &err),
            MIPZK_E_WORKSPACE);
  ASSERT_EQ(mipzk_proof_shape(proof.data(), proof.size(), room.data(), room.size(), &size, &err),
            MIPZK_OK);
  EXPECT_EQ(size, shape.size());
  EXPECT_EQ(room[size], 0xaa);
  EXPECT_EQ(
      mipzk_proof_shape(proof.data(), proof.size() - 1, room.data(), room.size(), &size, &err),
      MIPZK_E_MALFORMED);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(mipzk_proof_shape(proof.data(), proof.size(), nullptr, 1, &size, &err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_proof_shape(proof.data(), proof.size(), room.data(), room.size(), nullptr, &err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_proof_shape(nullptr, 1, room.data(), room.size(), &size, &err), MIPZK_E_ARGUMENT);
}

// Bytes changed anywhere: a shape that is refused with a status, or one that the run fits or not.
TEST_F(Prove, ChangedShapesHaveAStatus) {
  size_t size = 0;
  const uint8_t* least = mipzk_program_shape(session->program, &size);
  const Bytes good = repeated(Bytes(least, least + size), 3);
  Session other("echo");
  other.private_input(Bytes(300, 7));
  std::map<mipzk_status, int> seen;
  const auto give = [&](const Bytes& shape) {
    mipzk_status status = mipzk_job_shape(other.job, shape.data(), shape.size(), &other.err);
    if (status == MIPZK_OK) {
      mipzk_estimate e = {};
      e.struct_size = sizeof e;
      status = mipzk_job_estimate(other.job, &e, &other.err);
    }
    ++seen[status];
    EXPECT_TRUE(status == MIPZK_OK || other.err.message[0] != '\0');
    EXPECT_TRUE(status == MIPZK_OK || status == MIPZK_E_ARGUMENT || status == MIPZK_E_UNPROVABLE ||
                status == MIPZK_E_NO_MEMORY)
        << status;
  };
  for (size_t at = 0; at < good.size(); ++at) {
    for (const uint8_t flip : {1, 2, 8, 128}) {
      Bytes bad = good;
      bad[at] ^= flip;
      give(bad);
    }
    give({good.begin(), good.begin() + static_cast<ptrdiff_t>(at)});
  }
  EXPECT_GT(seen[MIPZK_OK], 100);
  EXPECT_GT(seen[MIPZK_E_ARGUMENT], 100);
  EXPECT_GT(seen[MIPZK_E_UNPROVABLE], 0);
  // As many shards as a proof may have, and one more.
  const Bytes small = {1, 0, 0, 0, 68, 10};
  const Bytes most = repeated(small, MIPZK_MAX_SHARDS),
              more = repeated(small, MIPZK_MAX_SHARDS + 1);
  EXPECT_EQ(mipzk_job_shape(other.job, most.data(), most.size(), nullptr), MIPZK_OK);
  EXPECT_EQ(mipzk_job_shape(other.job, more.data(), more.size(), nullptr), MIPZK_E_ARGUMENT);
}

TEST_F(Prove, MalformedShapesAreRefused) {
  const Bytes good = shape_of(proof);
  const auto refused = [&](const Bytes& shape) {
    mipzk_error err = {};
    const mipzk_status status = mipzk_job_shape(session->job, shape.data(), shape.size(), &err);
    EXPECT_EQ(err.status, status);
    return status == MIPZK_E_ARGUMENT && err.message[0] != '\0';
  };
  EXPECT_FALSE(refused(good));
  for (size_t cut = 1; cut < good.size(); ++cut)
    EXPECT_TRUE(refused({good.begin(), good.begin() + static_cast<ptrdiff_t>(cut)})) << cut;
  Bytes bad = good;
  bad.push_back(0);  // the beginning of another shard
  EXPECT_TRUE(refused(bad));
  EXPECT_TRUE(refused({0, 0, 0, 0}));
  EXPECT_TRUE(refused({0, 0, 0, 1}));
  const auto with = [&](size_t at, uint8_t value) {
    Bytes b = good;
    b[at] = value;
    return b;
  };
  EXPECT_TRUE(refused(with(0, 97)));
  EXPECT_TRUE(refused(with(4, 0)));    // no such table
  EXPECT_TRUE(refused(with(4, 255)));  // nor this, and out of order
  EXPECT_TRUE(refused(with(4, 71)));   // out of order
  for (uint8_t log : {0, 9, 23, 255}) EXPECT_TRUE(refused(with(5, log))) << int{log};
  EXPECT_TRUE(refused({2, 0, 0, 0, 2, 10, 2, 11}));  // the lower one first
  EXPECT_FALSE(refused({2, 0, 0, 0, 2, 11, 2, 10}));
  EXPECT_EQ(mipzk_job_shape(session->job, nullptr, 8, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_shape(nullptr, good.data(), good.size(), nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_shape(session->job, nullptr, 0, nullptr), MIPZK_OK);
}

TEST_F(Prove, WithoutHidingIsSaidAndRefused) {
  Session other("echo");
  other.set(MIPZK_OPT_NO_HIDING, 1);
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(other.job, nullptr, nullptr, &blob, &other.err), MIPZK_OK);
  Bytes bytes = bytes_of(blob);
  mipzk_blob_free(blob);
  EXPECT_EQ(inspect(bytes).flags, MIPZK_PROOF_NO_HIDING);
  mipzk_claim claim = empty_claim();
  EXPECT_EQ(verify(other.id(), bytes, nullptr, &claim, &other.err), MIPZK_E_POLICY);
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  policy.flags = MIPZK_VERIFY_ALLOW_NO_HIDING;
  EXPECT_EQ(verify(other.id(), bytes, &policy, &claim, &other.err), MIPZK_OK) << other.err.message;
  EXPECT_EQ(verify(other.id(), proof, &policy, &claim, &other.err), MIPZK_OK);  // it may hide
  policy.flags |= 4;
  EXPECT_EQ(verify(other.id(), bytes, &policy, &claim, &other.err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(mipzk_ctx_set_u64(other.ctx, MIPZK_OPT_NO_HIDING, 2, nullptr), MIPZK_E_ARGUMENT);
}

}  // namespace
}  // namespace mipzk_test
