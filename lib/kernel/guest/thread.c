/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: one runs, the others are ready, or wait. They change places only when a system call
 * waits or yields, so the order in which threads run is a function of the program and its inputs.
 */
#include "kernel.h"

/* Those never used cost nothing: no word of them is touched. */
#define THREADS 4096
static struct thread threads[THREADS];
static uint32_t threads_used, next_tid = 1;
static struct thread* free_list;

struct thread* current;
uint32_t thread_count;
struct thread* waiting;
static struct thread *waiting_last, *ready, *ready_last;
static struct thread* fp_owner; /* whose floating point registers the machine holds */
static struct time earliest;    /* no deadline of a waiting thread is before it */
static int any_deadline, yielding, retrying;
uint32_t resumed;

enum {
  CLONE_VM = 0x100,
  CLONE_VFORK = 0x4000,
  CLONE_THREAD = 0x10000,
  CLONE_SETTLS = 0x80000,
  CLONE_PARENT_SETTID = 0x100000,
  CLONE_CHILD_CLEARTID = 0x200000,
  CLONE_CHILD_SETTID = 0x1000000,
};

/* ---- The sets of threads ---- */

struct thread* new_thread(void) {
  struct thread* t = free_list;
  if (t) {
    free_list = t->next;
    zero(t, sizeof *t);
  } else if (threads_used < THREADS) {
    t = &threads[threads_used++];
  } else {
    return 0;
  }
  t->tid = next_tid++;
  thread_count++;
  return t;
}

struct thread* find_thread(uint32_t tid) {
  for (uint32_t i = 0; i < threads_used; i++)
    if (threads[i].state != T_FREE && threads[i].tid == tid) return &threads[i];
  return 0;
}

struct thread* thread_at(uint32_t i) {
  return i < threads_used ? &threads[i] : 0;
}

void make_ready(struct thread* t) {
  t->state = T_RUN;
  t->next = 0;
  if (ready)
    ready_last->next = t;
  else
    ready = t;
  ready_last = t;
}

static void stop_waiting(struct thread* t) {
  if (t->previous)
    t->previous->next = t->next;
  else
    waiting = t->next;
  if (t->next)
    t->next->previous = t->previous;
  else
    waiting_last = t->previous;
  t->futex = 0;
  make_ready(t);
}

void set_result(struct thread* t, long result) {
  const int error = result < 0 && result >= -4095;
  t->gpr[2] = (uint32_t)(error ? -result : result);
  t->gpr[7] = (uint32_t)error;
}

/* ---- Blocking and waking ---- */

static long wait_until(const struct time* deadline) {
  struct thread* t = current;
  t->state = T_WAIT;
  t->next = 0;
  t->previous = waiting_last;
  if (waiting_last)
    waiting_last->next = t;
  else
    waiting = t;
  waiting_last = t;
  t->has_deadline = deadline && deadline->sec < NEVER;
  if (t->has_deadline) {
    t->deadline = *deadline;
    if (!any_deadline || deadline->sec < earliest.sec ||
        (deadline->sec == earliest.sec && deadline->nsec < earliest.nsec))
      earliest = *deadline;
    any_deadline = 1;
  }
  return NO_RESULT;
}

long block(long timeout_result, const struct time* deadline) {
  current->retry = 0;
  current->timeout_result = timeout_result;
  return wait_until(deadline);
}

/* A call that is retried waits for its first deadline. */
long block_retry(const struct time* deadline) {
  const struct time first = current->deadline;
  if (retrying) {
    if (current->has_deadline && time_reached(first))
      return 0; /* how poll and its kin say "timeout" */
    deadline = current->has_deadline ? &first : 0;
  }
  current->retry = 1;
  return wait_until(deadline);
}

void wake(struct thread* t, long result) {
  t->retry = 0;
  t->has_deadline = 0;
  stop_waiting(t);
  set_result(t, result);
}

void wake_io(void) {
  for (struct thread *t = waiting, *next; t; t = next) {
    next = t->next;
    if (t->retry) stop_waiting(t);
  }
}

/* Wakes every thread whose deadline has passed, the earliest first. */
static void wake_expired(void) {
  for (;;) {
    struct thread* first = 0;
    for (struct thread* t = waiting; t; t = t->next) {
      if (!t->has_deadline) continue;
      if (!first || t->deadline.sec < first->deadline.sec ||
          (t->deadline.sec == first->deadline.sec && t->deadline.nsec < first->deadline.nsec))
        first = t;
    }
    any_deadline = first != 0;
    if (!first) return;
    earliest = first->deadline;
    if (!time_reached(earliest)) return;
    if (first->retry)
      stop_waiting(first);
    else
      wake(first, first->timeout_result);
  }
}

/* ---- Changing places ---- */

void store_floating_point(struct thread* t) {
  if (t == fp_owner) fp_store(t->fp);
}

void own_floating_point(struct thread* t) {
  if (t == fp_owner) return;
  if (fp_owner) fp_store(fp_owner->fp);
  fp_load(t->fp);
  fp_set_user_local(t->user_local);
  fp_owner = t;
}

/* The first of the ready queue. If there is none, the clock jumps to the earliest deadline. */
static struct thread* take_ready(void) {
  if (any_deadline && (!ready || time_reached(earliest))) wake_expired(); /* makes it exact */
  while (!ready) {
    if (!any_deadline && next_timer.sec >= NEVER) {
      message("deadlock: the program's threads (%u) all wait for each other", thread_count);
      die(SIGABRT, 0);
    }
    const struct time next =
        any_deadline && time_before(earliest, next_timer) ? earliest : next_timer;
    if (!time_reached(next)) now = next;
    if (time_reached(next_timer)) timers_expire();
    if (any_deadline) wake_expired();
  }
  struct thread* t = ready;
  ready = t->next;
  return t;
}

static long call(const struct thread* t, uint32_t number) {
  const uint32_t handler = (uint32_t)call_table[number - CALL_FIRST] & ~1u;
  return ((call_handler)handler)((long)t->gpr[4], (long)t->gpr[5], (long)t->gpr[6],
                                 (long)t->gpr[7]);
}

/* The thread to continue with: the running one, unless it waits, yields or has ended. */
struct thread* next_thread(void) {
  int queued = 0; /* `current` is in the ready queue */
  for (;;) {
    struct thread* t = current;
    if (t->state != T_RUN || yielding || queued) {
      if (yielding) make_ready(t);
      yielding = queued = 0;
      current = t = take_ready();
    }
    if (t->retry) {
      t->retry = 0;
      retrying = 1;
      resumed = t->partial;
      t->partial = 0;
      const long result = call(t, t->gpr[2]);
      if (result != NO_RESULT) set_result(t, resumed && result < 0 ? (long)resumed : result);
      retrying = 0;
      resumed = 0;
      if (t->state != T_RUN) {
        /* A signal that came after the thread was woken found it ready. */
        if (t->any_pending) {
          interrupt_wait(t);
          queued = 1;
        }
        continue;
      }
    }
    own_floating_point(t);
    if (t->any_pending) {
      deliver_signals(t);
      if (t->state != T_RUN) continue;
    }
    return t;
  }
}

/* Called by entry.S with all registers of the running thread in *current; what it returns is
 * continued. */
struct thread* slow_call(void) {
  struct thread* t = current;
  const long result = call(t, t->gpr[2]);
  if (result != NO_RESULT) set_result(t, result);
  return next_thread();
}

/* The first thread of the program. The machine's floating point registers are its own and zero. */
struct thread* thread_start(uint32_t pc, uint32_t sp) {
  struct thread* t = new_thread();
  t->state = T_RUN;
  t->pc = pc;
  t->gpr[29] = sp;
  current = fp_owner = t;
  return t;
}

/* ---- System calls ---- */

long yield(long result) {
  clock_advance();
  if (retrying || (!ready && !any_deadline && !current->any_pending)) return result;
  set_result(current, result);
  yielding = 1;
  return NO_RESULT;
}

CALL(sched_yield) {
  (void)a0, (void)a1, (void)a2, (void)a3;
  return yield(0);
}

/* (flags, stack pointer, parent's tid word, thread pointer, child's tid word); only threads, no
 * processes */
CALL(clone) {
  static int reported;
  const uint32_t flags = (uint32_t)a0, child_word = stack_argument(4);
  if ((flags & (CLONE_VM | CLONE_THREAD | CLONE_VFORK)) != (CLONE_VM | CLONE_THREAD)) {
    if (!reported) message("clone: a new process is not supported, it returned ENOSYS");
    reported = 1;
    return -ENOSYS;
  }
  struct thread* parent = current;
  struct thread* t = new_thread();
  if (!t) return -EAGAIN;
  const uint32_t tid = t->tid;
  store_floating_point(parent);
  copy(t->gpr, parent->gpr, offsetof(struct thread, tid));
  if (a1) t->gpr[29] = (uint32_t)a1;
  t->mask = parent->mask;
  t->altstack.flags = 2; /* SS_DISABLE */
  if (flags & CLONE_SETTLS) t->user_local = (uint32_t)a3;
  if (flags & CLONE_PARENT_SETTID) *(uint32_t*)a2 = tid;
  if (flags & CLONE_CHILD_SETTID) *(uint32_t*)child_word = tid;
  if (flags & CLONE_CHILD_CLEARTID) t->clear_tid = child_word;
  set_result(t, 0);
  make_ready(t);
  return (long)tid;
}

CALL(exit) { /* (status): ends the thread, and the program with the last one */
  struct thread* t = current;
  (void)a1, (void)a2, (void)a3;
  if (thread_count == 1) machine_halt((uint32_t)a0 & 0xff);
  release_robust(t);
  forget_signals(t);
  if (t->clear_tid) {
    *(uint32_t*)t->clear_tid = 0;
    futex_wake(t->clear_tid, 1, ~0u);
  }
  if (fp_owner == t) fp_owner = 0;
  t->state = T_FREE;
  t->next = free_list;
  free_list = t;
  thread_count--;
  return NO_RESULT;
}

CALL(exit_group) {
  (void)a1, (void)a2, (void)a3;
  machine_halt((uint32_t)a0 & 0xff);
}

CALL(set_thread_area) {
  (void)a1, (void)a2, (void)a3;
  current->user_local = (uint32_t)a0;
  fp_set_user_local((uint32_t)a0);
  return 0;
}

CALL(set_tid_address) {
  (void)a1, (void)a2, (void)a3;
  current->clear_tid = (uint32_t)a0;
  return (long)current->tid;
}

CALL(gettid) {
  (void)a0, (void)a1, (void)a2, (void)a3;
  return (long)current->tid;
}
