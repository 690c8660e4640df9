/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: all of RAM is always there, starts as zero, and nothing is protected. So this is
 * bookkeeping: where mappings lie, and which pages may hold something when they are handed out
 * again. A page that was never accessible is never touched, because every word that a run touches
 * costs proving time. */
#include "fs.h"

/* Flags of an area. Pages in no area are free and have never been touched. */
enum {
  MAPPED = 1,
  DIRTY = 2, /* was accessible at some time: may hold anything */
  VALID = 4, /* what it holds belongs to the mapping; else it is zeroed before it is accessible */
  STACK = 8, /* mapped with MAP_STACK */
};

struct area {
  uint32_t start, end, flags;
};
/* Ascending, disjoint, flags not 0; neighbours with equal flags are one area. */
#define AREAS 16384
static struct area areas[AREAS];
static uint32_t area_count;

static uint32_t brk_start, brk_now, brk_high; /* brk_high: the highest it ever was */

enum { PROT_NONE = 0, PROT_WRITE = 2 };
enum {
  MAP_SHARED = 1,
  MAP_FIXED = 0x10,
  MAP_ANONYMOUS = 0x800,
  MAP_STACK = 0x40000,
  MAP_FIXED_NOREPLACE = 0x100000
};
enum { MADV_DONTNEED = 4, MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2 };

static uint32_t page_up(uint32_t x) { return (x + PAGE - 1) & -PAGE; }

void memory_start(void) { brk_start = brk_now = brk_high = BOOT->ram_start; }

/* The first area that ends after `address`. */
static uint32_t find_area(uint32_t address) {
  uint32_t low = 0, high = area_count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (areas[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void insert_area(uint32_t i, uint32_t start, uint32_t end, uint32_t flags) {
  if (area_count == AREAS) die(SIGKILL, "too many memory mappings");
  for (uint32_t k = area_count++; k > i; k--) areas[k] = areas[k - 1];
  areas[i] = (struct area){start, end, flags};
}

/* Makes `address` a border between areas; returns the first area at or after it. */
static uint32_t split(uint32_t address) {
  const uint32_t i = find_area(address);
  if (i == area_count || areas[i].start >= address) return i;
  insert_area(i + 1, address, areas[i].end, areas[i].flags);
  areas[i].end = address;
  return i + 1;
}

/* Drops areas without flags and joins equal neighbours, from index `from` to the one that starts at
 * or after `end`. */
static void tidy(uint32_t from, uint32_t end) {
  uint32_t out = from, in = from;
  for (; in < area_count; in++) {
    const struct area a = areas[in];
    if (a.flags == 0) continue;
    if (out > 0 && areas[out - 1].end == a.start && areas[out - 1].flags == a.flags) {
      areas[out - 1].end = a.end;
    } else {
      if (out == in && a.start > end) return; /* nothing moves from here on */
      areas[out++] = a;
    }
  }
  area_count = out;
}

/* In [start, end): flags = flags & keep | add, in mapped areas, or (everywhere) also in all other
 * pages. */
static void change(uint32_t start, uint32_t end, uint32_t keep, uint32_t add, int everywhere) {
  const uint32_t first = split(start);
  uint32_t position = start;
  split(end);
  for (uint32_t i = first; position < end; i++) {
    if (i == area_count || areas[i].start > position) {
      const uint32_t next = i == area_count || areas[i].start > end ? end : areas[i].start;
      if (everywhere) {
        insert_area(i, position, next, add);
      } else {
        i--; /* the gap stays one */
      }
      position = next;
      continue;
    }
    if (everywhere || (areas[i].flags & MAPPED)) areas[i].flags = (areas[i].flags & keep) | add;
    position = areas[i].end;
  }
  tidy(first, end);
}

/* Zeroes the pages of [start, end) whose flags & mask = want. */
static void zero_pages(uint32_t start, uint32_t end, uint32_t mask, uint32_t want) {
  for (uint32_t i = find_area(start); i < area_count && areas[i].start < end; i++) {
    if ((areas[i].flags & mask) != want) continue;
    const uint32_t from = areas[i].start > start ? areas[i].start : start;
    const uint32_t to = areas[i].end < end ? areas[i].end : end;
    zero((void*)from, to - from);
  }
}

static void map(uint32_t start, uint32_t end, int accessible, uint32_t stack) {
  if (accessible) {
    zero_pages(start, end, DIRTY, DIRTY);
    change(start, end, 0, MAPPED | DIRTY | VALID | stack, 1);
  } else {
    change(start, end, DIRTY, MAPPED | stack, 1);
  }
}

/* The highest run of `size` bytes with no area (untouched) or no mapped area in it; 0: none. */
static uint32_t find_free(uint32_t size, uint32_t obstacles) {
  const uint32_t floor = page_up(brk_high);
  uint32_t top = MMAP_TOP;
  for (uint32_t i = area_count; i-- > 0;) {
    if (!(areas[i].flags & obstacles)) continue;
    if (areas[i].end < top && top - areas[i].end >= size && top - size >= floor) return top - size;
    if (areas[i].start < top) top = areas[i].start;
  }
  return top >= floor && top - floor >= size ? top - size : 0;
}

static uint32_t find_place(uint32_t size) {
  const uint32_t place = find_free(size, ~0u);
  return place ? place : find_free(size, MAPPED);
}

static int untouched(uint32_t start, uint32_t end) {
  const uint32_t i = find_area(start);
  return i == area_count || areas[i].start >= end;
}

/* Threads' stacks: glibc maps them without access, and then makes all but the lowest pages
 * accessible. The lowest page of such a mapping lies in the guard of a place of its own, never used
 * before, if there is one. */
static uint32_t find_stack(uint32_t size) {
  const uint32_t end = BOOT->stack - STACK_GUARD - THREAD_PLACE;
  for (uint32_t place = MMAP_TOP; place <= end && size <= THREAD_PLACE - THREAD_GUARD + PAGE;
       place += THREAD_PLACE)
    if (untouched(place, place + THREAD_PLACE)) return place + THREAD_GUARD - PAGE;
  return find_place(size);
}

/* True if [start, start + size), which ends above MMAP_TOP, lies in the RAM of one stack. */
static int in_stack(uint32_t start, uint32_t size) {
  if (start >= BOOT->stack) return size <= STACK_TOP - start;
  if (start < MMAP_TOP) return 0;
  const uint32_t offset = (start - MMAP_TOP) % THREAD_PLACE;
  return offset >= THREAD_GUARD && size <= THREAD_PLACE - offset &&
         BOOT->stack - (start - offset) >= THREAD_PLACE + STACK_GUARD;
}

struct program_header {
  uint32_t type, offset, address, physical, file_size, memory_size, flags, align;
};
enum { PT_LOAD = 1, PF_X = 1, PF_W = 2 };

static const struct program_header* segment_of(uint32_t address) {
  const struct program_header* h = (const struct program_header*)BOOT->headers;
  for (uint32_t i = 0; i < BOOT->header_count; i++, h++) {
    const uint32_t start = h->address & ~3u;
    if (h->type == PT_LOAD && h->memory_size && address >= start &&
        address - start < ((h->address + h->memory_size + 3) & ~3u) - start)
      return h;
  }
  return 0;
}

/* The end of the piece of memory that holds `address`; 0: none does. */
static uint32_t piece_end(uint32_t address, int store) {
  if (address >= BOOT->stack) return address < STACK_TOP ? STACK_TOP : 0;
  if (address >= MMAP_TOP) {
    const uint32_t place = (address - MMAP_TOP) / THREAD_PLACE;
    return in_stack(address, 1) ? MMAP_TOP + (place + 1) * THREAD_PLACE : 0;
  }
  if (address >= BOOT->ram_start) return MMAP_TOP;
  const struct program_header* h = segment_of(address);
  return h && (!store || h->flags & PF_W) ? (h->address + h->memory_size + 3) & ~3u : 0;
}

int is_accessible(uint32_t start, uint32_t size, int store) {
  for (uint32_t end; size; start = end) {
    end = piece_end(start, store);
    if (!end) return 0;
    if (end - start >= size) return 1;
    size -= end - start;
  }
  return 1;
}

int is_code(uint32_t address) {
  const struct program_header* h = segment_of(address);
  return h && h->flags & PF_X && address >= h->address && h->file_size >= 4 &&
         address - h->address <= h->file_size - 4;
}

int in_mapping(uint32_t address) {
  const uint32_t i = find_area(address);
  return i < area_count && areas[i].start <= address && (areas[i].flags & MAPPED);
}

/* [start, start + size) lies in the RAM that mappings may use. */
static int mappable(uint32_t start, uint32_t size) {
  return start >= page_up(brk_high) && start < MMAP_TOP && size <= MMAP_TOP - start;
}

/* The file of a mapping; 0 with *error = 0: zeros. */
static struct inode* file_to_map(uint32_t fd, uint32_t flags, uint32_t protection, long* error) {
  const struct file* f = file_of(fd);
  *error = !f ? -EBADF : f->kind != F_FILE ? -ENODEV : 0;
  if (*error) return 0;
  const struct open* o = open_of(f);
  if (o->inode->device == ZERO_DEVICE) return 0;
  if ((o->inode->mode & TYPE) != REGULAR || o->flags & O_PATH) *error = -ENODEV;
  if ((o->flags & O_ACCESS) == 1) *error = -EACCES;
  if (flags & MAP_SHARED && protection & PROT_WRITE && !(o->flags & O_ACCESS)) *error = -EACCES;
  return o->inode;
}

/* A mapping of a file is a copy of its bytes; one that is shared and can be written goes back. */
static long map_call(uint32_t hint, uint32_t length, uint32_t protection, uint32_t flags,
                     uint32_t offset) {
  const uint32_t size = page_up(length);
  uint32_t start = 0;
  struct inode* file = 0;
  long error = 0;
  if (length == 0 || (flags & 3) == 0 || (offset % PAGE && !(flags & MAP_ANONYMOUS)))
    return -EINVAL;
  if (!(flags & MAP_ANONYMOUS)) {
    file = file_to_map(stack_argument(4), flags, protection, &error);
    if (error) return error;
    if (offset > FILE_MAX || size > FILE_MAX - offset) return -EOVERFLOW;
  }
  const int shares = file && flags & MAP_SHARED && protection & PROT_WRITE;
  if (shares && (error = fs_share(file, 0, size, offset))) return error;
  if (size < length || size > MMAP_TOP) return -ENOMEM;
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
    if (hint % PAGE) return -EINVAL;
    if (!mappable(hint, size)) return -ENOMEM;
    if ((flags & MAP_FIXED_NOREPLACE) && !untouched(hint, hint + size)) return -EEXIST;
    start = hint;
  } else {
    hint = page_up(hint);
    if (hint && mappable(hint, size) && untouched(hint, hint + size))
      start = hint;
    else if (protection == PROT_NONE && flags & MAP_STACK)
      start = find_stack(size);
    else
      start = find_place(size);
    if (!start) return -ENOMEM;
  }
  fs_unshare(start, start + size);
  map(start, start + size, protection != PROT_NONE || file, flags & MAP_STACK ? STACK : 0);
  if (file) fs_read(file, offset, (uint8_t*)start, size);
  if (shares) fs_share(file, start, size, offset);
  return (long)start;
}

CALL(mmap) { /* (hint, length, protection, flags, descriptor, offset) */
  return map_call((uint32_t)a0, (uint32_t)a1, (uint32_t)a2, (uint32_t)a3, stack_argument(5));
}

CALL(mmap2) { /* the offset in pages */
  const uint32_t page = stack_argument(5);
  const uint32_t offset = a3 & MAP_ANONYMOUS || page > FILE_MAX / PAGE ? 0 : page * PAGE;
  if (page > FILE_MAX / PAGE && !(a3 & MAP_ANONYMOUS)) return -EOVERFLOW;
  return map_call((uint32_t)a0, (uint32_t)a1, (uint32_t)a2, (uint32_t)a3, offset);
}

CALL(munmap) { /* (start, length) */
  const uint32_t start = (uint32_t)a0, size = page_up((uint32_t)a1);
  (void)a2, (void)a3;
  if (start % PAGE || size == 0 || size > STACK_TOP || start > STACK_TOP - size) return -EINVAL;
  fs_unshare(start, start + size);
  change(start, start + size, DIRTY, 0, 0);
  return 0;
}

CALL(mprotect) { /* (start, length, protection) */
  const uint32_t start = (uint32_t)a0, size = page_up((uint32_t)a1);
  (void)a3;
  if (start % PAGE) return -EINVAL;
  if (size > MMAP_TOP || start > MMAP_TOP - size) {
    if (size > STACK_TOP || start > STACK_TOP - size) return -ENOMEM;
    if (a2 != PROT_NONE && !in_stack(start, size)) return -ENOMEM;
  }
  if (a2 != PROT_NONE && size) {
    zero_pages(start, start + size, MAPPED | DIRTY | VALID, MAPPED | DIRTY);
    change(start, start + size, ~0u, DIRTY | VALID, 0);
  }
  return 0;
}

/* True if [start, end) lies in a stack mapping, not far below the caller's stack pointer: what is
 * there is dead (o32 has no red zone). glibc discards a thread's stack this way when the thread
 * ends, but for the last 128 KiB. */
static int below_stack_pointer(uint32_t start, uint32_t end) {
  const uint32_t sp = current->gpr[29];
  uint32_t position = start;
  if (end > sp || sp - end > 64 * PAGE) return 0;
  for (uint32_t i = find_area(start);
       i < area_count && areas[i].start <= position && (areas[i].flags & STACK); i++) {
    position = areas[i].end;
    if (sp < position) return 1;
  }
  return 0;
}

CALL(madvise) { /* (start, length, advice) */
  const uint32_t start = (uint32_t)a0, size = page_up((uint32_t)a1), end = start + size;
  (void)a3;
  if (start % PAGE) return -EINVAL;
  if (size > STACK_TOP || start > STACK_TOP - size) return -ENOMEM;
  if (a2 != MADV_DONTNEED || below_stack_pointer(start, end)) return 0;
  zero_pages(start, end, MAPPED | VALID, MAPPED | VALID);
  if (start >= brk_start && start < brk_now)
    zero((void*)start, (end < brk_now ? end : brk_now) - start);
  return 0;
}

/* Copies pages onto pages that are zero; zero words are not written, so they stay untouched. */
static void move_pages(uint32_t to, uint32_t from, uint32_t size) {
  uint32_t* d = (uint32_t*)to;
  for (const uint32_t *s = (const uint32_t*)from, *end = (const uint32_t*)(from + size); s < end;
       s += 4, d += 4) {
    const uint32_t w0 = s[0], w1 = s[1], w2 = s[2], w3 = s[3];
    if (w0) d[0] = w0;
    if (w1) d[1] = w1;
    if (w2) d[2] = w2;
    if (w3) d[3] = w3;
  }
}

CALL(mremap) { /* (start, old size, new size, flags) */
  const uint32_t start = (uint32_t)a0, old_size = page_up((uint32_t)a1),
                 size = page_up((uint32_t)a2);
  const uint32_t i = find_area(start), old_end = start + old_size;
  if (start % PAGE || size == 0 || (a3 & MREMAP_FIXED)) return -EINVAL;
  if (i == area_count || areas[i].start > start || areas[i].end < old_end || old_end < start ||
      !(areas[i].flags & MAPPED))
    return -EFAULT;
  if (size <= old_size) {
    if (size == old_size) return (long)start;
    fs_unshare(start + size, old_end);
    change(start + size, old_end, DIRTY, 0, 0);
    return (long)start;
  }
  if (fs_is_shared(start, old_end)) return -ENOMEM; /* the program maps it anew */
  const int accessible = (areas[i].flags & VALID) != 0;
  const uint32_t stack = areas[i].flags & STACK;
  if (size <= MMAP_TOP && start <= MMAP_TOP - size && untouched(old_end, start + size)) {
    map(old_end, start + size, accessible, stack);
    return (long)start;
  }
  if (!(a3 & MREMAP_MAYMOVE) || size > MMAP_TOP) return -ENOMEM;
  const uint32_t to = find_place(size);
  if (!to) return -ENOMEM;
  map(to, to + size, accessible, stack);
  if (accessible) move_pages(to, start, old_size);
  change(start, old_end, DIRTY, 0, 0);
  return (long)to;
}

/* True if all pages of [start, end) are mapped or belong to the program. */
static int is_mapped(uint32_t start, uint32_t end) {
  if (end <= page_up(brk_now)) return 1;
  if (start >= BOOT->stack) return end <= STACK_TOP;
  for (uint32_t i = find_area(start); i < area_count && areas[i].start <= start; i++) {
    if (!(areas[i].flags & MAPPED)) return 0;
    start = areas[i].end;
    if (start >= end) return 1;
  }
  return 0;
}

CALL(mincore) { /* (start, length, a byte a page): all that is mapped is there */
  const uint32_t start = (uint32_t)a0, size = page_up((uint32_t)a1);
  (void)a3;
  if (start % PAGE) return -EINVAL;
  if (size > STACK_TOP || !is_mapped(start, start + size)) return -ENOMEM;
  for (uint32_t i = 0; i < size / PAGE; i++) ((uint8_t*)a2)[i] = 1;
  return 0;
}

CALL(msync) { /* (start, length, flags) */
  const uint32_t start = (uint32_t)a0, size = page_up((uint32_t)a1);
  enum { MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4 };
  (void)a3;
  if (start % PAGE || (a2 & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
      (a2 & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
    return -EINVAL;
  fs_write_back();
  return size > STACK_TOP || !is_mapped(start, start + size) ? -ENOMEM : 0;
}

CALL(brk) { /* (the new end of the heap); always returns the end */
  const uint32_t end = (uint32_t)a0;
  (void)a1, (void)a2, (void)a3;
  if (end < brk_start) return (long)brk_now;
  if (end > brk_now) {
    const uint32_t i = find_area(brk_start);
    if (end > MMAP_TOP || (i < area_count && areas[i].start < page_up(end))) return (long)brk_now;
    if (brk_high > brk_now) zero((void*)brk_now, (end < brk_high ? end : brk_high) - brk_now);
    if (end > brk_high) brk_high = end;
  }
  brk_now = end;
  return (long)end;
}
