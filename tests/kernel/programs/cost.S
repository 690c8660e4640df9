/* SPDX-License-Identifier: Apache-2.0 */
/* Makes one system call COUNT times (kernel_test.py cost): -DNUMBER, and the arguments A0, buffer, A2, A3.
 * NUMBER 0: an unaligned load instead. */
	.set noreorder
	.text
	.globl __start
__start:
	li	$s0, COUNT
	b	2f
	nop
1:	li	$v0, NUMBER
	li	$a0, A0
	lui	$a1, %hi(buffer)
	addiu	$a1, $a1, %lo(buffer)
	li	$a2, A2
	li	$a3, A3
#if NUMBER
	syscall
#else
	lw	$t0, 1($a1)
#endif
	addiu	$s0, $s0, -1
2:	bnez	$s0, 1b
	nop
	li	$v0, 4246
	li	$a0, 0
	syscall
	.bss
buffer:	.space	8192
