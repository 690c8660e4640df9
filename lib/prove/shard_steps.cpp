// SPDX-License-Identifier: Apache-2.0
// What is done with each shard of a run, whoever proves it: all of them in one process, or each of
// them anywhere.
#include <algorithm>

#include "prove/shard.hpp"

namespace mipzk::prove {

Status fill_from_record(Shard& shard, Pool& pool, const LoadedProgram& program,
                        const vm::RecordedShard& record, const RunPlan::Shard& planned,
                        const Profile& profile, trace::Part part) {
  if (digest_of(pool, record.record) != planned.witness_digest)
    return Error(Errc::kInternal, "a shard is not what it was when it was planned");
  if (Status s = shard.lay_out(planned.instances); !s) return s;
  auto traces = trace::build(pool, program.program, program.tables, record, profile.tail_rows,
                             planned.instances, part);
  if (!traces) return traces.error();
  return shard.fill(std::move(*traces));
}

std::vector<uint8_t> commit_step(Shard& shard, const ShardBlinding& masks) {
  std::vector<uint8_t> head = shard.commit_pass_one(masks);
  shard.step(Phase::kCommit, Step::kPassOne);
  return head;
}

Result<std::vector<uint8_t>> prove_step(Shard& shard, const ShardBlinding& masks,
                                        const Session& session, ByteView head) {
  shard.step(Phase::kTrace, Step::kTrace);
  if (!std::ranges::equal(shard.commit_pass_one(masks), head))
    return Error(Errc::kInternal, "a shard is not what it was when it was committed to");
  return shard.prove(session);
}

}  // namespace mipzk::prove
