/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions that read or write general registers: control registers, indexed loads and stores, conditional moves of
 * doubles. Words that are no instruction end here, too. */
#include "fp.h"
#include "fp_impl.h"

enum { COP1 = 0x11, COP1X = 0x13 };

/* FIR: an FPU with the formats S, D, W, L that can be switched to 64-bit registers (but is not), as a 24Kf has it. */
#define FIR 0x00739300u

static uint32_t control_read(uint32_t* value, uint32_t number) {
  const uint32_t csr = fp_csr();
  switch (number) {
    case 0:
      *value = FIR;
      return 0;
    case 25:
      *value = fp_conditions();
      return 0;
    case 26:
      *value = csr & 0x0003f07c;
      return 0;
    case 28:
      *value = (csr & 0x0f83) | (csr >> 22 & 4);
      return 0;
    case 31: {
      const uint32_t mask = fp_conditions();
      *value = csr | (mask & 0xfe) << 24 | (mask & 1) << 23;
      return 0;
    }
    default:
      return FP_SIGILL;
  }
}

/* A value with bits that must be zero is ignored by all but FCSR, which drops them. */
static uint32_t control_write(uint32_t value, uint32_t number) {
  uint32_t csr = fp_csr();
  switch (number) {
    case 25:
      if ((value & 0xffffff00u) == 0) fp_set_conditions(value);
      break;
    case 26:
      if ((value & 0x007c0000) == 0) csr = (csr & ~0x0003f07cu) | (value & 0x0003f07c);
      break;
    case 28:
      if ((value & 0x007c0000) == 0) csr = (csr & 0x0003f07c) | (value & 0x0f83) | (value & 4) << 22;
      break;
    case 31:
      csr = value & 0x0103ffffu;
      fp_set_conditions((value >> 24 & 0xfe) | (value >> 23 & 1));
      break;
    default:
      return FP_SIGILL;
  }
  fp_set_csr(csr);
  /* A cause together with its enable raises; the cause "unimplemented" (bit 17) has no enable. */
  return (csr >> 12 & ((csr >> 7 & 0x1f) | 0x20)) ? FP_SIGFPE : 0;
}

/* The two words of a double in memory: its half with the lower address first. */
static uint32_t first_half(uint32_t even) {
#if defined(__MIPSEL__)
  return even;
#else
  return even + 1;
#endif
}

static uint32_t indexed(uint32_t* gpr, uint32_t word) {
  const uint32_t base = word >> 21 & 31;
  const uint32_t index = word >> 16 & 31;
  const uint32_t address = (base ? gpr[base] : 0) + (index ? gpr[index] : 0);
  volatile uint32_t* memory = (volatile uint32_t*)(uintptr_t)address;
  const uint32_t fd = word >> 6 & 31;
  const uint32_t fs = word >> 11 & 31;
  switch (word & 0x3f) {
    case 0x00: /* lwxc1 */
      if (address & 3) return FP_SIGBUS;
      fp_write(fd, memory[0]);
      return 0;
    case 0x01: { /* ldxc1 */
      if (fd & 1) return FP_SIGILL;
      if (address & 7) return FP_SIGBUS;
      const uint32_t value = memory[0];
      fp_write(first_half(fd) ^ 1, memory[1]);
      fp_write(first_half(fd), value);
      return 0;
    }
    case 0x08: /* swxc1 */
      if (address & 3) return FP_SIGBUS;
      memory[0] = fp_read(fs);
      return 0;
    case 0x09: /* sdxc1 */
      if (fs & 1) return FP_SIGILL;
      if (address & 7) return FP_SIGBUS;
      memory[0] = fp_read(first_half(fs));
      memory[1] = fp_read(first_half(fs) ^ 1);
      return 0;
    case 0x0f: /* prefx */
      return 0;
    default:
      return FP_SIGILL;
  }
}

static uint32_t move_double(uint32_t condition, uint32_t word) {
  const uint32_t fd = word >> 6 & 31;
  const uint32_t fs = word >> 11 & 31;
  if ((fd | fs) & 1) return FP_SIGILL;
  if (condition) {
    fp_write(fd, fp_read(fs));
    fp_write(fd + 1, fp_read(fs + 1));
  }
  return 0;
}

uint32_t fp_other(uint32_t* gpr, uint32_t word) {
  const uint32_t opcode = word >> 26;
  const uint32_t rs = word >> 21 & 31;
  const uint32_t rt = word >> 16 & 31;
  const uint32_t rd = word >> 11 & 31;
  const uint32_t value = rt ? gpr[rt] : 0;
  if (opcode == COP1X) return indexed(gpr, word);
  if (opcode != COP1) return FP_SIGILL;
  if (rs == 2) { /* cfc1 */
    uint32_t unused;
    return control_read(rt ? &gpr[rt] : &unused, rd);
  }
  if (rs == 6) return control_write(value, rd); /* ctc1 */
  if (rs != 0x11) return FP_SIGILL;
  switch (word & 0x3f) {
    case 0x11: /* movf.d, movt.d */
      return move_double(fp_fcc(rt >> 2) == (rt & 1), word);
    case 0x12: /* movz.d */
      return move_double(value == 0, word);
    case 0x13: /* movn.d */
      return move_double(value != 0, word);
    default:
      return FP_SIGILL;
  }
}
