// SPDX-License-Identifier: Apache-2.0
// Jobs that keep the pieces of their proof, and go on with those that another process kept.
#include <algorithm>

#include "jobs.hpp"
#include "prove/writer.hpp"

namespace mipzk::capi {
namespace {

// The caller's functions.
class Store final : public prove::PieceStore {
 public:
  explicit Store(const StoreFunctions& functions) : f_(functions) {}

  Status put(const std::string& name, ByteView bytes) override {
    if (f_.keep(f_.user, name.c_str(), bytes.data(), bytes.size()) == 0) return {};
    return Error(Errc::kCancelled, "a piece of the proof could not be kept");
  }

  Status get(const std::string& prefix, prove::PieceBytes& bytes, bool& found) override {
    Taken taken{bytes, found};
    const int32_t code = f_.find(f_.user, prefix.c_str(), Taken::take, &taken);
    if (taken.failure) std::rethrow_exception(taken.failure);
    if (code == 0) return {};
    return Error(Errc::kCancelled, "the kept pieces of the proof could not be read");
  }

  Status drop(const std::string& prefix, const char* why) override {
    if (f_.drop(f_.user, prefix.c_str(), why) == 0) return {};
    return Error(Errc::kCancelled, "a piece that is damaged could not be put aside");
  }

 private:
  struct Taken {
    prove::PieceBytes& bytes;
    bool& found;
    std::exception_ptr failure = nullptr;

    // Exceptions stay on this side of the caller's code.
    static int32_t take(void* user, const uint8_t* data, size_t size) noexcept {
      auto& self = *static_cast<Taken*>(user);
      try {
        self.bytes.insert(self.bytes.end(), data, data + size);
        self.found = true;
        return 0;
      } catch (...) {
        self.failure = std::current_exception();
        return -1;
      }
    }
  };

  const StoreFunctions& f_;
};

}  // namespace

prove::Request request_of(const mipzk_job& job, const std::vector<uint8_t>& shape) {
  prove::Request request;
  request.program = job.elf->loaded().id;
  request.inputs = inputs_of(job);
  request.seed = job.seed;
  request.shape = shape;
  request.shard_cells = job.settings.limits.shard_size.cells;
  request.shard_cycles = job.settings.limits.max_shard_cycles;
  return request;
}

std::vector<uint8_t> shape_bytes(const mipzk_job& job) {
  std::vector<uint8_t> bytes;
  for (const auto& shape : job.shapes) prove::append_shape(bytes, shape);
  return bytes;
}

Status find_kept_plan(mipzk_job& job, const prove::Options& options) {
  if (job.store.keep == nullptr || job.kept != nullptr) return {};
  Store store(job.store);
  auto found = prove::Kept::find_plan(store, job.elf->loaded());
  if (!found) return found.error();
  if (!*found) return {};
  const std::vector<uint8_t> shape = shape_bytes(job);
  if (Status s = prove::check_request(**found, request_of(job, shape), options); !s) return s;
  job.kept = std::make_unique<prove::ProofPlan>(std::move(**found));
  set_plan(job, job.kept->run);
  return {};
}

Status keep_plan(mipzk_job& job, const prove::Options& options) {
  if (job.store.keep == nullptr) return {};
  if (job.kept != nullptr) {
    if (job.kept->run == job.plan) return {};
    if (!std::ranges::equal(job.kept->run->shards, job.plan->shards, prove::is_same))
      return Error(Errc::kArgument,
                   "the memory that there may be gives other shards than the kept plan has: allow "
                   "as much as before, or plan anew");
    job.kept->run = job.plan;
    job.kept->threads = job.settings.pool->threads();
    return {};
  }
  prove::Options seeded = options;
  if (Status s = derive_seed(job, seeded.seed); !s) return s;
  const std::vector<uint8_t> shape = shape_bytes(job);
  auto made = std::make_unique<prove::ProofPlan>(prove::make_plan(
      *job.settings.pool, job.elf->loaded(), request_of(job, shape), job.plan, seeded, 0));
  Store store(job.store);
  if (Status s = prove::Kept::keep_plan(store, *made); !s) return s;
  job.kept = std::move(made);
  return {};
}

Status prove_kept(mipzk_job& job, const prove::Options& options, const prove::ProofSink& sink) {
  Store store(job.store);
  const std::vector<uint8_t> shape = shape_bytes(job);
  return prove::prove_kept(*job.settings.pool, job.elf->loaded(), request_of(job, shape), *job.kept,
                           options, store, sink);
}

}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_job_keep(mipzk_job* job, mipzk_keep_fn keep, mipzk_find_fn find,
                            mipzk_drop_fn drop, void* user, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if ((keep == nullptr) != (find == nullptr) || (keep == nullptr) != (drop == nullptr))
      return Error(Errc::kArgument, "keep, find and drop go together: give all three or none");
    job->store = {keep, find, drop, user};
    job->kept = nullptr;
    return {};
  });
}
