// SPDX-License-Identifier: Apache-2.0
#include "trace/preprocessed.hpp"

#include "air/fixed.hpp"
#include "air/tables/rom.hpp"
#include "isa/keys.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

PreMatrix make(air::TableId table, unsigned log_height) {
  PreMatrix m;
  m.width = air::find_table(table)->layout.pre_columns;
  m.log_height = log_height;
  m.data.assign((size_t{1} << m.log_height) * m.width, Fp::zero());
  return m;
}

size_t groups(size_t items, size_t of) { return (items + of - 1) / of; }

}  // namespace

void fill_entry(const isa::RomEntry& e, Fp* cells) {
  *cells++ = Fp(static_cast<uint32_t>(e.cls));
  for (const uint32_t v : {e.pc4, uint32_t{e.rs}, uint32_t{e.rt}, uint32_t{e.rd}}) *cells++ = Fp(v);
  for (const uint32_t k : e.k) *cells++ = Fp(k);
}

const PreMatrix* ProgramTables::find(air::TableId id) const {
  switch (id) {
    case air::kTableRom:
      return &rom;
    case air::kTableRegion:
      return &region;
    case air::kTableImage:
      return &image;
    default:
      return nullptr;
  }
}

ProgramHeights program_heights(const isa::Program& program, unsigned tail_rows) {
  const auto height = [&](size_t rows) {
    unsigned log = air::kMinLogHeight;
    while ((size_t{1} << log) < rows + tail_rows) ++log;
    return log;
  };
  return {height(groups(program.code_rows(), air::kRomEntries)), height(program.regions.size()),
          height(groups(program.image.size(), air::kImageWords))};
}

ProgramTables program_tables(const isa::Program& program, unsigned tail_rows) {
  const ProgramHeights heights = program_heights(program, tail_rows);
  ProgramTables t;
  // A row has several entries or words, so that they lie one behind the other in memory.
  static_assert(sizeof(air::Rom::Pre<Fp>) == sizeof(Fp) * air::kEntryCells * air::kRomEntries);
  t.rom = make(air::kTableRom, heights.rom);
  for (size_t i = 0; i < program.code_rows(); ++i)
    fill_entry(program.code_row(i), &t.rom.data[i * air::kEntryCells]);
  t.region = make(air::kTableRegion, heights.region);
  for (size_t i = 0; i < program.regions.size(); ++i) {
    const isa::Region& r = program.regions[i];
    Fp* row = &t.region.data[i * t.region.width];
    row[0] = Fp(r.start);
    row[1] = Fp(r.end);
    row[2] = Fp(static_cast<uint32_t>(r.kind));
  }
  t.image = make(air::kTableImage, heights.image);
  const size_t word_cells = t.image.width / air::kImageWords;
  for (size_t i = 0; i < t.image.data.size() / word_cells; ++i) {
    Fp* word = &t.image.data[i * word_cells];
    if (i >= program.image.size()) {
      word[0] = Fp(isa::kPadKey);
      continue;
    }
    const isa::ImageWord& w = program.image[i];
    word[0] = Fp(w.key);
    word[1] = Fp(w.value & 0xffff);
    word[2] = Fp(w.value >> 16);
    word[3] = Fp(w.writable ? 1u : 0u);
  }
  return t;
}

PreMatrix fixed_tables() {
  PreMatrix m;
  m.log_height = air::kFixedLogRows;
  m.width = sizeof(air::Fixed::Pre<Fp>) / sizeof(Fp);
  m.data.resize((size_t{1} << m.log_height) * m.width);
  for (uint32_t i = 0; i < 1u << m.log_height; ++i)
    *reinterpret_cast<air::Fixed::Pre<Fp>*>(&m.data[size_t{i} * m.width]) = air::fixed_row(i);
  return m;
}

}  // namespace mipzk::trace
