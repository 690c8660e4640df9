/* SPDX-License-Identifier: Apache-2.0 */
/* Futexes: a thread waits for the word at an address. Addresses of one process, so "private"
 * changes nothing. */
#include "kernel.h"

enum {
  FUTEX_WAIT = 0,
  FUTEX_WAKE = 1,
  FUTEX_REQUEUE = 3,
  FUTEX_CMP_REQUEUE = 4,
  FUTEX_WAKE_OP = 5,
  FUTEX_LOCK_PI = 6,
  FUTEX_UNLOCK_PI = 7,
  FUTEX_TRYLOCK_PI = 8,
  FUTEX_WAIT_BITSET = 9,
  FUTEX_WAKE_BITSET = 10,
  FUTEX_LOCK_PI2 = 13,
  FUTEX_COMMAND = 0x7f,
  FUTEX_CLOCK_REALTIME = 0x100,
};

/* Wakes at most `count` that wait for one of `bits`, the longest waiting first; the number of woken
 * threads. */
long futex_wake(uint32_t address, uint32_t count, uint32_t bits) {
  uint32_t woken = 0;
  for (struct thread *t = waiting, *next; t && woken < count; t = next) {
    next = t->next;
    if (t->futex != address || !(t->futex_bits & bits)) continue;
    wake(t, 0);
    woken++;
  }
  return (long)woken;
}

/* `timeout`: relative for WAIT; a time of the monotonic or real-time clock for WAIT_BITSET. */
static long futex_wait(uint32_t address, uint32_t value, uint32_t bits, const struct time* timeout,
                       uint32_t operation) {
  struct time deadline;
  if (bits == 0) return -EINVAL;
  if (*(const volatile uint32_t*)address != value) return -EAGAIN;
  if (timeout) {
    deadline = *timeout;
    if (deadline.nsec >= 1000000000 || (int32_t)deadline.sec < 0) return -EINVAL;
    if ((operation & FUTEX_COMMAND) == FUTEX_WAIT) {
      deadline = time_after(deadline.sec, deadline.nsec);
    } else if (operation & FUTEX_CLOCK_REALTIME) {
      deadline = monotonic_time(0, deadline);
    }
    clock_advance();
    if (time_reached(deadline)) return -ETIMEDOUT;
  }
  current->futex = address;
  current->futex_bits = bits;
  return block(-ETIMEDOUT, timeout ? &deadline : 0);
}

/* Wakes `count` waiters of `from` and moves `move` others to `to`. */
static long requeue(uint32_t from, uint32_t count, uint32_t move, uint32_t to, int compare) {
  uint32_t moved = 0;
  const long woken = futex_wake(from, count, ~0u);
  for (struct thread* t = waiting; t && moved < move; t = t->next) {
    if (t->futex != from) continue;
    t->futex = to;
    moved++;
  }
  return woken + (compare ? (long)moved : 0);
}

/* Changes the word at `address` as `code` says; the old value is compared for the second wake. */
static int wake_operation(uint32_t address, uint32_t code) {
  uint32_t* word = (uint32_t*)address;
  const uint32_t old = *word;
  uint32_t operand = (uint32_t)((int32_t)(code << 8) >> 20);
  const int32_t compared = (int32_t)(code << 20) >> 20;
  if (code >> 31) operand = 1u << (operand & 31);
  switch (code >> 28 & 7) {
    case 0:
      *word = operand;
      break;
    case 1:
      *word = old + operand;
      break;
    case 2:
      *word = old | operand;
      break;
    case 3:
      *word = old & ~operand;
      break;
    case 4:
      *word = old ^ operand;
      break;
    default:
      return -ENOSYS;
  }
  switch (code >> 24 & 15) {
    case 0:
      return (int32_t)old == compared;
    case 1:
      return (int32_t)old != compared;
    case 2:
      return (int32_t)old < compared;
    case 3:
      return (int32_t)old <= compared;
    case 4:
      return (int32_t)old > compared;
    case 5:
      return (int32_t)old >= compared;
    default:
      return -ENOSYS;
  }
}

/* ---- Locks that the kernel hands over: the word holds the owner's tid and two bits. As threads
 * take turns, no priorities need to be inherited. ---- */

#define OWNER_DIED 0x40000000u
#define WAITERS 0x80000000u
#define TID_MASK 0x3fffffffu

static long lock(uint32_t address, const struct time* timeout, uint32_t clock, int wait) {
  uint32_t* word = (uint32_t*)address;
  const uint32_t owner = *word & TID_MASK;
  struct time deadline;
  if (owner == 0) {
    *word = (*word & (OWNER_DIED | WAITERS)) | current->tid;
    return 0;
  }
  if (owner == current->tid) return -EDEADLK;
  if (!find_thread(owner)) return -ESRCH;
  if (!wait) return -EAGAIN;
  if (timeout) {
    deadline = monotonic_time(clock, *timeout);
    clock_advance();
    if (time_reached(deadline)) return -ETIMEDOUT;
  }
  *word |= WAITERS;
  current->futex = address;
  current->futex_bits = ~0u;
  return block(-ETIMEDOUT, timeout ? &deadline : 0);
}

/* Gives the lock to the thread that waits longest. */
static void hand_over(uint32_t address, uint32_t died) {
  uint32_t* word = (uint32_t*)address;
  struct thread *t = waiting, *other;
  while (t && t->futex != address) t = t->next;
  if (!t) {
    *word = died;
    return;
  }
  other = t->next;
  while (other && other->futex != address) other = other->next;
  *word = t->tid | died | (other ? WAITERS : 0);
  wake(t, 0);
}

static long unlock(uint32_t address) {
  if ((*(const uint32_t*)address & TID_MASK) != current->tid) return -EPERM;
  hand_over(address, 0);
  return 0;
}

/* The list of struct robust_list_head: next, offset of the word, the one being locked. Bit 0 of a
 * pointer marks a lock of the kind above. The program may have damaged it: at most this many. */
void release_robust(struct thread* t) {
  const uint32_t* head = (const uint32_t*)t->robust_list;
  if (!head) return;
  const uint32_t offset = head[1], pending = head[2];
  uint32_t entry = head[0], last = 0;
  for (int left = 2048; left > 0; left--) {
    if ((entry & ~1u) == (uint32_t)head) {
      if (last || !pending) break;
      entry = pending;
      last = 1;
    }
    uint32_t* const word = (uint32_t*)((entry & ~1u) + offset);
    if ((*word & TID_MASK) == t->tid) {
      if (entry & 1) {
        hand_over((uint32_t)word, OWNER_DIED);
      } else {
        *word = (*word & WAITERS) | OWNER_DIED;
        futex_wake((uint32_t)word, 1, ~0u);
      }
    }
    if (last) break;
    entry = *(const uint32_t*)(entry & ~1u);
  }
}

CALL(set_robust_list) { /* (head, bytes of it) */
  (void)a2, (void)a3;
  if (a1 != 12) return -EINVAL;
  current->robust_list = (uint32_t)a0;
  return 0;
}

CALL(get_robust_list) { /* (tid or 0, head, bytes of it) */
  const struct thread* t = a0 ? find_thread((uint32_t)a0) : current;
  (void)a3;
  if (!t) return -ESRCH;
  *(uint32_t*)a1 = t->robust_list;
  *(uint32_t*)a2 = 12;
  return 0;
}

static long futex(uint32_t address, uint32_t operation, uint32_t value,
                  const struct time* timeout) {
  const uint32_t fourth = (uint32_t)timeout; /* a count, for some operations */
  if (address % 4) return -EINVAL;
  if (address == 0) return -EFAULT; /* 0 stands for no futex */
  switch (operation & FUTEX_COMMAND) {
    case FUTEX_WAIT:
      return futex_wait(address, value, ~0u, timeout, operation);
    case FUTEX_WAIT_BITSET:
      return futex_wait(address, value, stack_argument(5), timeout, operation);
    case FUTEX_WAKE:
      return futex_wake(address, value ? value : 1, ~0u);
    case FUTEX_WAKE_BITSET:
      return futex_wake(address, value ? value : 1, stack_argument(5));
    case FUTEX_REQUEUE:
      return requeue(address, value, fourth, stack_argument(4), 0);
    case FUTEX_CMP_REQUEUE:
      if (*(const volatile uint32_t*)address != stack_argument(5)) return -EAGAIN;
      return requeue(address, value, fourth, stack_argument(4), 1);
    case FUTEX_WAKE_OP: {
      const uint32_t second = stack_argument(4);
      const int also = wake_operation(second, stack_argument(5));
      if (also < 0) return also;
      const long woken = futex_wake(address, value ? value : 1, ~0u);
      return woken + (also ? futex_wake(second, fourth ? fourth : 1, ~0u) : 0);
    }
    case FUTEX_LOCK_PI:
      return lock(address, timeout, 0, 1);
    case FUTEX_LOCK_PI2:
      return lock(address, timeout, operation & FUTEX_CLOCK_REALTIME ? 0 : 1, 1);
    case FUTEX_TRYLOCK_PI:
      return lock(address, 0, 0, 0);
    case FUTEX_UNLOCK_PI:
      return unlock(address);
    default:
      return -ENOSYS;
  }
}

CALL(futex) { return futex((uint32_t)a0, (uint32_t)a1, (uint32_t)a2, (const struct time*)a3); }
