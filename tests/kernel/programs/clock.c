/* SPDX-License-Identifier: Apache-2.0 */
/* Time passes: a little with each look at the clock, and when everybody sleeps. Input 'l' sleeps
 * for days, and tells in which order threads woke up, which under load is not sure elsewhere. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static struct timespec read_clock(clockid_t clock) {
  struct timespec t;
  CHECK(clock_gettime(clock, &t) == 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
  return t;
}

static double difference(struct timespec a, struct timespec b) {
  return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static int order[3], finished;

static void* sleeper(void* argument) {
  const int n = (int)(intptr_t)argument;
  usleep((unsigned)(3 - n) * 100000);
  order[finished++] = n;
  return NULL;
}

int main(void) {
  const struct timespec a = read_clock(CLOCK_MONOTONIC), b = read_clock(CLOCK_MONOTONIC);
  struct timespec request = {0, 3000000};
  struct timeval tv;
  pthread_t threads[3];
  CHECK(difference(a, b) > 0);
  CHECK(nanosleep(&request, &request) == 0);
  CHECK(difference(b, read_clock(CLOCK_MONOTONIC)) >= 0.003);
  CHECK(gettimeofday(&tv, NULL) == 0 && time(NULL) >= tv.tv_sec && tv.tv_sec >= 946684800);
  request = read_clock(CLOCK_REALTIME);
  request.tv_nsec += 2000000;
  if (request.tv_nsec >= 1000000000) request.tv_nsec -= 1000000000, request.tv_sec++;
  CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &request, NULL) == 0);
  CHECK(difference(request, read_clock(CLOCK_REALTIME)) >= 0);
  request.tv_nsec = 1000000000;
  CHECK(nanosleep(&request, NULL) == -1 && errno == EINVAL);
  for (intptr_t i = 0; i < 3; i++) pthread_create(&threads[i], NULL, sleeper, (void*)i);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  CHECK(finished == 3);
  while (difference(a, read_clock(CLOCK_MONOTONIC)) < 0.0001) continue; /* looking at the clock is enough */
  if (getchar() == 'l') {
    printf("%d %d %d\n", order[0], order[1], order[2]);
    const struct timespec before = read_clock(CLOCK_MONOTONIC);
    CHECK(sleep(100 * 86400) == 0);
    CHECK(difference(before, read_clock(CLOCK_MONOTONIC)) >= 100 * 86400);
  }
  puts("clock");
  return failures;
}
