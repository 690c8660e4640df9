/* SPDX-License-Identifier: Apache-2.0 */
/* Timers on the virtual clock: setitimer and alarm, timer_create, timerfd. One list serves all.
 * They end when the clock moves: in calls that look at it, yield or wait. */
#include "kernel.h"

#define TIMERS 64 /* the first three are those of setitimer */
#define ITIMERS 3
#define NO_TIMER ((struct time){NEVER, 0})

enum { FREE, SIGNAL, DESCRIPTOR };
static struct timer {
  uint32_t use, users;
  struct time deadline, interval; /* no deadline: sec = NEVER; no interval: 0 */
  uint32_t clock, signal, tid;    /* tid: of the thread that gets the signal; 0: the process */
  struct origin from;
  uint32_t count; /* DESCRIPTOR: how often it ended since it was read; SIGNAL: overruns */
} timers[TIMERS];

struct time next_timer = {NEVER, 0};

static void find_next(void) {
  next_timer = NO_TIMER;
  for (int i = 0; i < TIMERS; i++)
    if (timers[i].use && time_before(timers[i].deadline, next_timer))
      next_timer = timers[i].deadline;
}

static struct time sum(struct time a, struct time b) {
  struct time t = {a.sec + b.sec, a.nsec + b.nsec};
  if (t.nsec >= 1000000000) t.nsec -= 1000000000, t.sec++;
  return t.sec < NEVER ? t : NO_TIMER;
}

static void ended(struct timer* t) {
  struct thread* to = t->tid ? find_thread(t->tid) : 0;
  const uint32_t before = t->count;
  do {
    t->count++;
    t->deadline = t->interval.sec || t->interval.nsec ? sum(t->deadline, t->interval) : NO_TIMER;
  } while (time_reached(t->deadline));
  if (t->use == DESCRIPTOR) {
    wake_io();
  } else {
    t->count -= before + 1;
    if (!t->signal) return;
    if (to)
      send_signal(to, t->signal, t->from);
    else if (!t->tid)
      signal_process(t->signal, t->from);
  }
}

void timers_expire(void) {
  for (int i = 0; i < TIMERS; i++)
    if (timers[i].use && time_reached(timers[i].deadline)) ended(&timers[i]);
  find_next();
}

/* A timer's interval and the time to its end, or (until: of the timer's clock) its end. */
struct setting {
  struct time interval, value;
};

static void get(const struct timer* t, struct setting* out) {
  out->interval = t->interval;
  out->value = t->use && t->deadline.sec < NEVER ? time_left(t->deadline) : (struct time){0, 0};
}

static long set(struct timer* t, struct setting s, int until) {
  if (s.value.nsec >= 1000000000 || s.interval.nsec >= 1000000000) return -EINVAL;
  if (s.interval.sec == 0 && s.interval.nsec && s.interval.nsec < 1000) s.interval.nsec = 1000;
  t->interval = s.interval;
  t->count = 0;
  if (s.value.sec == 0 && s.value.nsec == 0)
    t->deadline = NO_TIMER;
  else
    t->deadline = until ? monotonic_time(t->clock, s.value) : time_after(s.value.sec, s.value.nsec);
  clock_advance();
  find_next();
  if (time_reached(next_timer)) timers_expire();
  return after_signals(0);
}

static struct timer* new_timer(uint32_t use, uint32_t clock) {
  for (int i = ITIMERS; i < TIMERS; i++) {
    if (timers[i].use) continue;
    timers[i] = (struct timer){.use = use, .clock = clock, .deadline = NO_TIMER};
    return &timers[i];
  }
  return 0;
}

static struct setting from_64(const uint32_t* words, int* bad) {
  struct setting s;
  *bad = time_from_64(words, &s.interval) | time_from_64(words + 4, &s.value);
  return s;
}

static void to_64(uint32_t* words, struct setting s) {
  time_to_64(words, s.interval);
  time_to_64(words + 4, s.value);
}

/* ---- setitimer: microseconds, one timer of each kind; all clocks are one ---- */

static struct timer* itimer(uint32_t which) {
  static const uint8_t signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF};
  enum { SI_KERNEL = 0x80 };
  struct timer* t = &timers[which];
  if (!t->use)
    *t = (struct timer){.use = SIGNAL,
                        .clock = 1,
                        .deadline = NO_TIMER,
                        .signal = signals[which],
                        .from = {SI_KERNEL, 0, 0}};
  return t;
}

static void get_itimer(uint32_t which, struct setting* out) {
  get(itimer(which), out);
  out->interval.nsec /= 1000;
  out->value.nsec = (out->value.nsec + 999) / 1000;
  if (out->value.nsec == 1000000) out->value = (struct time){out->value.sec + 1, 0};
}

CALL(getitimer) { /* (which, setting) */
  (void)a2, (void)a3;
  if ((uint32_t)a0 >= ITIMERS) return -EINVAL;
  get_itimer((uint32_t)a0, (struct setting*)a1);
  return 0;
}

CALL(setitimer) { /* (which, new, old) */
  (void)a3;
  if ((uint32_t)a0 >= ITIMERS) return -EINVAL;
  struct setting s = {{0, 0}, {0, 0}};
  if (a1) s = *(const struct setting*)a1;
  if (s.value.nsec >= 1000000 || s.interval.nsec >= 1000000) return -EINVAL;
  if (a2) get_itimer((uint32_t)a0, (struct setting*)a2);
  s.value.nsec *= 1000;
  s.interval.nsec *= 1000;
  return set(itimer((uint32_t)a0), s, 0);
}

CALL(alarm) { /* (seconds); returns those that were left */
  struct setting old;
  (void)a1, (void)a2, (void)a3;
  get_itimer(0, &old);
  const long result = set(itimer(0), (struct setting){{0, 0}, {(uint32_t)a0, 0}}, 0);
  const long left =
      (long)(old.value.sec + (old.value.nsec >= 500000 || (old.value.nsec && !old.value.sec)));
  if (result == NO_RESULT) set_result(current, left);
  return result == NO_RESULT ? result : left;
}

/* ---- timer_create ---- */

static struct timer* posix_timer(uint32_t id) {
  return id >= ITIMERS && id < TIMERS && timers[id].use == SIGNAL ? &timers[id] : 0;
}

CALL(timer_create) { /* (clock, event or 0, number) */
  enum { SIGEV_SIGNAL = 0, SIGEV_NONE = 1, SIGEV_THREAD_ID = 4, SI_TIMER = -3 };
  const uint32_t* event = (const uint32_t*)a1; /* value, signal, how, thread */
  (void)a3;
  if (event && event[2] != SIGEV_SIGNAL && event[2] != SIGEV_NONE && event[2] != SIGEV_THREAD_ID)
    return -EINVAL;
  if (event && event[2] != SIGEV_NONE && (event[1] == 0 || event[1] > NSIG)) return -EINVAL;
  struct timer* t = new_timer(SIGNAL, (uint32_t)a0);
  if (!t) return -EAGAIN;
  const uint32_t id = (uint32_t)(t - timers);
  t->signal = !event ? SIGALRM : event[2] == SIGEV_NONE ? 0 : event[1];
  t->tid = event && event[2] == SIGEV_THREAD_ID ? event[3] : 0;
  t->from = (struct origin){SI_TIMER, id, event ? event[0] : id};
  *(uint32_t*)a2 = id;
  return 0;
}

CALL(timer_settime) { /* (number, flags, new, old) */
  struct timer* t = posix_timer((uint32_t)a0);
  if (!t) return -EINVAL;
  const struct setting s = *(const struct setting*)a2;
  if (a3) get(t, (struct setting*)a3);
  return set(t, s, a1 & 1);
}

CALL(timer_settime64) {
  struct timer* t = posix_timer((uint32_t)a0);
  struct setting old;
  int bad;
  const struct setting s = from_64((const uint32_t*)a2, &bad);
  if (!t || bad) return -EINVAL;
  get(t, &old);
  if (a3) to_64((uint32_t*)a3, old);
  return set(t, s, a1 & 1);
}

CALL(timer_gettime) { /* (number, setting) */
  struct timer* t = posix_timer((uint32_t)a0);
  (void)a2, (void)a3;
  if (!t) return -EINVAL;
  get(t, (struct setting*)a1);
  return 0;
}

CALL(timer_gettime64) {
  struct timer* t = posix_timer((uint32_t)a0);
  struct setting s;
  (void)a2, (void)a3;
  if (!t) return -EINVAL;
  get(t, &s);
  to_64((uint32_t*)a1, s);
  return 0;
}

CALL(timer_getoverrun) {
  struct timer* t = posix_timer((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  return t ? (long)t->count : -EINVAL;
}

CALL(timer_delete) {
  struct timer* t = posix_timer((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  if (!t) return -EINVAL;
  t->use = FREE;
  find_next();
  return 0;
}

/* ---- timerfd ---- */

CALL(timerfd_create) { /* (clock, flags) */
  (void)a2, (void)a3;
  struct timer* t = new_timer(DESCRIPTOR, (uint32_t)a0);
  if (!t) return -EMFILE;
  const int fd = new_file(F_TIMER, (uint8_t)(t - timers), (uint32_t)a1, 0);
  if (fd < 0) t->use = FREE;
  return fd;
}

void timer_opened(struct file* f, int users) {
  struct timer* t = &timers[f->object];
  t->users += (uint32_t)users;
  if (t->users) return;
  t->use = FREE;
  find_next();
}

static struct timer* timer_of(uint32_t fd) {
  struct file* f = file_of(fd);
  return f && f->kind == F_TIMER ? &timers[f->object] : 0;
}

int timer_ready(const struct file* f) { return timers[f->object].count != 0; }

long timer_read(struct file* f, uint8_t* to, uint32_t size) {
  struct timer* t = &timers[f->object];
  if (size < 8) return -EINVAL;
  if (!t->count) return f->flags & O_NONBLOCK ? yield(-EAGAIN) : block_retry(0);
  const uint64_t count = t->count;
  copy(to, &count, 8);
  t->count = 0;
  return 8;
}

CALL(timerfd_settime) { /* (descriptor, flags, new, old) */
  struct timer* t = timer_of((uint32_t)a0);
  if (!t) return file_of((uint32_t)a0) ? -EINVAL : -EBADF;
  const struct setting s = *(const struct setting*)a2;
  if (a3) get(t, (struct setting*)a3);
  return set(t, s, a1 & 1);
}

CALL(timerfd_settime64) {
  struct timer* t = timer_of((uint32_t)a0);
  struct setting old;
  int bad;
  const struct setting s = from_64((const uint32_t*)a2, &bad);
  if (!t) return file_of((uint32_t)a0) ? -EINVAL : -EBADF;
  if (bad) return -EINVAL;
  get(t, &old);
  if (a3) to_64((uint32_t*)a3, old);
  return set(t, s, a1 & 1);
}

CALL(timerfd_gettime) { /* (descriptor, setting) */
  struct timer* t = timer_of((uint32_t)a0);
  (void)a2, (void)a3;
  if (!t) return file_of((uint32_t)a0) ? -EINVAL : -EBADF;
  get(t, (struct setting*)a1);
  return 0;
}

CALL(timerfd_gettime64) {
  struct timer* t = timer_of((uint32_t)a0);
  struct setting s;
  (void)a2, (void)a3;
  if (!t) return file_of((uint32_t)a0) ? -EINVAL : -EBADF;
  get(t, &s);
  to_64((uint32_t*)a1, s);
  return 0;
}
