// SPDX-License-Identifier: Apache-2.0
// Running programs through the C interface: inputs, outputs, limits, hooks, faults, cancellation.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "support.hpp"

namespace mipzk_test {
namespace {

// Private inputs of the guest exit_code: return or halt, and the code.
Bytes exit_with(uint8_t how, uint32_t code) {
  return {how, uint8_t(code >> 24), uint8_t(code >> 16), uint8_t(code >> 8), uint8_t(code)};
}

TEST(Run, GivesOutputExitCodeAndCycles) {
  Session s("exit_code");
  s.private_input(exit_with(1, 0xdeadbeef));
  uint64_t cycles = 0;
  uint32_t code = 0;
  ASSERT_EQ(mipzk_job_execute(s.job, &cycles, &code, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(code, 0xdeadbeefu);
  EXPECT_GT(cycles, 50u);
  EXPECT_EQ(s.output(), (Bytes{0x21, 0x52, 0x41, 0x10}));
  EXPECT_STREQ(mipzk_job_fault_text(s.job), "");
  uint64_t again = 0;
  ASSERT_EQ(mipzk_job_execute(s.job, &again, nullptr, nullptr), MIPZK_OK);
  EXPECT_EQ(again, cycles);
}

TEST(Run, PassesBothInputs) {
  Session s("echo");
  s.public_input({1, 2, 3});
  s.private_input({9, 8});
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(s.output(), (Bytes{1, 2, 3, 9, 8, 0, 0, 0, 3, 0, 0, 0, 2}));
  s.private_input({});
  size_t size = 7;
  EXPECT_EQ(mipzk_job_output(s.job, &size), nullptr) << "a new input forgets the results";
  EXPECT_EQ(size, 0u);
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(s.output(), (Bytes{1, 2, 3, 0, 0, 0, 3, 0, 0, 0, 0}));
}

TEST(Run, PassesHints) {
  Session s("hints");
  s.public_input({0, 0, 0, 99, 0, 0, 1, 0});
  const Bytes hints = {0, 0, 0, 9, 0, 0, 0, 16};
  ASSERT_EQ(mipzk_job_hints(s.job, hints.data(), hints.size(), &s.err), MIPZK_OK);
  uint32_t code = 9;
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, &code, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(code, 0u);
  EXPECT_EQ(s.output(), hints);
}

TEST(Run, CopiesInputs) {
  Session s("echo");
  Bytes input = {1, 2, 3, 4};
  s.private_input(input);
  input.assign(4, 0);
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(s.output()[3], 4);
}

struct Heard {
  std::string text;
  std::vector<uint32_t> marks;
  uint64_t last = 0;
};

TEST(Run, CallsHooks) {
  Session s("exit_code");
  s.private_input(exit_with(0, 3));
  Heard heard;
  const auto print = [](void* user, const uint8_t* text, size_t size) {
    static_cast<Heard*>(user)->text.append(reinterpret_cast<const char*>(text), size);
  };
  const auto mark = [](void* user, uint64_t cycle, uint32_t id) {
    auto* h = static_cast<Heard*>(user);
    EXPECT_GT(cycle, h->last);
    h->last = cycle;
    h->marks.push_back(id);
  };
  ASSERT_EQ(mipzk_job_on_print(s.job, print, &heard, &s.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_on_mark(s.job, mark, &heard, &s.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(heard.text, "exit_code: about to end\n");
  EXPECT_EQ(heard.marks, (std::vector<uint32_t>{7, 0xffffffff}));
  ASSERT_EQ(mipzk_job_on_print(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  heard.last = 0;
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(heard.text, "exit_code: about to end\n") << "the hook was removed";
  EXPECT_EQ(heard.marks.size(), 4u);
}

TEST(Run, ExplainsFaults) {
  Session s("faults");
  s.private_input({1});
  uint64_t cycles = 5;
  uint32_t code = 5;
  ASSERT_EQ(mipzk_job_execute(s.job, &cycles, &code, &s.err), MIPZK_E_FAULT);
  EXPECT_EQ(cycles, 0u);
  EXPECT_EQ(code, 0u);
  EXPECT_EQ(s.err.status, MIPZK_E_FAULT);
  EXPECT_STRNE(s.err.message, "");
  const std::string text = mipzk_job_fault_text(s.job);
  EXPECT_NE(text.find("load"), std::string::npos) << text;  // the function's name
  size_t size = 1;
  EXPECT_EQ(mipzk_job_output(s.job, &size), nullptr);
  EXPECT_EQ(size, 0u);
  s.private_input({1});
  EXPECT_STREQ(mipzk_job_fault_text(s.job), "");
  // Proving the same run says the same.
  mipzk_blob* proof = reinterpret_cast<mipzk_blob*>(&s);
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &proof, &s.err), MIPZK_E_FAULT);
  EXPECT_EQ(proof, nullptr);
  EXPECT_EQ(mipzk_job_fault_text(s.job), text);
}

TEST(Run, KeepsLimits) {
  Session s("sha256");
  s.set(MIPZK_OPT_MAX_CYCLES, 1000);
  s.private_input(Bytes(1000));
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CYCLE_LIMIT);
  s.set(MIPZK_OPT_MAX_CYCLES, 0);
  s.private_input(Bytes(1000));
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  s.set(MIPZK_OPT_MAX_GUEST_MEMORY, 4096);
  s.private_input(Bytes(100000));
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_MEMORY_LIMIT);
}

TEST(Run, RefusesInputsLargerThanTheirWindow) {
  Session s("echo");
  const Bytes large(67108861);
  EXPECT_EQ(mipzk_job_private_input(s.job, large.data(), large.size(), &s.err), MIPZK_E_INPUT);
  EXPECT_EQ(mipzk_job_public_input(s.job, large.data(), large.size(), &s.err), MIPZK_E_INPUT);
  EXPECT_EQ(s.err.detail, 67108860u);
}

// In a process of its own, which has no more memory than it needs so far.
TEST(Run, SaysWhenMemoryIsOut) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers want the whole address space";
#endif
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  Session s("echo");
  const Bytes input(size_t{60} << 20);
  const auto out_of_memory = [&] {
    const rlimit limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_AS, &limit);
    const mipzk_status status = mipzk_job_private_input(s.job, input.data(), input.size(), &s.err);
    EXPECT_EQ(status, MIPZK_E_NO_MEMORY);
    EXPECT_STREQ(s.err.message, "out of memory");
    std::_Exit(testing::Test::HasFailure() ? 1 : 0);
  };
  EXPECT_EXIT(out_of_memory(), testing::ExitedWithCode(0), "");
}

TEST(Run, StopsWhenAnotherThreadCancels) {
  Session s("sha256");
  s.private_input(Bytes(size_t{60} << 20));  // thousands of millions of cycles
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    mipzk_ctx_cancel(s.ctx);
  });
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CANCELLED);
  other.join();
  s.private_input({1, 2, 3});
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CANCELLED)
      << "until resumed";
  mipzk_ctx_resume(s.ctx);
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
}

TEST(Run, OneJobMayBeCancelledWithoutItsNeighbours) {
  Session s("sha256");
  mipzk_job* neighbour = nullptr;
  ASSERT_EQ(mipzk_job_new(s.ctx, s.program, &neighbour, &s.err), MIPZK_OK);
  s.private_input(Bytes(size_t{60} << 20));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    mipzk_job_cancel(s.job);
  });
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CANCELLED);
  other.join();
  s.private_input({1, 2, 3});
  mipzk_blob* blob = nullptr;
  mipzk_estimate e = {};
  e.struct_size = sizeof e;
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CANCELLED);
  EXPECT_EQ(mipzk_job_estimate(s.job, &e, &s.err), MIPZK_E_CANCELLED);
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_E_CANCELLED);
  EXPECT_EQ(mipzk_job_execute(neighbour, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  mipzk_job_resume(s.job);
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  // The context's flag is another one.
  mipzk_ctx_cancel(s.ctx);
  mipzk_job_resume(s.job);
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_CANCELLED);
  mipzk_job_free(neighbour);
}

TEST(Run, ObjectsMayBeFreedInAnyOrder) {
  Session s("echo");
  s.private_input({5});
  mipzk_ctx_free(s.ctx);
  s.ctx = nullptr;
  mipzk_program_free(s.program);
  s.program = nullptr;
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(s.output().size(), 9u);
}

// A call of a job that another call is using, on this thread or another one.
TEST(Run, AJobThatIsInUseIsRefused) {
  struct Inside {
    Session* s;
    std::vector<mipzk_status> found;
    std::string message;
  };
  Session s("exit_code");
  s.private_input(exit_with(1, 3));
  Inside inside = {&s, {}, {}};
  const auto calls = [](Inside& in) {
    mipzk_job* job = in.s->job;
    const Bytes data(32);
    uint64_t cycles = 7;
    mipzk_error err = {};
    in.found = {mipzk_job_public_input(job, data.data(), 1, &err),
                mipzk_job_private_input(job, data.data(), 1, nullptr),
                mipzk_job_hints(job, data.data(), 4, nullptr),
                mipzk_job_seed(job, data.data(), nullptr),
                mipzk_job_shape(job, nullptr, 0, nullptr),
                mipzk_job_on_print(job, nullptr, nullptr, nullptr),
                mipzk_job_on_mark(job, nullptr, nullptr, nullptr),
                mipzk_job_execute(job, &cycles, nullptr, nullptr)};
    in.message = err.message;
    EXPECT_EQ(err.status, MIPZK_E_STATE);
    EXPECT_EQ(cycles, 0u);
    size_t size = 7;
    EXPECT_EQ(mipzk_job_output(job, &size), nullptr);
    EXPECT_EQ(size, 0u);
    EXPECT_STREQ(mipzk_job_fault_text(job), "");
  };
  static constexpr auto kCalls = calls;
  const auto expect_refused = [&] {
    EXPECT_EQ(inside.found, std::vector<mipzk_status>(8, MIPZK_E_STATE));
    EXPECT_NE(inside.message, "");
    EXPECT_EQ(s.output(), (Bytes{0xff, 0xff, 0xff, 0xfc}));
    inside.found.clear();
  };
  const auto here = [](void* user, const uint8_t*, size_t) { kCalls(*static_cast<Inside*>(user)); };
  const auto elsewhere = [](void* user, const uint8_t*, size_t) {
    std::thread([user] { kCalls(*static_cast<Inside*>(user)); }).join();
  };
  ASSERT_EQ(mipzk_job_on_print(s.job, here, &inside, nullptr), MIPZK_OK);
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  expect_refused();
  ASSERT_EQ(mipzk_job_on_print(s.job, elsewhere, &inside, nullptr), MIPZK_OK);
  s.private_input(exit_with(1, 3));
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  expect_refused();
  // Other objects are free: a callback may begin another job of the same context.
  const auto another = [](void* user, const uint8_t*, size_t) {
    auto* in = static_cast<Inside*>(user);
    mipzk_job* job = nullptr;
    in->found = {mipzk_job_new(in->s->ctx, in->s->program, &job, nullptr),
                 mipzk_job_private_input(job, nullptr, 0, nullptr),
                 mipzk_job_execute(job, nullptr, nullptr, nullptr)};
    mipzk_job_free(job);
  };
  ASSERT_EQ(mipzk_job_on_print(s.job, another, &inside, nullptr), MIPZK_OK);
  s.private_input(exit_with(1, 3));
  ASSERT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_EQ(inside.found, std::vector<mipzk_status>(3, MIPZK_OK));
}

// Two threads that share a context without taking turns are told so, sooner or later.
TEST(Run, AContextThatIsInUseIsRefused) {
  Session s("sha256");
  const Bytes elf = guest("sha256");
  std::atomic<bool> end{false};
  std::atomic<uint64_t> refused{0};
  std::thread other([&] {
    mipzk_error err;
    while (!end) {
      const mipzk_status status = mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_MAX_CYCLES, 0, &err);
      if (status == MIPZK_OK) continue;
      EXPECT_EQ(status, MIPZK_E_STATE);
      ++refused;
    }
  });
  for (int i = 0; i < 1000 && refused == 0; ++i) {
    mipzk_program* program = nullptr;
    const mipzk_status status =
        mipzk_program_load_elf(s.ctx, elf.data(), elf.size(), &program, nullptr);
    if (status == MIPZK_E_STATE) ++refused;
    EXPECT_TRUE(status == MIPZK_OK || status == MIPZK_E_STATE) << status;
    EXPECT_EQ(program != nullptr, status == MIPZK_OK);
    mipzk_program_free(program);
  }
  end = true;
  other.join();
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_MAX_CYCLES, 0, nullptr), MIPZK_OK);
}

TEST(Run, JobsOfOneContextRunAtTheSameTime) {
  Session s("sha256");
  std::vector<std::thread> threads;
  std::vector<Bytes> outputs(4);
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      mipzk_job* job = nullptr;
      static std::atomic_flag lock;  // making a job needs the context for oneself
      while (lock.test_and_set()) std::this_thread::yield();
      ASSERT_EQ(mipzk_job_new(s.ctx, s.program, &job, nullptr), MIPZK_OK);
      lock.clear();
      const Bytes input(5000, uint8_t(i % 2));
      ASSERT_EQ(mipzk_job_private_input(job, input.data(), input.size(), nullptr), MIPZK_OK);
      ASSERT_EQ(mipzk_job_execute(job, nullptr, nullptr, nullptr), MIPZK_OK);
      size_t size = 0;
      const uint8_t* data = mipzk_job_output(job, &size);
      outputs[i].assign(data, data + size);
      mipzk_job_free(job);
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(outputs[0].size(), 32u);
  EXPECT_EQ(outputs[0], outputs[2]);
  EXPECT_EQ(outputs[1], outputs[3]);
  EXPECT_NE(outputs[0], outputs[1]);
}

}  // namespace
}  // namespace mipzk_test
