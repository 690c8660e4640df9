// SPDX-License-Identifier: Apache-2.0
#include "debug/code_map.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/format.hpp"

namespace mipzk::debug {
namespace {

std::string demangled(const std::string& name) {
  if (name.rfind("_Z", 0) != 0) return name;
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };
  int status = 0;
  const std::unique_ptr<char, Free> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status));
  return status == 0 && text != nullptr ? text.get() : name;
}

std::string address_name(uint32_t address) { return format_text("0x%08x", address); }

// Addresses where a function without a symbol begins.
std::vector<uint32_t> call_targets(const isa::Program& program) {
  std::vector<uint32_t> targets = {program.entry, program.trap_vector};
  for (const isa::RomEntry& e : program.rom) {
    const isa::ClassInfo& cls = isa::class_info(e.cls);
    if (cls.flow.kind == isa::Flow::kJump && cls.links()) targets.push_back(4 * *isa::target_of(e));
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

}  // namespace

CodeMap::CodeMap(const isa::Program& program) : program_(program) {
  const auto& rom = program.rom;
  for (uint32_t i = 0; i < rom.size(); ++i) {
    if (i == 0 || rom[i].pc4 != rom[i - 1].pc4 + 1) runs_.push_back({rom[i].pc4, 0, i});
    ++runs_.back().count;
  }
  for (const Run& run : runs_)
    if (run.count > first_run_.count) first_run_ = run;
  find_functions();
  find_straight_code();
}

uint32_t CodeMap::index_elsewhere(uint32_t pc) const {
  const uint32_t pc4 = pc / 4;
  auto run = std::upper_bound(runs_.begin(), runs_.end(), pc4,
                              [](uint32_t v, const Run& r) { return v < r.begin; });
  if (run == runs_.begin()) return kNone;
  --run;
  return pc4 - run->begin < run->count ? run->index + (pc4 - run->begin) : kNone;
}

void CodeMap::find_functions() {
  const auto& symbols = program_.symbols;
  const std::vector<uint32_t> targets = call_targets(program_);
  auto symbol = symbols.begin();
  const isa::Symbol* current = nullptr;
  uint32_t last_pc = 0;
  bool named = false;  // the last function
  const auto covers = [](const isa::Symbol* s, uint32_t address) {
    return s != nullptr && s->size != 0 && address - s->address < s->size;
  };
  function_of_.reserve(program_.rom.size());
  for (const isa::RomEntry& e : program_.rom) {
    const uint32_t pc = 4 * e.pc4;
    const isa::Symbol* const before = current;
    for (; symbol != symbols.end() && symbol->address <= pc; ++symbol) {
      if (symbol->name.empty()) continue;
      // Of several at one address the first is the best to show, unless only a later has a size.
      if (current != nullptr && current->address == symbol->address &&
          (current->size != 0 || symbol->size == 0))
        continue;
      if (symbol->size == 0 && covers(current, symbol->address)) continue;
      current = &*symbol;
    }
    const bool has_name = current != nullptr && (current->size == 0 || covers(current, pc));
    const bool begins =
        functions_.empty() || has_name != named || (has_name && current != before) ||
        (!has_name &&
         (pc != last_pc + 4 || std::binary_search(targets.begin(), targets.end(), pc)));
    if (begins) {
      functions_.push_back({has_name ? current->address : pc,
                            has_name ? demangled(current->name) : address_name(pc)});
    }
    named = has_name;
    last_pc = pc;
    function_of_.push_back(static_cast<uint32_t>(functions_.size() - 1));
  }
}

void CodeMap::find_straight_code() {
  const auto& rom = program_.rom;
  straight_.resize(rom.size());
  for (size_t i = rom.size(); i-- > 0;) {
    if (isa::class_info(rom[i].cls).flow.kind != isa::Flow::kNext ||
        isa::is_machine_call(program_.operations[i].handler))
      continue;
    const bool goes_on = i + 1 < rom.size() && rom[i + 1].pc4 == rom[i].pc4 + 1 &&
                         function_of_[i + 1] == function_of_[i];
    straight_[i] = goes_on ? straight_[i + 1] + 1 : 1;
  }
}

std::optional<uint32_t> CodeMap::word(uint32_t pc) const {
  const auto w = std::lower_bound(program_.image.begin(), program_.image.end(), pc / 4,
                                  [](const isa::ImageWord& a, uint32_t k) { return a.key < k; });
  if (w == program_.image.end() || w->key != pc / 4) return std::nullopt;
  return w->value;
}

}  // namespace mipzk::debug
