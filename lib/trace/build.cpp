// SPDX-License-Identifier: Apache-2.0
#include "trace/build.hpp"

#include <algorithm>
#include <array>
#include <mutex>

#include "air/tables.hpp"
#include "trace/collect.hpp"
#include "trace/plan.hpp"
#include "trace/rows.hpp"
#include "trace/sources.hpp"
#include "vm/replay.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

struct Builder {
  Pool& pool;
  const isa::Program& program;
  const ProgramTables& tables;
  const vm::Recording& recording;
  unsigned tail;
  std::span<const air::Instance> instances;
  LookupCounts counts;
  std::vector<InstanceTrace> out;
  SecretVector<vm::Bump> bumps;
  bool fits = true;  // the instances hold the run

  // Adds the empty instances of a table for `n` items, `per_row` of them to a row; false when they
  // do not fit.
  bool make(air::TableId id, size_t n, unsigned per_row) {
    const size_t width = air::find_table(id)->layout.base_columns;
    uint64_t room = 0;
    for (const air::Instance& i : instances) {
      if (i.table != id) continue;
      const size_t rows = size_t{1} << i.log_height;
      InstanceTrace& t = out.emplace_back();
      t.table = id;
      t.log_height = i.log_height;
      t.base.assign(rows * width, Fp::zero());
      room += rows - tail;
    }
    if ((n + per_row - 1) / per_row <= room) return true;
    return fits = false;
  }

  // Calls fill(row, slot, i) for each i in [begin, end): where item i of the table belongs whose
  // instances begin with out[first].
  template <class T, class Fill>
  void place(size_t first, unsigned per_row, size_t begin, size_t end, const Fill& fill) {
    using Row = typename T::template Row<Fp>;
    const size_t width = air::find_table(T::kId)->layout.base_columns;
    size_t before = 0;  // items of the instances before t
    for (size_t t = first; begin < end; ++t) {
      const size_t after = before + ((size_t{1} << out[t].log_height) - tail) * per_row;
      for (; begin < std::min(end, after); ++begin) {
        const size_t row = (begin - before) / per_row, slot = (begin - before) % per_row;
        fill(*reinterpret_cast<Row*>(&out[t].base[row * width]), static_cast<unsigned>(slot),
             begin);
      }
      before = after;
    }
  }

  // Instances of a table with an item in each row, filled.
  template <class T, class Fill>
  void add(size_t n, const Fill& fill) {
    const size_t first = out.size();
    if (!make(T::kId, n, 1)) return;
    pool.parallel_for(n, 1024, [&](size_t begin, size_t end) {
      place<T>(first, 1, begin, end, [&](auto& row, unsigned, size_t i) { fill(row, i); });
    });
    for (size_t t = first; t < out.size(); ++t) collect(out[t]);
  }

  // Fills the pair columns of all rows under constraints and counts their requests.
  void collect(InstanceTrace& t) {
    const air::TableInfo& table = *air::find_table(t.table);
    // Tables that answer request nothing, and their preprocessed rows are not read here.
    if (table.role == air::Role::kProvider) return;
    const Fp* const pre = t.table == air::kTableImage ? tables.image.data.data() : nullptr;
    const size_t rows = (size_t{1} << t.log_height) - tail;
    std::mutex mutex;
    pool.parallel_for(rows, rows / pool.threads() + 1, [&](size_t begin, size_t end) {
      LookupCounts local(program);
      Collector(table, program, local)
          .run(pre != nullptr ? pre + begin * table.layout.pre_columns : nullptr,
               &t.base[begin * table.layout.base_columns], end - begin);
      std::lock_guard<std::mutex> lock(mutex);
      counts.add(local);
    });
  }

  void instructions();
  template <class T>
  void fill_instructions(size_t first, size_t index, std::span<const vm::Event> events);
  void memory();
  void providers();
};

// Rows for the events of a class in a block: those with the numbers from `index` on.
template <class T>
void Builder::fill_instructions(size_t first, size_t index, std::span<const vm::Event> events) {
  place<T>(first, T::kSlots, index, index + events.size(), [&](auto& row, unsigned slot, size_t i) {
    const vm::Event& e = events[i - index];
    const int64_t rom = find_rom(program, e.pc / 4);
    if (rom < 0) return;  // a row without an instruction: the buses cannot balance then
    const isa::RomEntry& entry = program.rom[static_cast<size_t>(rom)];
    if constexpr (T::kSlots > 1) {
      fill_slot(row, slot, e, entry);
    } else {
      fill_row(row, e, entry);
    }
  });
}

// Replays the blocks of the recording, each thread its own, straight into the rows.
void Builder::instructions() {
  const vm::ShardRecord& shard = recording.shards[0];
  std::array<size_t, isa::kClassCount> first{};
  air::for_each_table([&]<class T>() {
    if constexpr (T::kSlots != 0) {
      constexpr auto kClass = static_cast<size_t>(T::kClass);
      first[kClass] = out.size();
      make(T::kId, shard.counts[kClass], T::kSlots);
    }
  });
  if (!fits) return;

  const vm::Code code(program);
  const size_t blocks = shard.blocks.size();
  std::vector<SecretVector<vm::Bump>> bumps_of(blocks);
  pool.parallel_for(blocks, 8, [&](size_t begin, size_t end) {
    vm::Replay replay(code, shard);
    for (size_t b = begin; b < end; ++b) {
      replay.run(b);
      air::for_each_table([&]<class T>() {
        if constexpr (T::kSlots != 0) {
          constexpr auto kClass = static_cast<size_t>(T::kClass);
          fill_instructions<T>(first[kClass], shard.blocks[b].before[kClass],
                               replay.events(T::kClass));
        }
      });
      bumps_of[b].assign(replay.bumps().begin(), replay.bumps().end());
    }
  });
  for (const auto& list : bumps_of) bumps.insert(bumps.end(), list.begin(), list.end());
  for (InstanceTrace& t : out) collect(t);
}

void Builder::memory() {
  const vm::ShardRecord& shard = recording.shards[0];
  const Sources sources = sort_sources(program, recording);
  const auto &image = sources.image, &publics = sources.publics;
  const auto& fresh = sources.fresh;
  for (const FreshWord& f : fresh) counts.bad |= f.region < 0;

  add<air::Image>(program.image.size(), [&](air::Image::Row<Fp>& row, size_t i) {
    if (image[i] == nullptr) return;
    row.used = Fp::one();
    row.fin_lo = Fp(image[i]->value_final & 0xffff);
    row.fin_hi = Fp(image[i]->value_final >> 16);
    row.shard = Fp(image[i]->shard_last);
  });
  add<air::Boundary>(shard.touched.size(), [&](air::Boundary::Row<Fp>& row, size_t i) {
    const vm::Touched& t = shard.touched[i];
    row.real = Fp::one();
    row.key = Fp(t.key);
    row.in_lo = Fp(t.in_lo);
    row.in_hi = Fp(t.in_hi);
    row.out_lo = Fp(t.out_lo);
    row.out_hi = Fp(t.out_hi);
    row.w = Fp(t.writable);
    row.shard_in = Fp(t.shard_in);
    row.t_last = Fp(t.t_last);
  });
  add<air::Fresh>(fresh.size(), [&](air::Fresh::Row<Fp>& row, size_t i) {
    const FreshWord& f = fresh[i];
    if (f.region < 0) return;
    const isa::Region& region = program.regions[static_cast<size_t>(f.region)];
    uint32_t before = i == 0 ? 0 : fresh[i - 1].key;
    auto split = [](uint32_t v, Fp& lo, Fp& hi) {
      lo = Fp(v & 0xffff);
      hi = Fp(v >> 16);
    };
    row.real = Fp::one();
    row.key = Fp(f.key);
    row.prev = Fp(before);
    row.start = Fp(region.start);
    row.end = Fp(region.end);
    row.kind = Fp(static_cast<uint32_t>(region.kind));
    if (f.word != nullptr) {
      split(f.word->value_init, row.in_lo, row.in_hi);
      split(f.word->value_final, row.fin_lo, row.fin_hi);
      row.shard = Fp(f.word->shard_last);
    }
    split(f.key - region.start, row.ds_lo, row.ds_hi);
    split(region.end - 1 - f.key, row.de_lo, row.de_hi);
    split(f.key - before - 1, row.dp_lo, row.dp_hi);
  });
  add<air::Public>(publics.size(), [&](air::Public::Row<Fp>& row, size_t i) {
    const vm::SourceWord& w = *publics[i];
    bool output = w.key >= isa::kOutputBase / 4;
    uint32_t v = output ? w.value_final : w.value_init;
    row.real = Fp::one();
    row.out = Fp(output ? 1u : 0u);
    row.key = Fp(w.key);
    row.lo = Fp(v & 0xffff);
    row.hi = Fp(v >> 16);
    row.in_lo = Fp(w.value_init & 0xffff);
    row.in_hi = Fp(w.value_init >> 16);
    row.fin_lo = Fp(w.value_final & 0xffff);
    row.fin_hi = Fp(w.value_final >> 16);
    row.shard = Fp(w.shard_last);
  });
  add<air::Bump>(bumps.size(), [&](air::Bump::Row<Fp>& row, size_t i) {
    const vm::Bump& b = bumps[i];
    uint32_t d = b.t_new - b.t_old - 1;
    row.real = Fp::one();
    row.key = Fp(b.key);
    row.lo = Fp(b.value_lo);
    row.hi = Fp(b.value_hi);
    row.w = Fp(b.writable);
    row.t_old = Fp(b.t_old);
    row.t_new = Fp(b.t_new);
    row.d_lo = Fp(d & 0xffff);
    row.d_hi = Fp(d >> 16);
    row.n_lo = Fp(b.t_new & 0xffff);
    row.n_hi = Fp(b.t_new >> 16);
  });
}

// The providing tables come last: they answer the counted requests.
void Builder::providers() {
  add<air::Rom>(program.rom.size(),
                [&](air::Rom::Row<Fp>& row, size_t i) { row.mult = Fp(counts.rom[i]); });
  add<air::Region>(program.regions.size(),
                   [&](air::Region::Row<Fp>& row, size_t i) { row.mult = Fp(counts.region[i]); });
  add<air::Fixed>(size_t{1} << 14, [&](air::Fixed::Row<Fp>& row, size_t i) {
    for (size_t k = 0; k < 4; ++k) {
      row.range[k] = Fp(counts.range[(k << 14) + i]);
      // Rows hold a in [0, 64) and all b; group k adds 64 k to a.
      row.both[k] = Fp(counts.byte_and[(k << 14) + i]);
    }
    if (i < counts.shift_byte.size()) row.shift_byte = Fp(counts.shift_byte[i]);
    if (i < counts.shift_amount.size()) row.shift_amount = Fp(counts.shift_amount[i]);
  });
}

}  // namespace

Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::Recording& recording, unsigned tail_rows,
                                         std::span<const air::Instance> instances) {
  if (recording.shards.size() != 1) return Error(Errc::kInternal, "a recording has one shard");
  std::vector<air::Instance> planned;
  if (instances.empty()) {
    auto list = plan(rows_of(pool, program, recording), tables, tail_rows);
    if (!list) return list.error();
    instances = planned = std::move(*list);
  }
  Builder b{pool, program, tables, recording, tail_rows, instances, LookupCounts(program), {}, {}};
  b.instructions();
  b.memory();
  b.providers();
  if (!b.fits) return Error(Errc::kInternal, "the planned tables are too low for the run");
  if (b.counts.bad)
    return Error(Errc::kInternal, "the trace requests a lookup that no table provides");
  std::stable_sort(b.out.begin(), b.out.end(), [](const InstanceTrace& a, const InstanceTrace& c) {
    return a.table != c.table ? a.table < c.table : a.log_height > c.log_height;
  });
  return std::move(b.out);
}

}  // namespace mipzk::trace
