/* SPDX-License-Identifier: Apache-2.0 */
/* Names, users, groups, and scheduling: what a program may ask and set, without effect on how it
 * runs. */
#include "kernel.h"

#define ARGUMENTS (void)a0, (void)a1, (void)a2, (void)a3

/* A release before 5.1, which had no futex_time64 yet: Go 1.26 would pass it nanoseconds in the
 * wrong half of a 64-bit number on big-endian machines, and spin. */
static char names[6][65] = {"Linux", "guest", "4.19.0", "#1", "mips", "(none)"};

CALL(uname) {
  (void)a1, (void)a2, (void)a3;
  copy((char*)a0, names, sizeof names);
  return 0;
}

static long set_name(char* name, const char* from, uint32_t size) {
  if (size > 64) return -EINVAL;
  copy(name, from, size);
  name[size] = 0;
  return 0;
}

CALL(sethostname) { /* (name, bytes) */
  (void)a2, (void)a3;
  return set_name(names[1], (const char*)a0, (uint32_t)a1);
}

CALL(setdomainname) {
  (void)a2, (void)a3;
  return set_name(names[5], (const char*)a0, (uint32_t)a1);
}

/* ---- Users and groups: real, effective, saved; as root the program may choose any ---- */

static uint32_t users[3], groups[3], group_list[32];
static uint32_t group_count, process_group = 1;

static int may_be(const uint32_t ids[3], uint32_t id) {
  return users[1] == 0 || id == ids[0] || id == ids[1] || id == ids[2];
}

static long set_ids(uint32_t ids[3], uint32_t real, uint32_t effective, uint32_t saved) {
  const uint32_t wanted[3] = {real, effective, saved};
  for (int i = 0; i < 3; i++)
    if (wanted[i] != ~0u && !may_be(ids, wanted[i])) return -EPERM;
  for (int i = 0; i < 3; i++)
    if (wanted[i] != ~0u) ids[i] = wanted[i];
  return 0;
}

static long set_id(uint32_t ids[3], uint32_t id) {
  return users[1] == 0 ? set_ids(ids, id, id, id) : set_ids(ids, ~0u, id, ~0u);
}

static long get_ids(const uint32_t ids[3], long a0, long a1, long a2) {
  *(uint32_t*)a0 = ids[0], *(uint32_t*)a1 = ids[1], *(uint32_t*)a2 = ids[2];
  return 0;
}

#define IDS(name, expression)  \
  CALL(name) {                 \
    ARGUMENTS;                 \
    return (long)(expression); \
  }
IDS(getuid, users[0])
IDS(geteuid, users[1])
IDS(getgid, groups[0])
IDS(getegid, groups[1])
IDS(setuid, set_id(users, (uint32_t)a0))
IDS(setgid, set_id(groups, (uint32_t)a0))
IDS(setreuid, set_ids(users, (uint32_t)a0, (uint32_t)a1, (uint32_t)a1))
IDS(setregid, set_ids(groups, (uint32_t)a0, (uint32_t)a1, (uint32_t)a1))
IDS(setresuid, set_ids(users, (uint32_t)a0, (uint32_t)a1, (uint32_t)a2))
IDS(setresgid, set_ids(groups, (uint32_t)a0, (uint32_t)a1, (uint32_t)a2))
IDS(getresuid, get_ids(users, a0, a1, a2))
IDS(getresgid, get_ids(groups, a0, a1, a2))
IDS(setfsuid, users[1])
IDS(setfsgid, groups[1])
IDS(getpgrp, process_group)

CALL(getgroups) { /* (how many, list) */
  (void)a2, (void)a3;
  if (a0 && (uint32_t)a0 < group_count) return -EINVAL;
  if (a0) copy((void*)a1, group_list, 4 * group_count);
  return (long)group_count;
}

CALL(setgroups) { /* (how many, list) */
  (void)a2, (void)a3;
  if (users[1]) return -EPERM;
  if ((uint32_t)a0 > 32) return -EINVAL;
  copy(group_list, (const void*)a1, 4 * (uint32_t)a0);
  group_count = (uint32_t)a0;
  return 0;
}

CALL(getpgid) { /* (pid); getsid too */
  ARGUMENTS;
  return (uint32_t)a0 > 1 ? -ESRCH : (long)process_group;
}

CALL(setpgid) { /* (pid, group): the program leads its own */
  ARGUMENTS;
  if ((uint32_t)a0 > 1) return -ESRCH;
  return (uint32_t)a1 > 1 ? -EPERM : 0;
}

CALL(capget) { /* (header, data): all that there are, as root */
  uint32_t* out = (uint32_t*)a1;
  (void)a2, (void)a3;
  *(uint32_t*)a0 = 0x20080522;
  if (!out) return 0;
  out[0] = out[1] = users[1] ? 0 : ~0u, out[2] = 0;
  out[3] = out[4] = users[1] ? 0 : 0x1ff, out[5] = 0;
  return 0;
}

/* ---- Scheduling: one processor, and threads that take turns, whatever their priority ---- */

static struct { uint32_t policy, priority; } scheduling;
static int32_t nice_value;

CALL(getpriority) { /* (which, who): 20 - the nice value */
  ARGUMENTS;
  if ((uint32_t)a0 > 2) return -EINVAL;
  return 20 - nice_value;
}

static long set_nice(long value) {
  if (value < nice_value && users[1]) return -EACCES;
  nice_value = value < -20 ? -20 : value > 19 ? 19 : value;
  return 0;
}

CALL(setpriority) { /* (which, who, value) */
  ARGUMENTS;
  return (uint32_t)a0 > 2 ? -EINVAL : set_nice(a2);
}

CALL(nice) {
  ARGUMENTS;
  const long result = set_nice(nice_value + a0);
  return result == -EACCES ? -EPERM : result;
}

static int real_time(uint32_t policy) { return policy == 1 || policy == 2; } /* FIFO, RR */

static long set_scheduling(uint32_t tid, uint32_t policy, const uint32_t* parameters) {
  if (tid && !find_thread(tid)) return -ESRCH;
  if (policy == 4 || policy > 5) return -EINVAL;
  if (real_time(policy) ? parameters[0] - 1 > 98 : parameters[0] != 0) return -EINVAL;
  scheduling.policy = policy;
  scheduling.priority = parameters[0];
  return 0;
}

CALL(sched_setscheduler) { /* (tid, policy, parameters) */
  (void)a3;
  return set_scheduling((uint32_t)a0, (uint32_t)a1 & ~0x40000000u, (const uint32_t*)a2);
}

CALL(sched_setparam) { /* (tid, parameters) */
  (void)a2, (void)a3;
  return set_scheduling((uint32_t)a0, scheduling.policy, (const uint32_t*)a1);
}

CALL(sched_getscheduler) { /* (tid) */
  ARGUMENTS;
  return a0 && !find_thread((uint32_t)a0) ? -ESRCH : (long)scheduling.policy;
}

CALL(sched_getparam) { /* (tid, parameters) */
  ARGUMENTS;
  if (a0 && !find_thread((uint32_t)a0)) return -ESRCH;
  *(uint32_t*)a1 = scheduling.priority;
  return 0;
}

CALL(sched_get_priority_max) { /* (policy) */
  ARGUMENTS;
  return real_time((uint32_t)a0) ? 99 : a0 == 4 || (uint32_t)a0 > 6 ? -EINVAL : 0;
}

CALL(sched_get_priority_min) {
  ARGUMENTS;
  return real_time((uint32_t)a0) ? 1 : a0 == 4 || (uint32_t)a0 > 6 ? -EINVAL : 0;
}

CALL(sched_rr_get_interval) { /* (tid, time): 100 ms, as Linux says */
  ARGUMENTS;
  if (a0 && !find_thread((uint32_t)a0)) return -ESRCH;
  *(struct time*)a1 = (struct time){0, 100000000};
  return 0;
}

CALL(sched_rr_get_interval64) {
  ARGUMENTS;
  if (a0 && !find_thread((uint32_t)a0)) return -ESRCH;
  time_to_64((uint32_t*)a1, (struct time){0, 100000000});
  return 0;
}

CALL(sched_setaffinity) { /* (tid, bytes, mask): to the only processor */
  ARGUMENTS;
  if (a0 && !find_thread((uint32_t)a0)) return -ESRCH;
  return (uint32_t)a1 >= 4 && (*(const uint32_t*)a2 & 1) ? 0 : -EINVAL;
}

CALL(membarrier) { /* (command): there is nothing to wait for; 0 asks for the commands */
  ARGUMENTS;
  return a0 == 0 ? 0x1f : 0;
}
