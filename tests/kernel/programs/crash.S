/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest Linux program that dies of SIGSEGV: exit code 139 (tests/model proves it). */
	.set noreorder
	.text
	.globl __start
__start:
	li	$v0, 4020	/* getpid: so it is a Linux program */
	syscall
	sw	$v0, 4($zero)
	li	$v0, 4246
	li	$a0, 0
	syscall
