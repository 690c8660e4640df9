// SPDX-License-Identifier: Apache-2.0
#include "vm/access_log.hpp"

#include "base/secret_memory.hpp"

namespace mipzk::vm {
namespace {

constexpr size_t kChunkBytes = AccessLog::kChunkCells * sizeof(Cell);

std::shared_ptr<Cell[]> new_chunk() {
  auto* const cells = static_cast<Cell*>(secret_allocate(kChunkBytes));
  return {cells, [](Cell* p) { secret_free(p, kChunkBytes); }};
}

}  // namespace

AccessLog::Position AccessLog::reserve(size_t cells) {
  if (kChunkCells - used_ < cells) {
    chunks_.push_back({new_chunk()});
    used_ = 0;
  }
  return {static_cast<uint32_t>(chunks_.size() - 1), used_};
}

void AccessLog::cut(Position end) {
  used_ = chunks_.back().used = end.index;
  if (used_ != 0) return;
  chunks_.pop_back();
  used_ = chunks_.empty() ? kChunkCells : chunks_.back().used;
}

AccessLog::Position AccessLog::end() const {
  if (used_ == kChunkCells) return {static_cast<uint32_t>(chunks_.size()), 0};
  return {static_cast<uint32_t>(chunks_.size() - 1), used_};
}

const Cell& AccessLog::Reader::next() {
  const Cell& cell = *log_->at(at_);
  if (++at_.index == kChunkCells) at_ = {at_.chunk + 1, 0};
  return cell;
}

}  // namespace mipzk::vm
