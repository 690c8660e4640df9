/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of faults: what a handler is told, and the ways out of it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

#define NOINLINE __attribute__((noinline))

static sigjmp_buf out;
static volatile int seen, code;
static void* volatile address;
static volatile uint32_t pc, mask_in_handler;
static enum { LEAVE, SKIP, REPAIR, JUMP } way;
static uint32_t good[2] = {0x12345678, 0x9abcdef0};
static const uint32_t constant[2] = {1, 2};
static volatile int zero, sink;

static void handler(int signal, siginfo_t* info, void* context) {
  ucontext_t* u = context;
  sigset_t set;
  seen = signal;
  CHECK(info->si_signo == signal && info->si_errno == 0);
  code = info->si_code;
  address = info->si_addr;
  pc = (uint32_t)u->uc_mcontext.pc;
  sigprocmask(SIG_BLOCK, NULL, &set);
  mask_in_handler = sigismember(&set, signal);
  if (way == LEAVE) siglongjmp(out, 1);
  if (way == SKIP) u->uc_mcontext.pc += 4;
  if (way == REPAIR) u->uc_mcontext.gregs[4] = (uintptr_t)good; /* $a0 */
  if (way == JUMP) u->uc_mcontext.pc = u->uc_mcontext.gregs[31];
}

static void handle(int flags) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGTRAP, SIGILL};
  struct sigaction a;
  memset(&a, 0, sizeof a);
  a.sa_sigaction = handler;
  a.sa_flags = SA_SIGINFO | flags;
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &a, NULL);
}

/* What `action` raises, left by siglongjmp. */
#define RAISES(signal, code_, address_, action)                              \
  do {                                                                       \
    seen = 0;                                                                \
    way = LEAVE;                                                             \
    if (!sigsetjmp(out, 1)) {                                                \
      action;                                                                \
      CHECK(!"nothing was raised");                                          \
    }                                                                        \
    CHECK(seen == (signal) && code == (code_) && mask_in_handler == 1);      \
    CHECK(address == (void*)(address_));                                     \
    if (seen != (signal) || code != (code_) || address != (void*)(address_)) \
      printf("signal %d code %d address %p\n", seen, code, address);         \
  } while (0)

static NOINLINE uint32_t load(uintptr_t a) { return *(volatile uint32_t*)a; }
static NOINLINE void store(uintptr_t a) { *(volatile uint32_t*)a = 7; }
static NOINLINE void store_byte(uintptr_t a) { *(volatile uint8_t*)a = 7; }
static NOINLINE void call(uintptr_t a) { ((void (*)(void))a)(); }

static void memory(void) {
  for (int i = 0; i < 3; i++) RAISES(SIGSEGV, SEGV_MAPERR, 16, sink = (int)load(16));
  RAISES(SIGSEGV, SEGV_MAPERR, 0xfffc, store(0xfffc));
  RAISES(SIGSEGV, SEGV_MAPERR, 0x7fff, store_byte(0x7fff));
  RAISES(SIGSEGV, SEGV_ACCERR, &constant[1], store((uintptr_t)&constant[1]));
  RAISES(SIGSEGV, SEGV_ACCERR, (uintptr_t)memory + 1, store_byte((uintptr_t)memory + 1));
  RAISES(SIGSEGV, SEGV_MAPERR, 0x7e800000, sink = (int)load(0x7e800000));
  RAISES(SIGSEGV, SEGV_MAPERR, 0, call(0));
  CHECK(pc == 0);
  RAISES(SIGSEGV, SEGV_MAPERR, 0x7e800010, call(0x7e800010));
  CHECK(pc == 0x7e800010);
  uint32_t word;
  const uintptr_t odd = (uintptr_t)good + 2;
  RAISES(SIGBUS, BUS_ADRALN, odd,
         __asm__ volatile("ll %0, 0(%1)"
                          : "=r"(word)
                          : "r"(odd)
                          : "memory"));
  RAISES(SIGBUS, BUS_ADRALN, (uintptr_t)memory + 2, call((uintptr_t)memory + 2));
}

static void arithmetic(void) {
  extern char add_here[], break_here[], trap_here[], overflow_here[];
  RAISES(SIGFPE, FPE_INTDIV, address, sink = 5 / zero);
  RAISES(SIGFPE, FPE_INTOVF, add_here,
         __asm__ volatile(".globl add_here\nadd_here: add $2, %0, %0"
                          :
                          : "r"(0x7fffffff)
                          : "$2"));
  CHECK(pc == (uint32_t)add_here);
  RAISES(SIGFPE, FPE_INTOVF, overflow_here,
         __asm__ volatile(".globl overflow_here\noverflow_here: break 6"));
  RAISES(SIGFPE, FPE_INTDIV, address, __asm__ volatile("break 7"));
  RAISES(SIGTRAP, TRAP_BRKPT, break_here,
         __asm__ volatile(".globl break_here\nbreak_here: break 5"));
  RAISES(SIGTRAP, SI_KERNEL, 0, __asm__ volatile(".globl trap_here\ntrap_here: teq $0, $0"));
  CHECK(pc == (uint32_t)trap_here);
  RAISES(SIGTRAP, SI_KERNEL, 0, __asm__ volatile("tgei $0, -1"));
  RAISES(SIGILL, SI_KERNEL, 0, __asm__ volatile(".word 0x0000003f")); /* dsra32 */
}

/* The handler returns: behind the instruction, to it with another register, or elsewhere. */
static void returns(void) {
  uint32_t result = 1;
  way = SKIP;
  __asm__ volatile(
      "move $2, $0\n"
      "lw $2, 12($0)\n"
      "addiu %0, $2, 3"
      : "=r"(result)
      :
      : "$2");
  CHECK(result == 3 && seen == SIGSEGV);
  way = REPAIR;
#define WITH_BAD_POINTER(code)                                                         \
  seen = 0;                                                                            \
  __asm__ volatile(".set push\n.set noreorder\nli $4, 8\nmove $2, $0\nli $3, 1\n" code \
                   "\n.set pop\nmove %0, $2"                                           \
                   : "=r"(result)                                                      \
                   :                                                                   \
                   : "$2", "$3", "$4", "$31", "memory");                               \
  CHECK(seen == SIGSEGV && address == (void*)(8 + 4))
  WITH_BAD_POINTER("lw $2, 4($4)");
  CHECK(result == good[1]);
  /* In delay slots: a branch that is taken, one that is not, a call, a likely one. */
  WITH_BAD_POINTER("beq $0, $0, 1f\nlw $2, 4($4)\nli $2, 99\n1:");
  CHECK(result == good[1]);
  WITH_BAD_POINTER("bne $0, $0, 1f\nlw $2, 4($4)\naddiu $2, $2, 1\n1:");
  CHECK(result == good[1] + 1);
  WITH_BAD_POINTER("bal 1f\nlw $2, 4($4)\naddiu $2, $2, 100\nb 2f\nnop\n1: jr $31\nnop\n2:");
  CHECK(result == good[1] + 100);
  WITH_BAD_POINTER("beql $0, $0, 1f\nsw $3, 4($4)\nli $2, 99\n1:");
  CHECK(result == 0 && good[1] == 1);
  WITH_BAD_POINTER("bnel $0, $0, 1f\nsw $3, 4($4)\n1: lw $2, 4($4)");
  CHECK(result == 1);
  way = JUMP;
  seen = 0;
  call(0);
  CHECK(seen == SIGSEGV);
}

static NOINLINE int recurse(int n) {
  volatile char frame[1000];
  frame[n % 1000] = 1;
  return n < 0 ? 0 : recurse(n + 1) + frame[5];
}

/* A stack that is full: the handler has one of its own. */
static void overflow(int expected) {
  static char other[2][16384];
  stack_t stack = {.ss_sp = other[expected == SEGV_ACCERR], .ss_size = sizeof other[0]};
  CHECK(sigaltstack(&stack, NULL) == 0);
  handle(SA_ONSTACK);
  way = LEAVE;
  for (int i = 0; i < 2; i++) {
    uintptr_t here = (uintptr_t)&stack;
    seen = 0;
    if (!sigsetjmp(out, 1)) recurse(0);
    CHECK(seen == SIGSEGV && code == expected);
    CHECK((uintptr_t)address < here && (uintptr_t)address > here - (8 << 20) - 65536);
  }
}

static void* thread(void* nothing) {
  overflow(SEGV_ACCERR);
  return nothing;
}

int main(void) {
  pthread_t t;
  handle(0);
  memory();
  arithmetic();
  returns();
  overflow(SEGV_MAPERR);
  pthread_create(&t, NULL, thread, NULL);
  pthread_join(t, NULL);
  puts("faults");
  return failures;
}
