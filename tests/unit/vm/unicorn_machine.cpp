#include "unit/vm/unicorn_machine.hpp"

#include <gtest/gtest.h>

#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

void put_words(uc_engine* engine, uint32_t address, const std::vector<uint32_t>& words) {
  std::vector<uint8_t> bytes;
  for (uint32_t w : words)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(w >> shift));
  if (!bytes.empty()) {
    EXPECT_EQ(uc_mem_write(engine, address, bytes.data(), bytes.size()), UC_ERR_OK);
  }
}

int register_id(unsigned r) {
  if (r == 32) return UC_MIPS_REG_HI;
  if (r == 33) return UC_MIPS_REG_LO;
  return UC_MIPS_REG_0 + static_cast<int>(r);
}

}  // namespace

UnicornMachine::UnicornMachine(const std::vector<uint32_t>& text,
                               const std::vector<uint32_t>& data) {
  const auto mode = static_cast<uc_mode>(UC_MODE_MIPS32 | UC_MODE_BIG_ENDIAN);
  EXPECT_EQ(uc_open(UC_ARCH_MIPS, mode, &engine_), UC_ERR_OK);
  const size_t text_size = (4 * text.size() + 0x1fff) / 0x1000 * 0x1000;
  EXPECT_EQ(uc_mem_map(engine_, kText, text_size, UC_PROT_READ | UC_PROT_EXEC), UC_ERR_OK);
  EXPECT_EQ(uc_mem_map(engine_, kData, 0x10000, UC_PROT_READ | UC_PROT_WRITE), UC_ERR_OK);
  put_words(engine_, kText, text);
  put_words(engine_, kData, data);
}

UnicornMachine::~UnicornMachine() { uc_close(engine_); }

void UnicornMachine::set_registers(const std::array<uint32_t, 34>& values) {
  for (unsigned r = 1; r < 34; ++r) uc_reg_write(engine_, register_id(r), &values[r]);
}

std::array<uint32_t, 34> UnicornMachine::registers() {
  std::array<uint32_t, 34> values{};
  for (unsigned r = 1; r < 34; ++r) uc_reg_read(engine_, register_id(r), &values[r]);
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
  return uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | b[3];
}

bool UnicornMachine::run(uint32_t pc, uint32_t end, size_t count) {
  return uc_emu_start(engine_, pc, end, 0, count) == UC_ERR_OK;
}

}  // namespace mipzk::test
