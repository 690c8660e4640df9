/* SPDX-License-Identifier: Apache-2.0 */
/* What the host gives: each window holds entries, one after the other (docs/LINUX.md). Everything
 * in the private window is the choice of whoever makes the proof; so it may hold only what a
 * program must expect from anybody, and nothing that is public: no arguments, no time. */
#include "fs.h"

enum kind { STREAM = 1, ARGUMENT = 2, ENVIRONMENT = 3, FILE = 4, CLOCK = 5, RANDOM = 6 };
#define PUBLIC_KINDS (1u << STREAM | 1u << ARGUMENT | 1u << ENVIRONMENT | 1u << FILE | 1u << CLOCK)
#define PRIVATE_KINDS (1u << STREAM | 1u << FILE | 1u << RANDOM)
#define MOST_TEXT 0x100000u /* bytes of all arguments and the environment */

struct stream private_stream, public_stream;

struct entry_head {
  uint32_t kind, name_size, size; /* the name's bytes and the data's follow, each padded to words */
};

/* Numbers are big-endian. */
static uint32_t number(uint32_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return word;
#else
  return __builtin_bswap32(word);
#endif
}

struct cursor {
  const uint8_t *at, *end;
};

static struct cursor begin(const volatile uint32_t* window) {
  const uint32_t length = *window < WINDOW_MAX ? *window : WINDOW_MAX;
  const uint8_t* first = (const uint8_t*)(window + 1);
  return (struct cursor){first, first + length};
}

struct item {
  uint32_t kind, name_size, size;
  const uint8_t *name, *data;
};

/* 1: the next entry is in *out; 0: there is none; -1: what is there is none. */
static int next(struct cursor* c, struct item* out) {
  const uint32_t left = (uint32_t)(c->end - c->at);
  const struct entry_head* head = (const struct entry_head*)c->at;
  if (left == 0) return 0;
  if (left < sizeof *head) return -1;
  const uint32_t name = number(head->name_size), size = number(head->size);
  if (name > left || size > left) return -1;
  const uint32_t name_space = (name + 3) & ~3u, space = (size + 3) & ~3u;
  if (sizeof *head + name_space + space > left) return -1;
  *out = (struct item){number(head->kind), name, size, c->at + sizeof *head,
                       c->at + sizeof *head + name_space};
  c->at = out->data + space;
  return 1;
}

/* One entry of a half, of which `seen` holds the kinds so far; 0 if it may be there. */
static int take(const struct item* e, uint32_t* seen, struct stream* stream, struct inputs* all) {
  const uint32_t once = 1u << STREAM | 1u << CLOCK | 1u << RANDOM, bit = 1u << (e->kind & 31);
  if (e->kind > RANDOM || (e->kind != FILE && e->name_size) || (bit & once & *seen)) return -1;
  *seen |= bit;
  switch (e->kind) {
    case STREAM:
      *stream = (struct stream){e->data, e->size, 0};
      return 0;
    case ARGUMENT:
    case ENVIRONMENT:
      if (e->size >= MOST_TEXT - all->bytes) return -1;
      all->bytes += e->size + 1;
      if (e->kind == ARGUMENT)
        all->arguments++;
      else
        all->environment++;
      return 0;
    case FILE:
      return fs_host_file((const char*)e->name, e->name_size, e->data, e->size, 1);
    case CLOCK: {
      const uint32_t start = e->size == 4 ? number(*(const uint32_t*)e->data) : 0;
      if (start == 0 || start >= NEVER) return -1;
      realtime_offset = start - now.sec;
      return 0;
    }
    case RANDOM:
      if (e->size != 32) return -1;
      random_seed((const uint32_t*)e->data);
      return 0;
    default:
      return -1;
  }
}

static void read_half(const volatile uint32_t* window, uint32_t kinds, struct stream* stream,
                      struct inputs* all, const char* name) {
  struct cursor c = begin(window);
  struct item e;
  uint32_t seen = 0;
  int state;
  while ((state = next(&c, &e)) > 0)
    if (!(kinds >> (e.kind & 31) & 1) || take(&e, &seen, stream, all)) {
      state = -1;
      break;
    }
  if (state == 0) return;
  message("the %s input is not what a Linux program takes", name);
  die(SIGABRT, 0);
}

struct inputs inputs_start(void) {
  struct inputs all = {0, 0, 0};
  /* The public half is first: no private file takes the name of a public one. */
  read_half(PUBLIC_WINDOW, PUBLIC_KINDS, &public_stream, &all, "public");
  read_half(PRIVATE_WINDOW, PRIVATE_KINDS, &private_stream, &all, "private");
  return all;
}

char* inputs_copy(char* to, const char** pointers, int arguments) {
  struct cursor c = begin(PUBLIC_WINDOW);
  struct item e;
  while (next(&c, &e) > 0) {
    if (e.kind != (arguments ? ARGUMENT : ENVIRONMENT)) continue;
    *pointers++ = to;
    copy(to, e.data, e.size);
    to[e.size] = 0;
    to += e.size + 1;
  }
  *pointers = 0;
  return to;
}
