/* SPDX-License-Identifier: Apache-2.0 */
/* Who and where the program is, and limits: fixed answers. */
#include "kernel.h"

#define ARGUMENTS (void)a0, (void)a1, (void)a2, (void)a3

CALL(zero) { /* user and group are 0; and what needs nothing done */
  ARGUMENTS;
  return 0;
}

CALL(getpid) {
  ARGUMENTS;
  return 1;
}

/* rseq, clone3, futex_time64: programs do without, so there is no message. */
CALL(enosys) {
  ARGUMENTS;
  return -ENOSYS;
}

CALL(no_child) { /* wait4 and its kin */
  ARGUMENTS;
  return -ECHILD;
}

/* A release before 5.1, which had no futex_time64 yet: Go 1.26 would pass it nanoseconds in the
 * wrong half of a 64-bit number on big-endian machines, and spin. */
CALL(uname) {
  static const char texts[6][16] = {"Linux", "guest", "4.19.0", "#1", "mips", "(none)"};
  (void)a1, (void)a2, (void)a3;
  zero((void*)a0, 6 * 65);
  for (int i = 0; i < 6; i++) copy((char*)a0 + 65 * i, texts[i], sizeof texts[i]);
  return 0;
}

CALL(sched_getaffinity) { /* (tid, bytes, mask): one processor */
  (void)a0, (void)a3;
  if ((uint32_t)a1 < 4 || a1 % 4) return -EINVAL;
  *(uint32_t*)a2 = 1;
  return 4;
}

CALL(getcpu) { /* (processor, node) */
  (void)a2, (void)a3;
  if (a0) *(uint32_t*)a0 = 0;
  if (a1) *(uint32_t*)a1 = 0;
  return 0;
}

enum { RLIMIT_STACK = 3, RLIMIT_NOFILE = 5 };
#define STACK_LIMIT 0x800000u

static uint32_t limit(uint32_t resource, uint32_t unlimited) {
  return resource == RLIMIT_STACK ? STACK_LIMIT : resource == RLIMIT_NOFILE ? FILES : unlimited;
}

CALL(getrlimit) { /* (resource, limits) */
  uint32_t* out = (uint32_t*)a1;
  (void)a2, (void)a3;
  if ((uint32_t)a0 > 15) return -EINVAL;
  out[0] = out[1] = limit((uint32_t)a0, 0x7fffffff);
  return 0;
}

CALL(prlimit64) { /* (pid, resource, new, old); limits cannot be changed, and say so only when asked
                     again */
  uint64_t* out = (uint64_t*)a3;
  (void)a0, (void)a2;
  if ((uint32_t)a1 > 15) return -EINVAL;
  if (!out) return 0;
  const uint32_t value = limit((uint32_t)a1, ~0u);
  out[0] = out[1] = value == ~0u ? ~(uint64_t)0 : value;
  return 0;
}

CALL(sysinfo) {
  uint32_t* s = (uint32_t*)a0;
  (void)a1, (void)a2, (void)a3;
  zero(s, 64);
  s[0] = now.sec;
  s[4] = MMAP_TOP - BOOT->ram_start; /* total */
  s[5] = s[4] / 2;                   /* free */
  *(uint16_t*)(s + 10) = (uint16_t)thread_count;
  s[13] = 1; /* bytes per unit */
  return 0;
}

CALL(umask) { /* the usual one, which means nothing here */
  ARGUMENTS;
  return 022;
}

CALL(prctl) { /* (what, name): only the name of a thread, which nobody reads */
  enum { PR_SET_NAME = 15, PR_GET_NAME = 16, PR_SET_VMA = 0x53564d41 };
  (void)a2, (void)a3;
  if (a0 == PR_GET_NAME) copy((void*)a1, "guest\0\0\0\0\0\0\0\0\0\0", 16);
  return a0 == PR_SET_NAME || a0 == PR_GET_NAME ? 0 : -EINVAL;
}
