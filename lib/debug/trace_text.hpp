// SPDX-License-Identifier: Apache-2.0
// One line for each executed instruction.
//
// The lines show values of registers and memory, which may be private: only for somebody who asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "debug/observer.hpp"

namespace mipzk::debug {

// "CYCLE ADDRESS FUNCTION+OFFSET  INSTRUCTION  EFFECTS": CYCLE instructions were completed before
// it; the effects are the memory it accessed, as [address], and the registers it wrote.
class Tracer : public Observer {
 public:
  using Sink = std::function<void(const std::string& line)>;

  Tracer(const CodeMap& code, Sink sink) : code_(code), sink_(std::move(sink)) {}

  bool wants_every_instruction() const override { return true; }
  void before(const Step& step) override;
  void after(const Step& step) override;

 private:
  const CodeMap& code_;
  Sink sink_;
  std::string line_, memory_;
};

}  // namespace mipzk::debug
