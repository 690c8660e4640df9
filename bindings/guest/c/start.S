/* SPDX-License-Identifier: Apache-2.0 */
# Entry of a guest: sets up what C and C++ code expects and turns main's result into the exit code. The same
# for the machine and for Linux; MIPS I.
	.set	noreorder
	.section .text.mipzk_start, "ax", @progbits
	.globl	_start
	.type	_start, @function
	.ent	_start
_start:
	lui	$gp, %hi(_gp)
	addiu	$gp, $gp, %lo(_gp)
	addiu	$t0, $zero, -8
	and	$sp, $sp, $t0		# o32: $sp is a multiple of 8
	move	$fp, $zero
	addiu	$sp, $sp, -16		# argument save area of o32
	lui	$s0, %hi(__init_array_start)
	addiu	$s0, $s0, %lo(__init_array_start)
	lui	$s1, %hi(__init_array_end)
	b	2f			# .preinit_array, .init_array: constructors
	addiu	$s1, $s1, %lo(__init_array_end)	# slot
1:	lw	$t9, 0($s0)
	addiu	$s0, $s0, 4
	jalr	$t9
	nop				# slot
2:	bne	$s0, $s1, 1b
	move	$a0, $zero		# slot; main(0, NULL, NULL): there are no arguments
	move	$a1, $zero
	jal	main
	move	$a2, $zero		# slot
	move	$s2, $v0
	lui	$s0, %hi(__fini_array_start)
	addiu	$s0, $s0, %lo(__fini_array_start)
	lui	$s1, %hi(__fini_array_end)
	b	4f			# .fini_array: destructors, the last one first
	addiu	$s1, $s1, %lo(__fini_array_end)	# slot
3:	lw	$t9, -4($s1)
	nop
	jalr	$t9
	addiu	$s1, $s1, -4		# slot
4:	bne	$s1, $s0, 3b
	nop				# slot
	jal	mipzk_halt
	move	$a0, $s2		# slot
1:	b	1b			# not reached
	nop
	.end	_start
	.size	_start, . - _start

# Names the runtime in the image, and keeps the read-only segment from being empty.
	.section .rodata.mipzk_runtime, "a", @progbits
	.align	2
	.asciz	"mipzk C guest 1"
