/* SPDX-License-Identifier: Apache-2.0 */
/* Death by a signal that the program sends itself. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void handler(int number) {
  char text[] = "handler 00\n";
  text[8] = (char)('0' + number / 10);
  text[9] = (char)('0' + number % 10);
  (void)!write(1, text, sizeof text - 1);
}

int main(void) {
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  abort();
}
