// SPDX-License-Identifier: Apache-2.0
// What proving a run takes, asked before it is proved; options of commands that ask.
#include <fmt/format.h>

#include "progress.hpp"
#include "session.hpp"

namespace mipzk::cli {
namespace {

uint32_t profile_id(const std::string& name) {
  if (name.empty()) return 0;
  std::string known;
  for (uint32_t i = 0; i < mipzk_profile_count(); ++i) {
    mipzk_profile p = {};
    p.struct_size = sizeof p;
    mipzk_error err;
    check(mipzk_profile_get(i, &p, &err), err, "profiles");
    if (name == p.name) return p.id;
    known += std::string(i == 0 ? "" : ", ") + p.name;
  }
  throw Failure(kExitUsage, "there is no profile " + quoted(name), "the profiles are " + known);
}

}  // namespace

void add_proof_options(Options& options) {
  options.visible().add_options()("shape", value("FILE"),
                                  "fix the shards and the heights of their tables, as `mipzk "
                                  "inspect --shape` has written them: "
                                  "the proof tells nothing else of the length of the run")(
      "max-memory", value("N"),
      "bytes that this process may have while proving, e.g. 512M (default: half of what is "
      "available); with less, shards are smaller and the proof is longer")(
      "shard-cells", value("N"), "cells of the tables of a shard (default 32M, the fastest)")(
      "shard-cycles", value("N"), "most instructions of a shard")(
      "no-hiding", "make a proof that does not hide the private input, a little faster");
}

void apply_proof_options(Context& ctx, const Options& options, const std::string& profile) {
  ctx.set(MIPZK_OPT_PROFILE, profile_id(profile));
  ctx.set(MIPZK_OPT_MAX_MEMORY, options.number("max-memory"));
  ctx.set(MIPZK_OPT_SHARD_CELLS, options.number("shard-cells"));
  ctx.set(MIPZK_OPT_SHARD_CYCLES, options.number("shard-cycles"));
  if (options.has("no-hiding")) ctx.set(MIPZK_OPT_NO_HIDING, 1);
}

std::string default_profile() {
  mipzk_profile p = {};
  p.struct_size = sizeof p;
  mipzk_error err;
  check(mipzk_profile_get(0, &p, &err), err, "profiles");
  return p.name;
}

void apply_shape(mipzk_job* job, const Options& options) {
  if (!options.has("shape")) return;
  const Bytes shape = read_file(options.text("shape"), "shape", kShapeLimit);
  if (shape.size() == 0)  // to the library: as the run needs
    throw Failure(kExitFile, "the shape " + quoted(options.text("shape")) + " is empty",
                  kShapeLimit.cure);
  mipzk_error err;
  check(mipzk_job_shape(job, shape.data(), shape.size(), &err), err, "the shape");
}

Failure not_proved(const mipzk_error& err, const mipzk_job& job, const Options& options) {
  Failure e = failure(err, "cannot prove the run", mipzk_job_fault_text(&job));
  if (err.status == MIPZK_E_UNPROVABLE && options.has("shape"))
    e.cure =
        "give the program less work, or another shape; `mipzk inspect PROOF --shape FILE --grow "
        "N`\n"
        "  makes a higher one, and `--shards N` one of more shards";
  if (err.status == MIPZK_E_NO_MEMORY) {
    e.cure = err.detail != 0 ? fmt::format("--max-memory {}M allows it", err.detail)
                             : std::string("free memory");
    if (!options.has("max-memory") && !options.has("shape"))
      e.cure += "; with less, give what there is: shards are smaller then";
  }
  return e;
}

mipzk_estimate estimate(mipzk_job* job, const Options& options) {
  mipzk_estimate estimate = {};
  estimate.struct_size = sizeof estimate;
  mipzk_error err;
  const mipzk_status status = mipzk_job_estimate(job, &estimate, &err);
  if (status == MIPZK_E_UNPROVABLE || status == MIPZK_E_NO_MEMORY)
    throw not_proved(err, *job, options);
  if (options.has("state") && (status == MIPZK_E_ARGUMENT || status == MIPZK_E_WRONG_PROGRAM ||
                               status == MIPZK_E_UNSUPPORTED)) {
    Failure e = failure(err, "cannot go on with what is kept in " + quoted(options.text("state")));
    e.cure =
        "give the command as it was when the proof was begun, or name another folder; nothing was "
        "changed. To give that proof up, remove the folder, but first the key in it: "
        "shred -u DIR/plan-*";
    throw e;
  }
  if (status != MIPZK_OK) throw run_failure(err, *job, options);
  progress().clear();
  return estimate;
}

void add_estimate(Facts& facts, const mipzk_estimate& e, const Options& options) {
  if (options.has("shape")) return;
  facts.add("shards", uint64_t{e.shards});
  facts.add("cells", e.cells);
  facts.add("shards_at_a_time", uint64_t{e.workers});
  facts.add("shard_cells", e.shard_cells);
  facts.add("estimated_memory_mib", e.memory_bytes >> 20);
}

}  // namespace mipzk::cli
