// SPDX-License-Identifier: Apache-2.0
// The two results of lowering against each other: what the machine does for an operation is what
// the constants of the ROM entry say. The program id covers the entry alone, so a handler that does
// something else would be a machine whose runs have no proof.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "isa/decode.hpp"
#include "isa/lower.hpp"
#include "unit/vm/event_check.hpp"
#include "unit/vm/guest.hpp"
#include "vm/interpreter.hpp"

namespace mipzk::test {
namespace {

using isa::Handler;
using isa::Lowered;

constexpr uint32_t kDataWords = 256;

uint32_t random_value(std::mt19937& rng) {
  static constexpr uint32_t kEdges[] = {0, 1, 0x7f, 0x80, 0x7fffffff, 0x80000000, 0xffffffff};
  switch (rng() % 4) {
    case 0:
      return kEdges[rng() % std::size(kEdges)];
    case 1:
      return static_cast<uint32_t>(rng()) >> rng() % 32;
    default:
      return static_cast<uint32_t>(rng());
  }
}

// The event is about the registers that the entry names, and no others change.
void check_registers(const vm::Event& event, const isa::RomEntry& e, const vm::Registers& before,
                     const vm::Registers& after) {
  const EventShape shape = event_shape(e.cls);
  vm::Registers want = before;
  const auto write = [&](unsigned reg, uint32_t from, uint32_t to) {
    EXPECT_EQ(from, before[reg]);
    want[reg] = to;
  };
  if (shape.rs) {
    EXPECT_EQ(event.rs, before[e.rs]);
  }
  if (shape.rt && (!shape.next_word || shape.store)) {
    EXPECT_EQ(event.rt, before[e.rt]);
  }
  if (shape.link) write(isa::kLink, event.mem_old, event.mem_new);
  if (shape.hi) write(hi_register(e), event.hi_old, event.hi_new);
  if (shape.rd && !(shape.next_word && shape.store))
    write(rd_register(e), event.rd_old, event.rd_new);
  EXPECT_EQ(after, want);
}

// A machine with some memory that executes one instruction at a time, each of them at kText.
class Bench {
 public:
  explicit Bench(bool little_endian)
      : program_(memory_only(little_endian)),
        windows_({.private_input = {}, .public_input = {}, .hints = view(hints_)}, little_endian),
        memory_(program_, windows_, 1u << 20, true) {}

  // Executes it with random registers, and checks its event against its entry; false when the
  // machine stops with a fault.
  bool run(const Lowered& instruction, std::mt19937& rng) {
    isa::Program alone;
    alone.rom = {instruction.entry};
    alone.operations = {instruction.operation};
    const vm::Code code(alone);
    vm::Processor cpu(code, memory_, windows_, nullptr), again(code);
    const isa::RomEntry& e = instruction.entry;
    for (unsigned r = 1; r < vm::kRegisterCount; ++r) cpu.reg[r] = random_value(rng);
    if (rng() % 4 == 0) cpu.reg[e.rt] = cpu.reg[e.rs];
    if (rng() % 4 == 0) cpu.reg[e.rt] = 0;
    if (rng() % 2 == 0) cpu.reg[e.rs] &= ~3u;  // a place to jump to
    const EventShape shape = event_shape(e.cls);
    if (shape.mem && !shape.link) {
      const uint32_t address = kData + rng() % (4 * kDataWords - 8);
      cpu.reg[e.rs] = (rng() % 4 == 0 ? address : address & ~7u) - (e.k[0] | e.k[1] << 16);
      if (rng() % 2 == 0) cpu.reg[isa::kLink] = cpu.reg[e.rs] + (e.k[0] | e.k[1] << 16);
    }
    cpu.reg[0] = 0;
    cpu.cycles = again.cycles = cycles_++;
    const vm::Registers before = again.reg = cpu.reg;
    for (vm::Processor* p : {&cpu, &again}) p->start(4 * e.pc4);

    vm::Cell log[vm::kMaxAccesses];
    vm::ClassCounts counts{};
    uint32_t executed = 0;
    vm::Recorder recorder{log, counts, nullptr, &executed, cpu.op};
    const vm::Stop stop = vm::execute_recording(cpu, 1, recorder);
    if (stop == vm::Stop::kFault) return false;
    const auto cls = static_cast<size_t>(e.cls);
    EXPECT_EQ(counts[cls], 1u);
    EXPECT_EQ(executed, 1u);
    vm::Event event;
    SecretVector<vm::Bump> bumps;
    vm::EventSink sink{log, {}, bumps};
    sink.at[cls] = &event;
    vm::execute_replaying(again, 1, sink);
    check_event(event, e);
    check_registers(event, e, before, cpu.reg);
    EXPECT_EQ(cpu.reg, again.reg);
    if (e.cls != isa::Class::kHalt) {
      EXPECT_EQ(cpu.op->pc, next_pc(event, e));
    }
    return true;
  }

 private:
  static isa::Program memory_only(bool little_endian) {
    Guest g;
    g.little_endian = little_endian;
    g.halt();
    g.data.assign(kDataWords, 0x89abcdef);
    return g.program();
  }

  const isa::Program program_;
  const std::string hints_ = std::string(1 << 20, 'h');
  vm::Windows windows_;
  vm::Memory memory_;
  uint64_t cycles_ = 0;
};

// Words of all forms of an instruction: with fields of zero, and for traps any word.
uint32_t random_word(const isa::OpInfo& info, std::mt19937& rng) {
  auto fields = static_cast<uint32_t>(rng());
  for (unsigned at : {6u, 11u, 16u, 21u})
    if (rng() % 4 == 0) fields &= ~(31u << at);
  if (rng() % 8 == 0) fields &= 0xffff0000u;
  if (info.op == isa::Op::kSyscall) return info.match | static_cast<uint32_t>(rng() % 5) << 6;
  return info.match | (fields & ~info.mask);
}

std::optional<Lowered> random_instruction(const isa::OpInfo& info, bool little_endian,
                                          std::mt19937& rng, uint32_t& word) {
  word = random_word(info, rng);
  const uint32_t vector = rng() % 2 != 0 ? isa::kKernelBase + 0x180 : 0;
  return isa::lower(kText, word, {little_endian, vector});
}

TEST(Operation, DoesWhatItsEntrySays) {
  std::mt19937 rng(3);
  std::set<Handler> completed;
  for (const bool little_endian : {false, true}) {
    Bench bench(little_endian);
    for (const isa::OpInfo& info : isa::kOps) {
      for (unsigned n = 0; n < 100; ++n) {
        uint32_t word = 0;
        const auto l = random_instruction(info, little_endian, rng, word);
        if (!l) continue;
        SCOPED_TRACE(isa::disassemble(kText, word));
        ASSERT_EQ(isa::class_of(l->operation.handler), l->entry.cls);
        for (unsigned i = 0; i < 4; ++i)
          if (bench.run(*l, rng)) completed.insert(l->operation.handler);
        if (HasFailure()) return;
      }
    }
  }
  EXPECT_EQ(completed.size(), isa::kHandlerCount - 1);  // all but kMissing
}

// The check above notices every other handler of the same class.
TEST(Operation, IsNotTakenForAnother) {
  std::mt19937 rng(4);
  std::set<std::pair<Handler, Handler>> pairs;
  for (unsigned i = 1; i < isa::kHandlerCount; ++i)
    for (unsigned j = 1; j < isa::kHandlerCount; ++j) {
      const auto a = static_cast<Handler>(i), b = static_cast<Handler>(j);
      if (a != b && isa::class_of(a) == isa::class_of(b)) pairs.emplace(a, b);
    }
  // These two differ for the host alone.
  pairs.erase({Handler::kNop, Handler::kHost});
  pairs.erase({Handler::kHost, Handler::kNop});
  ASSERT_GT(pairs.size(), 100u);
  Bench bench(false);
  for (unsigned round = 0; round < 200 && !pairs.empty(); ++round) {
    for (const isa::OpInfo& info : isa::kOps) {
      uint32_t word = 0;
      const auto l = random_instruction(info, false, rng, word);
      if (!l) continue;
      for (auto pair = pairs.begin(); pair != pairs.end();) {
        if (pair->first != l->operation.handler) {
          ++pair;
          continue;
        }
        Lowered other = *l;
        other.operation.handler = pair->second;
        testing::TestPartResultArray found;
        {
          testing::ScopedFakeTestPartResultReporter reporter(
              testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
          bench.run(other, rng);
        }
        pair = found.size() > 0 ? pairs.erase(pair) : std::next(pair);
      }
    }
  }
  for (const auto& [a, b] : pairs)
    ADD_FAILURE() << "handler " << static_cast<unsigned>(a) << " passes for "
                  << static_cast<unsigned>(b);
}

}  // namespace
}  // namespace mipzk::test
