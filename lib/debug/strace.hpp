// SPDX-License-Identifier: Apache-2.0
// Shows system calls as strace does: name, arguments, result.
//
// Linux calls are traps into the in-guest kernel with the word `syscall 0`; they end when the
// kernel returns to the place after it. Faults that it takes have a line. The machine's own calls
// are shown when user code makes them: those of the kernel serve Linux calls.
//
// The lines show values of registers and memory, which may be private: only for somebody who asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "debug/observer.hpp"

namespace mipzk::debug {

class SyscallTracer : public Observer {
 public:
  using Sink = std::function<void(const std::string& text)>;  // text without a final newline

  SyscallTracer(const CodeMap& code, Sink sink) : code_(code), sink_(std::move(sink)) {}

  void before(const Step& step) override;
  void after(const Step& step) override;
  void fault(const vm::FaultReport& report) override;
  // After the last instruction: ends a line that is open, and tells the exit code of a run that
  // reached HALT.
  void finish(const vm::Stepper& machine);

 private:
  struct Call {
    uint32_t number;  // from 4000 on
    uint32_t arguments[6];
    size_t shown;      // arguments in `text`
    uint32_t address;  // where it returns to, with this stack pointer
    uint32_t sp;
    std::string text;  // "name(a, b"
  };

  void enter(const Step& step);
  void leave(const Step& step);
  void machine_call(const Step& step, uint32_t number);
  std::string argument(const vm::Stepper& machine, const Call& call, size_t i, char kind,
                       uint32_t result) const;
  void close_line();

  const CodeMap& code_;
  Sink sink_;
  std::vector<Call> calls_;  // that have not returned; the open line is about the last one
  bool open_ = false;
  bool entered_ = false;       // the instruction that is being executed is a Linux call
  bool hint_pending_ = false;  // ... is HINT_WORD
};

}  // namespace mipzk::debug
