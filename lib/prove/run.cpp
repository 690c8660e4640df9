// SPDX-License-Identifier: Apache-2.0
#include "prove/run.hpp"

#include "air/table_info.hpp"
#include "trace/plan.hpp"

namespace mipzk::prove {

Status RecordedShards::begin() {
  next_ = 0;
  return {};
}

Result<std::shared_ptr<const vm::ShardRecord>> RecordedShards::next() {
  // Not its own.
  return std::shared_ptr<const vm::ShardRecord>(std::shared_ptr<void>(),
                                                &recording_.shards[next_++]);
}

RepeatedRun::RepeatedRun(const isa::Program& program, const Run& run, const RunPlan& plan,
                         const StopFlags& cancel)
    : program_(program), run_(run), plan_(plan) {
  hooks_.cancel = cancel;
}

Status RepeatedRun::begin() {
  next_ = 0;
  if (plan_.only == nullptr) machine_.emplace(program_, run_.inputs, plan_.limits, hooks_);
  return {};
}

Result<std::shared_ptr<const vm::ShardRecord>> RepeatedRun::next() {
  if (plan_.only != nullptr) return plan_.only;
  auto record = std::make_shared<vm::ShardRecord>();
  const uint64_t cycles = plan_.shards[next_++].cycles;
  if (Status s = machine_->repeat(*record, cycles); !s) return s.error();
  if (record->cycles != cycles)
    return Error(Errc::kInternal, "the second run differs from the first");
  if (next_ == plan_.shards.size()) machine_.reset();
  return std::shared_ptr<const vm::ShardRecord>(std::move(record));
}

vm::ShardSize shard_size(uint64_t cells) {
  vm::ShardSize size;
  size.cells = cells;
  const auto width = [](const air::TableInfo& t) {
    return t.layout.base_columns + 5 * t.layout.ext_columns();
  };
  for (const air::TableInfo& t : air::tables())
    if (t.role == air::Role::kInstruction)
      size.of_instruction[t.id] = (width(t) + t.slots - 1) / t.slots;
  for (size_t i = 0; i < vm::kFaultTables; ++i)
    size.of_fault[i] = width(*air::find_table(trace::kFaultTables[i]));
  size.of_word = width(*air::find_table(air::kTableBoundary));
  return size;
}

}  // namespace mipzk::prove
