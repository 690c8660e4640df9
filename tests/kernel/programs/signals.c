/* SPDX-License-Identifier: Apache-2.0 */
/* Signals that a program sends to itself. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "check.h"

static volatile int seen[NSIG], depth, on_stack, interrupted;
static char stack[32768];

static void note(int signal) { seen[signal]++; }

static void nested(int signal) {
  seen[signal]++;
  if (depth++ == 0) {
    raise(SIGUSR2); /* another one: enters at once */
    raise(signal);  /* the same one: when this handler has returned */
    CHECK(seen[SIGUSR2] == 1 && seen[signal] == 1);
  }
}

static void with_info(int signal, siginfo_t* info, void* context) {
  const char here = 0;
  const ucontext_t* u = context;
  double x = 1.0 / (seen[SIGINT] + 3); /* uses floating point registers */
  if (x > 5) abort();
  seen[signal]++;
  on_stack = &here >= stack && &here < stack + sizeof stack;
  CHECK(info->si_signo == signal && info->si_pid == getpid());
  CHECK(u->uc_mcontext.pc != 0 && sigismember(&u->uc_sigmask, SIGUSR1) == 0);
}

static void* wait_for_signal(void* argument) {
  (void)argument;
  interrupted = usleep(500000) == -1 && errno == EINTR;
  return NULL;
}

static int fds[2];

static void* read_byte(void* argument) {
  char c = 0;
  (void)argument;
  return (void*)(intptr_t)(read(fds[0], &c, 1) == 1 ? c : -errno);
}

static double keeps_registers(double a) {
  double x = a * 2, y = a * 3, z = a * 4;
  raise(SIGTERM);
  return x + y * 10 + z * 100;
}

int main(void) {
  struct sigaction action = {0}, old;
  sigset_t set, pending;
  pthread_t thread;
  void* result;

  signal(SIGUSR1, note);
  CHECK(raise(SIGUSR1) == 0 && seen[SIGUSR1] == 1);
  CHECK(kill(getpid(), SIGUSR1) == 0 && seen[SIGUSR1] == 2);
  CHECK(kill(getpid(), 0) == 0);
  CHECK(raise(SIGCHLD) == 0 && raise(SIGURG) == 0); /* ignored by default */

  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  sigpending(&pending);
  CHECK(seen[SIGUSR1] == 2 && sigismember(&pending, SIGUSR1) == 1);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  CHECK(seen[SIGUSR1] == 3);

  seen[SIGUSR1] = 0;
  signal(SIGUSR2, note);
  action.sa_handler = nested;
  CHECK(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_handler == note);
  raise(SIGUSR1);
  CHECK(seen[SIGUSR1] == 2 && depth == 2);

  const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  CHECK(sigaltstack(&alternative, NULL) == 0);
  action.sa_sigaction = with_info;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGTERM, &action, NULL);
  printf("%d\n", (int)keeps_registers(1.5));
  CHECK(seen[SIGTERM] == 1 && on_stack);

  action.sa_handler = note;
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, NULL);
  raise(SIGINT);
  sigaction(SIGINT, NULL, &old);
  CHECK(seen[SIGINT] == 1 && old.sa_handler == SIG_DFL);

  action.sa_flags = 0;
  sigaction(SIGHUP, &action, NULL);
  pthread_create(&thread, NULL, wait_for_signal, NULL);
  usleep(20000);
  CHECK(pthread_kill(thread, SIGHUP) == 0);
  pthread_join(thread, NULL);
  CHECK(seen[SIGHUP] == 1 && interrupted);

  /* signal() asks for restarts: of a read, but never of a sleep. */
  signal(SIGHUP, note);
  pthread_create(&thread, NULL, wait_for_signal, NULL);
  usleep(20000);
  pthread_kill(thread, SIGHUP);
  pthread_join(thread, NULL);
  CHECK(seen[SIGHUP] == 2 && interrupted);
  CHECK(pipe(fds) == 0);
  pthread_create(&thread, NULL, read_byte, NULL);
  usleep(20000);
  pthread_kill(thread, SIGHUP);
  usleep(20000);
  CHECK(write(fds[1], "r", 1) == 1);
  pthread_join(thread, &result);
  CHECK(seen[SIGHUP] == 3 && (intptr_t)result == 'r');

  puts("signals");
  return failures;
}
