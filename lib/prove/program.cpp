// SPDX-License-Identifier: Apache-2.0
// Program tables, their roots and the program id.
#include "air/layout.hpp"
#include "commit/panel.hpp"
#include "prove/prove.hpp"
#include "prove/public_trees.hpp"

namespace mipzk::prove {
namespace {

hash::Digest root_of(Pool& pool, std::span<const trace::PreMatrix* const> tables,
                     unsigned log_blowup) {
  const hash::Digest root = PublicTree(pool, tables, log_blowup, false).tree().root();
  commit::release_scratch();
  return root;
}

}  // namespace

Result<LoadedProgram> lay_out_program(isa::Program program) {
  LoadedProgram p;
  const trace::ProgramHeights heights = trace::program_heights(program, proof::kMaxTailRows);
  for (const unsigned log : {heights.rom, heights.region, heights.image})
    if (log > air::kMaxLogHeight)
      return Error(Errc::kElf, "the program is too large: its code or data exceed 2^24 words");
  p.header.byte_order = program.little_endian ? proof::kLittleEndian : proof::kBigEndian;
  p.header.entry = program.entry;
  p.header.log_rom = static_cast<uint8_t>(heights.rom);
  p.header.log_region = static_cast<uint8_t>(heights.region);
  p.header.log_image = static_cast<uint8_t>(heights.image);
  p.program = std::move(program);
  return p;
}

void commit_to_program(Pool& pool, LoadedProgram& p) {
  p.tables = trace::program_tables(p.program, proof::kMaxTailRows);
  const trace::PreMatrix* const tables[] = {&p.tables.rom, &p.tables.region, &p.tables.image};
  for (unsigned b = 1; b <= 2; ++b) p.header.root[b - 1] = root_of(pool, tables, b);
  p.id = p.header.id();
}

Result<LoadedProgram> load_program(Pool& pool, isa::Program program) {
  auto p = lay_out_program(std::move(program));
  if (p) commit_to_program(pool, *p);
  return p;
}

hash::Digest fixed_root(Pool& pool, unsigned log_blowup) {
  const trace::PreMatrix fixed = trace::fixed_tables();
  const trace::PreMatrix* const tables[] = {&fixed};
  return root_of(pool, tables, log_blowup);
}

}  // namespace mipzk::prove
