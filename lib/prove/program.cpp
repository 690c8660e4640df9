// SPDX-License-Identifier: Apache-2.0
// Program tables, their roots and the program id.
#include "air/layout.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "commit/panel.hpp"
#include "prove/prove.hpp"

namespace mipzk::prove {
namespace {

using field::Fp;

hash::Digest root_of(Pool& pool, const std::vector<const trace::PreMatrix*>& matrices,
                     unsigned log_blowup) {
  std::vector<std::vector<Fp>> extended;
  std::vector<commit::MatrixView> views;
  for (const trace::PreMatrix* m : matrices) {
    extended.emplace_back(m->data.size() << log_blowup);
    commit::coset_lde(pool, m->data.data(), m->log_height, m->width, log_blowup,
                      extended.back().data(), nullptr);
    views.push_back({m->log_height + log_blowup, m->width, extended.back().data()});
  }
  commit::release_scratch();
  return commit::MerkleTree(views, commit::Salting::kNone, nullptr, &pool).root();
}

}  // namespace

Result<LoadedProgram> load_program(Pool& pool, isa::Program program) {
  LoadedProgram p;
  p.tables = trace::program_tables(program, proof::kMaxTailRows);
  for (const trace::PreMatrix* m : {&p.tables.rom, &p.tables.region, &p.tables.image})
    if (m->log_height > air::kMaxLogHeight)
      return Error(Errc::kElf, "the program is too large: its code or data exceed 2^22 words");
  p.header.byte_order = program.little_endian ? proof::kLittleEndian : proof::kBigEndian;
  p.header.entry = program.entry;
  p.header.log_rom = static_cast<uint8_t>(p.tables.rom.log_height);
  p.header.log_region = static_cast<uint8_t>(p.tables.region.log_height);
  p.header.log_image = static_cast<uint8_t>(p.tables.image.log_height);
  for (unsigned b = 1; b <= 2; ++b)
    p.header.root[b - 1] = root_of(pool, {&p.tables.rom, &p.tables.region, &p.tables.image}, b);
  p.id = p.header.id();
  p.program = std::move(program);
  return p;
}

hash::Digest fixed_root(Pool& pool, unsigned log_blowup) {
  trace::PreMatrix fixed = trace::fixed_tables();
  return root_of(pool, {&fixed}, log_blowup);
}

}  // namespace mipzk::prove
