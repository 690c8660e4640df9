/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, event counters, poll and epoll between threads. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "check.h"

static int fds[2], event;

static void* write_much(void* argument) {
  static char data[200000];
  ssize_t done;
  (void)argument;
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 7);
  done = write(fds[1], data, sizeof data); /* more than a pipe holds: waits for the reader */
  close(fds[1]);
  return (void*)done;
}

static void* add(void* argument) {
  const uint64_t value = (uint64_t)(intptr_t)argument;
  usleep(1000);
  return (void*)(intptr_t)write(event, &value, 8);
}

int main(void) {
  pthread_t thread;
  void* result;
  char buffer[5000];
  uint64_t value;

  CHECK(pipe(fds) == 0 && fds[0] != fds[1]);
  pthread_create(&thread, NULL, write_much, NULL);
  size_t total = 0;
  int right = 1;
  for (ssize_t n; (n = read(fds[0], buffer, sizeof buffer)) > 0; total += (size_t)n)
    for (ssize_t i = 0; i < n; i++) right &= buffer[i] == (char)((total + (size_t)i) * 7);
  CHECK(right);
  pthread_join(thread, &result);
  printf("%zu %zu\n", total, (size_t)result);
  close(fds[0]);

  CHECK(pipe2(fds, O_NONBLOCK) == 0);
  CHECK(read(fds[0], buffer, 1) == -1 && errno == EAGAIN);
  struct pollfd polled[3] = {{fds[0], POLLIN, 0}, {fds[1], POLLOUT, 0}, {60, POLLIN, 0}};
  CHECK(poll(polled, 3, 0) == 2 && polled[0].revents == 0 && polled[1].revents == POLLOUT && polled[2].revents == POLLNVAL);
  CHECK(poll(polled, 1, 3) == 0);
  CHECK(write(fds[1], "abc", 3) == 3 && poll(polled, 1, -1) == 1 && polled[0].revents == POLLIN);

  const int epoll = epoll_create1(0);
  struct epoll_event e = {EPOLLIN | EPOLLET, {.u64 = 0x123456789abcdefull}}, out[4];
  CHECK(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &e) == 0);
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &e) == -1 && errno == EEXIST);
  CHECK(epoll_wait(epoll, out, 4, -1) == 1 && out[0].events == EPOLLIN && out[0].data.u64 == e.data.u64);
  CHECK(epoll_wait(epoll, out, 4, 0) == 0); /* an edge is told once */
  CHECK(write(fds[1], "d", 1) == 1 && epoll_wait(epoll, out, 4, 5) == 1);
  CHECK(read(fds[0], buffer, 10) == 4 && memcmp(buffer, "abcd", 4) == 0);

  event = eventfd(3, 0);
  CHECK(event >= 0 && read(event, &value, 8) == 8 && value == 3);
  pthread_create(&thread, NULL, add, (void*)40);
  CHECK(read(event, &value, 8) == 8 && value == 40); /* blocks */
  pthread_join(thread, &result);
  CHECK((intptr_t)result == 8);
  e.events = EPOLLIN;
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &e) == 0);
  pthread_create(&thread, NULL, add, (void*)5);
  CHECK(epoll_wait(epoll, out, 4, 1000) == 1 && epoll_wait(epoll, out, 4, 0) == 1); /* a level is told again */
  pthread_join(thread, NULL);
  CHECK(epoll_ctl(epoll, EPOLL_CTL_DEL, event, &e) == 0 && epoll_wait(epoll, out, 4, 2) == 0);

  close(fds[0]);
  signal(SIGPIPE, SIG_IGN);
  CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE);
  puts("pipes");
  return failures;
}
