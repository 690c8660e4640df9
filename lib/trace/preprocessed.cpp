// SPDX-License-Identifier: Apache-2.0
#include "trace/preprocessed.hpp"

#include "air/fixed.hpp"
#include "isa/keys.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

PreMatrix make(air::TableId table, size_t rows, unsigned tail_rows) {
  PreMatrix m;
  m.width = air::find_table(table)->layout.pre_columns;
  m.log_height = 10;
  while ((size_t{1} << m.log_height) < rows + tail_rows) ++m.log_height;
  m.data.assign((size_t{1} << m.log_height) * m.width, Fp::zero());
  return m;
}

}  // namespace

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

ProgramTables program_tables(const isa::Program& program, unsigned tail_rows) {
  ProgramTables t;
  t.rom = make(air::kTableRom, program.rom.size(), tail_rows);
  for (size_t i = 0; i < program.rom.size(); ++i) {
    const isa::RomEntry& e = program.rom[i];
    Fp* row = &t.rom.data[i * t.rom.width];
    row[0] = Fp(static_cast<uint32_t>(e.cls));
    row[1] = Fp(e.pc4);
    row[2] = Fp(e.rs);
    row[3] = Fp(e.rt);
    row[4] = Fp(e.rd);
    for (int k = 0; k < 6; ++k) row[5 + k] = Fp(e.k[k]);
  }
  t.region = make(air::kTableRegion, program.regions.size(), tail_rows);
  for (size_t i = 0; i < program.regions.size(); ++i) {
    const isa::Region& r = program.regions[i];
    Fp* row = &t.region.data[i * t.region.width];
    row[0] = Fp(r.start);
    row[1] = Fp(r.end);
    row[2] = Fp(static_cast<uint32_t>(r.kind));
  }
  t.image = make(air::kTableImage, program.image.size(), tail_rows);
  for (size_t i = 0; i < t.image.data.size() / t.image.width; ++i) {
    Fp* row = &t.image.data[i * t.image.width];
    if (i >= program.image.size()) {
      row[0] = Fp(isa::kPadKey);
      continue;
    }
    const isa::ImageWord& w = program.image[i];
    row[0] = Fp(w.key);
    row[1] = Fp(w.value & 0xffff);
    row[2] = Fp(w.value >> 16);
    row[3] = Fp(w.writable ? 1u : 0u);
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
