/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of every kind, select and its kin, and signals that are waited for. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile int alarms, last_code, last_value;

static void note(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  alarms++;
  last_code = info->si_code;
  last_value = info->si_value.sival_int;
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void handle(int signal) {
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(signal, &action, NULL) == 0);
}

static void selects(void) {
  char bytes[32];
  struct pollfd input = {0, POLLIN, 0};
  CHECK(poll(&input, 1, 1000) == 1 && input.revents == POLLIN);
  int total = 0;
  for (;;) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(0, &set);
    struct timeval t = {1, 0};
    CHECK(select(1, &set, NULL, NULL, &t) == 1 && FD_ISSET(0, &set));
    const ssize_t n = read(0, bytes, 10);
    if (n <= 0) break;
    total += (int)n;
  }
  printf("read %d\n", total);
  fd_set set, none;
  FD_ZERO(&set);
  FD_ZERO(&none);
  FD_SET(1, &set);
  struct timespec ms = {0, 1000000};
  CHECK(pselect(2, NULL, &set, NULL, &ms, NULL) == 1 && FD_ISSET(1, &set));
  const long long start = now();
  struct timeval t = {0, 20000};
  CHECK(select(0, NULL, NULL, NULL, &t) == 0 && now() - start >= 20000000);
  CHECK(t.tv_sec == 0 && t.tv_usec == 0);
  int pipe_ends[2];
  CHECK(pipe(pipe_ends) == 0);
  FD_SET(pipe_ends[0], &none);
  FD_SET(pipe_ends[1], &set);
  t = (struct timeval){5, 0};
  CHECK(select(pipe_ends[1] + 1, &none, &set, NULL, &t) == 2);
  CHECK(!FD_ISSET(pipe_ends[0], &none) && FD_ISSET(pipe_ends[1], &set) && FD_ISSET(1, &set));
  close(pipe_ends[1]);
  FD_SET(pipe_ends[0], &none); /* the end of file is something to read */
  CHECK(select(pipe_ends[0] + 1, &none, NULL, NULL, NULL) == 1);
  close(pipe_ends[0]);
  FD_SET(pipe_ends[0], &none);
  CHECK(select(pipe_ends[0] + 1, &none, NULL, NULL, &t) == -1 && errno == EBADF);
  CHECK(select(-1, NULL, NULL, NULL, &t) == -1 && errno == EINVAL);
}

static void interval_timers(void) {
  handle(SIGALRM);
  struct itimerval every = {{0, 2000}, {0, 5000}}, old;
  CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
  CHECK(getitimer(ITIMER_REAL, &old) == 0 && old.it_interval.tv_usec == 2000 && old.it_value.tv_usec > 0);
  const long long start = now();
  while (alarms < 3) pause();
  CHECK(now() - start >= 9000000 - 100000);
  every = (struct itimerval){{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &every, &old) == 0 && old.it_interval.tv_usec == 2000);
  alarms = 0;
  CHECK(alarm(100) == 0 && alarm(0) == 100);
  /* A signal ends a sleep, and the rest of it is told. */
  every.it_value.tv_usec = 10000;
  setitimer(ITIMER_REAL, &every, NULL);
  struct timespec second = {1, 0}, left = {0, 0};
  CHECK(nanosleep(&second, &left) == -1 && errno == EINTR && alarms == 1);
  CHECK(left.tv_sec == 0 && left.tv_nsec > 100000000 && left.tv_nsec <= 990100000);
  setitimer(ITIMER_REAL, &every, NULL);
  CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &second, &left) == EINTR && left.tv_nsec > 100000000);
  every.it_value.tv_usec = 1000;
  setitimer(ITIMER_REAL, &every, NULL);
  while (alarms < 3) now(); /* a loop that looks at the clock is interrupted, too */
  CHECK(setitimer(9, &every, NULL) == -1 && errno == EINVAL);
}

static void masks_while_waiting(void) {
  sigset_t blocked, open;
  sigemptyset(&open);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
  alarms = 0;
  struct itimerval once = {{0, 0}, {0, 1000}};
  setitimer(ITIMER_REAL, &once, NULL);
  struct timespec ms = {0, 5000000};
  CHECK(nanosleep(&ms, NULL) == 0 && alarms == 0);
  CHECK(pselect(0, NULL, NULL, NULL, &ms, &open) == -1 && errno == EINTR && alarms == 1);
  setitimer(ITIMER_REAL, &once, NULL);
  CHECK(ppoll(NULL, 0, NULL, &open) == -1 && errno == EINTR && alarms == 2);
  struct epoll_event event;
  const int e = epoll_create1(0);
  setitimer(ITIMER_REAL, &once, NULL);
  CHECK(epoll_pwait(e, &event, 1, -1, &open) == -1 && errno == EINTR && alarms == 3);
  close(e);
  CHECK(ppoll(NULL, 0, &ms, &open) == 0);
  sigset_t is;
  CHECK(sigprocmask(SIG_SETMASK, &open, &is) == 0 && sigismember(&is, SIGALRM) && alarms == 3);
}

static void posix_timers(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 77};
  handle(SIGUSR1);
  CHECK(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
  struct itimerspec when = {{0, 0}, {0, 3000000}}, is;
  alarms = 0;
  CHECK(timer_settime(timer, 0, &when, NULL) == 0);
  CHECK(timer_gettime(timer, &is) == 0 && is.it_value.tv_nsec > 0 && is.it_value.tv_nsec <= 3000000);
  while (!alarms) pause();
  CHECK(last_code == SI_TIMER && last_value == 77 && timer_getoverrun(timer) == 0);
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  when.it_value = (struct timespec){t.tv_sec + 1, 0};
  CHECK(timer_settime(timer, TIMER_ABSTIME, &when, NULL) == 0);
  while (alarms < 2) pause();
  clock_gettime(CLOCK_REALTIME, &is.it_value);
  CHECK(is.it_value.tv_sec >= t.tv_sec + 1);
  CHECK(timer_delete(timer) == 0);
}

static void timer_descriptors(void) {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  uint64_t count = 0;
  CHECK(fd >= 0 && read(fd, &count, 8) == -1 && errno == EAGAIN);
  struct itimerspec when = {{0, 1000000}, {0, 2000000}}, is;
  CHECK(timerfd_settime(fd, 0, &when, NULL) == 0);
  CHECK(timerfd_gettime(fd, &is) == 0 && is.it_interval.tv_nsec == 1000000);
  struct pollfd p = {fd, POLLIN, 0};
  CHECK(poll(&p, 1, 1000) == 1 && p.revents == POLLIN);
  CHECK(read(fd, &count, 8) == 8 && count >= 1);
  usleep(20000);
  CHECK(read(fd, &count, 8) == 8 && count >= 10);
  CHECK(read(fd, &count, 4) == -1 && errno == EINVAL);
  CHECK(fcntl(fd, F_SETFL, 0) == 0 && read(fd, &count, 8) == 8 && count >= 1);
  const int e = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  CHECK(epoll_ctl(e, EPOLL_CTL_ADD, fd, &event) == 0 && epoll_wait(e, &event, 1, -1) == 1 && event.data.fd == fd);
  close(e);
  close(fd);
}

static void* wait_for_signal(void* set) {
  siginfo_t info;
  const int signal = sigwaitinfo(set, &info);
  return (void*)(long)(signal == SIGUSR2 && info.si_code == SI_QUEUE ? info.si_value.sival_int : -1);
}

static void awaited_signals(void) {
  sigset_t set;
  siginfo_t info;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGRTMIN);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  struct timespec ms = {0, 2000000};
  CHECK(sigtimedwait(&set, &info, &ms) == -1 && errno == EAGAIN);
  for (int i = 1; i <= 3; i++) CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}) == 0);
  for (int i = 1; i <= 3; i++)
    CHECK(sigtimedwait(&set, &info, &ms) == SIGRTMIN && info.si_code == SI_QUEUE && info.si_value.sival_int == i);
  CHECK(kill(getpid(), SIGUSR2) == 0 && kill(getpid(), SIGUSR2) == 0); /* one is kept */
  CHECK(sigwaitinfo(&set, &info) == SIGUSR2 && info.si_code == SI_USER && info.si_pid == getpid());
  CHECK(sigtimedwait(&set, NULL, &ms) == -1 && errno == EAGAIN);
  /* A thread waits for what all threads block. */
  pthread_t thread;
  void* value;
  CHECK(pthread_create(&thread, NULL, wait_for_signal, &set) == 0);
  usleep(1000);
  CHECK(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 99}) == 0);
  CHECK(pthread_join(thread, &value) == 0 && (long)value == 99);
  /* A descriptor of signals. */
  struct signalfd_siginfo read_info[2];
  const int fd = signalfd(-1, &set, SFD_NONBLOCK);
  struct pollfd p = {fd, POLLIN, 0};
  CHECK(fd >= 0 && poll(&p, 1, 0) == 0 && read(fd, read_info, sizeof read_info) == -1 && errno == EAGAIN);
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 5});
  CHECK(poll(&p, 1, 0) == 1 && read(fd, read_info, sizeof read_info) == 128);
  CHECK(read_info[0].ssi_signo == SIGUSR2 && read_info[0].ssi_code == SI_QUEUE && read_info[0].ssi_int == 5);
  close(fd);
}

static void processor_time(void) {
  struct rusage usage, children;
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0 && getrusage(RUSAGE_CHILDREN, &children) == 0);
  const double before = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6;
  for (volatile int i = 0; i < 1000; i++) {}
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0 && getrusage(42, &usage) == -1 && errno == EINVAL);
  CHECK((double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6 >= before);
  CHECK(children.ru_utime.tv_sec == 0);
  clockid_t id;
  struct timespec t;
  CHECK(clock_getcpuclockid(0, &id) == 0 && clock_gettime(id, &t) == 0);
}

int main(void) {
  selects();
  interval_timers();
  masks_while_waiting();
  posix_timers();
  timer_descriptors();
  awaited_signals();
  processor_time();
  puts("timers");
  return failures;
}
