/* SPDX-License-Identifier: Apache-2.0 */
/* Executes one instruction with given registers: run_native on this processor, run_emulated by the kernel's fp_trap.
 * void run_native(struct registers*, const void* code), void run_emulated(struct registers*, uint32_t word).
 * struct registers: gpr[32], fpr[32], hi, lo, fcsr. */
	.set	noreorder
	.set	noat
	.set	hardfloat
	.set	nomacro
#define FPR 128
#define HI 256
#define LO 260
#define FCSR 264
#define ALL_F 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
#define GENERAL 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
#define KEPT 16, 17, 18, 19, 20, 21, 22, 23, 28, 30, 31

	.bss
	.balign	4
machine: .space 4
kept:	.space 128

	.text
.macro enter
	lui	$8, %hi(kept)
	addiu	$8, $8, %lo(kept)
	.irp	n, KEPT
	sw	$\n, 4 * \n($8)
	.endr
	lui	$8, %hi(machine)
	sw	$4, %lo(machine)($8)
	move	$27, $5
	lui	$26, %hi(back)
	addiu	$26, $26, %lo(back)
	.irp	n, ALL_F
	lwc1	$f\n, FPR + 4 * \n($4)
	.endr
	lw	$8, HI($4)
	mthi	$8
	lw	$8, LO($4)
	mtlo	$8
	sw	$29, 4 * 29($4)
.endm
.macro general
	.irp	n, GENERAL
	lw	$\n, 4 * \n($4)
	.endr
	lw	$4, 16($4)
.endm

	.globl	run_native
	.type	run_native, @function
run_native:
	enter
	lw	$8, FCSR($4)
	ctc1	$8, $31
	general
	jr	$27
	nop

	.globl	run_emulated
	.type	run_emulated, @function
run_emulated:
	enter
	general
	j	fp_trap
	nop

back:
	lui	$27, %hi(machine)
	lw	$27, %lo(machine)($27)
	.irp	n, GENERAL
	sw	$\n, 4 * \n($27)
	.endr
	sw	$4, 16($27)
	sw	$29, 4 * 29($27)
	mfhi	$8
	sw	$8, HI($27)
	mflo	$8
	sw	$8, LO($27)
	.irp	n, ALL_F
	swc1	$f\n, FPR + 4 * \n($27)
	.endr
	cfc1	$8, $31
	sw	$8, FCSR($27)
	ctc1	$0, $31
	lui	$8, %hi(kept)
	addiu	$8, $8, %lo(kept)
	.irp	n, KEPT
	lw	$\n, 4 * \n($8)
	.endr
	jr	$31
	nop
	.section .note.GNU-stack,"",@progbits
