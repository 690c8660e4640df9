/* SPDX-License-Identifier: Apache-2.0 */
/* Unaligned loads and stores, which Linux on MIPS carries out; qemu-mips raises SIGBUS. */
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "check.h"

static uint8_t bytes[64] __attribute__((aligned(16)));
static sigjmp_buf out;
static void* volatile address;

static void fill(void) {
  for (int i = 0; i < 64; i++) bytes[i] = (uint8_t)(0x71 + 13 * i);
}

static uint64_t expected(const uint8_t* p, int size) {
  uint64_t value = 0;
  for (int i = 0; i < size; i++) {
    const int from = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? i : size - 1 - i;
    value = value << 8 | p[from];
  }
  return value;
}

#define LOAD(op, p)                                                   \
  ({                                                                  \
    uint32_t v_;                                                      \
    __asm__ volatile(op " %0, 0(%1)" : "=r"(v_) : "r"(p) : "memory"); \
    v_;                                                               \
  })
#define STORE(op, p, v) __asm__ volatile(op " %0, 0(%1)" : : "r"(v), "r"(p) : "memory")

static void words(void) {
  fill();
  for (int i = 0; i < 40; i++) {
    const uint8_t* p = bytes + i;
    CHECK(LOAD("lw", p) == (uint32_t)expected(p, 4));
    CHECK(LOAD("lhu", p) == (uint32_t)expected(p, 2));
    CHECK(LOAD("lh", p) == (uint32_t)(int16_t)expected(p, 2));
  }
  for (int i = 0; i < 40; i++) {
    uint8_t* p = bytes + i;
    fill();
    const uint8_t before = i ? p[-1] : 0, after = p[4], half = p[2];
    STORE("sw", p, 0x12345678);
    CHECK(expected(p, 4) == 0x12345678 && (!i || p[-1] == before) && p[4] == after);
    fill();
    STORE("sh", p, 0xabcd1234);
    CHECK(expected(p, 2) == 0x1234 && (!i || p[-1] == before) && p[2] == half);
  }
}

static void floats(void) {
  for (int i = 0; i < 24; i++) {
    uint8_t* p = bytes + i;
    double d = 1.5 + i;
    float f = 2.25f + (float)i;
    uint64_t raw;
    uint32_t word;
    fill();
    memcpy(&raw, &d, 8);
    memcpy(&word, &f, 4);
    __asm__ volatile("sdc1 %0, 0(%1)" : : "f"(d), "r"(p) : "memory");
    CHECK(expected(p, 8) == raw);
    d = 0;
    __asm__ volatile("ldc1 %0, 0(%1)" : "=f"(d) : "r"(p) : "memory");
    CHECK(d == 1.5 + i);
    __asm__ volatile("swc1 %0, 0(%1)" : : "f"(f), "r"(p) : "memory");
    CHECK(expected(p, 4) == word);
    f = 0;
    __asm__ volatile("lwc1 %0, 0(%1)" : "=f"(f) : "r"(p) : "memory");
    CHECK(f == 2.25f + (float)i);
  }
}

/* In delay slots, and into register 0. */
static void slots(void) {
  const uint8_t* p = bytes + 1;
  uint32_t a, b;
  fill();
  __asm__ volatile(
      ".set push\n.set noreorder\n"
      "beq $0, $0, 1f\n"
      "lw %0, 0(%2)\n"
      "li %0, 0\n"
      "1: bne $0, $0, 2f\n"
      "lw %1, 5(%2)\n"
      "addiu %1, %1, 1\n"
      "2: lw $0, 0(%2)\n"
      "bal 3f\n"
      "lw $0, 2(%2)\n"
      "3: addu %1, %1, $0\n"
      ".set pop\n"
      : "=&r"(a), "=&r"(b)
      : "r"(p)
      : "$31", "memory");
  CHECK(a == (uint32_t)expected(p, 4) && b == (uint32_t)expected(p + 5, 4) + 1);
}

static void handler(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  address = info->si_addr;
  siglongjmp(out, 1);
}

/* Half of the word is not there, or read-only. */
static void borders(void) {
  struct sigaction a;
  memset(&a, 0, sizeof a);
  a.sa_sigaction = handler;
  a.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &a, NULL);
  static const uint32_t constant = 5;
  void* const places[] = {(void*)0x5ffffffeu, (void*)0xfffdu, (void*)0x7efffffdu};
  for (unsigned i = 0; i < 3; i++)
    if (!sigsetjmp(out, 1)) {
      LOAD("lw", places[i]);
      CHECK(!"loaded");
    } else {
      CHECK(address == places[i]);
    }
  uint8_t* p = (uint8_t*)&constant + 1;
  if (!sigsetjmp(out, 1)) {
    STORE("sh", p, 9);
    CHECK(!"stored");
  }
  CHECK(address == p && *(volatile const uint32_t*)&constant == 5);
}

int main(void) {
  words();
  floats();
  slots();
  borders();
  puts("unaligned");
  return failures;
}
