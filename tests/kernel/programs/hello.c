/* SPDX-License-Identifier: Apache-2.0 */
/* What a program starts with: arguments, environment, auxiliary vector, stack; standard output and error; exit status. */
#include <elf.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"

static int from_constructor;
__attribute__((constructor)) static void before_main(void) { from_constructor = 1; }
static void at_exit(void) { puts("at exit"); }

int main(int argc, char** argv, char** envp) {
  struct utsname name;
  CHECK(argc == 1 && argv[1] == NULL && strlen(argv[0]) > 0);
  CHECK(envp[0] == NULL);
  CHECK(from_constructor);
  CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_RANDOM) != 0 && getauxval(AT_PHDR) != 0);
  CHECK(getauxval(AT_PHENT) == sizeof(Elf32_Phdr) && getauxval(AT_SECURE) == 0);
  CHECK(((Elf32_Phdr*)getauxval(AT_PHDR))->p_type != 0);
  CHECK((uintptr_t)__builtin_frame_address(0) % 8 == 0);
  CHECK(uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0);
  CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
  CHECK(isatty(0) == 0 && errno == ENOTTY);
  CHECK(getenv("HOME") == NULL);
  atexit(at_exit);
  printf("hello, %s %d\n", "world", 42);
  fprintf(stderr, "to the terminal\n");
  exit(failures ? 1 : 300); /* 44 */
}
