/* SPDX-License-Identifier: Apache-2.0 */
/* select and its kin: sets of descriptors as bits. And signalfd, whose descriptors they watch. */
#include "kernel.h"

/* (number, sets to read, write, except): of `sets`, which are changed to what is ready. */
static long select_files(uint32_t count, uint32_t* const sets[3], const struct time* deadline) {
  static const uint32_t wanted[3] = {IN | HANGUP | ERROR, OUT | ERROR, 0};
  uint32_t ready[3][(FILES + 31) / 32];
  long found = 0;
  if (count > FILES) count = FILES;
  for (uint32_t fd = 0; fd < count; fd++) {
    const uint32_t i = fd / 32, b = 1u << (fd & 31);
    uint32_t asked = 0, state = 0;
    for (int k = 0; k < 3; k++) {
      if (b == 1) ready[k][i] = 0;
      if (sets[k] && (sets[k][i] & b)) asked |= 1u << k;
    }
    if (!asked) continue;
    const struct file* f = file_of(fd);
    if (!f) return -EBADF;
    state = readiness(f);
    for (int k = 0; k < 3; k++) {
      if (!(asked >> k & 1) || !(state & wanted[k])) continue;
      ready[k][i] |= b;
      found++;
    }
  }
  if (!found && !(deadline && time_reached(*deadline))) {
    const long result = block_retry(deadline);
    if (result) return result;
  }
  for (uint32_t i = 0; i < (count + 31) / 32; i++)
    for (int k = 0; k < 3; k++)
      if (sets[k]) sets[k][i] = ready[k][i];
  return found ? found : yield(0);
}

/* What is left of a timeout, for the caller: of the first one, if the call was made again. */
struct timeout {
  struct time deadline, first;
  int again;
};

static struct timeout timeout_from(uint32_t sec, uint32_t nsec) {
  return (struct timeout){time_after(sec, nsec), current->deadline, current->has_deadline};
}

static struct time left_of(const struct timeout* t) {
  return time_left(t->again ? t->first : t->deadline);
}

CALL(select) { /* (number, to read, to write, except, timeval or 0); what is left is written back */
  struct time* t = (struct time*)stack_argument(4);
  struct timeout timeout;
  if (a0 < 0) return -EINVAL;
  if (t) {
    if (t->nsec >= 1000000 || (int32_t)t->sec < 0) return -EINVAL;
    timeout = timeout_from(t->sec, t->nsec * 1000);
  }
  uint32_t* const sets[3] = {(uint32_t*)a1, (uint32_t*)a2, (uint32_t*)a3};
  const long result = select_files((uint32_t)a0, sets, t ? &timeout.deadline : 0);
  if (t && result >= 0) {
    const struct time left = left_of(&timeout);
    *t = (struct time){left.sec, left.nsec / 1000};
  }
  return result;
}

/* The sixth argument: the set of signals and its size. */
static long masked_select(uint32_t count, uint32_t* const sets[3], const struct time* deadline) {
  const uint32_t* mask = (const uint32_t*)stack_argument(5);
  const long ended = masked_begin(mask ? mask[0] : 0, mask ? mask[1] : 0);
  return ended ? ended : masked_end(select_files(count, sets, deadline));
}

CALL(pselect6) { /* (number, to read, to write, except, timespec or 0, signals) */
  struct time* t = (struct time*)stack_argument(4);
  struct timeout timeout;
  if (a0 < 0) return -EINVAL;
  if (t) {
    if (t->nsec >= 1000000000 || (int32_t)t->sec < 0) return -EINVAL;
    timeout = timeout_from(t->sec, t->nsec);
  }
  uint32_t* const sets[3] = {(uint32_t*)a1, (uint32_t*)a2, (uint32_t*)a3};
  const long result = masked_select((uint32_t)a0, sets, t ? &timeout.deadline : 0);
  if (t && result >= 0) *t = left_of(&timeout);
  return result;
}

CALL(pselect6_time64) {
  uint32_t* t = (uint32_t*)stack_argument(4);
  struct timeout timeout;
  struct time wait;
  if (a0 < 0) return -EINVAL;
  if (t) {
    if (time_from_64(t, &wait)) return -EINVAL;
    timeout = timeout_from(wait.sec, wait.nsec);
  }
  uint32_t* const sets[3] = {(uint32_t*)a1, (uint32_t*)a2, (uint32_t*)a3};
  const long result = masked_select((uint32_t)a0, sets, t ? &timeout.deadline : 0);
  if (t && result >= 0) time_to_64(t, left_of(&timeout));
  return result;
}

/* ---- signalfd ---- */

#define SIGNAL_FILES 16
static struct sigset signal_sets[SIGNAL_FILES];
static uint8_t signal_sets_used;

CALL(signalfd4) { /* (descriptor or -1, set, bytes of a set, flags) */
  if (a2 != sizeof(struct sigset)) return -EINVAL;
  if (a0 != -1) {
    struct file* f = file_of((uint32_t)a0);
    if (!f) return -EBADF;
    if (f->kind != F_SIGNALS) return -EINVAL;
    signal_sets[f->object] = *(const struct sigset*)a1;
    wake_io();
    return a0;
  }
  if (signal_sets_used == SIGNAL_FILES) return -EMFILE; /* they are not used again */
  signal_sets[signal_sets_used] = *(const struct sigset*)a1;
  const int fd = new_file(F_SIGNALS, signal_sets_used, (uint32_t)a3, 0);
  if (fd >= 0) signal_sets_used++;
  return fd;
}

CALL(signalfd) {
  (void)a3;
  return sys_signalfd4(a0, a1, a2, 0);
}

int signals_ready(const struct file* f) { return signals_waiting(signal_sets[f->object]); }

long signals_read(struct file* f, uint8_t* to, uint32_t size) {
  uint32_t info[32], out[32], done = 0; /* of siginfo and signalfd_siginfo */
  if (size < sizeof out) return -EINVAL;
  for (; size - done >= sizeof out; done += sizeof out) {
    if (!take_signal(signal_sets[f->object], info)) break;
    zero(out, sizeof out);
    out[0] = info[0];               /* signal */
    out[2] = info[1];               /* code */
    out[3] = info[3];               /* process */
    out[6] = info[3];               /* number of a timer */
    out[11] = info[5];              /* value */
    *(uint64_t*)&out[12] = info[5]; /* value as a pointer */
    copy(to + done, out, sizeof out);
  }
  if (done) return (long)done;
  return f->flags & O_NONBLOCK ? yield(-EAGAIN) : block_retry(0);
}
