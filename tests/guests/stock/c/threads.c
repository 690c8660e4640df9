/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX threads: mutex, condition, barrier, thread-local variables, atomics, once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 200 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int atomic_count;
static int count, once_count, turn;
static __thread int mine = 5;

static void run_once(void) { ++once_count; }

static void* work(void* argument) {
  int number = *(int*)argument;
  pthread_once(&once, run_once);
  for (int i = 0; i < ROUNDS; ++i) {
    pthread_mutex_lock(&mutex);
    ++count;
    pthread_mutex_unlock(&mutex);
    atomic_fetch_add(&atomic_count, 2);
    mine += number;
  }
  pthread_barrier_wait(&barrier);
  pthread_mutex_lock(&mutex);
  while (turn != number) {
    pthread_cond_wait(&turned, &mutex);
  }
  printf("thread %d: %d\n", number, mine);
  ++turn;
  pthread_cond_broadcast(&turned);
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  pthread_t threads[THREADS];
  int numbers[THREADS], returned = 0;
  pthread_barrier_init(&barrier, NULL, THREADS);
  for (int i = 0; i < THREADS; ++i) {
    numbers[i] = i;
    if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0) {
      return 1;
    }
  }
  for (int i = 0; i < THREADS; ++i) {
    void* result;
    pthread_join(threads[i], &result);
    returned += result == &numbers[i];
  }
  printf("%d %d %d %d %d\n", count, (int)atomic_count, once_count, mine, returned);
  return 0;
}
