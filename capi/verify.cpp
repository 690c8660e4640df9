// SPDX-License-Identifier: Apache-2.0
// The verifier's functions of the C interface; also linked into firmware, so without exceptions,
// heap and global state.
#include "verify/verify.hpp"

#include "policy.hpp"
#include "proof/profile.hpp"

namespace mipzk::capi {
namespace {

#define MIPZK_SAME_CODE(c_name, name) static_assert((c_name) == static_cast<int32_t>(Errc::name))
MIPZK_SAME_CODE(MIPZK_OK, kOk);
MIPZK_SAME_CODE(MIPZK_E_ARGUMENT, kArgument);
MIPZK_SAME_CODE(MIPZK_E_NO_MEMORY, kNoMemory);
MIPZK_SAME_CODE(MIPZK_E_CANCELLED, kCancelled);
MIPZK_SAME_CODE(MIPZK_E_INTERNAL, kInternal);
MIPZK_SAME_CODE(MIPZK_E_UNSUPPORTED, kUnsupported);
MIPZK_SAME_CODE(MIPZK_E_STATE, kState);
MIPZK_SAME_CODE(MIPZK_E_ELF, kElf);
MIPZK_SAME_CODE(MIPZK_E_INPUT, kInput);
MIPZK_SAME_CODE(MIPZK_E_FAULT, kFault);
MIPZK_SAME_CODE(MIPZK_E_CYCLE_LIMIT, kCycleLimit);
MIPZK_SAME_CODE(MIPZK_E_MEMORY_LIMIT, kMemoryLimit);
MIPZK_SAME_CODE(MIPZK_E_UNPROVABLE, kUnprovable);
MIPZK_SAME_CODE(MIPZK_E_MALFORMED, kMalformed);
MIPZK_SAME_CODE(MIPZK_E_POLICY, kPolicy);
MIPZK_SAME_CODE(MIPZK_E_REJECTED, kRejected);
MIPZK_SAME_CODE(MIPZK_E_WRONG_PROGRAM, kWrongProgram);
MIPZK_SAME_CODE(MIPZK_E_WORKSPACE, kWorkspace);
#undef MIPZK_SAME_CODE

// The verifier wants its workspace aligned to this; callers need not care.
constexpr size_t kAlignment = 16;

}  // namespace

Status read_policy(const mipzk_verify_policy* given, Policy& out) {
  out = {};
  if (given == nullptr) return {};
  mipzk_verify_policy p = {};
  if (Status s = read_struct(given, p); !s) return s;
  if ((p.flags & ~(MIPZK_VERIFY_ALLOW_NO_HIDING | MIPZK_VERIFY_ANY_EXIT_CODE)) != 0)
    return Error(Errc::kUnsupported, "a policy has a flag that this version does not know");
  out.any_exit_code = (p.flags & MIPZK_VERIFY_ANY_EXIT_CODE) != 0;
  out.exit_code = p.exit_code;
  if (p.reserved != 0) return Error(Errc::kUnsupported, "a policy's reserved field is not zero");
  if (out.any_exit_code && out.exit_code != 0)
    return Error(Errc::kArgument, "a policy wants one exit code and accepts any: choose");
  out.proof.allow_not_hiding = (p.flags & MIPZK_VERIFY_ALLOW_NO_HIDING) != 0;
  if (p.min_security_bits != 0) out.proof.min_security_bits = p.min_security_bits;
  if (p.max_proof_bytes != 0) out.proof.max_proof_bytes = p.max_proof_bytes;
  if (p.max_cycles != 0) out.proof.max_cycles = p.max_cycles;
  if (p.max_shards != 0) out.proof.max_shards = p.max_shards;
  return {};
}

Status give_claim(const verify::Claim& claim, const Policy& policy, mipzk_claim& out) {
  out.exit_code = claim.exit_code;
  out.public_input = {claim.public_offset, claim.public_size};
  out.output = {claim.output_offset, claim.output_size};
  out.shards = claim.shards;
  out.security_bits = claim.security_bits;
  out.flags =
      (claim.not_hiding ? MIPZK_PROOF_NO_HIDING : 0) | (claim.kernel ? MIPZK_PROOF_LINUX : 0);
  if (policy.any_exit_code || policy.exit_code == claim.exit_code) return {};
  return Error(kExitCode,
               "the proof is valid, but the program ended with another exit code than the policy "
               "wants: see the claim",
               claim.exit_code);
}

namespace {

Status verify(const uint8_t* program_id, ByteView proof, const verify::Policy& policy,
              void* workspace, size_t workspace_size, verify::Claim& claim) {
  if (program_id == nullptr) return Error(Errc::kArgument, "program_id is NULL");
  if (proof.data() == nullptr && !proof.empty())
    return Error(Errc::kArgument, "proof is NULL but its size is not 0");
  if (workspace == nullptr) return Error(Errc::kArgument, "workspace is NULL");
  const size_t need = verify::workspace_size(policy) + kAlignment - 1;
  if (workspace_size < need)
    return Error(Errc::kWorkspace, "the workspace is too small", static_cast<uint32_t>(need));
  const size_t skip = -reinterpret_cast<uintptr_t>(workspace) % kAlignment;
  hash::Digest id;
  std::memcpy(id.data(), program_id, id.size());
  return verify::verify(id, proof, policy, static_cast<uint8_t*>(workspace) + skip,
                        workspace_size - skip, claim);
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;

uint32_t mipzk_abi_version(void) noexcept { return MIPZK_ABI_VERSION; }

const char* mipzk_version(void) noexcept { return MIPZK_VERSION; }

const char* mipzk_status_name(mipzk_status status) noexcept {
  switch (status) {
    case MIPZK_OK:
      return "MIPZK_OK";
    case MIPZK_E_ARGUMENT:
      return "MIPZK_E_ARGUMENT";
    case MIPZK_E_NO_MEMORY:
      return "MIPZK_E_NO_MEMORY";
    case MIPZK_E_CANCELLED:
      return "MIPZK_E_CANCELLED";
    case MIPZK_E_INTERNAL:
      return "MIPZK_E_INTERNAL";
    case MIPZK_E_UNSUPPORTED:
      return "MIPZK_E_UNSUPPORTED";
    case MIPZK_E_STATE:
      return "MIPZK_E_STATE";
    case MIPZK_E_ELF:
      return "MIPZK_E_ELF";
    case MIPZK_E_INPUT:
      return "MIPZK_E_INPUT";
    case MIPZK_E_FAULT:
      return "MIPZK_E_FAULT";
    case MIPZK_E_CYCLE_LIMIT:
      return "MIPZK_E_CYCLE_LIMIT";
    case MIPZK_E_MEMORY_LIMIT:
      return "MIPZK_E_MEMORY_LIMIT";
    case MIPZK_E_UNPROVABLE:
      return "MIPZK_E_UNPROVABLE";
    case MIPZK_E_MALFORMED:
      return "MIPZK_E_MALFORMED";
    case MIPZK_E_POLICY:
      return "MIPZK_E_POLICY";
    case MIPZK_E_REJECTED:
      return "MIPZK_E_REJECTED";
    case MIPZK_E_WRONG_PROGRAM:
      return "MIPZK_E_WRONG_PROGRAM";
    case MIPZK_E_WORKSPACE:
      return "MIPZK_E_WORKSPACE";
    case MIPZK_E_EXIT_CODE:
      return "MIPZK_E_EXIT_CODE";
    default:
      return "MIPZK_E_UNKNOWN";
  }
}

size_t mipzk_verify_workspace_size(const mipzk_verify_policy* policy) noexcept {
  capi::Policy p;
  if (!capi::read_policy(policy, p)) return 0;
  return verify::workspace_size(p.proof) + capi::kAlignment - 1;
}

mipzk_status mipzk_verify(const uint8_t* program_id, const uint8_t* proof, size_t proof_size,
                          const mipzk_verify_policy* policy, void* workspace, size_t workspace_size,
                          mipzk_claim* out_claim, mipzk_error* err) noexcept {
  return capi::report(err, capi::fill_struct(out_claim, [&](mipzk_claim& out) -> Status {
                        capi::Policy p;
                        if (Status s = capi::read_policy(policy, p); !s) return s;
                        verify::Claim claim;
                        Status s = capi::verify(program_id, {proof, proof_size}, p.proof, workspace,
                                                workspace_size, claim);
                        if (!s) return s;
                        return capi::give_claim(claim, p, out);
                      }));
}

uint32_t mipzk_profile_count(void) noexcept {
  return static_cast<uint32_t>(proof::profiles().size());
}

mipzk_status mipzk_profile_get(uint32_t index, mipzk_profile* out, mipzk_error* err) noexcept {
  return capi::report(err, capi::fill_struct(out, [&](mipzk_profile& profile) -> Status {
                        if (index >= mipzk_profile_count())
                          return Error(Errc::kArgument, "there is no such profile");
                        const proof::Profile& p = proof::profiles()[index];
                        profile.id = p.id;
                        capi::copy_name(profile.name, p.name);
                        profile.target_bits = p.target_bits;
                        profile.blowup = 1u << p.log_blowup;
                        profile.queries = p.queries;
                        profile.grinding_bits = p.query_work;
                        profile.regime = p.regime == proof::Regime::kJohnson ? MIPZK_REGIME_JOHNSON
                                                                             : MIPZK_REGIME_UNIQUE;
                        return {};
                      }));
}
