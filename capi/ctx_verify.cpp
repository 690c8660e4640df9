// SPDX-License-Identifier: Apache-2.0
// Verification on all threads of a context.
#include "guard.hpp"
#include "objects.hpp"
#include "policy.hpp"
#include "verify/parallel.hpp"

namespace mipzk::capi {
namespace {

// Calls f(pool, id, policy, cancel, claim), which verifies, and sets `out_claim`.
template <class F>
mipzk_status verify_with(mipzk_ctx* ctx, const uint8_t* program_id,
                         const mipzk_verify_policy* given, mipzk_claim* out_claim, mipzk_error* err,
                         const F& f) {
  return guarded(err, [&]() -> Status {
    return fill_struct(out_claim, [&](mipzk_claim& out) -> Status {
      if (ctx == nullptr) return Error(Errc::kArgument, "ctx is NULL");
      const Use use(ctx->in_use);
      if (Status s = use.status(); !s) return s;
      if (program_id == nullptr) return Error(Errc::kArgument, "program_id is NULL");
      Policy policy;
      if (Status s = read_policy(given, policy); !s) return s;
      hash::Digest id;
      std::memcpy(id.data(), program_id, id.size());
      verify::Claim claim;
      const std::atomic_flag* cancel = ctx->settings.cancel.get();
      if (Status s = f(pool_of(*ctx), id, policy.proof, cancel, claim); !s) return s;
      return give_claim(claim, policy, out);
    });
  });
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_ctx_verify(mipzk_ctx* ctx, const uint8_t* program_id, const uint8_t* proof,
                              size_t proof_size, const mipzk_verify_policy* policy,
                              mipzk_claim* out_claim, mipzk_error* err) noexcept {
  return capi::verify_with(
      ctx, program_id, policy, out_claim, err,
      [&](Pool& pool, const hash::Digest& id, const verify::Policy& p,
          const std::atomic_flag* cancel, verify::Claim& claim) -> Status {
        if (!capi::buffer_ok(proof, proof_size))
          return Error(Errc::kArgument, "proof is NULL but its size is not 0");
        return verify::verify_parallel(pool, id, {proof, proof_size}, p, cancel, claim);
      });
}

mipzk_status mipzk_ctx_verify_stream(mipzk_ctx* ctx, const uint8_t* program_id, mipzk_read_fn read,
                                     void* user, const mipzk_verify_policy* policy,
                                     mipzk_blob** out_front, mipzk_claim* out_claim,
                                     mipzk_error* err) noexcept {
  if (out_front != nullptr) *out_front = nullptr;
  auto front = std::unique_ptr<mipzk_blob>(new (std::nothrow) mipzk_blob);
  const mipzk_status status = capi::verify_with(
      ctx, program_id, policy, out_claim, err,
      [&](Pool& pool, const hash::Digest& id, const verify::Policy& p,
          const std::atomic_flag* cancel, verify::Claim& claim) -> Status {
        if (read == nullptr) return Error(Errc::kArgument, "read is NULL");
        if (front == nullptr) return Error(Errc::kNoMemory, "out of memory");
        return verify::verify_stream(
            pool, id, [&](uint8_t* out, size_t size) { return read(user, out, size); }, p, cancel,
            front->bytes, claim);
      });
  if (out_front != nullptr && (status == MIPZK_OK || status == MIPZK_E_EXIT_CODE))
    *out_front = front.release();
  return status;
}
