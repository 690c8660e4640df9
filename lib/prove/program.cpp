// SPDX-License-Identifier: Apache-2.0
// Program tables, their roots and the program id.
#include <bit>

#include "air/layout.hpp"
#include "prove/prove.hpp"
#include "prove/proving.hpp"
#include "prove/public_trees.hpp"

namespace mipzk::prove {
namespace {

using field::Fp;
static_assert(sizeof(Fp) == sizeof(uint32_t));

constexpr hash::Key kTablesKey = hash::key_from_text("mipzk v0 program tables");

hash::Digest root_of(Pool& pool, std::span<const trace::PreMatrix* const> tables,
                     unsigned log_blowup) {
  const ScratchScope scratch;
  return PublicTree(pool, tables, log_blowup, false).tree().root();
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

void make_tables(LoadedProgram& p) {
  p.tables = trace::program_tables(p.program, proof::kMaxTailRows);
}

hash::Digest digest_of_tables(const LoadedProgram& p) {
  hash::Blake3 h(kTablesKey);
  proof::ProgramHeader header = p.header;
  for (hash::Digest& root : header.root) root = {};
  uint8_t bytes[proof::ProgramHeader::kSize];
  header.write(bytes);
  h.update(bytes);
  for (const trace::PreMatrix* m : {&p.tables.rom, &p.tables.region, &p.tables.image}) {
    if constexpr (std::endian::native == std::endian::little) {
      h.update({reinterpret_cast<const uint8_t*>(m->data.data()), m->data.size() * sizeof(Fp)});
    } else {
      for (const Fp v : m->data) h.update_word(std::bit_cast<uint32_t>(v));
    }
  }
  return h.digest();
}

void commit_to_program(Pool& pool, LoadedProgram& p) {
  if (p.tables.rom.data.empty()) make_tables(p);
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
