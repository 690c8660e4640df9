/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the in-guest kernel share. The kernel runs in the guest, between the user
 * program and the machine: it turns the system calls of Linux (o32) into ordinary instructions. One
 * hart, no interrupts: nothing here is reentrant, and threads change places only inside system
 * calls. Every instruction is proved, so the usual case is kept short. */
#ifndef MIPZK_KERNEL_H
#define MIPZK_KERNEL_H

/* Offsets of struct thread, for assembly. */
#define THREAD_GPR 0
#define THREAD_HI 128
#define THREAD_LO 132
#define THREAD_PC 136

#define CALL_FIRST 4000
#define CALL_COUNT 451
#define CALL_NO_RESULT 5000
#define KERNEL_STACK_BYTES 8192

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#include "fp.h"

/* ---- Memory map (docs/MACHINE.md) ---- */
#define PAGE 4096u
#define STACK_TOP 0x7fff0000u
#define MMAP_TOP 0x60000000u /* above: stacks */
/* A place for a thread's stack: unmapped words below RAM. */
#define THREAD_GUARD 0x00100000u
#define THREAD_PLACE (THREAD_GUARD + 0x00800000u)
#define STACK_GUARD 0x01000000u /* below the first thread's stack */
#define PRIVATE_WINDOW ((const volatile uint32_t*)0xa0000000u)
#define PUBLIC_WINDOW ((const volatile uint32_t*)0xb0000000u)
#define OUTPUT_WINDOW ((volatile uint32_t*)0xc0000000u)
#define WINDOW_MAX 0x03fffffcu /* bytes in a window */

struct boot_block {
  uint32_t entry, headers, header_count, ram_start, elf_flags, stack;
};
#define BOOT ((const struct boot_block*)0x8ffff000u)

/* ---- Numbers of Linux on MIPS ---- */
enum {
  EPERM = 1,
  ENOENT = 2,
  ESRCH = 3,
  EINTR = 4,
  ENXIO = 6,
  EBADF = 9,
  ECHILD = 10,
  EAGAIN = 11,
  ENOMEM = 12,
  EACCES = 13,
  EFAULT = 14,
  EBUSY = 16,
  EEXIST = 17,
  ENODEV = 19,
  ENOTDIR = 20,
  EISDIR = 21,
  EINVAL = 22,
  ENFILE = 23,
  EMFILE = 24,
  ENOTTY = 25,
  EFBIG = 27,
  ENOSPC = 28,
  ESPIPE = 29,
  EPIPE = 32,
  ERANGE = 34,
  EDEADLK = 45,
  ENAMETOOLONG = 78,
  EOVERFLOW = 79,
  ENOSYS = 89,
  ELOOP = 90,
  ENOTEMPTY = 93,
  EOPNOTSUPP = 122,
  ETIMEDOUT = 145,
};
enum {
  SIGILL = 4,
  SIGTRAP = 5,
  SIGABRT = 6,
  SIGFPE = 8,
  SIGKILL = 9,
  SIGBUS = 10,
  SIGSEGV = 11,
  SIGPIPE = 13,
  SIGALRM = 14,
  SIGCHLD = 18,
  SIGWINCH = 20,
  SIGURG = 21,
  SIGSTOP = 23,
  SIGCONT = 25,
  SIGVTALRM = 28,
  SIGPROF = 29,
  SIGRT = 32, /* from here on each one sent is kept */
  NSIG = 128
};

/* ---- Time: a clock that moves when it is read, when a thread yields, and when all sleep ---- */
struct time {
  uint32_t sec, nsec; /* nsec < 10^9 */
};
extern struct time now;   /* the monotonic clock */
#define NEVER 0x7fffffffu /* seconds */
/* Seconds that the real-time clock is ahead: by default it begins in the year 2000. */
extern uint32_t realtime_offset;
int is_realtime(uint32_t clock);
/* A time of a clock that has an offset as one of the monotonic clock; what is before it is 0. */
struct time monotonic_time(uint32_t clock, struct time t);
/* 64-bit numbers, two words each in the byte order of the machine: seconds and nanoseconds. */
void time_to_64(uint32_t* words, struct time t);
void clock_advance(void);
struct time time_after(uint32_t sec, uint32_t nsec); /* now + that, at most the end of time */
/* From a timespec of 64-bit numbers; 0, or -EINVAL. */
int time_from_64(const uint32_t* words, struct time* t);
static inline int time_before(struct time a, struct time b) {
  return a.sec != b.sec ? a.sec < b.sec : a.nsec < b.nsec;
}
static inline int time_reached(struct time t) { return !time_before(now, t); }
struct time time_left(struct time deadline); /* from now on; 0 if it has passed */

/* Timers of all kinds (timers.c); NEVER: none is armed. */
extern struct time next_timer;
void timers_expire(void); /* those whose time has come; to be called when next_timer is reached */

/* ---- Threads ---- */
struct sigset {
  uint32_t word[4]; /* signal n is bit (n - 1) mod 32 of word (n - 1) / 32 */
};
struct sigstack {
  uint32_t sp, size, flags;
};

enum thread_state { T_FREE, T_RUN, T_WAIT };

/* The registers of a thread that is not running are here. While it runs, gpr holds what the last
 * trap saved. */
struct thread {
  uint32_t gpr[32], hi, lo, pc;
  uint32_t fp[FP_AREA_WORDS]; /* valid while another thread owns the floating point registers */
  uint32_t user_local;
  uint32_t tid;
  enum thread_state state;
  struct thread* next;     /* in the ready queue, among those that wait, or among the free ones */
  struct thread* previous; /* among those that wait */
  uint32_t clear_tid;      /* word to clear and wake when the thread ends; 0: none */
  /* While T_WAIT: */
  int retry;        /* make the system call again when something happened */
  uint32_t partial; /* bytes that a write to a pipe has written so far; else 0 */
  uint8_t partial_pipe;
  long timeout_result;
  int has_deadline; /* stays set while a call is retried, so that it keeps its first deadline */
  struct time deadline;
  uint32_t futex, futex_bits; /* the word waited for; 0: none */
  /* Signals: */
  struct sigset mask, pending;
  int any_pending;
  struct sigstack altstack;
  int mask_saved; /* sigsuspend, pselect and their kin: saved_mask comes back when a handler has
                     been entered or the call ends */
  struct sigset saved_mask;
  uint32_t robust_list; /* what set_robust_list said */
};
_Static_assert(offsetof(struct thread, hi) == THREAD_HI && offsetof(struct thread, lo) == THREAD_LO,
               "entry.S");
_Static_assert(offsetof(struct thread, pc) == THREAD_PC, "entry.S");

extern struct thread* current;
extern uint32_t thread_count; /* those that are not free */

/* A handler returns the result, or a negative errno, or NO_RESULT: then the running thread waits,
 * or the result is already set and signals or other threads come first. Handlers marked SLOW find
 * all of the user's registers in current->gpr, others only those that C code may change. */
typedef long (*call_handler)(long, long, long, long);
extern const char* const call_table[CALL_COUNT]; /* the handler, + 1 if it is SLOW; 0: none */
#define NO_RESULT (-CALL_NO_RESULT)
void set_result(struct thread* t, long result);

/* The fifth and further arguments lie on the user's stack. */
static inline uint32_t stack_argument(int index) {
  return *(const uint32_t*)(current->gpr[29] + 4 * (uint32_t)index);
}

/* Block the running thread until somebody wakes it or the deadline (may be 0) passes; return
 * NO_RESULT. */
long block(long timeout_result, const struct time* deadline);
long block_retry(const struct time* deadline); /* until wake_io: then the call is made again */
/* Others that can run come first, then the call returns `result`; the clock advances. For calls
 * that programs make again and again until another thread has done something. */
long yield(long result);
void wake(struct thread* t, long result);
void wake_io(void);
extern uint32_t resumed;           /* what `partial` was, while a call is made again; else 0 */
void make_ready(struct thread* t); /* appends it to the ready queue */
struct thread* new_thread(void);   /* a cleared one with a new tid; 0: too many */
struct thread* find_thread(uint32_t tid);
struct thread* thread_at(uint32_t i); /* the oldest place is 0, some may be T_FREE; 0: no more */
extern struct thread* waiting;        /* all that are T_WAIT, the longest waiting first */
struct thread* next_thread(void);
long futex_wake(uint32_t address, uint32_t count, uint32_t bits);
void release_robust(struct thread* t);       /* the robust mutexes of a thread that ends */
void own_floating_point(struct thread* t);   /* loads t's registers into the machine's */
void store_floating_point(struct thread* t); /* t->fp is up to date then */

/* ---- Signals ---- */
/* Enters handlers, or ends the program. All of t's registers must be in *t. */
void deliver_signals(struct thread* t);
/* `code`: 1 if sent to a thread, 0 if to the process. */
/* Where a signal comes from: how siginfo tells it (si_code), and what comes with it. */
struct origin {
  int32_t code;   /* SI_USER and so on */
  uint32_t first; /* the sender's process, or the number of a timer */
  uint32_t value; /* of sigqueue or the timer */
};
#define BY_USER ((struct origin){0, 1, 0})
#define BY_THREAD ((struct origin){-6, 1, 0})
void send_signal(struct thread* t, uint32_t signal, struct origin from);
void signal_process(uint32_t signal, struct origin from); /* to any thread that does not block it */
void forget_signals(const struct thread* t);              /* that ends */
/* The result of a call that may have made a signal deliverable. */
static inline long after_signals(long result) {
  if (!current->any_pending) return result;
  set_result(current, result);
  return NO_RESULT;
}
int signals_waiting(struct sigset set); /* those of the running thread or the process */
uint32_t take_signal(struct sigset set, uint32_t* info); /* one of them, and its siginfo; or 0 */
/* A call with a signal mask of its own while it waits: begins (set: bytes of the user, or 0), and
 * ends with what `result` is then. */
long masked_begin(uint32_t set, uint32_t size);
long masked_end(long result);
void interrupt_wait(struct thread* t); /* ends the wait of a thread that has a signal to deliver */
_Noreturn void die(uint32_t signal, const char* reason); /* reason may be 0 */
/* A signal of an instruction of t, the running thread. If no handler takes it the program ends, and
 * `what` and `pc` (0: not to be told) say why. All of t's registers must be in *t. */
void raise_fault(struct thread* t, uint32_t signal, struct origin from, const char* what,
                 uint32_t pc);

/* ---- Memory ---- */
void memory_start(void);
/* True if the user's instructions could load, or store, all of these bytes. */
int is_accessible(uint32_t start, uint32_t size, int store);
int is_code(uint32_t address);    /* a word of an executable segment, from the file */
int in_mapping(uint32_t address); /* of mmap, whether there is memory or not */
void copy(void* to, const void* from, size_t size); /* must not overlap */
void zero(void* to, size_t size);

/* ---- Files ---- */
enum file_kind {
  F_NONE,
  F_PRIVATE,
  F_PUBLIC,
  F_OUTPUT,
  F_PRINT,
  F_FILE,
  F_PIPE_READ,
  F_PIPE_WRITE,
  F_EVENT,
  F_TIMER,
  F_SIGNALS,
  F_EPOLL
};
#define O_NONBLOCK 0x80u
#define O_CLOEXEC 0x80000u
#define FILES 256
struct file {
  uint8_t kind, object;
  uint16_t flags; /* O_NONBLOCK, CLOSE_ON_EXEC */
};
#define CLOSE_ON_EXEC 0x4000u
extern struct file files[FILES];
static inline struct file* file_of(uint32_t fd) {
  return fd < FILES && files[fd].kind != F_NONE ? &files[fd] : 0;
}
extern uint32_t most_files; /* descriptors: the limit that setrlimit lowers */
extern uint32_t file_mask;  /* of umask */
int new_file(enum file_kind kind, uint8_t object, uint32_t flags,
             uint32_t lowest); /* the descriptor, or -EMFILE */
long pipe_read(struct file* f, uint8_t* to, uint32_t size);
long pipe_write(struct file* f, const uint8_t* from, uint32_t size);
long file_read(struct file* f, uint8_t* to, uint32_t size);
long file_write(struct file* f, const uint8_t* from, uint32_t size);
void file_opened(struct file* f);
uint32_t* file_flags(const struct file* f); /* of the open file */
void file_closed(const struct file* f);
long record_lock(uint32_t command, uint16_t* lock);
long event_read(struct file* f, uint8_t* to, uint32_t size);
long event_write(struct file* f, const uint8_t* from, uint32_t size);
/* timers.c: descriptors that become readable when a timer ends. */
long timer_read(struct file* f, uint8_t* to, uint32_t size);
int timer_ready(const struct file* f);
void timer_opened(struct file* f, int users); /* 1 more or -1 */
/* Descriptors that signals are read from. */
long signals_read(struct file* f, uint8_t* to, uint32_t size);
int signals_ready(const struct file* f);
/* What poll() says of a descriptor: bits IN and so on. */
enum { IN = 1, OUT = 4, ERROR = 8, HANGUP = 0x10, INVALID = 0x20, READ_NORMAL = 0x40 };
uint32_t readiness(const struct file* f);
void object_opened(struct file* f);
void object_closed(uint32_t fd); /* closes the descriptor */

/* ---- Machine calls and messages to the person who runs the guest ---- */
static inline void machine_print(const void* text, uint32_t size) {
  register uint32_t a0 __asm__("$4") = (uint32_t)text;
  register uint32_t a1 __asm__("$5") = size;
  __asm__ volatile("syscall 3" : : "r"(a0), "r"(a1) : "memory");
}
_Noreturn static inline void machine_halt(uint32_t code) {
  register uint32_t a0 __asm__("$4") = code;
  __asm__ volatile("syscall 1" : : "r"(a0) : "memory");
  __builtin_unreachable();
}
/* Prints "mipzk: ", `format` with %u, %x (unsigned) and %s, and a line end; longer than 200 bytes
 * is cut. */
void message(const char* format, ...);

/* ---- Random numbers ---- */
void random_seed(const uint32_t key[8]); /* what the host gave */
void random_bytes(void* to, uint32_t size);
void random_noted(void); /* says once that they are known, unless the host gave a seed */

/* ---- What the host gives (inputs.c) ---- */
struct stream {
  const uint8_t* data;
  uint32_t size, position;
};
extern struct stream private_stream, public_stream;
struct inputs {
  uint32_t arguments, environment; /* how many */
  uint32_t bytes;                  /* of all of them, with a zero behind each */
};
struct inputs inputs_start(void);
/* Copies arguments (else environment), and sets the pointers; returns the place behind them. */
char* inputs_copy(char* to, const char** pointers, int arguments);

#define CALL(name) long sys_##name(long a0, long a1, long a2, long a3)
CALL(read);
CALL(write);
CALL(readv);
CALL(writev);
#define UNUSED __attribute__((unused))
#endif
#endif
