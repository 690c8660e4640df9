// SPDX-License-Identifier: Apache-2.0
// Faults of the machine itself.
#include <algorithm>
#include <functional>

#include "adversarial/faults.hpp"
#include "trace/counts.hpp"
#include "unit/vm/events.hpp"

namespace mipzk::attack {

using isa::Class;
using vm::Event;

uint32_t other_value(Rng& rng, uint32_t v) {
  for (;;) {
    const auto r = static_cast<uint32_t>(rng());
    const uint32_t w = one_of(rng, {v ^ 1u << r % 32, v + 1, v - 1, v + 0x10000, v ^ 0x8000, ~v, 0u,
                                    1u, v << 16 | v >> 16, r, r & 0xff});
    if (w != v) return w;
  }
}

std::vector<uint32_t> touched_memory(const Subject& s) {
  std::vector<uint32_t> keys;
  for (const vm::Touched& t : s.honest.touched)
    if (t.key < vm::kRegisterKeyBase) keys.push_back(t.key);
  return keys;
}

bool is_load(const Step& step) { return test::is_load(step.rom.cls); }

namespace {

constexpr uint32_t kReg = vm::kRegisterKeyBase;

// Index of an honest step that is wanted: first its class is drawn, then the step, so that frequent
// instructions do not crowd out rare ones.
std::optional<size_t> pick(const Subject& s, Rng& rng,
                           const std::function<bool(const Step&)>& wanted) {
  std::array<std::vector<size_t>, isa::kClassCount> by_class;
  std::vector<unsigned> classes;
  for (size_t i = 0; i < s.honest.steps.size(); ++i) {
    const auto cls = static_cast<unsigned>(s.honest.steps[i].rom.cls);
    if (!wanted(s.honest.steps[i])) continue;
    if (by_class[cls].empty()) classes.push_back(cls);
    by_class[cls].push_back(i);
  }
  if (classes.empty()) return std::nullopt;
  return one_of(rng, by_class[one_of(rng, classes)]);
}
bool any(const Step&) { return true; }
bool no_halt(const Step& step) { return step.rom.cls != Class::kHalt; }
bool is_jump(const Step& step) { return test::event_shape(step.rom.cls).jump; }
bool is_store(const Step& step) { return test::is_store(step.rom.cls); }
bool in_kernel(const Step& step) {
  return step.event.pc >= isa::kKernelBase && step.event.pc < isa::kKernelEnd;
}
// Accesses that `wanted` accepts.
std::vector<Access> those(const Step& step, const std::function<bool(const Access&)>& wanted) {
  std::vector<Access> out;
  for (const Access& a : accesses(step))
    if (wanted(a)) out.push_back(a);
  return out;
}
bool writes_register(const Access& a) { return !a.is_operand() && !a.is_memory(); }
bool writes_memory(const Access& a) { return !a.is_operand() && a.is_memory(); }

uint32_t random_pc(const Subject& s, Rng& rng) {
  if (rng() % 2 == 0) return one_of(rng, s.honest.steps).event.pc;
  return one_of(rng, s.program->program.rom).pc4 * 4;
}

// The instruction has another result, or a flag, link or remainder beside it.
std::optional<Story> wrong_result(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) {  // a hint is the prover's choice
    return step.rom.cls != Class::kHint && !those(step, writes_register).empty();
  });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  run.step();
  const Access a = one_of(rng, those(run.last(), writes_register));
  const uint32_t v = other_value(rng, run.last().event.*a.after);
  run.last().event.*a.after = v;
  *run.value(a.key) = v;
  return run.finish();
}

// The instruction leaves another word in memory, also one that only loads.
std::optional<Story> wrong_word(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) { return !those(step, writes_memory).empty(); });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  run.step();
  const Access a = one_of(rng, those(run.last(), writes_memory));
  const uint32_t v = other_value(rng, run.last().event.*a.after);
  run.last().event.*a.after = v;
  *run.value(a.key) = v;
  return run.finish();
}

std::optional<Story> skipped(const Subject& s, Rng& rng) {
  FalseRun run(s, *pick(s, rng, no_halt));
  run.set_pc(run.npc(), run.npc() + 4);
  if (rng() % 2 == 0) ++run.cycles();
  return run.finish();
}

std::optional<Story> repeated(const Subject& s, Rng& rng) {
  FalseRun run(s, *pick(s, rng, no_halt));
  const uint32_t pc = run.pc(), npc = run.npc();
  run.step();
  run.set_pc(pc, npc);
  return run.finish();
}

// Another instruction is executed in place of the one that the program has there. The row tells its
// constants, or the program's if it belongs into the same table; or the row is that of the program
// and tells the result of the other.
std::optional<Story> replaced(const Subject& s, Rng& rng) {
  const isa::Program& program = s.program->program;
  const size_t k = *pick(s, rng, any);
  const auto [true_rom, event] = s.honest.steps[k];
  const auto word_at = [&](uint32_t key) {
    return std::lower_bound(program.image.begin(), program.image.end(), key,
                            [](const isa::ImageWord& w, uint32_t v) { return w.key < v; })
        ->value;
  };
  const uint32_t word = rng() % 3 == 0 ? word_at(one_of(rng, program.rom).pc4)
                                       : word_at(event.pc / 4) ^ 1u << rng() % 32;
  const auto other_word = isa::lower(event.pc, word, {program.little_endian, program.trap_vector});
  FalseRun run(s, k);
  if (!other_word || !run.step_as(*other_word)) return std::nullopt;
  const uint64_t how = rng() % 3;
  if (how == 0) return run.finish();
  if (how == 1) {
    if (other_word->entry.cls != true_rom.cls) return std::nullopt;
    run.last().rom = true_rom;
    return run.finish();
  }
  FalseRun other(s, k);
  other.step();
  const auto from = those(run.last(), writes_register), to = those(other.last(), writes_register);
  if (from.empty() || to.empty() || true_rom.cls == Class::kHint) return std::nullopt;
  const uint32_t v = run.last().event.*from.back().after;
  other.last().event.*to.back().after = *other.value(to.back().key) = v;
  return other.finish();
}

std::optional<Story> wrong_pc(const Subject& s, Rng& rng) {
  FalseRun run(s, *pick(s, rng, any));
  const uint32_t pc = run.pc(), npc = run.npc(), to = random_pc(s, rng);
  switch (rng() % 4) {
    case 0:
      run.set_pc(to, to + 4);
      break;
    case 1:
      run.set_pc(to, npc);
      break;
    case 2:
      run.set_pc(pc, to);
      break;
    default:
      run.set_pc(npc, pc);
  }
  return run.finish();
}

// A jump or branch, or a trap, tells another successor and goes there.
std::optional<Story> wrong_target(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) { return is_jump(step) && no_halt(step); });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  run.step();
  const uint32_t to = rng() % 4 == 0 ? run.npc() + 4 : random_pc(s, rng);
  run.last().event.next_npc = to;
  run.set_pc(run.pc(), to);
  return run.finish();
}

std::optional<Story> wrong_register(const Subject& s, Rng& rng) {
  std::vector<uint32_t> used;
  for (const vm::Touched& t : s.honest.touched)
    if (t.key >= kReg && t.key != vm::kStateKey) used.push_back(t.key);
  FalseRun run(s, *pick(s, rng, any));
  const auto anyone = static_cast<uint32_t>(kReg + rng() % isa::kRegisterEnd);
  const uint32_t key = rng() % 4 == 0 ? anyone : one_of(rng, used);
  *run.value(key) = other_value(rng, *run.value(key));
  return run.finish();
}

std::optional<Story> wrong_memory(const Subject& s, Rng& rng) {
  const std::vector<uint32_t> keys = touched_memory(s);
  if (keys.empty()) return std::nullopt;
  FalseRun run(s, *pick(s, rng, any));
  const uint32_t key = one_of(rng, keys) + one_of(rng, {0u, 0u, 0u, 1u, ~0u});
  uint32_t* word = run.value(key);
  if (word == nullptr) return std::nullopt;
  *word = other_value(rng, *word);
  return run.finish();
}

bool writes(const Step& step, uint32_t key) {
  return !those(step, [&](const Access& a) { return a.key == key && !a.is_operand(); }).empty();
}

// The instruction sees something else in a register than there is; $zero included.
std::optional<Story> wrong_operand(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) {
    return !those(step, [](const Access& a) { return a.is_operand(); }).empty();
  });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  const Access a = one_of(
      rng, those(s.honest.steps[*k], [](const Access& access) { return access.is_operand(); }));
  const uint32_t v = *run.value(a.key);
  *run.value(a.key) = other_value(rng, v);
  if (!run.step()) return std::nullopt;
  if (!writes(run.last(), a.key)) *run.value(a.key) = v;
  return run.finish();
}

// A load sees something else in memory than there is.
std::optional<Story> wrong_load(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, is_load);
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  const Access a = one_of(
      rng, those(s.honest.steps[*k], [](const Access& access) { return access.is_memory(); }));
  const uint32_t v = *run.value(a.key);
  *run.value(a.key) = other_value(rng, v);
  run.step();
  *run.value(a.key) = v;
  return run.finish();
}

// After a system call, before the program goes on.
std::optional<Story> wrong_call_result(const Subject& s, Rng& rng) {
  std::vector<size_t> returns;
  for (size_t i = 1; i < s.honest.steps.size(); ++i)
    if (in_kernel(s.honest.steps[i - 1]) && !in_kernel(s.honest.steps[i])) returns.push_back(i);
  if (returns.empty()) return std::nullopt;
  FalseRun run(s, one_of(rng, returns));
  uint32_t& reg = *run.value(kReg + one_of(rng, {2u, 7u}));
  reg = other_value(rng, reg);
  return run.finish();
}

// A word that the kernel writes for the program: copied input, output, or what a structure holds.
std::optional<Story> wrong_call_data(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) {
    return in_kernel(step) && is_store(step) &&
           (step.event.mem_addr < isa::kKernelBase || step.event.mem_addr >= isa::kOutputBase);
  });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  run.step();
  const Access a = one_of(rng, those(run.last(), writes_memory));
  const uint32_t v = other_value(rng, run.last().event.*a.after);
  if (rng() % 2 == 0) run.last().event.*a.after = v;
  *run.value(a.key) = v;
  return run.finish();
}

// A branch is taken that should not be, or the other way round.
std::optional<Story> wrong_branch(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) {
    const isa::Flow::Kind kind = isa::class_info(step.rom.cls).flow.kind;
    return kind == isa::Flow::kBranch || kind == isa::Flow::kBranchLikely;
  });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  const uint32_t slot = run.npc();
  run.step();
  Step& branch = run.last();
  const uint32_t target = *isa::target_of(branch.rom) * 4;
  uint32_t pc = slot, npc = branch.event.next_npc == target ? slot + 4 : target;
  if (branch.rom.cls == Class::kBranchLikely) {
    const bool taken = run.pc() == slot;
    pc = taken ? slot + 4 : slot;
    npc = taken ? slot + 8 : target;
  }
  branch.event.next_npc = npc;
  run.set_pc(pc, npc);
  return run.finish();
}

// The instruction behind a jump or branch is annulled that should not be, or the other way round.
std::optional<Story> wrong_slot(const Subject& s, Rng& rng) {
  const auto k = pick(
      s, rng, [](const Step& step) { return isa::class_info(step.rom.cls).flow.has_delay_slot(); });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  const uint32_t slot = run.npc();
  run.step();
  if (run.pc() == slot) {
    run.set_pc(run.npc(), run.npc() + 4);
  } else {
    run.set_pc(slot, slot + 4);
  }
  return run.finish();
}

// A store that would change something does not happen, and either says so or not.
std::optional<Story> store_dropped(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) {
    return is_store(step) && !those(step, [&](const Access& a) {
                                return writes_memory(a) &&
                                       step.event.*a.before != step.event.*a.after;
                              }).empty();
  });
  if (!k) return std::nullopt;
  FalseRun run(s, *k);
  run.step();
  Event& e = run.last().event;
  const bool says_so = rng() % 2 == 0;
  for (const Access& a : those(run.last(), writes_memory)) {
    *run.value(a.key) = e.*a.before;
    if (says_so) e.*a.after = e.*a.before;
  }
  return run.finish();
}

// A load or store goes to another address, also where the program must not write. The base register
// is told as it is, or as it would have to be.
std::optional<Story> wrong_address(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) { return is_store(step) || is_load(step); });
  const std::vector<uint32_t> keys = touched_memory(s);
  if (!k || keys.empty()) return std::nullopt;
  const Step& honest = s.honest.steps[*k];
  const uint32_t delta = one_of(rng, keys) * 4 - (honest.event.mem_addr & ~3u);
  FalseRun run(s, *k);
  const uint32_t base = kReg + honest.rom.rs, value = *run.value(base);
  const uint32_t address = honest.event.mem_addr + delta;
  const bool open = run.value(address / 4) != nullptr && is_store(honest);
  if (open) run.set_writable(address, true);
  *run.value(base) = value + delta;
  if (!run.step()) return std::nullopt;
  if (!writes(run.last(), base)) *run.value(base) = value;
  if (rng() % 2 == 0) run.last().event.rs = value;
  return run.finish();
}

// An operand is read as it was before its last change, and the times tell that order.
std::optional<Story> stale_read(const Subject& s, Rng& rng) {
  const auto k = pick(s, rng, [](const Step& step) { return !accesses(step).empty(); });
  if (!k) return std::nullopt;
  const Step& honest = s.honest.steps[*k];
  const Access a = one_of(rng, accesses(honest));
  if (those(honest, [&](const Access& b) { return b.key == a.key; }).size() != 1)
    return std::nullopt;
  FalseRun run(s, *k);
  for (size_t j = run.past().size(); j-- > 0;) {
    const std::vector<Access> before =
        those(run.past()[j], [&](const Access& b) { return b.key == a.key; });
    if (before.empty()) continue;
    Event& e = run.past()[j].event;
    const Access last = before.back();
    if (before.size() != 1 || e.*last.before == e.*last.after) return std::nullopt;
    const uint32_t value = *run.value(a.key), time = run.time(a.key);
    *run.value(a.key) = e.*last.before;
    run.set_time(a.key, e.*last.time);
    if (!run.step() || !those(run.last(), [&](const Access& b) {
                          return b.key == a.key && b.slot != a.slot;
                        }).empty())
      return std::nullopt;
    run.past()[j].event.*last.time = run.time(a.key);
    if (a.is_operand()) *run.value(a.key) = value;
    run.set_time(a.key, time);
    return run.finish();
  }
  return std::nullopt;
}

// Two instructions in the wrong order.
std::optional<Story> swapped(const Subject& s, Rng& rng) {
  const size_t k = *pick(s, rng, any);
  if (k + 1 == s.honest.steps.size() || is_jump(s.honest.steps[k]) ||
      is_jump(s.honest.steps[k + 1]))
    return std::nullopt;
  FalseRun run(s, k);
  const uint32_t first = run.pc(), second = run.npc();
  run.set_pc(second, first);
  if (!run.step()) return std::nullopt;
  run.set_pc(first, second);
  if (!run.step()) return std::nullopt;
  run.set_pc(second + 4, second + 8);
  return run.finish();
}

// The clock jumps, or goes back.
std::optional<Story> wrong_clock(const Subject& s, Rng& rng) {
  FalseRun run(s, *pick(s, rng, any));
  const uint64_t back = std::min<uint64_t>(run.cycles(), 1 + rng() % 20);
  if (rng() % 3 == 0 && back != 0) {
    run.cycles() -= back;
  } else {
    run.cycles() += one_of<uint64_t>(rng, {1, 2, 100, 20000});
  }
  return run.finish();
}

// The run is taken for finished, goes to a HALT, or executes one that is not in the program.
std::optional<Story> early_end(const Subject& s, Rng& rng) {
  FalseRun run(s, *pick(s, rng, any));
  const uint64_t how = rng() % 3;
  if (how == 0) {
    auto story = run.stop_here();
    constexpr uint32_t kKey = kReg + isa::kExitCode;
    if (story && (story->finals.empty() || story->finals.back().key != kKey)) {
      const auto at =
          std::lower_bound(story->finals.begin(), story->finals.end(), kKey,
                           [](const vm::SourceWord& w, uint32_t key) { return w.key < key; });
      if (at == story->finals.end() || at->key != kKey) story->finals.insert(at, {kKey, 0, 0, 0});
    }
    return story;
  }
  if (how == 1) {
    const uint32_t halt = s.honest.steps.back().event.pc;
    run.set_pc(halt, halt + 4);
    return run.finish();
  }
  if (!run.step_as(*isa::lower(run.pc(), test::kHaltWord))) return std::nullopt;
  return run.finish();
}

// The first instructions are left out; the start is told as it should be, or as it was.
std::optional<Story> late_start(const Subject& s, Rng& rng) {
  const Event& first = one_of(rng, s.honest.steps).event;
  FalseRun run(s, 0);
  run.set_pc(first.pc, first.npc);
  auto story = run.finish();
  if (story && rng() % 2 == 0) {
    story->touched.back().in_lo = first.pc / 4;
    story->touched.back().in_hi = first.npc / 4;
  }
  return story;
}

constexpr FaultKind kKinds[] = {
    {"wrong result", wrong_result},
    {"wrong word in memory", wrong_word},
    {"skipped", skipped},
    {"executed twice", repeated},
    {"another instruction", replaced},
    {"pc or npc changed", wrong_pc},
    {"jump elsewhere", wrong_target},
    {"register changed", wrong_register},
    {"memory changed", wrong_memory},
    {"operand misread", wrong_operand},
    {"load misread", wrong_load},
    {"system call's result", wrong_call_result},
    {"system call's data", wrong_call_data},
    {"branch flipped", wrong_branch},
    {"delay slot", wrong_slot},
    {"store dropped", store_dropped},
    {"another address", wrong_address},
    {"stale read", stale_read},
    {"exchanged order", swapped},
    {"clock", wrong_clock},
    {"stopped early", early_end},
    {"started late", late_start},
};

}  // namespace

std::span<const FaultKind> machine_faults() { return kKinds; }

}  // namespace mipzk::attack
