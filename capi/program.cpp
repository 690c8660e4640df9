// SPDX-License-Identifier: Apache-2.0
// Programs: loading an ELF file, and facts about it.
#include "air/table_info.hpp"
#include "elf/load.hpp"
#include "guard.hpp"
#include "kernel/kernel.hpp"
#include "objects.hpp"

namespace mipzk::capi {
namespace {

// Each class that occurs in the program, faults if its kernel takes them, and the tables that every
// proof has.
std::vector<uint8_t> least_shape(const prove::LoadedProgram& loaded) {
  bool present[isa::kClassCount] = {};
  for (const isa::RomEntry& e : loaded.program.rom) present[static_cast<size_t>(e.cls)] = true;
  std::vector<uint8_t> shape(4);
  for (const air::TableInfo& table : air::tables()) {
    const air::TableId id = table.id;
    unsigned log = air::kMinLogHeight;
    if (table.role == air::Role::kInstruction && !present[id]) continue;
    if (table.role == air::Role::kFault && loaded.program.fault_vector == 0) continue;
    if (id == air::kTableRom) log = loaded.header.log_rom;
    if (id == air::kTableRegion) log = loaded.header.log_region;
    if (id == air::kTableImage) log = loaded.header.log_image;
    if (id == air::kTableFixed) log = air::kFixedLogRows;
    shape.insert(shape.end(), {id, static_cast<uint8_t>(log)});
    ++shape[0];
  }
  return shape;
}

Status load(mipzk_ctx& ctx, ByteView file, mipzk_program** out) {
  auto image = elf::load(file);
  if (!image) return image.error();
  const uint32_t flags = image->flags;
  std::vector<mipzk_segment> segments;
  for (const isa::Segment& s : image->segments) {
    mipzk_segment segment = {};
    segment.address = s.address;
    segment.memory_size = s.memory_size;
    segment.file_size = static_cast<uint32_t>(s.bytes.size());
    segment.flags = (s.readable ? 4u : 0u) | (s.writable ? 2u : 0u) | (s.executable ? 1u : 0u);
    segments.push_back(segment);
  }
  if (kernel::wanted(*image))
    if (Status s = kernel::attach(*image); !s) return s.error();
  auto program = isa::build_program(*image);
  if (!program) return program.error();
  auto laid_out = prove::lay_out_program(std::move(*program));
  if (!laid_out) return laid_out.error();
  pool_of(ctx);  // made
  std::vector<uint8_t> shape = least_shape(*laid_out);
  auto elf = std::make_shared<LoadedElf>(std::move(*laid_out), ctx.settings.pool);
  elf->flags = flags;
  elf->segments = std::move(segments);
  elf->shape = std::move(shape);
  *out = new mipzk_program{std::move(elf)};
  return {};
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_program_load_elf(mipzk_ctx* ctx, const uint8_t* elf, size_t size,
                                    mipzk_program** out, mipzk_error* err) noexcept {
  if (out != nullptr) *out = nullptr;
  return capi::guarded(err, [&]() -> Status {
    if (ctx == nullptr || out == nullptr) return Error(Errc::kArgument, "ctx or out is NULL");
    if (!capi::buffer_ok(elf, size))
      return Error(Errc::kArgument, "elf is NULL but its size is not 0");
    const capi::Use use(ctx->in_use);
    if (Status s = use.status(); !s) return s;
    return capi::load(*ctx, {elf, size}, out);
  });
}

void mipzk_program_id(const mipzk_program* program, uint8_t* out_id) noexcept {
  if (out_id == nullptr) return;
  std::memset(out_id, 0, 32);
  if (program == nullptr) return;
  capi::guarded(nullptr, [&]() -> Status {
    std::memcpy(out_id, program->elf->loaded().id.data(), 32);
    return {};
  });
}

void mipzk_program_free(mipzk_program* program) noexcept { delete program; }

mipzk_status mipzk_program_inspect(const mipzk_program* program, mipzk_program_info* out_info,
                                   mipzk_error* err) noexcept {
  return capi::guarded(err, [&]() -> Status {
    return capi::fill_struct(out_info, [&](mipzk_program_info& info) -> Status {
      if (program == nullptr) return Error(Errc::kArgument, "program is NULL");
      const isa::Program& p = program->elf->program();
      info.entry = p.entry;
      info.elf_flags = program->elf->flags;
      info.segments = static_cast<uint32_t>(program->elf->segments.size());
      info.symbols = p.symbols.size();
      info.instructions = p.rom.size();
      info.image_words = p.image.size();
      return {};
    });
  });
}

mipzk_status mipzk_program_segment(const mipzk_program* program, uint32_t index,
                                   mipzk_segment* out_segment, mipzk_error* err) noexcept {
  return capi::guarded(err, [&]() -> Status {
    return capi::fill_struct(out_segment, [&](mipzk_segment& segment) -> Status {
      if (program == nullptr) return Error(Errc::kArgument, "program is NULL");
      if (index >= program->elf->segments.size())
        return Error(Errc::kArgument, "the program has no such segment");
      segment = program->elf->segments[index];
      return {};
    });
  });
}

const uint8_t* mipzk_program_shape(const mipzk_program* program, size_t* out_size) noexcept {
  if (out_size != nullptr) *out_size = program == nullptr ? 0 : program->elf->shape.size();
  return program == nullptr ? nullptr : program->elf->shape.data();
}

const char* mipzk_program_symbol(const mipzk_program* program, uint64_t index,
                                 uint32_t* out_address, uint32_t* out_size) noexcept {
  if (out_address != nullptr) *out_address = 0;
  if (out_size != nullptr) *out_size = 0;
  if (program == nullptr || index >= program->elf->program().symbols.size()) return nullptr;
  const isa::Symbol& symbol = program->elf->program().symbols[static_cast<size_t>(index)];
  if (out_address != nullptr) *out_address = symbol.address;
  if (out_size != nullptr) *out_size = symbol.size;
  return symbol.name.c_str();
}
