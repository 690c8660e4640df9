// SPDX-License-Identifier: Apache-2.0
// Invalid arguments: refused, with every out-parameter cleared, never undefined behaviour.
#include "support.hpp"

namespace mipzk_test {
namespace {

template <class T>
T* garbage() {
  return reinterpret_cast<T*>(uintptr_t{0x10});
}

TEST(Arguments, VersionsAndNames) {
  EXPECT_EQ(mipzk_abi_version(), MIPZK_ABI_VERSION);
  EXPECT_STREQ(mipzk_version(), MIPZK_EXPECTED_VERSION);
  EXPECT_STREQ(mipzk_status_name(MIPZK_OK), "MIPZK_OK");
  EXPECT_STREQ(mipzk_status_name(MIPZK_E_WORKSPACE), "MIPZK_E_WORKSPACE");
  EXPECT_STREQ(mipzk_status_name(12345), "MIPZK_E_UNKNOWN");
  EXPECT_STREQ(mipzk_phase_name(MIPZK_PHASE_QUERY), "query");
  EXPECT_STREQ(mipzk_phase_name(99), "unknown");
}

TEST(Arguments, FreeTakesNull) {
  mipzk_ctx_free(nullptr);
  mipzk_program_free(nullptr);
  mipzk_job_free(nullptr);
  mipzk_blob_free(nullptr);
  mipzk_ctx_cancel(nullptr);
  mipzk_job_cancel(nullptr);
  mipzk_job_resume(nullptr);
  mipzk_ctx_resume(nullptr);
}

TEST(Arguments, NullHandles) {
  mipzk_error err;
  EXPECT_EQ(mipzk_ctx_new(MIPZK_ABI_VERSION, nullptr, &err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(err.status, MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_ctx_set_u64(nullptr, MIPZK_OPT_THREADS, 1, &err), MIPZK_E_ARGUMENT);
  mipzk_program* program = garbage<mipzk_program>();
  EXPECT_EQ(mipzk_program_load_elf(nullptr, nullptr, 0, &program, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(program, nullptr);
  mipzk_job* job = garbage<mipzk_job>();
  EXPECT_EQ(mipzk_job_new(nullptr, nullptr, &job, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(job, nullptr);
  EXPECT_EQ(mipzk_job_public_input(nullptr, nullptr, 0, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_private_input(nullptr, nullptr, 0, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_hints(nullptr, nullptr, 0, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_seed(nullptr, nullptr, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_on_print(nullptr, nullptr, nullptr, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_on_mark(nullptr, nullptr, nullptr, nullptr), MIPZK_E_ARGUMENT);
  uint64_t cycles = 3;
  uint32_t code = 3;
  EXPECT_EQ(mipzk_job_execute(nullptr, &cycles, &code, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(cycles + code, 0u);
  mipzk_blob* blob = garbage<mipzk_blob>();
  EXPECT_EQ(mipzk_job_prove(nullptr, nullptr, nullptr, &blob, nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(blob, nullptr);
  size_t size = 3;
  EXPECT_EQ(mipzk_job_output(nullptr, &size), nullptr);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(mipzk_job_output(nullptr, nullptr), nullptr);
  EXPECT_STREQ(mipzk_job_fault_text(nullptr), "");
  EXPECT_EQ(mipzk_blob_data(nullptr), nullptr);
  EXPECT_EQ(mipzk_blob_size(nullptr), 0u);
  uint8_t id[32];
  std::memset(id, 7, sizeof id);
  mipzk_program_id(nullptr, id);
  EXPECT_EQ(Bytes(id, id + 32), Bytes(32));
  mipzk_program_id(nullptr, nullptr);
  EXPECT_EQ(mipzk_program_symbol(nullptr, 0, nullptr, nullptr), nullptr);
  mipzk_program_info info = {};
  info.struct_size = sizeof info;
  EXPECT_EQ(mipzk_program_inspect(nullptr, &info, nullptr), MIPZK_E_ARGUMENT);
}

TEST(Arguments, AbiVersionMustMatch) {
  mipzk_ctx* ctx = garbage<mipzk_ctx>();
  mipzk_error err;
  EXPECT_EQ(mipzk_ctx_new(MIPZK_ABI_VERSION + 1, &ctx, &err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(ctx, nullptr);
  EXPECT_EQ(err.detail, MIPZK_ABI_VERSION);
}

TEST(Arguments, Options) {
  Session s("echo");
  EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, 0, 1, &s.err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, 999, 1, &s.err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_THREADS, 1025, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_THREADS, 2, &s.err), MIPZK_OK);
  EXPECT_STREQ(s.err.message, "");
  // Shipped libraries do not know the weak profiles of the tests.
  for (uint64_t id : {uint64_t{0x7001}, uint64_t{0x7002}, uint64_t{5}, UINT64_MAX})
    EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_PROFILE, id, &s.err), MIPZK_E_UNSUPPORTED) << id;
  ASSERT_EQ(mipzk_profile_count(), 4u);
  for (uint32_t i = 0; i < 4; ++i) {
    mipzk_profile profile = {};
    profile.struct_size = sizeof profile;
    ASSERT_EQ(mipzk_profile_get(i, &profile, &s.err), MIPZK_OK);
    EXPECT_GE(profile.target_bits, 100u);
    EXPECT_EQ(mipzk_ctx_set_u64(s.ctx, MIPZK_OPT_PROFILE, profile.id, &s.err), MIPZK_OK);
  }
  mipzk_profile profile = {};
  profile.struct_size = sizeof profile;
  EXPECT_EQ(mipzk_profile_get(4, &profile, &s.err), MIPZK_E_ARGUMENT);
}

TEST(Arguments, Buffers) {
  Session s("echo");
  EXPECT_EQ(mipzk_job_private_input(s.job, nullptr, 1, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_public_input(s.job, nullptr, 1, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_hints(s.job, nullptr, 1, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_seed(s.job, nullptr, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_private_input(s.job, nullptr, 0, &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, nullptr, &s.err), MIPZK_E_ARGUMENT);
  mipzk_program* program = garbage<mipzk_program>();
  EXPECT_EQ(mipzk_program_load_elf(s.ctx, nullptr, 5, &program, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(program, nullptr);
  EXPECT_EQ(mipzk_program_load_elf(s.ctx, nullptr, 0, &program, &s.err), MIPZK_E_ELF);
  EXPECT_STRNE(s.err.message, "");
  EXPECT_EQ(mipzk_program_load_elf(s.ctx, guest("echo").data(), 100, &program, &s.err),
            MIPZK_E_ELF);
}

TEST(Arguments, ProgramFacts) {
  Session s("sha256");
  mipzk_program_info info = {};
  info.struct_size = sizeof info;
  ASSERT_EQ(mipzk_program_inspect(s.program, &info, &s.err), MIPZK_OK);
  EXPECT_GT(info.instructions, 100u);
  ASSERT_GE(info.segments, 1u);
  bool entry_found = false;
  for (uint32_t i = 0; i < info.segments; ++i) {
    mipzk_segment segment = {};
    segment.struct_size = sizeof segment;
    ASSERT_EQ(mipzk_program_segment(s.program, i, &segment, &s.err), MIPZK_OK);
    EXPECT_EQ(segment.struct_size, sizeof segment);
    EXPECT_LE(segment.file_size, segment.memory_size);
    EXPECT_NE(segment.flags & 3, 3u);
    entry_found |= info.entry - segment.address < segment.memory_size && segment.flags & 1;
  }
  EXPECT_TRUE(entry_found);
  mipzk_segment segment = {};
  segment.struct_size = sizeof segment;
  EXPECT_EQ(mipzk_program_segment(s.program, info.segments, &segment, &s.err), MIPZK_E_ARGUMENT);
  bool main_found = false;
  uint32_t address = 0, size = 0;
  for (uint64_t i = 0; i < info.symbols; ++i) {
    const char* name = mipzk_program_symbol(s.program, i, &address, &size);
    ASSERT_NE(name, nullptr);
    main_found |= std::string(name) == "main";
  }
  EXPECT_TRUE(main_found);
  EXPECT_EQ(mipzk_program_symbol(s.program, info.symbols, &address, &size), nullptr);
  EXPECT_EQ(address + size, 0u);
}

TEST(Arguments, VerifyPolicyAndClaim) {
  mipzk_verify_policy policy = {};
  EXPECT_EQ(mipzk_verify_workspace_size(&policy), 0u) << "struct_size is not set";
  policy.struct_size = sizeof policy;
  EXPECT_EQ(mipzk_verify_workspace_size(&policy), mipzk_verify_workspace_size(nullptr));
  const Bytes id(32), proof = {'M', 'P', 'Z', 'K'};
  mipzk_error err;
  mipzk_claim claim = empty_claim();
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_MALFORMED) << err.message;
  EXPECT_EQ(verify(id, {}, &policy, &claim, &err), MIPZK_E_MALFORMED);
  policy.flags = MIPZK_VERIFY_ALLOW_NO_HIDING | MIPZK_VERIFY_ANY_EXIT_CODE;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_MALFORMED);
  policy.flags = 4;
  claim.exit_code = 9;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(claim.exit_code, 0u);
  policy.flags = MIPZK_VERIFY_ANY_EXIT_CODE;
  policy.exit_code = 1;
  EXPECT_EQ(mipzk_verify_workspace_size(&policy), 0u) << "any exit code, and one";
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_ARGUMENT);
  policy.flags = 0;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_MALFORMED);
  policy.exit_code = 0;
  policy.max_proof_bytes = 3;
  EXPECT_EQ(verify(id, proof, &policy, &claim, &err), MIPZK_E_POLICY);
  EXPECT_EQ(verify(id, proof, nullptr, nullptr, &err), MIPZK_E_ARGUMENT);
  uint8_t workspace[16];
  EXPECT_EQ(
      mipzk_verify(id.data(), proof.data(), 4, nullptr, workspace, sizeof workspace, &claim, &err),
      MIPZK_E_WORKSPACE);
  EXPECT_EQ(err.detail, mipzk_verify_workspace_size(nullptr));
  EXPECT_EQ(mipzk_verify(id.data(), proof.data(), 4, nullptr, nullptr, 99, &claim, &err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_verify(nullptr, proof.data(), 4, nullptr, workspace, 16, &claim, &err),
            MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_verify(id.data(), nullptr, 4, nullptr, workspace, 16, &claim, &err),
            MIPZK_E_ARGUMENT);
}

TEST(Arguments, InspectIsTotal) {
  mipzk_proof_info info = {};
  mipzk_error err;
  EXPECT_EQ(mipzk_proof_inspect(nullptr, 0, &info, &err), MIPZK_E_ARGUMENT);
  info.struct_size = sizeof info;
  EXPECT_EQ(mipzk_proof_inspect(nullptr, 0, &info, &err), MIPZK_E_MALFORMED);
  EXPECT_EQ(mipzk_proof_inspect(nullptr, 1, &info, &err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_proof_inspect(nullptr, 0, nullptr, &err), MIPZK_E_ARGUMENT);
  Bytes junk(4096, 0x5a);
  std::memcpy(junk.data(), "MPZK", 4);
  EXPECT_NE(mipzk_proof_inspect(junk.data(), junk.size(), &info, &err), MIPZK_OK);
}

}  // namespace
}  // namespace mipzk_test
