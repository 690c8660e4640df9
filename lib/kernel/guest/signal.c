/* SPDX-License-Identifier: Apache-2.0 */
/* Signals. They come only from the program itself (kill and its kin), so they are delivered when a
 * system call ends. The frame on the user's stack is that of Linux for o32. */
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
  SI_USER = 0,
  SI_TKILL = -6,
};
#define SA_RESETHAND 0x80000000u
#define SIG_DFL 0u
#define SIG_IGN 1u

struct action {
  uint32_t flags, handler;
  struct sigset mask;
};
static struct action actions[NSIG + 1]; /* those never set cost nothing */
static uint8_t signal_codes[NSIG + 1];  /* 1: sent by tkill or tgkill */

struct siginfo {
  int32_t signo, code, error;
  uint32_t pid, uid;
  uint32_t rest[27];
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
  for (int i = 0; i < 4; i++) t->any_pending |= (t->pending.word[i] & ~mask.word[i]) != 0;
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

static uint32_t first_signal(const struct thread* t) {
  uint32_t signal = 1;
  while (!has(&t->pending, signal) || has(&t->mask, signal)) signal++;
  return signal;
}

/* A blocking call ends early. With SA_RESTART some are made again after the handler: the address
 * of the instruction is the one before the address to continue at (nobody puts a system call into
 * a delay slot). */
void interrupt_wait(struct thread* t) {
  const uint32_t number = t->gpr[2], fourth = t->gpr[7], partial = t->partial;
  const int restart = (actions[first_signal(t)].flags & SA_RESTART) && !partial &&
                      !t->has_deadline && is_restarted(number) &&
                      *(const uint32_t*)(t->pc - 4) == 12;
  t->partial = 0;
  wake(t, partial ? (long)partial : -EINTR);
  if (restart) {
    t->gpr[2] = number;
    t->gpr[7] = fourth;
    t->pc -= 4;
  }
}

void send_signal(struct thread* t, uint32_t signal, uint32_t code) {
  if (ignored(signal) && !has(&t->mask, signal)) return;
  add(&t->pending, signal);
  signal_codes[signal] = (uint8_t)code;
  if (has(&t->mask, signal)) return;
  t->any_pending = 1;
  if (t->state != T_WAIT) return;
  interrupt_wait(t);
}

static void enter_handler(struct thread* t, uint32_t signal) {
  struct action* a = &actions[signal];
  uint32_t sp = t->gpr[29];
  const int on_stack = sp - t->altstack.sp < t->altstack.size && !(t->altstack.flags & SS_DISABLE);
  if ((a->flags & SA_ONSTACK) && t->altstack.size && !(t->altstack.flags & SS_DISABLE) && !on_stack)
    sp = t->altstack.sp + t->altstack.size;
  struct frame* f = (struct frame*)((sp - sizeof(struct frame)) & ~7u);
  struct machine_context* m = &f->context.machine;

  zero(&f->info, sizeof f->info);
  f->info.signo = (int32_t)signal;
  f->info.code = signal_codes[signal] ? SI_TKILL : SI_USER;
  f->info.pid = 1;
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

void deliver_signals(struct thread* t) {
  while (t->any_pending) {
    const uint32_t signal = first_signal(t);
    drop(&t->pending, signal);
    set_mask(t, t->mask);
    if (ignored(signal)) continue;
    if (actions[signal].handler == SIG_DFL) die(signal, 0);
    enter_handler(t, signal);
  }
}

/* ---- System calls ---- */

/* The result of a call that may have made a signal deliverable. */
static long after_signals(long result) {
  if (!current->any_pending) return result;
  set_result(current, result);
  return NO_RESULT;
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
  *(struct sigset*)a0 = current->pending;
  return 0;
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

static long signal_thread(struct thread* t, uint32_t signal, uint32_t code) {
  if (!t) return -ESRCH;
  if (signal > NSIG) return -EINVAL;
  if (signal) send_signal(t, signal, code);
  return after_signals(0);
}

CALL(tkill) { /* (tid, signal) */
  (void)a2, (void)a3;
  return signal_thread(find_thread((uint32_t)a0), (uint32_t)a1, 1);
}

CALL(tgkill) { /* (pid, tid, signal) */
  (void)a3;
  return a0 == 1 ? signal_thread(find_thread((uint32_t)a1), (uint32_t)a2, 1) : -ESRCH;
}

/* (pid, signal): to the calling thread, or if it blocks the signal, to one that does not */
CALL(kill) {
  struct thread* t = current;
  const uint32_t signal = (uint32_t)a1;
  (void)a2, (void)a3;
  if (a0 > 1 || a0 < -1) return -ESRCH;
  if (signal > NSIG) return -EINVAL;
  if (signal && has(&t->mask, signal)) {
    struct thread* other;
    uint32_t i = 0;
    while ((other = thread_at(i)) && (other->state == T_FREE || has(&other->mask, signal))) i++;
    if (other) t = other;
  }
  return signal_thread(t, signal, 0);
}
