// SPDX-License-Identifier: Apache-2.0
#include "adversarial/false_run.hpp"

#include <algorithm>
#include <cstring>

#include "trace/counts.hpp"
#include "unit/vm/events.hpp"

namespace mipzk::attack {

using vm::Event;

std::vector<Access> accesses(const Step& step) {
  constexpr uint32_t kReg = vm::kRegisterKeyBase;
  const isa::RomEntry& rom = step.rom;
  const test::EventShape shape = test::event_shape(rom.cls);
  const uint32_t word = step.event.mem_addr / 4;
  std::vector<Access> out;
  if (shape.rs) out.push_back({kReg + rom.rs, 1, &Event::rs, &Event::rs, &Event::t_rs});
  if (shape.rt)
    out.push_back({shape.next_word && !shape.store ? word + 1 : kReg + rom.rt, 2, &Event::rt,
                   &Event::rt, &Event::t_rt});
  if (shape.mem)
    out.push_back({shape.link ? kReg + isa::kLink : word, 3, &Event::mem_old, &Event::mem_new,
                   &Event::t_mem});
  if (shape.hi)
    out.push_back({kReg + test::hi_register(rom), 3, &Event::hi_old, &Event::hi_new, &Event::t_hi});
  if (shape.rd)
    out.push_back({shape.next_word && shape.store ? word + 1 : kReg + test::rd_register(rom), 4,
                   &Event::rd_old, &Event::rd_new, &Event::t_rd});
  return out;
}

namespace {

// Records of 32-bit words.
template <class T>
bool same(const SecretVector<T>& a, const SecretVector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}
static_assert(sizeof(Event) == 19 * 4 && sizeof(vm::Bump) == 6 * 4 && sizeof(vm::Touched) == 8 * 4);

}  // namespace

bool operator==(const Story& a, const Story& b) {
  return std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const Step& x, const Step& y) {
                      return x.rom == y.rom && std::memcmp(&x.event, &y.event, sizeof(Event)) == 0;
                    }) &&
         same(a.bumps, b.bumps) && same(a.touched, b.touched) && a.finals == b.finals &&
         a.public_input == b.public_input && a.output == b.output && a.exit_code == b.exit_code;
}

Subject::Subject(std::string name_, const prove::LoadedProgram& program_, Bytes3 in_)
    : name(std::move(name_)), program(&program_), in(std::move(in_)), code(program_.program) {
  FalseRun run(program_, code, in, 100'000);
  std::optional<Story> story = run.finish();
  EXPECT_TRUE(story) << name << " has no run";
  if (story) honest = std::move(*story);
}

FalseRun::FalseRun(const prove::LoadedProgram& program, const vm::Code& code, const Bytes3& in,
                   size_t max_steps)
    : program_(program),
      code_(code),
      in_(in),
      max_steps_(max_steps),
      machine_(program.program, code, {in.private_input, in.public_input, in.hints}, {}, hooks_,
               true),
      start_(machine_.cpu, program.program.code_rows()) {
  machine_.cpu.stops_at_faults = true;
}

FalseRun::FalseRun(const Subject& s, size_t steps)
    : FalseRun(*s.program, s.code, s.in, 2 * s.honest.steps.size() + 1000) {
  while (steps_.size() < steps && step()) {
  }
}

const isa::RomEntry* FalseRun::rom_at(uint32_t pc) const {
  const int64_t i = trace::find_rom(program_.program, pc / 4);
  return i < 0 ? nullptr : &program_.program.rom[static_cast<size_t>(i)];
}

bool FalseRun::step() {
  const isa::RomEntry* rom = rom_at(pc());
  return rom != nullptr && record(*rom);
}

bool FalseRun::step_as(const isa::Lowered& instruction) {
  isa::Program other;
  other.rom = {instruction.entry};
  other.operations = {instruction.operation};
  const vm::Code code(other);
  machine_.cpu.op = code.find(pc());
  const bool done = record(instruction.entry);
  set_pc(pc(), npc());  // away from `code`
  return done;
}

bool FalseRun::record(const isa::RomEntry& rom) {
  if (halted_) return false;
  vm::Processor again(code_);
  again.reg = machine_.cpu.reg;
  again.reg_time = machine_.cpu.reg_time;
  again.op = machine_.cpu.op;
  again.next = machine_.cpu.next;
  again.cycles = machine_.cpu.cycles;
  vm::Cell log[vm::kMaxAccesses];
  vm::ClassCounts counts{};
  uint32_t executed = 0;
  vm::Recorder recorder{log, counts, nullptr, &executed, machine_.cpu.op};
  const vm::Stop stop = vm::execute_recording(machine_.cpu, 1, recorder);
  const auto cls = static_cast<size_t>(rom.cls);
  if (counts[cls] == 0) return false;
  Event event;
  vm::EventSink sink{log, {}, bumps_};
  sink.at[cls] = &event;
  vm::execute_replaying(again, 1, sink);
  steps_.push_back({rom, event});
  halted_ = stop == vm::Stop::kHalt;
  return true;
}

void FalseRun::set_pc(uint32_t pc, uint32_t npc) {
  machine_.cpu.op = machine_.cpu.fetch(pc);
  machine_.cpu.next = machine_.cpu.fetch(npc);
}

uint32_t* FalseRun::value(uint32_t key) {
  if (key >= vm::kRegisterKeyBase) return &machine_.cpu.reg[key - vm::kRegisterKeyBase];
  vm::Cell* cell = machine_.memory.cell(key * 4);
  return cell != nullptr && (cell->meta & vm::kMapped) != 0 ? &cell->value : nullptr;
}

uint32_t FalseRun::time(uint32_t key) {
  if (key >= vm::kRegisterKeyBase) return machine_.cpu.reg_time[key - vm::kRegisterKeyBase];
  return machine_.memory.cell(key * 4)->meta & vm::kTimeMask;
}

void FalseRun::set_time(uint32_t key, uint32_t t) {
  if (key >= vm::kRegisterKeyBase) {
    machine_.cpu.reg_time[key - vm::kRegisterKeyBase] = t;
  } else {
    uint32_t& meta = machine_.memory.cell(key * 4)->meta;
    meta = (meta & ~vm::kTimeMask) | t;
  }
}

void FalseRun::set_writable(uint32_t address, bool writable) {
  uint32_t& meta = machine_.memory.cell(address)->meta;
  meta = writable ? meta | vm::kWritable : meta & ~vm::kWritable;
}

std::optional<Story> FalseRun::finish() {
  while (steps_.size() < max_steps_ && step()) {
  }
  return halted_ ? stop_here() : std::nullopt;
}

std::optional<Story> FalseRun::stop_here() {
  auto outcome = vm::finish(program_.program, machine_.cpu, nullptr);
  if (!outcome) return std::nullopt;
  vm::ShardRecord shard;
  start_.close(machine_.cpu, true, shard);
  Story story;
  story.finals = start_.source_words(machine_.cpu, *outcome);
  story.steps = std::move(steps_);
  story.bumps = std::move(bumps_);
  story.touched = std::move(shard.touched);
  story.public_input = in_.public_input;
  story.output = std::move(outcome->output);
  story.exit_code = outcome->exit_code;
  return story;
}

}  // namespace mipzk::attack
