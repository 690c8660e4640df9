/* SPDX-License-Identifier: Apache-2.0 */
/* What G++ calls in programs without a C++ library. Objects with static storage are constructed
 * before main; they are never destroyed, because a guest ends by halting. */
#include <stddef.h>

void abort(void);
void __cxa_pure_virtual(void);
int __cxa_atexit(void (*destroy)(void*), void* object, void* dso);
void operator_delete(void* object) __asm__("_ZdlPv");
void operator_delete_sized(void* object, size_t size) __asm__("_ZdlPvj");

void* __dso_handle;

void abort(void) { __builtin_trap(); }

void __cxa_pure_virtual(void) { __builtin_trap(); }

int __cxa_atexit(void (*destroy)(void*), void* object, void* dso) {
  (void)destroy;
  (void)object;
  (void)dso;
  return 0;
}

/* Every class with a virtual destructor names these, although without a heap nobody can get there.
 * A guest that has a heap of its own defines both, and operator new. */
__attribute__((weak)) void operator_delete(void* object) {
  (void)object;
  __builtin_trap();
}

__attribute__((weak)) void operator_delete_sized(void* object, size_t size) {
  (void)size;
  operator_delete(object);
}
