// SPDX-License-Identifier: Apache-2.0
#include "adversarial/shards.hpp"

#include <deque>
#include <fstream>
#include <map>

#include "elf/load.hpp"
#include "kernel/inputs.hpp"
#include "kernel/kernel.hpp"

namespace mipzk::attack {

using test::Guest;
using test::imm;
using test::mem;
using test::Op;
using test::three;

const prove::LoadedProgram& keep(isa::Program program) {
  static std::deque<prove::LoadedProgram> all;
  Pool pool(1);
  auto loaded = prove::load_program(pool, std::move(program));
  EXPECT_TRUE(loaded) << loaded.error().message;
  all.push_back(std::move(*loaded));
  return all.back();
}

vm::Recording record(const prove::LoadedProgram& program, const Bytes3& in) {
  auto r = vm::record(program.program, {in.private_input, in.public_input, in.hints});
  EXPECT_TRUE(r) << r.error().message;
  return r ? std::move(*r) : vm::Recording{};
}

std::vector<Shard> build_all(const prove::LoadedProgram& program,
                             const std::vector<uint8_t>& public_input,
                             const vm::Recording& recording, unsigned tail_rows) {
  Pool pool(1);
  std::vector<Shard> all;
  for (uint32_t number = 1; number <= recording.shards.size(); ++number) {
    Shard s;
    s.program = &program;
    s.tail_rows = tail_rows;
    auto traces =
        trace::build(pool, program.program, program.tables, recording.shard(number), tail_rows);
    EXPECT_TRUE(traces) << traces.error().message;
    if (traces) s.traces = std::move(*traces);
    s.public_input = public_input;
    s.output = recording.outcome.output;
    s.exit_code = recording.outcome.exit_code;
    all.push_back(std::move(s));
  }
  return all;
}

Shard build(const prove::LoadedProgram& program, const std::vector<uint8_t>& public_input,
            const vm::Recording& recording, unsigned tail_rows) {
  return std::move(build_all(program, public_input, recording, tail_rows).at(0));
}

Shard run(const prove::LoadedProgram& program, const Bytes3& in, unsigned tail_rows) {
  return build(program, in.public_input, record(program, in), tail_rows);
}

const prove::LoadedProgram& guest(const std::string& name) {
  static std::map<std::string, const prove::LoadedProgram*> all;
  const prove::LoadedProgram*& p = all[name];
  if (p != nullptr) return *p;
  std::ifstream file(MIPZK_BINARY_DIR "/guests/" + name + ".elf", std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
  auto image = elf::load(bytes);
  EXPECT_TRUE(image) << image.error().message;
  EXPECT_TRUE(!kernel::wanted(*image) || kernel::attach(*image));
  auto program = isa::build_program(*image);
  EXPECT_TRUE(program) << program.error().message;
  return *(p = &keep(std::move(*program)));
}

static test::Guest sum_guest(unsigned n) {
  using namespace test;
  Guest g;
  g.bss_bytes = 16;
  g.op(lui(kT0, 0xa000)).op(mem(Op::kLw, kV0, 4, kT0));
  g.op(lui(kT1, 0xb000)).op(mem(Op::kLw, kT2, 4, kT1)).op(imm(Op::kAddiu, kT3, 0, n));
  g.op(three(Op::kAddu, kV0, kV0, kT2)).op(imm(Op::kAddiu, kT3, kT3, 0xffff));
  g.op(branch(Op::kBne, kT3, 0, -3)).op(kNopWord);
  g.op(lui(kT0, 0xc000)).op(imm(Op::kAddiu, kT1, 0, 4)).op(mem(Op::kSw, kT1, 0, kT0));
  g.op(mem(Op::kSw, kV0, 4, kT0)).op(imm(Op::kAddiu, kA0, 0, 7)).halt();
  return g;
}

const prove::LoadedProgram& small_sum(unsigned n) {
  static std::map<unsigned, const prove::LoadedProgram*> all;
  const prove::LoadedProgram*& p = all[n];
  if (p == nullptr) p = &keep(sum_guest(n).program());
  return *p;
}

const prove::LoadedProgram& sum_with_data(uint32_t bytes) {
  isa::ProgramImage image = sum_guest(5).image();
  isa::Segment& data = image.segments.emplace_back();
  data.address = 0x20000000;
  data.readable = data.writable = true;
  data.bytes.assign(bytes, 1);
  data.memory_size = bytes;
  auto program = isa::build_program(image);
  EXPECT_TRUE(program) << program.error().message;
  return keep(std::move(*program));
}

namespace {

void take_faults(test::Guest& g) {
  using namespace test;
  // Goes on behind an instruction that faults or traps, after a stray jump at $ra.
  g.kernel = {mfc0(26, kCp0Cause),
              imm(Op::kAddiu, 26, 26, -24),
              branch(Op::kBeq, 26, 0, 5),
              mfc0(26, kCp0Enpc),
              imm(Op::kAddiu, 27, 26, 4),
              jr(26),
              jr(27),
              kNopWord,
              jr(kRa),
              kNopWord,
              jr(26),
              kNopWord};
  g.trap_entry = 10;
  g.takes_faults = true;
  g.guards = {{kGuard, 0x1000}};
}

void append_faults(test::Guest& g) {
  using namespace test;
  g.op(mem(Op::kLw, 3, 4, kZero)).op(mem(Op::kSb, 3, 1, kZero));
  g.li(28, kGuard).op(mem(Op::kLdc1, 2, -8, 28));  // fine: below the guard
  g.op(mem(Op::kSdc1, 2, 0, 28)).op(mem(Op::kLwl, 3, 5, 28)).op(mem(Op::kSc, 3, 4, 28));
  g.li(28, kText).op(mem(Op::kSw, 3, 0, 28)).op(mem(Op::kSdc1, 2, 8, 28));
  g.op(mem(Op::kSwr, 3, 5, 28)).op(mem(Op::kSh, 3, 2, 28)).op(mem(Op::kSc, 3, 4, 28));
  g.op(mem(Op::kLh, 3, 1, kS0)).op(mem(Op::kSw, 3, 2, kS0)).op(mem(Op::kLdc1, 2, 4, kS0));
  g.op(mem(Op::kLl, 3, 3, kS0)).op(imm(Op::kAddiu, 28, 28, 2));
  g.op(jr(28)).op(jalr(27, 28));
  g.li(28, 0x7fffffff).op(three(Op::kAdd, 3, 28, 28)).op(imm(Op::kAddi, 3, 28, 1));
  g.op(three(Op::kSub, 3, 0, 28)).op(three(Op::kNor, 3, 28, 0)).op(three(Op::kSub, 3, 3, 28));
  g.op(trap(Op::kTeq, 28, 28)).op(trap(Op::kTne, 28, 3)).op(trap_imm(Op::kTeqi, 0, 0));
  g.op(trap(Op::kTge, 28, 3)).op(trap(Op::kTltu, 28, 3)).op(trap_imm(Op::kTlti, 3, 5));
  g.li(28, kGuard + 8).op(jalr(kRa, 28)).op(kNopWord);
  g.op(jump(Op::kJal, g.here() + 16)).op(kNopWord).op(jump(Op::kJ, g.here() + 12)).op(kNopWord);
  g.op(code(Op::kBreak, 5));
}

const prove::LoadedProgram& every_program(bool little_endian, bool with_faults) {
  static const auto make = [](bool little, bool faults) -> const prove::LoadedProgram& {
    using namespace test;
    Guest g;
    g.little_endian = little;
    g.data = {0x11223344, 0x80ff7f01, 0, 0};
    g.kernel = {jr(26), kNopWord};  // goes on behind the instruction
    if (faults) take_faults(g);
    g.li(kS0, kData).li(kS1, 0xa0000000).li(20, 0xb0000000).li(21, 0xc0000000);
    g.op(mem(Op::kLw, kT0, 4, kS1)).op(mem(Op::kLw, kT1, 4, 20));  // private, public
    g.op(kHintWord);                                               // $v0
    g.op(three(Op::kAddu, 10, kT0, kT1)).op(three(Op::kSubu, 11, kT0, kV0));
    g.op(imm(Op::kAndi, 12, kT0, 0xff)).op(imm(Op::kAndi, 13, kT1, 0x7f));
    g.op(three(Op::kAdd, 14, 12, 13)).op(three(Op::kSub, 15, 12, 13)).op(imm(Op::kAddi, 14, 14, 5));
    g.op(three(Op::kXor, 22, 10, 11))
        .op(three(Op::kNor, 22, 22, 14))
        .op(imm(Op::kXori, 22, 22, 0x5a5a));
    g.op(shift(Op::kSll, 23, 22, 5)).op(shift(Op::kSrl, 23, 23, 3)).op(shift(Op::kSra, 23, 23, 2));
    g.op(shift_reg(Op::kSrav, 24, 10, 13)).op(shift_reg(Op::kSllv, 24, 24, 12));
    g.op(three(Op::kSlt, 25, 10, 11))
        .op(three(Op::kSltu, 25, 24, 23))
        .op(imm(Op::kSlti, 25, 22, 0x9000));
    g.op(hilo(Op::kMult, 10, 11)).op(from_hilo(Op::kMfhi, 3)).op(from_hilo(Op::kMflo, 5));
    g.op(hilo(Op::kDiv, 10, 12)).op(from_hilo(Op::kMfhi, 6)).op(from_hilo(Op::kMflo, 7));
    g.op(mem(Op::kSw, 22, 8, kS0)).op(mem(Op::kLb, 22, 6, kS0)).op(mem(Op::kLhu, 22, 4, kS0));
    g.op(mem(Op::kSb, 23, 9, kS0)).op(mem(Op::kSh, 24, 10, kS0));
    g.op(mem(Op::kLwl, 25, 1, kS0)).op(mem(Op::kLwr, 25, 4, kS0));
    g.op(mem(Op::kSwl, 25, 13, kS0)).op(mem(Op::kSwr, 25, 16, kS0));
    g.op(mem(Op::kLw, 25, 16, kS0));                 // bss
    g.op(branch(Op::kBne, 10, 11, 1)).op(kNopWord);  // taken or not, the slot runs
    g.op(branch_zero(Op::kBgez, 12, 1)).op(kNopWord).op(kNopWord);
    g.op(branch_zero(Op::kBltzal, 12, 1)).op(kNopWord);
    g.op(jump(Op::kJ, g.here() + 8)).op(kNopWord);
    g.op(jump(Op::kJal, g.here() + 8)).op(kNopWord);
    g.li(26, g.here() + 16).op(jalr(27, 26)).op(kNopWord);  // li is two words
    g.li(26, g.here() + 16).op(jr(26)).op(kNopWord);
    g.op(three(Op::kMul, 14, 10, 11)).op(hilo(Op::kMadd, 10, 11)).op(hilo(Op::kMsubu, 13, 10));
    g.op(count(Op::kClz, 3, 13)).op(count(Op::kClo, 5, 0));
    g.op(bit_field(Op::kExt, 3, 10, 5, 9))
        .op(bit_field(Op::kIns, 14, 10, 8, 16))
        .op(shift_reg(Op::kRotrv, 3, 10, 11));
    g.op(byte_op(Op::kSeb, 3, 10)).op(byte_op(Op::kSeh, 3, 11)).op(byte_op(Op::kWsbh, 3, 10));
    g.op(three(Op::kMovz, 3, 10, 11)).op(three(Op::kMovn, 3, 10, 11));
    g.op(trap(Op::kTeq, 10, 11)).op(trap(Op::kTne, 0, 0)).op(trap(Op::kTltu, 10, 0));
    g.op(trap_imm(Op::kTgei, 0, 5));
    g.op(mem(Op::kLl, 3, 8, kS0)).op(mem(Op::kSc, 14, 8, kS0)).op(mem(Op::kSc, 5, 8, kS0));
    g.op(mem(Op::kLdc1, 2, 8, kS0)).op(fp_two(Op::kMovD, 4, 2)).op(mem(Op::kSdc1, 4, 24, kS0));
    g.op(branch(Op::kBeql, 10, 11, 1)).op(kNopWord).op(branch(Op::kBnel, 10, 11, 1)).op(kNopWord);
    g.op(branch_zero(Op::kBltzall, 12, 1)).op(kNopWord).op(code(Op::kSyscall, 0));
    if (faults) append_faults(g);
    // More than 2^16 ticks: the registers and words above need a bump afterwards.
    g.op(imm(Op::kOri, 28, 0, 8300))
        .op(branch(Op::kBne, 28, 0, -1))
        .op(imm(Op::kAddiu, 28, 28, -1u));
    g.op(mem(Op::kLw, 12, 8, kS0)).op(three(Op::kAddu, 10, 10, 12)).op(three(Op::kXor, 10, 10, 25));
    g.op(imm(Op::kAddiu, 8, 0, 8)).op(mem(Op::kSw, 8, 0, 21));
    g.op(mem(Op::kSw, 10, 4, 21)).op(mem(Op::kSw, 7, 8, 21));
    g.op(imm(Op::kAndi, 4, 10, 0xff)).op(kHaltWord);
    return keep(g.program());
  };
  static const prove::LoadedProgram* const all[] = {&make(false, false), &make(true, false),
                                                    &make(false, true), &make(true, true)};
  return *all[(with_faults ? 2 : 0) + (little_endian ? 1 : 0)];
}

}  // namespace

const prove::LoadedProgram& every_instruction(bool little_endian) {
  return every_program(little_endian, false);
}
const prove::LoadedProgram& every_table(bool little_endian) {
  return every_program(little_endian, true);
}

Bytes3 every_table_input(bool little_endian) {
  if (little_endian)
    return {{0xef, 0xbe, 0xad, 0xde, 5}, {0x78, 0x56, 0x34, 0x12}, {0xf1, 0xde, 0xbc, 0x9a}};
  return {{0xde, 0xad, 0xbe, 0xef, 5}, {0x12, 0x34, 0x56, 0x78}, {0x9a, 0xbc, 0xde, 0xf1}};
}

std::vector<uint8_t> linux_stream(ByteView bytes) {
  std::vector<uint8_t> half;
  kernel::append_entry(half, kernel::Entry::kStream, "", bytes);
  return half;
}

const prove::LoadedProgram& linux_program(bool little_endian) {
  static const auto make = [](bool little) -> const prove::LoadedProgram& {
    using namespace test;
    Guest g;
    g.little_endian = little;
    g.data = {0, 0, 0, 0, 0x3fc00000, 0x40100000, 0};
    const uint32_t call = code(Op::kSyscall, 0);
    const auto set = [&](unsigned reg, uint32_t value) { g.op(imm(Op::kAddiu, reg, 0, value)); };
    g.li(kA1, kData).op(three(Op::kOr, kS0, kA1, 0));
    set(kV0, 4003), set(kA0, 0), set(kA2, 12), g.op(call);
    g.op(three(Op::kOr, kS1, kV0, 0));
    g.op(mem(Op::kLwc1, 0, 16, kS0)).op(mem(Op::kLwc1, 2, 20, kS0));
    g.op(0x46020100);  // add.s $f4, $f0, $f2
    g.op(mem(Op::kSwc1, 4, 24, kS0));
    for (uint32_t to : {1u, 2u}) {
      set(kV0, 4004), set(kA0, to);
      g.op(three(Op::kOr, kA1, kS0, 0)).op(three(Op::kOr, kA2, kS1, 0)).op(call);
    }
    set(kV0, 4246);
    g.op(three(Op::kOr, kA0, kS1, 0)).op(call).op(kNopWord);
    isa::ProgramImage image = g.image();
    EXPECT_TRUE(kernel::attach(image));
    auto program = isa::build_program(image);
    EXPECT_TRUE(program) << program.error().message;
    return keep(std::move(*program));
  };
  static const prove::LoadedProgram &big = make(false), &little = make(true);
  return little_endian ? little : big;
}

}  // namespace mipzk::attack
