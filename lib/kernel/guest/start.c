/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up: the first thread and its stack, as Linux makes them. */
#include "kernel.h"

enum {
  AT_NULL = 0,
  AT_PHDR = 3,
  AT_PHENT = 4,
  AT_PHNUM = 5,
  AT_PAGESZ = 6,
  AT_BASE = 7,
  AT_FLAGS = 8,
  AT_ENTRY = 9,
  AT_UID = 11,
  AT_EUID = 12,
  AT_GID = 13,
  AT_EGID = 14,
  AT_HWCAP = 16,
  AT_CLKTCK = 17,
  AT_SECURE = 23,
  AT_RANDOM = 25,
  AT_EXECFN = 31,
};

#define AUXILIARY 17
/* Above the pointers, from its lowest address; then the texts of arguments and environment. */
struct stack_top {
  uint32_t random[4];
  char name[8];
};

struct thread* thread_start(uint32_t pc, uint32_t sp);

struct thread* kernel_start(void) {
  memory_start();
  const struct inputs in = inputs_start();
  struct stack_top* top = (struct stack_top*)((STACK_TOP - 64 - sizeof *top - in.bytes) & ~7u);
  /* The count, the pointers with zeros behind them, the auxiliary vector. */
  const uint32_t words = 1 + (1 + in.arguments + 1) + (in.environment + 1) + 2 * AUXILIARY;
  uint32_t* const stack = (uint32_t*)(((uint32_t)top - 4 * words) & ~7u);
  const char** pointers = (const char**)stack + 1;
  char* text = (char*)(top + 1);
  stack[0] = 1 + in.arguments;
  *pointers++ = top->name;
  if (in.bytes) {
    text = inputs_copy(text, pointers, 1);
    inputs_copy(text, pointers + in.arguments + 1, 0);
  }
  copy(top->name, "guest\0\0", 8);
  random_bytes(top->random, sizeof top->random);
  uint32_t* aux = stack + 1 + (1 + in.arguments + 1) + (in.environment + 1);
#define AUX(t, v) (aux[0] = (t), aux[1] = (uint32_t)(v), aux += 2)
  AUX(AT_PHDR, BOOT->headers);
  AUX(AT_PHENT, 32);
  AUX(AT_PHNUM, BOOT->header_count);
  AUX(AT_PAGESZ, PAGE);
  AUX(AT_BASE, 0);
  AUX(AT_FLAGS, 0);
  AUX(AT_ENTRY, BOOT->entry);
  AUX(AT_UID, 0);
  AUX(AT_EUID, 0);
  AUX(AT_GID, 0);
  AUX(AT_EGID, 0);
  AUX(AT_HWCAP, 0);
  AUX(AT_CLKTCK, 100);
  AUX(AT_SECURE, 0);
  AUX(AT_RANDOM, top->random);
  AUX(AT_EXECFN, top->name);
  AUX(AT_NULL, 0);
  return thread_start(BOOT->entry, (uint32_t)stack);
}
