/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: the inner loop of an interpreter, a program that is data. Private input: bytecode for
 * a stack machine of 32-bit words with 16 variables; output: what its PRINT instructions say. Exit
 * code: 0 after END, 1 for a bad instruction, stack or jump, 2 after 100000 steps. */
#include "guest_util.h"

enum {
  END = 0,
  PUSH = 1,  /* then 4 bytes */
  LOAD = 2,  /* then 1 byte: variable */
  STORE = 3, /* then 1 byte: variable */
  ADD = 4,
  SUB = 5,
  MUL = 6,
  DIV = 7,           /* unsigned; division by zero is a bad instruction */
  LESS = 8,          /* unsigned */
  JUMP = 9,          /* then 2 bytes: address */
  JUMP_IF_ZERO = 10, /* then 2 bytes: address */
  PRINT = 11,
  DUP = 12,
};

#define DEPTH 64

static uint32_t stack[DEPTH], variables[16];
static size_t depth;

static void push(uint32_t x) {
  if (depth == DEPTH) {
    mipzk_halt(1);
  }
  stack[depth++] = x;
}

static uint32_t pop(void) {
  if (depth == 0) {
    mipzk_halt(1);
  }
  return stack[--depth];
}

static void operate(uint8_t code) {
  uint32_t b = pop(), a = pop();
  switch (code) {
    case ADD:
      push(a + b);
      break;
    case SUB:
      push(a - b);
      break;
    case MUL:
      push(a * b);
      break;
    case LESS:
      push(a < b);
      break;
    default:
      if (b == 0) {
        mipzk_halt(1);
      }
      push(a / b);
  }
}

static const uint8_t* fetch(Reader* in, size_t size) {
  if (remaining(in) < size) {
    mipzk_halt(1);
  }
  return take(in, size);
}

static void jump(Reader* in, int taken) {
  const uint8_t* p = fetch(in, 2);
  size_t target = (size_t)(p[0] << 8 | p[1]);
  if (taken) {
    if (target > in->size) {
      mipzk_halt(1);
    }
    in->position = target;
  }
}

int main(void) {
  Reader in = open_private();
  for (uint32_t steps = 0; steps < 100000; ++steps) {
    uint8_t code = *fetch(&in, 1);
    switch (code) {
      case END:
        return 0;
      case PUSH:
        push(load_u32(fetch(&in, 4)));
        break;
      case LOAD:
        push(variables[*fetch(&in, 1) & 15]);
        break;
      case STORE:
        variables[*fetch(&in, 1) & 15] = pop();
        break;
      case ADD:
      case SUB:
      case MUL:
      case DIV:
      case LESS:
        operate(code);
        break;
      case JUMP:
        jump(&in, 1);
        break;
      case JUMP_IF_ZERO:
        jump(&in, pop() == 0);
        break;
      case PRINT:
        put_u32(pop());
        break;
      case DUP: {
        uint32_t x = pop();
        push(x);
        push(x);
        break;
      }
      default:
        return 1;
    }
  }
  return 2;
}
