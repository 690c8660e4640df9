// SPDX-License-Identifier: Apache-2.0
// The GDB remote protocol for one guest: what gdb asks and what it is answered.
//
// Single-threaded, all-stop. A step executes a branch together with its delay slot, so gdb never
// stands in a slot. Breakpoints and watchpoints live here and change no memory. A watchpoint stops
// before the access, as MIPS processors do and as gdb expects of them.
//
// Register numbers are gdb's: 0..31 general, 32 status, 33 lo, 34 hi, 35 badvaddr, 36 cause, 37 pc,
// 38..69 f0..f31, 70 fcsr, 71 fir. The machine has no coprocessor 0: those read as 0.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "debug/access.hpp"
#include "debug/code_map.hpp"
#include "debug/gdb_connection.hpp"
#include "vm/stepper.hpp"

namespace mipzk::debug {

class GdbStub {
 public:
  // How the session ended.
  enum class End : uint8_t { kExited, kDetached, kKilled, kDisconnected };

  // `changed` becomes true when gdb writes a register or memory.
  GdbStub(vm::Stepper& machine, const CodeMap& code, GdbConnection& connection)
      : machine_(machine), code_(code), connection_(connection) {}

  End serve();
  bool changed_state() const { return changed_; }

 private:
  struct Watchpoint {
    char type;  // '2' write, '3' read, '4' both
    uint32_t address, size;
  };

  // Empty: not supported.
  std::string answer(const std::string& packet);
  std::string query(const std::string& packet);
  std::string resume(bool step);
  bool slot_follows() const;
  void step_once();
  std::string run_until_stop();
  uint32_t until_breakpoint() const;
  std::string stop_reply();
  std::string fault_reply();
  void say(std::string_view text);
  std::string watch_hit() const;
  bool hits(uint32_t pc, std::string& reply) const;

  std::string read_registers() const;
  std::string write_registers(std::string_view hex);
  std::string read_register(unsigned number) const;
  bool write_register(unsigned number, uint32_t value);
  uint32_t register_value(unsigned number) const;
  std::string read_memory(const std::string& arguments) const;
  std::string write_memory(const std::string& arguments);
  std::string change_point(const std::string& packet);

  std::string word_hex(uint32_t value) const;
  bool parse_word(std::string_view hex, uint32_t& value) const;

  vm::Stepper& machine_;
  const CodeMap& code_;
  GdbConnection& connection_;
  std::set<uint32_t> breakpoints_;
  std::vector<Watchpoint> watchpoints_;
  std::string last_stop_ = "S05";
  bool changed_ = false, ended_ = false;
  End end_ = End::kDisconnected;
};

}  // namespace mipzk::debug
