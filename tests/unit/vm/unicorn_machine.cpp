// SPDX-License-Identifier: Apache-2.0
#include "unit/vm/unicorn_machine.hpp"

#include <gtest/gtest.h>

#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

// Unicorn's interface does not reach coprocessor 1, so two routines in a page of their own move its
// registers to and from memory: 32 words, then FCCR (control register 25: all condition codes).
constexpr uint32_t kLoadStub = 0x00100000, kStoreStub = 0x00101000, kStubData = 0x00102000;
constexpr unsigned kFccr = 25, kStubWords = 34;

std::vector<uint32_t> load_stub() {
  std::vector<uint32_t> words;
  for (unsigned r = 0; r < 32; ++r) words.push_back(mem(Op::kLwc1, r, 4 * r, kT0));
  words.push_back(mem(Op::kLw, kT1, 128, kT0));
  words.push_back(fp_move(Op::kCtc1, kT1, kFccr));
  return words;
}

std::vector<uint32_t> store_stub() {
  std::vector<uint32_t> words;
  for (unsigned r = 0; r < 32; ++r) words.push_back(mem(Op::kSwc1, r, 4 * r, kT0));
  words.push_back(fp_move(Op::kCfc1, kT1, kFccr));
  words.push_back(mem(Op::kSw, kT1, 128, kT0));
  return words;
}

int register_id(unsigned r) {
  if (r == isa::kHi) return UC_MIPS_REG_HI;
  if (r == isa::kLo) return UC_MIPS_REG_LO;
  if (r == isa::kUserLocal) return UC_MIPS_REG_CP0_USERLOCAL;
  return UC_MIPS_REG_0 + static_cast<int>(r);
}

constexpr bool has_id(unsigned r) { return r <= isa::kLo || r == isa::kUserLocal; }

}  // namespace

UnicornMachine::UnicornMachine(const std::vector<uint32_t>& text, const std::vector<uint32_t>& data,
                               bool little_endian)
    : little_endian_(little_endian) {
  const auto mode = static_cast<uc_mode>(
      UC_MODE_MIPS32 | (little_endian ? UC_MODE_LITTLE_ENDIAN : UC_MODE_BIG_ENDIAN));
  EXPECT_EQ(uc_open(UC_ARCH_MIPS, mode, &engine_), UC_ERR_OK);
  EXPECT_EQ(uc_ctl_set_cpu_model(engine_, UC_CPU_MIPS32_24KF), UC_ERR_OK);
  const size_t text_size = (4 * text.size() + 0x1fff) / 0x1000 * 0x1000;
  EXPECT_EQ(uc_mem_map(engine_, kText, text_size, UC_PROT_READ | UC_PROT_EXEC), UC_ERR_OK);
  EXPECT_EQ(uc_mem_map(engine_, kData, 0x10000, UC_PROT_READ | UC_PROT_WRITE), UC_ERR_OK);
  EXPECT_EQ(uc_mem_map(engine_, kLoadStub, 0x3000, UC_PROT_ALL), UC_ERR_OK);
  uint32_t status = 0;
  EXPECT_EQ(uc_reg_read(engine_, UC_MIPS_REG_CP0_STATUS, &status), UC_ERR_OK);
  constexpr uint32_t kCu1 = 1u << 29, kFr = 1u << 26;
  status = (status | kCu1) & ~kFr;
  EXPECT_EQ(uc_reg_write(engine_, UC_MIPS_REG_CP0_STATUS, &status), UC_ERR_OK);
  put_words(kText, text);
  put_words(kData, data);
  put_words(kLoadStub, load_stub());
  put_words(kStoreStub, store_stub());
}

UnicornMachine::~UnicornMachine() { uc_close(engine_); }

void UnicornMachine::put_words(uint32_t address, const std::vector<uint32_t>& words) {
  std::vector<uint8_t> bytes;
  for (uint32_t w : words)
    for (int i = 0; i < 4; ++i)
      bytes.push_back(static_cast<uint8_t>(w >> (little_endian_ ? 8 * i : 24 - 8 * i)));
  if (!bytes.empty()) {
    EXPECT_EQ(uc_mem_write(engine_, address, bytes.data(), bytes.size()), UC_ERR_OK);
  }
}

void UnicornMachine::run_stub(uint32_t pc) {
  const uint32_t base = kStubData;
  uc_reg_write(engine_, register_id(kT0), &base);
  EXPECT_EQ(uc_emu_start(engine_, pc, 0, 0, kStubWords), UC_ERR_OK);
}

void UnicornMachine::set_registers(const Registers& values) {
  set_ = values;
  if (fpu_) {
    std::vector<uint32_t> words(values.begin() + isa::kFpr0, values.begin() + isa::kFaultRegisters);
    uint32_t fccr = 0;
    for (unsigned cc = 0; cc < 8; ++cc) fccr |= values[isa::kFcc0 + cc] << cc;
    words.push_back(fccr);
    put_words(kStubData, words);
    run_stub(kLoadStub);
  }
  for (unsigned r = 1; r < values.size(); ++r)
    if (has_id(r)) uc_reg_write(engine_, register_id(r), &values[r]);
}

Registers UnicornMachine::registers() {
  Registers values = set_;
  const uint32_t at = pc();
  for (unsigned r = 1; r < values.size(); ++r)
    if (has_id(r)) uc_reg_read(engine_, register_id(r), &values[r]);
  if (!fpu_) return values;
  run_stub(kStoreStub);
  for (unsigned r = 0; r < 32; ++r) values[isa::kFpr0 + r] = word(kStubData + 4 * r);
  const uint32_t fccr = word(kStubData + 128);
  for (unsigned cc = 0; cc < 8; ++cc) values[isa::kFcc0 + cc] = fccr >> cc & 1;
  uc_reg_write(engine_, UC_MIPS_REG_PC, &at);
  for (unsigned r : {kT0, kT1}) uc_reg_write(engine_, register_id(r), &values[r]);
  return values;
}

uint32_t UnicornMachine::pc() {
  uint32_t value = 0;
  uc_reg_read(engine_, UC_MIPS_REG_PC, &value);
  return value;
}

uint32_t UnicornMachine::word(uint32_t address) {
  uint8_t b[4] = {};
  EXPECT_EQ(uc_mem_read(engine_, address, b, 4), UC_ERR_OK);
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | b[little_endian_ ? 3 - i : i];
  return value;
}

bool UnicornMachine::run(uint32_t pc, uint32_t end, size_t count) {
  return uc_emu_start(engine_, pc, end, 0, count) == UC_ERR_OK;
}

}  // namespace mipzk::test
