/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, event counters, poll and epoll: ways in which the threads of one program wake each other.
 * The inputs are always readable, the outputs always writable. */
#include "kernel.h"

#define OBJECTS 16
#define PIPE_BYTES 65536u
#define WATCHES 32

enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3, EFD_SEMAPHORE = 1 };
#define EPOLLET 0x80000000u
#define EPOLLONESHOT 0x40000000u

struct pipe {
  uint32_t first, count, readers, writers, changes;
  uint8_t bytes[PIPE_BYTES];
};
struct event {
  uint32_t count, users, semaphore, changes; /* a counter of 32 bits; Linux has 64 */
};
struct epoll_event {
  uint32_t events;
  uint64_t data;
};
struct watch {
  uint32_t used, fd, seen; /* seen: the state of the object when it was last reported, for edges */
  struct epoll_event event;
};
struct epoll {
  uint32_t users;
  struct watch watches[WATCHES];
};

static struct pipe pipes[OBJECTS];
static struct event events[OBJECTS];
static struct epoll epolls[OBJECTS];

/* ---- Life ---- */

void object_opened(struct file* f) {
  switch (f->kind) {
    case F_FILE:
      file_opened(f);
      break;
    case F_PIPE_READ:
      pipes[f->object].readers++;
      break;
    case F_PIPE_WRITE:
      pipes[f->object].writers++;
      break;
    case F_EVENT:
      events[f->object].users++;
      break;
    case F_TIMER:
      timer_opened(f, 1);
      break;
    case F_EPOLL:
      epolls[f->object].users++;
      break;
    default:
      break;
  }
}

void object_closed(uint32_t fd) {
  const struct file f = files[fd];
  files[fd].kind = F_NONE;
  for (uint32_t i = 0; i < OBJECTS; i++) {
    if (!epolls[i].users) continue;
    for (uint32_t k = 0; k < WATCHES; k++)
      if (epolls[i].watches[k].used && epolls[i].watches[k].fd == fd) epolls[i].watches[k].used = 0;
  }
  switch (f.kind) {
    case F_FILE:
      file_closed(&f);
      return;
    case F_PIPE_READ:
      pipes[f.object].readers--, pipes[f.object].changes++;
      break;
    case F_PIPE_WRITE:
      pipes[f.object].writers--, pipes[f.object].changes++;
      break;
    case F_EVENT:
      events[f.object].users--;
      break;
    case F_TIMER:
      timer_opened(&files[fd], -1);
      break;
    case F_EPOLL:
      epolls[f.object].users--;
      break;
    default:
      return;
  }
  wake_io();
}

static long make_pipe(uint32_t* fds, uint32_t flags) {
  for (uint8_t i = 0; i < OBJECTS; i++) {
    if (pipes[i].readers || pipes[i].writers) continue;
    pipes[i].first = pipes[i].count = 0;
    const int reader = new_file(F_PIPE_READ, i, flags, 0);
    if (reader < 0) return reader;
    const int writer = new_file(F_PIPE_WRITE, i, flags, 0);
    if (writer < 0) {
      object_closed((uint32_t)reader);
      return writer;
    }
    fds[0] = (uint32_t)reader;
    fds[1] = (uint32_t)writer;
    return 0;
  }
  return -EMFILE;
}

CALL(pipe2) { /* (two descriptors, flags) */
  (void)a2, (void)a3;
  return make_pipe((uint32_t*)a0, (uint32_t)a1);
}

CALL(pipe) { /* the second descriptor is returned in $v1 */
  uint32_t fds[2];
  (void)a0, (void)a1, (void)a2, (void)a3;
  const long result = make_pipe(fds, 0);
  if (result < 0) return result;
  current->gpr[3] = fds[1];
  return (long)fds[0];
}

CALL(eventfd2) { /* (initial value, flags) */
  (void)a2, (void)a3;
  for (uint8_t i = 0; i < OBJECTS; i++) {
    if (events[i].users) continue;
    events[i].count = (uint32_t)a0;
    events[i].semaphore = a1 & EFD_SEMAPHORE;
    return new_file(F_EVENT, i, (uint32_t)a1, 0);
  }
  return -EMFILE;
}

CALL(eventfd) { /* (initial value) */
  (void)a1, (void)a2, (void)a3;
  return sys_eventfd2(a0, 0, 0, 0);
}

CALL(epoll_create1) { /* (flags) */
  (void)a1, (void)a2, (void)a3;
  for (uint8_t i = 0; i < OBJECTS; i++) {
    if (epolls[i].users) continue;
    for (int k = 0; k < WATCHES; k++)
      if (epolls[i].watches[k].used) epolls[i].watches[k].used = 0;
    return new_file(F_EPOLL, i, (uint32_t)a0 & O_CLOEXEC, 0);
  }
  return -EMFILE;
}

/* ---- Bytes ---- */

CALL(tee) { /* (from, to, size): what a pipe holds, without taking it */
  struct file *in = file_of((uint32_t)a0), *out = file_of((uint32_t)a1);
  (void)a3;
  if (!in || !out) return -EBADF;
  if (in->kind != F_PIPE_READ || out->kind != F_PIPE_WRITE || in->object == out->object)
    return -EINVAL;
  struct pipe* p = &pipes[in->object];
  if (!p->count) return p->writers ? yield(-EAGAIN) : 0;
  const uint32_t tail = PIPE_BYTES - p->first, n = p->count < tail ? p->count : tail;
  return pipe_write(out, p->bytes + p->first, (uint32_t)a2 < n ? (uint32_t)a2 : n);
}

long pipe_read(struct file* f, uint8_t* to, uint32_t size) {
  struct pipe* p = &pipes[f->object];
  if (size == 0) return 0;
  if (p->count == 0) {
    if (p->writers == 0) return 0;
    return f->flags & O_NONBLOCK ? yield(-EAGAIN) : block_retry(0);
  }
  const uint32_t n = size < p->count ? size : p->count;
  const uint32_t tail = PIPE_BYTES - p->first, first = n < tail ? n : tail;
  copy(to, p->bytes + p->first, first);
  copy(to + first, p->bytes, n - first);
  p->first = (p->first + n) % PIPE_BYTES;
  p->count -= n;
  p->changes++;
  wake_io();
  return (long)n;
}

/* A blocking write waits until all is written; one of at most a page is never split. */
long pipe_write(struct file* f, const uint8_t* from, uint32_t size) {
  struct pipe* p = &pipes[f->object];
  struct thread* t = current;
  const uint32_t done = resumed, space = PIPE_BYTES - p->count;
  if (size == 0) return 0;
  /* Another pipe has the descriptor now, or the vector has changed. */
  if (done && (t->partial_pipe != f->object || done > size)) return (long)done;
  const uint32_t left = size - done;
  if (p->readers == 0) {
    if (done) return (long)done;
    set_result(t, -EPIPE);
    send_signal(t, SIGPIPE, BY_USER);
    return NO_RESULT;
  }
  const uint32_t n = space < left && left <= PAGE ? 0 : space < left ? space : left;
  if (n) {
    const uint32_t end = (p->first + p->count) % PIPE_BYTES;
    const uint32_t tail = PIPE_BYTES - end, first = n < tail ? n : tail;
    copy(p->bytes + end, from + done, first);
    copy(p->bytes, from + done + first, n - first);
    p->count += n;
    p->changes++;
    wake_io();
  }
  if (n == left) return (long)size;
  if (f->flags & O_NONBLOCK) return n ? (long)n : yield(-EAGAIN);
  t->partial = done + n;
  t->partial_pipe = f->object;
  return block_retry(0);
}

/* The 8 bytes of a counter; the high word is 0. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_WORD 1
#else
#define LOW_WORD 0
#endif

long event_read(struct file* f, uint8_t* to, uint32_t size) {
  struct event* e = &events[f->object];
  uint32_t words[2] = {0, 0};
  if (size < 8) return -EINVAL;
  if (e->count == 0) return f->flags & O_NONBLOCK ? yield(-EAGAIN) : block_retry(0);
  words[LOW_WORD] = e->semaphore ? 1 : e->count;
  e->count -= words[LOW_WORD];
  e->changes++;
  copy(to, words, 8);
  wake_io();
  return 8;
}

long event_write(struct file* f, const uint8_t* from, uint32_t size) {
  struct event* e = &events[f->object];
  uint32_t words[2];
  if (size < 8) return -EINVAL;
  copy(words, from, 8);
  if (words[1 - LOW_WORD]) return -EINVAL;
  if (words[LOW_WORD] > 0xfffffffe - e->count)
    return f->flags & O_NONBLOCK ? yield(-EAGAIN) : block_retry(0);
  e->count += words[LOW_WORD];
  e->changes++;
  wake_io();
  return 8;
}

/* ---- Readiness ---- */

uint32_t readiness(const struct file* f) {
  const struct pipe* p = &pipes[f->object];
  switch (f->kind) {
    case F_FILE:
      return IN | OUT | READ_NORMAL;
    case F_PRIVATE:
    case F_PUBLIC:
      return IN | READ_NORMAL;
    case F_OUTPUT:
    case F_PRINT:
      return OUT;
    case F_PIPE_READ:
      return (p->count ? IN | READ_NORMAL : 0u) | (p->writers ? 0u : HANGUP);
    case F_PIPE_WRITE:
      return (PIPE_BYTES - p->count >= PAGE ? OUT : 0u) | (p->readers ? 0u : ERROR);
    case F_TIMER:
      return timer_ready(f) ? IN | READ_NORMAL : 0;
    case F_SIGNALS:
      return signals_ready(f) ? IN | READ_NORMAL : 0;
    case F_EVENT:
      return OUT | (events[f->object].count ? IN | READ_NORMAL : 0u);
    default:
      return 0;
  }
}

static uint32_t state_of(const struct file* f) {
  if (f->kind == F_EVENT) return events[f->object].changes;
  if (f->kind == F_TIMER || f->kind == F_SIGNALS) return now.nsec; /* each look finds an edge */
  return f->kind == F_PIPE_READ || f->kind == F_PIPE_WRITE ? pipes[f->object].changes : 0;
}

struct pollfd {
  int32_t fd;
  uint16_t events, revents;
};

static long poll_files(struct pollfd* p, uint32_t count, const struct time* deadline) {
  long found = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (p[i].fd < 0) {
      p[i].revents = 0;
      continue;
    }
    const struct file* f = file_of((uint32_t)p[i].fd);
    p[i].revents = (uint16_t)(f ? readiness(f) & (p[i].events | ERROR | HANGUP) : INVALID);
    found += p[i].revents != 0;
  }
  if (found || (deadline && time_reached(*deadline))) return found ? found : yield(0);
  return block_retry(deadline);
}

static struct time after_milliseconds(uint32_t ms) {
  return time_after(ms / 1000, ms % 1000 * 1000000);
}

CALL(poll) { /* (array, count, milliseconds or -1) */
  const struct time deadline = after_milliseconds((uint32_t)a2);
  (void)a3;
  return poll_files((struct pollfd*)a0, (uint32_t)a1, a2 < 0 ? 0 : &deadline);
}

/* The set lasts while the call waits. */
static long masked_poll(struct pollfd* p, uint32_t count, const struct time* deadline,
                        uint32_t set) {
  const long ended = masked_begin(set, stack_argument(4));
  return ended ? ended : masked_end(poll_files(p, count, deadline));
}

CALL(ppoll) { /* (array, count, time or 0, set of signals, bytes of a set) */
  struct time deadline;
  if (a2) deadline = time_after(((const struct time*)a2)->sec, ((const struct time*)a2)->nsec);
  return masked_poll((struct pollfd*)a0, (uint32_t)a1, a2 ? &deadline : 0, (uint32_t)a3);
}

CALL(ppoll_time64) {
  struct time deadline;
  if (a2) {
    if (time_from_64((const uint32_t*)a2, &deadline)) return -EINVAL;
    deadline = time_after(deadline.sec, deadline.nsec);
  }
  return masked_poll((struct pollfd*)a0, (uint32_t)a1, a2 ? &deadline : 0, (uint32_t)a3);
}

CALL(epoll_create) { /* (size) */
  (void)a0, (void)a1, (void)a2, (void)a3;
  return sys_epoll_create1(0, 0, 0, 0);
}

CALL(epoll_ctl) { /* (epoll, operation, descriptor, event) */
  struct file* f = file_of((uint32_t)a0);
  struct file* target = file_of((uint32_t)a2);
  if (!f || !target) return -EBADF;
  if (f->kind != F_EPOLL || target->kind == F_EPOLL) return -EINVAL;
  if (target->kind < F_PIPE_READ) return -EPERM; /* as Linux answers for plain files */
  struct watch *watches = epolls[f->object].watches, *w = 0, *empty = 0;
  for (int i = 0; i < WATCHES; i++) {
    if (watches[i].used && watches[i].fd == (uint32_t)a2) w = &watches[i];
    if (!watches[i].used && !empty) empty = &watches[i];
  }
  switch (a1) {
    case EPOLL_CTL_ADD:
      if (w) return -EEXIST;
      if (!(w = empty)) return -ENOSPC;
      break;
    case EPOLL_CTL_DEL:
      if (!w) return -ENOENT;
      w->used = 0;
      return 0;
    case EPOLL_CTL_MOD:
      if (!w) return -ENOENT;
      break;
    default:
      return -EINVAL;
  }
  *w = (struct watch){1, (uint32_t)a2, state_of(target) - 1, *(const struct epoll_event*)a3};
  w->event.events |= ERROR | HANGUP;
  wake_io();
  return 0;
}

static long epoll_events(uint32_t fd, struct epoll_event* out, long most, int32_t milliseconds) {
  struct file* f = file_of(fd);
  long found = 0;
  if (!f) return -EBADF;
  if (f->kind != F_EPOLL || most <= 0) return -EINVAL;
  struct watch* w = epolls[f->object].watches;
  for (struct watch* end = w + WATCHES; w < end && found < most; w++) {
    if (!w->used) continue;
    const struct file* target = &files[w->fd];
    const uint32_t ready = readiness(target) & w->event.events, state = state_of(target);
    if (!ready || ((w->event.events & EPOLLET) && w->seen == state)) continue;
    w->seen = state;
    out[found] = (struct epoll_event){ready, w->event.data};
    found++;
    if (w->event.events & EPOLLONESHOT) w->event.events &= EPOLLET | EPOLLONESHOT;
  }
  if (found) return found;
  if (milliseconds == 0) return yield(0);
  const struct time deadline = after_milliseconds((uint32_t)milliseconds);
  return block_retry(milliseconds < 0 ? 0 : &deadline);
}

CALL(epoll_wait) { /* (epoll, events, how many, milliseconds or -1) */
  return epoll_events((uint32_t)a0, (struct epoll_event*)a1, a2, a3);
}

CALL(epoll_pwait) { /* (... set of signals or 0, bytes of a set) */
  const long ended = masked_begin(stack_argument(4), stack_argument(5));
  return ended ? ended : masked_end(epoll_events((uint32_t)a0, (struct epoll_event*)a1, a2, a3));
}

CALL(epoll_pwait2) { /* (epoll, events, how many, time or 0, set of signals or 0, bytes of it) */
  struct time t = {0, 0};
  if (a3 && time_from_64((const uint32_t*)a3, &t)) return -EINVAL;
  const long ended = masked_begin(stack_argument(4), stack_argument(5));
  const int32_t ms =
      !a3 || t.sec > 2000000 ? -1 : (int32_t)(t.sec * 1000 + (t.nsec + 999999) / 1000000);
  return ended ? ended : masked_end(epoll_events((uint32_t)a0, (struct epoll_event*)a1, a2, ms));
}
