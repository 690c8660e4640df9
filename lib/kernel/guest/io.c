/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing. Descriptor 0 is the private input, 3 the public input, 1 the output, 2 the
 * host's terminal. */
#include "kernel.h"

struct file files[FILES] = {{F_PRIVATE, 0, 0}, {F_OUTPUT, 0, 0}, {F_PRINT, 0, 0}, {F_PUBLIC, 0, 0}};
struct vector {
  uint32_t base, size;
};

static long read_stream(struct stream* s, void* to, uint32_t size) {
  const uint32_t left = s->size - s->position, n = size < left ? size : left;
  copy(to, s->data + s->position, n);
  s->position += n;
  return (long)n;
}

/* Appends to the output. The window starts as zero, so the rest of its last word is zero. */
static long write_output(const void* from, uint32_t size) {
  const uint32_t length = OUTPUT_WINDOW[0];
  if (length > WINDOW_MAX || (size && length == WINDOW_MAX)) return -ENOSPC;
  const uint32_t n = size < WINDOW_MAX - length ? size : WINDOW_MAX - length;
  copy((uint8_t*)OUTPUT_WINDOW + 4 + length, from, n);
  OUTPUT_WINDOW[0] = length + n;
  return (long)n;
}

static long write_print(const uint8_t* from, uint32_t size) {
  for (uint32_t done = 0; done < size; done += 0x10000)
    machine_print(from + done, size - done < 0x10000 ? size - done : 0x10000);
  return (long)size;
}

CALL(read) { /* (descriptor, buffer, size) */
  struct file* f = file_of((uint32_t)a0);
  const uint32_t size = (uint32_t)a2 > 0x7ffff000 ? 0x7ffff000 : (uint32_t)a2;
  (void)a3;
  switch (f ? f->kind : F_NONE) {
    case F_PRIVATE:
      return read_stream(&private_stream, (void*)a1, size);
    case F_PUBLIC:
      return read_stream(&public_stream, (void*)a1, size);
    case F_FILE:
      return file_read(f, (uint8_t*)a1, size);
    case F_PIPE_READ:
      return pipe_read(f, (uint8_t*)a1, size);
    case F_EVENT:
      return event_read(f, (uint8_t*)a1, size);
    case F_TIMER:
      return timer_read(f, (uint8_t*)a1, size);
    case F_SIGNALS:
      return signals_read(f, (uint8_t*)a1, size);
    case F_EPOLL:
      return -EINVAL;
    default:
      return -EBADF;
  }
}

CALL(write) { /* (descriptor, buffer, size) */
  struct file* f = file_of((uint32_t)a0);
  const uint32_t size = (uint32_t)a2 > 0x7ffff000 ? 0x7ffff000 : (uint32_t)a2;
  (void)a3;
  switch (f ? f->kind : F_NONE) {
    case F_OUTPUT:
      return write_output((const void*)a1, size);
    case F_PRINT:
      return write_print((const uint8_t*)a1, size);
    case F_FILE:
      return file_write(f, (const uint8_t*)a1, size);
    case F_PIPE_WRITE:
      return pipe_write(f, (const uint8_t*)a1, size);
    case F_EVENT:
      return event_write(f, (const uint8_t*)a1, size);
    case F_TIMER:
    case F_SIGNALS:
    case F_EPOLL:
      return -EINVAL;
    default:
      return -EBADF;
  }
}

/* readv and writev: as many reads or writes as make progress; of pipes one, which may block. */
static long vectored(call_handler each, long fd, const struct vector* v, uint32_t count) {
  long total = 0;
  if (count > 1024) return -EINVAL;
  if (!file_of((uint32_t)fd)) return -EBADF;
  for (uint32_t i = 0; i < count; i++) {
    if (v[i].size == 0) continue;
    const long n = each(fd, (long)v[i].base, (long)v[i].size, 0);
    if (n == NO_RESULT || n < 0) return total ? total : n;
    total += n;
    if ((uint32_t)n < v[i].size || file_of((uint32_t)fd)->kind >= F_PIPE_READ) break;
  }
  return total;
}

CALL(readv) { /* (descriptor, vector, count) */
  (void)a3;
  return vectored(sys_read, a0, (const struct vector*)a1, (uint32_t)a2);
}

CALL(writev) {
  (void)a3;
  return vectored(sys_write, a0, (const struct vector*)a1, (uint32_t)a2);
}

CALL(close) {
  (void)a1, (void)a2, (void)a3;
  if (!file_of((uint32_t)a0)) return -EBADF;
  object_closed((uint32_t)a0);
  return 0;
}

int new_file(enum file_kind kind, uint8_t object, uint32_t flags, uint32_t lowest) {
  for (uint32_t fd = lowest; fd < most_files; fd++) {
    if (files[fd].kind != F_NONE) continue;
    files[fd] =
        (struct file){(uint8_t)kind, object,
                      (uint16_t)((flags & O_NONBLOCK) | (flags & O_CLOEXEC ? CLOSE_ON_EXEC : 0))};
    object_opened(&files[fd]);
    return (int)fd;
  }
  return -EMFILE;
}

static long duplicate(struct file* f, uint32_t lowest) {
  return new_file(f->kind, f->object, f->flags & O_NONBLOCK, lowest);
}

CALL(dup) {
  struct file* f = file_of((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  return f ? duplicate(f, 0) : -EBADF;
}

CALL(dup2) { /* (old, new) */
  struct file* f = file_of((uint32_t)a0);
  const uint32_t to = (uint32_t)a1;
  (void)a2, (void)a3;
  if (!f || to >= FILES) return -EBADF;
  if (to == (uint32_t)a0) return a1;
  if (file_of(to)) object_closed(to);
  return duplicate(f, to);
}

CALL(dup3) { /* (old, new, flags) */
  const long result = a0 == a1 ? -EINVAL : sys_dup2(a0, a1, a2, a3);
  if (result >= 0 && a2 & O_CLOEXEC) files[result].flags |= CLOSE_ON_EXEC;
  return result;
}

CALL(close_range) { /* (first, last, flags); CLOSE_RANGE_CLOEXEC does nothing */
  (void)a3;
  if ((uint32_t)a0 > (uint32_t)a1) return -EINVAL;
  for (uint32_t fd = (uint32_t)a0; fd < FILES && fd <= (uint32_t)a1 && !(a2 & 4); fd++)
    if (file_of(fd)) object_closed(fd);
  return 0;
}

CALL(fsync) { /* fdatasync too: pipes have nothing to write back */
  const struct file* f = file_of((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  return !f ? -EBADF : f->kind == F_FILE ? 0 : -EINVAL;
}

CALL(advice) { /* fadvise64, readahead, sync_file_range, syncfs: nothing to do for files */
  const struct file* f = file_of((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  return !f ? -EBADF : f->kind == F_FILE ? 0 : -ESPIPE;
}

CALL(no_attribute) { /* extended attributes: there are none */
  (void)a0, (void)a1, (void)a2, (void)a3;
  return -EOPNOTSUPP;
}

CALL(fcntl) { /* (descriptor, command, argument) */
  enum { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030 };
  enum { FIRST_LOCK = 6, LAST_LOCK = 7, F_GETLK = 14, FIRST_LOCK_64 = 33, LAST_LOCK_64 = 38 };
  struct file* f = file_of((uint32_t)a0);
  (void)a3;
  if (!f) return -EBADF;
  switch (a1) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: {
      const long fd = (uint32_t)a2 < most_files ? duplicate(f, (uint32_t)a2) : -EINVAL;
      if (fd >= 0 && a1 == F_DUPFD_CLOEXEC) files[fd].flags |= CLOSE_ON_EXEC;
      return fd;
    }
    case F_GETFD:
      return (f->flags & CLOSE_ON_EXEC) != 0;
    case F_SETFD:
      f->flags = (uint16_t)((f->flags & ~CLOSE_ON_EXEC) | (a2 & 1 ? CLOSE_ON_EXEC : 0));
      return 0;
    case F_GETFL: {
      const uint32_t mode = f->kind == F_PRIVATE || f->kind == F_PUBLIC || f->kind == F_PIPE_READ
                                ? 0
                            : f->kind == F_FILE  ? *file_flags(f) & ~O_NONBLOCK
                            : f->kind >= F_EVENT ? 2
                                                 : 1;
      return (long)(mode | (f->flags & O_NONBLOCK));
    }
    case F_SETFL:
      f->flags = (uint16_t)((f->flags & CLOSE_ON_EXEC) | (a2 & O_NONBLOCK));
      if (f->kind == F_FILE) *file_flags(f) = (*file_flags(f) & ~8u) | (a2 & 8); /* O_APPEND */
      return 0;
    default:
      if ((a1 >= FIRST_LOCK && a1 <= LAST_LOCK) || a1 == F_GETLK ||
          (a1 >= FIRST_LOCK_64 && a1 <= LAST_LOCK_64))
        return record_lock((uint32_t)a1, (uint16_t*)a2);
      return -EINVAL;
  }
}

CALL(ioctl) { /* nothing is a terminal */
  (void)a1, (void)a2, (void)a3;
  return file_of((uint32_t)a0) ? -ENOTTY : -EBADF;
}
