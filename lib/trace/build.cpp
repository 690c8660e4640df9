#include "trace/build.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>

#include "air/tables.hpp"
#include "trace/collect.hpp"
#include "trace/rows.hpp"
#include "vm/replay.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

constexpr unsigned kMinLog = air::kMinLogHeight, kMaxLog = air::kMaxLogHeight;
// Tables higher than this are cut into two instances when that saves a quarter of the rows.
constexpr unsigned kSplitLog = 14;
constexpr uint32_t kMaxOrderStep = 1u << 29;

// Heights for `rows` rows of content, descending; empty when they do not fit.
std::vector<unsigned> plan_heights(size_t rows, unsigned tail, bool may_split) {
  auto fits = [&](unsigned log, size_t n) { return n + tail <= size_t{1} << log; };
  unsigned log = kMinLog;
  while (log <= kMaxLog && !fits(log, rows)) ++log;
  if (log > kMaxLog) return {};
  if (may_split && log > kSplitLog) {
    size_t first = (size_t{1} << (log - 1)) - tail;
    if (rows > first && fits(log - 2, rows - first)) return {log - 1, log - 2};
  }
  return {log};
}

struct Builder {
  Pool& pool;
  const isa::Program& program;
  const ProgramTables& tables;
  const vm::Recording& recording;
  unsigned tail;
  std::span<const air::Instance> fixed;
  LookupCounts counts;
  std::vector<InstanceTrace> out;
  SecretVector<vm::Bump> bumps;
  const char* too_high = nullptr;  // name of a table that does not fit

  // Heights for `rows` rows of table `id`; empty when they do not fit. `log`: that of a table of
  // the program or the protocol, otherwise 0.
  std::vector<unsigned> heights(uint8_t id, size_t rows, bool may_split, unsigned log) const {
    if (log != 0) return {log};
    if (fixed.empty()) return plan_heights(rows, tail, may_split);
    std::vector<unsigned> given;
    size_t room = 0;
    for (const air::Instance& h : fixed) {
      if (h.table != id) continue;
      if (h.log_height < kMinLog || h.log_height > kMaxLog) return {};
      given.push_back(h.log_height);
      room += (size_t{1} << h.log_height) - tail;
    }
    return rows <= room ? given : std::vector<unsigned>{};
  }
  bool wanted(uint8_t id) const {
    return std::ranges::any_of(fixed, [&](const air::Instance& h) { return h.table == id; });
  }

  // Adds empty instances of a table for `n` items, `per_row` of them to a row; false when they do
  // not fit.
  bool make(air::TableId id, size_t n, unsigned per_row, bool may_split, unsigned fixed_log) {
    const air::TableInfo& table = *air::find_table(id);
    const size_t rows = (n + per_row - 1) / per_row;
    const std::vector<unsigned> logs = heights(id, rows, may_split, fixed_log);
    if (logs.empty()) {
      if (too_high == nullptr) too_high = table.name;
      return false;
    }
    for (unsigned log : logs) {
      InstanceTrace& t = out.emplace_back();
      t.table = id;
      t.log_height = static_cast<uint8_t>(log);
      t.base.assign((size_t{1} << log) * table.layout.base_columns, Fp::zero());
    }
    return true;
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
  void add(size_t n, bool may_split, unsigned fixed_log, const Fill& fill) {
    const size_t first = out.size();
    if (!make(T::kId, n, 1, may_split, fixed_log)) return;
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
    if (rom < 0) return;  // the ROM request has no provider, which collect() reports
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
  bool fits = true;
  air::for_each_table([&]<class T>() {
    if constexpr (T::kSlots != 0) {
      constexpr auto kClass = static_cast<size_t>(T::kClass);
      const uint32_t n = shard.counts[kClass];
      first[kClass] = out.size();
      if (n != 0 || wanted(T::kId)) fits = make(T::kId, n, T::kSlots, true, 0) && fits;
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

bool is_public_key(uint32_t key) {
  return (key >= isa::kPublicBase / 4 && key < (isa::kPublicBase + isa::kWindowSize) / 4) ||
         (key >= isa::kOutputBase / 4 && key < (isa::kOutputBase + isa::kWindowSize) / 4) ||
         key == air::kRegisterKeyBase + isa::kExitCode;
}

void Builder::memory() {
  const vm::ShardRecord& shard = recording.shards[0];
  // Sources: image words by row, fresh words in ascending order, public words.
  SecretVector<const vm::SourceWord*> image(program.image.size()), publics;
  struct FreshWord {
    uint32_t key;
    const vm::SourceWord* word;  // null for rows that only bridge the order chain
    int64_t region;
  };
  SecretVector<FreshWord> fresh;
  for (const vm::SourceWord& w : recording.finals) {
    auto it = std::lower_bound(program.image.begin(), program.image.end(), w.key,
                               [](const isa::ImageWord& a, uint32_t key) { return a.key < key; });
    if (it != program.image.end() && it->key == w.key) {
      image[static_cast<size_t>(it - program.image.begin())] = &w;
    } else if (is_public_key(w.key)) {
      publics.push_back(&w);
    } else {
      fresh.push_back({w.key, &w, -1});
    }
  }
  // The chain ends at the last key, whether the run touched that word or not.
  if (fresh.empty() || fresh.back().key != air::kLastKey)
    fresh.push_back({air::kLastKey, nullptr, -1});
  // No step of the chain may be longer than 2^29: bridge with the farthest word that has a region.
  uint32_t prev = 0;
  for (size_t i = 0; i < fresh.size(); prev = fresh[i++].key) {
    if (fresh[i].key - prev <= kMaxOrderStep) continue;
    uint32_t bridge = prev;
    for (const isa::Region& r : program.regions) {
      uint32_t farthest = std::min(r.end - 1, prev + kMaxOrderStep);
      if (farthest >= r.start && farthest > bridge) bridge = farthest;
    }
    if (bridge == prev) break;  // no such region: collect() reports the step
    fresh.insert(fresh.begin() + static_cast<std::ptrdiff_t>(i), {bridge, nullptr, -1});
  }
  for (FreshWord& f : fresh) {
    for (size_t i = 0; i < program.regions.size(); ++i)
      if (f.key >= program.regions[i].start && f.key < program.regions[i].end)
        f.region = static_cast<int64_t>(i);
    if (f.region < 0) counts.bad = true;
  }

  add<air::Image>(program.image.size(), false, tables.image.log_height,
                  [&](air::Image::Row<Fp>& row, size_t i) {
                    if (image[i] == nullptr) return;
                    row.used = Fp::one();
                    row.fin_lo = Fp(image[i]->value_final & 0xffff);
                    row.fin_hi = Fp(image[i]->value_final >> 16);
                    row.shard = Fp(image[i]->shard_last);
                  });
  add<air::Boundary>(shard.touched.size(), true, 0, [&](air::Boundary::Row<Fp>& row, size_t i) {
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
  add<air::Fresh>(fresh.size(), true, 0, [&](air::Fresh::Row<Fp>& row, size_t i) {
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
  add<air::Public>(publics.size(), true, 0, [&](air::Public::Row<Fp>& row, size_t i) {
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
  if (!bumps.empty() || wanted(air::kTableBump)) {
    add<air::Bump>(bumps.size(), true, 0, [&](air::Bump::Row<Fp>& row, size_t i) {
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
}

// The providing tables come last: they answer the counted requests.
void Builder::providers() {
  add<air::Rom>(program.rom.size(), false, tables.rom.log_height,
                [&](air::Rom::Row<Fp>& row, size_t i) { row.mult = Fp(counts.rom[i]); });
  add<air::Region>(program.regions.size(), false, tables.region.log_height,
                   [&](air::Region::Row<Fp>& row, size_t i) { row.mult = Fp(counts.region[i]); });
  add<air::Fixed>(size_t{1} << 14, false, air::kFixedLogRows,
                  [&](air::Fixed::Row<Fp>& row, size_t i) {
                    for (size_t k = 0; k < 4; ++k) {
                      row.range[k] = Fp(counts.range[(k << 14) + i]);
                      // Rows hold a in [0, 64) and all b; group k adds 64 k to a.
                      row.both[k] = Fp(counts.byte_and[(k << 14) + i]);
                    }
                    if (i < counts.shift_byte.size()) row.shift_byte = Fp(counts.shift_byte[i]);
                    if (i < counts.shift_amount.size())
                      row.shift_amount = Fp(counts.shift_amount[i]);
                  });
}

}  // namespace

Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::Recording& recording, unsigned tail_rows,
                                         std::span<const air::Instance> fixed) {
  if (recording.shards.size() != 1) return Error(Errc::kInternal, "a recording has one shard");
  Builder b{pool, program, tables, recording, tail_rows, fixed, LookupCounts(program), {}, {}};
  b.instructions();
  b.memory();
  b.providers();
  if (b.too_high != nullptr && !fixed.empty()) {
    char text[128];
    std::snprintf(text, sizeof text,
                  "the run does not fit the fixed shape: its table %s is too low or missing",
                  b.too_high);
    return Error(Errc::kUnprovable, text);
  }
  if (b.too_high != nullptr)
    return Error(Errc::kUnprovable, "the run is too long for one proof: a table exceeds 2^22 rows");
  if (b.counts.bad)
    return Error(Errc::kInternal, "the trace requests a lookup that no table provides");
  std::stable_sort(b.out.begin(), b.out.end(), [](const InstanceTrace& a, const InstanceTrace& c) {
    return a.table != c.table ? a.table < c.table : a.log_height > c.log_height;
  });
  return std::move(b.out);
}

}  // namespace mipzk::trace
