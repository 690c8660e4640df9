// SPDX-License-Identifier: Apache-2.0
// Jobs that keep the pieces of their proof, and the calls about pieces.
#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "hash/blake3.hpp"
#include "support.hpp"

namespace mipzk_test {
namespace {

using mipzk::ByteView;
using mipzk::hash::Digest;

Bytes bytes_of(mipzk_blob* blob) {
  const uint8_t* data = mipzk_blob_data(blob);
  Bytes bytes(data, data + mipzk_blob_size(blob));
  mipzk_blob_free(blob);
  return bytes;
}

// A store in memory.
struct Store {
  std::map<std::string, Bytes> pieces;
  std::vector<std::string> kept, dropped;
  std::function<bool(const std::string& name)> full = [](const std::string&) { return false; };
  std::mutex mutex;  // to see that it is never taken twice

  static int32_t keep(void* user, const char* name, const uint8_t* data, size_t size) {
    auto& self = *static_cast<Store*>(user);
    const std::unique_lock lock(self.mutex, std::try_to_lock);
    EXPECT_TRUE(lock.owns_lock());
    if (self.full(name)) return -1;
    const std::string text = name, prefix = text.substr(0, text.rfind('-') + 1);
    std::erase_if(self.pieces, [&](const auto& p) { return p.first.starts_with(prefix); });
    self.pieces[text] = Bytes(data, data + size);
    self.kept.push_back(prefix);
    return 0;
  }
  static int32_t find(void* user, const char* prefix, mipzk_write_fn take, void* take_user) {
    auto& self = *static_cast<Store*>(user);
    for (const auto& [name, data] : self.pieces)
      if (name.starts_with(prefix)) return take(take_user, data.data(), data.size());
    return 0;
  }
  static int32_t drop(void* user, const char* prefix, const char* why) {
    auto& self = *static_cast<Store*>(user);
    const auto found = std::find_if(self.pieces.begin(), self.pieces.end(),
                                    [&](const auto& p) { return p.first.starts_with(prefix); });
    EXPECT_TRUE(found != self.pieces.end());
    self.dropped.push_back(std::string(prefix) + ": " + why);
    self.pieces.erase(found);
    return 0;
  }
};

const Bytes kSeed(32, 4);

// A job of five shards.
struct Job : Session {
  explicit Job(unsigned threads = 2) : Session("sha256") {
    EXPECT_EQ(mipzk_ctx_set_u64(ctx, MIPZK_OPT_SHARD_CELLS, 1 << 20, &err), MIPZK_OK);
    set(MIPZK_OPT_THREADS, threads);
    private_input(Bytes(1500, 5));
    seed(kSeed);
  }
  void seed(const Bytes& bytes) {
    EXPECT_EQ(mipzk_job_seed(job, bytes.data(), &err), MIPZK_OK) << err.message;
  }
  void keep_in(Store& store) {
    EXPECT_EQ(mipzk_job_keep(job, Store::keep, Store::find, Store::drop, &store, &err), MIPZK_OK);
  }
  // Empty when it fails.
  Bytes prove(mipzk_progress_fn fn = nullptr, void* user = nullptr) {
    mipzk_blob* blob = nullptr;
    if (mipzk_job_prove(job, fn, user, &blob, &err) != MIPZK_OK) return {};
    return bytes_of(blob);
  }
};

Bytes plain_proof() {
  static const Bytes proof = Job().prove();
  EXPECT_FALSE(proof.empty());
  return proof;
}

size_t count(const Store& store, const char* prefix) {
  return static_cast<size_t>(std::ranges::count_if(
      store.pieces, [&](const auto& p) { return p.first.starts_with(prefix); }));
}

TEST(Keep, GivesTheSameProofAndKeepsEveryPiece) {
  Store store;
  Job job;
  job.keep_in(store);
  EXPECT_TRUE(job.prove() == plain_proof()) << job.err.message;
  EXPECT_EQ(count(store, "plan-"), 1u);
  EXPECT_EQ(count(store, "head-0000"), 5u);
  EXPECT_EQ(count(store, "part-0000"), 5u);
  EXPECT_EQ(store.kept.size(), 11u);
  // Once more, by another job: everything is there.
  store.kept.clear();
  Job other;
  other.keep_in(store);
  mipzk_estimate e = {};
  e.struct_size = sizeof e;
  EXPECT_EQ(mipzk_job_estimate(other.job, &e, &other.err), MIPZK_OK) << other.err.message;
  EXPECT_EQ(e.shards, 5u);
  EXPECT_EQ(other.output().size(), 32u);
  EXPECT_TRUE(other.prove() == plain_proof()) << other.err.message;
  EXPECT_TRUE(store.kept.empty());
}

TEST(Keep, GoesOnAfterAnyPiece) {
  for (const size_t stop : {1, 3, 6, 9}) {  // after the plan, two heads, all, three parts
    Store store;
    store.full = [&](const std::string&) { return store.kept.size() == stop; };
    Job first;
    first.keep_in(store);
    EXPECT_TRUE(first.prove().empty());
    EXPECT_EQ(first.err.status, MIPZK_E_CANCELLED);
    EXPECT_NE(std::string(first.err.message).find("could not be kept"), std::string::npos);
    ASSERT_EQ(store.kept.size(), stop);
    const size_t there = store.pieces.size();
    store.kept.clear();
    store.full = [](const std::string&) { return false; };
    Job second(stop % 2 != 0 ? 1 : 2);  // threads may be others
    second.keep_in(store);
    EXPECT_TRUE(second.prove() == plain_proof()) << stop << ": " << second.err.message;
    EXPECT_EQ(store.kept.size(), 11 - there) << stop;
    EXPECT_TRUE(store.dropped.empty());
  }
}

TEST(Keep, WithoutASeedThePlanStandsForIt) {
  Store store;
  const auto prove = [&] {
    Job job;
    job.new_job();
    job.private_input(Bytes(1500, 5));
    job.keep_in(store);
    return job.prove();
  };
  const Bytes first = prove();
  ASSERT_FALSE(first.empty());
  EXPECT_FALSE(first == plain_proof());
  for (const char* prefix : {"part-00003-", "head-00002-", "part-00001-"})
    std::erase_if(store.pieces, [&](const auto& p) { return p.first.starts_with(prefix); });
  EXPECT_TRUE(prove() == first);
  store.pieces.clear();
  EXPECT_FALSE(prove() == first);
}

TEST(Keep, DamagedAndForeignPiecesAreNamedAndMadeAgain) {
  Store store, foreign;
  Job first;
  first.keep_in(store);
  ASSERT_FALSE(first.prove().empty());
  Job other;
  other.private_input(Bytes(1500, 6));
  other.keep_in(foreign);
  ASSERT_FALSE(other.prove().empty());
  const auto piece = [](Store& s, const std::string& prefix) -> Bytes& {
    for (auto& [name, data] : s.pieces)
      if (name.starts_with(prefix)) return data;
    ADD_FAILURE() << prefix;
    return s.pieces.begin()->second;
  };
  piece(store, "head-00002-").resize(50);
  piece(store, "head-00003-")[130] ^= 1;
  piece(store, "part-00001-") = piece(foreign, "part-00001-");
  piece(store, "part-00004-") = piece(store, "part-00005-");
  piece(store, "part-00005-").clear();
  store.kept.clear();
  Job job;
  job.keep_in(store);
  EXPECT_TRUE(job.prove() == plain_proof()) << job.err.message;
  std::sort(store.kept.begin(), store.kept.end());
  EXPECT_EQ(store.kept, (std::vector<std::string>{"head-00002-", "head-00003-", "part-00001-",
                                                  "part-00004-", "part-00005-"}));
  const char* const reasons[] = {
      "head-00002-: the head: the piece is damaged or cut short",
      "head-00003-: the head: the piece is damaged: it has another digest",
      "part-00001-: the part of shard 1 is one of another plan",
      "part-00004-: the piece is of another shard",
      "part-00005-: the part: these bytes are no piece of a proof"};
  ASSERT_EQ(store.dropped.size(), 5u);
  for (size_t i = 0; i < 5; ++i)
    EXPECT_TRUE(store.dropped[i].starts_with(reasons[i])) << store.dropped[i];
  // With the seed a plan that is damaged is made again as it was, and the pieces are of use.
  piece(store, "plan-")[300] ^= 1;
  store.kept.clear();
  Job last;
  last.keep_in(store);
  EXPECT_TRUE(last.prove() == plain_proof()) << last.err.message;
  EXPECT_EQ(store.kept, (std::vector<std::string>{"plan-"}));
}

TEST(Keep, AnotherProofIsRefusedAndNothingIsLost) {
  Store store;
  Job first;
  first.keep_in(store);
  ASSERT_FALSE(first.prove().empty());
  const auto pieces = store.pieces;
  const auto refused = [&](const char* what, const std::function<void(Job&)>& change) {
    Job job;
    change(job);
    job.keep_in(store);
    EXPECT_TRUE(job.prove().empty());
    EXPECT_EQ(job.err.status, MIPZK_E_ARGUMENT) << what;
    EXPECT_NE(std::string(job.err.message).find(what), std::string::npos) << job.err.message;
    EXPECT_TRUE(store.pieces == pieces);
  };
  refused("the private input", [](Job& j) { j.private_input(Bytes(1501, 5)); });
  refused("the public input", [](Job& j) { j.public_input(Bytes(1, 5)); });
  refused("the seed", [](Job& j) { j.seed(Bytes(32, 5)); });
  const auto again = [](Job& j) {
    j.private_input(Bytes(1500, 5));
    j.seed(kSeed);
  };
  refused("the cells of a shard", [&](Job& j) {
    j.set(MIPZK_OPT_SHARD_CELLS, 1 << 21);
    again(j);
  });
  refused("whether the proof hides", [&](Job& j) {
    j.set(MIPZK_OPT_NO_HIDING, 1);
    again(j);
  });
  refused("the parameter set", [&](Job& j) {
    j.set(MIPZK_OPT_PROFILE, 3);
    again(j);
  });
  Session echo("echo");
  ASSERT_EQ(mipzk_job_keep(echo.job, Store::keep, Store::find, Store::drop, &store, nullptr),
            MIPZK_OK);
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(echo.job, nullptr, nullptr, &blob, &echo.err), MIPZK_E_WRONG_PROGRAM);
  EXPECT_TRUE(store.pieces == pieces);
}

TEST(Keep, OneShardToo) {
  Store store;
  Session s("echo"), plain("echo");
  const auto proof = [](Session& session) {
    mipzk_blob* blob = nullptr;
    EXPECT_EQ(mipzk_job_seed(session.job, kSeed.data(), nullptr), MIPZK_OK);
    EXPECT_EQ(mipzk_job_prove(session.job, nullptr, nullptr, &blob, &session.err), MIPZK_OK)
        << session.err.message;
    return bytes_of(blob);
  };
  ASSERT_EQ(mipzk_job_keep(s.job, Store::keep, Store::find, Store::drop, &store, nullptr),
            MIPZK_OK);
  EXPECT_TRUE(proof(s) == proof(plain));
  EXPECT_EQ(store.kept, (std::vector<std::string>{"plan-", "head-00001-", "part-00001-"}));
}

TEST(Keep, TheThreeFunctionsGoTogether) {
  Store store;
  Job job;
  EXPECT_EQ(mipzk_job_keep(job.job, Store::keep, nullptr, Store::drop, &store, &job.err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_keep(job.job, nullptr, Store::find, nullptr, &store, &job.err),
            MIPZK_E_ARGUMENT);
  job.keep_in(store);
  EXPECT_EQ(mipzk_job_keep(job.job, nullptr, nullptr, nullptr, nullptr, &job.err), MIPZK_OK);
  EXPECT_TRUE(job.prove() == plain_proof());
  EXPECT_TRUE(store.kept.empty());
}

// The same piece with some of its contents changed, and the digest that it then has.
Bytes changed(Bytes piece, size_t at, uint8_t by = 1) {
  piece[at] ^= by;
  const size_t size = piece.size() - sizeof(Digest);
  const Digest digest = mipzk::hash::keyed_hash(mipzk::hash::key_from_text("mipzk v0 piece"),
                                                ByteView(piece).first(size));
  std::copy(digest.begin(), digest.end(), piece.begin() + static_cast<std::ptrdiff_t>(size));
  return piece;
}

struct Made {
  Job job;
  Bytes plan, challenge;
  std::vector<Bytes> work, heads, parts;

  static int32_t give(void* user, uint32_t shard, mipzk_write_fn take, void* take_user) {
    const Bytes& piece = (*static_cast<std::vector<Bytes>*>(user))[shard - 1];
    return take(take_user, piece.data(), piece.size());
  }
  static Bytes good(mipzk_status status, mipzk_blob*& blob, const mipzk_error& err) {
    EXPECT_EQ(status, MIPZK_OK) << err.message;
    return bytes_of(std::exchange(blob, nullptr));
  }
  Made() {
    mipzk_blob* out = nullptr;
    mipzk_error& err = job.err;
    plan = good(mipzk_job_plan(job.job, 0, &out, &err), out, err);
    uint32_t shards = 0;
    EXPECT_EQ(mipzk_piece_inspect(plan.data(), plan.size(), nullptr, nullptr, &shards, &err),
              MIPZK_OK);
    for (uint32_t i = 1; i <= shards; ++i)
      work.push_back(
          good(mipzk_job_work(job.job, plan.data(), plan.size(), i, &out, &err), out, err));
    for (const Bytes& w : work)
      heads.push_back(
          good(mipzk_work_commit(job.ctx, job.program, w.data(), w.size(), &out, &err), out, err));
    challenge = good(mipzk_plan_challenge(job.ctx, job.program, plan.data(), plan.size(), give,
                                          &heads, &out, &err),
                     out, err);
    parts.resize(shards);
    parts[1] = good(mipzk_work_prove(job.ctx, job.program, work[1].data(), work[1].size(),
                                     challenge.data(), challenge.size(), &out, &err),
                    out, err);
  }
  mipzk_status check(const Bytes& piece) {
    return mipzk_piece_check(job.ctx, job.program, plan.data(), plan.size(), challenge.data(),
                             challenge.size(), piece.data(), piece.size(), &job.err);
  }
};

TEST(Piece, AWrongPartWithARightDigestIsFound) {
  Made made;
  const Bytes& part = made.parts[1];
  ASSERT_EQ(made.check(part), MIPZK_OK) << made.job.err.message;
  constexpr size_t kHeader = 88;
  for (size_t at = kHeader; at < part.size() - sizeof(Digest); at += part.size() / 60) {
    const mipzk_status status = made.check(changed(part, at));
    EXPECT_TRUE(status == MIPZK_E_REJECTED || status == MIPZK_E_MALFORMED) << at << " " << status;
    EXPECT_EQ(made.job.err.detail, 2u) << at;
  }
  // Its length in front, by which a verifier cuts: longer or shorter than it is.
  for (size_t at = kHeader; at < kHeader + 4; ++at)
    for (const uint8_t by : {uint8_t{1}, part[at]}) {
      if (by == 0) continue;
      EXPECT_EQ(made.check(changed(part, at, by)), MIPZK_E_MALFORMED) << at << " " << int{by};
    }
}

TEST(Piece, TellsWhatItIs) {
  Made made;
  const auto is = [&](const Bytes& piece, uint32_t kind, uint32_t shard) {
    uint32_t k = 9, s = 9, all = 9;
    EXPECT_EQ(mipzk_piece_inspect(piece.data(), piece.size(), &k, &s, &all, &made.job.err),
              MIPZK_OK);
    EXPECT_EQ(k, kind);
    EXPECT_EQ(s, shard);
    EXPECT_EQ(all, 5u);
  };
  is(made.plan, MIPZK_PIECE_PLAN, 0);
  is(made.work[2], MIPZK_PIECE_WORK, 3);
  is(made.heads[4], MIPZK_PIECE_HEAD, 5);
  is(made.challenge, MIPZK_PIECE_CHALLENGE, 0);
  is(made.parts[1], MIPZK_PIECE_PART, 2);
  uint32_t kind = 9;
  EXPECT_EQ(mipzk_piece_inspect(made.plan.data(), 10, &kind, nullptr, nullptr, nullptr),
            MIPZK_E_MALFORMED);
  EXPECT_EQ(kind, 0u);
  Bytes later = made.plan;
  later[4] = 1;
  EXPECT_EQ(mipzk_piece_inspect(later.data(), later.size(), nullptr, nullptr, nullptr, nullptr),
            MIPZK_E_UNSUPPORTED);
  // The work of a shard holds no more than the shard uses.
  for (const Bytes& work : made.work) EXPECT_LT(work.size(), 40000u);
}

TEST(Piece, BadArguments) {
  Made made;
  Job& job = made.job;
  mipzk_error* const err = &job.err;
  mipzk_blob* out = reinterpret_cast<mipzk_blob*>(&made);
  const Bytes& plan = made.plan;
  const auto refused = [&](mipzk_status status) {
    EXPECT_EQ(status, MIPZK_E_ARGUMENT) << job.err.message;
    EXPECT_EQ(out, nullptr);
    out = reinterpret_cast<mipzk_blob*>(&made);
  };
  EXPECT_EQ(mipzk_job_plan(job.job, 0, nullptr, err), MIPZK_E_ARGUMENT);
  refused(mipzk_job_plan(nullptr, 0, &out, err));
  refused(mipzk_job_work(job.job, nullptr, 5, 1, &out, err));
  refused(mipzk_job_work(job.job, plan.data(), plan.size(), 0, &out, err));
  refused(mipzk_job_work(job.job, plan.data(), plan.size(), 6, &out, err));
  EXPECT_EQ(mipzk_job_work(job.job, plan.data(), plan.size(), 1, nullptr, err), MIPZK_E_ARGUMENT);
  refused(mipzk_work_commit(nullptr, job.program, plan.data(), plan.size(), &out, err));
  refused(mipzk_work_commit(job.ctx, nullptr, plan.data(), plan.size(), &out, err));
  refused(mipzk_work_commit(job.ctx, job.program, nullptr, 5, &out, err));
  refused(mipzk_plan_challenge(job.ctx, job.program, plan.data(), plan.size(), nullptr, nullptr,
                               &out, err));
  refused(mipzk_work_prove(job.ctx, job.program, nullptr, 5, nullptr, 5, &out, err));
  const auto write = [](void*, const uint8_t*, size_t) { return int32_t{0}; };
  EXPECT_EQ(mipzk_plan_assemble(job.ctx, job.program, plan.data(), plan.size(), plan.data(),
                                plan.size(), nullptr, nullptr, write, nullptr, err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_piece_check(job.ctx, job.program, nullptr, 5, nullptr, 0, nullptr, 0, err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_ctx_hold_memory(nullptr, 1, err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_ctx_hold_memory(job.ctx, 2, err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_ctx_hold_memory(job.ctx, 0, err), MIPZK_OK);
  // A piece of another kind.
  EXPECT_EQ(mipzk_work_commit(job.ctx, job.program, plan.data(), plan.size(), &out, err),
            MIPZK_E_MALFORMED);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(std::string(job.err.message), "a piece of kind plan where one of kind work is wanted");
  // Whoever gives up.
  const auto none = [](void*, uint32_t, mipzk_write_fn, void*) { return int32_t{1}; };
  EXPECT_EQ(mipzk_plan_challenge(job.ctx, job.program, plan.data(), plan.size(), none, nullptr,
                                 &out, err),
            MIPZK_E_CANCELLED);
  // In any order; the run begins again.
  for (const uint32_t shard : {5u, 2u, 2u, 3u}) {
    EXPECT_EQ(mipzk_job_work(job.job, plan.data(), plan.size(), shard, &out, err), MIPZK_OK);
    EXPECT_TRUE(bytes_of(out) == made.work[shard - 1]);
  }
}

TEST(Piece, ACancelledContextEndsTheWork) {
  Made made;
  mipzk_ctx_cancel(made.job.ctx);
  mipzk_blob* out = nullptr;
  EXPECT_EQ(mipzk_work_commit(made.job.ctx, made.job.program, made.work[0].data(),
                              made.work[0].size(), &out, nullptr),
            MIPZK_E_CANCELLED);
  mipzk_ctx_resume(made.job.ctx);
  // With too little memory for the shard.
  made.job.set(MIPZK_OPT_MAX_MEMORY, 1 << 20);
  EXPECT_EQ(mipzk_work_commit(made.job.ctx, made.job.program, made.work[0].data(),
                              made.work[0].size(), &out, &made.job.err),
            MIPZK_E_NO_MEMORY);
  EXPECT_GT(made.job.err.detail, 1u);
}

}  // namespace
}  // namespace mipzk_test
