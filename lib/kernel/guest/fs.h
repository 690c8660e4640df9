/* SPDX-License-Identifier: Apache-2.0 */
/* The file system in memory: what its files share. Names and contents that the host gives lie in
 * the windows of the inputs, where nothing changes; what the program makes lies in the kernel's
 * heap. There is one user, root, and one process, so nothing is refused for want of permission. */
#ifndef MIPZK_KERNEL_FS_H
#define MIPZK_KERNEL_FS_H

#include "kernel.h"

enum {
  TYPE = 0170000,
  FIFO = 0010000,
  CHARACTER = 0020000,
  DIRECTORY = 0040000,
  REGULAR = 0100000,
  LINK = 0120000,
};
enum device { NO_DEVICE, NULL_DEVICE, ZERO_DEVICE, FULL_DEVICE, RANDOM_DEVICE, FD_FOLDER };

struct inode {
  uint32_t mode;  /* type and permissions; 0: free */
  uint32_t links; /* names */
  uint32_t users; /* open files, mappings, current folders */
  uint32_t size;
  const uint8_t* base; /* what a file began with, or where a link leads: base_size bytes */
  uint32_t base_size;
  uint32_t* blocks;           /* table of tables of the blocks that were written, or 0 */
  struct entry *first, *last; /* of a folder */
  struct inode* parent;       /* of a folder */
  uint32_t device, user, group;
  uint32_t changed, read_at; /* seconds of the real-time clock */
  uint32_t mappings;         /* shared and writable */
  uint32_t locks;            /* flock: how many share it, or ~0 */
};

#define SHORT_NAME 28
struct entry {
  struct entry* next;
  struct inode* inode;
  uint32_t order; /* ascending in a folder, where reading it goes on */
  uint32_t length;
  const char* name; /* not terminated */
  char text[SHORT_NAME];
};

/* An open file. Descriptors that dup() makes share it. */
struct open {
  struct inode* inode;
  uint32_t position, flags, users, lock;
};
extern struct open opens[FILES];
#define O_ACCESS 3u
#define O_APPEND 8u
#define O_CREATE 0x100u
#define O_TRUNCATE 0x200u
#define O_EXCLUSIVE 0x400u
#define O_DIRECTORY 0x10000u
#define O_NOFOLLOW 0x20000u
#define O_PATH 0x200000u
#define O_TMPFILE 0x400000u

/* ---- Contents (fs_data.c) ---- */
#define FILE_MAX 0x7fffffffu
void* fs_memory(uint32_t size); /* of the kernel's heap, zero; 0: it is full */
uint32_t fs_read(struct inode* n, uint32_t position, uint8_t* to, uint32_t size);
long fs_write(struct inode* n, uint32_t position, const uint8_t* from, uint32_t size);
void fs_resize(struct inode* n, uint32_t size);
uint32_t fs_free_bytes(void);
/* Shared mappings that are written: -ENODEV if the file's bytes are mapped already. */
long fs_share(struct inode* n, uint32_t start, uint32_t size, uint32_t offset);
void fs_unshare(uint32_t start, uint32_t end); /* writes back, and ends those within */
void fs_write_back(void);
int fs_is_shared(uint32_t start, uint32_t end);

/* ---- Names (fs_tree.c) ---- */
extern struct inode fs_root, *fs_current,
    *fs_top; /* the folder of relative, and of absolute paths */
struct place {
  struct inode *folder, *inode; /* no inode: there is no such name in the folder */
  const char* name;             /* the last part of the path; "" for the folder itself */
  uint32_t length;
  int fd; /* /dev/fd/N: the descriptor; else -1 */
};
#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100u
#define AT_REMOVEDIR 0x200u
#define AT_SYMLINK_FOLLOW 0x400u
#define AT_EMPTY_PATH 0x1000u
/* 0 or an error; a missing last part is none. `follow`: a link at the end is followed. */
long fs_find(long at, const char* path, int follow, struct place* out);
/* The same for what must exist. */
long fs_existing(long at, const char* path, int follow, struct place* out);
struct entry* fs_entry(struct inode* folder, const char* name, uint32_t length);
struct inode* fs_new(uint32_t mode); /* 0: too many */
/* `name` stays where it is if `keep`, else it is copied. */
long fs_add(struct inode* folder, const char* name, uint32_t length, struct inode* n, int keep);
void fs_remove(struct inode* folder, struct entry* e);
void fs_release(struct inode* n); /* ends one use, and the file when nothing names or uses it */
uint32_t fs_now(void);
/* A file of the host, at an absolute path; 0, or -1 if the name cannot be. */
int fs_host_file(const char* name, uint32_t length, const uint8_t* data, uint32_t size,
                 int writable);

/* ---- Open files (fs_open.c) ---- */
long fs_open_inode(struct inode* n, uint32_t flags, uint32_t lowest);

static inline struct open* open_of(const struct file* f) { return &opens[f->object]; }

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_OF(first, second) ((uint32_t)(second))
#define HIGH_OF(first, second) ((uint32_t)(first))
#else
#define LOW_OF(first, second) ((uint32_t)(first))
#define HIGH_OF(first, second) ((uint32_t)(second))
#endif

#endif
