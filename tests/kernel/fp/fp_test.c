/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the kernel's floating point emulation with the processor this program runs on (qemu): random instructions,
 * operands and FCSR; all registers afterwards, or the signal, must be equal. Usage: fp_test [operations [seed]]. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cachectl.h>
#include <sys/mman.h>

#include "operands.h"

struct registers {
  uint32_t gpr[32], fpr[32], hi, lo, fcsr;
};
void run_native(struct registers* r, const void* code);
void run_emulated(struct registers* r, uint32_t word);

/* What the emulator keeps in memory when built with FP_TEST. */
volatile uint32_t fp_test_csr, fp_test_word, fp_test_fcc[8];

#define CONDITION_BITS 0xfe800000u

static sigjmp_buf after_signal;

static void on_signal(int number) { siglongjmp(after_signal, number); }

_Noreturn void fp_fault(uint32_t number, uint32_t word, uint32_t next_pc) {
  (void)next_pc;
  if (word != fp_test_word) abort();
  siglongjmp(after_signal, (int)number);
}

/* --- Instructions --------------------------------------------------------------------------------------------------- */

enum { VARIANTS = 24, MAX_WORDS = 8192 };
static uint32_t words[MAX_WORDS];
static uint32_t word_count;
static uint32_t* code; /* 3 words for each instruction: it, jr $k0, nop */

static uint32_t fpr_number(uint32_t is_double) { return is_double ? below(16) * 2 : below(32); }

static void add_word(uint32_t word) {
  if (word_count == MAX_WORDS) abort();
  words[word_count++] = word;
}

static uint32_t cop1(uint32_t format, uint32_t ft, uint32_t fs, uint32_t fd, uint32_t function) {
  return 0x11u << 26 | format << 21 | ft << 16 | fs << 11 | fd << 6 | function;
}

/* General registers that an instruction may name: not sp, k0, k1. */
static uint32_t general(void) {
  for (;;) {
    const uint32_t n = below(32);
    if (n != 26 && n != 27 && n != 29) return n;
  }
}

/* Registers that the indexed loads and stores use: base and index. */
enum { BASE = 8, INDEX = 17 };

static void make_words(void) {
  static const uint8_t arithmetic[] = {0, 1, 2, 3};
  static const uint8_t unary[] = {4, 5, 7, 0x15, 0x16};
  static const uint8_t to_word[] = {0x0c, 0x0d, 0x0e, 0x0f, 0x24};
  static const uint8_t reserved[] = {0x08, 0x09, 0x0a, 0x0b, 0x14, 0x17, 0x1b, 0x25, 0x26, 0x28, 0x2f};
  static const uint8_t control[] = {0, 25, 26, 28, 31};
  for (uint32_t v = 0; v < VARIANTS; v++) {
    for (uint32_t d = 0; d < 2; d++) { /* format S, D */
      const uint32_t format = 0x10 + d;
#define F fpr_number(d)
      for (uint32_t i = 0; i < sizeof arithmetic; i++) {
        for (uint32_t twice = 0; twice < 3; twice++) add_word(cop1(format, F, F, F, arithmetic[i]));
      }
      for (uint32_t i = 0; i < sizeof unary; i++) add_word(cop1(format, 0, F, F, unary[i]));
      for (uint32_t i = 0; i < sizeof to_word; i++) add_word(cop1(format, 0, F, below(32), to_word[i]));
      for (uint32_t condition = 0; condition < 16; condition++) {
        add_word(cop1(format, F, F, below(8) << 2, 0x30 + condition));
      }
      add_word(cop1(format, 0, F, fpr_number(!d), d ? 0x20 : 0x21)); /* cvt.s.d, cvt.d.s */
      add_word(cop1(0x14, 0, below(32), F, 0x20 + d));               /* cvt.s.w, cvt.d.w */
      for (uint32_t f = 4; f < 8; f++) { /* madd, msub, nmadd, nmsub */
        for (uint32_t twice = 0; twice < 3; twice++) {
          add_word(0x13u << 26 | F << 21 | F << 16 | F << 11 | F << 6 | f << 3 | d);
        }
      }
      if (v == 0) {
        for (uint32_t i = 0; i < sizeof reserved; i++) add_word(cop1(format, 0, F, F, reserved[i]));
        add_word(cop1(format, 0, F, F, d ? 0x21 : 0x20)); /* cvt.d.d, cvt.s.s */
        add_word(cop1(0x16, F, F, F, 0));                 /* add.ps */
        add_word(cop1(0x15, 0, F, F, 0x20 + d));          /* cvt.s.l, cvt.d.l */
        add_word(cop1(0x11, 3, 2, 4, 2 * d));             /* odd registers */
        add_word(cop1(0x11, 2, 3, 4, 0x30));
        add_word(cop1(0x11, 0, 2, 5, 0x05 + 2 * d));
        add_word(cop1(0x11, 0, 5, 2, 0x24 - 4 * d));
        add_word(0x13u << 26 | 3u << 21 | 2 << 16 | 2 << 11 | 2 << 6 | (0x20 + 8 * d) | 1);
        add_word(0x13u << 26 | 2u << 21 | 2 << 16 | 2 << 11 | 3 << 6 | (0x30 + 8 * d) | 1);
      }
      /* Indexed load, store */
      add_word(0x13u << 26 | BASE << 21 | INDEX << 16 | F << 6 | d);
      add_word(0x13u << 26 | BASE << 21 | INDEX << 16 | F << 11 | 8 | d);
#undef F
    }
    const uint32_t fd = fpr_number(1);
    const uint32_t fs = fpr_number(1);
    add_word(cop1(0x11, below(8) << 2 | (v & 1), fs, fd, 0x11));     /* movf.d, movt.d */
    add_word(cop1(0x11, v & 2 ? general() : 0, fs, fd, 0x12 + (v & 1))); /* movz.d, movn.d */
    for (uint32_t i = 0; i < sizeof control; i++) {
      add_word(cop1(2, general(), control[i], 0, 0));                    /* cfc1 */
      if (control[i]) add_word(cop1(6, general(), control[i], 0, 0)); /* ctc1 */
    }
  }
  add_word(0x13u << 26 | BASE << 21 | INDEX << 16 | 0x0f); /* prefx */
}

/* --- One comparison ------------------------------------------------------------------------------------------------- */

enum { MEMORY_WORDS = 8 };
static uint32_t memory[MEMORY_WORDS] __attribute__((aligned(8)));

static void put(struct registers* r, uint32_t number, uint32_t is_double, uint64_t value) {
  if (is_double) r->fpr[number | 1] = (uint32_t)(value >> 32);
  r->fpr[is_double ? number & ~1u : number] = (uint32_t)value;
}

static uint64_t operand(uint32_t is_double, uint64_t other) {
  return is_double ? random_operand(11, 52, other) : random_operand(8, 23, other);
}

static uint32_t random_fcsr(void) {
  uint32_t fcsr = random32() & (CONDITION_BITS | 0x7c);
  if (below(2)) fcsr |= below(4);
  if (below(8) == 0) fcsr |= 1u << 24;
  if (below(32) == 0) return fcsr | (random32() & 0xf80); /* exceptions that raise a signal */
  if (below(4) == 0) fcsr |= random32() & 0x1f000;
  return fcsr;
}

static uint32_t random_general(void) {
  switch (below(4)) {
    case 0:
      return 0;
    case 1:
      return random32() & 0xff83ffff & ~(below(8) ? 0x20f80u : 0); /* for ctc1 */
    case 2:
      return below(256);
    default:
      return random32();
  }
}

static void make_registers(struct registers* r, uint32_t word) {
  for (uint32_t i = 0; i < 8; i++) r->fpr[below(32)] = random32();
  for (uint32_t i = 0; i < 8; i++) r->gpr[below(32)] = random_general();
  r->gpr[0] = 0;
  r->gpr[BASE] = (uint32_t)(uintptr_t)memory + 8;
  r->gpr[INDEX] = (below(4) - 1) * 8;
  if (below(16) == 0) r->gpr[INDEX] += below(8);
  r->hi = random32();
  r->lo = random32();
  r->fcsr = random_fcsr();
  const uint32_t cop1x = word >> 26 == 0x13;
  const uint32_t is_double = cop1x ? word & 1 : (word >> 21 & 31) == 0x11;
  if (!cop1x && (word >> 21 & 31) == 0x14) { /* an integer */
    r->fpr[word >> 11 & 31] = below(2) ? random32() : (uint32_t)((int32_t)random32() >> below(32));
    return;
  }
  const uint64_t s = operand(is_double, random64());
  const uint64_t t = operand(is_double, s);
  put(r, word >> 11 & 31, is_double, s);
  put(r, word >> 16 & 31, is_double, t);
  if (cop1x && (word & 0x20)) {
    /* The addend is often near the product. */
    const uint32_t bits = is_double ? 52 : 23;
    const uint64_t one = is_double ? 0x3ffull << 52 : 0x7full << 23;
    const uint64_t sign = 1ull << (is_double ? 63 : 31);
    const uint64_t near = (s & ~sign) + (t & ~sign) - one;
    put(r, word >> 21 & 31, is_double, operand(is_double, near & (((sign - 1) >> bits) << bits)));
  }
}

static void print_registers(const char* name, int signal_number, const struct registers* r) {
  printf("%s: signal %d, FCSR %08x, HI %08x, LO %08x\n", name, signal_number, r->fcsr, r->hi, r->lo);
  for (int i = 0; i < 32; i += 4) {
    printf("  f%-2d %08x %08x %08x %08x   r%-2d %08x %08x %08x %08x\n", i, r->fpr[i], r->fpr[i + 1], r->fpr[i + 2],
           r->fpr[i + 3], i, r->gpr[i], r->gpr[i + 1], r->gpr[i + 2], r->gpr[i + 3]);
  }
}

static volatile uint32_t signals;

static int compare(uint32_t index) {
  static struct registers start, native, emulated;
  static uint32_t native_memory[MEMORY_WORDS];
  const uint32_t word = words[index];
  make_registers(&start, word);
  for (uint32_t i = 0; i < MEMORY_WORDS; i++) memory[i] = (i + 1) * 0x01030507 * index;

  native = start;
  volatile int native_signal = sigsetjmp(after_signal, 0);
  if (native_signal == 0) {
    run_native(&native, code + 3 * index);
  } else {
    __asm__ volatile("ctc1 $0, $31");
  }
  memcpy(native_memory, memory, sizeof memory);
  for (uint32_t i = 0; i < MEMORY_WORDS; i++) memory[i] = (i + 1) * 0x01030507 * index;

  emulated = start;
  fp_test_word = word;
  fp_test_csr = start.fcsr & ~CONDITION_BITS;
  for (uint32_t cc = 0; cc < 8; cc++) fp_test_fcc[cc] = start.fcsr >> (cc ? 24 + cc : 23) & 1;
  int emulated_signal = sigsetjmp(after_signal, 0);
  if (emulated_signal == 0) run_emulated(&emulated, word);
  emulated.fcsr = fp_test_csr;
  for (uint32_t cc = 0; cc < 8; cc++) emulated.fcsr |= fp_test_fcc[cc] << (cc ? 24 + cc : 23);

  if (native_signal == SIGTRAP) native_signal = SIGFPE;
  if (native_signal != 0) signals++;
  if (native_signal == emulated_signal &&
      (native_signal != 0 ||
       (memcmp(&native, &emulated, sizeof native) == 0 && memcmp(memory, native_memory, sizeof memory) == 0))) {
    return 0;
  }
  printf("Different results of the instruction %08x\n", word);
  print_registers("start", 0, &start);
  print_registers("processor", native_signal, &native);
  print_registers("emulation", emulated_signal, &emulated);
  return 1;
}

int main(int argc, char** argv) {
  const uint32_t operations = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1000000;
  if (argc > 2) random_state = strtoull(argv[2], NULL, 0) | 1;
  make_words();
  code = mmap(NULL, 12 * MAX_WORDS, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) return 2;
  for (uint32_t i = 0; i < word_count; i++) {
    code[3 * i] = words[i];
    code[3 * i + 1] = 0x03400008; /* jr $k0 */
  }
  cacheflush(code, 12 * MAX_WORDS, BCACHE);
  static uint8_t handler_stack[65536];
  const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};
  sigaltstack(&stack, NULL);
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  uint32_t failures = 0;
  uint32_t done = 0;
  for (; done < operations && failures < 8; done++) failures += (uint32_t)compare(below(word_count));
  printf("%u operations of %u instructions, %u signals, %u differences\n", done, word_count, signals, failures);
  return failures != 0 || signals == 0;
}
