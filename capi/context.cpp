// SPDX-License-Identifier: Apache-2.0
// Contexts: options, threads and cancellation.
#include "guard.hpp"
#include "objects.hpp"

namespace mipzk::capi {

Pool& pool_of(mipzk_ctx& ctx) {
  if (ctx.settings.pool == nullptr) ctx.settings.pool = std::make_shared<Pool>(ctx.threads);
  return *ctx.settings.pool;
}

namespace {

Status set_option(mipzk_ctx& ctx, mipzk_option option, uint64_t value) {
  switch (option) {
    case MIPZK_OPT_THREADS:
      if (value > Pool::kMaxThreads) return Error(Errc::kArgument, "at most 1024 threads");
      if (ctx.threads != value) ctx.settings.pool = nullptr;  // jobs keep theirs
      ctx.threads = static_cast<unsigned>(value);
      return {};
    case MIPZK_OPT_MAX_GUEST_MEMORY:
      ctx.settings.limits.max_memory_bytes = value != 0 ? value : vm::Limits().max_memory_bytes;
      return {};
    case MIPZK_OPT_MAX_CYCLES:
      ctx.settings.limits.max_cycles = value != 0 ? value : vm::Limits().max_cycles;
      return {};
    case MIPZK_OPT_PROFILE: {
      const proof::Profile* profile = &proof::kS100;
      if (value != 0)
        profile = value <= UINT32_MAX ? proof::find_profile(static_cast<uint32_t>(value)) : nullptr;
      if (profile == nullptr)
        return Error(Errc::kUnsupported,
                     "there is no parameter set with this id; see mipzk_profile_get");
      ctx.settings.profile = profile;
      return {};
    }
    case MIPZK_OPT_NO_HIDING:
      if (value > 1) return Error(Errc::kArgument, "MIPZK_OPT_NO_HIDING is 0 or 1");
      ctx.settings.hiding = value == 0;
      return {};
    case MIPZK_OPT_MAX_MEMORY:
      ctx.settings.max_memory = value;
      return {};
    case MIPZK_OPT_SHARD_CYCLES: {
      if (value != 0 && (value < 1024 || value > vm::kMaxShardCycles))
        return Error(Errc::kArgument, "a shard has 1024 to 2^26 - 1 instructions");
      ctx.settings.limits.max_shard_cycles = value != 0 ? value : vm::kMaxShardCycles;
      return {};
    }
    case MIPZK_OPT_SHARD_CELLS: {
      if (value != 0 && (value < uint64_t{1} << 20 || value > uint64_t{1} << 30))
        return Error(Errc::kArgument, "a shard has 2^20 to 2^30 cells");
      ctx.settings.limits.shard_size = prove::shard_size(value != 0 ? value : prove::kShardCells);
      return {};
    }
    default:
      return Error(Errc::kUnsupported, "this version does not know the option", option);
  }
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_ctx_new(uint32_t abi_version, mipzk_ctx** out, mipzk_error* err) noexcept {
  if (out != nullptr) *out = nullptr;
  return capi::guarded(err, [&]() -> Status {
    if (out == nullptr) return Error(Errc::kArgument, "out is NULL");
    if (abi_version != MIPZK_ABI_VERSION)
      return Error(Errc::kUnsupported, "the header and the library have different ABI versions",
                   MIPZK_ABI_VERSION);
    auto ctx = std::make_unique<mipzk_ctx>();
    ctx->settings.cancel = std::make_shared<std::atomic_flag>();
    *out = ctx.release();
    return {};
  });
}

mipzk_status mipzk_ctx_set_u64(mipzk_ctx* ctx, mipzk_option option, uint64_t value,
                               mipzk_error* err) noexcept {
  return capi::guarded(err, [&]() -> Status {
    if (ctx == nullptr) return Error(Errc::kArgument, "ctx is NULL");
    const capi::Use use(ctx->in_use);
    if (Status s = use.status(); !s) return s;
    return capi::set_option(*ctx, option, value);
  });
}

void mipzk_ctx_cancel(mipzk_ctx* ctx) noexcept {
  // For signal handlers too: a flag is lock-free on every processor, an atomic<bool> is not.
  if (ctx != nullptr) ctx->settings.cancel->test_and_set(std::memory_order_relaxed);
}

void mipzk_ctx_resume(mipzk_ctx* ctx) noexcept {
  if (ctx != nullptr) ctx->settings.cancel->clear(std::memory_order_relaxed);
}

void mipzk_ctx_free(mipzk_ctx* ctx) noexcept { delete ctx; }
