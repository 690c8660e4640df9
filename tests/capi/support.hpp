// SPDX-License-Identifier: Apache-2.0
// Handles and files for the tests of the C interface.
#pragma once

#include <gtest/gtest.h>
#include <mipzk/mipzk.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace mipzk_test {

using Bytes = std::vector<uint8_t>;

inline Bytes guest(const std::string& name) {
  std::ifstream file(std::string(MIPZK_BINARY_DIR) + "/guests/" + name + ".elf", std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline mipzk_claim empty_claim() {
  mipzk_claim claim = {};
  claim.struct_size = sizeof claim;
  return claim;
}

// A context, a guest and a job for it.
struct Session {
  mipzk_ctx* ctx = nullptr;
  mipzk_program* program = nullptr;
  mipzk_job* job = nullptr;
  mipzk_error err = {};

  explicit Session(const std::string& name) {
    EXPECT_EQ(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err), MIPZK_OK) << err.message;
    const Bytes elf = guest(name);
    EXPECT_EQ(mipzk_program_load_elf(ctx, elf.data(), elf.size(), &program, &err), MIPZK_OK)
        << err.message;
    new_job();
  }
  ~Session() {
    mipzk_job_free(job);
    mipzk_program_free(program);
    mipzk_ctx_free(ctx);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Jobs take the context's options when they are made.
  void new_job() {
    mipzk_job_free(job);
    job = nullptr;
    EXPECT_EQ(mipzk_job_new(ctx, program, &job, &err), MIPZK_OK) << err.message;
  }
  void set(mipzk_option option, uint64_t value) {
    EXPECT_EQ(mipzk_ctx_set_u64(ctx, option, value, &err), MIPZK_OK) << err.message;
    new_job();
  }
  void private_input(const Bytes& b) {
    EXPECT_EQ(mipzk_job_private_input(job, b.data(), b.size(), &err), MIPZK_OK) << err.message;
  }
  void public_input(const Bytes& b) {
    EXPECT_EQ(mipzk_job_public_input(job, b.data(), b.size(), &err), MIPZK_OK) << err.message;
  }
  Bytes output() const {
    size_t size = 0;
    const uint8_t* data = mipzk_job_output(job, &size);
    EXPECT_NE(data, nullptr);
    return {data, data + size};
  }
  Bytes id() const {
    Bytes id(32);
    mipzk_program_id(program, id.data());
    return id;
  }
};

inline mipzk_status verify(const Bytes& id, const Bytes& proof, const mipzk_verify_policy* policy,
                           mipzk_claim* claim, mipzk_error* err) {
  Bytes workspace(mipzk_verify_workspace_size(policy));
  return mipzk_verify(id.data(), proof.data(), proof.size(), policy, workspace.data(),
                      workspace.size(), claim, err);
}

}  // namespace mipzk_test
