/* SPDX-License-Identifier: Apache-2.0 */
/* Signals. They come from the program itself: from kill and its kin and from timers, these are
 * delivered when a system call ends, and from faults of its instructions. The frame on the user's
 * stack is that of Linux for o32. */
#include "kernel.h"

enum {
  SA_SIGINFO = 0x8,
  SA_ONSTACK = 0x08000000,
  SA_RESTART = 0x10000000,
  SA_NODEFER = 0x40000000,
  SS_ONSTACK = 1,
  SS_DISABLE = 2,
  SIG_BLOCK = 1,
  SIG_UNBLOCK = 2,
  SIG_SETMASK = 3,
};
#define SA_RESETHAND 0x80000000u
#define SIG_DFL 0u
#define SIG_IGN 1u

struct action {
  uint32_t flags, handler;
  struct sigset mask;
};
static struct action actions[NSIG + 1]; /* those never set cost nothing */

/* Signals that did not come by kill(), in the order in which they were sent: where they come from.
 * One whose origin does not fit looks as if it came by kill(). */
#define ORIGINS 64
static struct {
  uint32_t signal;
  struct thread* thread; /* 0: for the process */
  struct origin from;
} origins[ORIGINS];
static uint32_t origin_count;

/* Signals for the process that all threads block. */
static struct sigset shared;

struct siginfo {
  int32_t signo, code, error;
  uint32_t pid, uid, value;
  uint32_t rest[26];
};
struct machine_context {
  uint32_t regmask, status;
  uint64_t pc, regs[32], fpregs[32];
  uint32_t acx, fpc_csr, fpc_eir, used_math, dsp;
  uint64_t mdhi, mdlo;
  uint32_t other[6];
};
struct frame {
  uint32_t arguments[4], pad[2];
  struct siginfo info;
  struct {
    uint32_t flags, link;
    struct sigstack stack;
    struct machine_context machine;
    struct sigset mask;
  } context;
};
_Static_assert(sizeof(struct siginfo) == 128, "o32");
_Static_assert(offsetof(struct machine_context, mdhi) == 552, "o32");

void signal_return(void);

static uint32_t bit(uint32_t signal) { return 1u << ((signal - 1) & 31); }
static int has(const struct sigset* s, uint32_t signal) {
  return (s->word[(signal - 1) / 32] & bit(signal)) != 0;
}
static void add(struct sigset* s, uint32_t signal) { s->word[(signal - 1) / 32] |= bit(signal); }
static void drop(struct sigset* s, uint32_t signal) { s->word[(signal - 1) / 32] &= ~bit(signal); }

static int ignored(uint32_t signal) {
  const uint32_t handler = actions[signal].handler;
  if (handler == SIG_IGN) return 1;
  if (handler != SIG_DFL) return 0;
  return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
         (signal >= SIGSTOP && signal <= 27);
}

static void set_mask(struct thread* t, struct sigset mask) {
  drop(&mask, SIGKILL);
  drop(&mask, SIGSTOP);
  t->mask = mask;
  t->any_pending = 0;
  for (int i = 0; i < 4; i++)
    t->any_pending |= ((t->pending.word[i] | shared.word[i]) & ~mask.word[i]) != 0;
}

/* Ends the program as Linux would for an unhandled signal. */
_Noreturn void die(uint32_t signal, const char* reason) {
  static const char names[] =
      "HUP\0INT\0QUIT\0ILL\0TRAP\0ABRT\0EMT\0FPE\0KILL\0BUS\0SEGV\0SYS\0PIPE\0ALRM\0TERM";
  const char* name = names;
  for (uint32_t i = 1; i < signal && i < 15; i++) {
    while (*name) name++;
    name++;
  }
  if (signal > 15)
    message("killed by signal %u", signal);
  else
    message("killed by signal %u (SIG%s)%s%s", signal, name, reason ? ": " : "",
            reason ? reason : "");
  machine_halt(signal < 128 ? 128 + signal : 255);
}

_Noreturn void fp_fault(uint32_t signal, uint32_t word, uint32_t next_pc) {
  message("instruction %x, address to continue at %x", word, next_pc);
  die(signal, signal == FP_SIGILL   ? "an instruction that the kernel does not know"
              : signal == FP_SIGFPE ? "a floating point exception that is enabled in FCSR"
                                    : "a floating point load or store with an unaligned address");
}

/* Linux makes reads, writes and futex waits without timeout again, but no sleeps and polls. */
static int is_restarted(uint32_t number) {
  switch (number) {
    case 4003: /* read */
    case 4004: /* write */
    case 4145: /* readv */
    case 4146: /* writev */
    case 4238: /* futex */
      return 1;
    default:
      return 0;
  }
}

/* The first signal of the thread or the process in `set`; 0: none. */
static uint32_t first_in(const struct thread* t, struct sigset set) {
  for (uint32_t i = 0; i < 4; i++) {
    const uint32_t w = (t->pending.word[i] | shared.word[i]) & set.word[i];
    if (!w) continue;
    uint32_t signal = 32 * i + 1;
    while (!(w >> ((signal - 1) & 31) & 1)) signal++;
    return signal;
  }
  return 0;
}

static uint32_t first_signal(const struct thread* t) {
  struct sigset open;
  for (int i = 0; i < 4; i++) open.word[i] = ~t->mask.word[i];
  return first_in(t, open);
}

/* Takes a signal that waits for the thread or the process, and tells where it came from. */
static struct origin take(struct thread* t, uint32_t signal) {
  struct thread* const owner = has(&t->pending, signal) ? t : 0;
  struct origin from = BY_USER;
  int found = 0, more = 0;
  for (uint32_t i = 0; i < origin_count; i++) {
    if (origins[i].signal != signal || origins[i].thread != owner) continue;
    if (found) {
      more = 1;
      break;
    }
    found = 1;
    from = origins[i].from;
    for (uint32_t k = i + 1; k < origin_count; k++) origins[k - 1] = origins[k];
    origin_count--;
    i--;
  }
  if (!more) drop(owner ? &t->pending : &shared, signal);
  set_mask(t, t->mask);
  return from;
}

/* What is left of a sleep that a signal ends, for programs that go on sleeping. */
static void tell_time_left(struct thread* t, uint32_t number) {
  const struct time left = time_left(t->deadline);
  if (number == 4166 && t->gpr[5]) *(struct time*)t->gpr[5] = left; /* nanosleep */
  if (t->gpr[5] || !t->gpr[7]) return;                              /* until a time */
  if (number == 4265) *(struct time*)t->gpr[7] = left;              /* clock_nanosleep */
  if (number == 4407) time_to_64((uint32_t*)t->gpr[7], left);
}

/* A blocking call ends early. With SA_RESTART some are made again after the handler: the address
 * of the instruction is the one before the address to continue at (nobody puts a system call into
 * a delay slot). */
void interrupt_wait(struct thread* t) {
  const uint32_t number = t->gpr[2], fourth = t->gpr[7], partial = t->partial;
  const int restart = (actions[first_signal(t)].flags & SA_RESTART) && !partial &&
                      !t->has_deadline && is_restarted(number) &&
                      *(const uint32_t*)(t->pc - 4) == 12;
  if (t->has_deadline) tell_time_left(t, number);
  t->partial = 0;
  wake(t, partial ? (long)partial : -EINTR);
  if (restart) {
    t->gpr[2] = number;
    t->gpr[7] = fourth;
    t->pc -= 4;
  }
}

/* Adds a signal to those that wait for a thread (0: the process); 0 if one of it is enough. */
static int keep(struct thread* t, uint32_t signal, struct origin from) {
  struct sigset* set = t ? &t->pending : &shared;
  const int first = !has(set, signal);
  if (!first && signal < SIGRT) return 0;
  add(set, signal);
  if ((from.code || signal >= SIGRT) && origin_count < ORIGINS) {
    origins[origin_count].signal = signal;
    origins[origin_count].thread = t;
    origins[origin_count++].from = from;
  }
  return first;
}

void send_signal(struct thread* t, uint32_t signal, struct origin from) {
  const int blocked = has(&t->mask, signal);
  if (ignored(signal) && !blocked) return;
  if (!keep(t, signal, from)) return;
  if (blocked) { /* sigtimedwait, or a descriptor of signals, may want it */
    wake_io();
    return;
  }
  t->any_pending = 1;
  if (t->state == T_WAIT) interrupt_wait(t);
}

void signal_process(uint32_t signal, struct origin from) {
  struct thread* t = current;
  uint32_t i = 0;
  if (t->state == T_FREE || has(&t->mask, signal))
    while ((t = thread_at(i)) && (t->state == T_FREE || has(&t->mask, signal))) i++;
  if (t) {
    send_signal(t, signal, from);
    return;
  }
  if (keep(0, signal, from)) wake_io();
}

int signals_waiting(struct sigset set) { return first_in(current, set) != 0; }

static void tell(struct siginfo* info, uint32_t signal, struct origin from) {
  zero(info, sizeof *info);
  info->signo = (int32_t)signal;
  info->code = from.code;
  info->pid = from.first;
  info->value = from.value;
}

uint32_t take_signal(struct sigset set, uint32_t* info) {
  const uint32_t signal = first_in(current, set);
  if (!signal) return 0;
  const struct origin from = take(current, signal);
  if (info) tell((struct siginfo*)info, signal, from);
  return signal;
}

static inline struct frame* frame_of(const struct thread* t, const struct action* a,
                                     int* on_stack) {
  uint32_t sp = t->gpr[29];
  *on_stack = sp - t->altstack.sp < t->altstack.size && !(t->altstack.flags & SS_DISABLE);
  if ((a->flags & SA_ONSTACK) && t->altstack.size && !(t->altstack.flags & SS_DISABLE) &&
      !*on_stack)
    sp = t->altstack.sp + t->altstack.size;
  return (struct frame*)((sp - sizeof(struct frame)) & ~7u);
}

static void enter_handler(struct thread* t, uint32_t signal, struct origin from) {
  struct action* a = &actions[signal];
  int on_stack;
  struct frame* f = frame_of(t, a, &on_stack);
  struct machine_context* m = &f->context.machine;

  tell(&f->info, signal, from);
  f->context.flags = 0;
  f->context.link = 0;
  f->context.stack = t->altstack;
  f->context.stack.flags = t->altstack.size == 0 ? SS_DISABLE
                           : on_stack            ? SS_ONSTACK
                                                 : t->altstack.flags;
  f->context.mask = t->mask_saved ? t->saved_mask : t->mask;
  t->mask_saved = 0;

  store_floating_point(t);
  m->regmask = m->status = 0;
  m->pc = t->pc;
  for (int i = 0; i < 32; i++) m->regs[i] = (uint64_t)(int64_t)(int32_t)t->gpr[i];
  for (int i = 0; i < 32; i++)
    m->fpregs[i] = i & 1 ? t->fp[i] : (uint64_t)t->fp[i + 1] << 32 | t->fp[i];
  uint32_t csr = t->fp[32] | t->fp[33] << 23;
  for (int i = 1; i < 8; i++) csr |= t->fp[33 + i] << (24 + i);
  m->acx = m->fpc_eir = m->dsp = 0;
  m->fpc_csr = csr;
  m->used_math = 1;
  m->mdhi = t->hi;
  m->mdlo = t->lo;
  for (int i = 0; i < 6; i++) m->other[i] = 0;

  t->gpr[4] = signal;
  t->gpr[5] = (uint32_t)&f->info;
  t->gpr[6] = (uint32_t)&f->context;
  t->gpr[25] = t->pc = a->handler;
  t->gpr[29] = (uint32_t)f;
  t->gpr[31] = (uint32_t)signal_return;

  struct sigset mask = t->mask;
  for (int i = 0; i < 4; i++) mask.word[i] |= a->mask.word[i];
  if (!(a->flags & SA_NODEFER)) add(&mask, signal);
  if (a->flags & SA_RESETHAND) a->handler = SIG_DFL;
  set_mask(t, mask);
}

static void restore_mask(struct thread* t) {
  if (!t->mask_saved) return;
  t->mask_saved = 0;
  set_mask(t, t->saved_mask);
}

void deliver_signals(struct thread* t) {
  while (t->any_pending) {
    const uint32_t signal = first_signal(t);
    if (!signal) break; /* another thread took it */
    const struct origin from = take(t, signal);
    if (ignored(signal)) continue;
    if (actions[signal].handler == SIG_DFL) die(signal, 0);
    enter_handler(t, signal, from);
  }
  t->any_pending = 0;
  restore_mask(t);
}

void raise_fault(struct thread* t, uint32_t signal, struct origin from, const char* what,
                 uint32_t pc) {
  const struct action* a = &actions[signal];
  const int handled = a->handler != SIG_DFL && a->handler != SIG_IGN && !has(&t->mask, signal);
  int on_stack;
  if (handled && is_accessible((uint32_t)frame_of(t, a, &on_stack), sizeof(struct frame), 1)) {
    keep(t, signal, from); /* the only one that waits for t and is not blocked */
    t->any_pending = 1;
    deliver_signals(t);
    return;
  }
  if (pc)
    message("%s, at %x", what, pc);
  else
    message("%s", what);
  if (handled) die(SIGSEGV, "no room on the stack for the frame of a handler");
  die(signal, 0);
}

void forget_signals(const struct thread* t) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < origin_count; i++)
    if (origins[i].thread != t) origins[kept++] = origins[i];
  origin_count = kept;
}

/* ---- System calls ---- */

/* Calls that are made again keep the mask that they have set. */
long masked_begin(uint32_t set, uint32_t size) {
  struct thread* t = current;
  if (!set || t->mask_saved) return 0;
  if (size != sizeof(struct sigset)) return -EINVAL;
  t->saved_mask = t->mask;
  t->mask_saved = 1;
  set_mask(t, *(const struct sigset*)set);
  return t->any_pending ? after_signals(-EINTR) : 0;
}

long masked_end(long result) {
  /* The call waits, or others come first and its result is set. */
  if (result == NO_RESULT && current->state == T_WAIT) return result;
  restore_mask(current);
  return result == NO_RESULT ? result : after_signals(result);
}

CALL(rt_sigreturn) {
  struct thread* t = current;
  const struct frame* f = (const struct frame*)t->gpr[29];
  const struct machine_context* m = &f->context.machine;
  (void)a0, (void)a1, (void)a2, (void)a3;
  t->pc = (uint32_t)m->pc;
  for (int i = 1; i < 32; i++) t->gpr[i] = (uint32_t)m->regs[i];
  for (int i = 0; i < 32; i += 2) {
    t->fp[i] = (uint32_t)m->fpregs[i];
    t->fp[i + 1] = (uint32_t)(m->fpregs[i] >> 32);
  }
  t->fp[32] = m->fpc_csr & ~0xfe800000u;
  t->fp[33] = m->fpc_csr >> 23 & 1;
  for (int i = 1; i < 8; i++) t->fp[33 + i] = m->fpc_csr >> (24 + i) & 1;
  fp_load(t->fp);
  t->hi = (uint32_t)m->mdhi;
  t->lo = (uint32_t)m->mdlo;
  set_mask(t, f->context.mask);
  return NO_RESULT;
}

CALL(rt_sigaction) { /* (signal, new, old, bytes of a set) */
  const uint32_t signal = (uint32_t)a0;
  if (a3 != sizeof(struct sigset) || signal == 0 || signal > NSIG) return -EINVAL;
  struct action* a = &actions[signal];
  if (a1 && (signal == SIGKILL || signal == SIGSTOP)) return -EINVAL;
  if (a2) *(struct action*)a2 = *a;
  if (a1) *a = *(const struct action*)a1;
  return 0;
}

CALL(rt_sigprocmask) { /* (how, set, old, bytes of a set) */
  struct thread* t = current;
  struct sigset mask = t->mask;
  if (a3 != sizeof(struct sigset)) return -EINVAL;
  if (a1) {
    const struct sigset set = *(const struct sigset*)a1;
    for (int i = 0; i < 4; i++) {
      if (a0 == SIG_BLOCK)
        mask.word[i] |= set.word[i];
      else if (a0 == SIG_UNBLOCK)
        mask.word[i] &= ~set.word[i];
      else if (a0 == SIG_SETMASK)
        mask.word[i] = set.word[i];
      else
        return -EINVAL;
    }
  }
  if (a2) *(struct sigset*)a2 = t->mask;
  if (a1) set_mask(t, mask);
  return after_signals(0);
}

CALL(rt_sigpending) {
  (void)a2, (void)a3;
  if (a1 != sizeof(struct sigset)) return -EINVAL;
  for (int i = 0; i < 4; i++)
    ((struct sigset*)a0)->word[i] = current->pending.word[i] | shared.word[i];
  return 0;
}

/* (set, siginfo or 0, time or 0, bytes of a set) */
static long await_signal(struct sigset set, uint32_t* info, const struct time* timeout) {
  const uint32_t signal = take_signal(set, info);
  if (signal) return (long)signal;
  const long result = block_retry(timeout);
  return result == 0 ? -EAGAIN : result;
}

CALL(rt_sigtimedwait) {
  const struct time* t = (const struct time*)a2;
  struct time deadline;
  if (a3 != sizeof(struct sigset)) return -EINVAL;
  if (t) deadline = time_after(t->sec, t->nsec);
  if (t && (t->nsec >= 1000000000 || (int32_t)t->sec < 0)) return -EINVAL;
  return await_signal(*(const struct sigset*)a0, (uint32_t*)a1, t ? &deadline : 0);
}

CALL(rt_sigtimedwait64) {
  struct time deadline;
  if (a3 != sizeof(struct sigset)) return -EINVAL;
  if (a2 && time_from_64((const uint32_t*)a2, &deadline)) return -EINVAL;
  if (a2) deadline = time_after(deadline.sec, deadline.nsec);
  return await_signal(*(const struct sigset*)a0, (uint32_t*)a1, a2 ? &deadline : 0);
}

CALL(rt_sigsuspend) { /* (set, bytes of a set) */
  struct thread* t = current;
  (void)a2, (void)a3;
  if (a1 != sizeof(struct sigset)) return -EINVAL;
  t->saved_mask = t->mask;
  t->mask_saved = 1;
  set_mask(t, *(const struct sigset*)a0);
  return t->any_pending ? after_signals(-EINTR) : block(-EINTR, 0);
}

CALL(pause) {
  (void)a0, (void)a1, (void)a2, (void)a3;
  return block(-EINTR, 0);
}

CALL(sigaltstack) { /* (new, old) */
  struct thread* t = current;
  const uint32_t sp = t->gpr[29];
  const int on_stack = sp - t->altstack.sp < t->altstack.size;
  (void)a2, (void)a3;
  const struct sigstack old = t->altstack;
  if (a0) {
    const struct sigstack s = *(const struct sigstack*)a0;
    if (on_stack) return -EPERM;
    if (s.flags & ~(SS_DISABLE | SS_ONSTACK)) return -EINVAL;
    if (!(s.flags & SS_DISABLE) && s.size < 2048) return -ENOMEM; /* MINSIGSTKSZ */
    t->altstack = s.flags & SS_DISABLE ? (struct sigstack){0, 0, 0} : s;
  }
  if (a1) {
    struct sigstack* out = (struct sigstack*)a1;
    *out = old;
    out->flags = old.size == 0 ? SS_DISABLE : on_stack ? SS_ONSTACK : 0;
  }
  return 0;
}

static long signal_thread(struct thread* t, uint32_t signal, struct origin from) {
  if (!t) return -ESRCH;
  if (signal > NSIG) return -EINVAL;
  if (signal) send_signal(t, signal, from);
  return after_signals(0);
}

CALL(tkill) { /* (tid, signal) */
  (void)a2, (void)a3;
  return signal_thread(find_thread((uint32_t)a0), (uint32_t)a1, BY_THREAD);
}

CALL(tgkill) { /* (pid, tid, signal) */
  (void)a3;
  return a0 == 1 ? signal_thread(find_thread((uint32_t)a1), (uint32_t)a2, BY_THREAD) : -ESRCH;
}

static struct origin origin_of(const struct siginfo* info) {
  return (struct origin){info->code, info->pid, info->value};
}

static long queue(long pid, uint32_t signal, struct origin from) {
  if (pid > 1 || pid < -1) return -ESRCH;
  if (signal > NSIG) return -EINVAL;
  if (signal) signal_process(signal, from);
  return after_signals(0);
}

CALL(kill) { /* (pid, signal) */
  (void)a2, (void)a3;
  return queue(a0, (uint32_t)a1, BY_USER);
}

CALL(rt_sigqueueinfo) { /* (pid, signal, siginfo) */
  (void)a3;
  return queue(a0, (uint32_t)a1, origin_of((const struct siginfo*)a2));
}

CALL(rt_tgsigqueueinfo) { /* (pid, tid, signal, siginfo) */
  if (a0 != 1) return -ESRCH;
  return signal_thread(find_thread((uint32_t)a1), (uint32_t)a2,
                       origin_of((const struct siginfo*)a3));
}
