#include "trace/preprocessed.hpp"

#include "air/fixed.hpp"
#include "air/tables/fixed.hpp"

namespace mipzk::trace {
namespace {

using field::Fp;

PreMatrix make(size_t rows, unsigned tail_rows, unsigned width) {
  PreMatrix m;
  m.width = width;
  m.log_height = 10;
  while ((size_t{1} << m.log_height) < rows + tail_rows) ++m.log_height;
  m.data.assign((size_t{1} << m.log_height) * width, Fp::zero());
  return m;
}

}  // namespace

ProgramTables program_tables(const isa::Program& program, unsigned tail_rows) {
  ProgramTables t;
  t.rom = make(program.rom.size(), tail_rows, 11);
  for (size_t i = 0; i < program.rom.size(); ++i) {
    const isa::RomEntry& e = program.rom[i];
    Fp* row = &t.rom.data[i * 11];
    row[0] = Fp(static_cast<uint32_t>(e.cls));
    row[1] = Fp(e.pc4);
    row[2] = Fp(e.rs);
    row[3] = Fp(e.rt);
    row[4] = Fp(e.rd);
    for (int k = 0; k < 6; ++k) row[5 + k] = Fp(e.k[k]);
  }
  t.region = make(program.regions.size(), tail_rows, 3);
  for (size_t i = 0; i < program.regions.size(); ++i) {
    const isa::Region& r = program.regions[i];
    Fp* row = &t.region.data[i * 3];
    row[0] = Fp(r.start);
    row[1] = Fp(r.end);
    row[2] = Fp(static_cast<uint32_t>(r.kind));
  }
  t.image = make(program.image.size(), tail_rows, 4);
  for (size_t i = 0; i < t.image.data.size() / 4; ++i) {
    Fp* row = &t.image.data[i * 4];
    if (i >= program.image.size()) {
      row[0] = Fp(kPadKey);
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
