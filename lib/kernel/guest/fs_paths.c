/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that take a path and change folders, or what is known about a file. */
#include "fs.h"

#define PATH(i) ((const char*)(i))

static long add_new(long at, const char* path, struct inode* n) {
  struct place p;
  long error = n ? fs_find(at, path, 0, &p) : -ENOSPC;
  if (!error && p.inode) error = -EEXIST;
  if (!error && p.folder->device) error = -EACCES;
  if (!error) error = fs_add(p.folder, p.name, p.length, n, 0);
  if (error && n) {
    n->users++;
    n->mode = (n->mode & ~(uint32_t)TYPE) | FIFO; /* with nothing to give back */
    fs_release(n);
  }
  return error;
}

CALL(mkdirat) { /* (folder, path, mode) */
  (void)a3;
  return add_new(a0, PATH(a1), fs_new(DIRECTORY | ((uint32_t)a2 & 01777 & ~file_mask)));
}

CALL(mkdir) {
  (void)a2, (void)a3;
  return sys_mkdirat(AT_FDCWD, a0, a1, 0);
}

CALL(mknodat) { /* (folder, path, mode, device): files and pipes; the pipes cannot be opened */
  const uint32_t type = (uint32_t)a2 & TYPE;
  (void)a3;
  if (type != 0 && type != REGULAR && type != FIFO) return -EPERM;
  return add_new(a0, PATH(a1),
                 fs_new((type ? type : REGULAR) | ((uint32_t)a2 & 07777 & ~file_mask)));
}

CALL(mknod) {
  (void)a3;
  return sys_mknodat(AT_FDCWD, a0, a1, a2);
}

CALL(symlinkat) { /* (target, folder, path) */
  uint32_t length = 0;
  (void)a3;
  while (PATH(a0)[length])
    if (++length == PAGE) return -ENAMETOOLONG;
  if (!length) return -ENOENT;
  struct inode* n = fs_new(LINK | 0777);
  char* text = fs_memory(length);
  if (!n || !text) return -ENOSPC;
  copy(text, PATH(a0), length);
  n->base = (const uint8_t*)text;
  n->base_size = n->size = length;
  return add_new(a1, PATH(a2), n);
}

CALL(symlink) {
  (void)a2, (void)a3;
  return sys_symlinkat(a0, AT_FDCWD, a1, 0);
}

CALL(linkat) { /* (folder, path, new folder, new path, flags) */
  struct place from, to;
  long error = fs_existing(a0, PATH(a1), (stack_argument(4) & AT_SYMLINK_FOLLOW) != 0, &from);
  if (!error) error = fs_find(a2, PATH(a3), 0, &to);
  if (error) return error;
  if ((from.inode->mode & TYPE) == DIRECTORY) return -EPERM;
  if (to.inode) return -EEXIST;
  return fs_add(to.folder, to.name, to.length, from.inode, 0);
}

static long link_plain(long from, long to) {
  struct place a, b;
  long error = fs_existing(AT_FDCWD, PATH(from), 0, &a);
  if (!error) error = fs_find(AT_FDCWD, PATH(to), 0, &b);
  if (error) return error;
  if ((a.inode->mode & TYPE) == DIRECTORY) return -EPERM;
  return b.inode ? -EEXIST : fs_add(b.folder, b.name, b.length, a.inode, 0);
}

CALL(link) {
  (void)a2, (void)a3;
  return link_plain(a0, a1);
}

static long remove_at(long at, const char* path, int folder) {
  struct place p;
  const long error = fs_existing(at, path, 0, &p);
  if (error) return error;
  struct inode* n = p.inode;
  const int is_folder = (n->mode & TYPE) == DIRECTORY;
  if (!p.length) return folder ? (n == fs_top ? -EBUSY : -EINVAL) : -EISDIR;
  if (p.fd >= 0 || p.folder->device) return -EPERM;
  if (folder != is_folder) return folder ? -ENOTDIR : -EISDIR;
  if (folder && (n->first || n->device)) return -ENOTEMPTY;
  fs_remove(p.folder, fs_entry(p.folder, p.name, p.length));
  return 0;
}

CALL(unlinkat) { /* (folder, path, flags) */
  (void)a3;
  return remove_at(a0, PATH(a1), ((uint32_t)a2 & AT_REMOVEDIR) != 0);
}

CALL(unlink) {
  (void)a1, (void)a2, (void)a3;
  return remove_at(AT_FDCWD, PATH(a0), 0);
}

CALL(rmdir) {
  (void)a1, (void)a2, (void)a3;
  return remove_at(AT_FDCWD, PATH(a0), 1);
}

static long rename_at(long at, const char* path, long to_at, const char* to_path, uint32_t flags) {
  enum { NOREPLACE = 1 };
  struct place from, to;
  long error = fs_existing(at, path, 0, &from);
  if (!error) error = fs_find(to_at, to_path, 0, &to);
  if (error) return error;
  if (flags & ~(uint32_t)NOREPLACE) return -EINVAL;
  if (!from.length || !to.length || from.fd >= 0) return -EBUSY;
  if (to.folder->device) return -EACCES;
  struct inode* n = from.inode;
  const int is_folder = (n->mode & TYPE) == DIRECTORY;
  for (const struct inode* up = to.folder; is_folder; up = up->parent) {
    if (up == n) return -EINVAL;
    if (up == &fs_root) break;
  }
  if (to.inode) {
    if (flags & NOREPLACE) return -EEXIST;
    if (to.inode == n) return 0;
    const int over_folder = (to.inode->mode & TYPE) == DIRECTORY;
    if (is_folder != over_folder) return is_folder ? -ENOTDIR : -EISDIR;
    if (over_folder && to.inode->first) return -ENOTEMPTY;
  }
  error = fs_add(to.folder, to.name, to.length, n, 0);
  if (error) return error;
  if (to.inode) fs_remove(to.folder, fs_entry(to.folder, to.name, to.length)); /* the older one */
  struct inode* const parent = n->parent;
  fs_remove(from.folder, fs_entry(from.folder, from.name, from.length));
  n->parent = parent;
  return 0;
}

CALL(renameat2) { return rename_at(a0, PATH(a1), a2, PATH(a3), stack_argument(4)); }
CALL(renameat) { return rename_at(a0, PATH(a1), a2, PATH(a3), 0); }
CALL(rename) {
  (void)a2, (void)a3;
  return rename_at(AT_FDCWD, PATH(a0), AT_FDCWD, PATH(a1), 0);
}

/* ---- The current folder ---- */

static long enter(struct inode** which, struct inode* n) {
  if ((n->mode & TYPE) != DIRECTORY) return -ENOTDIR;
  n->users++;
  if ((*which)->users) fs_release(*which);
  *which = n;
  return 0;
}

static long enter_path(struct inode** which, const char* path) {
  struct place p;
  const long error = fs_existing(AT_FDCWD, path, 1, &p);
  return error ? error : enter(which, p.inode);
}

CALL(chdir) {
  (void)a1, (void)a2, (void)a3;
  return enter_path(&fs_current, PATH(a0));
}

CALL(chroot) {
  (void)a1, (void)a2, (void)a3;
  return enter_path(&fs_top, PATH(a0));
}

CALL(fchdir) {
  const struct file* f = file_of((uint32_t)a0);
  (void)a1, (void)a2, (void)a3;
  if (!f) return -EBADF;
  return f->kind == F_FILE ? enter(&fs_current, open_of(f)->inode) : -ENOTDIR;
}

CALL(getcwd) { /* (buffer, size) */
  uint8_t* const out = (uint8_t*)a0;
  uint32_t length = 0, size = (uint32_t)a1;
  (void)a2, (void)a3;
  for (int pass = 0; pass < 2; pass++) { /* its length, then its bytes from the end */
    uint32_t at = length;
    for (const struct inode* n = fs_current; n != fs_top && n != &fs_root; n = n->parent) {
      const struct entry* e = n->parent->first;
      while (e && e->inode != n) e = e->next;
      if (!e) return -ENOENT; /* it was removed */
      if (!pass) {
        length += e->length + 1;
      } else {
        at -= e->length + 1;
        out[at] = '/';
        copy(out + at + 1, e->name, e->length);
      }
    }
    if (!pass && size < (length ? length : 1) + 1) return -ERANGE;
  }
  if (!length) out[length++] = '/';
  out[length] = 0;
  return (long)length + 1;
}

/* ---- What is known about files ---- */

/* The inode of a descriptor (path 0 or, with AT_EMPTY_PATH, "") or of a path; 0 with *n = 0: the
 * descriptor that *from is then is no file. */
static long subject(long* from, const char* path, uint32_t flags, struct inode** n) {
  const long at = *from;
  struct place p;
  *n = 0;
  if (!path || (!*path && flags & AT_EMPTY_PATH)) {
    if (at == AT_FDCWD) {
      *n = fs_current;
      return 0;
    }
    const struct file* f = file_of((uint32_t)at);
    if (!f) return -EBADF;
    if (f->kind == F_FILE) *n = open_of(f)->inode;
    return 0;
  }
  const long error = fs_existing(at, path, !(flags & AT_SYMLINK_NOFOLLOW), &p);
  if (!error && p.fd >= 0 && files[p.fd].kind != F_FILE)
    *from = p.fd;
  else if (!error)
    *n = p.inode;
  return error;
}

static long change_mode(long at, const char* path, uint32_t mode) {
  struct inode* n;
  const long error = subject(&at, path, 0, &n);
  if (n) n->mode = (n->mode & TYPE) | (mode & 07777);
  return error;
}

static long change_owner(long at, const char* path, uint32_t user, uint32_t group, uint32_t flags) {
  struct inode* n;
  const long error = subject(&at, path, flags, &n);
  if (n && user != ~0u) n->user = user;
  if (n && group != ~0u) n->group = group;
  return error;
}

#define OF(name, ...)                       \
  CALL(name) {                              \
    (void)a0, (void)a1, (void)a2, (void)a3; \
    return __VA_ARGS__;                     \
  }
OF(chmod, change_mode(AT_FDCWD, PATH(a0), (uint32_t)a1))
OF(fchmod, change_mode(a0, 0, (uint32_t)a1))
OF(fchmodat, change_mode(a0, PATH(a1), (uint32_t)a2))
OF(chown, change_owner(AT_FDCWD, PATH(a0), (uint32_t)a1, (uint32_t)a2, 0))
OF(lchown, change_owner(AT_FDCWD, PATH(a0), (uint32_t)a1, (uint32_t)a2, AT_SYMLINK_NOFOLLOW))
OF(fchown, change_owner(a0, 0, (uint32_t)a1, (uint32_t)a2, 0))
OF(fchownat, change_owner(a0, PATH(a1), (uint32_t)a2, (uint32_t)a3, stack_argument(4)))

/* Times: of access, of the last change; UTIME_NOW and UTIME_OMIT as nanoseconds. */
static long change_times(long at, const char* path, uint32_t flags, const struct time* two) {
  enum { UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe };
  struct inode* n;
  const long error = subject(&at, path, flags, &n);
  if (error || !n) return error;
  uint32_t* const field[2] = {&n->read_at, &n->changed};
  for (int i = 0; i < 2; i++)
    if (!two || two[i].nsec == UTIME_NOW)
      *field[i] = fs_now();
    else if (two[i].nsec != UTIME_OMIT)
      *field[i] = two[i].sec;
  return 0;
}

static long times_of_seconds(long at, const char* path, const uint32_t* seconds, int step) {
  const struct time two[2] = {{seconds ? seconds[0] : 0, 0}, {seconds ? seconds[step] : 0, 0}};
  return change_times(at, path, 0, seconds ? two : 0);
}

OF(utime, times_of_seconds(AT_FDCWD, PATH(a0), (const uint32_t*)a1, 1))
OF(utimes, times_of_seconds(AT_FDCWD, PATH(a0), (const uint32_t*)a1, 2))
OF(futimesat, times_of_seconds(a0, PATH(a1), (const uint32_t*)a2, 2))
OF(utimensat, change_times(a0, PATH(a1), (uint32_t)a3, (const struct time*)a2))

CALL(utimensat64) {
  struct time two[2];
  const uint32_t* words = (const uint32_t*)a2;
  for (int i = 0; words && i < 2; i++)
    two[i] = (struct time){LOW_OF(words[4 * i], words[4 * i + 1]),
                           LOW_OF(words[4 * i + 2], words[4 * i + 3])};
  return change_times(a0, PATH(a1), (uint32_t)a3, words ? two : 0);
}

static long access_to(long at, const char* path, uint32_t flags) {
  struct inode* n;
  return subject(&at, path, flags, &n);
}
OF(access, access_to(AT_FDCWD, PATH(a0), 0))
OF(faccessat, access_to(a0, PATH(a1), 0))
OF(faccessat2, access_to(a0, PATH(a1), (uint32_t)a3))

static long read_link(long at, const char* path, uint8_t* to, uint32_t size) {
  struct place p;
  const long error = fs_existing(at, path, 0, &p);
  if (error) return error;
  if (p.fd >= 0) {
    if (size > 4) size = 4;
    copy(to, "pipe", size);
    return (long)size;
  }
  if ((p.inode->mode & TYPE) != LINK) return -EINVAL;
  if (!size) return -EINVAL;
  if (size > p.inode->base_size) size = p.inode->base_size;
  copy(to, p.inode->base, size);
  return (long)size;
}
OF(readlink, read_link(AT_FDCWD, PATH(a0), (uint8_t*)a1, (uint32_t)a2))
OF(readlinkat, read_link(a0, PATH(a1), (uint8_t*)a2, (uint32_t)a3))

static long truncate_path(const char* path, uint32_t size) {
  struct inode* n;
  long at = AT_FDCWD;
  const long error = subject(&at, path, 0, &n);
  if (error) return error;
  if (!n) return -EINVAL;
  if ((n->mode & TYPE) == DIRECTORY) return -EISDIR;
  if ((n->mode & TYPE) != REGULAR || size > FILE_MAX) return -EINVAL;
  fs_resize(n, size);
  n->changed = fs_now();
  return 0;
}
OF(truncate, truncate_path(PATH(a0), (uint32_t)a1))
OF(truncate64, truncate_path(PATH(a0), HIGH_OF(a2, a3) ? ~0u : LOW_OF(a2, a3)))

/* ---- stat: what is no file is a pipe, whatever is behind it ---- */

static const struct inode a_pipe = {.mode = FIFO | 0600, .links = 1};

/* The 104 bytes of struct stat64; the inode's address is its number. */
static void fill_stat(uint32_t* s, const struct inode* n, uint32_t number) {
  zero(s, 104);
  s[0] = 1;
  *(uint64_t*)(s + 4) = number;
  s[6] = n->mode;
  s[7] = n->links;
  s[8] = n->user;
  s[9] = n->group;
  s[10] = n->device ? 0x100 + n->device : 0;
  *(uint64_t*)(s + 14) = n->size;
  s[16] = n->read_at;
  s[18] = s[20] = n->changed;
  s[22] = PAGE;
  *(uint64_t*)(s + 24) = (n->size + 511) / 512;
}

static long stat_of(long at, const char* path, uint32_t flags, uint32_t* out) {
  struct inode* n;
  const long error = subject(&at, path, flags, &n);
  if (error) return error;
  fill_stat(out, n ? n : &a_pipe, n ? (uint32_t)n : (uint32_t)at + 1);
  return 0;
}
OF(stat64, stat_of(AT_FDCWD, PATH(a0), 0, (uint32_t*)a1))
OF(lstat64, stat_of(AT_FDCWD, PATH(a0), AT_SYMLINK_NOFOLLOW, (uint32_t*)a1))
OF(fstat64, stat_of(a0, 0, 0, (uint32_t*)a1))
OF(fstatat64, a1 ? stat_of(a0, PATH(a1), (uint32_t)a3, (uint32_t*)a2) : -EFAULT)

/* The older struct, of 144 bytes. */
static long old_stat(long at, const char* path, uint32_t flags, uint32_t* out) {
  uint32_t s[26];
  const long error = stat_of(at, path, flags, s);
  if (error) return error;
  zero(out, 144);
  out[0] = s[0];
  out[4] = LOW_OF(s[4], s[5]);
  for (int i = 0; i < 5; i++) out[5 + i] = s[6 + i]; /* mode to device */
  out[12] = LOW_OF(s[14], s[15]);
  out[14] = s[16], out[16] = s[18], out[18] = s[20], out[20] = PAGE;
  out[21] = LOW_OF(s[24], s[25]);
  return 0;
}
OF(stat, old_stat(AT_FDCWD, PATH(a0), 0, (uint32_t*)a1))
OF(lstat, old_stat(AT_FDCWD, PATH(a0), AT_SYMLINK_NOFOLLOW, (uint32_t*)a1))
OF(fstat, old_stat(a0, 0, 0, (uint32_t*)a1))

CALL(statx) { /* (folder, path, flags, mask, struct statx) */
  uint32_t s[26];
  uint32_t* out = (uint32_t*)stack_argument(4);
  const long error = stat_of(a0, PATH(a1), (uint32_t)a2, s);
  (void)a3;
  if (error) return error;
  zero(out, 256);
  out[0] = 0x7ff; /* the basic fields */
  out[1] = PAGE;
  out[4] = s[7], out[5] = s[8], out[6] = s[9];
  *(uint16_t*)(out + 7) = (uint16_t)s[6];
  copy(out + 8, s + 4, 8);
  copy(out + 10, s + 14, 8);
  copy(out + 12, s + 24, 8);
  for (int i = 0; i < 4; i++) *(uint64_t*)(out + 16 + 4 * i) = s[i ? 18 : 16];
  out[32] = s[10] >> 8, out[33] = s[10] & 255;
  out[35] = 1;
  return 0;
}

/* The memory that files have, in pages: as tmpfs says it. */
static long file_system(long at, const char* path, uint32_t* out, int wide) {
  struct inode* n;
  const long error = subject(&at, path, 0, &n);
  const uint32_t blocks = 0x0c000000 / PAGE, free = fs_free_bytes() / PAGE;
  if (error) return error;
  zero(out, wide ? 92 : 64);
  out[0] = 0x01021994;
  out[1] = out[2] = PAGE;
  const uint32_t values[5] = {blocks, free, 8192, 4096, free};
  for (int i = 0; i < 5; i++)
    if (wide)
      *(uint64_t*)(out + 4 + 2 * i) = values[i];
    else
      out[3 + i] = values[i];
  out[wide ? 16 : 10] = 255; /* bytes of a name */
  return 0;
}
OF(statfs, file_system(AT_FDCWD, PATH(a0), (uint32_t*)a1, 0))
OF(fstatfs, file_system(a0, 0, (uint32_t*)a1, 0))
OF(statfs64, file_system(AT_FDCWD, PATH(a0), (uint32_t*)a2, 1))
OF(fstatfs64, file_system(a0, 0, (uint32_t*)a2, 1))
