/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing. Descriptor 0 is the private input, 3 the public input, 1 the output, 2 the
 * host's terminal. */
#include "kernel.h"

struct file files[FILES] = {{F_PRIVATE, 0, 0}, {F_OUTPUT, 0, 0}, {F_PRINT, 0, 0}, {F_PUBLIC, 0, 0}};
static uint32_t private_position, public_position;

struct vector {
  uint32_t base, size;
};

/* The claimed length of the private input is anybody's choice: what is beyond the window does not
 * exist. */
static uint32_t window_length(const volatile uint32_t* window) {
  return *window < WINDOW_MAX ? *window : WINDOW_MAX;
}

static uint32_t read_window(const volatile uint32_t* window, uint32_t* position, void* to,
                            uint32_t size) {
  const uint32_t left = window_length(window) - *position, n = size < left ? size : left;
  copy(to, (const uint8_t*)window + 4 + *position, n);
  *position += n;
  return n;
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
      return (long)read_window(PRIVATE_WINDOW, &private_position, (void*)a1, size);
    case F_PUBLIC:
      return (long)read_window(PUBLIC_WINDOW, &public_position, (void*)a1, size);
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

CALL(seek) { /* lseek, _llseek, pread64, pwrite64: everything is a stream */
  (void)a1, (void)a2, (void)a3;
  return file_of((uint32_t)a0) ? -ESPIPE : -EBADF;
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
    files[fd] = (struct file){(uint8_t)kind, object, (uint16_t)(flags & O_NONBLOCK)};
    object_opened(&files[fd]);
    return (int)fd;
  }
  return -EMFILE;
}

static long duplicate(struct file* f, uint32_t lowest) {
  return new_file(f->kind, f->object, f->flags, lowest);
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
  return a0 == a1 ? -EINVAL : sys_dup2(a0, a1, a2, a3);
}

CALL(close_range) { /* (first, last, flags); CLOSE_RANGE_CLOEXEC does nothing */
  (void)a3;
  if ((uint32_t)a0 > (uint32_t)a1) return -EINVAL;
  for (uint32_t fd = (uint32_t)a0; fd < FILES && fd <= (uint32_t)a1 && !(a2 & 4); fd++)
    if (file_of(fd)) object_closed(fd);
  return 0;
}

CALL(fsync) { /* fdatasync too: pipes have nothing to write back */
  (void)a1, (void)a2, (void)a3;
  return file_of((uint32_t)a0) ? -EINVAL : -EBADF;
}

CALL(fcntl) { /* (descriptor, command, argument) */
  enum { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030 };
  struct file* f = file_of((uint32_t)a0);
  (void)a3;
  if (!f) return -EBADF;
  switch (a1) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return (uint32_t)a2 < FILES ? duplicate(f, (uint32_t)a2) : -EINVAL;
    case F_GETFD:
    case F_SETFD:
      return 0;
    case F_GETFL: {
      const uint32_t mode = f->kind == F_PRIVATE || f->kind == F_PUBLIC || f->kind == F_PIPE_READ
                                ? 0
                            : f->kind >= F_EVENT ? 2
                                                 : 1;
      return (long)(mode | f->flags);
    }
    case F_SETFL:
      f->flags = a2 & O_NONBLOCK;
      return 0;
    default:
      return -EINVAL;
  }
}

CALL(ioctl) { /* nothing is a terminal */
  (void)a1, (void)a2, (void)a3;
  return file_of((uint32_t)a0) ? -ENOTTY : -EBADF;
}

CALL(no_entry) { /* calls that take a path: there are no files */
  (void)a0, (void)a1, (void)a2, (void)a3;
  return -ENOENT;
}

CALL(getcwd) { /* (buffer, size) */
  (void)a2, (void)a3;
  if ((uint32_t)a1 < 2) return -ERANGE;
  ((char*)a0)[0] = '/';
  ((char*)a0)[1] = 0;
  return 2;
}

/* ---- stat: every descriptor is a pipe, whatever is behind it ---- */

#define PIPE_MODE 010600u
#define BLOCK 4096u

CALL(fstat64) { /* (descriptor, struct stat64) */
  (void)a2, (void)a3;
  if (!file_of((uint32_t)a0)) return -EBADF;
  uint32_t* s = (uint32_t*)a1;
  zero(s, 104);
  s[0] = 1;                                 /* device */
  *(uint64_t*)(a1 + 16) = (uint32_t)a0 + 1; /* inode */
  s[6] = PIPE_MODE;
  s[7] = 1; /* links */
  s[22] = BLOCK;
  return 0;
}

CALL(fstatat64) { /* (directory, path, struct stat64, flags) */
  const uint32_t AT_EMPTY_PATH = 0x1000;
  if (!(a3 & AT_EMPTY_PATH) || *(const char*)a1) return -ENOENT;
  return sys_fstat64(a0, a2, 0, 0);
}

CALL(statx) { /* (directory, path, flags, mask, struct statx) */
  const uint32_t AT_EMPTY_PATH = 0x1000;
  uint32_t* s = (uint32_t*)stack_argument(4);
  if (!(a2 & AT_EMPTY_PATH) || (a1 && *(const char*)a1)) return -ENOENT;
  if (!file_of((uint32_t)a0)) return -EBADF;
  (void)a3;
  zero(s, 256);
  s[0] = 0x7ff; /* the basic fields */
  s[1] = BLOCK;
  s[4] = 1;
  *(uint16_t*)(s + 7) = PIPE_MODE;
  *(uint64_t*)(s + 8) = (uint32_t)a0 + 1;
  return 0;
}
