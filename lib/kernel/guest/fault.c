/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the user's instructions (docs/MACHINE.md, section 7): unaligned accesses are carried
 * out, as Linux on MIPS does, all others raise a signal. A fault of the kernel itself would stop
 * the run without a proof, so no address of the user's is touched before it is known to be there.
 */
#include "kernel.h"

enum cause {
  READ_ONLY = 1,
  LOAD = 2,
  STORE = 3,
  UNALIGNED_LOAD = 4, /* or jump */
  UNALIGNED_STORE = 5,
  NO_INSTRUCTION = 6, /* of break and what is reserved, too */
  OVERFLOW = 12,
  TRAP = 13,
};
enum {
  TRAP_BRKPT = 1,
  FPE_INTDIV = 1,
  FPE_INTOVF = 2,
  SEGV_MAPERR = 1,
  SEGV_ACCERR = 2,
  BUS_ADRALN = 1,
  SI_KERNEL = 0x80,
};
enum { LH = 0x21, LW = 0x23, LHU = 0x25, SH = 0x29, SW = 0x2b };
enum { LWC1 = 0x31, LDC1 = 0x35, SWC1 = 0x39, SDC1 = 0x3d };

/* Carries out a load or store; 0, or the signal to raise. */
static uint32_t access_unaligned(struct thread* t, uint32_t word, uint32_t address) {
  const uint32_t op = word >> 26, rt = word >> 16 & 31;
  const int store = op & 8;
  uint32_t size = 4;
  union {
    uint8_t bytes[8];
    uint16_t half;
    uint32_t words[2];
  } v;
  uint32_t* r = t->gpr;
  switch (op) {
    case LH:
    case LHU:
    case SH:
      size = 2;
      break;
    case LW:
    case SW:
      break;
    case LDC1:
    case SDC1:
      size = 8;
      /* fall through */
    case LWC1:
    case SWC1:
      store_floating_point(t);
      r = t->fp;
      break;
    default:
      return SIGBUS;
  }
  if (!is_accessible(address, size, store)) return SIGSEGV;
  uint8_t* const p = (uint8_t*)address;
  /* The register of a double's word at the lower address. */
  const uint32_t first = size == 8 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? rt ^ 1 : rt;
  if (store) {
    if (size == 2)
      v.half = (uint16_t)r[rt];
    else
      v.words[0] = r[first];
    v.words[1] = r[first ^ 1];
    for (uint32_t i = 0; i < size; i++) p[i] = v.bytes[i];
    return 0;
  }
  for (uint32_t i = 0; i < size; i++) v.bytes[i] = p[i];
  if (r != t->gpr) {
    r[first] = v.words[0];
    if (size == 8) r[first ^ 1] = v.words[1];
    fp_load(r);
  } else if (rt) {
    r[rt] = size == 4 ? v.words[0] : op == LH ? (uint32_t)(int16_t)v.half : v.half;
  }
  return 0;
}

/* The code of break, as Linux reads it: compilers have put it into either half of the field. */
static uint32_t break_code(uint32_t word) {
  const uint32_t code = word >> 6 & 0xfffff;
  return code >= 1024 ? (code & 1023) << 10 | code >> 10 : code;
}

/* Called by entry.S with all registers of the running thread in *current, pc that of the
 * instruction that faulted, `next` the one after it: another than pc + 4 in the delay slot of a
 * branch that is taken. Returns the thread to continue. */
struct thread* fault(uint32_t next, uint32_t cause, uint32_t address) {
  struct thread* t = current;
  const uint32_t pc = t->pc, kind = cause >> 2;
  uint32_t signal = SIGSEGV, code = kind == READ_ONLY ? SEGV_ACCERR : SEGV_MAPERR;
  uint32_t word = 0, number = 1 << 20; /* of break and traps */
  const char* what = "store to an address that is not mapped";
  if (kind == NO_INSTRUCTION) {
    if (is_code(pc)) word = *(const uint32_t*)pc;
  } else {
    word = *(const uint32_t*)pc;
  }
  switch (kind) {
    case UNALIGNED_LOAD:
    case UNALIGNED_STORE:
      signal = access_unaligned(t, word, address);
      if (!signal) {
        t->pc = next;
        return t;
      }
      if (signal == SIGBUS) code = BUS_ADRALN;
      what = "unaligned address";
      break;
    case NO_INSTRUCTION:
      if (!is_code(pc)) {
        if (is_accessible(pc, 4, 0)) code = SEGV_ACCERR;
        what = "jump to an address without code";
      } else if ((word & 0xfc00003f) == 13) {
        number = break_code(word);
        what = "break";
        signal = SIGTRAP;
        code = TRAP_BRKPT;
      } else {
        what = "reserved instruction";
        signal = SIGILL;
        code = SI_KERNEL;
      }
      address = pc;
      break;
    case TRAP:
      number = word >> 26 ? 0 : word >> 6 & 1023;
      what = "trap instruction";
      signal = SIGTRAP;
      code = SI_KERNEL;
      break;
    case OVERFLOW:
      number = 6;
      break;
    case READ_ONLY:
      what = "store to read-only memory";
      break;
    case LOAD:
      what = "load from an address that is not mapped";
      /* fall through */
    default:
      if (in_mapping(address)) code = SEGV_ACCERR; /* the guard of a thread's stack */
  }
  if (number == 6 || number == 7) {
    signal = SIGFPE;
    code = number == 7 ? FPE_INTDIV : FPE_INTOVF;
    what = number == 7 ? "integer division by zero" : "integer overflow";
  }
  /* The place of the fault is the branch, to be executed again, if it is in its slot. */
  if (next != pc + 4) t->pc = pc - 4;
  if (code == SI_KERNEL)
    address = 0;
  else if (signal == SIGFPE || signal == SIGTRAP)
    address = t->pc;
  /* A place without instruction may be private: what led there need not be in the program. */
  raise_fault(t, signal, (struct origin){(int32_t)code, address, 0}, what,
              kind == NO_INSTRUCTION && (word & 0xfc00003f) != 13 ? 0 : pc);
  return t;
}
