// SPDX-License-Identifier: Apache-2.0
#include "vm/kernel_fault.hpp"

namespace mipzk::vm {
namespace {

using isa::SpanKind;

// The bytes of an access, which must lie at a multiple of that; 1 where any address will do.
uint32_t alignment(Handler handler) {
  switch (handler) {
    case Handler::kLh:
    case Handler::kLhu:
    case Handler::kSh:
      return 2;
    case Handler::kLw:
    case Handler::kSw:
    case Handler::kLl:
    case Handler::kSc:
    case Handler::kJr:
    case Handler::kJalr:
      return 4;
    case Handler::kLdc1:
    case Handler::kSdc1:
      return 8;
    default:
      return 1;
  }
}

std::optional<KernelFault> store_fault(const Processor& cpu, uint32_t address, unsigned words) {
  const Cell* const cells = cpu.memory->cell(address);
  if (cells == nullptr) return std::nullopt;
  bool writable = true;
  for (unsigned i = 0; i < words; ++i) {
    if ((cells[i].meta & kMapped) == 0) return std::nullopt;
    writable &= (cells[i].meta & kWritable) != 0;
  }
  if (writable) return std::nullopt;
  return KernelFault{
      .code = FaultCode::kReadOnly, .address = address, .words = static_cast<uint8_t>(words)};
}

std::optional<KernelFault> access_fault(const Processor& cpu) {
  const Handler handler = cpu.op->handler;
  const isa::ClassInfo& cls = isa::class_info(isa::class_of(handler));
  const bool store = cls.has(isa::kStores);
  const uint32_t address = cpu.reg[cpu.op->rs] + cpu.op->imm;
  const uint32_t bytes = alignment(handler);
  if (address % bytes != 0)
    return KernelFault{.code = store ? FaultCode::kUnalignedStore : FaultCode::kUnalignedLoad,
                       .address = address};
  const unsigned words = bytes == 8 ? 2 : 1;
  for (uint32_t i = 0; i < words; ++i) {
    const uint32_t span = cpu.code.find_span(SpanKind::kUnmapped, address / 4 + i);
    if (span == kNoSpan) continue;
    return KernelFault{.code = store ? FaultCode::kUnmappedStore : FaultCode::kUnmappedLoad,
                       .address = address,
                       .span = span,
                       .second = i == 1};
  }
  return store ? store_fault(cpu, address, words) : std::nullopt;
}

}  // namespace

std::optional<KernelFault> kernel_fault(const Processor& cpu) {
  if (!cpu.code.takes_faults()) return std::nullopt;
  const uint32_t pc = cpu.op->pc;
  if (cpu.op->handler == Handler::kMissing) {
    const uint32_t span = cpu.code.find_span(SpanKind::kNoCode, pc / 4);
    if (span == kNoSpan) return std::nullopt;
    return KernelFault{.code = FaultCode::kNoInstruction, .address = pc, .span = span};
  }
  if (pc >= isa::kKernelBase) return std::nullopt;
  switch (cpu.fault) {
    case FaultKind::kOverflow:
      return KernelFault{.code = FaultCode::kOverflow};
    case FaultKind::kTrap:
      return KernelFault{.code = FaultCode::kTrap};
    case FaultKind::kHintsExhausted:
      return std::nullopt;
    default:
      return access_fault(cpu);
  }
}

void enter_kernel(Processor& cpu, const KernelFault& fault) {
  cpu.reg[isa::kEpc] = cpu.op->pc;
  cpu.reg[isa::kEnpc] = cpu.next->pc;
  cpu.reg[isa::kCause] = 4 * static_cast<uint32_t>(fault.code);
  cpu.reg[isa::kBadVAddr] = fault.address;
  cpu.reg[isa::kLink] = 0;
  cpu.start(isa::kFaultVector);
  ++cpu.cycles;
}

void record_fault(Processor& cpu, const KernelFault& fault, Recorder& recorder) {
  const auto cycle = static_cast<uint32_t>(cpu.cycles - cpu.shard_start);
  const uint32_t clk = 4 * cycle;
  const FaultTable table = table_of(fault.code);
  recorder.faults->push_back({cycle, fault});
  if (fault.span != kNoSpan) ++recorder.executed[cpu.code.place_of_span(fault.span)];
  if (table != FaultTable::kFetch) {
    ++recorder.executed[cpu.op - recorder.first];
    cpu.reg_time[cpu.op->rs] = clk + 1;
  }
  if (table == FaultTable::kOperand) cpu.reg_time[cpu.op->rt] = clk + 2;
  cpu.reg_time[isa::kLink] = clk + 3;
  for (uint32_t i = 0; i < fault.words; ++i) {
    Cell* const cell = cpu.memory->cell(fault.address + 4 * i);
    *recorder.log++ = *cell;
    cell->meta = (cell->meta & ~kTimeMask) | (clk + 3 + i);
  }
  for (const uint8_t r : {isa::kEpc, isa::kEnpc, isa::kCause, isa::kBadVAddr})
    cpu.reg_time[r] = clk + 4;
  enter_kernel(cpu, fault);
}

void replay_fault(Processor& cpu, const KernelFault& fault, EventSink& sink) {
  FaultEvent e{};
  e.fault = fault;
  e.clk = static_cast<uint32_t>(4 * cpu.cycles);
  e.pc = cpu.op->pc;
  e.npc = cpu.next->pc;
  const auto touch = [&](unsigned r, uint32_t slot) {
    const uint32_t now = e.clk + slot;
    const uint32_t old =
        sink.previous(kRegisterKeyBase + r, cpu.reg[r], true, cpu.reg_time[r], now);
    cpu.reg_time[r] = now;
    return old;
  };
  const FaultTable table = table_of(fault.code);
  if (table != FaultTable::kFetch) {
    e.rs = cpu.reg[cpu.op->rs];
    e.t_rs = touch(cpu.op->rs, 1);
  }
  if (table == FaultTable::kOperand) {
    e.rt = cpu.reg[cpu.op->rt];
    e.t_rt = touch(cpu.op->rt, 2);
  }
  e.link = {cpu.reg[isa::kLink], touch(isa::kLink, 3)};
  for (uint32_t i = 0; i < fault.words; ++i) {
    const Cell& cell = *sink.log++;
    const bool writable = (cell.meta & kWritable) != 0;
    const uint32_t key = fault.address / 4 + i;
    e.words[i] = {key, cell.value, cell.value, writable,
                  sink.previous(key, cell.value, writable, cell.meta & kTimeMask, e.clk + 3 + i)};
  }
  const auto write = [&](unsigned r) { return FaultEvent::Old{cpu.reg[r], touch(r, 4)}; };
  e.epc = write(isa::kEpc);
  e.enpc = write(isa::kEnpc);
  e.cause = write(isa::kCause);
  e.address = write(isa::kBadVAddr);
  sink.fault_events->push_back(e);
  enter_kernel(cpu, fault);
}

}  // namespace mipzk::vm
