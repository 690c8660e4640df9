/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: the mistakes that guests make, one per run. Private input: which one (1 byte, the
 * number in the switch); nothing else is read, nothing is written. Only for the machine: qemu-mips
 * would crash. */
#include "guest_util.h"

static const uint32_t constant = 7;
static uint32_t variable = 0x03e00008; /* jr $ra, but not executable */
static volatile uint32_t zero, sink;

static uint32_t __attribute__((noinline)) load(uint32_t address) {
  return *(volatile uint32_t*)address;
}

static void __attribute__((noinline)) store(uint32_t address) { *(volatile uint32_t*)address = 1; }

static void __attribute__((noinline)) call(uint32_t address) { ((void (*)(void))address)(); }

static uint32_t __attribute__((noinline)) endless_recursion(uint32_t x) {
  volatile uint8_t frame[1024];
  frame[x & 1023] = (uint8_t)x;
  return x == 0xffffffff ? 0 : endless_recursion(x + 1) + frame[x & 1023];
}

int main(void) {
  Reader in = open_private();
  const uint8_t* public_bytes;
  size_t public_size;
  switch (take_u8(&in)) {
    case 1:
      sink = load(0x10);
      break;
    case 2:
      sink = load(0x90000000);
      break;
    case 3:
      store((uint32_t)&constant);
      break;
    case 4:
      store((uint32_t)&main);
      break;
    case 5:
      store((uint32_t)in.bytes);
      break;
    case 6:
      sink = load((uint32_t)&variable + 2);
      break;
    case 7:
      sink = sink / zero;
      break;
    case 8:
      sink = (uint32_t)(0x123456789ull / zero);
      break;
    case 9:
      call(zero);
      break;
    case 10:
      call((uint32_t)&variable);
      break;
    case 11:
      call((uint32_t)&main + 2);
      break;
    case 12:
      __builtin_trap();
    case 13:
      sink = mipzk_hint_word();
      break;
    case 14:
      __asm__ volatile("add $2, %0, %0" : : "r"(0x7fffffff) : "$2");
      break;
    case 15:
      mipzk_public_input(&public_bytes, &public_size);
      sink = load((uint32_t)(public_bytes + public_size + 3) & ~3u); /* the word after the input */
      break;
    case 16:
      for (;;) {
        ++sink;
      }
    case 17:
      sink = endless_recursion(zero);
      break;
    default:
      return 0;
  }
  return 1;
}
