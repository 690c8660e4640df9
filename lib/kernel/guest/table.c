/* Which system call is handled by what. docs/LINUX.md says what each one does. */
#include "kernel.h"

/* Marks handlers that need all of the user's registers in memory. */
#define SLOW(handler) ((const char*)(handler) + 1)
#define FAST(handler) ((const char*)(handler))

#define HANDLERS(X)                                                                                                     \
  X(1, FAST, exit) X(3, FAST, read) X(4, FAST, write) X(5, FAST, no_entry) X(6, FAST, close) X(7, FAST, no_child)       \
  X(13, FAST, time) X(19, FAST, seek) X(20, FAST, getpid) X(24, FAST, zero) X(29, FAST, pause) X(33, FAST, no_entry)    \
  X(37, FAST, kill) X(41, FAST, dup) X(42, FAST, pipe) X(43, FAST, times) X(45, FAST, brk) X(47, FAST, zero)            \
  X(49, FAST, zero) X(50, FAST, zero) X(54, FAST, ioctl) X(55, FAST, fcntl) X(63, FAST, dup2) X(64, FAST, zero)         \
  X(65, FAST, getpid) X(66, FAST, getpid) X(75, FAST, zero) X(76, FAST, getrlimit) X(78, FAST, gettimeofday)            \
  X(85, FAST, no_entry) X(90, FAST, mmap) X(91, FAST, munmap) X(106, FAST, no_entry) X(107, FAST, no_entry)             \
  X(114, FAST, no_child) X(116, FAST, sysinfo) X(120, SLOW, clone) X(122, FAST, uname) X(125, FAST, mprotect)           \
  X(132, FAST, getpid) X(140, FAST, seek) X(145, FAST, readv) X(146, FAST, writev) X(151, FAST, getpid)                 \
  X(162, FAST, sched_yield) X(166, FAST, nanosleep) X(167, FAST, mremap) X(188, FAST, poll) X(192, FAST, prctl)         \
  X(193, SLOW, rt_sigreturn) X(194, FAST, rt_sigaction) X(195, FAST, rt_sigprocmask) X(196, FAST, rt_sigpending)        \
  X(199, FAST, rt_sigsuspend) X(200, FAST, seek) X(201, FAST, seek) X(203, FAST, getcwd) X(206, FAST, sigaltstack)      \
  X(210, FAST, mmap) X(213, FAST, no_entry) X(214, FAST, no_entry) X(215, FAST, fstat64) X(218, FAST, madvise)          \
  X(220, FAST, fcntl) X(222, FAST, gettid) X(236, FAST, tkill) X(238, FAST, futex) X(240, FAST, sched_getaffinity)      \
  X(246, FAST, exit_group) X(248, FAST, epoll_create1) X(249, FAST, epoll_ctl) X(250, FAST, epoll_wait)                 \
  X(252, FAST, set_tid_address) X(263, FAST, clock_gettime) X(264, FAST, clock_getres)             \
  X(265, FAST, clock_nanosleep) X(266, FAST, tgkill) X(283, FAST, set_thread_area) X(288, FAST, no_entry)               \
  X(293, FAST, fstatat64) X(298, FAST, no_entry) X(300, FAST, no_entry) X(302, FAST, ppoll)                             \
  X(309, FAST, zero) X(312, FAST, getcpu) X(313, FAST, epoll_wait) X(325, FAST, eventfd2) X(326, FAST, epoll_create1)   \
  X(327, FAST, dup2) X(328, FAST, pipe2) X(338, FAST, prlimit64) X(353, FAST, getrandom) X(366, FAST, statx)            \
  X(367, FAST, enosys) X(403, FAST, clock_gettime64) X(406, FAST, clock_getres64) X(407, FAST, clock_nanosleep64)       \
  X(414, FAST, ppoll_time64) X(422, FAST, futex_time64) X(435, FAST, enosys) X(439, FAST, no_entry)

#define DECLARE(number, how, name) CALL(name);
HANDLERS(DECLARE)
#define ENTRY(number, how, name) [number] = how(sys_##name),
const char* const call_table[CALL_COUNT] = {HANDLERS(ENTRY)};

static const char names[] =
#include "names.inc"
    ;

static uint32_t reported[(CALL_COUNT + 31) / 32];

/* A number without handler: ENOSYS, and a message the first time. */
long missing_call(void) {
  const uint32_t number = current->gpr[2], i = number - CALL_FIRST;
  if (i >= CALL_COUNT) {
    message("system call %u does not exist, it returned ENOSYS", number);
    return -ENOSYS;
  }
  if (!(reported[i / 32] >> (i % 32) & 1)) {
    reported[i / 32] |= 1u << (i % 32);
    const char* name = names;
    for (uint32_t k = 0; k < i; k++) {
      while (*name) name++;
      name++;
    }
    message("system call %u (%s) is not supported, it returned ENOSYS", number, name);
  }
  return -ENOSYS;
}
