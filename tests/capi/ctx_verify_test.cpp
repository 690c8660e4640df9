// SPDX-License-Identifier: Apache-2.0
// Verification on the threads of a context, of a proof in memory and of one that is read.
#include <algorithm>
#include <thread>

#include "support.hpp"

namespace mipzk_test {
namespace {

// What a call says.
struct Said {
  mipzk_status status = 0;
  mipzk_error err = {};
  mipzk_claim claim = {};
  Bytes front;

  bool operator==(const Said& o) const {
    return status == o.status && std::memcmp(&err, &o.err, sizeof err) == 0 &&
           std::memcmp(&claim, &o.claim, sizeof claim) == 0;
  }
};

// Gives a proof in pieces.
struct Reader {
  const Bytes& proof;
  size_t piece, at = 0, calls = 0, cancel_at = SIZE_MAX;
  mipzk_ctx* ctx = nullptr;
  std::thread::id thread = std::this_thread::get_id();

  static int64_t read(void* user, uint8_t* buffer, size_t size) {
    auto& self = *static_cast<Reader*>(user);
    EXPECT_EQ(self.thread, std::this_thread::get_id());
    EXPECT_GE(size, 1u);
    if (self.calls++ == self.cancel_at) mipzk_ctx_cancel(self.ctx);
    const size_t n = std::min({size, self.piece, self.proof.size() - self.at});
    std::copy_n(self.proof.begin() + static_cast<ptrdiff_t>(self.at), n, buffer);
    self.at += n;
    return static_cast<int64_t>(n);
  }
};

class CtxVerify : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    session = new Session("echo");
    session->set(MIPZK_OPT_SHARD_CYCLES, 1024);
    session->public_input({1, 2, 3});
    session->private_input(Bytes(1000, 4));
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(session->job, nullptr, nullptr, &blob, &session->err), MIPZK_OK)
        << session->err.message;
    proof = {mipzk_blob_data(blob), mipzk_blob_data(blob) + mipzk_blob_size(blob)};
    mipzk_blob_free(blob);
  }
  static void TearDownTestSuite() { delete session; }

  Said alone(const Bytes& bytes, const mipzk_verify_policy* policy = nullptr) const {
    Said s;
    s.claim = empty_claim();
    s.status = verify(session->id(), bytes, policy, &s.claim, &s.err);
    return s;
  }
  Said together(const Bytes& bytes, const mipzk_verify_policy* policy = nullptr) const {
    Said s;
    s.claim = empty_claim();
    s.status = mipzk_ctx_verify(session->ctx, session->id().data(), bytes.data(), bytes.size(),
                                policy, &s.claim, &s.err);
    return s;
  }
  Said stream(Reader& reader, const mipzk_verify_policy* policy = nullptr) const {
    Said s;
    s.claim = empty_claim();
    mipzk_blob* front = nullptr;
    s.status = mipzk_ctx_verify_stream(session->ctx, session->id().data(), Reader::read, &reader,
                                       policy, &front, &s.claim, &s.err);
    EXPECT_EQ(front != nullptr, s.status == MIPZK_OK || s.status == MIPZK_E_EXIT_CODE);
    if (front != nullptr)
      s.front = {mipzk_blob_data(front), mipzk_blob_data(front) + mipzk_blob_size(front)};
    mipzk_blob_free(front);
    return s;
  }
  // The same in all ways.
  Said agreed(const Bytes& bytes, const mipzk_verify_policy* policy = nullptr) const {
    const Said s = alone(bytes, policy);
    for (const uint64_t threads : {1u, 3u}) {
      EXPECT_EQ(mipzk_ctx_set_u64(session->ctx, MIPZK_OPT_THREADS, threads, nullptr), MIPZK_OK);
      const Said t = together(bytes, policy);
      EXPECT_TRUE(t == s) << t.err.message << " and not " << s.err.message;
      for (const size_t piece : {size_t{999}, SIZE_MAX}) {
        Reader reader{bytes, piece};
        const Said r = stream(reader, policy);
        EXPECT_TRUE(r == s) << r.err.message << " and not " << s.err.message;
      }
    }
    return s;
  }

  static Session* session;
  static Bytes proof;
};
Session* CtxVerify::session = nullptr;
Bytes CtxVerify::proof;

TEST_F(CtxVerify, SaysWhatTheVerifierSays) {
  const Said good = agreed(proof);
  ASSERT_EQ(good.status, MIPZK_OK) << good.err.message;
  EXPECT_GE(good.claim.shards, 4u);
  EXPECT_EQ(good.claim.security_bits, 100u);
  EXPECT_EQ(good.claim.flags, 0u);
  for (size_t at = 3; at < proof.size(); at += proof.size() / 4) {
    Bytes bad = proof;
    bad[at] ^= 1;
    const Said s = agreed(bad);
    EXPECT_NE(s.status, MIPZK_OK);
    EXPECT_EQ(s.claim.shards, 0u);
    bad[proof.size() - 1 - at] ^= 1;
    bad.resize(proof.size() - at / 2);
    EXPECT_NE(agreed(bad).status, MIPZK_OK);
  }
  Bytes last = proof;
  last.back() ^= 1;
  EXPECT_EQ(agreed(last).err.detail, good.claim.shards);
  Bytes longer = proof;
  longer.push_back(0);
  EXPECT_EQ(agreed(longer).status, MIPZK_E_MALFORMED);
  EXPECT_EQ(agreed({}).status, MIPZK_E_MALFORMED);
}

TEST_F(CtxVerify, TheFrontHasThePublicValues) {
  Reader reader{proof, 1000};
  const Said s = stream(reader);
  ASSERT_EQ(s.status, MIPZK_OK) << s.err.message;
  EXPECT_EQ(reader.at, proof.size());
  EXPECT_LT(s.front.size(), proof.size() / 100);
  const auto part = [&](const mipzk_range& r) {
    return Bytes(&s.front.at(r.offset), &s.front.at(r.offset + r.size));
  };
  EXPECT_EQ(part(s.claim.public_input), (Bytes{1, 2, 3}));
  EXPECT_EQ(part(s.claim.output), session->output());
}

TEST_F(CtxVerify, Policies) {
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  policy.max_shards = 3;
  Said s = agreed(proof, &policy);
  EXPECT_EQ(s.status, MIPZK_E_POLICY);
  EXPECT_NE(std::string(s.err.message).find("shards"), std::string::npos);
  policy.max_shards = 0;
  EXPECT_EQ(agreed(proof, &policy).status, MIPZK_OK);
  // A caller of the first version has no such field.
  policy.struct_size = 32;
  policy.max_shards = 3;
  EXPECT_EQ(agreed(proof, &policy).status, MIPZK_OK);
  policy.struct_size = sizeof policy;
  policy.max_shards = 0;
  policy.reserved = 1;
  EXPECT_EQ(agreed(proof, &policy).status, MIPZK_E_UNSUPPORTED);
  policy.reserved = 0;
  policy.max_proof_bytes = proof.size() - 1;
  EXPECT_EQ(agreed(proof, &policy).status, MIPZK_E_POLICY);
  policy.max_proof_bytes = proof.size();
  EXPECT_EQ(agreed(proof, &policy).status, MIPZK_OK);
  // Another exit code than wanted: a valid proof, whose claim and front are set.
  policy.exit_code = 5;
  s = agreed(proof, &policy);
  EXPECT_EQ(s.status, MIPZK_E_EXIT_CODE);
  EXPECT_GT(s.claim.output.size, 0u);
}

TEST_F(CtxVerify, Arguments) {
  mipzk_claim claim = empty_claim();
  mipzk_error err;
  const Bytes id = session->id();
  mipzk_ctx* ctx = session->ctx;
  const auto in_memory = [&](mipzk_ctx* c, const uint8_t* i, const uint8_t* p, mipzk_claim* out) {
    return mipzk_ctx_verify(c, i, p, 4, nullptr, out, &err);
  };
  EXPECT_EQ(in_memory(nullptr, id.data(), proof.data(), &claim), MIPZK_E_ARGUMENT);
  EXPECT_EQ(in_memory(ctx, nullptr, proof.data(), &claim), MIPZK_E_ARGUMENT);
  EXPECT_EQ(in_memory(ctx, id.data(), nullptr, &claim), MIPZK_E_ARGUMENT);
  EXPECT_EQ(in_memory(ctx, id.data(), proof.data(), nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(in_memory(ctx, id.data(), proof.data(), &claim), MIPZK_E_MALFORMED);
  mipzk_blob* front = nullptr;
  EXPECT_EQ(
      mipzk_ctx_verify_stream(ctx, id.data(), nullptr, nullptr, nullptr, &front, &claim, &err),
      MIPZK_E_ARGUMENT);
  // The front is not wanted.
  Reader reader{proof, SIZE_MAX};
  EXPECT_EQ(mipzk_ctx_verify_stream(ctx, id.data(), Reader::read, &reader, nullptr, nullptr, &claim,
                                    &err),
            MIPZK_OK);
}

TEST_F(CtxVerify, ReadersThatGiveUpOrLie) {
  mipzk_claim claim = empty_claim();
  mipzk_error err;
  const Bytes id = session->id();
  mipzk_blob* front = nullptr;
  const auto with = [&](mipzk_read_fn read) {
    return mipzk_ctx_verify_stream(session->ctx, id.data(), read, nullptr, nullptr, &front, &claim,
                                   &err);
  };
  EXPECT_EQ(with([](void*, uint8_t*, size_t) { return int64_t{-1}; }), MIPZK_E_CANCELLED);
  EXPECT_EQ(with([](void*, uint8_t*, size_t size) { return static_cast<int64_t>(size) + 1; }),
            MIPZK_E_CANCELLED);
  EXPECT_EQ(with([](void*, uint8_t*, size_t) { return int64_t{0}; }), MIPZK_E_MALFORMED);
  EXPECT_EQ(front, nullptr);
}

TEST_F(CtxVerify, CancelledAndInUse) {
  for (const size_t call : {0u, 5u, 20u}) {
    Reader reader{proof, 100000};
    reader.ctx = session->ctx;
    reader.cancel_at = call;
    EXPECT_EQ(stream(reader).status, MIPZK_E_CANCELLED) << call;
    EXPECT_EQ(together(proof).status, MIPZK_E_CANCELLED);
    mipzk_ctx_resume(session->ctx);
  }
  EXPECT_EQ(together(proof).status, MIPZK_OK);
  // The callback must not use the context: another call of it is refused.
  struct Nested {
    Reader reader;
    mipzk_status inner = MIPZK_OK;
  } nested{{proof, SIZE_MAX}};
  nested.reader.ctx = session->ctx;
  const mipzk_read_fn read = [](void* user, uint8_t* buffer, size_t size) {
    auto& self = *static_cast<Nested*>(user);
    self.inner = mipzk_ctx_set_u64(self.reader.ctx, MIPZK_OPT_THREADS, 2, nullptr);
    return Reader::read(&self.reader, buffer, size);
  };
  mipzk_claim claim = empty_claim();
  EXPECT_EQ(mipzk_ctx_verify_stream(session->ctx, session->id().data(), read, &nested, nullptr,
                                    nullptr, &claim, nullptr),
            MIPZK_OK);
  EXPECT_EQ(nested.inner, MIPZK_E_STATE);
}

// A callback may use other objects, whatever becomes of the call that calls it.
TEST_F(CtxVerify, InACallbackOfACancelledCall) {
  struct Other {
    const Bytes& proof;
    mipzk_ctx* cancelled;
    mipzk_ctx* ctx = nullptr;
    int calls = 0;
    mipzk_status status = MIPZK_OK;
    mipzk_error err = {};
  } other{proof, session->ctx};
  ASSERT_EQ(mipzk_ctx_new(MIPZK_ABI_VERSION, &other.ctx, nullptr), MIPZK_OK);
  const auto progress = [](void* user, const mipzk_progress* p) -> int32_t {
    auto& o = *static_cast<Other*>(user);
    if (p->phase == MIPZK_PHASE_EXECUTE || o.calls++ != 0) return 0;
    mipzk_ctx_cancel(o.cancelled);
    mipzk_claim claim = empty_claim();
    o.status = mipzk_ctx_verify(o.ctx, session->id().data(), o.proof.data(), o.proof.size(),
                                nullptr, &claim, &o.err);
    return 0;
  };
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(session->job, progress, &other, &blob, &session->err),
            MIPZK_E_CANCELLED);
  mipzk_ctx_resume(session->ctx);
  mipzk_ctx_free(other.ctx);
  EXPECT_EQ(other.calls, 1);
  EXPECT_EQ(other.status, MIPZK_OK) << other.err.message;
}

}  // namespace
}  // namespace mipzk_test
