/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest can ask of mipzk beyond zkvm_io.h: the public input, hints, exit codes, and marks
 * for people. C99 and C++. */
#ifndef MIPZK_GUEST_MIPZK_GUEST_H_
#define MIPZK_GUEST_MIPZK_GUEST_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that each input and the output can hold. Compile with -DMIPZK_WINDOW_CAPACITY=n to have the
 * library refuse more than n; it cannot be raised. */
#ifndef MIPZK_WINDOW_CAPACITY
#define MIPZK_WINDOW_CAPACITY 0x03fffffcu
#elif MIPZK_WINDOW_CAPACITY > 0x03fffffc
#error "MIPZK_WINDOW_CAPACITY is larger than the machine's windows"
#endif

/* Exit codes that the guest library itself halts with. Their low bytes differ, so that they can be
 * told apart where only eight bits of an exit status survive (Linux). */
#define MIPZK_EXIT_PRIVATE_INPUT 0xffffff71u /* claimed private input size exceeds the capacity */
#define MIPZK_EXIT_PUBLIC_INPUT 0xffffff72u  /* the same for the public input */
#define MIPZK_EXIT_OUTPUT_FULL 0xffffff73u   /* the output would exceed the capacity */
#define MIPZK_EXIT_NO_HINT 0xffffff74u       /* mipzk-cc --linux only: file descriptor 4 ran dry */

/* Sets *buf_ptr and *buf_size to the public input, which is part of the statement that the proof
 * makes. Otherwise as read_input (zkvm_io.h). */
void mipzk_public_input(const uint8_t** buf_ptr, size_t* buf_size);

/* One word from the host. It is NOT checked by the proof in any way: a dishonest prover answers
 * what it likes. Use it for results that are costly to find but cheap to check, and check them. */
uint32_t mipzk_hint_word(void);

/* Asks the host for what it knows under this name (any bytes, at most 4096), writes the first
 * `capacity` bytes of the answer to `answer`, and returns its length, or MIPZK_NO_ANSWER. As hints
 * are, the answer is NOT checked by the proof in any way: check it, against a hash in the public
 * input for example. Equal names may get different answers. */
#define MIPZK_NO_ANSWER 0xffffffffu
uint32_t mipzk_ask(const void* name, size_t name_size, void* answer, size_t capacity);

/* Ends the program. Every code is provable and part of the statement; returning from main halts
 * with main's result. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void mipzk_halt(uint32_t code);

/* Shows `size` bytes to the person who runs the program. No effect on the proof. */
void mipzk_print(const char* text, size_t size);

/* Marks this point of the run for the host's cycle statistics; `id` is the guest's to choose. No
 * effect on the proof. */
void mipzk_cycle_mark(uint32_t id);

#ifdef __cplusplus
}
#endif

#endif
