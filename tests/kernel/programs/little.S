/* SPDX-License-Identifier: Apache-2.0 */
/* A little-endian program without a C library: copies its input to the output, prints, and ends with the input's first byte. */
	.set noreorder
	.text
	.globl __start
__start:
	li	$s0, 0				/* the last size */
1:	li	$v0, 4003			/* read(0, buffer, 100) */
	li	$a0, 0
	lui	$a1, %hi(buffer)
	addiu	$a1, $a1, %lo(buffer)
	li	$a2, 100
	syscall
	bnez	$a3, bad
	nop
	beqz	$v0, 2f
	move	$a2, $v0
	li	$a0, 1				/* write(1, buffer, size) */
	li	$v0, 4004
	syscall
	bnez	$a3, bad
	nop
	bne	$v0, $a2, bad
	nop
	b	1b
	nop
2:	li	$v0, 4004			/* write(2, note, 5) */
	li	$a0, 2
	lui	$a1, %hi(note)
	addiu	$a1, $a1, %lo(note)
	li	$a2, 5
	syscall
	lw	$t0, 0($sp)			/* argc */
	li	$t1, 1
	bne	$t0, $t1, bad
	nop
	lw	$t0, 4($sp)			/* argv[0] */
	lbu	$t0, 0($t0)
	beqz	$t0, bad
	nop
	li	$v0, 4085			/* readlink: an error, positive in $v0 */
	syscall
	li	$t0, 1
	bne	$a3, $t0, bad
	nop
	blez	$v0, bad
	nop
	lui	$t0, %hi(buffer)
	lbu	$a0, %lo(buffer)($t0)
	li	$v0, 4246			/* exit_group */
	syscall
bad:	li	$v0, 4001
	li	$a0, 99
	syscall
	.section .rodata
note:	.ascii	"note\n"
	.bss
buffer:	.space	100
