/* SPDX-License-Identifier: Apache-2.0 */
/* Which system call is handled by what. docs/LINUX.md says what each one does. */
#include "kernel.h"

/* The low bit of an entry marks the slow ones. */
#define FAST(number, name) CALL(name);
#define SLOW(number, name) CALL(name);
#include "calls.inc"
#undef FAST
#undef SLOW
#define FAST(number, name) [number - CALL_FIRST] = (const char*)sys_##name,
#define SLOW(number, name) [number - CALL_FIRST] = (const char*)sys_##name + 1,
const char* const call_table[CALL_COUNT] = {
#include "calls.inc"
};

static const char names[] =
#include "names.inc"
    ;

static uint32_t reported[(CALL_COUNT + 31) / 32];

/* A number without handler: ENOSYS, and a message the first time. */
long missing_call(void) {
  const uint32_t number = current->gpr[2], i = number - CALL_FIRST;
  if (i >= CALL_COUNT) {
    message("system call %u does not exist, it returned ENOSYS", number);
    return -ENOSYS;
  }
  if (!(reported[i / 32] >> (i % 32) & 1)) {
    reported[i / 32] |= 1u << (i % 32);
    const char* name = names;
    for (uint32_t k = 0; k < i; k++) {
      while (*name) name++;
      name++;
    }
    message("system call %u (%s) is not supported, it returned ENOSYS", number, name);
  }
  return -ENOSYS;
}
