// SPDX-License-Identifier: Apache-2.0
// Does not compile with the library's options: the frame is larger than they allow.
void use(char*);

void large_frame() {
  char frame[30000];
  use(frame);
}
