// SPDX-License-Identifier: Apache-2.0
// Hosts that load the library when they run, twice, or fork: it keeps nothing that this would
// break.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "support.hpp"

namespace mipzk_test {
namespace {

// A copy of the library, loaded by name.
class Library {
 public:
  // `apart`: with a C library and C++ library of its own.
  explicit Library(bool apart = false)
      : handle_(apart ? dlmopen(LM_ID_NEWLM, MIPZK_LIBRARY, RTLD_NOW | RTLD_LOCAL)
                      : dlopen(MIPZK_LIBRARY, RTLD_NOW | RTLD_LOCAL)) {
    EXPECT_NE(handle_, nullptr) << dlerror();
  }
  ~Library() { EXPECT_EQ(dlclose(handle_), 0) << dlerror(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  template <class F>
  F get(const char* name) const {
    void* const found = dlsym(handle_, name);
    EXPECT_NE(found, nullptr) << name;
    return reinterpret_cast<F>(found);
  }

 private:
  void* handle_;
};
#define CALL(library, name) (library).get<decltype(&name)>(#name)

// Runs and, if wanted, proves a guest; the proof, or a byte when it is only run.
Bytes use(const Library& l, const Bytes& elf, bool proves, unsigned threads = 2) {
  mipzk_ctx* ctx = nullptr;
  mipzk_program* program = nullptr;
  mipzk_job* job = nullptr;
  mipzk_blob* blob = nullptr;
  mipzk_error err = {};
  const Bytes seed(32, 3);
  Bytes result;
  if (CALL(l, mipzk_ctx_new)(MIPZK_ABI_VERSION, &ctx, &err) == MIPZK_OK &&
      CALL(l, mipzk_ctx_set_u64)(ctx, MIPZK_OPT_THREADS, threads, &err) == MIPZK_OK &&
      CALL(l, mipzk_program_load_elf)(ctx, elf.data(), elf.size(), &program, &err) == MIPZK_OK &&
      CALL(l, mipzk_job_new)(ctx, program, &job, &err) == MIPZK_OK &&
      CALL(l, mipzk_job_seed)(job, seed.data(), &err) == MIPZK_OK &&
      CALL(l, mipzk_job_execute)(job, nullptr, nullptr, &err) == MIPZK_OK) {
    result = {1};
    if (proves && CALL(l, mipzk_job_prove)(job, nullptr, nullptr, &blob, &err) == MIPZK_OK) {
      const uint8_t* data = CALL(l, mipzk_blob_data)(blob);
      result.assign(data, data + CALL(l, mipzk_blob_size)(blob));
    }
  }
  EXPECT_STREQ(err.message, "");
  CALL(l, mipzk_blob_free)(blob);
  CALL(l, mipzk_ctx_free)(ctx);  // in no particular order
  CALL(l, mipzk_job_free)(job);
  CALL(l, mipzk_program_free)(program);
  return result;
}

// In a child that ends at once: 0 when `f` says so.
int in_child(const std::function<bool()>& f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // rather than for ever
    _exit(f() ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(Hosts, LoadAndUnload) {
  const Bytes elf = guest("echo");
  Bytes proof;
  for (unsigned i = 0; i < 3; ++i) {
    const Library library;
    const Bytes now = use(library, elf, true);
    EXPECT_GT(now.size(), 1u);
    EXPECT_TRUE(i == 0 || now == proof);
    proof = now;
  }
  for (unsigned i = 0; i < 30; ++i) {
    const Library library;
    EXPECT_EQ(use(library, elf, false).size(), 1u);
  }
}

TEST(Hosts, TwoCopiesInOneProcess) {
  const Bytes elf = guest("echo");
  const Library one, other(true);
  EXPECT_NE(CALL(one, mipzk_ctx_new), CALL(other, mipzk_ctx_new));
  const Bytes proof = use(one, elf, true);
  EXPECT_TRUE(use(other, elf, true) == proof);
  EXPECT_TRUE(use(one, elf, true) == proof);
}

TEST(Hosts, Fork) {
  const Bytes elf = guest("echo");
  const Library library;
  // Before anything was done, and after a proof: a child has a context of its own, with threads.
  EXPECT_EQ(in_child([&] { return use(library, elf, true).size() > 1; }), 0);
  const Bytes proof = use(library, elf, true);
  EXPECT_EQ(in_child([&] { return use(library, elf, true) == proof; }), 0);
  // A job that was made before, on one thread: it is whole in the child as in the parent.
  mipzk_ctx* ctx = nullptr;
  mipzk_program* program = nullptr;
  mipzk_job* job = nullptr;
  ASSERT_EQ(CALL(library, mipzk_ctx_new)(MIPZK_ABI_VERSION, &ctx, nullptr), MIPZK_OK);
  ASSERT_EQ(CALL(library, mipzk_ctx_set_u64)(ctx, MIPZK_OPT_THREADS, 1, nullptr), MIPZK_OK);
  ASSERT_EQ(CALL(library, mipzk_program_load_elf)(ctx, elf.data(), elf.size(), &program, nullptr),
            MIPZK_OK);
  ASSERT_EQ(CALL(library, mipzk_job_new)(ctx, program, &job, nullptr), MIPZK_OK);
  const auto runs = [&] {
    return CALL(library, mipzk_job_execute)(job, nullptr, nullptr, nullptr) == MIPZK_OK;
  };
  EXPECT_EQ(in_child(runs), 0);
  EXPECT_TRUE(runs());
  CALL(library, mipzk_job_free)(job);
  CALL(library, mipzk_program_free)(program);
  CALL(library, mipzk_ctx_free)(ctx);
}

}  // namespace
}  // namespace mipzk_test
