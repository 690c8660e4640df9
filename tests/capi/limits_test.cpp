// SPDX-License-Identifier: Apache-2.0
// What a run and a proof may take: cycles, tables, memory; and how far a run is.
#include "support.hpp"

namespace mipzk_test {
namespace {

mipzk_estimate empty_estimate() {
  mipzk_estimate e = {};
  e.struct_size = sizeof e;
  return e;
}

struct Seen {
  uint64_t calls = 0, last = 0, stop_at = UINT64_MAX;
};

int32_t on_cycles(void* user, uint64_t cycles) {
  auto* seen = static_cast<Seen*>(user);
  EXPECT_GT(cycles, seen->last);
  seen->last = cycles;
  return ++seen->calls >= seen->stop_at ? 1 : 0;
}

TEST(Limits, ARunTellsHowFarItIs) {
  Session s("sha256");
  s.private_input(Bytes(20000));
  Seen seen;
  ASSERT_EQ(mipzk_job_on_cycles(s.job, on_cycles, &seen, &s.err), MIPZK_OK);
  uint64_t cycles = 0;
  ASSERT_EQ(mipzk_job_execute(s.job, &cycles, nullptr, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(seen.calls, cycles >> 18);
  EXPECT_LE(seen.last, cycles);
  // A result other than 0 cancels, in every call that runs the program.
  for (int call = 0; call < 3; ++call) {
    seen = {0, 0, 3};
    mipzk_estimate estimate = empty_estimate();
    mipzk_blob* blob = nullptr;
    const mipzk_status status = call == 0 ? mipzk_job_execute(s.job, nullptr, nullptr, &s.err)
                                : call == 1
                                    ? mipzk_job_estimate(s.job, &estimate, &s.err)
                                    : mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err);
    EXPECT_EQ(status, MIPZK_E_CANCELLED) << call;
    EXPECT_LE(seen.last, 3u << 18) << call;  // less where a shard ended before
    EXPECT_GT(seen.last, 2u << 18) << call;
    EXPECT_EQ(estimate.cycles, 0u);
  }
  seen = {};
  ASSERT_EQ(mipzk_job_on_cycles(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(seen.calls, 0u);
}

TEST(Limits, AnEstimateIsARun) {
  Session s("exit_code");
  s.private_input({1, 0, 0, 1, 2});
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(e.exit_code, 258u);
  EXPECT_EQ(s.output(), (Bytes{0xff, 0xff, 0xfe, 0xfd}));
  uint64_t cycles = 0;
  ASSERT_EQ(mipzk_job_execute(s.job, &cycles, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(e.cycles, cycles);
  EXPECT_GT(e.memory_bytes, 16u << 20);
  EXPECT_LT(e.memory_bytes, 256u << 20);
  EXPECT_GT(e.available_memory, 0u);
  // A larger profile takes more.
  s.set(MIPZK_OPT_PROFILE, 2);
  s.private_input({1, 0, 0, 1, 2});
  mipzk_estimate larger = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &larger, &s.err), MIPZK_OK);
  EXPECT_GT(larger.memory_bytes, e.memory_bytes);
  // Faults are those of a run.
  Session faults("faults");
  faults.private_input({1});
  EXPECT_EQ(mipzk_job_estimate(faults.job, &e, &faults.err), MIPZK_E_FAULT);
  EXPECT_EQ(e.memory_bytes, 0u);
  EXPECT_STRNE(mipzk_job_fault_text(faults.job), "");
}

int32_t append(void* user, const uint8_t* data, size_t size) {
  auto& bytes = *static_cast<Bytes*>(user);
  bytes.insert(bytes.end(), data, data + size);
  return 0;
}

TEST(Limits, ARunThatTakesMoreMemoryThanAllowedIsRefused) {
  Session s("echo");
  s.private_input({1, 2, 3});
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK);
  EXPECT_EQ(e.shards, 1u);
  EXPECT_EQ(e.workers, 1u);
  EXPECT_EQ(e.shard_cells, uint64_t{1} << 25);
  EXPECT_GT(e.cells, 1u << 20);
  const uint64_t less =
      e.memory_bytes - (8 << 20);  // what the process has differs from call to call
  s.set(MIPZK_OPT_MAX_MEMORY, less);
  s.private_input({1, 2, 3});
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK) << "the figure is no refusal";
  EXPECT_EQ(e.available_memory, less);
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_NO_MEMORY);
  EXPECT_EQ(blob, nullptr);
  const uint32_t enough_mib = s.err.detail;
  EXPECT_GT(enough_mib, less >> 20);
  EXPECT_LT(enough_mib, (less >> 20) + 20);
  EXPECT_NE(std::strstr(s.err.message, "MIPZK_OPT_MAX_MEMORY"), nullptr) << s.err.message;
  EXPECT_EQ(s.output().size(), 11u) << "the run was one";
  // The run alone.
  s.set(MIPZK_OPT_MAX_MEMORY, 1000);
  EXPECT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_E_NO_MEMORY);
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_NO_MEMORY);
  for (const uint64_t enough : {uint64_t{enough_mib + 4} << 20, uint64_t{1} << 40, UINT64_MAX}) {
    s.set(MIPZK_OPT_MAX_MEMORY, enough);
    ASSERT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_OK) << s.err.message;
    mipzk_blob_free(blob);
  }
}

// A longer run, in shards; the proof is the same however it is taken.
TEST(Limits, AProofIsGivenPieceByPiece) {
  Session s("sha256");
  s.set(MIPZK_OPT_SHARD_CELLS, 1 << 20);
  s.private_input(Bytes(700));
  const Bytes seed(32, 0x11);
  ASSERT_EQ(mipzk_job_seed(s.job, seed.data(), &s.err), MIPZK_OK);
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_GT(e.shards, 2u);
  EXPECT_EQ(e.shard_cells, 1u << 20);
  Bytes proof;
  ASSERT_EQ(mipzk_job_prove_to(s.job, nullptr, nullptr, append, &proof, &s.err), MIPZK_OK)
      << s.err.message;
  EXPECT_NEAR(static_cast<double>(e.proof_bytes), static_cast<double>(proof.size()),
              0.03 * static_cast<double>(proof.size()));
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_OK);
  EXPECT_EQ(proof, Bytes(mipzk_blob_data(blob), mipzk_blob_data(blob) + mipzk_blob_size(blob)));
  mipzk_blob_free(blob);
  const auto refuse = [](void*, const uint8_t*, size_t) -> int32_t { return 1; };
  EXPECT_EQ(mipzk_job_prove_to(s.job, nullptr, nullptr, refuse, nullptr, &s.err),
            MIPZK_E_CANCELLED);
  EXPECT_EQ(mipzk_job_prove_to(s.job, nullptr, nullptr, nullptr, nullptr, &s.err),
            MIPZK_E_ARGUMENT);
  for (const uint64_t bad : {uint64_t{1} << 19, uint64_t{1} << 31})
    EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_SHARD_CELLS, bad, &s.err), MIPZK_E_ARGUMENT);
}

TEST(Limits, TheTimeIsEstimated) {
  Session s("echo");
  s.private_input({1, 2, 3});
  uint64_t milliseconds = 0;
  ASSERT_EQ(mipzk_job_estimate_time(s.job, &milliseconds, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_GT(milliseconds, 0u);
  EXPECT_EQ(mipzk_job_estimate_time(s.job, nullptr, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_estimate_time(nullptr, &milliseconds, &s.err), MIPZK_E_ARGUMENT);
  mipzk_ctx_cancel(s.ctx);
  EXPECT_EQ(mipzk_job_estimate_time(s.job, &milliseconds, &s.err), MIPZK_E_CANCELLED);
  EXPECT_EQ(milliseconds, 0u);
}

// More shards than the profile has security for, which the first ones tell.
TEST(Limits, ARunThatIsTooLongToProveIsRefusedEarly) {
  Session s("sha256");
  s.set(MIPZK_OPT_PROFILE, 4);
  s.set(MIPZK_OPT_SHARD_CELLS, 1 << 22);
  s.private_input(Bytes(size_t{60} << 20));  // thousands of millions of cycles
  Seen seen;
  ASSERT_EQ(mipzk_job_on_cycles(s.job, on_cycles, &seen, &s.err), MIPZK_OK);
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_E_UNPROVABLE) << s.err.message;
  EXPECT_EQ(e.cycles, 0u);
  EXPECT_LT(seen.last, 1u << 24);
  EXPECT_NE(std::strstr(s.err.message, "shards are too many for profile C128"), nullptr)
      << s.err.message;
  seen = {};
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_UNPROVABLE);
  EXPECT_LT(seen.last, 1u << 24);
}

TEST(Limits, InvalidArguments) {
  mipzk_error err;
  EXPECT_EQ(mipzk_job_on_cycles(nullptr, on_cycles, nullptr, &err), MIPZK_E_ARGUMENT);
  mipzk_estimate e = empty_estimate();
  EXPECT_EQ(mipzk_job_estimate(nullptr, &e, &err), MIPZK_E_ARGUMENT);
  Session s("echo");
  EXPECT_EQ(mipzk_job_estimate(s.job, nullptr, &err), MIPZK_E_ARGUMENT);
  e.struct_size = 7;
  EXPECT_EQ(mipzk_job_estimate(s.job, &e, &err), MIPZK_E_ARGUMENT);
}

}  // namespace
}  // namespace mipzk_test
