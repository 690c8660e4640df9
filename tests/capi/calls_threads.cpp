// SPDX-License-Identifier: Apache-2.0
// A Linux program whose calls end in other ways than by returning: exceptions that pass several
// functions, and threads that take turns.
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include <stdexcept>
#include <string>

namespace demo {

int __attribute__((noinline)) thrower(int n) {
  if (n > 2) throw std::runtime_error("too large");
  return n;
}

int __attribute__((noinline)) middle(int n) {
  const std::string text(40, 'a');  // something to clean up on the way
  return thrower(n) + static_cast<int>(text.size());
}

int __attribute__((noinline)) catcher(int n) {
  try {
    return middle(n);
  } catch (const std::exception&) {
    return -1;
  }
}

int __attribute__((noinline)) afterwards(int n) {
  asm volatile("");
  return n + 1;
}

int __attribute__((noinline)) part(int n) {
  sched_yield();  // the other thread runs now
  return n;
}

void* worker(void* argument) {
  int* sum = static_cast<int*>(argument);
  for (int i = 0; i < 3; ++i) *sum += part(i);
  return nullptr;
}

}  // namespace demo

int main() {
  int result = 0;
  for (int i = 0; i < 5; ++i) result += demo::catcher(i) + demo::afterwards(i);
  int sums[2] = {};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    if (pthread_create(&threads[i], nullptr, demo::worker, &sums[i]) != 0) return 1;
  for (pthread_t t : threads) pthread_join(t, nullptr);
  result += demo::afterwards(sums[0] + sums[1]);
  printf("%d\n", result);
  return 0;
}
