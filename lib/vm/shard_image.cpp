// SPDX-License-Identifier: Apache-2.0
#include "vm/shard_image.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "vm/boundary.hpp"
#include "vm/code.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::vm {

ShardImage::~ShardImage() { secure_zero(reg.data(), sizeof reg); }

ShardImage image_of(const ShardRecord& shard, uint32_t number, ByteView hints) {
  ShardImage image;
  image.number = number;
  image.cycles = shard.cycles;
  image.halted = shard.touched.back().out_lo == kHaltedPc4;
  if (const Touched& state = shard.touched.back(); state.in_lo != kHaltedPc4) {
    image.pc = 4 * state.in_lo;
    image.npc = 4 * state.in_hi;
  }
  image.words.reserve(shard.touched.size());
  for (const Touched& t : shard.touched) {
    const uint32_t value = t.in_lo | t.in_hi << 16;
    if (t.key == kStateKey) continue;
    if (t.key < kRegisterKeyBase) {
      image.words.push_back({t.key, value, static_cast<uint16_t>(t.shard_in), t.writable != 0});
    } else {
      image.reg[t.key - kRegisterKeyBase] = value;
      image.reg_shard[t.key - kRegisterKeyBase] = static_cast<uint16_t>(t.shard_in);
    }
  }
  image.code.reserve(shard.executed.size());
  for (const Executed& e : shard.executed)
    image.code.push_back({e.rom, static_cast<uint16_t>(e.shard_in)});
  const size_t end = std::min<size_t>(shard.hints_end, hints.size());
  if (shard.hints_begin < end)
    image.hints.assign(hints.begin() + static_cast<std::ptrdiff_t>(shard.hints_begin),
                       hints.begin() + static_cast<std::ptrdiff_t>(end));
  return image;
}

Result<ShardRecord> record_image(const isa::Program& program, const ShardImage& image,
                                 uint64_t max_memory_bytes, const StopFlags& cancel) {
  const Code code(program);
  const Hooks silent;
  const Inputs inputs{{}, {}, image.hints};
  Machine machine(program, code, inputs, {.max_memory_bytes = max_memory_bytes}, silent, true);
  machine.memory.give(image.words);
  Processor& cpu = machine.cpu;
  cpu.reg = image.reg;
  cpu.op = cpu.fetch(image.pc);
  cpu.next = cpu.fetch(image.npc);
  SecretVector<uint16_t> code_shard(program.code_rows());
  for (const ShardImage::GivenCode& c : image.code)
    if (c.rom < code_shard.size()) code_shard[c.rom] = c.shard_in;
  const bool is_idle = image.cycles == 0 && image.halted;
  ShardStart start(cpu, image.number, image.reg_shard, std::move(code_shard), is_idle);
  ShardRecord record;
  Stop stop = is_idle ? Stop::kHalt : Stop::kSliceEnd;
  const uint64_t end = std::min(image.cycles, kMaxShardCycles);
  while (stop == Stop::kSliceEnd && cpu.cycles < end) {
    if (cancel.any()) return Error(Errc::kCancelled, "cancelled");
    const uint64_t slice = std::min<uint64_t>(end - cpu.cycles, kBlockCycles);
    stop = record_block(cpu, static_cast<uint32_t>(slice), record);
  }
  if (stop == Stop::kMemoryLimit)
    return Error(Errc::kMemoryLimit, "the shard touches more memory than a program may");
  if (stop == Stop::kFault || cpu.cycles != image.cycles || (stop == Stop::kHalt) != image.halted)
    return Error(Errc::kRejected, "what the shard begins with does not lead to its end");
  start.close(cpu, image.halted, record);
  return record;
}

}  // namespace mipzk::vm
