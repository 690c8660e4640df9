// SPDX-License-Identifier: Apache-2.0
// Where the private input is while a proof is made, and that nothing of it is left afterwards.
#include <malloc.h>

#include <cstring>
#include <map>

#include "base/bytes.hpp"
#include "capi/support.hpp"
#include "field/fp.hpp"
#include "zk/failing_runs.hpp"
#include "zk/memory_scan.hpp"

namespace mipzk::test {
namespace {

using mipzk_test::Bytes;
using mipzk_test::Session;

std::string describe(const std::vector<Hit>& hits) {
  std::map<std::string, int> counts;
  for (const Hit& h : hits) {
    char text[64];
    std::snprintf(text, sizeof text, " in %lx-%lx ", h.mapping.begin, h.mapping.end);
    ++counts[h.form + std::string(text) + h.mapping.name +
             (h.mapping.left_out_of_cores ? " (left out of cores)" : "")];
  }
  std::string out;
  for (const auto& [what, count] : counts) out += "  " + std::to_string(count) + " " + what + "\n";
  return out;
}

// A guest that hashes its private input.
class Secrets : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // One heap, and large blocks in mappings of their own: then mappings tell what they are.
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 1 << 16);
  }

  void give(Session& session) {
    secret_.reveal([&](const uint8_t* bytes) {
      ASSERT_EQ(mipzk_job_private_input(session.job, bytes, Secret::kBytes, &session.err),
                MIPZK_OK);
    });
  }
  void expect_nothing_left() {
    const std::vector<Hit> hits = patterns_.scan_process();
    EXPECT_TRUE(hits.empty()) << describe(hits);
  }

  // In a frame of its own, which can be wiped.
  [[gnu::noinline]] void expect_every_form_found();

  Secret secret_;
  const Patterns patterns_{secret_};
};

// What the function called before left below this frame.
[[gnu::noinline]] void overwrite_stack() {
  uint8_t room[16384];
  secure_zero(room, sizeof room);
}

void Secrets::expect_every_form_found() {
  Bytes bytes(Secret::kBytes);
  secret_.reveal([&](const uint8_t* plain) { std::memcpy(bytes.data(), plain, bytes.size()); });
  EXPECT_FALSE(patterns_.scan_process().empty());
  auto word = [&](size_t i) {
    uint32_t v = 0;
    for (size_t k = 0; k < 4; ++k) v = v << 8 | bytes[4 * i + k];
    return v;
  };
  std::vector<uint32_t> limbs = {1, field::Fp(word(3) & 0xffff).raw(),
                                 field::Fp(word(3) >> 16).raw()};
  std::vector<uint32_t> cells = {7, word(5), 1u << 31, word(6), 1u << 31};
  auto forms = [&](const void* data, size_t size) {
    std::string out;
    for (const auto& f : patterns_.scan(static_cast<const uint8_t*>(data), size)) out += f.form;
    return out;
  };
  EXPECT_EQ(forms(limbs.data(), 12), "limbs");
  EXPECT_EQ(forms(cells.data(), 20), "words");
  // A column's cells of several rows side by side, the next column's behind them.
  for (size_t lanes : Patterns::kLanes) {
    std::vector<uint32_t> columns(6 * lanes, 7);
    for (size_t k = 0; k < 2; ++k)
      columns[(k + 1) * lanes + 3] = field::Fp(word(9) >> (16 * k) & 0xffff).raw();
    EXPECT_EQ(forms(columns.data(), 4 * columns.size()), "limbs in lanes") << lanes;
    for (size_t k = 0; k < 4; ++k)
      columns[(k + 1) * lanes + 3] = field::Fp(word(9) >> (8 * k) & 0xff).raw();
    EXPECT_EQ(forms(columns.data(), 4 * columns.size()), "byte cells in lanes") << lanes;
    secure_zero(columns.data(), 4 * columns.size());
  }
  EXPECT_EQ(forms(&bytes[3], 8), "bytes");
  EXPECT_EQ(forms(&bytes[3], 7), "");
  secure_zero(bytes.data(), bytes.size());
  secure_zero(limbs.data(), 12);
  secure_zero(cells.data(), 20);
}

TEST_F(Secrets, TheScanFindsEveryForm) {
  expect_nothing_left();
  expect_every_form_found();
  overwrite_stack();
  expect_nothing_left();
}

// What the steps of a proof saw.
struct Watch {
  const Patterns* patterns;
  std::map<std::string, size_t> small;  // hits in the heap and in stacks
  size_t left_out = 0;                  // hits in memory that core files do not get
  std::vector<Hit> others;
  uint64_t stop_at = UINT64_MAX, calls = 0;
};

int32_t watch_step(void* user, const mipzk_progress*) {
  auto* w = static_cast<Watch*>(user);
  if (++w->calls >= w->stop_at) return 1;
  for (const Hit& h : w->patterns->scan_process()) {
    if (h.mapping.left_out_of_cores)
      ++w->left_out;
    else if (h.mapping.name == "[heap]" || h.mapping.name == "[stack]")
      ++w->small[h.mapping.name + " " + h.form];
    else
      w->others.push_back(h);
  }
  return 0;
}

TEST_F(Secrets, OfAProof) {
  {
    Session session("sha256");
    session.set(MIPZK_OPT_THREADS, 2);
    give(session);
    EXPECT_FALSE(patterns_.scan_process().empty());  // the job has it
    Watch watch{&patterns_, {}, 0, {}};
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(session.job, watch_step, &watch, &blob, &session.err), MIPZK_OK)
        << session.err.message;
    // It is there while the proof is made, in memory that core files leave out.
    EXPECT_GT(watch.left_out, 100u);
    EXPECT_TRUE(watch.others.empty()) << describe(watch.others);
    // Small blocks and frames under way are not left out; the input as such is not among the
    // blocks.
    EXPECT_EQ(watch.small.count("[heap] bytes"), 0u);
    for (const auto& [where, count] : watch.small)
      std::printf("%s: %zu hits in %llu steps\n", where.c_str(), count,
                  static_cast<unsigned long long>(watch.calls));
    // The proof holds nothing of it, in no encoding.
    EXPECT_TRUE(patterns_.scan(mipzk_blob_data(blob), mipzk_blob_size(blob)).empty());
    EXPECT_GT(mipzk_blob_size(blob), 100000u);
    mipzk_blob_free(blob);
    mipzk_job_free(session.job);
    session.job = nullptr;
    expect_nothing_left();  // though the context's threads are still there
  }
  expect_nothing_left();
}

TEST_F(Secrets, OfASeed) {
  {
    Session session("echo");
    secret_.reveal([&](const uint8_t* bytes) {
      ASSERT_EQ(mipzk_job_seed(session.job, bytes, &session.err), MIPZK_OK);
    });
    EXPECT_FALSE(patterns_.scan_process().empty());
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(session.job, nullptr, nullptr, &blob, &session.err), MIPZK_OK);
    mipzk_blob_free(blob);
  }
  expect_nothing_left();
}

TEST_F(Secrets, OfARun) {
  {
    Session session("sha256");
    give(session);
    ASSERT_EQ(mipzk_job_execute(session.job, nullptr, nullptr, &session.err), MIPZK_OK);
    give(session);  // replaces it
  }
  expect_nothing_left();
}

// Plan, work, heads and a part; a work that fails, too.
TEST_F(Secrets, OfPieces) {
  {
    Session session("sha256");
    session.set(MIPZK_OPT_SHARD_CYCLES, 4096);
    give(session);
    mipzk_ctx* const ctx = session.ctx;
    mipzk_error* const err = &session.err;
    mipzk_blob *plan = nullptr, *challenge = nullptr, *part = nullptr, *bad = nullptr;
    ASSERT_EQ(mipzk_job_plan(session.job, 0, &plan, err), MIPZK_OK) << err->message;
    uint32_t shards = 0;
    ASSERT_EQ(mipzk_piece_inspect(mipzk_blob_data(plan), mipzk_blob_size(plan), nullptr, nullptr,
                                  &shards, err),
              MIPZK_OK);
    ASSERT_GT(shards, 1u);
    std::vector<mipzk_blob*> works(shards), heads(shards);
    ASSERT_EQ(mipzk_ctx_hold_memory(ctx, 1, err), MIPZK_OK);
    for (uint32_t i = 0; i < shards; ++i) {
      ASSERT_EQ(mipzk_job_work(session.job, mipzk_blob_data(plan), mipzk_blob_size(plan), i + 1,
                               &works[i], err),
                MIPZK_OK);
      ASSERT_EQ(mipzk_work_commit(ctx, session.program, mipzk_blob_data(works[i]),
                                  mipzk_blob_size(works[i]), &heads[i], err),
                MIPZK_OK);
    }
    EXPECT_FALSE(patterns_.scan(mipzk_blob_data(works[0]), mipzk_blob_size(works[0])).empty());
    const auto give_head = [](void* user, uint32_t shard, mipzk_write_fn take, void* take_user) {
      const mipzk_blob* head = (*static_cast<std::vector<mipzk_blob*>*>(user))[shard - 1];
      return take(take_user, mipzk_blob_data(head), mipzk_blob_size(head));
    };
    ASSERT_EQ(mipzk_plan_challenge(ctx, session.program, mipzk_blob_data(plan),
                                   mipzk_blob_size(plan), give_head, &heads, &challenge, err),
              MIPZK_OK);
    ASSERT_EQ(
        mipzk_work_prove(ctx, session.program, mipzk_blob_data(works[0]), mipzk_blob_size(works[0]),
                         mipzk_blob_data(challenge), mipzk_blob_size(challenge), &part, err),
        MIPZK_OK);
    EXPECT_EQ(mipzk_work_prove(ctx, session.program, mipzk_blob_data(works[1]),
                               mipzk_blob_size(works[1]) - 1, mipzk_blob_data(challenge),
                               mipzk_blob_size(challenge), &bad, err),
              MIPZK_E_MALFORMED);
    // Neither head nor part has anything of it.
    for (const mipzk_blob* blob : {heads[0], part})
      EXPECT_TRUE(patterns_.scan(mipzk_blob_data(blob), mipzk_blob_size(blob)).empty());
    for (mipzk_blob* blob : works) mipzk_blob_free(blob);
    for (mipzk_blob* blob : heads) mipzk_blob_free(blob);
    for (mipzk_blob* blob : {plan, challenge, part}) mipzk_blob_free(blob);
    mipzk_job_free(session.job);
    session.job = nullptr;
    ASSERT_EQ(mipzk_ctx_hold_memory(ctx, 0, err), MIPZK_OK);
    expect_nothing_left();
  }
  expect_nothing_left();
}

TEST_F(Secrets, OfCancelledProofs) {
  for (uint64_t step : {1, 2, 4, 7, 10}) {
    Session session("sha256");
    give(session);
    Watch watch{&patterns_, {}, 0, {}, step};
    mipzk_blob* blob = nullptr;
    ASSERT_EQ(mipzk_job_prove(session.job, watch_step, &watch, &blob, &session.err),
              MIPZK_E_CANCELLED);
  }
  expect_nothing_left();
}

TEST_F(Secrets, OfRunsThatFail) {
  for (const FailingRun& run : kFailingRuns) {
    for (bool prove : {false, true}) {
      Session session(run.guest);
      session.set(run.option, run.value);
      if (run.status == MIPZK_E_FAULT) {
        // Its first byte tells which mistake to make.
        secret_.reveal([&](const uint8_t* bytes) {
          Bytes input(1 + Secret::kBytes, 2);
          std::memcpy(&input[1], bytes, Secret::kBytes);
          session.private_input(input);
          secure_zero(input.data(), input.size());
        });
      } else {
        give(session);
      }
      mipzk_blob* blob = nullptr;
      const mipzk_status status =
          prove ? mipzk_job_prove(session.job, nullptr, nullptr, &blob, &session.err)
                : mipzk_job_execute(session.job, nullptr, nullptr, &session.err);
      EXPECT_EQ(status, run.status) << session.err.message;
    }
    expect_nothing_left();
  }
}

// Hints are as secret as the private input.
TEST_F(Secrets, OfHints) {
  {
    Session session("hints");
    session.public_input(Bytes(64, 0xff));
    secret_.reveal([&](const uint8_t* bytes) {
      ASSERT_EQ(mipzk_job_hints(session.job, bytes, Secret::kBytes, &session.err), MIPZK_OK);
    });
    (void)mipzk_job_execute(session.job, nullptr, nullptr, &session.err);
  }
  expect_nothing_left();
}

}  // namespace
}  // namespace mipzk::test
