// SPDX-License-Identifier: Apache-2.0
// Recordings of the guests: every event gives a row that satisfies its table and says what the
// oracle says.
#include "guests/guest_cases.hpp"
#include "unit/air/judge.hpp"
#include "unit/vm/events.hpp"
#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

constexpr uint64_t kMaxCycles = 200000;  // of a guest that is recorded here

// Counts the events of each class whose rows are right.
using Seen = std::array<uint64_t, isa::kClassCount>;

void check(const isa::Program& program, const vm::Inputs& inputs, Seen& seen) {
  const auto recording = vm::record(program, inputs);
  ASSERT_TRUE(recording) << recording.error().message;
  const Events events = replayed(program, *recording);
  auto text = [&](uint32_t pc) {
    const auto it =
        std::lower_bound(program.image.begin(), program.image.end(), pc / 4,
                         [](const isa::ImageWord& w, uint32_t key) { return w.key < key; });
    return it != program.image.end() && it->key == pc / 4 ? it->value : 0;
  };
  const isa::LowerContext context{program.little_endian, program.trap_vector};
  auto entry = [&](uint32_t pc) {
    return *std::lower_bound(program.rom.begin(), program.rom.end(), pc / 4,
                             [](const isa::RomEntry& e, uint32_t key) { return e.pc4 < key; });
  };
  for (const air::TableInfo& table : instruction_tables()) {
    air::RowChecker checker(table);
    air::RowReport report;
    unsigned slot = 0;
    for (const vm::Event& e : events.of(static_cast<isa::Class>(table.id))) {
      Row row(table.layout.named_columns);
      fill_slot(table, row.data(), slot++ % table.slots, e, entry(e.pc));
      checker.check(nullptr, row.data(), report);
      ASSERT_TRUE(report.ok()) << table.name << " at " << std::hex << e.pc;
      ASSERT_EQ(judge(text(e.pc), e.pc, context, report), Verdict::kRight)
          << table.name << " at " << std::hex << e.pc;
      ++seen[table.id];
    }
  }
}

// One instruction at least of each class beyond MIPS I, with a kernel that only returns.
Guest release_2_guest(bool little_endian) {
  Guest g;
  g.little_endian = little_endian;
  g.data = {0x01234567, 0x89abcdef, 0, 0};
  g.kernel = {jr(kK0), kNopWord};
  g.li(kS0, kData).li(kT0, 0x80ff0012).li(kT1, 7);
  g.op(branch(Op::kBeql, kT0, kT1, 1)).op(kNopWord);  // annulled
  g.op(branch(Op::kBnel, kT0, kT1, 1)).op(kNopWord);  // executed
  g.op(three(Op::kMovz, kT2, kT0, kZero)).op(three(Op::kMovn, kT2, kT0, kZero));
  g.op(three(Op::kMul, kT3, kT0, kT1));
  for (Op op : {Op::kMadd, Op::kMaddu, Op::kMsub, Op::kMsubu}) g.op(hilo(op, kT0, kT1));
  g.op(count(Op::kClz, kT3, kT1)).op(count(Op::kClo, kT3, kT0)).op(count(Op::kClz, kT3, kZero));
  g.op(bit_field(Op::kExt, kT3, kT0, 3, 9)).op(bit_field(Op::kIns, kT3, kT0, 5, 20));
  g.op(shift_reg(Op::kRotrv, kT3, kT0, kT1)).op(shift(Op::kRotr, kT3, kT0, 1));
  g.op(shift(Op::kRotr, kT3, kT0, 9)).op(shift(Op::kRotr, kT3, kT0, 25));
  for (Op op : {Op::kSeb, Op::kSeh, Op::kWsbh}) g.op(byte_op(op, kT3, kT0));
  g.op(trap(Op::kTeq, kT0, kT1)).op(trap(Op::kTne, kT0, kT0));
  g.op(trap(Op::kTge, kT0, kT1)).op(trap(Op::kTltu, kT0, kT1)).op(trap_imm(Op::kTlti, kT1, 7));
  g.op(mem(Op::kLl, kT3, 8, kS0)).op(mem(Op::kSc, kT1, 8, kS0)).op(mem(Op::kSc, kT1, 8, kS0));
  g.op(mem(Op::kLdc1, 2, 0, kS0)).op(fp_two(Op::kMovD, 4, 2)).op(mem(Op::kSdc1, 4, 8, kS0));
  g.op(mem(Op::kLb, kT3, 1, kS0)).op(mem(Op::kLwl, kT3, 2, kS0)).op(mem(Op::kSh, kT3, 6, kS0));
  g.op(code(Op::kSyscall, 0));
  return g.halt();
}

TEST(RecordedRows, SayWhatTheMachineDoes) {
  Seen seen{};
  for (const Case& c : all_cases()) {
    SCOPED_TRACE(c.guest + " " + c.name);
    const isa::Program program = load_guest(c.guest);
    const vm::Inputs inputs = inputs_of(c);
    const auto outcome = vm::run(program, inputs);
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (outcome->cycles > kMaxCycles) continue;
    check(program, inputs, seen);
    if (HasFailure()) return;
  }
  for (bool little_endian : {false, true}) {
    SCOPED_TRACE(little_endian);
    check(release_2_guest(little_endian).program(), {}, seen);
    if (HasFailure()) return;
  }
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls)
    EXPECT_GT(seen[cls], 0u) << "no event of class " << cls;
}

}  // namespace
}  // namespace mipzk::test
