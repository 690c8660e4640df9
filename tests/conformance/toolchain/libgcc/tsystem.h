/* Stands for GCC's header of what the target's C library declares. */
#include <stddef.h>
#include <stdint.h>
#define abort() __builtin_trap()
