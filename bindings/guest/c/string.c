/* SPDX-License-Identifier: Apache-2.0 */
/* The str functions of include/string.h, short rather than fast. */
#include <string.h>

/* GCC would otherwise turn these loops into calls of the very functions they implement. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

size_t strlen(const char* text) {
  const char* p = text;
  while (*p != 0) {
    ++p;
  }
  return (size_t)(p - text);
}

int strncmp(const char* a, const char* b, size_t size) {
  for (; size != 0; --size, ++a, ++b) {
    if (*a != *b) {
      return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    }
    if (*a == 0) {
      break;
    }
  }
  return 0;
}

int strcmp(const char* a, const char* b) { return strncmp(a, b, (size_t)-1); }

char* strcpy(char* to, const char* from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char* strncpy(char* to, const char* from, size_t size) {
  size_t i = 0;
  for (; i < size && from[i] != 0; ++i) {
    to[i] = from[i];
  }
  memset(to + i, 0, size - i);
  return to;
}

char* strcat(char* to, const char* from) {
  strcpy(to + strlen(to), from);
  return to;
}

char* strchr(const char* text, int value) {
  for (;; ++text) {
    if (*text == (char)value) {
      return (char*)text;
    }
    if (*text == 0) {
      return NULL;
    }
  }
}

char* strrchr(const char* text, int value) {
  const char* found = NULL;
  for (;; ++text) {
    if (*text == (char)value) {
      found = text;
    }
    if (*text == 0) {
      return (char*)found;
    }
  }
}

char* strstr(const char* text, const char* part) {
  size_t length = strlen(part);
  for (; strncmp(text, part, length) != 0; ++text) {
    if (*text == 0) {
      return NULL;
    }
  }
  return (char*)text;
}
