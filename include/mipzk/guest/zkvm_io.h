/* SPDX-License-Identifier: Apache-2.0 */
/* Input and output of a guest: the two calls of the eth-act zkVM standards
 * (github.com/eth-act/zkvm-standards, "standard input and output"), so that a guest written against
 * them compiles for mipzk unchanged. C99 and C++. */
#ifndef MIPZK_GUEST_ZKVM_IO_H_
#define MIPZK_GUEST_ZKVM_IO_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets *buf_ptr and *buf_size to the private input. The bytes are read-only, aligned to 4, stay
 * valid until the program ends, and every call answers the same. The private input is chosen by
 * whoever proves: the program must check what it relies on. Halts with MIPZK_EXIT_PRIVATE_INPUT
 * when the claimed size exceeds MIPZK_WINDOW_CAPACITY (mipzk_guest.h), so *buf_size is always
 * within it. */
void read_input(const uint8_t** buf_ptr, size_t* buf_size);

/* Appends `size` bytes to the public output. Halts with MIPZK_EXIT_OUTPUT_FULL, having appended
 * nothing, when the total would exceed MIPZK_WINDOW_CAPACITY. `output` may be null when size is 0.
 */
void write_output(const uint8_t* output, size_t size);

#ifdef __cplusplus
}
#endif

#endif
