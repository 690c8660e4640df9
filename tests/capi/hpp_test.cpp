// SPDX-License-Identifier: Apache-2.0
// mipzk.hpp: what it adds to the C interface. What the library does with good and bad arguments is
// tested through mipzk.h.
#include <gtest/gtest.h>

#include <mipzk/mipzk.hpp>
#include <type_traits>

#include "support.hpp"

namespace mipzk_test {
namespace {

using mipzk::Context, mipzk::Error, mipzk::Job, mipzk::Program, mipzk::Proof, mipzk::Result;

Bytes bytes(mipzk::Bytes b) { return {b.begin(), b.end()}; }
Bytes text(const char* s) { return {s, s + std::strlen(s)}; }

// The status of the Error that f throws; MIPZK_OK if it throws none.
template <class F>
mipzk_status thrown(const F& f) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_STRNE(e.what(), "");
    EXPECT_STREQ(e.name(), mipzk_status_name(e.status()));
    return e.status();
  }
  return MIPZK_OK;
}

struct Thrown {
  int number;
};

// Calls f, which is to let the Thrown with this number through.
template <class F>
void expect_thrown(int number, const F& f) {
  try {
    f();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Thrown& t) {
    EXPECT_EQ(t.number, number);
  }
}

template <class T>
constexpr bool kOwner =
    std::is_nothrow_move_constructible_v<T>&& std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(kOwner<Context> && kOwner<Program> && kOwner<Job> && kOwner<Proof>);

class Cpp : public testing::Test {
 protected:
  Program program(const std::string& name) { return context.load(guest(name)); }

  Context context;
};

TEST_F(Cpp, ProvesAndVerifies) {
  const Program echo = program("echo");
  Job job = context.job(echo);
  job.public_input(text("pub"));
  job.private_input(text("secret"));
  const mipzk::Run run = job.execute();
  EXPECT_EQ(run.exit_code, 0u);
  EXPECT_GT(run.cycles, 10u);
  EXPECT_EQ(std::string(run.output.begin(), run.output.begin() + 9), "pubsecret");
  EXPECT_EQ(job.estimate().cycles, run.cycles);
  uint64_t steps = 0;
  const Proof proof = job.prove([&](const mipzk_progress& at) { return ++steps, at.total > 0; });
  EXPECT_GT(steps, 3u);
  Bytes pieces;
  job.seed(mipzk::ProgramId{});
  job.prove_to(
      [&](mipzk::Bytes b) { return pieces.insert(pieces.end(), b.begin(), b.end()), true; });
  EXPECT_EQ(pieces, bytes(job.prove()));
  const mipzk::Claim claim = mipzk::verify(echo.id(), proof);
  EXPECT_EQ(bytes(claim.public_input), text("pub"));
  EXPECT_EQ(bytes(claim.output), bytes(job.output()));
  EXPECT_GE(claim.output.data(), proof.data());
  EXPECT_EQ(claim.shards, 1u);
  EXPECT_EQ(context.verify(echo.id(), proof).security_bits, claim.security_bits);

  const mipzk_proof_info info = mipzk::inspect(proof);
  EXPECT_EQ(mipzk::shape_of(proof).size(), 4 * info.shards + 2 * info.tables);
  EXPECT_EQ(std::memcmp(info.program_id, echo.id().data(), 32), 0);
  EXPECT_EQ(mipzk::security(proof, mipzk::profiles()[0].regime).millibits_total / 1000,
            info.security_bits);
  std::vector<std::byte> workspace(mipzk::workspace_size());
  EXPECT_TRUE(mipzk::try_verify(echo.id(), proof, {}, workspace));
  workspace.pop_back();
  EXPECT_EQ(mipzk::try_verify(echo.id(), proof, {}, workspace).error().status(), MIPZK_E_WORKSPACE);
  EXPECT_EQ(thrown([&] { mipzk::verify(mipzk::ProgramId{}, proof); }), MIPZK_E_WRONG_PROGRAM);
  EXPECT_EQ(thrown([&] { mipzk::verify(echo.id(), proof, {.max_proof_bytes = 1000}); }),
            MIPZK_E_POLICY);
  EXPECT_EQ(thrown([&] { mipzk::verify(echo.id(), proof, {.exit_code = 1}); }), MIPZK_E_EXIT_CODE);
  const mipzk::Policy any = {.flags = MIPZK_VERIFY_ANY_EXIT_CODE};
  EXPECT_EQ(mipzk::verify(echo.id(), proof, any).exit_code, 0u);
}

TEST_F(Cpp, TheExampleRunsWithTheStaticLibrary) {
  const std::string elf = std::string(MIPZK_BINARY_DIR) + "/guests/sha256.elf";
  FILE* pipe = popen((std::string(MIPZK_ATTEST_CPP) + " " + elf + " 2>/dev/null").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  char line[512] = {};
  EXPECT_NE(fgets(line, sizeof line, pipe), nullptr);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_NE(std::string(line).find("output e3b0c44298fc1c149afbf4c8996fb924"), std::string::npos)
      << line;
}

TEST_F(Cpp, VerifiesAProofThatIsReadOnce) {
  const Program echo = program("echo");
  const Bytes proof = bytes(context.job(echo).prove());
  size_t done = 0;
  const auto read = [&](std::span<uint8_t> buffer) {
    const size_t n = std::min({buffer.size(), proof.size() - done, size_t{1000}});
    std::copy_n(proof.begin() + static_cast<ptrdiff_t>(done), n, buffer.begin());
    done += n;
    return static_cast<int64_t>(n);
  };
  const mipzk::StreamClaim found = context.verify_stream(echo.id(), read);
  EXPECT_EQ(bytes(found.claim.output), bytes(mipzk::verify(echo.id(), proof).output));
  done = 1;
  EXPECT_EQ(context.try_verify_stream(echo.id(), read).error().status(), MIPZK_E_MALFORMED);
  done = 0;
  EXPECT_EQ(thrown([&] { context.verify_stream(echo.id(), read, {.exit_code = 1}); }),
            MIPZK_E_EXIT_CODE);
  EXPECT_EQ(thrown([&] { context.verify_stream(echo.id(), {}); }), MIPZK_E_ARGUMENT);
  expect_thrown(3, [&] {
    context.verify_stream(echo.id(), [](std::span<uint8_t>) -> int64_t { throw Thrown{3}; });
  });
}

TEST_F(Cpp, FailuresAreErrorsInBothForms) {
  const Bytes junk = text("junk");
  EXPECT_EQ(thrown([&] { context.load(junk); }), MIPZK_E_ELF);
  const Result<Program> none = context.try_load(junk);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().status(), MIPZK_E_ELF);
  mipzk_error err;
  mipzk_program* out = nullptr;
  mipzk_program_load_elf(context.get(), junk.data(), junk.size(), &out, &err);
  EXPECT_STREQ(none.error().what(), err.message);
  EXPECT_EQ(mipzk::try_inspect(junk).error().status(), MIPZK_E_MALFORMED);
  EXPECT_EQ(mipzk::try_verify(mipzk::ProgramId{}, junk).error().status(), MIPZK_E_MALFORMED);
  EXPECT_EQ(thrown([&] { context.set(999, 1); }), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(context.try_set(999, 1).error().detail(), 999u);
  EXPECT_EQ(thrown([&] { program("echo").segment(99); }), MIPZK_E_ARGUMENT);

  Job job = context.job(program("faults"));
  EXPECT_EQ(job.fault_text(), "");
  EXPECT_EQ(thrown([&] { job.private_input(Bytes{1}), job.execute(); }), MIPZK_E_FAULT);
  EXPECT_NE(job.fault_text(), "");
  EXPECT_EQ(job.output().data(), nullptr);
  context.cancel();
  EXPECT_EQ(thrown([&] { context.job(program("echo")).execute(); }), MIPZK_E_CANCELLED);
  context.resume();
  EXPECT_EQ(thrown([&] { context.job(program("echo")).execute(); }), MIPZK_OK);
}

TEST_F(Cpp, AProgramTellsWhatIsInIt) {
  const Program echo = program("echo");
  const mipzk_program_info info = echo.inspect();
  EXPECT_GT(echo.segment(0).memory_size, 0u);
  bool main_found = false;
  for (uint64_t i = 0; i < info.symbols; ++i) main_found |= echo.symbol(i)->name == "main";
  EXPECT_TRUE(main_found);
  EXPECT_FALSE(echo.symbol(info.symbols));
  Job job = context.job(echo);
  EXPECT_TRUE(job.try_shape(echo.shape()));
  EXPECT_EQ(job.estimate_shape(), std::vector<uint8_t>(echo.shape().begin(), echo.shape().end()));
  EXPECT_EQ(mipzk::profiles().size(), mipzk_profile_count());
  EXPECT_STREQ(mipzk::profiles()[0].name, "S100");
}

TEST_F(Cpp, MovedFromOwnersAreSafe) {
  Context a, b(std::move(a));
  Program p = b.load(guest("echo")), q(std::move(p));
  Job j = b.job(q), k(std::move(j));
  k.on_cycles([](uint64_t) { return true; });
  Proof proof = k.prove(), rest(std::move(proof));

  EXPECT_EQ(thrown([&] { a.load(guest("echo")); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { a.job(q); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { b.job(p); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { a.set(MIPZK_OPT_THREADS, 1); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { a.verify(q.id(), rest); }), MIPZK_E_ARGUMENT);
  a.cancel();
  a.resume();
  EXPECT_EQ(p.id(), mipzk::ProgramId{});
  EXPECT_EQ(p.shape().data(), nullptr);
  EXPECT_FALSE(p.symbol(0));
  EXPECT_EQ(thrown([&] { p.inspect(); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { p.segment(0); }), MIPZK_E_ARGUMENT);
  const std::array<uint8_t, 32> seed{};
  EXPECT_EQ(thrown([&] { j.public_input(text("x")); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.private_input(text("x")); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.hints(text("x")); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.shape({}); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.seed(seed); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.on_print([](mipzk::Bytes) {}); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.on_mark([](uint64_t, uint32_t) {}); }), MIPZK_E_ARGUMENT);
  j.on_cycles([](uint64_t) { return true; });
  EXPECT_EQ(thrown([&] { j.execute(); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.estimate(); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.estimate_time(); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.prove_to([](mipzk::Bytes) { return true; }); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(thrown([&] { j.prove([](const mipzk_progress&) { return true; }); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(j.output().size(), 0u);
  EXPECT_EQ(j.fault_text(), "");
  EXPECT_EQ(proof.data(), nullptr);
  EXPECT_EQ(proof.end() - proof.begin(), 0);
  EXPECT_EQ(thrown([&] { mipzk::inspect(proof); }), MIPZK_E_MALFORMED);
  EXPECT_EQ(thrown([&] { mipzk::shape_of(proof); }), MIPZK_E_MALFORMED);

  // What they were moved to works, and after everything that it came from is gone.
  EXPECT_TRUE(mipzk::try_verify(q.id(), rest));
  j = std::move(k);
  p = std::move(q);
  b = Context();
  { const Program gone = std::move(p); }
  EXPECT_EQ(j.execute().exit_code, 0u);
}

TEST_F(Cpp, WhatACallbackThrowsComesOutOfTheCall) {
  Job job = context.job(program("sha256"));
  job.private_input(Bytes(100000));  // more than 2^18 instructions
  int calls = 0;
  job.on_cycles([&](uint64_t) -> bool { throw Thrown{++calls}; });
  expect_thrown(1, [&] { job.execute(); });
  expect_thrown(2, [&] { (void)job.try_execute(); });
  expect_thrown(3, [&] { job.estimate(); });
  expect_thrown(4, [&] { job.prove(); });
  EXPECT_EQ(calls, 4);  // and no second time in a call

  job.private_input(text("short"));
  job.on_cycles({});
  expect_thrown(5, [&] { job.prove([](const mipzk_progress&) -> bool { throw Thrown{5}; }); });
  expect_thrown(6, [&] { job.prove_to([](mipzk::Bytes) -> bool { throw Thrown{6}; }); });
  EXPECT_EQ(thrown([&] { job.prove_to([](mipzk::Bytes) { return false; }); }), MIPZK_E_CANCELLED);
  EXPECT_EQ(thrown([&] { job.prove_to({}); }), MIPZK_E_ARGUMENT);
  EXPECT_EQ(job.execute().exit_code, 0u);
  EXPECT_GT(job.prove().size(), 0u);  // the callbacks were for one call
  EXPECT_GT(job.estimate_time(), 0u);

  job.on_cycles([](uint64_t) { return false; });
  job.private_input(Bytes(100000));
  EXPECT_EQ(thrown([&] { job.execute(); }), MIPZK_E_CANCELLED);
  EXPECT_EQ(thrown([&] { job.prove([](const mipzk_progress&) { return false; }); }),
            MIPZK_E_CANCELLED);
}

TEST_F(Cpp, WhatAGuestShowsArrivesAndMayEndTheRun) {
  Job job = context.job(program("exit_code"));
  job.private_input(Bytes(5));
  std::string shown;
  std::vector<uint32_t> marks;
  job.on_print([&](mipzk::Bytes b) { shown.append(b.begin(), b.end()); });
  job.on_mark([&](uint64_t cycle, uint32_t mark) {
    EXPECT_GT(cycle, 0u);
    marks.push_back(mark);
  });
  Job moved(std::move(job));  // callbacks move along
  EXPECT_EQ(moved.execute().exit_code, 0u);
  EXPECT_EQ(shown, "exit_code: about to end\n");
  EXPECT_EQ(marks, (std::vector<uint32_t>{7, 0xffffffff}));

  moved.public_input({});
  moved.on_print([](mipzk::Bytes) { throw Thrown{8}; });
  expect_thrown(8, [&] { moved.execute(); });
  EXPECT_EQ(marks.size(), 3u) << "a callback was called after one had thrown";
  moved.public_input({});
  moved.on_print(nullptr);
  moved.on_mark([](uint64_t, uint32_t) { throw Thrown{9}; });
  expect_thrown(9, [&] { moved.prove(); });
  moved.public_input({});
  moved.on_mark(nullptr);
  EXPECT_EQ(moved.execute().exit_code, 0u);
}

}  // namespace
}  // namespace mipzk_test
