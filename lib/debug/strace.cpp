// SPDX-License-Identifier: Apache-2.0
#include "debug/strace.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "debug/linux_calls.hpp"
#include "isa/program.hpp"

namespace mipzk::debug {
namespace {

constexpr unsigned kV0 = 2, kA0 = 4, kA3 = 7, kK0 = 26, kSp = 29;
constexpr uint32_t kFirstNumber = 4000;
// Calls that wait for their return. Some never do (threads that end, handlers that are left by a
// jump): the oldest are forgotten then.
constexpr size_t kMaxCalls = 4096;
constexpr size_t kShownBytes = 32;  // of a string or a buffer

struct KnownCall {
  uint32_t number;
  const char* name;
  const char* arguments;
};
constexpr KnownCall kCalls[] = {
#define MIPZK_CALL(number, name, arguments) {kFirstNumber + (number), name, arguments},
    MIPZK_LINUX_CALLS(MIPZK_CALL)
#undef MIPZK_CALL
};

const KnownCall* find_call(uint32_t number) {
  const auto* c = std::lower_bound(std::begin(kCalls), std::end(kCalls), number,
                                   [](const KnownCall& a, uint32_t n) { return a.number < n; });
  return c != std::end(kCalls) && c->number == number ? c : nullptr;
}

const char* error_name(uint32_t number) {
  switch (number) {
#define MIPZK_ERROR(number, name) \
  case number:                    \
    return name;
    MIPZK_LINUX_ERRORS(MIPZK_ERROR)
#undef MIPZK_ERROR
    default:
      return "?";
  }
}

// "..." with C escapes; `more` says that something was cut off.
std::string quoted(const uint8_t* bytes, size_t size, bool more) {
  std::string text = "\"";
  for (size_t i = 0; i < size; ++i) {
    const uint8_t b = bytes[i];
    if (b == '\n')
      text += "\\n";
    else if (b == '\t')
      text += "\\t";
    else if (b == '\r')
      text += "\\r";
    else if (b == '"' || b == '\\')
      text += {'\\', static_cast<char>(b)};
    else if (b < 0x20 || b >= 0x7f)
      text += format_text("\\x%02x", b);
    else
      text += static_cast<char>(b);
  }
  return text + (more ? "\"..." : "\"");
}

std::string buffer_text(const vm::Stepper& machine, uint32_t address, uint32_t size) {
  uint8_t bytes[kShownBytes];
  const size_t wanted = std::min<size_t>(size, kShownBytes);
  const size_t got = machine.read(address, bytes, wanted);
  if (got < wanted) return format_text("0x%x", address);
  return quoted(bytes, got, size > got);
}

std::string path_text(const vm::Stepper& machine, uint32_t address) {
  constexpr size_t kLongest = 256;
  uint8_t bytes[kLongest];
  const size_t got = machine.read(address, bytes, kLongest);
  const auto* end = std::find(bytes, bytes + got, uint8_t{0});
  if (end == bytes + got && got < kLongest) return format_text("0x%x", address);
  return quoted(bytes, static_cast<size_t>(end - bytes), end == bytes + kLongest);
}

bool in_kernel(uint32_t pc) { return pc - isa::kKernelBase < isa::kKernelEnd - isa::kKernelBase; }

}  // namespace

std::string SyscallTracer::argument(const vm::Stepper& machine, const Call& call, size_t i,
                                    char kind, uint32_t result) const {
  const uint32_t value = call.arguments[i];
  switch (kind) {
    case 'd':
      return format_text("%d", static_cast<int32_t>(value));
    case 'u':
    case 'n':
      return format_text("%u", value);
    case 'o':
      return value == 0 ? "0" : format_text("0%o", value);
    case 'F':
      return static_cast<int32_t>(value) == -100 ? "AT_FDCWD"
                                                 : format_text("%d", static_cast<int32_t>(value));
    case 's':
      return path_text(machine, value);
    case 'b':
      return buffer_text(machine, value, call.arguments[i + 1]);
    case 'r':
      return buffer_text(machine, value, result);
    default:
      return value == 0 ? "0" : format_text("0x%x", value);
  }
}

void SyscallTracer::before(const Step& step) {
  hint_pending_ = false;
  const isa::Operation& operation = code_.operation(step.index);
  if (operation.handler == isa::Handler::kTrap) {
    if (operation.imm == 0x0000000c) enter(step);
  } else if (isa::is_machine_call(operation.handler) && !in_kernel(step.pc)) {
    machine_call(step, operation.imm);
  }
}

void SyscallTracer::after(const Step& step) {
  if (hint_pending_) {
    sink_(format_text("hint_word() = 0x%08x", step.machine.reg(kV0)));
    return;
  }
  if (entered_) {  // the address to return to is known now
    entered_ = false;
    calls_.back().address = step.machine.reg(kK0);
    return;
  }
  if (in_kernel(step.pc) && !in_kernel(step.machine.pc())) leave(step);
}

// Cause and place are the first lines of the report.
void SyscallTracer::fault(const vm::FaultReport& report) {
  close_line();
  const size_t cause = std::min(report.text.find('\n'), report.text.size());
  const size_t begin = std::min(report.text.find_first_not_of("\n ", cause), report.text.size());
  const size_t end = report.text.find('\n', begin);
  sink_("--- " + report.text.substr(0, cause) + ", " + report.text.substr(begin, end - begin) +
        " ---");
}

void SyscallTracer::enter(const Step& step) {
  const vm::Stepper& m = step.machine;
  close_line();
  Call call{};
  call.number = m.reg(kV0);
  call.sp = m.reg(kSp);
  for (unsigned i = 0; i < 6; ++i)
    call.arguments[i] = i < 4 ? m.reg(kA0 + i) : m.word(call.sp + 4 * i).value_or(0);
  const KnownCall* known = find_call(call.number);
  const std::string kinds = known != nullptr ? known->arguments : "xxxx";
  call.text = (known != nullptr ? known->name : format_text("syscall_%u", call.number)) + "(";
  for (size_t i = 0; i < kinds.size() && kinds[i] != 'r'; ++i, ++call.shown)
    call.text += (i == 0 ? "" : ", ") + argument(m, call, i, kinds[i], 0);
  if (calls_.size() >= kMaxCalls)
    calls_.erase(calls_.begin(), calls_.begin() + static_cast<ptrdiff_t>(kMaxCalls / 2));
  calls_.push_back(std::move(call));
  open_ = entered_ = true;
}

void SyscallTracer::leave(const Step& step) {
  const vm::Stepper& m = step.machine;
  const auto at = std::find_if(calls_.rbegin(), calls_.rend(), [&](const Call& c) {
    return c.address == m.pc() && c.sp == m.reg(kSp);
  });
  if (at == calls_.rend()) return;  // another trap, or the start of a thread
  const bool last = at == calls_.rbegin() && open_;
  const Call call = *at;
  const KnownCall* known = find_call(call.number);
  const std::string kinds = known != nullptr ? known->arguments : "xxxx";
  const uint32_t result = m.reg(kV0);
  const bool failed = m.reg(kA3) != 0;
  if (!last) close_line();
  std::string text =
      last ? call.text : "<... " + call.text.substr(0, call.text.find('(')) + " resumed>";
  for (size_t i = call.shown; i < kinds.size(); ++i)
    text += (i == 0 ? "" : ", ") + argument(m, call, i, kinds[i], failed ? 0 : result);
  text += ") = ";
  if (failed)
    text += format_text("-1 %s (errno %u)", error_name(result), result);
  else if (result > 0x00100000 && result < 0xfffff000)
    text += format_text("0x%x", result);
  else
    text += format_text("%d", static_cast<int32_t>(result));
  calls_.erase(std::next(at).base());
  open_ = false;
  sink_(text);
}

void SyscallTracer::machine_call(const Step& step, uint32_t number) {
  const vm::Stepper& m = step.machine;
  close_line();
  switch (number) {
    case isa::kCallHalt:
      sink_(format_text("halt(%u) = ?", m.reg(kA0)));
      break;
    case isa::kCallHintWord:
      hint_pending_ = true;
      break;
    case isa::kCallPrint:
      sink_("print(" + buffer_text(m, m.reg(kA0), m.reg(kA0 + 1)) +
            format_text(", %u)", m.reg(kA0 + 1)));
      break;
    case isa::kCallAsk:
      sink_("ask(" + buffer_text(m, m.reg(kA0), m.reg(kA0 + 1)) +
            format_text(", %u)", m.reg(kA0 + 1)));
      break;
    case isa::kCallCycle:
      sink_(
          format_text("cycle(%u) = %llu", m.reg(kA0), static_cast<unsigned long long>(m.cycles())));
      break;
    default:
      break;
  }
}

void SyscallTracer::close_line() {
  if (!open_) return;
  const uint32_t number = calls_.back().number;
  const bool ends = number == kFirstNumber + 1 || number == kFirstNumber + 246;  // exit, exit_group
  sink_(calls_.back().text + (ends ? ") = ?" : " <unfinished ...>"));
  open_ = false;
}

void SyscallTracer::finish(const vm::Stepper& machine) {
  close_line();
  if (machine.state() == vm::Stepper::State::kHalted)
    sink_(format_text("+++ exited with %u +++", machine.reg(isa::kExitCode)));
}

}  // namespace mipzk::debug
