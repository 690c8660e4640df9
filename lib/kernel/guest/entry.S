/* SPDX-License-Identifier: Apache-2.0 */
/* Start, trap and fault entry, and the return to the user. Registers at a trap: k0 = the address to continue at, k1 = the
 * instruction word, all others are the user's. */
#include "fp.h"
#include "kernel.h"

	.set noreorder
	.set noat
	.text

	.globl _start
	.ent _start
_start:
	lui	$sp, %hi(kernel_stack + KERNEL_STACK_BYTES - 16)
	jal	kernel_start
	addiu	$sp, $sp, %lo(kernel_stack + KERNEL_STACK_BYTES - 16)
	b	resume
	nop
	.end _start

	.macro	SAVE_OTHERS
	sw	$s0, THREAD_GPR + 64($k1)
	sw	$s1, THREAD_GPR + 68($k1)
	sw	$s2, THREAD_GPR + 72($k1)
	sw	$s3, THREAD_GPR + 76($k1)
	sw	$s4, THREAD_GPR + 80($k1)
	sw	$s5, THREAD_GPR + 84($k1)
	sw	$s6, THREAD_GPR + 88($k1)
	sw	$s7, THREAD_GPR + 92($k1)
	sw	$gp, THREAD_GPR + 112($k1)
	sw	$fp, THREAD_GPR + 120($k1)
	.endm

/* What C code may change, and the address to continue at. */
	.macro	SAVE_CHANGEABLE
	sw	$at, THREAD_GPR + 4($k1)
	sw	$v0, THREAD_GPR + 8($k1)
	sw	$v1, THREAD_GPR + 12($k1)
	sw	$a0, THREAD_GPR + 16($k1)
	sw	$a1, THREAD_GPR + 20($k1)
	sw	$a2, THREAD_GPR + 24($k1)
	sw	$a3, THREAD_GPR + 28($k1)
	sw	$t0, THREAD_GPR + 32($k1)
	sw	$t1, THREAD_GPR + 36($k1)
	sw	$t2, THREAD_GPR + 40($k1)
	sw	$t3, THREAD_GPR + 44($k1)
	sw	$t4, THREAD_GPR + 48($k1)
	sw	$t5, THREAD_GPR + 52($k1)
	sw	$t6, THREAD_GPR + 56($k1)
	sw	$t7, THREAD_GPR + 60($k1)
	sw	$t8, THREAD_GPR + 96($k1)
	sw	$t9, THREAD_GPR + 100($k1)
	sw	$sp, THREAD_GPR + 116($k1)
	sw	$ra, THREAD_GPR + 124($k1)
	mfhi	$t0
	mflo	$t1
	sw	$t0, THREAD_HI($k1)
	sw	$t1, THREAD_LO($k1)
	sw	$k0, THREAD_PC($k1)
	.endm

/* A system call changes $v0 and $a3 only. What C code may change is saved in the thread; $s0-$s7, $gp and $fp are the C
 * code's to keep, and are saved only for calls that need all registers in memory. */
	.globl __trap
	.ent __trap
__trap:
	xori	$k1, $k1, 12
	bnez	$k1, fp_trap			/* not `syscall 0` */
	xori	$k1, $k1, 12
	.globl system_call
system_call:
	lui	$k1, %hi(current)
	lw	$k1, %lo(current)($k1)
	SAVE_CHANGEABLE

	lui	$sp, %hi(kernel_stack + KERNEL_STACK_BYTES - 16)
	addiu	$sp, $sp, %lo(kernel_stack + KERNEL_STACK_BYTES - 16)
	addiu	$t0, $v0, -CALL_FIRST
	sltiu	$t1, $t0, CALL_COUNT
	beqz	$t1, missing
	sll	$t0, $t0, 2
	lui	$t1, %hi(call_table)
	addu	$t1, $t1, $t0
	lw	$t9, %lo(call_table)($t1)
	andi	$t0, $t9, 1			/* the mark of the slow calls */
	bnez	$t0, slow
	nop
	beqz	$t9, missing
	nop
	jalr	$t9
	nop

/* $v0 = the result */
fast_return:
	lui	$k1, %hi(current)
	addiu	$t0, $v0, CALL_NO_RESULT
	beqz	$t0, reschedule
	lw	$k1, %lo(current)($k1)
	sltiu	$a3, $v0, -4095
	bnez	$a3, 1f
	xori	$a3, $a3, 1
	negu	$v0, $v0
1:	lw	$t0, THREAD_HI($k1)
	lw	$t1, THREAD_LO($k1)
	mthi	$t0
	mtlo	$t1
	lw	$k0, THREAD_PC($k1)
	lw	$at, THREAD_GPR + 4($k1)
	lw	$v1, THREAD_GPR + 12($k1)
	lw	$a0, THREAD_GPR + 16($k1)
	lw	$a1, THREAD_GPR + 20($k1)
	lw	$a2, THREAD_GPR + 24($k1)
	lw	$t0, THREAD_GPR + 32($k1)
	lw	$t1, THREAD_GPR + 36($k1)
	lw	$t2, THREAD_GPR + 40($k1)
	lw	$t3, THREAD_GPR + 44($k1)
	lw	$t4, THREAD_GPR + 48($k1)
	lw	$t5, THREAD_GPR + 52($k1)
	lw	$t6, THREAD_GPR + 56($k1)
	lw	$t7, THREAD_GPR + 60($k1)
	lw	$t8, THREAD_GPR + 96($k1)
	lw	$t9, THREAD_GPR + 100($k1)
	lw	$ra, THREAD_GPR + 124($k1)
	jr	$k0
	lw	$sp, THREAD_GPR + 116($k1)

missing:
	jal	missing_call
	nop
	b	fast_return
	nop

/* Calls that see or change all registers. */
slow:
	SAVE_OTHERS
	jal	slow_call
	nop

	b	resume
	nop

/* The call blocked, or others come first. C code has put back the registers that are its to keep. */
reschedule:
	SAVE_OTHERS
	jal	next_thread
	nop

/* $v0 = the thread to continue, with all its registers. */
resume:
	move	$k1, $v0
	lw	$t0, THREAD_HI($k1)
	lw	$t1, THREAD_LO($k1)
	mthi	$t0
	mtlo	$t1
	lw	$k0, THREAD_PC($k1)
	lw	$at, THREAD_GPR + 4($k1)
	lw	$v0, THREAD_GPR + 8($k1)
	lw	$v1, THREAD_GPR + 12($k1)
	lw	$a0, THREAD_GPR + 16($k1)
	lw	$a1, THREAD_GPR + 20($k1)
	lw	$a2, THREAD_GPR + 24($k1)
	lw	$a3, THREAD_GPR + 28($k1)
	lw	$t0, THREAD_GPR + 32($k1)
	lw	$t1, THREAD_GPR + 36($k1)
	lw	$t2, THREAD_GPR + 40($k1)
	lw	$t3, THREAD_GPR + 44($k1)
	lw	$t4, THREAD_GPR + 48($k1)
	lw	$t5, THREAD_GPR + 52($k1)
	lw	$t6, THREAD_GPR + 56($k1)
	lw	$t7, THREAD_GPR + 60($k1)
	lw	$s0, THREAD_GPR + 64($k1)
	lw	$s1, THREAD_GPR + 68($k1)
	lw	$s2, THREAD_GPR + 72($k1)
	lw	$s3, THREAD_GPR + 76($k1)
	lw	$s4, THREAD_GPR + 80($k1)
	lw	$s5, THREAD_GPR + 84($k1)
	lw	$s6, THREAD_GPR + 88($k1)
	lw	$s7, THREAD_GPR + 92($k1)
	lw	$t8, THREAD_GPR + 96($k1)
	lw	$t9, THREAD_GPR + 100($k1)
	lw	$gp, THREAD_GPR + 112($k1)
	lw	$fp, THREAD_GPR + 120($k1)
	lw	$ra, THREAD_GPR + 124($k1)
	jr	$k0
	lw	$sp, THREAD_GPR + 116($k1)
	.end __trap

/* An instruction of the user faulted, and changed nothing: $k0 and $k1 are free, all other registers are the user's. */
	.section .text.fault, "ax"
	.globl __fault
	.ent __fault
__fault:
	lui	$k1, %hi(current)
	lw	$k1, %lo(current)($k1)
	mfc0	$k0, $14			/* EPC */
	SAVE_CHANGEABLE
	SAVE_OTHERS
	lui	$sp, %hi(kernel_stack + KERNEL_STACK_BYTES - 16)
	addiu	$sp, $sp, %lo(kernel_stack + KERNEL_STACK_BYTES - 16)
	mfc0	$a0, $30			/* ENPC */
	mfc0	$a1, $13			/* CAUSE */
	jal	fault
	mfc0	$a2, $8				/* BADVADDR */

	b	resume
	nop
	.end __fault

	.text
/* Where a signal handler returns to: rt_sigreturn without a trap, as the kernel must not hold one. */
	.globl signal_return
	.ent signal_return
signal_return:
	b	system_call
	li	$v0, 4193
	.end signal_return

	.bss
	.balign 16
kernel_stack:
	.space	KERNEL_STACK_BYTES
