// The interpreter loop. Each handler is a label; every one ends with its own indirect jump to the
// next (threaded code), which branch predictors follow much better than one common switch. The
// counting and recording loops are the same source with more statements compiled in, so that all
// agree.
//
// State is (pc, npc): execute the instruction at pc, then pc = npc and npc = npc + 4 or the target.
// The semantics are those of docs/MACHINE.md, "Instructions".
#include "vm/interpreter.hpp"

#include <algorithm>

#include "base/bytes.hpp"

// Labels as values are an extension of gcc and clang.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace mipzk::vm {
namespace {

using isa::Class;

struct HiLo {
  uint32_t hi, lo;
};

int32_t as_signed(uint32_t v) { return static_cast<int32_t>(v); }
uint32_t low(uint64_t v) { return static_cast<uint32_t>(v); }
uint32_t high(uint64_t v) { return static_cast<uint32_t>(v >> 32); }

HiLo multiply(uint32_t a, uint32_t b, bool is_signed) {
  const uint64_t product =
      is_signed ? static_cast<uint64_t>(int64_t{as_signed(a)} * as_signed(b)) : uint64_t{a} * b;
  return {high(product), low(product)};
}

// Division by zero gives LO = the dividend, HI = 0.
HiLo divide(uint32_t a, uint32_t b, bool is_signed) {
  if (b == 0) return {0, a};
  if (!is_signed) return {a % b, a / b};
  const int64_t n = as_signed(a), d = as_signed(b);  // 64 bits, because of INT_MIN / -1
  return {low(static_cast<uint64_t>(n % d)), low(static_cast<uint64_t>(n / d))};
}

uint32_t sign_extend(uint32_t v, unsigned bits) {
  return static_cast<uint32_t>(as_signed(v << (32 - bits)) >> (32 - bits));
}

// Big-endian: byte 0 of a word is its most significant one.
uint32_t byte_shift(uint32_t address) { return 24 - 8 * (address & 3); }
uint32_t half_shift(uint32_t address) { return 16 - 8 * (address & 2); }

uint32_t load_byte(uint32_t word, uint32_t a) { return word >> byte_shift(a) & 0xff; }
uint32_t load_half(uint32_t word, uint32_t a) { return word >> half_shift(a) & 0xffff; }
uint32_t store_byte(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t mask = 0xffu << byte_shift(a);
  return (word & ~mask) | (v << byte_shift(a) & mask);
}
uint32_t store_half(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t mask = 0xffffu << half_shift(a);
  return (word & ~mask) | (v << half_shift(a) & mask);
}

// The four unaligned accesses; k = address mod 4.
uint32_t load_left(uint32_t word, uint32_t a, uint32_t old) {
  const uint32_t shift = 8 * (a & 3);
  return word << shift | (old & ((1u << shift) - 1));
}
uint32_t load_right(uint32_t word, uint32_t a, uint32_t old) {
  const uint32_t shift = 24 - 8 * (a & 3);
  return word >> shift | (old & ~(~0u >> shift));
}
uint32_t store_left(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t shift = 8 * (a & 3);
  return (word & ~(~0u >> shift)) | v >> shift;
}
uint32_t store_right(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t shift = 24 - 8 * (a & 3);
  return (word & ((1u << shift) - 1)) | v << shift;
}

// Why an access to a word without the needed flag is a fault.
FaultKind access_fault(const Cell* cell, uint32_t address) {
  if (cell != nullptr && (cell->meta & kMapped) != 0) return FaultKind::kReadOnly;
  return address < isa::kUserBase ? FaultKind::kNullPage : FaultKind::kUnmapped;
}

void host_call(const Processor& cpu, uint32_t number, uint64_t cycles) {
  if (cpu.hooks == nullptr) return;
  if (number == isa::kCallCycle && cpu.hooks->cycle) cpu.hooks->cycle(cycles, cpu.reg[4]);
  if (number == isa::kCallPrint && cpu.hooks->print) {
    auto bytes = printed_bytes(cpu.memory, cpu.reg[4], cpu.reg[5]);
    cpu.hooks->print(bytes);
    secure_zero(bytes.data(), bytes.size());
  }
}

// Fills the parts of an event that belong to one access. In the plain loop no such object exists.
struct EventWriter {
  Recorder& recorder;
  Processor& cpu;
  Event& e;

  [[gnu::always_inline]] uint32_t touch(unsigned r, uint32_t now) {
    const uint32_t old =
        recorder.previous(kRegisterKeyBase + r, cpu.reg[r], true, cpu.reg_time[r], now);
    cpu.reg_time[r] = now;
    return old;
  }
  [[gnu::always_inline]] void rs(const MicroOp* op) {
    e.rs = cpu.reg[op->rs];
    e.t_rs = touch(op->rs, e.clk + 1);
  }
  [[gnu::always_inline]] void rt(const MicroOp* op) {
    e.rt = cpu.reg[op->rt];
    e.t_rt = touch(op->rt, e.clk + 2);
  }
  [[gnu::always_inline]] void mem(Cell* cell, uint32_t address, uint32_t value) {
    const bool writable = (cell->meta & kWritable) != 0;
    e.mem_addr = address;
    e.mem_old = cell->value;
    e.mem_new = value;
    e.mem_writable = writable;
    e.t_mem =
        recorder.previous(address / 4, cell->value, writable, cell->meta & kTimeMask, e.clk + 3);
    cell->meta = (cell->meta & ~kTimeMask) | (e.clk + 3);
  }
  [[gnu::always_inline]] void hi(uint32_t value) {
    e.hi_old = cpu.reg[isa::kHi];
    e.hi_new = value;
    e.t_hi = touch(isa::kHi, e.clk + 3);
  }
  [[gnu::always_inline]] void rd(unsigned r, uint32_t value) {
    e.rd_old = cpu.reg[r];
    e.rd_new = value;
    e.t_rd = touch(r, e.clk + 4);
  }
};

// Control flow of the loop. RECORD(class, next_npc, accesses) is empty in the plain loop.
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
#define RECORD(cls, next_npc, accesses)                                                     \
  do {                                                                                      \
    if constexpr (kMode == Mode::kCount) ++(*counts)[static_cast<unsigned>(Class::cls)];    \
    if constexpr (kMode == Mode::kRecord) {                                                 \
      const uint32_t clk = clk_end - 4 * left;                                              \
      [[maybe_unused]] EventWriter w{*recorder, cpu,                                        \
                                     recorder->begin(Class::cls, op, next, next_npc, clk)}; \
      accesses;                                                                             \
    }                                                                                       \
  } while (0)

#define OP_REG(name, cls, expression)                                 \
  L_##name : {                                                        \
    const uint32_t a = reg[op->rs], b = reg[op->rt];                  \
    const uint32_t v = expression;                                    \
    RECORD(cls, next->pc + 4, (w.rs(op), w.rt(op), w.rd(op->rd, v))); \
    reg[op->rd] = v;                                                  \
    NEXT();                                                           \
  }
#define OP_IMM(name, cls, expression)                       \
  L_##name : {                                              \
    const uint32_t a = reg[op->rs], b = op->imm;            \
    const uint32_t v = expression;                          \
    RECORD(cls, next->pc + 4, (w.rs(op), w.rd(op->rd, v))); \
    reg[op->rd] = v;                                        \
    NEXT();                                                 \
  }
#define OP_TRAP(name, sum)                                                          \
  L_##name : {                                                                      \
    const int64_t a = as_signed(reg[op->rs]), b = as_signed(reg[op->rt]);           \
    const int64_t c = as_signed(op->imm);                                           \
    const int64_t s = sum;                                                          \
    if (s != as_signed(low(static_cast<uint64_t>(s)))) FAULT(FaultKind::kOverflow); \
    const uint32_t v = low(static_cast<uint64_t>(s));                               \
    RECORD(kAddTrap, next->pc + 4, (w.rs(op), w.rt(op), w.rd(op->rd, v)));          \
    reg[op->rd] = v;                                                                \
    NEXT();                                                                         \
  }
#define OP_BRANCH_EQ(name, condition)                                    \
  L_##name : {                                                           \
    const uint32_t a = reg[op->rs], b = reg[op->rt];                     \
    const MicroOp* const after = condition ? op + op->target : next + 1; \
    RECORD(kBranchEq, after->pc, (w.rs(op), w.rt(op)));                  \
    NEXT_TO(after);                                                      \
  }
#define OP_BRANCH_ZERO(name, condition)                                  \
  L_##name : {                                                           \
    const int32_t a = as_signed(reg[op->rs]);                            \
    const MicroOp* const after = condition ? op + op->target : next + 1; \
    RECORD(kBranchZero, after->pc, w.rs(op));                            \
    NEXT_TO(after);                                                      \
  }
#define OP_BRANCH_LINK(name, condition)                                   \
  L_##name : {                                                            \
    const int32_t a = as_signed(reg[op->rs]);                             \
    const MicroOp* const after = condition ? op + op->target : next + 1;  \
    RECORD(kBranchLink, after->pc, (w.rs(op), w.rd(op->rd, op->pc + 8))); \
    reg[op->rd] = op->pc + 8;                                             \
    NEXT_TO(after);                                                       \
  }
// `cell` is the accessed word, m its value, a the address; v goes to the register.
#define OP_LOAD(name, cls, alignment, expression)                                     \
  L_##name : {                                                                        \
    const uint32_t a = reg[op->rs] + op->imm;                                         \
    if ((a & alignment) != 0) FAULT(FaultKind::kUnaligned);                           \
    Cell* const cell = cpu.memory.cell(a);                                            \
    if (cell == nullptr || (cell->meta & kMapped) == 0) FAULT(access_fault(cell, a)); \
    const uint32_t m = cell->value, old = reg[op->rd];                                \
    const uint32_t v = expression;                                                    \
    RECORD(cls, next->pc + 4, (w.rs(op), w.mem(cell, a, m), w.rd(op->rd, v)));        \
    static_cast<void>(old);                                                           \
    reg[op->rd] = v;                                                                  \
    NEXT();                                                                           \
  }
// b is the stored register, v the new word.
#define OP_STORE(name, cls, alignment, expression)                                      \
  L_##name : {                                                                          \
    const uint32_t a = reg[op->rs] + op->imm, b = reg[op->rt];                          \
    if ((a & alignment) != 0) FAULT(FaultKind::kUnaligned);                             \
    Cell* const cell = cpu.memory.cell(a);                                              \
    if (cell == nullptr || (cell->meta & kWritable) == 0) FAULT(access_fault(cell, a)); \
    const uint32_t m = cell->value;                                                     \
    const uint32_t v = expression;                                                      \
    static_cast<void>(m);                                                               \
    RECORD(cls, next->pc + 4, (w.rs(op), w.rt(op), w.mem(cell, a, v)));                 \
    cell->value = v;                                                                    \
    NEXT();                                                                             \
  }
#define OP_HILO(name, cls, function, is_signed)                                        \
  L_##name : {                                                                         \
    const HiLo v = function(reg[op->rs], reg[op->rt], is_signed);                      \
    RECORD(cls, next->pc + 4, (w.rs(op), w.rt(op), w.hi(v.hi), w.rd(isa::kLo, v.lo))); \
    reg[isa::kHi] = v.hi;                                                              \
    reg[isa::kLo] = v.lo;                                                              \
    NEXT();                                                                            \
  }

enum class Mode { kPlain, kCount, kRecord };

template <Mode kMode>
Stop loop(Processor& cpu, uint32_t slice, [[maybe_unused]] ClassCounts* counts,
          [[maybe_unused]] Recorder* recorder) {
  static const void* const kLabels[] = {
#define MIPZK_HANDLER(name) &&L_##name,
      MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
  };

  uint32_t* const reg = cpu.reg.data();
  const MicroOp* op = cpu.op;
  const MicroOp* next = cpu.next;
  uint32_t left = slice;  // instructions, the current one included
  const uint64_t start = cpu.cycles;
  // The clock of the instruction after the slice: below 2^28 while recording.
  [[maybe_unused]] const uint32_t clk_end = low(4 * (start + slice));
  Stop stop = Stop::kSliceEnd;
  goto* kLabels[static_cast<unsigned>(op->handler)];

L_missing:
  FAULT(FaultKind::kNoInstruction);
L_nop:
  RECORD(kNop, next->pc + 4, );
  NEXT();
L_host:
  RECORD(kNop, next->pc + 4, );
  host_call(cpu, op->imm, start + (slice - left));
  NEXT();

  OP_REG(addu, kAdd, a + b)
  OP_REG(subu, kAdd, a - b)
  OP_TRAP(add_trap, a + b + c)
  OP_TRAP(sub_trap, a - b - c)
  OP_IMM(add_imm, kAddImm, a + b)
  OP_REG(and_, kLogic, a & b)
  OP_REG(or_, kLogic, a | b)
  OP_REG(xor_, kLogic, a ^ b)
  OP_REG(nor, kLogic, ~(a | b))
  OP_IMM(andi, kLogicImm, a & b)
  OP_IMM(ori, kLogicImm, a | b)
  OP_IMM(xori, kLogicImm, a ^ b)
  OP_IMM(sll, kShift, a << b)
  OP_IMM(srl, kShift, a >> b)
  OP_REG(sll_var, kShiftVar, a << (((b & 31) + op->imm) & 31))
  OP_REG(srl_var, kShiftVar, a >> (((b & 31) + op->imm) & 31))
  OP_REG(sra_var, kShiftVar, static_cast<uint32_t>(as_signed(a) >> (((b & 31) + op->imm) & 31)))
  OP_REG(slt, kSlt, as_signed(a) < as_signed(b))
  OP_REG(sltu, kSlt, a < b)
  OP_IMM(slti, kSltImm, as_signed(a) < as_signed(b))
  OP_IMM(sltiu, kSltImm, a < b)

  OP_BRANCH_EQ(beq, a == b)
  OP_BRANCH_EQ(bne, a != b)
  OP_BRANCH_ZERO(bltz, a < 0)
  OP_BRANCH_ZERO(bgez, a >= 0)
  OP_BRANCH_ZERO(blez, a <= 0)
  OP_BRANCH_ZERO(bgtz, a > 0)
  OP_BRANCH_LINK(bltzal, a < 0)
  OP_BRANCH_LINK(bgezal, a >= 0)

L_j : {
  const MicroOp* const after = op + op->target;
  RECORD(kJump, after->pc, );
  NEXT_TO(after);
}
L_jal : {
  const MicroOp* const after = op + op->target;
  RECORD(kJumpLink, after->pc, w.rd(op->rd, op->pc + 8));
  reg[op->rd] = op->pc + 8;
  NEXT_TO(after);
}
L_jr : {
  const uint32_t a = reg[op->rs];
  if ((a & 3) != 0) FAULT(FaultKind::kUnalignedJump);
  RECORD(kJumpReg, a, w.rs(op));
  NEXT_TO(cpu.fetch(a));
}
L_jalr : {
  const uint32_t a = reg[op->rs];
  if ((a & 3) != 0) FAULT(FaultKind::kUnalignedJump);
  RECORD(kJumpRegLink, a, (w.rs(op), w.rd(op->rd, op->pc + 8)));
  reg[op->rd] = op->pc + 8;
  NEXT_TO(cpu.fetch(a));
}

  OP_LOAD(lw, kLoadWord, 3, m)
  OP_LOAD(lb, kLoadSub, 0, sign_extend(load_byte(m, a), 8))
  OP_LOAD(lbu, kLoadSub, 0, load_byte(m, a))
  OP_LOAD(lh, kLoadSub, 1, sign_extend(load_half(m, a), 16))
  OP_LOAD(lhu, kLoadSub, 1, load_half(m, a))
  OP_LOAD(lwl, kLoadPart, 0, load_left(m, a, old))
  OP_LOAD(lwr, kLoadPart, 0, load_right(m, a, old))
  OP_STORE(sw, kStoreWord, 3, b)
  OP_STORE(sb, kStoreSub, 0, store_byte(m, a, b))
  OP_STORE(sh, kStoreSub, 1, store_half(m, a, b))
  OP_STORE(swl, kStorePart, 0, store_left(m, a, b))
  OP_STORE(swr, kStorePart, 0, store_right(m, a, b))

  OP_HILO(mult, kMult, multiply, true)
  OP_HILO(multu, kMult, multiply, false)
  OP_HILO(div, kDiv, divide, true)
  OP_HILO(divu, kDiv, divide, false)

L_hint : {
  uint32_t v = 0;
  if (!cpu.windows.next_hint(v)) FAULT(FaultKind::kHintsExhausted);
  RECORD(kHint, next->pc + 4, w.rd(op->rd, v));
  reg[op->rd] = v;
  NEXT();
}
L_halt : {
  const uint32_t v = reg[op->rs];
  RECORD(kHalt, 0, (w.rs(op), w.rd(op->rd, v)));
  reg[op->rd] = v;
  --left;
  stop = Stop::kHalt;
  goto slice_end;
}

fault:
  stop = cpu.memory.limit_hit() ? Stop::kMemoryLimit : Stop::kFault;
slice_end:
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
  MicroOp* const pair = missing_[missing_turn_];
  missing_turn_ ^= 1;
  pair[0].pc = address;
  pair[1].pc = address + 4;
  return pair;
}

uint32_t Recorder::bump(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now) {
  auto& bumps = record_.bumps;
  if (bumps.size() == bumps.capacity()) {
    // Grows as a vector does, but leaves no copy of private values behind.
    std::vector<Bump> larger;
    larger.reserve(std::max<size_t>(64, 2 * bumps.capacity()));
    larger.assign(bumps.begin(), bumps.end());
    secure_zero(bumps.data(), bumps.size() * sizeof(Bump));
    bumps.swap(larger);
  }
  bumps.push_back({key, value & 0xffff, value >> 16, writable, old, now - 1});
  return now - 1;
}

Stop execute(Processor& cpu, uint32_t slice) {
  return loop<Mode::kPlain>(cpu, slice, nullptr, nullptr);
}

Stop execute_counting(Processor& cpu, uint32_t slice, ClassCounts& counts) {
  return loop<Mode::kCount>(cpu, slice, &counts, nullptr);
}

Stop execute_recording(Processor& cpu, uint32_t slice, Recorder& recorder) {
  return loop<Mode::kRecord>(cpu, slice, nullptr, &recorder);
}

}  // namespace mipzk::vm
