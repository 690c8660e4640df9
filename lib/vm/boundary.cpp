// SPDX-License-Identifier: Apache-2.0
#include "vm/boundary.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace mipzk::vm {
namespace {

Touched touched_word(uint32_t key, uint32_t in, uint32_t out, bool writable, uint32_t time) {
  return {key, in & 0xffff, in >> 16, out & 0xffff, out >> 16, writable, 0, time};
}

}  // namespace

size_t count_touched(Processor& cpu) {
  size_t count = 0;
  for (const uint32_t time : cpu.reg_time) count += time != 0;
  for (const uint32_t address : cpu.memory->sorted_pages())
    for (const Cell& cell : cpu.memory->page(address).cells) count += (cell.meta & kTimeMask) != 0;
  return count;
}

void close_shard(const isa::Program& program, Processor& cpu, const Registers& initial_registers,
                 ShardRecord& shard) {
  shard.cycles = cpu.cycles;
  shard.touched.reserve(count_touched(cpu) + 1);  // and STATE
  Page initial;
  for (const uint32_t address : cpu.memory->sorted_pages()) {
    const Page& page = cpu.memory->page(address);
    cpu.memory->initial_page(address, initial);
    for (uint32_t i = 0; i < kPageWords; ++i) {
      const Cell& cell = page.cells[i];
      const uint32_t time = cell.meta & kTimeMask;
      if (time == 0) continue;
      shard.touched.push_back(touched_word(address / 4 + i, initial.cells[i].value, cell.value,
                                           (cell.meta & kWritable) != 0, time));
    }
  }
  secure_zero(&initial, sizeof initial);
  for (uint32_t r = 0; r < kRegisterCount; ++r) {
    if (cpu.reg_time[r] == 0) continue;
    shard.touched.push_back(touched_word(kRegisterKeyBase + r, initial_registers[r], cpu.reg[r],
                                         true, cpu.reg_time[r]));
  }
  const uint32_t entry4 = program.entry / 4;
  shard.touched.push_back(
      {kStateKey, entry4, entry4 + 1, kHaltedPc4, 0, 1, 0, static_cast<uint32_t>(4 * cpu.cycles)});
}

SecretVector<SourceWord> source_words(const Windows& windows, const ShardRecord& shard,
                                      const Outcome& outcome) {
  const uint32_t output_words = window_words(static_cast<uint32_t>(outcome.output.size()));
  SecretVector<SourceWord> words;
  words.reserve(shard.touched.size() + windows.public_words() + output_words);
  for (const Touched& t : shard.touched) {
    if (t.key == kStateKey) continue;
    words.push_back({t.key, t.in_lo | t.in_hi << 16, t.out_lo | t.out_hi << 16, 1});
  }
  // Public words that the run did not touch keep their initial value.
  const size_t touched = words.size();
  const auto add_untouched = [&](uint32_t key, uint32_t value) {
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(touched);
    const auto at = std::lower_bound(words.begin(), end, key,
                                     [](const SourceWord& w, uint32_t k) { return w.key < k; });
    if (at == end || at->key != key) words.push_back({key, value, value, 0});
  };
  for (uint32_t i = 0; i < windows.public_words(); ++i)
    add_untouched(isa::kPublicBase / 4 + i, windows.public_word(i));
  for (uint32_t i = 0; i < output_words; ++i) add_untouched(isa::kOutputBase / 4 + i, 0);
  if (words.size() != touched) {
    std::sort(words.begin(), words.end(),
              [](const SourceWord& a, const SourceWord& b) { return a.key < b.key; });
  }
  return words;
}

}  // namespace mipzk::vm
