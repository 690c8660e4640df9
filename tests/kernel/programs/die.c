/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to end. The first byte of standard input says which. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static void on_abort(int signal) {
  (void)signal;
  write(1, "handler\n", 8);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* other(void* argument) {
  (void)argument;
  pthread_mutex_lock(&mutex);
  return NULL;
}

int main(void) {
  pthread_t thread;
  switch (getchar()) {
    case 'a': signal(SIGABRT, on_abort); abort();
    case 'A': assert(failures);
    case 't': raise(SIGTERM); break;
    case 'k': kill(getpid(), SIGKILL); break;
    case 'p': pthread_mutex_lock(&mutex); pthread_create(&thread, NULL, other, NULL); pthread_join(thread, NULL); break;
    case 'f': return fork() == -1 && errno == ENOSYS ? 5 : 6;
    case 'm': /* acct, twice: one message */
      for (int i = 0; i < 2; i++)
        if (syscall(SYS_acct, NULL) != -1 || errno != ENOSYS) return 1;
      return syscall(4999) == -1 && errno == ENOSYS ? 3 : 2;
    case '_': _exit(-1);
    default: return 2;
  }
  return 1;
}
