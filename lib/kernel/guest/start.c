/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up: the first thread and its stack, as Linux would make them for a program without
 * arguments and environment. */
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

/* The stack, from its lowest address. 4-word groups keep the stack pointer a multiple of 8. */
struct initial_stack {
  uint32_t argc;
  const char* argv[2];
  const char* envp[1];
  struct {
    uint32_t type, value;
  } aux[17];
  uint32_t random[4];
  char name[8];
};
_Static_assert(sizeof(struct initial_stack) % 8 == 0, "the stack pointer is a multiple of 8");

struct thread* thread_start(uint32_t pc, uint32_t sp);

struct thread* kernel_start(void) {
  struct initial_stack* s = (struct initial_stack*)(STACK_TOP - 64 - sizeof *s);
  uint32_t n = 0;
  memory_start();
  s->argc = 1;
  s->argv[0] = s->name;
  copy(s->name, "guest\0\0", 8);
  for (int i = 0; i < 4; i++) s->random[i] = random_word();
#define AUX(t, v) (s->aux[n].type = (t), s->aux[n].value = (uint32_t)(v), n++)
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
  AUX(AT_RANDOM, s->random);
  AUX(AT_EXECFN, s->name);
  AUX(AT_NULL, 0);
  return thread_start(BOOT->entry, (uint32_t)s);
}
