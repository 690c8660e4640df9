// SPDX-License-Identifier: Apache-2.0
// What a run took from guest memory and from the hints: with it, and with the registers at its
// beginning, any part of the run can be executed again without the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vm/cell.hpp"

namespace mipzk::vm {

// For each access of an instruction to a word of memory the cell as it was before, words of lower
// addresses first; for each hint a cell with its value. In order of execution, in chunks that never
// move; copies share them. Chunks are wiped when the last copy goes.
class AccessLog {
 public:
  static constexpr size_t kChunkCells = size_t{1} << 17;  // 1 MiB

  struct Position {
    uint32_t chunk = 0, index = 0;
  };

  // The end of the log, with room for `cells` <= kChunkCells more in one piece.
  Position reserve(size_t cells);
  // After `count` of them have been written.
  void advance(size_t count) {
    used_ += static_cast<uint32_t>(count);
    if (!chunks_.empty()) chunks_.back().used = used_;
  }

  // Forgets the cells from a position on, which lies in the last chunk.
  void cut(Position end);

  // One more cell, whatever room there is.
  void append(const Cell& cell) {
    *at(reserve(1)) = cell;
    advance(1);
  }
  // Where append() will put the next one.
  Position end() const;
  // Behind the last cell, in the chunk of that.
  Position end_of_chunk() const { return {static_cast<uint32_t>(chunks_.size() - 1), used_}; }

  // The cells in order, by chunk.
  size_t chunks() const { return chunks_.size(); }
  std::span<const Cell> chunk(size_t i) const { return {chunks_[i].cells.get(), chunks_[i].used}; }

  // Gives the cells of a log that append() alone has written, from a position on.
  class Reader {
   public:
    Reader() = default;
    Reader(const AccessLog& log, Position from) : log_(&log), at_(from) {}
    const Cell& next();

   private:
    const AccessLog* log_ = nullptr;
    Position at_;
  };

  // Memory that it holds.
  uint64_t bytes() const { return chunks_.size() * kChunkCells * sizeof(Cell); }

  Cell* at(Position p) { return chunks_[p.chunk].cells.get() + p.index; }
  const Cell* at(Position p) const { return chunks_[p.chunk].cells.get() + p.index; }

 private:
  struct Chunk {
    std::shared_ptr<Cell[]> cells;
    uint32_t used = 0;
  };
  std::vector<Chunk> chunks_;
  uint32_t used_ = kChunkCells;  // of the last chunk
};

}  // namespace mipzk::vm
