/* SPDX-License-Identifier: Apache-2.0 */
/* Deaths by a fault, one for each letter of the private input. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#define NOINLINE __attribute__((noinline))

static const uint32_t constant = 1;
static uint32_t variable = 0x03e00008; /* jr $ra, but not executable */
static volatile uint32_t sink, zero;

static NOINLINE uint32_t load(uintptr_t a) { return *(volatile uint32_t*)a; }
static NOINLINE void store(uintptr_t a) { *(volatile uint32_t*)a = 7; }
static NOINLINE void call(uintptr_t a) { ((void (*)(void))a)(); }

static NOINLINE uint32_t recurse(uint32_t n) {
  volatile char frame[1000];
  frame[n % 1000] = 1;
  return n == ~0u ? 0 : recurse(n + 1) + (uint32_t)frame[5];
}

static void handler(int signal) { (void)!write(1, signal == SIGSEGV ? "handler\n" : "?\n", 8); }

static void handle(int signal, void (*how)(int), int flags) {
  struct sigaction a;
  memset(&a, 0, sizeof a);
  a.sa_handler = how;
  a.sa_flags = flags;
  sigaction(signal, &a, NULL);
}

int main(void) {
  sigset_t set;
  printf("before\n");
  fflush(stdout);
  switch (getchar()) {
    case 'l':
      sink = load(0);
      break;
    case 's':
      store(64);
      break;
    case 'c':
      store((uintptr_t)&constant);
      break;
    case 'n':
      call(0);
      break;
    case 'v':
      call((uintptr_t)&variable);
      break;
    case 'd':
      sink = 1000 / zero;
      break;
    case 'o':
      __asm__ volatile("add $2, %0, %0" : : "r"(0x80000000) : "$2");
      break;
    case 'b':
      __builtin_trap();
      break;
    case 'B':
      __asm__ volatile("break 99");
      break;
    case 'i':
      __asm__ volatile(".word 0x0000003f"); /* dsra32 */
      break;
    case 'a':
      __asm__ volatile("ll $2, 2(%0)" : : "r"(&variable) : "$2");
      break;
    case 'j':
      call((uintptr_t)&main + 2);
      break;
    case 'r':
      sink = recurse(zero);
      break;
    case 'h': /* a handler, but no room for its frame */
      handle(SIGSEGV, handler, 0);
      sink = recurse(zero);
      break;
    case 'm': /* blocked */
      handle(SIGSEGV, handler, 0);
      sigemptyset(&set);
      sigaddset(&set, SIGSEGV);
      sigprocmask(SIG_BLOCK, &set, NULL);
      sink = load(0);
      break;
    case 'g': /* ignored */
      handle(SIGFPE, SIG_IGN, 0);
      sink = 1000 / zero;
      break;
    case 'w': /* once more after its handler */
      handle(SIGSEGV, handler, SA_RESETHAND);
      sink = load(0);
      break;
    case 'e': /* Linux: EFAULT. Here the kernel itself faults, which has no proof. */
      sink = 8;
      return write(1, (void*)sink, 5) == -1 ? 3 : 4;
    default:
      return 1;
  }
  return 2;
}
