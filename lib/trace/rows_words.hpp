// SPDX-License-Identifier: Apache-2.0
// The rows of the tables of memory and of those that answer lookups, each from an event of its own
// kind. For fill_rows().
#pragma once

#include <array>

#include "air/tables/fixed.hpp"
#include "air/tables/memory.hpp"
#include "air/tables/rom.hpp"
#include "trace/preprocessed.hpp"
#include "trace/row_parts.hpp"
#include "trace/row_sink.hpp"
#include "trace/sources.hpp"
#include "vm/event.hpp"

namespace mipzk::trace {

template <class T>
struct OneRow {
  static constexpr size_t kRowsOfEvent = 1;
  static auto& next(RowSink& out) { return out.next<typename T::template Row<Fp>>(); }
};

// The words of a row; those that the run did not use keep their first value.
struct ImageRow {
  struct {
    uint32_t value, shard;
  } word[air::kImageWords];
};
struct ImageRows : OneRow<air::Image> {
  static void rows(const ImageRow& image, RowSink& out) {
    auto& row = next(out);
    for (unsigned i = 0; i < air::kImageWords; ++i) {
      fill_limbs(row.word[i].fin_lo, row.word[i].fin_hi, image.word[i].value);
      row.word[i].shard = Fp(image.word[i].shard);
    }
  }
};

// The shards that used its entries last.
using RomRow = std::array<uint16_t, air::kRomEntries>;
struct RomRows : OneRow<air::Rom> {
  static void rows(const RomRow& last, RowSink& out) {
    auto& row = next(out);
    for (unsigned i = 0; i < air::kRomEntries; ++i) row.shard[i] = Fp(last[i]);
  }
};

struct FetchWord {
  isa::RomEntry entry;
  uint32_t count, shard_in;
};
struct FetchRows : OneRow<air::Fetch> {
  static void rows(const FetchWord& f, RowSink& out) {
    auto& row = next(out);
    row.real = Fp::one();
    fill_entry(f.entry, row.entry);
    row.shard_in = Fp(f.shard_in);
    row.mult = Fp(f.count);
  }
};

struct BoundaryRows : OneRow<air::Boundary> {
  static void rows(const vm::Touched& t, RowSink& out) {
    next(out) = {Fp::one(),    Fp(t.key),      Fp(t.in_lo),    Fp(t.in_hi), Fp(t.out_lo),
                 Fp(t.out_hi), Fp(t.writable), Fp(t.shard_in), Fp(t.t_last)};
  }
};

struct FreshRows : OneRow<air::Fresh> {
  static void rows(const FreshWord& f, RowSink& out) {
    auto& row = next(out);
    if (f.region == nullptr) return;
    row.real = Fp::one();
    row.key = Fp(f.key);
    row.prev = Fp(f.prev);
    row.start = Fp(f.region->start);
    row.end = Fp(f.region->end);
    row.kind = Fp(static_cast<uint32_t>(f.region->kind));
    if (f.word != nullptr) {
      fill_limbs(row.in_lo, row.in_hi, f.word->value_init);
      fill_limbs(row.fin_lo, row.fin_hi, f.word->value_final);
      row.shard = Fp(f.word->shard_last);
    }
    fill_limbs(row.ds_lo, row.ds_hi, f.key - f.region->start);
    fill_limbs(row.de_lo, row.de_hi, f.region->end - 1 - f.key);
    fill_limbs(row.dp_lo, row.dp_hi, f.key - f.prev - 1);
  }
};

struct PublicRows : OneRow<air::Public> {
  static void rows(const vm::SourceWord* w, RowSink& out) {
    const bool output = w->key >= isa::kOutputBase / 4;
    auto& row = next(out);
    row.real = Fp::one();
    row.out = bit(output);
    row.key = Fp(w->key);
    fill_limbs(row.lo, row.hi, output ? w->value_final : w->value_init);
    fill_limbs(row.in_lo, row.in_hi, w->value_init);
    fill_limbs(row.fin_lo, row.fin_hi, w->value_final);
    row.shard = Fp(w->shard_last);
  }
};

struct BumpRows : OneRow<air::Bump> {
  static void rows(const vm::Bump& b, RowSink& out) {
    auto& row = next(out);
    row.real = Fp::one();
    row.key = Fp(b.key);
    row.lo = Fp(b.value_lo);
    row.hi = Fp(b.value_hi);
    row.w = Fp(b.writable);
    row.t_old = Fp(b.t_old);
    row.t_new = Fp(b.t_new);
    fill_limbs(row.d_lo, row.d_hi, b.t_new - b.t_old - 1);
    fill_limbs(row.n_lo, row.n_hi, b.t_new);
  }
};

// Tables that answer: how often each of their messages is requested.
struct MultiplicityRows {
  static constexpr size_t kRowsOfEvent = 1;
  static void rows(uint32_t n, RowSink& out) { *out.next() = Fp(n); }
};
struct FixedRows : OneRow<air::Fixed> {
  static void rows(const air::Fixed::Row<Fp>& row, RowSink& out) { next(out) = row; }
};

}  // namespace mipzk::trace
