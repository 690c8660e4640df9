/* SPDX-License-Identifier: Apache-2.0 */
/* Names: folders, paths, links, and the files that are always there. */
#include "fs.h"

#define INODES 8192 /* those never used cost nothing */
#define MOST_LINKS 8
#define NAME_MAX 255
#define PATH_MAX 4096

/* ---- What is always there: made by the compiler, so that it costs nothing at the start ---- */

extern struct entry fs_static[];
#define FOLDER(up, from, to)                                                         \
  {                                                                                  \
    .mode = DIRECTORY | 0755, .links = 2, .parent = (up), .first = &fs_static[from], \
    .last = &fs_static[to]                                                           \
  }
#define EMPTY_FOLDER(up, permissions) \
  { .mode = DIRECTORY | (permissions), .links = 2, .parent = (up) }
#define DEVICE(number) \
  { .mode = CHARACTER | 0666, .links = 1, .device = (number) }
#define TEXT(kind, text)                                                                  \
  {                                                                                       \
    .mode = (kind), .links = 1, .size = sizeof(text) - 1, .base = (const uint8_t*)(text), \
    .base_size = sizeof(text) - 1                                                         \
  }

static struct inode proc, self, dev, sys, devices, system, cpu;
struct inode fs_root = FOLDER(&fs_root, 0, 3);
static struct inode dev = FOLDER(&fs_root, 4, 13);
static struct inode proc = FOLDER(&fs_root, 14, 17);
static struct inode self = FOLDER(&proc, 18, 20);
static struct inode sys = FOLDER(&fs_root, 21, 21);
static struct inode devices = FOLDER(&sys, 22, 22);
static struct inode system = FOLDER(&devices, 23, 23);
static struct inode cpu = FOLDER(&system, 24, 25);
static struct inode tmp = EMPTY_FOLDER(&fs_root, 01777), shm = EMPTY_FOLDER(&dev, 01777);
static struct inode fd_folder = {
    .mode = DIRECTORY | 0555, .links = 2, .parent = &self, .device = FD_FOLDER};
static struct inode null_file = DEVICE(NULL_DEVICE), zero_file = DEVICE(ZERO_DEVICE),
                    full_file = DEVICE(FULL_DEVICE), random_file = DEVICE(RANDOM_DEVICE),
                    urandom_file = DEVICE(RANDOM_DEVICE);
static struct inode in_link = TEXT(LINK | 0777, "/proc/self/fd/0"),
                    out_link = TEXT(LINK | 0777, "/proc/self/fd/1"),
                    error_link = TEXT(LINK | 0777, "/proc/self/fd/2"),
                    fd_link = TEXT(LINK | 0777, "/proc/self/fd"),
                    one_link = TEXT(LINK | 0777, "self"), exe = TEXT(LINK | 0777, "/guest");
static struct inode maps =
    TEXT(REGULAR | 0444, "7f7f0000-7fff0000 rw-p 00000000 00:00 0          [stack]\n");
static struct inode cpuinfo =
    TEXT(REGULAR | 0444, "system type\t\t: mipzk\nprocessor\t\t: 0\ncpu model\t\t: MIPS 24Kf\n");
static struct inode meminfo =
    TEXT(REGULAR | 0444, "MemTotal:        1572864 kB\nMemFree:          786432 kB\n");
static struct inode online = TEXT(REGULAR | 0444, "0\n"), possible = TEXT(REGULAR | 0444, "0\n");

#define NAME(i, text_, n, more)                  \
  [i] = {.next = (more) ? &fs_static[i + 1] : 0, \
         .inode = &(n),                          \
         .order = 3 + (i),                       \
         .length = sizeof(text_) - 1,            \
         .name = text_}
struct entry fs_static[] = {
    NAME(0, "dev", dev, 1),
    NAME(1, "proc", proc, 1),
    NAME(2, "sys", sys, 1),
    NAME(3, "tmp", tmp, 0),
    NAME(4, "null", null_file, 1),
    NAME(5, "zero", zero_file, 1),
    NAME(6, "full", full_file, 1),
    NAME(7, "random", random_file, 1),
    NAME(8, "urandom", urandom_file, 1),
    NAME(9, "stdin", in_link, 1),
    NAME(10, "stdout", out_link, 1),
    NAME(11, "stderr", error_link, 1),
    NAME(12, "fd", fd_link, 1),
    NAME(13, "shm", shm, 0),
    NAME(14, "self", self, 1),
    NAME(15, "1", one_link, 1),
    NAME(16, "cpuinfo", cpuinfo, 1),
    NAME(17, "meminfo", meminfo, 0),
    NAME(18, "exe", exe, 1),
    NAME(19, "maps", maps, 1),
    NAME(20, "fd", fd_folder, 0),
    NAME(21, "devices", devices, 0),
    NAME(22, "system", system, 0),
    NAME(23, "cpu", cpu, 0),
    NAME(24, "online", online, 1),
    NAME(25, "possible", possible, 0),
};

struct inode *fs_current = &fs_root, *fs_top = &fs_root;

/* ---- Inodes and entries ---- */

static struct inode inodes[INODES];
static uint32_t inodes_used;
static struct inode* free_inodes; /* linked by parent */
static struct entry* free_entries;
static uint32_t next_order = 100;

uint32_t fs_now(void) { return now.sec + realtime_offset; }

struct inode* fs_new(uint32_t mode) {
  struct inode* n = free_inodes;
  if (n) {
    free_inodes = n->parent;
    zero(n, sizeof *n);
  } else if (inodes_used < INODES) {
    n = &inodes[inodes_used++];
  } else {
    return 0;
  }
  n->mode = mode;
  n->changed = n->read_at = fs_now();
  return n;
}

void fs_release(struct inode* n) {
  if (--n->users || n->links) return;
  if ((n->mode & TYPE) == REGULAR) fs_resize(n, 0);
  n->mode = 0;
  n->parent = free_inodes;
  free_inodes = n;
}

static int same(const char* a, const char* b, uint32_t length) {
  while (length && *a == *b) a++, b++, length--;
  return length == 0;
}

struct entry* fs_entry(struct inode* folder, const char* name, uint32_t length) {
  for (struct entry* e = folder->first; e; e = e->next)
    if (e->length == length && same(e->name, name, length)) return e;
  return 0;
}

long fs_add(struct inode* folder, const char* name, uint32_t length, struct inode* n, int keep) {
  struct entry* e = free_entries;
  if (length > NAME_MAX) return -ENAMETOOLONG;
  if (e)
    free_entries = e->next;
  else if (!(e = fs_memory(sizeof *e)))
    return -ENOSPC;
  e->next = 0;
  e->inode = n;
  e->order = next_order++;
  e->length = length;
  e->name = name;
  if (!keep) {
    char* place = length <= SHORT_NAME ? e->text : fs_memory(length);
    if (!place) return -ENOSPC;
    copy(place, name, length);
    e->name = place;
  }
  if (folder->first)
    folder->last->next = e;
  else
    folder->first = e;
  folder->last = e;
  n->links++;
  if ((n->mode & TYPE) == DIRECTORY) n->links++, n->parent = folder, folder->links++;
  folder->changed = n->changed = fs_now();
  return 0;
}

void fs_remove(struct inode* folder, struct entry* e) {
  struct entry *before = 0, *at = folder->first;
  struct inode* n = e->inode;
  while (at != e) before = at, at = at->next;
  if (before)
    before->next = e->next;
  else
    folder->first = e->next;
  if (folder->last == e) folder->last = before;
  if (e < fs_static || e >= fs_static + sizeof fs_static / sizeof *fs_static) {
    e->next = free_entries;
    free_entries = e;
  }
  folder->changed = n->changed = fs_now();
  n->links--;
  if ((n->mode & TYPE) == DIRECTORY) n->links--, folder->links--;
  n->users++;
  fs_release(n);
}

/* ---- Paths ---- */

static long walk(struct inode* at, const char* path, uint32_t length, int follow, int depth,
                 struct place* out) {
  if (length && *path == '/') at = fs_top;
  *out = (struct place){at, at, "", 0, -1};
  for (;;) {
    while (length && *path == '/') path++, length--;
    if (!length) return 0;
    if (!out->inode) return -ENOENT;
    if (out->fd >= 0 || (out->inode->mode & TYPE) != DIRECTORY) return -ENOTDIR;
    at = out->inode;
    uint32_t n = 0;
    while (n < length && path[n] != '/') n++;
    if (n > NAME_MAX) return -ENAMETOOLONG;
    *out = (struct place){at, 0, path, n, -1};
    if (n == 1 && *path == '.') {
      *out = (struct place){at, at, "", 0, -1};
    } else if (n == 2 && path[0] == '.' && path[1] == '.') {
      at = at == fs_top ? at : at->parent;
      *out = (struct place){at, at, "", 0, -1};
    } else if (at->device == FD_FOLDER) {
      uint32_t fd = 0;
      for (uint32_t i = 0; i < n; i++) {
        if (path[i] < '0' || path[i] > '9' || fd > FILES) return -ENOENT;
        fd = fd * 10 + (uint32_t)(path[i] - '0');
      }
      const struct file* f = file_of(fd);
      if (!f) return -ENOENT;
      out->fd = (int)fd;
      out->inode = f->kind == F_FILE ? open_of(f)->inode : &null_file;
    } else {
      const struct entry* e = fs_entry(at, path, n);
      if (e) out->inode = e->inode;
    }
    path += n;
    length -= n;
    struct inode* link = out->inode;
    if (link && out->fd < 0 && (link->mode & TYPE) == LINK && (length || follow)) {
      if (depth == MOST_LINKS) return -ELOOP;
      const long error = walk(at, (const char*)link->base, link->base_size, 1, depth + 1, out);
      if (error) return error;
    }
    if (length && !out->inode) return -ENOENT;
  }
}

long fs_find(long at, const char* path, int follow, struct place* out) {
  struct inode* from = fs_current;
  uint32_t length = 0;
  if ((uint32_t)path < 0x10000) return -EFAULT;
  while (path[length])
    if (++length == PATH_MAX) return -ENAMETOOLONG;
  if (!length) return -ENOENT;
  if (at != AT_FDCWD && *path != '/') {
    const struct file* f = file_of((uint32_t)at);
    if (!f) return -EBADF;
    if (f->kind != F_FILE) return -ENOTDIR;
    from = open_of(f)->inode;
  }
  const long error = walk(from, path, length, follow, 0, out);
  if (error) return error;
  /* A name with a slash behind it is a folder. */
  if (path[length - 1] == '/' && out->inode && (out->inode->mode & TYPE) != DIRECTORY)
    return -ENOTDIR;
  return 0;
}

long fs_existing(long at, const char* path, int follow, struct place* out) {
  const long error = fs_find(at, path, follow, out);
  return error ? error : out->inode ? 0 : -ENOENT;
}

int fs_host_file(const char* name, uint32_t length, const uint8_t* data, uint32_t size,
                 int writable) {
  struct inode* folder = &fs_root;
  if (length < 2 || length >= PATH_MAX || *name != '/') return -1;
  for (uint32_t i = 0; i < length; i++)
    if (!name[i]) return -1;
  while (length) {
    uint32_t n = 0;
    name++, length--;
    while (n < length && name[n] != '/') n++;
    if (n == 0 || (n == 1 && *name == '.') || (n == 2 && name[0] == '.' && name[1] == '.'))
      return -1;
    const struct entry* e = fs_entry(folder, name, n);
    const int last = n == length;
    /* Neither over a file, nor among those that the kernel makes. */
    if (e && (last || (e->inode->mode & TYPE) != DIRECTORY || e->inode == &dev ||
              e->inode == &proc || e->inode == &sys))
      return -1;
    struct inode* next =
        e ? e->inode : fs_new(last ? REGULAR | (writable ? 0644 : 0444) : DIRECTORY | 0755);
    if (!next || (!e && fs_add(folder, name, n, next, 1))) return -1;
    folder = next;
    name += n;
    length -= n;
  }
  folder->base = data;
  folder->base_size = folder->size = size;
  return 0;
}
