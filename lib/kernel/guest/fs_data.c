/* SPDX-License-Identifier: Apache-2.0 */
/* Contents of files: what the host gave, and over it the blocks that the program has written. */
#include "fs.h"

#define HEAP_BYTES 0x0c000000u
#define POINTERS (PAGE / 4)

static uint8_t heap[HEAP_BYTES] __attribute__((aligned(4096)));
static uint32_t heap_used, small_left;
static uint8_t* small_next;
static uint32_t* free_pages; /* linked by their first words */

uint32_t fs_free_bytes(void) { return HEAP_BYTES - heap_used; }

static uint32_t* new_page(void) {
  uint32_t* page = free_pages;
  if (page) {
    free_pages = (uint32_t*)page[0];
    zero(page, PAGE);
    return page;
  }
  if (heap_used == HEAP_BYTES) return 0;
  page = (uint32_t*)(heap + heap_used);
  heap_used += PAGE;
  return page;
}

static void free_page(uint32_t* page) {
  page[0] = (uint32_t)free_pages;
  free_pages = page;
}

void* fs_memory(uint32_t size) {
  size = (size + 7) & ~7u;
  if (size > PAGE) return 0;
  if (size > small_left) {
    small_next = (uint8_t*)new_page();
    if (!small_next) return 0;
    small_left = PAGE;
  }
  void* result = small_next;
  small_next += size;
  small_left -= size;
  return result;
}

/* Where a file keeps the pointer to its block; 0: nowhere yet, or (make) no memory. */
static uint32_t* slot(struct inode* n, uint32_t block, int make) {
  if (!n->blocks && (!make || !(n->blocks = new_page()))) return 0;
  uint32_t* table = &n->blocks[block / POINTERS];
  if (!*table && (!make || !(*table = (uint32_t)new_page()))) return 0;
  return (uint32_t*)*table + block % POINTERS;
}

/* What the file began with, and zeros. */
static void read_base(const struct inode* n, uint32_t position, uint8_t* to, uint32_t size) {
  uint32_t have = position < n->base_size ? n->base_size - position : 0;
  if (have > size) have = size;
  copy(to, n->base + position, have);
  zero(to + have, size - have);
}

uint32_t fs_read(struct inode* n, uint32_t position, uint8_t* to, uint32_t size) {
  if (n->mappings) fs_write_back();
  if (position >= n->size) return 0;
  if (size > n->size - position) size = n->size - position;
  if (!n->blocks) {
    read_base(n, position, to, size);
    return size;
  }
  for (uint32_t done = 0, part; done < size; done += part) {
    const uint32_t at = position + done, inside = at % PAGE;
    const uint32_t* p = slot(n, at / PAGE, 0);
    part = size - done < PAGE - inside ? size - done : PAGE - inside;
    if (p && *p)
      copy(to + done, (const uint8_t*)*p + inside, part);
    else
      read_base(n, at, to + done, part);
  }
  return size;
}

static long write_blocks(struct inode* n, uint32_t position, const uint8_t* from, uint32_t size) {
  for (uint32_t done = 0, part; done < size; done += part) {
    const uint32_t at = position + done, inside = at % PAGE;
    uint32_t* p = slot(n, at / PAGE, 1);
    part = size - done < PAGE - inside ? size - done : PAGE - inside;
    if (p && !*p && (*p = (uint32_t)new_page()) && at - inside < n->base_size)
      read_base(n, at - inside, (uint8_t*)*p, PAGE);
    if (!p || !*p) {
      if (done) return (long)done;
      return -ENOSPC;
    }
    copy((uint8_t*)*p + inside, from + done, part);
    if (at + part > n->size) n->size = at + part;
  }
  return (long)size;
}

void fs_resize(struct inode* n, uint32_t size) {
  if (n->mappings) fs_write_back();
  if (size < n->size) {
    const uint32_t kept = (size + PAGE - 1) / PAGE;
    if (n->base_size > size) n->base_size = size;
    for (uint32_t i = 0; n->blocks && i < POINTERS; i++) {
      uint32_t* table = (uint32_t*)n->blocks[i];
      if (!table || (i + 1) * POINTERS <= kept) continue;
      for (uint32_t k = 0; k < POINTERS; k++) {
        if (!table[k] || i * POINTERS + k < kept) continue;
        free_page((uint32_t*)table[k]);
        table[k] = 0;
      }
      if (i * POINTERS < kept) continue;
      free_page(table);
      n->blocks[i] = 0;
    }
    if (n->blocks && !size) {
      free_page(n->blocks);
      n->blocks = 0;
    }
    const uint32_t* p = size % PAGE ? slot(n, size / PAGE, 0) : 0;
    if (p && *p) zero((uint8_t*)*p + size % PAGE, PAGE - size % PAGE);
  }
  n->size = size;
}

/* ---- Mappings that share their changes with the file: both are brought to the same state when the
 * file is read or written. ---- */

#define SHARED 64
static struct {
  struct inode* inode; /* 0: free */
  uint32_t start, size, offset;
} shared[SHARED];
static uint32_t shared_used;

/* The bytes of a mapping that are of the file. */
static uint32_t within(uint32_t i) {
  const uint32_t file = shared[i].inode->size, offset = shared[i].offset;
  return file <= offset ? 0 : file - offset < shared[i].size ? file - offset : shared[i].size;
}

void fs_write_back(void) {
  for (uint32_t i = 0; i < shared_used; i++)
    if (shared[i].inode)
      write_blocks(shared[i].inode, shared[i].offset, (const uint8_t*)shared[i].start, within(i));
}

long fs_write(struct inode* n, uint32_t position, const uint8_t* from, uint32_t size) {
  if (position > FILE_MAX || size > FILE_MAX - position) return size ? -EFBIG : 0;
  if (n->mappings) fs_write_back();
  const long result = write_blocks(n, position, from, size);
  for (uint32_t i = 0; n->mappings && i < shared_used; i++) {
    if (shared[i].inode != n) continue;
    const uint32_t count = within(i);
    n->mappings = 0; /* what it holds is older */
    fs_read(n, shared[i].offset, (uint8_t*)shared[i].start, count);
    n->mappings = 1;
  }
  return result;
}

long fs_share(struct inode* n, uint32_t start, uint32_t size, uint32_t offset) {
  uint32_t empty = shared_used;
  for (uint32_t i = 0; i < shared_used; i++) {
    if (!shared[i].inode) empty = i;
    if (shared[i].inode == n && offset < shared[i].offset + shared[i].size &&
        shared[i].offset < offset + size)
      return -ENODEV;
  }
  if (empty == SHARED) return -ENOMEM;
  if (!start) return 0; /* only asked */
  if (empty == shared_used) shared_used++;
  shared[empty].inode = n;
  shared[empty].start = start;
  shared[empty].size = size;
  shared[empty].offset = offset;
  n->mappings = 1;
  n->users++;
  return 0;
}

int fs_is_shared(uint32_t start, uint32_t end) {
  for (uint32_t i = 0; i < shared_used; i++)
    if (shared[i].inode && shared[i].start < end && start < shared[i].start + shared[i].size)
      return 1;
  return 0;
}

void fs_unshare(uint32_t start, uint32_t end) {
  if (!shared_used) return;
  fs_write_back();
  for (uint32_t i = 0; i < shared_used; i++) {
    struct inode* n = shared[i].inode;
    const uint32_t from = shared[i].start, to = from + shared[i].size;
    if (!n || to <= start || from >= end) continue;
    if (from < start) {
      shared[i].size = start - from;
    } else if (to > end) {
      shared[i].offset += end - from;
      shared[i].size = to - end;
      shared[i].start = end;
    } else {
      shared[i].inode = 0;
      n->mappings = 0;
      for (uint32_t k = 0; k < shared_used; k++) n->mappings |= shared[k].inode == n;
      fs_release(n);
    }
  }
}
