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
    EXPECT_EQ(seen.last, 3u << 18) << call;
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

TEST(Limits, ARunThatTakesMoreMemoryThanAllowedIsRefused) {
  Session s("echo");
  s.private_input({1, 2, 3});
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK);
  s.set(MIPZK_OPT_MAX_MEMORY, e.memory_bytes - 1);
  s.private_input({1, 2, 3});
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_OK) << "the figure is no refusal";
  EXPECT_EQ(e.available_memory, e.memory_bytes - 1);
  mipzk_blob* blob = nullptr;
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_NO_MEMORY);
  EXPECT_EQ(blob, nullptr);
  EXPECT_EQ(s.err.detail, (e.memory_bytes >> 20) + 1);
  EXPECT_NE(std::strstr(s.err.message, "MIPZK_OPT_MAX_MEMORY"), nullptr) << s.err.message;
  EXPECT_EQ(s.output().size(), 11u) << "the run was one";
  // The recording alone.
  s.set(MIPZK_OPT_MAX_MEMORY, 1000);
  EXPECT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_E_NO_MEMORY);
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_NO_MEMORY);
  for (const uint64_t enough : {uint64_t{1} << 40, UINT64_MAX}) {
    s.set(MIPZK_OPT_MAX_MEMORY, enough);
    ASSERT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_OK) << s.err.message;
    mipzk_blob_free(blob);
  }
}

// One proof has no room for it, which the first tables that are full tell.
TEST(Limits, ARunThatIsTooLongToProveIsRefusedEarly) {
  Session s("sha256");
  s.private_input(Bytes(size_t{60} << 20));  // thousands of millions of cycles
  Seen seen;
  ASSERT_EQ(mipzk_job_on_cycles(s.job, on_cycles, &seen, &s.err), MIPZK_OK);
  mipzk_estimate e = empty_estimate();
  ASSERT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_E_UNPROVABLE) << s.err.message;
  EXPECT_EQ(e.cycles, 0u);
  EXPECT_LT(seen.last, 1u << 24);
  EXPECT_NE(std::strstr(s.err.message, "the run is too long for one proof: "), nullptr)
      << s.err.message;
  EXPECT_EQ(std::strstr(s.err.message, "shape"), nullptr) << s.err.message;
  const std::string text = mipzk_job_fault_text(s.job);
  EXPECT_NE(text.find("instructions, at 0x"), std::string::npos) << text;
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
