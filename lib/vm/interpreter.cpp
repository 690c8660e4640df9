// SPDX-License-Identifier: Apache-2.0
// The interpreter loop. Each handler is a label; every one ends with its own indirect jump to the
// next (threaded code), which branch predictors follow much better than one common switch. The
// recording and replaying loops are the same source with other statements compiled in, so that all
// agree.
//
// State is (pc, npc): execute the instruction at pc, then pc = npc and npc = npc + 4 or the target.
// The semantics are those of docs/MACHINE.md, "Instructions".
#include "vm/interpreter.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

#include "base/bytes.hpp"
#include "vm/accesses.hpp"
#include "vm/kernel_fault.hpp"
#include "vm/semantics.hpp"

// Labels as values are an extension of gcc and clang.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace mipzk::vm {
namespace {

// Why an access to words of which one lacks the needed flag is a fault.
FaultKind access_fault(const Cell* cells, unsigned count, uint32_t address) {
  bool mapped = cells != nullptr;
  for (unsigned i = 0; mapped && i < count; ++i) mapped = (cells[i].meta & kMapped) != 0;
  if (mapped) return FaultKind::kReadOnly;
  return address < isa::kUserBase ? FaultKind::kNullPage : FaultKind::kUnmapped;
}

[[gnu::noinline]] void host_call(Processor& cpu, uint32_t number, uint64_t cycles) {
  if (cpu.hooks == nullptr || cycles < cpu.shown) return;
  if (number == isa::kCallCycle && cpu.hooks->cycle) cpu.hooks->cycle(cycles, cpu.reg[4]);
  if (number == isa::kCallAsk && cpu.hooks->ask) {
    const auto name = printed_bytes(*cpu.memory, cpu.windows->little_endian(), cpu.reg[4],
                                    std::min(cpu.reg[5], kMaxNameBytes));
    cpu.windows->set_hints(cpu.hooks->ask(name, cpu.windows->hints_taken()));
  }
  if (number == isa::kCallPrint && cpu.hooks->print && !cpu.print_meter.silent()) {
    auto text = printed_bytes(*cpu.memory, cpu.windows->little_endian(), cpu.reg[4], cpu.reg[5]);
    const bool notice = cpu.print_meter.cut(text, cycles);
    cpu.hooks->print(text);
    if (notice)
      cpu.hooks->print({reinterpret_cast<const uint8_t*>(PrintMeter::kNotice),
                        std::strlen(PrintMeter::kNotice)});
  }
}

// Control flow of the loop. RECORD(handler, npc after the next, results) is empty in the plain
// loop; it comes before the instruction changes anything. The accesses are those of the handler's
// class, the results their `Results`.
#define DISPATCH()                                     \
  do {                                                 \
    if (--left == 0) goto slice_end;                   \
    goto* kLabels[static_cast<unsigned>(op->handler)]; \
  } while (0)
#define NEXT()  \
  do {          \
    op = next;  \
    ++next;     \
    DISPATCH(); \
  } while (0)
#define NEXT_TO(after)               \
  do {                               \
    const MicroOp* const to = after; \
    op = next;                       \
    next = to;                       \
    DISPATCH();                      \
  } while (0)
#define FAULT(kind)   \
  do {                \
    cpu.fault = kind; \
    goto fault;       \
  } while (0)
#define RECORD(handler, after_next, ...)                                         \
  do {                                                                           \
    constexpr isa::Class kClass = isa::class_of(Handler::k##handler);            \
    if constexpr (kRecording) {                                                  \
      ++context.counts[static_cast<unsigned>(kClass)];                           \
      ++context.executed[op - context.first];                                    \
      TimeKeeper w{cpu, clk_end - 4 * left};                                     \
      const Results r{__VA_ARGS__};                                              \
      note<kClass>(w, op, r.cell, r.address, r.word, r.second, r.rd);            \
    }                                                                            \
    if constexpr (kReplaying) {                                                  \
      EventWriter w{context, cpu, *context.at[static_cast<unsigned>(kClass)]++}; \
      w.e = {};                                                                  \
      w.e.clk = clk_end - 4 * left;                                              \
      w.e.pc = op->pc;                                                           \
      w.e.npc = next->pc;                                                        \
      w.e.next_npc = after_next;                                                 \
      const Results r{__VA_ARGS__};                                              \
      note<kClass>(w, op, r.cell, r.address, r.word, r.second, r.rd);            \
    }                                                                            \
  } while (0)
// Makes `cell` the cells of `count` words from byte address a on, which lie in one page and have
// the flag; in a replay copies of them, so that writing to them changes nothing.
#define ACCESS(count, flag)                                                                   \
  Cell replayed[count];                                                                       \
  Cell* cell = replayed;                                                                      \
  if constexpr (kReplaying) {                                                                 \
    for (unsigned i = 0; i < (count); ++i) replayed[i] = *log++;                              \
  } else {                                                                                    \
    cell = cpu.memory->cell(a);                                                               \
    if (cell == nullptr || (cell[0].meta & (flag)) == 0) FAULT(access_fault(cell, count, a)); \
    if constexpr ((count) == 2) {                                                             \
      cpu.memory->cell(a + 4); /* notes the access, too */                                    \
      if ((cell[1].meta & (flag)) == 0) FAULT(access_fault(cell, count, a));                  \
    }                                                                                         \
    if constexpr (kRecording)                                                                 \
      for (unsigned i = 0; i < (count); ++i) *log++ = cell[i];                                \
  }

#define OP_REG(name, expression)                     \
  L_##name : {                                       \
    const uint32_t a = reg[op->rs], b = reg[op->rt]; \
    const uint32_t v = expression;                   \
    RECORD(name, next->pc + 4, .rd = v);             \
    reg[op->rd] = v;                                 \
    NEXT();                                          \
  }
#define OP_IMM(name, expression)                 \
  L_##name : {                                   \
    const uint32_t a = reg[op->rs], b = op->imm; \
    const uint32_t v = expression;               \
    RECORD(name, next->pc + 4, .rd = v);         \
    reg[op->rd] = v;                             \
    NEXT();                                      \
  }
#define OP_UNARY(name, expression)       \
  L_##name : {                           \
    const uint32_t a = reg[op->rs];      \
    const uint32_t v = expression;       \
    RECORD(name, next->pc + 4, .rd = v); \
    reg[op->rd] = v;                     \
    NEXT();                              \
  }
#define OP_TRAP(name, sum)                                                          \
  L_##name : {                                                                      \
    const int64_t a = as_signed(reg[op->rs]), b = as_signed(reg[op->rt]);           \
    const int64_t c = as_signed(op->imm);                                           \
    const int64_t s = sum;                                                          \
    if (s != as_signed(low(static_cast<uint64_t>(s)))) FAULT(FaultKind::kOverflow); \
    const uint32_t v = low(static_cast<uint64_t>(s));                               \
    RECORD(name, next->pc + 4, .rd = v);                                            \
    reg[op->rd] = v;                                                                \
    NEXT();                                                                         \
  }
#define OP_BRANCH_EQ(name, condition)                                    \
  L_##name : {                                                           \
    const uint32_t a = reg[op->rs], b = reg[op->rt];                     \
    const MicroOp* const after = condition ? op + op->target : next + 1; \
    RECORD(name, after->pc);                                             \
    NEXT_TO(after);                                                      \
  }
#define OP_BRANCH_ZERO(name, condition)                                  \
  L_##name : {                                                           \
    const int32_t a = as_signed(reg[op->rs]);                            \
    const MicroOp* const after = condition ? op + op->target : next + 1; \
    RECORD(name, after->pc);                                             \
    NEXT_TO(after);                                                      \
  }
#define OP_BRANCH_LINK(name, condition)                                  \
  L_##name : {                                                           \
    const int32_t a = as_signed(reg[op->rs]);                            \
    const MicroOp* const after = condition ? op + op->target : next + 1; \
    RECORD(name, after->pc, .rd = op->pc + 8);                           \
    reg[op->rd] = op->pc + 8;                                            \
    NEXT_TO(after);                                                      \
  }
// `cell` is the accessed word, m its value, a the address; v goes to the register.
#define OP_LOAD(name, alignment, expression)                                    \
  L_##name : {                                                                  \
    const uint32_t a = reg[op->rs] + op->imm;                                   \
    if ((a & alignment) != 0) FAULT(FaultKind::kUnaligned);                     \
    ACCESS(1, kMapped)                                                          \
    const uint32_t m = cell->value, old = reg[op->rd];                          \
    [[maybe_unused]] const auto flip = static_cast<uint32_t>(op->target);       \
    const uint32_t v = expression;                                              \
    RECORD(name, next->pc + 4, .cell = cell, .address = a, .word = m, .rd = v); \
    static_cast<void>(old);                                                     \
    reg[op->rd] = v;                                                            \
    NEXT();                                                                     \
  }
// b is the stored register, v the new word.
#define OP_STORE(name, alignment, expression)                             \
  L_##name : {                                                            \
    const uint32_t a = reg[op->rs] + op->imm, b = reg[op->rt];            \
    if ((a & alignment) != 0) FAULT(FaultKind::kUnaligned);               \
    ACCESS(1, kWritable)                                                  \
    const uint32_t m = cell->value;                                       \
    [[maybe_unused]] const auto flip = static_cast<uint32_t>(op->target); \
    const uint32_t v = expression;                                        \
    static_cast<void>(m);                                                 \
    RECORD(name, next->pc + 4, .cell = cell, .address = a, .word = v);    \
    cell->value = v;                                                      \
    NEXT();                                                               \
  }
// The two destinations are HI and LO; for mul they are trash and a general register.
#define OP_HILO(name, high_reg, low_reg, expression)        \
  L_##name : {                                              \
    const uint32_t a = reg[op->rs], b = reg[op->rt];        \
    const HiLo v = expression;                              \
    RECORD(name, next->pc + 4, .second = v.hi, .rd = v.lo); \
    reg[high_reg] = v.hi;                                   \
    reg[low_reg] = v.lo;                                    \
    NEXT();                                                 \
  }
#define OP_MULT(name, expression) OP_HILO(name, op->target, op->rd, expression)
#define OP_ACC(name, expression) OP_HILO(name, isa::kHi, isa::kLo, expression)
#define ACC \
  HiLo { reg[isa::kHi], reg[isa::kLo] }
// Not taken, the instruction in the delay slot is skipped.
#define OP_BRANCH_LIKELY(name, condition)                            \
  L_##name : {                                                       \
    const uint32_t a = reg[op->rs], b = reg[op->rt];                 \
    static_cast<void>(b);                                            \
    const bool taken = condition;                                    \
    const MicroOp* const after = taken ? op + op->target : next + 2; \
    RECORD(name, after->pc, .rd = op->imm);                          \
    reg[op->rd] = op->imm;                                           \
    if (!taken) ++next;                                              \
    NEXT_TO(after);                                                  \
  }
#define OP_TRAP_IF(name, condition)                            \
  L_##name : {                                                 \
    const uint32_t a = reg[op->rs], b = reg[op->rt] + op->imm; \
    if (condition) FAULT(FaultKind::kTrap);                    \
    RECORD(name, next->pc + 4);                                \
    NEXT();                                                    \
  }

struct Plain {
  Cell* log = nullptr;
};

// Context is Plain, Recorder or EventSink.
template <class Context>
Stop loop(Processor& cpu, uint32_t slice, Context& context) {
  constexpr bool kRecording = std::is_same_v<Context, Recorder>;
  constexpr bool kReplaying = std::is_same_v<Context, EventSink>;
  static const void* const kLabels[] = {&&L_Missing,
#define MIPZK_HANDLER(name, cls) &&L_##name,
                                        MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
  };

  uint32_t* const reg = cpu.reg.data();
  const MicroOp* op = cpu.op;
  const MicroOp* next = cpu.next;
  uint32_t left = slice;  // instructions, the current one included
  const uint64_t start = cpu.cycles;
  // The shard's clock after the slice: below 2^28 but for plain runs.
  [[maybe_unused]] const uint32_t clk_end = low(4 * (start + slice - cpu.shard_start));
  [[maybe_unused]] auto* log = context.log;
  Stop stop = Stop::kSliceEnd;
  goto* kLabels[static_cast<unsigned>(op->handler)];

L_Missing:
  FAULT(FaultKind::kNoInstruction);
L_Nop:
  RECORD(Nop, next->pc + 4);
  NEXT();
L_Host:
  RECORD(Host, next->pc + 4);
  host_call(cpu, op->imm, start + (slice - left));
  NEXT();

  OP_REG(Addu, a + b)
  OP_REG(Subu, a - b)
  OP_TRAP(AddTrap, a + b + c)
  OP_TRAP(SubTrap, a - b - c)
  OP_IMM(AddImm, a + b)
  OP_REG(And, a & b)
  OP_REG(Or, a | b)
  OP_REG(Xor, a ^ b)
  OP_REG(Nor, ~(a | b))
  OP_IMM(Andi, a & b)
  OP_IMM(Ori, a | b)
  OP_IMM(Xori, a ^ b)
  OP_IMM(Sll, a << b)
  OP_IMM(Srl, a >> b)
  OP_REG(SllVar, a << (((b & 31) + op->imm) & 31))
  OP_REG(SrlVar, a >> (((b & 31) + op->imm) & 31))
  OP_REG(SraVar, static_cast<uint32_t>(as_signed(a) >> (((b & 31) + op->imm) & 31)))
  OP_REG(Slt, as_signed(a) < as_signed(b))
  OP_REG(Sltu, a < b)
  OP_IMM(Slti, as_signed(a) < as_signed(b))
  OP_IMM(Sltiu, a < b)

  OP_BRANCH_EQ(Beq, a == b)
  OP_BRANCH_EQ(Bne, a != b)
  OP_BRANCH_ZERO(Bltz, a < 0)
  OP_BRANCH_ZERO(Bgez, a >= 0)
  OP_BRANCH_ZERO(Blez, a <= 0)
  OP_BRANCH_ZERO(Bgtz, a > 0)
  OP_BRANCH_LINK(Bltzal, a < 0)
  OP_BRANCH_LINK(Bgezal, a >= 0)

L_J : {
  const MicroOp* const after = op + op->target;
  RECORD(J, after->pc);
  NEXT_TO(after);
}
L_Jal : {
  const MicroOp* const after = op + op->target;
  RECORD(Jal, after->pc, .rd = op->pc + 8);
  reg[op->rd] = op->pc + 8;
  NEXT_TO(after);
}
L_Jr : {
  const uint32_t a = reg[op->rs];
  if ((a & 3) != 0) FAULT(FaultKind::kUnalignedJump);
  RECORD(Jr, a);
  NEXT_TO(cpu.fetch(a));
}
L_Jalr : {
  const uint32_t a = reg[op->rs];
  if ((a & 3) != 0) FAULT(FaultKind::kUnalignedJump);
  RECORD(Jalr, a, .rd = op->pc + 8);
  reg[op->rd] = op->pc + 8;
  NEXT_TO(cpu.fetch(a));
}

  OP_LOAD(Lw, 3, m)
  OP_LOAD(Lb, 0, sign_extend(load_byte(m, a ^ flip), 8))
  OP_LOAD(Lbu, 0, load_byte(m, a ^ flip))
  OP_LOAD(Lh, 1, sign_extend(load_half(m, a ^ flip), 16))
  OP_LOAD(Lhu, 1, load_half(m, a ^ flip))
  OP_LOAD(Lwl, 0, load_left(m, a ^ flip, old))
  OP_LOAD(Lwr, 0, load_right(m, a ^ flip, old))
  OP_STORE(Sw, 3, b)
  OP_STORE(Sb, 0, store_byte(m, a ^ flip, b))
  OP_STORE(Sh, 1, store_half(m, a ^ flip, b))
  OP_STORE(Swl, 0, store_left(m, a ^ flip, b))
  OP_STORE(Swr, 0, store_right(m, a ^ flip, b))

  OP_MULT(Mult, multiply(a, b, true))
  OP_MULT(Multu, multiply(a, b, false))
  OP_ACC(Div, divide(a, b, true))
  OP_ACC(Divu, divide(a, b, false))
  OP_ACC(Madd, multiply_add(ACC, multiply(a, b, true), false))
  OP_ACC(Maddu, multiply_add(ACC, multiply(a, b, false), false))
  OP_ACC(Msub, multiply_add(ACC, multiply(a, b, true), true))
  OP_ACC(Msubu, multiply_add(ACC, multiply(a, b, false), true))

  OP_IMM(Rotr, std::rotr(a, static_cast<int>(b)))
  OP_REG(BitField,
         std::rotr(a, static_cast<int>((b & 31) + op->imm)) & static_cast<uint32_t>(op->target))
L_BitInsert : {
  const auto mask = static_cast<uint32_t>(op->target);
  const uint32_t v =
      (std::rotr(reg[op->rs], static_cast<int>(op->imm)) & mask) | (reg[op->rd] & ~mask);
  RECORD(BitInsert, next->pc + 4, .rd = v);
  reg[op->rd] = v;
  NEXT();
}
  OP_UNARY(Clz, static_cast<uint32_t>(std::countl_zero(a)))
  OP_UNARY(Clo, static_cast<uint32_t>(std::countl_one(a)))
  OP_UNARY(Seb, sign_extend(a, 8))
  OP_UNARY(Seh, sign_extend(a, 16))
  OP_UNARY(Wsbh, swap_halves_bytes(a))
  OP_REG(Movz, b == 0 ? a : reg[op->rd])
  OP_REG(Movn, b != 0 ? a : reg[op->rd])

  OP_BRANCH_LIKELY(BeqLikely, a == b)
  OP_BRANCH_LIKELY(BneLikely, a != b)
  OP_BRANCH_LIKELY(BltzLikely, as_signed(a) < 0)
  OP_BRANCH_LIKELY(BgezLikely, as_signed(a) >= 0)
  OP_BRANCH_LIKELY(BlezLikely, as_signed(a) <= 0)
  OP_BRANCH_LIKELY(BgtzLikely, as_signed(a) > 0)

  OP_TRAP_IF(Teq, a == b)
  OP_TRAP_IF(Tne, a != b)
  OP_TRAP_IF(Tge, as_signed(a) >= as_signed(b))
  OP_TRAP_IF(Tgeu, a >= b)
  OP_TRAP_IF(Tlt, as_signed(a) < as_signed(b))
  OP_TRAP_IF(Tltu, a < b)

L_Ll : {
  const uint32_t a = reg[op->rs] + op->imm;
  if ((a & 3) != 0) FAULT(FaultKind::kUnaligned);
  ACCESS(1, kMapped)
  const uint32_t v = cell->value;
  RECORD(Ll, next->pc + 4, .cell = cell, .address = a, .word = v, .second = a, .rd = v);
  reg[isa::kLink] = a;
  reg[op->rd] = v;
  NEXT();
}
L_Sc : {
  const uint32_t a = reg[op->rs] + op->imm;
  if ((a & 3) != 0) FAULT(FaultKind::kUnaligned);
  ACCESS(1, kWritable)
  const bool linked = reg[isa::kLink] == a;
  const uint32_t v = linked ? reg[op->rt] : cell->value;
  RECORD(Sc, next->pc + 4, .cell = cell, .address = a, .word = v, .second = 0, .rd = linked);
  cell->value = v;
  reg[isa::kLink] = 0;
  reg[op->rd] = linked;
  NEXT();
}
// `second` is the register of the word at the higher address.
L_Ldc1 : {
  const uint32_t a = reg[op->rs] + op->imm;
  if ((a & 7) != 0) FAULT(FaultKind::kUnaligned);
  ACCESS(2, kMapped)
  const auto second = static_cast<uint32_t>(op->target);
  const uint32_t v = cell[0].value, v2 = cell[1].value;
  RECORD(Ldc1, next->pc + 4, .cell = cell, .address = a, .word = v, .second = v2, .rd = v);
  reg[op->rd] = v;
  reg[second] = v2;
  NEXT();
}
L_Sdc1 : {
  const uint32_t a = reg[op->rs] + op->imm;
  if ((a & 7) != 0) FAULT(FaultKind::kUnaligned);
  ACCESS(2, kWritable)
  const auto second = static_cast<uint32_t>(op->target);
  const uint32_t v = reg[op->rt], v2 = reg[second];
  RECORD(Sdc1, next->pc + 4, .cell = cell, .address = a, .word = v, .second = v2, .rd = v2);
  cell[0].value = v;
  cell[1].value = v2;
  NEXT();
}
L_MovPair : {
  const uint32_t v = reg[op->rs], v2 = reg[op->rt];
  RECORD(MovPair, next->pc + 4, .second = v2, .rd = v);
  reg[op->target] = v2;
  reg[op->rd] = v;
  NEXT();
}
L_Trap : {
  const MicroOp* const vector = op + op->target;
  const uint32_t back = next->pc, word = op->imm;
  RECORD(Trap, vector->pc + 4, .second = word, .rd = back);
  reg[26] = back;
  reg[27] = word;
  reg[isa::kLink] = 0;
  next = vector;
  NEXT_TO(vector + 1);
}

L_Hint : {
  uint32_t v = 0;
  if constexpr (kReplaying) {
    v = log++->value;
  } else {
    if (!cpu.windows->next_hint(v)) FAULT(FaultKind::kHintsExhausted);
    if constexpr (kRecording) *log++ = {v, 0};
  }
  RECORD(Hint, next->pc + 4, .rd = v);
  reg[op->rd] = v;
  NEXT();
}
L_Halt : {
  const uint32_t v = reg[op->rs];
  RECORD(Halt, 0, .rd = v);
  reg[op->rd] = v;
  --left;
  stop = Stop::kHalt;
  goto slice_end;
}

fault:
  stop = !kReplaying && cpu.memory->limit_hit() ? Stop::kMemoryLimit : Stop::kFault;
slice_end:
  if constexpr (kRecording || kReplaying) context.log = log;
  cpu.cycles = start + (slice - left);
  cpu.op = op;
  cpu.next = next;
  return stop;
}

}  // namespace

Processor::~Processor() { secure_zero(reg.data(), sizeof reg); }

void Processor::start(uint32_t address) {
  op = fetch(address);
  next = op + 1;
}

const MicroOp* Processor::fetch(uint32_t address) {
  if (const MicroOp* found = code.find(address)) return found;
  MicroOp* const list = missing_[missing_turn_];
  missing_turn_ ^= 1;
  for (uint32_t i = 0; i < kMissingPad; ++i) list[i].pc = address + 4 * i;
  return list;
}

uint32_t EventSink::bump(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now) {
  bumps.push_back({key, value & 0xffff, value >> 16, writable, old, now - 1});
  return now - 1;
}

namespace {

// Runs the loop, and takes the faults that the in-guest kernel takes.
template <class Context, class TakeFault>
Stop run_with_faults(Processor& cpu, uint32_t slice, Context& context, TakeFault take) {
  const uint64_t end = cpu.cycles + slice;
  for (;;) {
    const Stop stop = loop(cpu, low(end - cpu.cycles), context);
    if (stop != Stop::kFault || cpu.stops_at_faults) return stop;
    const auto fault = kernel_fault(cpu);
    if (!fault) return stop;
    take(*fault);
    if (cpu.cycles == end) return Stop::kSliceEnd;
  }
}

}  // namespace

Stop execute(Processor& cpu, uint32_t slice) {
  Plain plain;
  return run_with_faults(cpu, slice, plain, [&](const KernelFault& f) { enter_kernel(cpu, f); });
}

Stop execute_recording(Processor& cpu, uint32_t slice, Recorder& recorder) {
  return run_with_faults(cpu, slice, recorder,
                         [&](const KernelFault& f) { record_fault(cpu, f, recorder); });
}

Stop execute_replaying(Processor& cpu, uint32_t slice, EventSink& sink) {
  const uint64_t end = cpu.cycles + slice;
  for (;;) {
    const bool fault_follows = !sink.faults.empty() && sink.faults.front().cycle < end;
    const uint64_t to = fault_follows ? sink.faults.front().cycle : end;
    Stop stop = Stop::kSliceEnd;
    if (cpu.cycles < to) stop = loop(cpu, low(to - cpu.cycles), sink);
    if (!fault_follows || stop != Stop::kSliceEnd) return stop;
    replay_fault(cpu, sink.faults.front().fault, sink);
    sink.faults = sink.faults.subspan(1);
    if (cpu.cycles == end) return Stop::kSliceEnd;
  }
}

}  // namespace mipzk::vm
