/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual clock. It has no relation to real time: a run is a function of its inputs. */
#include "kernel.h"

struct time now = {1, 0}; /* Go takes a clock at 0 for a broken one */
uint32_t realtime_offset = 946684800u;

#define TICK 1000u /* nanoseconds that pass when the clock is read, or a thread yields */
#define BILLION 1000000000u

enum { CLOCK_REALTIME = 0, CLOCK_REALTIME_COARSE = 5, CLOCK_TAI = 11, TIMER_ABSTIME = 1 };

void clock_advance(void) {
  now.nsec += TICK;
  if (now.nsec >= BILLION) now.nsec -= BILLION, now.sec++;
  if (time_reached(next_timer)) timers_expire();
}

struct time time_after(uint32_t sec, uint32_t nsec) {
  struct time t = {now.sec + sec, now.nsec + nsec};
  if (t.nsec >= BILLION) t.nsec -= BILLION, t.sec++;
  if (sec >= NEVER || t.sec >= NEVER) t = (struct time){NEVER, 0};
  return t;
}

struct time time_left(struct time deadline) {
  if (time_reached(deadline)) return (struct time){0, 0};
  deadline.sec -= now.sec + (deadline.nsec < now.nsec);
  deadline.nsec += (deadline.nsec < now.nsec ? BILLION : 0) - now.nsec;
  return deadline;
}

static int valid_time(const struct time* t) { return t->nsec < BILLION && (int32_t)t->sec >= 0; }

/* A 64-bit timespec: two words of seconds, two of nanoseconds, in the byte order of the machine.
 * The high word of the nanoseconds is padding. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HIGH 0
#else
#define HIGH 1
#endif
int time_from_64(const uint32_t* words, struct time* t) {
  const uint32_t high = words[HIGH], low = words[1 - HIGH];
  t->sec = high || low > NEVER ? NEVER : low;
  t->nsec = words[3 - HIGH];
  return (int32_t)high < 0 || t->nsec >= BILLION ? -EINVAL : 0;
}

void time_to_64(uint32_t* words, struct time t) {
  words[HIGH] = 0;
  words[1 - HIGH] = t.sec;
  words[2 + HIGH] = 0;
  words[3 - HIGH] = t.nsec;
}

int is_realtime(uint32_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

struct time monotonic_time(uint32_t clock, struct time t) {
  if (!is_realtime(clock) || t.sec >= NEVER) return t;
  if (t.sec < realtime_offset) return (struct time){0, 0};
  t.sec -= realtime_offset;
  return t;
}

/* A program may look at the clock until another thread has done something. */
static long clock_read(long result) {
  static uint32_t reads;
  return ++reads % 64 ? after_signals(result) : yield(result);
}

/* Those of processes and threads have negative numbers. */
static int no_clock(uint32_t clock) { return (int32_t)clock > CLOCK_TAI; }

/* CPU clocks are the monotonic clock. */
static struct time read_clock(uint32_t clock) {
  clock_advance();
  struct time t = now;
  if (is_realtime(clock)) t.sec += realtime_offset;
  return t;
}

CALL(clock_gettime) { /* (clock, timespec) */
  (void)a2, (void)a3;
  if (no_clock((uint32_t)a0)) return -EINVAL;
  *(struct time*)a1 = read_clock((uint32_t)a0);
  return clock_read(0);
}

CALL(clock_gettime64) {
  (void)a2, (void)a3;
  if (no_clock((uint32_t)a0)) return -EINVAL;
  time_to_64((uint32_t*)a1, read_clock((uint32_t)a0));
  return clock_read(0);
}

CALL(clock_getres) {
  (void)a2, (void)a3;
  if (no_clock((uint32_t)a0)) return -EINVAL;
  if (a1) *(struct time*)a1 = (struct time){0, TICK};
  return 0;
}

CALL(clock_getres64) {
  (void)a2, (void)a3;
  if (no_clock((uint32_t)a0)) return -EINVAL;
  if (a1) time_to_64((uint32_t*)a1, (struct time){0, TICK});
  return 0;
}

CALL(gettimeofday) { /* (timeval, timezone) */
  const struct time t = read_clock(CLOCK_REALTIME);
  (void)a2, (void)a3;
  if (a0) *(struct time*)a0 = (struct time){t.sec, t.nsec / 1000};
  if (a1) ((uint32_t*)a1)[0] = 0, ((uint32_t*)a1)[1] = 0;
  return clock_read(0);
}

CALL(time) {
  const struct time t = read_clock(CLOCK_REALTIME);
  (void)a1, (void)a2, (void)a3;
  if (a0) *(uint32_t*)a0 = t.sec;
  return clock_read((long)t.sec);
}

CALL(times) { /* ticks of 10 ms */
  const struct time t = read_clock(1);
  const uint32_t ticks = t.sec * 100 + t.nsec / 10000000;
  (void)a1, (void)a2, (void)a3;
  if (a0) {
    uint32_t* out = (uint32_t*)a0;
    out[0] = ticks, out[1] = out[2] = out[3] = 0;
  }
  return clock_read((long)(ticks & 0x7fffffff));
}

/* Moves the real-time clock by whole seconds. */
static long set_realtime(uint32_t sec) {
  if (sec < now.sec || sec > NEVER) return -EINVAL;
  realtime_offset = sec - now.sec;
  return 0;
}

CALL(clock_settime) { /* (clock, timespec) */
  (void)a2, (void)a3;
  return a0 == CLOCK_REALTIME ? set_realtime(*(const uint32_t*)a1) : -EINVAL;
}

CALL(clock_settime64) {
  struct time t;
  (void)a2, (void)a3;
  if (a0 != CLOCK_REALTIME || time_from_64((const uint32_t*)a1, &t)) return -EINVAL;
  return set_realtime(t.sec);
}

CALL(stime) { /* (seconds) */
  (void)a1, (void)a2, (void)a3;
  return set_realtime(*(const uint32_t*)a0);
}

CALL(settimeofday) { /* (timeval, timezone) */
  (void)a1, (void)a2, (void)a3;
  return a0 ? set_realtime(*(const uint32_t*)a0) : 0;
}

CALL(getrusage) { /* (who, rusage): all time is the program's own; children have used none */
  enum { RUSAGE_CHILDREN = -1, RUSAGE_SELF = 0, RUSAGE_THREAD = 1 };
  struct time* out = (struct time*)a1;
  (void)a2, (void)a3;
  if (a0 < RUSAGE_CHILDREN || a0 > RUSAGE_THREAD) return -EINVAL;
  zero(out, 72);
  if (a0 == RUSAGE_CHILDREN) return 0;
  const struct time t = read_clock(1);
  *out = (struct time){t.sec, t.nsec / 1000};
  return clock_read(0);
}

/* A signal may end a sleep early, with EINTR and the time that was left (interrupt_wait). */
static long sleep_until(struct time deadline) {
  return time_reached(deadline) ? yield(0) : block(0, &deadline);
}

static long sleep_on(uint32_t clock, uint32_t flags, struct time t) {
  if (no_clock(clock)) return -EINVAL;
  if (!(flags & TIMER_ABSTIME)) return sleep_until(time_after(t.sec, t.nsec));
  return sleep_until(monotonic_time(clock, t));
}

CALL(nanosleep) { /* (time, remaining) */
  const struct time t = *(const struct time*)a0;
  (void)a2, (void)a3;
  if (!valid_time(&t)) return -EINVAL;
  (void)a1;
  return sleep_on(1, 0, t);
}

CALL(clock_nanosleep) { /* (clock, flags, time, remaining) */
  const struct time t = *(const struct time*)a2;
  if (!valid_time(&t)) return -EINVAL;
  (void)a3;
  return sleep_on((uint32_t)a0, (uint32_t)a1, t);
}

CALL(clock_nanosleep64) {
  struct time t;
  if (time_from_64((const uint32_t*)a2, &t)) return -EINVAL;
  (void)a3;
  return sleep_on((uint32_t)a0, (uint32_t)a1, t);
}
