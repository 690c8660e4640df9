// SPDX-License-Identifier: Apache-2.0
#include "debug/trace_text.hpp"

#include "base/format.hpp"
#include "debug/access.hpp"
#include "isa/decode.hpp"

namespace mipzk::debug {

void Tracer::before(const Step& step) {
  const Function& f = code_.functions()[code_.function(step.index)];
  const std::string place = format_text("%.200s+0x%x", f.name.c_str(), step.pc - f.address);
  const auto word = code_.word(step.pc);
  line_ = format_text("%10llu 0x%08x %-28s  %-28s",
                      static_cast<unsigned long long>(step.machine.cycles()), step.pc,
                      place.c_str(), word ? isa::disassemble(step.pc, *word).c_str() : "?");
  memory_.clear();
  if (const auto access = access_of(step.entry, step.machine, code_.program().little_endian)) {
    memory_ = format_text(" [0x%08x]", access->address);
    const isa::ClassInfo& cls = isa::class_info(step.entry.cls);
    if (cls.has(isa::kWriteNextWord)) {
      memory_ += format_text("=0x%08x,0x%08x", step.machine.reg(step.entry.rt),
                             step.machine.reg(step.entry.k[2] % vm::Stepper::kRegisters));
    } else if (access->store) {
      const uint32_t value = step.machine.reg(step.entry.rt);
      const uint32_t mask = cls.has(isa::kWriteSub) ? (1u << (8 * access->size)) - 1 : ~0u;
      memory_ += format_text("=0x%x", value & mask);
    }
  }
}

void Tracer::after(const Step& step) {
  line_ += memory_;
  const Written written = written_by(step.entry);
  for (unsigned i = 0; i < written.count; ++i) {
    const unsigned r = written.registers[i];
    if (r >= vm::Stepper::kRegisters) continue;
    line_ += format_text(" %s=0x%08x", register_text(r).c_str(), step.machine.reg(r));
  }
  while (line_.back() == ' ') line_.pop_back();
  sink_(line_);
}

}  // namespace mipzk::debug
