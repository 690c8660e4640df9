/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX threads: everything that blocks and wakes. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static int counter, turn, once_count;
static __thread int local = 5;

static void count_once(void) { once_count++; }

static void* count(void* argument) {
  pthread_once(&once, count_once);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 200; i++) {
    pthread_mutex_lock(&mutex);
    const int seen = counter;
    if (i % 50 == 0) sched_yield();
    counter = seen + 1;
    pthread_mutex_unlock(&mutex);
    local++;
  }
  return (void*)(local + (intptr_t)argument);
}

/* Thread n prints when it is its turn. */
static void* in_turn(void* argument) {
  const int n = (int)(intptr_t)argument;
  for (int round = 0; round < 3; round++) {
    pthread_mutex_lock(&mutex);
    while (turn % 4 != n) pthread_cond_wait(&condition, &mutex);
    printf("round %d thread %d\n", round, n);
    turn++;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void* produce(void* argument) {
  (void)argument;
  for (int i = 0; i < 10; i++) sem_post(&semaphore);
  return NULL;
}

static void* read_locked(void* argument) {
  (void)argument;
  pthread_rwlock_rdlock(&lock);
  const int seen = counter;
  pthread_rwlock_unlock(&lock);
  return (void*)(intptr_t)seen;
}

static void cleanup(void* argument) { *(int*)argument = 1; }

static void* wait_for_cancel(void* argument) {
  pthread_cleanup_push(cleanup, argument);
  for (;;) pause();
  pthread_cleanup_pop(0);
  return NULL;
}

static void* floats(void* argument) {
  double x = (double)(intptr_t)argument;
  for (int i = 0; i < 5; i++) {
    x = x * 1.5 + 0.25;
    sched_yield(); /* the other thread uses the same registers */
  }
  double* result = malloc(sizeof *result);
  *result = x;
  return result;
}

static struct timespec soon(clockid_t clock, long milliseconds) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_nsec += milliseconds * 1000000;
  if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++;
  return t;
}

int main(void) {
  pthread_t threads[5];
  void* result;

  pthread_barrier_init(&barrier, NULL, 5);
  for (intptr_t i = 0; i < 5; i++) CHECK(pthread_create(&threads[i], NULL, count, (void*)i) == 0);
  for (int i = 0; i < 5; i++) {
    CHECK(pthread_join(threads[i], &result) == 0);
    CHECK((intptr_t)result == 205 + i);
  }
  printf("%d %d %d\n", counter, local, once_count);

  for (intptr_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, in_turn, (void*)i);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);

  sem_init(&semaphore, 0, 0);
  pthread_create(&threads[0], NULL, produce, NULL);
  for (int i = 0; i < 10; i++) sem_wait(&semaphore);
  pthread_join(threads[0], NULL);

  pthread_rwlock_wrlock(&lock);
  pthread_create(&threads[0], NULL, read_locked, NULL);
  sched_yield();
  counter = 77;
  pthread_rwlock_unlock(&lock);
  pthread_join(threads[0], &result);
  CHECK((intptr_t)result == 77);

  struct timespec t = soon(CLOCK_REALTIME, 2);
  pthread_mutex_lock(&mutex);
  CHECK(pthread_cond_timedwait(&condition, &mutex, &t) == ETIMEDOUT);
  pthread_mutex_unlock(&mutex);
  t = soon(CLOCK_REALTIME, 2);
  CHECK(sem_timedwait(&semaphore, &t) == -1 && errno == ETIMEDOUT);

  int cleaned = 0;
  pthread_create(&threads[0], NULL, wait_for_cancel, &cleaned);
  sched_yield();
  CHECK(pthread_cancel(threads[0]) == 0);
  pthread_join(threads[0], &result);
  CHECK(result == PTHREAD_CANCELED && cleaned == 1);

  pthread_create(&threads[0], NULL, floats, (void*)1);
  pthread_create(&threads[1], NULL, floats, (void*)2);
  for (int i = 0; i < 2; i++) {
    pthread_join(threads[i], &result);
    printf("%d\n", (int)(*(double*)result * 1000));
  }

  /* Many short threads: numbers and stacks come back. */
  counter = 0;
  for (int i = 0; i < 40; i++) {
    CHECK(pthread_create(&threads[0], NULL, read_locked, NULL) == 0);
    pthread_join(threads[0], NULL);
  }
  puts(failures ? "failed" : "threads");
  fflush(stdout);
  pthread_exit(NULL); /* status 0, when the last thread has ended */
}
