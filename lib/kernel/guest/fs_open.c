/* SPDX-License-Identifier: Apache-2.0 */
/* Open files: reading, writing, seeking, listing, locks. */
#include "fs.h"

struct open opens[FILES];

#define AT ((long)(int)a0)

long fs_open_inode(struct inode* n, uint32_t flags, uint32_t lowest) {
  uint32_t i = 0;
  while (i < FILES && opens[i].users) i++;
  if (i == FILES) return -ENFILE;
  opens[i] = (struct open){n, 0, flags, 0, 0};
  const int fd = new_file(F_FILE, (uint8_t)i, flags, lowest);
  if (fd < 0) return fd;
  n->users++;
  if (n->device == RANDOM_DEVICE) random_noted();
  return fd;
}

uint32_t* file_flags(const struct file* f) { return &open_of(f)->flags; }

void file_opened(struct file* f) { open_of(f)->users++; }

static void unlock(struct open* o) {
  if (!o->lock) return;
  o->inode->locks = o->inode->locks == ~0u ? 0 : o->inode->locks - 1;
  o->lock = 0;
  wake_io();
}

void file_closed(const struct file* f) {
  struct open* o = open_of(f);
  if (--o->users) return;
  unlock(o);
  fs_release(o->inode);
}

static long open_at(long at, const char* path, uint32_t flags, uint32_t mode) {
  struct place p;
  if (flags & O_TMPFILE && flags & O_DIRECTORY) {
    const long error = fs_existing(at, path, 1, &p);
    struct inode* n = error ? 0 : fs_new(REGULAR | (mode & 07777 & ~file_mask));
    return error ? error : n ? fs_open_inode(n, flags, 0) : -ENOSPC;
  }
  const int exclusive = (flags & (O_CREATE | O_EXCLUSIVE)) == (O_CREATE | O_EXCLUSIVE);
  const long error = fs_find(at, path, !exclusive && !(flags & O_NOFOLLOW), &p);
  if (error) return error;
  struct inode* n = p.inode;
  if (!n) {
    if (!(flags & O_CREATE)) return -ENOENT;
    if (p.folder->device) return -EACCES;
    n = fs_new(REGULAR | (mode & 07777 & ~file_mask));
    if (!n) return -ENOSPC;
    const long added = fs_add(p.folder, p.name, p.length, n, 0);
    if (added) return added;
    return fs_open_inode(n, flags & ~(O_CREATE | O_EXCLUSIVE | O_TRUNCATE), 0);
  }
  if (exclusive) return -EEXIST;
  if (p.fd >= 0 && files[p.fd].kind != F_FILE)
    return new_file(files[p.fd].kind, files[p.fd].object, flags, 0);
  const uint32_t type = n->mode & TYPE, writes = flags & O_ACCESS;
  if (type == LINK && !(flags & O_PATH)) return -ELOOP;
  if (type == DIRECTORY ? writes || flags & O_CREATE : flags & O_DIRECTORY)
    return type == DIRECTORY ? -EISDIR : -ENOTDIR;
  if (type == FIFO) return -ENXIO;
  if (flags & O_TRUNCATE && writes && type == REGULAR) {
    fs_resize(n, 0);
    n->changed = fs_now();
  }
  return fs_open_inode(n, flags & ~(O_CREATE | O_EXCLUSIVE | O_TRUNCATE), 0);
}

CALL(open) { /* (path, flags, mode) */
  (void)a3;
  return open_at(AT_FDCWD, (const char*)a0, (uint32_t)a1, (uint32_t)a2);
}

CALL(openat) { /* (folder, path, flags, mode) */
  return open_at(AT, (const char*)a1, (uint32_t)a2, (uint32_t)a3);
}

CALL(creat) { /* (path, mode) */
  (void)a2, (void)a3;
  return open_at(AT_FDCWD, (const char*)a0, 1 | O_CREATE | O_TRUNCATE, (uint32_t)a1);
}

CALL(memfd_create) { /* (name, flags) */
  (void)a0, (void)a2, (void)a3;
  struct inode* n = fs_new(REGULAR | 0777);
  return n ? fs_open_inode(n, 2 | (a1 & 1 ? O_CLOEXEC : 0), 0) : -ENOSPC;
}

/* ---- Bytes ---- */

static long read_at(struct open* o, uint32_t position, uint8_t* to, uint32_t size) {
  struct inode* n = o->inode;
  if ((o->flags & O_ACCESS) == 1 || o->flags & O_PATH) return -EBADF;
  switch (n->device) {
    case NO_DEVICE:
      if ((n->mode & TYPE) == DIRECTORY) return -EISDIR;
      return (long)fs_read(n, position, to, size);
    case NULL_DEVICE:
      return 0;
    case RANDOM_DEVICE:
      random_bytes(to, size);
      return (long)size;
    case FD_FOLDER:
      return -EISDIR;
    default:
      zero(to, size);
      return (long)size;
  }
}

static long write_at(struct open* o, uint32_t position, const uint8_t* from, uint32_t size) {
  struct inode* n = o->inode;
  if (!(o->flags & O_ACCESS) || o->flags & O_PATH) return -EBADF;
  if (n->device) return n->device == FULL_DEVICE ? -ENOSPC : (long)size;
  n->changed = fs_now();
  return fs_write(n, position, from, size);
}

long file_read(struct file* f, uint8_t* to, uint32_t size) {
  struct open* o = open_of(f);
  const long result = read_at(o, o->position, to, size);
  if (result > 0) o->position += (uint32_t)result;
  return result;
}

long file_write(struct file* f, const uint8_t* from, uint32_t size) {
  struct open* o = open_of(f);
  if (o->flags & O_APPEND) o->position = o->inode->size;
  const long result = write_at(o, o->position, from, size);
  if (result > 0) o->position += (uint32_t)result;
  return result;
}

/* The open file of a descriptor that has positions, or an error. */
static long positioned(uint32_t fd, struct open** out) {
  const struct file* f = file_of(fd);
  if (!f) return -EBADF;
  if (f->kind != F_FILE) return -ESPIPE;
  *out = open_of(f);
  return 0;
}

/* A position of two words; -1: none that a file may have. */
static long position_of(uint32_t first, uint32_t second) {
  return HIGH_OF(first, second) || LOW_OF(first, second) > FILE_MAX ? -1
                                                                    : (long)LOW_OF(first, second);
}

CALL(pread64) { /* (descriptor, buffer, size, -, position of two words) */
  struct open* o;
  const long error = positioned((uint32_t)a0, &o);
  const long position = position_of(stack_argument(4), stack_argument(5));
  (void)a3;
  if (error) return error;
  return position < 0 ? -EINVAL : read_at(o, (uint32_t)position, (uint8_t*)a1, (uint32_t)a2);
}

CALL(pwrite64) {
  struct open* o;
  const long error = positioned((uint32_t)a0, &o);
  const long position = position_of(stack_argument(4), stack_argument(5));
  (void)a3;
  if (error) return error;
  return position < 0 ? -EINVAL : write_at(o, (uint32_t)position, (const uint8_t*)a1, (uint32_t)a2);
}

/* preadv, pwritev: (descriptor, vector, count, position as low and high word); at -1 the v2 forms
 * are readv and writev. */
static long vectored_at(long a0, long a1, uint32_t count, uint32_t low, uint32_t high, int write) {
  const uint32_t* v = (const uint32_t*)a1;
  struct open* o;
  const long error = positioned((uint32_t)a0, &o);
  uint32_t done = 0;
  if (error) return error;
  if (high || low > FILE_MAX || count > 1024) return -EINVAL;
  for (uint32_t i = 0; i < count; i++, v += 2) {
    const long n = write ? write_at(o, low + done, (const uint8_t*)v[0], v[1])
                         : read_at(o, low + done, (uint8_t*)v[0], v[1]);
    if (n < 0) return done ? (long)done : n;
    done += (uint32_t)n;
    if ((uint32_t)n < v[1]) break;
  }
  return (long)done;
}

CALL(preadv) { return vectored_at(a0, a1, (uint32_t)a2, (uint32_t)a3, stack_argument(4), 0); }
CALL(pwritev) { return vectored_at(a0, a1, (uint32_t)a2, (uint32_t)a3, stack_argument(4), 1); }
CALL(preadv2) { return a3 == -1 ? sys_readv(a0, a1, a2, 0) : sys_preadv(a0, a1, a2, a3); }
CALL(pwritev2) { return a3 == -1 ? sys_writev(a0, a1, a2, 0) : sys_pwritev(a0, a1, a2, a3); }

static long seek(uint32_t fd, int64_t offset, uint32_t whence) {
  struct open* o;
  const long error = positioned(fd, &o);
  if (error) return error;
  const struct inode* n = o->inode;
  if (whence > 4) return -EINVAL;
  if (whence >= 3) { /* SEEK_DATA, SEEK_HOLE: all is data */
    if (offset < 0 || offset >= n->size) return -ENXIO;
    if (whence == 4) offset = n->size;
  } else if (whence) {
    offset += whence == 1 ? o->position : n->size;
  }
  if (offset < 0 || offset > FILE_MAX) return -EINVAL;
  if (n->device && n->device != FD_FOLDER) offset = 0;
  o->position = (uint32_t)offset;
  return (long)offset;
}

CALL(lseek) { /* (descriptor, offset, whence) */
  (void)a3;
  return seek((uint32_t)a0, a1, (uint32_t)a2);
}

CALL(llseek) { /* (descriptor, high, low, result, whence) */
  const int64_t offset = (int64_t)((uint64_t)(uint32_t)a1 << 32 | (uint32_t)a2);
  const long result = seek((uint32_t)a0, offset, stack_argument(4));
  if (result >= 0) *(uint64_t*)a3 = (uint32_t)result;
  return result < 0 ? result : 0;
}

/* Copies up to `size` bytes from one descriptor to another through the kernel. */
static long transfer(long from, long to, uint32_t size) {
  uint8_t bytes[1024];
  uint32_t done = 0;
  while (done < size) {
    const uint32_t most = size - done < sizeof bytes ? size - done : sizeof bytes;
    const struct file* f = file_of((uint32_t)from);
    if (done && f && f->kind != F_FILE && !(readiness(f) & IN)) break;
    const long n = sys_read(from, (long)bytes, (long)most, 0);
    if (n == NO_RESULT || n < 0) return done ? (long)done : n;
    if (n == 0) break;
    const long written = sys_write(to, (long)bytes, n, 0);
    if (written == NO_RESULT || written < 0) return done ? (long)done : written;
    done += (uint32_t)written;
    if (written < n) break;
  }
  return (long)done;
}

/* (to, from, position or 0, size); the position has one word or two */
static long send(long to, long from, uint32_t* position, uint32_t size, int words) {
  struct open* o;
  uint32_t before = 0;
  if (!file_of((uint32_t)to)) return -EBADF;
  if (position) {
    const long error = positioned((uint32_t)from, &o);
    const uint32_t start = words == 1 ? position[0] : LOW_OF(position[0], position[1]);
    if (error) return error;
    before = o->position;
    o->position = start;
  }
  const long result = transfer(from, to, size);
  if (position) {
    if (words == 1)
      position[0] = o->position;
    else
      *(uint64_t*)position = o->position;
    o->position = before;
  }
  return result;
}

CALL(sendfile) { return send(a0, a1, (uint32_t*)a2, (uint32_t)a3, 1); }
CALL(sendfile64) { return send(a0, a1, (uint32_t*)a2, (uint32_t)a3, 2); }

CALL(splice) { /* (from, position, to, position, size, flags): one end is a pipe */
  const uint32_t size = stack_argument(4);
  const struct file *in = file_of((uint32_t)a0), *out = file_of((uint32_t)a2);
  if (!in || !out) return -EBADF;
  if (in->kind != F_PIPE_READ && in->kind != F_PRIVATE && out->kind != F_PIPE_WRITE &&
      out->kind != F_OUTPUT)
    return -EINVAL;
  if (a3) return -ESPIPE;
  return send(a2, a0, (uint32_t*)a1, size, 2);
}

CALL(copy_file_range) { /* (from, position, to, position, size, flags) */
  struct open *in, *out;
  const long error = positioned((uint32_t)a0, &in) | positioned((uint32_t)a2, &out);
  if (error) return -EBADF;
  const uint32_t before = out->position;
  if (a3) out->position = LOW_OF(((uint32_t*)a3)[0], ((uint32_t*)a3)[1]);
  const long result = send(a2, a0, (uint32_t*)a1, stack_argument(4), 2);
  if (a3) {
    *(uint64_t*)a3 = out->position;
    out->position = before;
  }
  return result;
}

static long resize(struct open* o, long size, int only_grow) {
  struct inode* n = o->inode;
  if (!(o->flags & O_ACCESS) || (n->mode & TYPE) != REGULAR || size < 0) return -EINVAL;
  if (only_grow && (uint32_t)size <= n->size) return 0;
  fs_resize(n, (uint32_t)size);
  n->changed = fs_now();
  return 0;
}

CALL(ftruncate) { /* (descriptor, size) */
  struct open* o;
  (void)a2, (void)a3;
  return positioned((uint32_t)a0, &o) ? file_of((uint32_t)a0) ? -EINVAL : -EBADF : resize(o, a1, 0);
}

CALL(ftruncate64) { /* (descriptor, -, size of two words) */
  const long size = position_of((uint32_t)a2, (uint32_t)a3);
  (void)a1;
  return size < 0 ? -EINVAL : sys_ftruncate(a0, size, 0, 0);
}

CALL(fallocate) { /* (descriptor, mode, offset, size): what is written later */
  struct open* o;
  const long error = positioned((uint32_t)a0, &o);
  const long offset = position_of((uint32_t)a2, (uint32_t)a3);
  const long size = position_of(stack_argument(4), stack_argument(5));
  if (error) return error;
  if (offset < 0 || size <= 0 || (uint32_t)size > FILE_MAX - (uint32_t)offset) return -EINVAL;
  if (a1 & ~1) return -EOPNOTSUPP;
  return a1 ? 0 : resize(o, offset + size, 1);
}

/* ---- Folders ---- */

CALL(getdents64) { /* (descriptor, buffer, size) */
  const struct file* f = file_of((uint32_t)a0);
  uint8_t* out = (uint8_t*)a1;
  uint32_t done = 0;
  (void)a3;
  if (!f) return -EBADF;
  struct open* o = f->kind == F_FILE ? open_of(f) : 0;
  if (!o || (o->inode->mode & TYPE) != DIRECTORY) return -ENOTDIR;
  const struct entry* e = o->inode->first;
  for (;;) { /* positions: 0 and 1 for "." and "..", then the orders of entries */
    const char* name = "..";
    uint32_t length = 2 - (o->position == 0), order = o->position;
    const struct inode* n = o->position ? o->inode->parent : o->inode;
    char digits[2];
    if (o->position >= 2 && o->inode->device == FD_FOLDER) {
      uint32_t fd = order - 2;
      while (fd < FILES && !file_of(fd)) fd++;
      if (fd == FILES) return (long)done;
      digits[0] = (char)('0' + fd / 10 % 10), digits[1] = (char)('0' + fd % 10);
      if (fd > 99) return (long)done;
      name = fd < 10 ? digits + 1 : digits;
      length = fd < 10 ? 1 : 2;
      order = fd + 2;
    } else if (o->position >= 2) {
      while (e && e->order < o->position) e = e->next;
      if (!e) return (long)done;
      name = e->name, length = e->length, n = e->inode, order = e->order;
    }
    const uint32_t bytes = (19 + length + 1 + 7) & ~7u;
    if (bytes > (uint32_t)a2 - done) return done ? (long)done : -EINVAL;
    *(uint64_t*)out = (uint32_t)n;
    *(uint64_t*)(out + 8) = order + 1;
    *(uint16_t*)(out + 16) = (uint16_t)bytes;
    out[18] = (uint8_t)((n->mode & TYPE) >> 12);
    copy(out + 19, name, length);
    zero(out + 19 + length, bytes - 19 - length);
    out += bytes;
    done += bytes;
    o->position = order + 1;
  }
}

/* ---- Locks of whole files: among the open files of the program. Those of a process by fcntl never
 * stand in its own way. ---- */

CALL(flock) { /* (descriptor, operation) */
  enum { LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8 };
  const struct file* f = file_of((uint32_t)a0);
  (void)a2, (void)a3;
  if (!f) return -EBADF;
  if (f->kind != F_FILE) return 0;
  struct open* o = open_of(f);
  const uint32_t how = (uint32_t)a1 & ~LOCK_NB;
  if (how != LOCK_SH && how != LOCK_EX && how != LOCK_UN) return -EINVAL;
  unlock(o);
  if (how == LOCK_UN) return 0;
  uint32_t* locks = &o->inode->locks;
  if (how == LOCK_EX ? *locks != 0 : *locks == ~0u) return a1 & LOCK_NB ? -EAGAIN : block_retry(0);
  *locks = how == LOCK_EX ? ~0u : *locks + 1;
  o->lock = 1;
  return 0;
}

/* fcntl's F_GETLK and so on: nobody else holds a lock. */
long record_lock(uint32_t command, uint16_t* lock) {
  enum { F_GETLK = 14, F_GETLK64 = 33, F_OFD_GETLK = 36, F_UNLCK = 2 };
  if (lock[0] > F_UNLCK) return -EINVAL;
  if (command == F_GETLK || command == F_GETLK64 || command == F_OFD_GETLK) lock[0] = F_UNLCK;
  return 0;
}
