// Recordings of the guests: every event gives a row that satisfies its table and says what the
// oracle says.
#include "guests/guest_cases.hpp"
#include "unit/air/judge.hpp"

namespace mipzk::test {
namespace {

constexpr uint64_t kMaxCycles = 200000;  // of a guest that is recorded here

TEST(RecordedRows, SayWhatTheMachineDoes) {
  std::array<uint64_t, isa::kClassCount> seen{};
  for (const Case& c : all_cases()) {
    SCOPED_TRACE(c.guest + " " + c.name);
    const isa::Program program = load_guest(c.guest);
    const vm::Inputs inputs = inputs_of(c);
    const auto outcome = vm::run(program, inputs);
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (outcome->cycles > kMaxCycles) continue;
    const auto recording = vm::record(program, inputs);
    ASSERT_TRUE(recording) << recording.error().message;
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
    air::for_each_table([&]<class T>() {
      if constexpr (T::kSlots != 0) {
        const auto cls = static_cast<size_t>(T::kClass);
        air::RowReport report;
        unsigned slot = 0;
        for (const vm::Event& e : recording->shards[0].events[cls]) {
          RowOf<T> row{};
          if constexpr (T::kSlots > 1) {
            trace::fill_slot(row, slot++ % T::kSlots, e, entry(e.pc));
          } else {
            trace::fill_row(row, e, entry(e.pc));
          }
          air::check_row<T>({}, row, report);
          ASSERT_TRUE(report.ok()) << air::kTableName<T> << " at " << std::hex << e.pc;
          ASSERT_EQ(judge(text(e.pc), e.pc, context, report), Verdict::kRight)
              << air::kTableName<T> << " at " << std::hex << e.pc;
          ++seen[cls];
        }
      }
    });
    if (HasFailure()) return;
  }
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls)
    EXPECT_GT(seen[cls], 0u) << "no event of class " << cls;
}

}  // namespace
}  // namespace mipzk::test
