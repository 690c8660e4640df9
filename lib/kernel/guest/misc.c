/* SPDX-License-Identifier: Apache-2.0 */
/* Who and where the program is, and limits. */
#include "kernel.h"

#define ARGUMENTS (void)a0, (void)a1, (void)a2, (void)a3

CALL(zero) { /* what needs nothing done */
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

enum { RLIMIT_STACK = 3, RLIMIT_NOFILE = 5, RLIMITS = 16 };
#define STACK_LIMIT 0x800000u
#define UNLIMITED 0xffffffffu /* 0x7fffffff in the older calls */

/* Soft and hard limits; only that of descriptors has an effect. Stored inverted, so that what was
 * never set is UNLIMITED. */
static uint32_t limits[RLIMITS][2] = {
    [RLIMIT_STACK] = {~STACK_LIMIT, 0}, [RLIMIT_NOFILE] = {~(uint32_t)FILES, ~(uint32_t)FILES}};
uint32_t most_files = FILES;

static long set_limit(uint32_t resource, uint32_t soft, uint32_t hard) {
  if (soft > hard) return -EINVAL;
  if (hard > ~limits[resource][1] && resource == RLIMIT_NOFILE) return -EPERM;
  limits[resource][0] = ~soft;
  limits[resource][1] = ~hard;
  if (resource == RLIMIT_NOFILE) most_files = soft;
  return 0;
}

CALL(getrlimit) { /* (resource, limits) */
  uint32_t* out = (uint32_t*)a1;
  (void)a2, (void)a3;
  if ((uint32_t)a0 >= RLIMITS) return -EINVAL;
  for (int i = 0; i < 2; i++) {
    const uint32_t value = ~limits[a0][i];
    out[i] = value > 0x7fffffff ? 0x7fffffff : value;
  }
  return 0;
}

CALL(setrlimit) {
  const uint32_t* in = (const uint32_t*)a1;
  (void)a2, (void)a3;
  if ((uint32_t)a0 >= RLIMITS) return -EINVAL;
  return set_limit((uint32_t)a0, in[0] == 0x7fffffff ? UNLIMITED : in[0],
                   in[1] == 0x7fffffff ? UNLIMITED : in[1]);
}

CALL(prlimit64) { /* (pid, resource, new, old) */
  const uint64_t* in = (const uint64_t*)a2;
  uint64_t* out = (uint64_t*)a3;
  if ((uint32_t)a0 > 1) return -ESRCH;
  if ((uint32_t)a1 >= RLIMITS) return -EINVAL;
  uint64_t wanted[2];
  if (in) wanted[0] = in[0], wanted[1] = in[1];
  for (int i = 0; out && i < 2; i++) {
    const uint32_t value = ~limits[a1][i];
    out[i] = value == UNLIMITED ? ~(uint64_t)0 : value;
  }
  if (!in) return 0;
  return set_limit((uint32_t)a1, wanted[0] > UNLIMITED ? UNLIMITED : (uint32_t)wanted[0],
                   wanted[1] > UNLIMITED ? UNLIMITED : (uint32_t)wanted[1]);
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

uint32_t file_mask = 022;

CALL(umask) {
  ARGUMENTS;
  const uint32_t old = file_mask;
  file_mask = (uint32_t)a0 & 0777;
  return (long)old;
}

CALL(prctl) { /* (what, name): only the name of a thread, which nobody reads */
  enum { PR_SET_NAME = 15, PR_GET_NAME = 16, PR_SET_VMA = 0x53564d41 };
  (void)a2, (void)a3;
  if (a0 == PR_GET_NAME) copy((void*)a1, "guest\0\0\0\0\0\0\0\0\0\0", 16);
  return a0 == PR_SET_NAME || a0 == PR_GET_NAME ? 0 : -EINVAL;
}
