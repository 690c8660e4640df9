// SPDX-License-Identifier: Apache-2.0
#include "trace/build.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "air/fixed.hpp"
#include "trace/collect.hpp"
#include "trace/plan.hpp"
#include "trace/rows.hpp"
#include "trace/rows_fault.hpp"
#include "trace/rows_words.hpp"
#include "trace/sources.hpp"
#include "vm/replay.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

struct Builder {
  Pool& pool;
  const isa::Program& program;
  const ProgramTables& tables;
  const vm::RecordedShard& shard;
  unsigned tail;
  std::span<const air::Instance> instances;
  LookupCounts counts;
  std::vector<InstanceTrace> out;
  SecretVector<vm::Bump> bumps;
  SecretVector<FaultRow> faults[vm::kFaultTables];
  bool fits = true;  // the instances hold the run

  size_t data_rows(const InstanceTrace& t) const { return (size_t{1} << t.log_height) - tail; }

  // Adds the empty instances of a table that is to hold `rows` rows; notes when they do not fit.
  TableRows make(const air::TableInfo& table, size_t rows) {
    TableRows made(table.layout.base_columns);
    for (const air::Instance& i : instances) {
      if (i.table != table.id) continue;
      InstanceTrace& t = out.emplace_back();
      t.table = table.id;
      t.log_height = i.log_height;
      t.base.assign(table.layout.base_columns << i.log_height, Fp::zero());
      made.add(t.base.data(), data_rows(t));
    }
    if (rows > made.size()) fits = false;
    return made;
  }

  // Instances of a table, filled from its events.
  template <class Generator, class Events>
  void add(air::TableId id, const Events& events) {
    const size_t first = out.size();
    const TableRows rows = make(*air::find_table(id), Generator::kRowsOfEvent * std::size(events));
    if (!fits) return;
    const auto* const data = std::data(events);
    fill_rows<Generator>(pool, std::span(data, std::size(events)), rows);
    for (size_t t = first; t < out.size(); ++t) collect(out[t]);
  }

  // Fills the pair columns of all rows under constraints and counts their requests.
  void collect(InstanceTrace& t) {
    const air::TableInfo& table = *air::find_table(t.table);
    // Tables that answer request nothing.
    if (table.role == air::Role::kProvider) return;
    const PreMatrix* const pre = tables.find(t.table);
    if (pre == nullptr && table.layout.pre_columns != 0) {
      counts.bad = true;
      return;
    }
    const size_t rows = data_rows(t);
    std::mutex mutex;
    pool.parallel_for(rows, rows / pool.threads() + 1, [&](size_t begin, size_t end) {
      LookupCounts local(program);
      Collector(table, shard.number, program, local)
          .run(pre != nullptr ? pre->data.data() + begin * pre->width : nullptr,
               &t.base[begin * table.layout.base_columns], end - begin);
      std::lock_guard<std::mutex> lock(mutex);
      counts.add(local);
    });
  }

  void instructions();
  void pass_one();
  void fill_instructions(const air::TableInfo& table, const TableRows& rows, size_t index,
                         std::span<const vm::Event> events) const;
  void providers();
};

// Rows for the events of a class in a block: those with the numbers from `index` on.
void Builder::fill_instructions(const air::TableInfo& table, const TableRows& rows, size_t index,
                                std::span<const vm::Event> events) const {
  if (events.empty()) return;
  const RowFiller fill = row_filler(static_cast<isa::Class>(table.id));
  const unsigned cells = slot_cells(table);
  RowSink sink = rows.from(index / table.slots);
  unsigned slot = static_cast<unsigned>(index % table.slots);
  Fp* row = sink.next();
  for (const vm::Event& e : events) {
    if (slot == table.slots) {
      slot = 0;
      row = sink.next();
    }
    const int64_t rom = find_rom(program, e.pc / 4);
    // Without an entry a row without an instruction: the buses cannot balance then.
    if (rom >= 0) fill(row + slot * cells, e, program.rom[static_cast<size_t>(rom)]);
    ++slot;
  }
}

// Replays the blocks of the recording, each thread its own, straight into the rows.
void Builder::instructions() {
  const vm::ShardRecord& record = shard.record;
  std::vector<std::pair<const air::TableInfo*, TableRows>> classes;
  for (const air::TableInfo& table : air::tables())
    if (table.role == air::Role::kInstruction)
      classes.emplace_back(&table,
                           make(table, (record.counts[table.id] + table.slots - 1) / table.slots));
  if (!fits) return;

  const vm::Code code(program);
  const size_t blocks = record.blocks.size();
  std::vector<SecretVector<vm::Bump>> bumps_of(blocks);
  std::vector<SecretVector<vm::FaultEvent>> faults_of(blocks);
  pool.parallel_for(blocks, 8, [&](size_t begin, size_t end) {
    vm::Replay replay(code, record);
    for (size_t b = begin; b < end; ++b) {
      replay.run(b);
      for (const auto& [table, rows] : classes)
        fill_instructions(*table, rows, record.blocks[b].before[table->id],
                          replay.events(static_cast<isa::Class>(table->id)));
      bumps_of[b].assign(replay.bumps().begin(), replay.bumps().end());
      faults_of[b].assign(replay.faults().begin(), replay.faults().end());
    }
  });
  for (const auto& list : bumps_of) bumps.insert(bumps.end(), list.begin(), list.end());
  for (const auto& list : faults_of)
    for (const vm::FaultEvent& e : list)
      faults[static_cast<size_t>(vm::table_of(e.fault.code))].push_back(fault_row(program, e));
  for (InstanceTrace& t : out) collect(t);
  add<BumpRows>(air::kTableBump, bumps);
  add<AccessFaultRows>(air::kTableAccessFault, faults[0]);
  add<OperandFaultRows>(air::kTableOperandFault, faults[1]);
  add<FetchFaultRows>(air::kTableFetchFault, faults[2]);
}

void Builder::pass_one() {
  add<BoundaryRows>(air::kTableBoundary, shard.record.touched);
  SecretVector<FetchWord> fetches;
  fetches.reserve(shard.record.executed.size());
  for (const vm::Executed& e : shard.record.executed)
    fetches.push_back({program.code_row(e.rom), e.count, e.shard_in});
  add<FetchRows>(air::kTableFetch, fetches);
  if (shard.number != 1) return;
  const Sources sources = sort_sources(program, shard.sources);
  for (const FreshWord& f : sources.fresh) counts.bad |= f.region == nullptr;
  SecretVector<RomRow> rom((shard.code_last.size() + air::kRomEntries - 1) / air::kRomEntries);
  for (size_t i = 0; i < shard.code_last.size(); ++i)
    rom[i / air::kRomEntries][i % air::kRomEntries] = shard.code_last[i];
  add<RomRows>(air::kTableRom, rom);
  SecretVector<ImageRow> image((program.image.size() + air::kImageWords - 1) / air::kImageWords);
  for (size_t i = 0; i < program.image.size(); ++i) {
    const vm::SourceWord* const w = sources.image[i];
    auto& word = image[i / air::kImageWords].word[i % air::kImageWords];
    word.value = w != nullptr ? w->value_final : program.image[i].value;
    word.shard = w != nullptr ? w->shard_last : 0;
  }
  add<ImageRows>(air::kTableImage, image);
  add<FreshRows>(air::kTableFresh, sources.fresh);
  add<PublicRows>(air::kTablePublic, sources.publics);
}

// The providing tables come last: they answer the counted requests. Their columns are the
// multiplicities.
void Builder::providers() {
  if (shard.number == 1)
    add<MultiplicityRows>(air::kTableRegion,
                          std::span(counts.region).first(program.regions.size()));
  SecretVector<air::Fixed::Row<Fp>> fixed(air::kFixedContentRows);
  for (uint32_t i = 0; i < counts.range.size(); ++i) {
    const air::FixedPlace place = air::place_range(i);  // and that of the AND with index i
    air::Fixed::Row<Fp>& row = fixed[place.row];
    row.range[place.group] = Fp(counts.range[i]);
    row.both[place.group] = Fp(counts.byte_and[i]);
  }
  for (size_t i = 0; i < counts.shift_byte.size(); ++i)
    fixed[i].shift_byte = Fp(counts.shift_byte[i]);
  for (size_t i = 0; i < counts.shift_amount.size(); ++i)
    fixed[i].shift_amount = Fp(counts.shift_amount[i]);
  add<FixedRows>(air::kTableFixed, fixed);
}

}  // namespace

Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::RecordedShard& shard, unsigned tail_rows,
                                         std::span<const air::Instance> instances, Part part) {
  std::vector<air::Instance> planned;
  if (instances.empty()) {
    auto list = plan(rows_of(pool, program, shard), tables, tail_rows, {}, shard.number);
    if (!list) return list.error();
    instances = planned = std::move(*list);
  }
  Builder b{pool, program, tables, shard, tail_rows, instances, LookupCounts(program), {}, {}, {}};
  if (part == Part::kAll) b.instructions();
  b.pass_one();
  if (part == Part::kAll) b.providers();
  if (!b.fits) return Error(Errc::kInternal, "the planned tables are too low for the run");
  if (b.counts.bad)
    return Error(Errc::kInternal, "the trace requests a lookup that no table provides");
  std::stable_sort(b.out.begin(), b.out.end(), [](const InstanceTrace& a, const InstanceTrace& c) {
    return a.table != c.table ? a.table < c.table : a.log_height > c.log_height;
  });
  return std::move(b.out);
}

}  // namespace mipzk::trace
