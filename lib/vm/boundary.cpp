// SPDX-License-Identifier: Apache-2.0
#include "vm/boundary.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace mipzk::vm {
namespace {

Touched touched_word(uint32_t key, uint32_t in, uint32_t out, bool writable, uint32_t shard_in,
                     uint32_t time) {
  return {key, in & 0xffff, in >> 16, out & 0xffff, out >> 16, writable, shard_in, time};
}

}  // namespace

size_t count_touched(Processor& cpu) {
  size_t count = 0;
  for (const uint32_t time : cpu.reg_time) count += time != 0;
  for (const Memory::Entered& entered : cpu.memory->shard_pages())
    for (const Cell& cell : cpu.memory->page(entered.address).cells)
      count += (cell.meta & kTimeMask) != 0;
  return count;
}

ShardStart::ShardStart(const Processor& cpu, size_t rom_rows)
    : state_{cpu.op->pc / 4, cpu.next->pc / 4},
      reg_(cpu.reg),
      reg_first_(cpu.reg),
      code_shard_(rom_rows) {}

ShardStart::ShardStart(const Processor& cpu, uint32_t shard,
                       const std::array<uint16_t, kRegisterCount>& reg_shard,
                       SecretVector<uint16_t> code_shard, bool halted)
    : ShardStart(cpu, 0) {
  if (halted) state_ = {kHaltedPc4, 0};
  shard_ = shard;
  reg_shard_ = reg_shard;
  code_shard_ = std::move(code_shard);
}

ShardStart::~ShardStart() { secure_zero(reg_.data(), sizeof reg_); }

void ShardStart::close(Processor& cpu, bool halted, ShardRecord& shard) {
  shard.cycles = cpu.cycles - cpu.shard_start;
  shard.touched.reserve(count_touched(cpu) + 1);  // and STATE
  Page initial;
  for (const Memory::Entered& entered : cpu.memory->shard_pages()) {
    const uint32_t address = entered.address;
    if (entered.before.empty()) cpu.memory->initial_page(address, initial);
    const Page& before = entered.before.empty() ? initial : entered.before[0];
    const Page& page = cpu.memory->page(address);
    PageShards& shards = cpu.memory->shards_of(address);
    for (uint32_t i = 0; i < kPageWords; ++i) {
      const Cell& cell = page.cells[i];
      const uint32_t time = cell.meta & kTimeMask;
      if (time == 0) continue;
      shard.touched.push_back(touched_word(address / 4 + i, before.cells[i].value, cell.value,
                                           (cell.meta & kWritable) != 0, shards.last[i], time));
      shards.last[i] = static_cast<uint16_t>(shard_);
    }
  }
  secure_zero(&initial, sizeof initial);
  for (uint32_t r = 0; r < kRegisterCount; ++r) {
    if (cpu.reg_time[r] == 0) continue;
    shard.touched.push_back(touched_word(kRegisterKeyBase + r, reg_[r], cpu.reg[r], true,
                                         reg_shard_[r], cpu.reg_time[r]));
    reg_shard_[r] = static_cast<uint16_t>(shard_);
  }
  // Every shard touches STATE.
  const State out = halted ? State{kHaltedPc4, 0} : State{cpu.op->pc / 4, cpu.next->pc / 4};
  shard.touched.push_back({kStateKey, state_.pc4, state_.npc4, out.pc4, out.npc4, 1, shard_ - 1,
                           static_cast<uint32_t>(4 * shard.cycles)});
  for (uint32_t i = 0; i < code_shard_.size(); ++i) {
    const uint32_t count = cpu.executed[cpu.code.place(i)];
    if (count == 0) continue;
    shard.executed.push_back({i, count, code_shard_[i]});
    code_shard_[i] = static_cast<uint16_t>(shard_);
  }
  halted_ = halted;
}

void ShardStart::next(Processor& cpu) {
  ++shard_;
  state_ = halted_ ? State{kHaltedPc4, 0} : State{cpu.op->pc / 4, cpu.next->pc / 4};
  reg_ = cpu.reg;
  cpu.reg_time = {};
  std::ranges::fill(cpu.executed, 0u);
  cpu.shard_start = cpu.cycles;
  cpu.memory->begin_shard();
}

SecretVector<SourceWord> ShardStart::source_words(Processor& cpu, const Outcome& outcome) const {
  const Windows& windows = *cpu.windows;
  const uint32_t public_words = windows.public_words();
  const uint32_t output_words = window_words(static_cast<uint32_t>(outcome.output.size()));
  SecretVector<SourceWord> words;
  Page initial;
  for (const uint32_t address : cpu.memory->sorted_pages()) {
    cpu.memory->initial_page(address, initial);
    const Page& page = cpu.memory->page(address);
    const PageShards& shards = cpu.memory->shards_of(address);
    for (uint32_t i = 0; i < kPageWords; ++i)
      if (shards.last[i] != 0)
        words.push_back(
            {address / 4 + i, initial.cells[i].value, page.cells[i].value, shards.last[i]});
  }
  secure_zero(&initial, sizeof initial);
  for (uint32_t r = 0; r < kRegisterCount; ++r)
    if (reg_shard_[r] != 0)
      words.push_back({kRegisterKeyBase + r, reg_first_[r], cpu.reg[r], reg_shard_[r]});
  // Public words that the run did not touch keep their initial value.
  const size_t touched = words.size();
  const auto add_untouched = [&](uint32_t key, uint32_t value) {
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(touched);
    const auto at = std::lower_bound(words.begin(), end, key,
                                     [](const SourceWord& w, uint32_t k) { return w.key < k; });
    if (at == end || at->key != key) words.push_back({key, value, value, 0});
  };
  for (uint32_t i = 0; i < public_words; ++i)
    add_untouched(isa::kPublicBase / 4 + i, windows.public_word(i));
  for (uint32_t i = 0; i < output_words; ++i) add_untouched(isa::kOutputBase / 4 + i, 0);
  if (words.size() != touched) {
    std::sort(words.begin(), words.end(),
              [](const SourceWord& a, const SourceWord& b) { return a.key < b.key; });
  }
  return words;
}

}  // namespace mipzk::vm
