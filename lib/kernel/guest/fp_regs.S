/* SPDX-License-Identifier: Apache-2.0 */
/* Access to floating point registers by number, and all of them at once. Register numbers are part of the instructions, so
 * there is a piece of code for each, 8 bytes for a single and 16 for a pair; callers jump to base + 8 * number. */
#include "fp.h"

#if defined(__MIPSEL__)
#define HI $3
#define LO $2
#else
#define HI $2
#define LO $3
#endif

	.set	noreorder
	.set	noat
	.set	hardfloat
	.text

#define ALL 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

/* pairs NAME, OP, HI, LO: for each pair, OP on its high word (the odd register) and on its low word */
.macro pair_piece op, hi, lo, even, odd
	\op	\lo, $f\even
	jr	$31
	\op	\hi, $f\odd
	nop
.endm
.macro pairs name, op, hi, lo
	.globl	\name
\name:
	pair_piece \op, \hi, \lo, 0, 1
	pair_piece \op, \hi, \lo, 2, 3
	pair_piece \op, \hi, \lo, 4, 5
	pair_piece \op, \hi, \lo, 6, 7
	pair_piece \op, \hi, \lo, 8, 9
	pair_piece \op, \hi, \lo, 10, 11
	pair_piece \op, \hi, \lo, 12, 13
	pair_piece \op, \hi, \lo, 14, 15
	pair_piece \op, \hi, \lo, 16, 17
	pair_piece \op, \hi, \lo, 18, 19
	pair_piece \op, \hi, \lo, 20, 21
	pair_piece \op, \hi, \lo, 22, 23
	pair_piece \op, \hi, \lo, 24, 25
	pair_piece \op, \hi, \lo, 26, 27
	pair_piece \op, \hi, \lo, 28, 29
	pair_piece \op, \hi, \lo, 30, 31
.endm
.macro singles name, op, register
	.globl	\name
\name:
	.irp	n, ALL
	jr	$31
	\op	\register, $f\n
	.endr
.endm

/* The first four in this order: fp_trap.S counts on it. */
	pairs	fp_pair_to_a, mfc1, $4, $5
	pairs	fp_pair_to_b, mfc1, $6, $7
	singles	fp_single_to_a, mfc1, $4
	singles	fp_single_to_b, mfc1, $5
	pairs	fp_pair_from_result, mtc1, HI, LO
	singles	fp_single_from_result, mtc1, $2
	singles	fp_single_to_result, mfc1, $2

/* uint32_t fp_read(uint32_t n) */
	.globl	fp_read
	.type	fp_read, @function
fp_read:
	lui	$8, %hi(fp_single_to_result)
	addiu	$8, $8, %lo(fp_single_to_result)
	sll	$4, $4, 3
	addu	$8, $8, $4
	jr	$8
	nop

/* void fp_write(uint32_t n, uint32_t value) */
	.globl	fp_write
	.type	fp_write, @function
fp_write:
	lui	$8, %hi(fp_single_from_result)
	addiu	$8, $8, %lo(fp_single_from_result)
	sll	$4, $4, 3
	addu	$8, $8, $4
	jr	$8
	move	$2, $5

#ifndef FP_TEST /* FCCs as control registers 16..23, FCSR without them as 24: only this machine has them */
#define CONDITIONS 16, 17, 18, 19, 20, 21, 22, 23

	.globl	fp_condition_from_result
fp_condition_from_result:
	.irp	n, CONDITIONS
	jr	$31
	ctc1	$2, $\n
	.endr
condition_to_result:
	.irp	n, CONDITIONS
	jr	$31
	cfc1	$2, $\n
	.endr

/* uint32_t fp_fcc(uint32_t cc) */
	.globl	fp_fcc
	.type	fp_fcc, @function
fp_fcc:
	lui	$8, %hi(condition_to_result)
	addiu	$8, $8, %lo(condition_to_result)
	sll	$4, $4, 3
	addu	$8, $8, $4
	jr	$8
	nop

/* uint32_t fp_conditions(void) */
	.globl	fp_conditions
	.type	fp_conditions, @function
fp_conditions:
	cfc1	$2, $16
	.irp	n, 17, 18, 19, 20, 21, 22, 23
	cfc1	$8, $\n
	ins	$2, $8, \n - 16, 1
	.endr
	jr	$31
	nop

/* void fp_set_conditions(uint32_t mask) */
	.globl	fp_set_conditions
	.type	fp_set_conditions, @function
fp_set_conditions:
	.irp	n, CONDITIONS
	ext	$8, $4, \n - 16, 1
	ctc1	$8, $\n
	.endr
	jr	$31
	nop

/* void fp_store(uint32_t area[FP_AREA_WORDS]) */
	.globl	fp_store
	.type	fp_store, @function
fp_store:
	.irp	n, ALL
	swc1	$f\n, 4 * \n($4)
	.endr
	cfc1	$8, $24
	sw	$8, 4 * 32($4)
	.irp	n, CONDITIONS
	cfc1	$8, $\n
	sw	$8, 4 * (\n + 17)($4)
	.endr
	jr	$31
	nop

/* void fp_load(const uint32_t area[FP_AREA_WORDS]) */
	.globl	fp_load
	.type	fp_load, @function
fp_load:
	.irp	n, ALL
	lwc1	$f\n, 4 * \n($4)
	.endr
	lw	$8, 4 * 32($4)
	ctc1	$8, $24
	.irp	n, CONDITIONS
	lw	$8, 4 * (\n + 17)($4)
	ctc1	$8, $\n
	.endr
	jr	$31
	nop
#endif
