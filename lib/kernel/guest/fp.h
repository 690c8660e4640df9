/* SPDX-License-Identifier: Apache-2.0 */
/* Floating point of the in-guest kernel: emulates every COP1 and COP1X instruction that the machine does not execute itself.
 *
 * How the kernel uses it (assembly and C):
 *   - Its trap vector handles the words it knows and jumps to `fp_trap` for all others, with k0 (address to continue at),
 *     k1 (instruction word) and every other register as the trap left them. For example, without a scratch register:
 *         xori k1, k1, 12;  beq k1, $0, system_call;  xori k1, k1, 12;  j fp_trap;  nop
 *     fp_trap emulates the instruction and returns to the user by `jr k0`, or calls fp_fault. It needs no stack of the user's
 *     or of the kernel's. It is not reentrant; the machine has no interrupts and the emulator executes nothing that traps.
 *   - While it works, USER_LOCAL holds the instruction word (there is no third free register). The user's value is put back
 *     from fp_state.user_local: set USER_LOCAL only by fp_set_user_local.
 *   - It provides fp_fault. A switch between threads calls fp_store and fp_load.
 *
 * What is emulated, bit for bit, is written in docs/FLOATING_POINT.md.
 */
#ifndef MIPZK_KERNEL_FP_H
#define MIPZK_KERNEL_FP_H

/* Offsets of struct fp_state, for assembly. */
#define FP_STATE_GPR 0
#define FP_STATE_HI 128
#define FP_STATE_LO 132
#define FP_STATE_USER_LOCAL 136

/* Words of the area that fp_store writes and fp_load reads: f0..f31, FCSR without condition bits, FCC0..FCC7. */
#define FP_AREA_WORDS 41

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Where fp_trap keeps the user's registers while it works. */
struct fp_state {
  uint32_t gpr[32]; /* only those that the emulated instruction makes it save; never 0, 26, 27 */
  uint32_t hi, lo;
  uint32_t user_local; /* the running thread's USER_LOCAL, always up to date */
};
extern struct fp_state fp_state;

/* Sets USER_LOCAL (what rdhwr $29 reads) of the running thread: at set_thread_area and at every switch. */
static inline void fp_set_user_local(uint32_t value) {
  fp_state.user_local = value;
  __asm__ volatile("mtc0 %0, $4, 2" : : "r"(value));
}

/* Store and load all floating point registers of the running thread. A new process starts with all of them 0; a new
 * thread inherits its creator's. */
void fp_store(uint32_t area[FP_AREA_WORDS]);
void fp_load(const uint32_t area[FP_AREA_WORDS]);

/* Signal numbers of Linux on MIPS that end the program. */
enum {
  FP_SIGILL = 4,  /* reserved instruction; also any word that is not COP1 or COP1X */
  FP_SIGFPE = 8,  /* an exception whose enable bit in FCSR is set */
  FP_SIGBUS = 10, /* lwxc1, ldxc1, swxc1, sdxc1 with an unaligned address */
};

/* Provided by the kernel: ends the program with 128 + signal. `next_pc` is the address after the instruction `word` (its
 * k0). Called on a small stack of the emulator's (at least 256 bytes are free) with no register of the user's to save. */
_Noreturn void fp_fault(uint32_t signal, uint32_t word, uint32_t next_pc);
#endif
#endif
