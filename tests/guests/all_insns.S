/* SPDX-License-Identifier: Apache-2.0 */
# Exercises: every integer instruction of MIPS I, each with several operand values and in the forms that
# compilers rarely use (branch-and-link not taken, jalr to another link register, targets changed in the
# delay slot, writes to $zero, all shift amounts, all alignments of the partial loads and stores).
# No input. Output: the hash of all results (4 bytes), then the results themselves.
#
# Results are appended through $s0. Left out: break, which faults by definition, and operands for which an
# instruction faults or the manual leaves the result open (overflow of add, division by zero).
	.set	noreorder
	.set	noat

	.macro	put reg
	sw	\reg, 0($s0)
	addiu	$s0, $s0, 4
	.endm

# A difference of two code addresses, so that the result does not depend on where the code was linked.
	.macro	put_offset reg, label
	la	$t9, \label
	subu	$t9, \reg, $t9
	put	$t9
	.endm

	.macro	binary op
	\op	$t2, $t0, $t1
	put	$t2
	.endm

	.macro	multiply_divide op
	\op	$t0, $t1
	mflo	$t2
	mfhi	$t3
	put	$t2
	put	$t3
	.endm

	.macro	immediate op
	.irp	value, 0, 1, 0x7fff, -1, -0x8000
	\op	$t2, $t0, \value
	put	$t2
	.endr
	.endm

	.macro	immediate_unsigned op
	.irp	value, 0, 1, 0x00ff, 0x8000, 0xa5c3, 0xffff
	\op	$t2, $t0, \value
	put	$t2
	.endr
	.endm

# 1 in $t2 when taken; the slot runs either way.
	.macro	branch2 op
	li	$t2, 1
	\op	$t0, $t1, 1f
	addiu	$t3, $zero, 77
	move	$t2, $zero
1:	put	$t2
	put	$t3
	.endm

	.macro	branch1 op
	li	$t2, 1
	\op	$t0, 1f
	addiu	$t3, $zero, 78
	move	$t2, $zero
1:	put	$t2
	put	$t3
	.endm

# The link is written whether taken or not, and before the slot runs.
	.macro	branch_link op
	move	$ra, $zero
	li	$t2, 1
	\op	$t0, 1f
	sltu	$t3, $zero, $ra
2:	move	$t2, $zero
1:	put	$t2
	put	$t3
	put_offset $ra, 2b
	.endm

	.text
	.globl	main
	.type	main, @function
	.ent	main
main:
	addiu	$sp, $sp, -40
	sw	$ra, 36($sp)
	sw	$s0, 32($sp)
	sw	$s1, 28($sp)
	sw	$s2, 24($sp)
	sw	$s3, 20($sp)
	la	$s0, results

# Two operands: every pair of values.
	la	$s1, values
.Lpairs:	la	$s2, values
.Lnext_pair:
	lw	$t0, 0($s1)
	lw	$t1, 0($s2)
	li	$t2, -1
	.irp	op, addu, subu, and, or, xor, nor, slt, sltu, sllv, srlv, srav
	binary	\op
	.endr
	branch2	beq
	branch2	bne
	multiply_divide mult
	multiply_divide multu
	mtlo	$t1
	mthi	$t0
	nop
	mflo	$t2
	mfhi	$t3
	put	$t2
	put	$t3
	beqz	$t1, 9f
	nop
# The three-operand form makes the assembler leave out its own checks. -2^31 / -1 is defined here:
# quotient -2^31, remainder 0.
	.irp	op, div, divu
	\op	$zero, $t0, $t1
	mflo	$t2
	mfhi	$t3
	put	$t2
	put	$t3
	.endr
9:
# The trapping forms, with operands halved so that they cannot overflow.
	sra	$t0, $t0, 1
	sra	$t1, $t1, 1
	binary	add
	binary	sub
	addiu	$s2, $s2, 4
	la	$t9, values_end
	bne	$s2, $t9, .Lnext_pair
	nop
	addiu	$s1, $s1, 4
	bne	$s1, $t9, .Lpairs
	nop

# One operand: immediates, shifts by all amounts, branches on the sign.
	la	$s1, values
.Lnext_value:
	lw	$t0, 0($s1)
	nop
	.irp	op, addiu, slti, sltiu
	immediate \op
	.endr
	.irp	op, andi, ori, xori
	immediate_unsigned \op
	.endr
	.irp	op, sll, srl, sra
	.set	.Lamount, 0
	.rept	32
	\op	$t2, $t0, .Lamount
	put	$t2
	.set	.Lamount, .Lamount + 1
	.endr
	.endr
	.irp	op, blez, bgtz, bltz, bgez
	branch1	\op
	.endr
	.irp	op, bltzal, bgezal
	branch_link \op
	.endr
# Writes to $zero vanish.
	addu	$zero, $t0, $t0
	addiu	$zero, $t0, 5
	ori	$zero, $t0, 5
	sra	$zero, $t0, 3
	sltiu	$zero, $t0, 9
	lui	$zero, 0x1234
	lw	$zero, 0($s1)
	lbu	$zero, 1($s1)
	mult	$t0, $t0
	mflo	$zero
	put	$zero
# Source and destination the same, and a value used in the next instruction.
	addu	$t0, $t0, $t0
	xor	$t0, $t0, $s3
	sll	$t0, $t0, 1
	put	$t0
	sra	$t0, $t0, 2
	immediate addi
	addiu	$s1, $s1, 4
	la	$t9, values_end
	bne	$s1, $t9, .Lnext_value
	addiu	$s3, $s3, 1

	lui	$t2, 0
	put	$t2
	lui	$t2, 0x8000
	put	$t2
	lui	$t2, 0xffff
	put	$t2

# Loads at all alignments, with offsets from one end of the range to the other.
	la	$s1, values
	la	$s2, values - 0x7ff0
	la	$s3, values + 0x7ff0
	.set	.Lat, 0
	.rept	8
	.irp	op, lb, lbu, lwl, lwr
	li	$t2, 0x01020304
	\op	$t2, .Lat($s1)
	nop
	put	$t2
	li	$t2, -1
	\op	$t2, .Lat + 0x7ff0($s2)
	nop
	put	$t2
	move	$t2, $zero
	\op	$t2, .Lat - 0x7ff0($s3)
	nop
	put	$t2
	.endr
	.if	(.Lat & 1) == 0
	lh	$t2, .Lat($s1)
	nop
	put	$t2
	lhu	$t2, .Lat + 8($s1)
	nop
	put	$t2
	.endif
	.if	(.Lat & 3) == 0
	lw	$t2, .Lat($s1)
	lw	$t3, .Lat - 0x7ff0($s3)
	put	$t2
	put	$t3
	.endif
	.set	.Lat, .Lat + 1
	.endr
# The pair on one register, as compilers use it, without a gap.
	.irp	at, 0, 1, 2, 3
	lwl	$t2, \at($s1)
	lwr	$t2, \at + 3($s1)
	nop
	put	$t2
	.endr

# Stores into a scratch word that is read back.
	la	$s1, scratch
	la	$s2, scratch - 0x7ff0
	li	$t0, 0xa1b2c3d4
	li	$t1, 0x05060708
	.set	.Lat, 0
	.rept	4
	.irp	op, sb, swl, swr
	sw	$t1, 0($s1)
	\op	$t0, .Lat($s1)
	lw	$t2, 0($s1)
	nop
	put	$t2
	sw	$zero, 0($s1)
	\op	$t0, .Lat + 0x7ff0($s2)
	lw	$t2, 0($s1)
	nop
	put	$t2
	.endr
	.if	(.Lat & 1) == 0
	sw	$t1, 0($s1)
	sh	$t0, .Lat($s1)
	lw	$t2, 0($s1)
	nop
	put	$t2
	.endif
	.set	.Lat, .Lat + 1
	.endr

# Jumps: links, other link registers, and slots that change what the jump has already read.
	move	$ra, $zero
	j	1f
	li	$t2, 11
	li	$t2, 12			# skipped
1:	put	$t2
	put	$ra
	jal	2f
	sltu	$t2, $zero, $ra		# slot sees the new link
1:	li	$t2, 13			# skipped
2:	put	$t2
	put_offset $ra, 1b
	la	$t8, 2f
	jr	$t8
	move	$t8, $zero		# slot changes the target register
	li	$t2, 14			# skipped
2:	put	$t2
	put	$t8
	la	$t8, 2f
	move	$ra, $zero
	jalr	$t7, $t8
	move	$t8, $t7		# slot sees the new link
1:	li	$t2, 15			# skipped
2:	put	$t2
	put	$ra
	put_offset $t7, 1b
	put_offset $t8, 1b
	la	$t8, 2f
	jalr	$t8
	nop
1:	li	$t2, 16			# skipped
2:	put	$t2
	put_offset $ra, 1b
	la	$t8, 2f
	jalr	$zero, $t8		# no link at all
	li	$t2, 17
	li	$t2, 18			# skipped
2:	put	$t2
	put	$zero
# Loads, stores and multiplications in slots; a slot that overwrites the compared register.
	la	$s1, values
	b	2f
	lw	$t2, 8($s1)
	move	$t2, $zero		# skipped
2:	put	$t2
	li	$t0, 3
	la	$s2, scratch
	beq	$t0, $t0, 2f
	sw	$t2, 0($s2)
	sw	$zero, 0($s2)		# skipped
2:	lw	$t3, 0($s2)
	nop
	put	$t3
	bne	$t0, $zero, 2f
	move	$t0, $zero
	put	$t0			# skipped
2:	put	$t0
	bgtz	$t3, 2f
	mult	$t3, $t3
2:	mflo	$t3
	put	$t3
# A loop that runs backwards through its slot.
	li	$t0, 10
	move	$t2, $zero
1:	addiu	$t0, $t0, -1
	bgtz	$t0, 1b
	addu	$t2, $t2, $t0
	put	$t2

# FNV-1a over words, then the output.
	la	$s1, results
	li	$t2, 0x811c9dc5
	li	$t3, 0x01000193
1:	lw	$t0, 0($s1)
	addiu	$s1, $s1, 4
	xor	$t2, $t2, $t0
	multu	$t2, $t3
	bne	$s1, $s0, 1b
	mflo	$t2
	sw	$t2, 16($sp)
	addiu	$a0, $sp, 16
	jal	write_output
	li	$a1, 4
	la	$a0, results
	jal	write_output
	subu	$a1, $s0, $a0
	move	$v0, $zero
	lw	$ra, 36($sp)
	lw	$s0, 32($sp)
	lw	$s1, 28($sp)
	lw	$s2, 24($sp)
	lw	$s3, 20($sp)
	jr	$ra
	addiu	$sp, $sp, 40
	.end	main
	.size	main, . - main

	.section .rodata
	.align	2
values:
	.word	0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0x12345678, 0xfedcba98, 31, 0x8000ffff
values_end:

	.bss
	.align	2
scratch:
	.space	4
	.align	2
results:
	.space	32768
