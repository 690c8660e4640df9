// SPDX-License-Identifier: Apache-2.0
#include "debug/gdb_stub.hpp"

#include <algorithm>
#include <charconv>

#include "base/format.hpp"
#include "debug/gdb_text.hpp"

namespace mipzk::debug {
namespace {

using State = vm::Stepper::State;

// Numbers that gdb gives to signals (its include/gdb/signals.def).
enum Signal : unsigned {
  kInterrupt = 2,
  kIllegal = 4,
  kTrapSignal = 5,
  kAbort = 6,
  kArithmetic = 8,
  kBus = 10,
  kSegmentation = 11,
  kCpuLimit = 24,
};

std::string signal_reply(Signal signal) { return format_text("T%02xthread:1;", unsigned{signal}); }

Signal signal_of(const vm::FaultReport& report) {
  switch (report.kind) {
    case vm::FaultKind::kNullPage:
    case vm::FaultKind::kUnmapped:
    case vm::FaultKind::kReadOnly:
    case vm::FaultKind::kNoInstruction:
      return kSegmentation;
    case vm::FaultKind::kUnaligned:
    case vm::FaultKind::kUnalignedJump:
      return kBus;
    case vm::FaultKind::kOverflow:
      return kArithmetic;
    case vm::FaultKind::kReserved:
      return kIllegal;
    case vm::FaultKind::kHintsExhausted:
      return kAbort;
    default:
      return kTrapSignal;
  }
}

constexpr unsigned kStatus = 32, kLo = 33, kHi = 34, kPc = 37, kF0 = 38, kFcsr = 70,
                   kRegisterCount = 72;
constexpr bool kHasFpu = vm::Stepper::kRegisters > isa::kFpr0;

// A hexadecimal number at the start of `text`, which is shortened by it.
bool take_number(std::string_view& text, uint32_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

GdbStub::End GdbStub::serve() {
  machine_.stop_at_faults(true);
  last_stop_ = "T05thread:1;";
  while (!ended_) {
    const auto packet = connection_.receive();
    if (!packet) return End::kDisconnected;
    if (*packet == "\3") continue;  // nothing is running
    const std::string reply = answer(*packet);
    if (*packet != "k") connection_.send(reply);
    if (*packet == "QStartNoAckMode") connection_.leave_out_acknowledgements();
  }
  return end_;
}

std::string GdbStub::answer(const std::string& packet) {
  const std::string_view rest = std::string_view(packet).substr(packet.empty() ? 0 : 1);
  switch (packet.empty() ? '\0' : packet[0]) {
    case '?':
      return last_stop_;
    case 'g':
      return read_registers();
    case 'G':
      return write_registers(rest);
    case 'p': {
      std::string_view text = rest;
      uint32_t number = 0;
      return take_number(text, number) && number < kRegisterCount ? read_register(number) : "E01";
    }
    case 'P': {
      std::string_view text = rest;
      uint32_t number = 0, value = 0;
      const bool good = take_number(text, number) && take_char(text, '=') &&
                        parse_word(text, value) && number < kRegisterCount &&
                        write_register(number, value);
      return good ? "OK" : "E01";
    }
    case 'm':
      return read_memory(packet.substr(1));
    case 'M':
      return write_memory(packet.substr(1));
    case 'c':
    case 'C':
      return resume(false);
    case 's':
    case 'S':
      return resume(true);
    case 'Z':
    case 'z':
      return change_point(packet);
    case 'H':
    case 'T':
      return "OK";
    case 'D':
      ended_ = true;
      end_ = End::kDetached;
      return "OK";
    case 'k':
      ended_ = true;
      end_ = End::kKilled;
      return "";
    default:
      return query(packet);
  }
}

std::string GdbStub::query(const std::string& packet) {
  if (starts_with(packet, "qSupported"))
    return "PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;vContSupported+";
  if (packet == "QStartNoAckMode") return "OK";
  if (packet == "vCont?") return "vCont;c;C;s;S";
  if (starts_with(packet, "vCont;") && packet.size() > 6)
    return resume(packet[6] == 's' || packet[6] == 'S');
  if (starts_with(packet, "vKill")) {
    ended_ = true;
    end_ = End::kKilled;
    return "OK";
  }
  if (packet == "qAttached" || starts_with(packet, "qAttached:")) return "0";
  if (packet == "qC") return "QC1";
  if (packet == "qfThreadInfo") return "m1";
  if (packet == "qsThreadInfo") return "l";
  if (starts_with(packet, "qSymbol")) return "OK";
  if (starts_with(packet, "qRcmd,")) {
    std::string command;
    if (!from_hex(std::string_view(packet).substr(6), command)) return "E01";
    if (command == "cycles") return to_hex(std::to_string(machine_.cycles()) + "\n");
    return to_hex("monitor cycles: the number of instructions so far\n");
  }
  const std::string_view features = "qXfer:features:read:target.xml:";
  if (starts_with(packet, features)) {
    std::string_view text = std::string_view(packet).substr(features.size());
    uint32_t offset = 0, size = 0;
    if (!take_number(text, offset) || !take_char(text, ',') || !take_number(text, size))
      return "E01";
    const std::string xml = target_description();
    if (offset >= xml.size()) return "l";
    const std::string part = xml.substr(offset, size);
    return (offset + part.size() == xml.size() ? "l" : "m") + part;
  }
  return "";
}

// ---- Running
// -------------------------------------------------------------------------------------

std::string GdbStub::resume(bool step) {
  // A fault that is still there after the user saw it goes to the in-guest kernel, if that takes
  // it.
  if (machine_.state() == State::kFault && machine_.run(1) == State::kFault)
    machine_.enter_kernel();
  if (step) {
    step_once();
    last_stop_ = stop_reply();
  } else {
    last_stop_ = run_until_stop();
  }
  return last_stop_;
}

// Whether the next instruction is a jump or branch whose delay slot will be executed.
bool GdbStub::slot_follows() const {
  const uint32_t index = code_.index(machine_.pc());
  return index != CodeMap::kNone && runs_slot(code_.entry(index), machine_);
}

// One instruction, and its delay slot.
void GdbStub::step_once() {
  const bool slot = slot_follows();
  if (machine_.run(1) == State::kRunning && slot) machine_.run(1);
}

std::string GdbStub::run_until_stop() {
  constexpr uint32_t kPoll = 1u << 15;
  const bool free = breakpoints_.empty() && watchpoints_.empty();
  std::string reply;
  for (uint32_t n = 1;; ++n) {
    if (free) {
      machine_.run(kPoll);
    } else {
      if (!watchpoints_.empty() && !(reply = watch_hit()).empty()) return reply;
      machine_.run(until_breakpoint());
    }
    if (machine_.state() != State::kRunning) return stop_reply();
    // Where gdb may stand: not in a delay slot.
    const bool in_slot = machine_.npc() != machine_.pc() + 4;
    if (!in_slot && breakpoints_.count(machine_.pc()) != 0) return stop_reply();
    if ((free || n % kPoll == 0) && connection_.interrupted()) {
      if (in_slot) machine_.run(1);
      if (machine_.state() != State::kRunning) return stop_reply();
      return "T02thread:1;";
    }
  }
}

// Instructions that can be executed at once: to the next breakpoint or jump.
uint32_t GdbStub::until_breakpoint() const {
  const uint32_t pc = machine_.pc(), index = code_.index(pc);
  if (index == CodeMap::kNone || machine_.npc() != pc + 4 || !watchpoints_.empty()) return 1;
  const uint32_t group = std::max(code_.straight(index), 1u);
  const auto next = breakpoints_.lower_bound(pc + 4);
  return next == breakpoints_.end() ? group : std::min(group, (*next - pc) / 4);
}

std::string GdbStub::stop_reply() {
  switch (machine_.state()) {
    case State::kRunning:
      return "T05thread:1;";
    case State::kHalted:
      ended_ = true;
      end_ = End::kExited;
      return format_text("W%02x", machine_.reg(isa::kExitCode) & 0xff);
    case State::kFault:
      return fault_reply();
    case State::kMemoryLimit:
      say("the guest touched more memory than --max-memory allows\n");
      return signal_reply(kAbort);
    case State::kCycleLimit:
      say("the guest reached --max-cycles\n");
      return signal_reply(kCpuLimit);
  }
  return "E01";
}

std::string GdbStub::fault_reply() {
  vm::FaultReport report;
  machine_.describe(report);
  say("mipzk: " + report.text + "\n");
  Signal signal = signal_of(report);
  // The compiler's own checks: code 6 is an overflow, code 7 a division by zero.
  const auto word = code_.word(report.pc);
  if (word && (report.kind == vm::FaultKind::kBreak || report.kind == vm::FaultKind::kTrap)) {
    const uint32_t code =
        report.kind == vm::FaultKind::kBreak ? *word >> 16 & 0x3ff : *word >> 6 & 0x3ff;
    if (code == 6 || code == 7) signal = kArithmetic;
  }
  return signal_reply(signal);
}

// Shown on gdb's console.
void GdbStub::say(std::string_view text) { connection_.send("O" + to_hex(text)); }

// Whether the instruction at `pc` accesses a watched word when it is executed now.
bool GdbStub::hits(uint32_t pc, std::string& reply) const {
  const uint32_t index = code_.index(pc);
  if (index == CodeMap::kNone) return false;
  const auto access = access_of(code_.entry(index), machine_, code_.program().little_endian);
  if (!access) return false;
  for (const Watchpoint& w : watchpoints_) {
    if ((w.type == '2' && !access->store) || (w.type == '3' && access->store)) continue;
    if (access->address - w.address >= w.size && w.address - access->address >= access->size)
      continue;
    const char* kind = w.type == '2' ? "watch" : w.type == '3' ? "rwatch" : "awatch";
    reply = format_text("T05thread:1;%s:%08x;", kind, w.address);
    return true;
  }
  return false;
}

std::string GdbStub::watch_hit() const {
  std::string reply;
  const uint32_t pc = machine_.pc();
  if (machine_.npc() != pc + 4) return reply;  // its branch has been looked at
  if (hits(pc, reply)) return reply;
  if (slot_follows()) hits(pc + 4, reply);
  return reply;
}

std::string GdbStub::change_point(const std::string& packet) {
  std::string_view text = std::string_view(packet).substr(1);
  const char type = text.empty() ? '\0' : text[0];
  uint32_t address = 0, size = 0;
  if (type < '0' || type > '4') return "";
  text.remove_prefix(1);
  if (!take_char(text, ',') || !take_number(text, address) || !take_char(text, ',') ||
      !take_number(text, size))
    return "E01";
  const bool insert = packet[0] == 'Z';
  if (type <= '1') {
    if (address % 4 != 0) return "E01";
    if (insert)
      breakpoints_.insert(address);
    else
      breakpoints_.erase(address);
    return "OK";
  }
  std::erase_if(watchpoints_, [&](const Watchpoint& w) {
    return w.type == type && w.address == address && w.size == size;
  });
  if (insert) watchpoints_.push_back({type, address, size});
  return "OK";
}

// ---- Registers and memory
// ------------------------------------------------------------------------

std::string GdbStub::word_hex(uint32_t value) const {
  if (code_.program().little_endian) value = __builtin_bswap32(value);
  return format_text("%08x", value);
}

bool GdbStub::parse_word(std::string_view hex, uint32_t& value) const {
  std::string bytes;
  if (!from_hex(hex, bytes) || bytes.size() != 4) return false;
  value = 0;
  for (const char b : bytes) value = value << 8 | static_cast<unsigned char>(b);
  if (code_.program().little_endian) value = __builtin_bswap32(value);
  return true;
}

uint32_t GdbStub::register_value(unsigned n) const {
  if (n < kStatus) return machine_.reg(n);
  if (n == kLo) return machine_.reg(isa::kLo);
  if (n == kHi) return machine_.reg(isa::kHi);
  if (n == kPc) return machine_.pc();
  if constexpr (kHasFpu) {
    if (n >= kF0 && n < kF0 + 32) return machine_.reg(isa::kFpr0 + (n - kF0));
    if (n == kFcsr) {
      uint32_t value = machine_.reg(isa::kFcsr);
      for (unsigned c = 0; c < 8; ++c)  // condition 0 is bit 23, the others are bits 25 to 31
        value |= (machine_.reg(isa::kFcc0 + c) & 1) << (c == 0 ? 23 : 24 + c);
      return value;
    }
  }
  return 0;
}

bool GdbStub::write_register(unsigned n, uint32_t value) {
  if (register_value(n) == value) return true;  // G writes all of them
  unsigned reg = 0;
  if (n > 0 && n < kStatus) {
    reg = n;
  } else if (n == kLo || n == kHi) {
    reg = n == kLo ? isa::kLo : isa::kHi;
  } else if (n == kPc && value % 4 == 0) {
    machine_.jump(value);
    changed_ = true;
    return true;
  } else if (kHasFpu && n >= kF0 && n < kF0 + 32) {
    reg = isa::kFpr0 + (n - kF0);
  }
  if (reg == 0) return false;
  machine_.set_reg(reg, value);
  changed_ = true;
  return true;
}

std::string GdbStub::read_register(unsigned number) const {
  return word_hex(register_value(number));
}

std::string GdbStub::read_registers() const {
  std::string text;
  for (unsigned n = 0; n < kRegisterCount; ++n) text += word_hex(register_value(n));
  return text;
}

std::string GdbStub::write_registers(std::string_view hex) {
  if (hex.size() != 8 * kRegisterCount) return "E01";
  for (unsigned n = 0; n < kRegisterCount; ++n, hex.remove_prefix(8)) {
    uint32_t value = 0;
    if (!parse_word(hex.substr(0, 8), value)) return "E01";
    write_register(n, value);
  }
  return "OK";
}

std::string GdbStub::read_memory(const std::string& arguments) const {
  constexpr uint32_t kLongest = 0x1000;
  std::string_view text = arguments;
  uint32_t address = 0, size = 0;
  if (!take_number(text, address) || !take_char(text, ',') || !take_number(text, size))
    return "E01";
  std::string bytes(std::min(size, kLongest), '\0');
  bytes.resize(machine_.read(address, reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()));
  return bytes.empty() && size != 0 ? "E01" : to_hex(bytes);
}

std::string GdbStub::write_memory(const std::string& arguments) {
  std::string_view text = arguments;
  uint32_t address = 0, size = 0;
  std::string bytes;
  if (!take_number(text, address) || !take_char(text, ',') || !take_number(text, size) ||
      !take_char(text, ':') || !from_hex(text, bytes) || bytes.size() != size)
    return "E01";
  changed_ = true;
  return machine_.write(address, reinterpret_cast<const uint8_t*>(bytes.data()), size) ? "OK"
                                                                                       : "E01";
}

}  // namespace mipzk::debug
