// SPDX-License-Identifier: Apache-2.0
// Where the rows of a table go: through its instances, one after another.
#pragma once

#include <span>
#include <vector>

#include "base/pool.hpp"
#include "field/fp.hpp"

namespace mipzk::trace {

// Hands out rows in their order. The table has as many as are asked for.
class RowSink {
 public:
  // The cells of the next row, 0 until they are filled.
  field::Fp* next() {
    while (row_ == pieces_[piece_].rows) {
      ++piece_;
      row_ = 0;
    }
    return pieces_[piece_].base + width_ * row_++;
  }
  template <class Row>
  Row& next() {
    return *reinterpret_cast<Row*>(next());
  }

 private:
  friend class TableRows;
  struct Piece {
    field::Fp* base;
    size_t rows;
  };
  RowSink(const std::vector<Piece>& pieces, size_t width, size_t row)
      : pieces_(pieces), width_(width), row_(row) {
    while (piece_ < pieces_.size() && row_ >= pieces_[piece_].rows) row_ -= pieces_[piece_++].rows;
  }

  const std::vector<Piece>& pieces_;
  size_t width_, row_, piece_ = 0;
};

// The data rows of all instances of a table.
class TableRows {
 public:
  // `width`: base columns.
  explicit TableRows(size_t width) : width_(width) {}

  // An instance whose matrix begins at `base`; its data rows.
  void add(field::Fp* base, size_t rows) { pieces_.push_back({base, rows}); }

  size_t size() const {
    size_t rows = 0;
    for (const RowSink::Piece& p : pieces_) rows += p.rows;
    return rows;
  }
  // From a row on. The sink must not outlive this.
  RowSink from(size_t row) const { return {pieces_, width_, row}; }

 private:
  std::vector<RowSink::Piece> pieces_;
  size_t width_;
};

// Rows of a table from events of its own: Generator::rows(event, sink) asks for
// Generator::kRowsOfEvent rows, which may lie in different instances. The table has
// kRowsOfEvent * events.size() rows at least.
template <class Generator, class Event>
void fill_rows(Pool& pool, std::span<const Event> events, const TableRows& table) {
  pool.parallel_for(events.size(), 1024, [&](size_t begin, size_t end) {
    RowSink sink = table.from(begin * Generator::kRowsOfEvent);
    for (size_t i = begin; i < end; ++i) Generator::rows(events[i], sink);
  });
}

}  // namespace mipzk::trace
