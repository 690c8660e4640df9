// SPDX-License-Identifier: Apache-2.0
#include "debug/trace_text.hpp"

#include <cstdio>

#include "debug/access.hpp"
#include "isa/decode.hpp"

namespace mipzk::debug {

void Tracer::before(const Step& step) {
  const Function& f = code_.functions()[code_.function(step.index)];
  char place[256], text[400];
  std::snprintf(place, sizeof place, "%.200s+0x%x", f.name.c_str(), step.pc - f.address);
  const auto word = code_.word(step.pc);
  std::snprintf(text, sizeof text, "%10llu 0x%08x %-28s  %-28s",
                static_cast<unsigned long long>(step.machine.cycles()), step.pc, place,
                word ? isa::disassemble(step.pc, *word).c_str() : "?");
  line_ = text;
  memory_.clear();
  if (const auto access = access_of(step.entry, step.machine, code_.program().little_endian)) {
    std::snprintf(text, sizeof text, " [0x%08x]", access->address);
    memory_ = text;
    const isa::ClassInfo& cls = isa::class_info(step.entry.cls);
    if (cls.has(isa::kWriteNextWord)) {
      std::snprintf(text, sizeof text, "=0x%08x,0x%08x", step.machine.reg(step.entry.rt),
                    step.machine.reg(step.entry.k[2] % vm::Stepper::kRegisters));
      memory_ += text;
    } else if (access->store) {
      const uint32_t value = step.machine.reg(step.entry.rt);
      const uint32_t mask = cls.has(isa::kWriteSub) ? (1u << (8 * access->size)) - 1 : ~0u;
      std::snprintf(text, sizeof text, "=0x%x", value & mask);
      memory_ += text;
    }
  }
}

void Tracer::after(const Step& step) {
  line_ += memory_;
  const Written written = written_by(step.entry);
  for (unsigned i = 0; i < written.count; ++i) {
    const unsigned r = written.registers[i];
    if (r >= vm::Stepper::kRegisters) continue;
    char text[48];
    std::snprintf(text, sizeof text, " %s=0x%08x", register_text(r).c_str(), step.machine.reg(r));
    line_ += text;
  }
  while (line_.back() == ' ') line_.pop_back();
  sink_(line_);
}

}  // namespace mipzk::debug
