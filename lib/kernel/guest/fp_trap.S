/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the floating point emulation (see fp.h): saves what the C code may change, decodes, reads the operands from f0..f31
 * into argument registers, calls the operation, writes the result.
 *
 * k0 stays the address to continue at (compiled code never uses k0 and k1), k1 becomes the base of fp_state, and USER_LOCAL
 * holds the instruction word until the end. Operations are entered with `ra` = the code that writes their result.
 *
 * Doubles: f2k holds the low word, f2k+1 the high word. C takes them as (hi, lo) and returns a uint64_t in v0 and v1. */
#include "fp.h"

#ifdef FP_TEST /* another machine's USER_LOCAL is not ours: the test puts the word into memory */
.macro put_word reg
.endm
.macro get_word reg
	lui	\reg, %hi(fp_test_word)
	lw	\reg, %lo(fp_test_word)(\reg)
.endm
.macro put_user_local reg
.endm
#else
.macro put_word reg
	mtc0	\reg, $4, 2
.endm
.macro get_word reg
	rdhwr	\reg, $29
.endm
.macro put_user_local reg
	mtc0	\reg, $4, 2
.endm
#endif

	.set	noreorder
	.set	noat

/* What has to be saved besides $8 and $29. Of the registers that functions may change, the emulation is compiled not to use
 * $14, $15, $24, $25 (FP_FIXED_REGISTERS, see fp_impl.h), and compilers leave $1 to the assembler, which needs it for nothing
 * here: the test of the emulation compares all registers. */
#define SAVED 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 31
/* The rest, for instructions that name general registers. */
#define OTHERS 1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30

/* fp_state and a stack in one aligned block, so that one `lui` reaches all of it. */
#define BLOCK 1024
	.section .bss
	.balign	BLOCK
	.globl	fp_state
	.type	fp_state, @object
	.size	fp_state, 140
fp_state:
	.space	BLOCK
#define GPR(n) %lo(fp_state + FP_STATE_GPR + 4 * n)($27)
#define AT(offset) %lo(fp_state + offset)($27)
/* fp_regs.S: fp_pair_to_a, fp_pair_to_b, fp_single_to_a, fp_single_to_b follow each other, each of this size. */
#define TABLE 256
#define STACK_TOP %lo(fp_state + BLOCK - 32)

	.text
	.globl	fp_trap
	.type	fp_trap, @function
fp_trap:
	put_word $27
	lui	$27, %hi(fp_state)
	sw	$8, GPR(8)
	get_word $8
	.irp	n, SAVED
	sw	$\n, GPR(\n)
	.endr
	sw	$29, GPR(29)
	addiu	$29, $27, STACK_TOP
	srl	$9, $8, 21
	xori	$9, $9, 0x231	/* COP1, format D */
	beq	$9, $0, double
	andi	$10, $8, 0x3f
	xori	$9, $9, 1	/* format S */
	beq	$9, $0, single
	sll	$10, $10, 4
	xori	$9, $9, 4	/* format W */
	beq	$9, $0, integer
	srl	$9, $8, 26
	xori	$9, $9, 0x13	/* COP1X */
	bne	$9, $0, other
	andi	$9, $8, 0x20
	bne	$9, $0, multiply_add
	lui	$11, %hi(table_x - 0x200)

/* Instructions that need general registers, and reserved ones. */
other:
	get_word $5
	.irp	n, OTHERS
	sw	$\n, GPR(\n)
	.endr
	jal	fp_other
	addiu	$4, $27, %lo(fp_state + FP_STATE_GPR)
	bne	$2, $0, fp_raise
	move	$4, $2
	.irp	n, OTHERS
	lw	$\n, GPR(\n)
	.endr
	b	leave
	lw	$8, AT(FP_STATE_USER_LOCAL)

double:
	sll	$10, $10, 4
	lui	$11, %hi(table_d)
	addu	$11, $11, $10
	lw	$10, %lo(table_d)($11)
	and	$10, $10, $8
	bne	$10, $0, other
	lui	$10, %hi(fp_pair_to_a)
	addiu	$10, $10, %lo(fp_pair_to_a)
	srl	$9, $8, 8	/* fs */
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	srl	$9, $8, 13	/* ft */
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	addiu	$9, $9, TABLE
	jalr	$9
	lw	$3, %lo(table_d + 4)($11)
	jr	$3
	lw	$31, %lo(table_d + 8)($11)

single:
	lui	$11, %hi(table_s)
	addu	$11, $11, $10
	lw	$10, %lo(table_s)($11)
	and	$10, $10, $8
	bne	$10, $0, other
	lui	$10, %hi(fp_single_to_a)
	addiu	$10, $10, %lo(fp_single_to_a)
	srl	$9, $8, 8
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	srl	$9, $8, 13
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	addiu	$9, $9, TABLE
	jalr	$9
	lw	$3, %lo(table_s + 4)($11)
	jr	$3
	lw	$31, %lo(table_s + 8)($11)

/* cvt.s.w and cvt.d.w */
integer:
	lui	$9, 0x1f
	andi	$10, $8, 0x3f
	and	$9, $9, $8	/* ft is 0 */
	bne	$9, $0, other
	addiu	$11, $10, -0x20
	sltiu	$9, $11, 2
	beq	$9, $0, other
	sll	$10, $11, 6
	and	$10, $10, $8	/* cvt.d.w: fd is even */
	bne	$10, $0, other
	srl	$9, $8, 8
	andi	$9, $9, 0xf8
	lui	$10, %hi(fp_single_to_a)
	addiu	$10, $10, %lo(fp_single_to_a)
	addu	$9, $9, $10
	jalr	$9
	nop
	bne	$11, $0, integer_to_double
	lui	$31, %hi(write_single)
	j	fp_cvt_s_w
	addiu	$31, $31, %lo(write_single)
integer_to_double:
	lui	$31, %hi(write_pair)
	j	fp_cvt_d_w
	addiu	$31, $31, %lo(write_pair)

multiply_add:
	/* Entered with the high half of table_x - 0x200 in $11: its first entry is that of function 20. */
	addu	$11, $11, $10
	lw	$10, %lo(table_x - 0x200)($11)
	and	$10, $10, $8
	bne	$10, $0, other
	lui	$10, %hi(fp_pair_to_a)
	andi	$9, $8, 1
	beq	$9, $0, multiply_add_single
	addiu	$10, $10, %lo(fp_pair_to_a)
	srl	$9, $8, 18	/* fr */
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	srl	$9, $8, 13	/* ft */
	sw	$4, 16($29)
	sw	$5, 20($29)
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	addiu	$9, $9, TABLE
	jalr	$9
	srl	$9, $8, 8	/* fs */
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	lw	$3, %lo(table_x - 0x200 + 4)($11)
	jr	$3
	lw	$31, %lo(table_x - 0x200 + 8)($11)
multiply_add_single:
	addiu	$10, $10, 2 * TABLE
	srl	$9, $8, 18
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	srl	$9, $8, 13
	move	$6, $4
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	addiu	$9, $9, TABLE
	jalr	$9
	srl	$9, $8, 8
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	lw	$3, %lo(table_x - 0x200 + 4)($11)
	jr	$3
	lw	$31, %lo(table_x - 0x200 + 8)($11)

/* Where operations return to. The variants with "product" are for those that change HI and LO. */
write_pair_product:
	lw	$8, AT(FP_STATE_HI)
	lw	$9, AT(FP_STATE_LO)
	mthi	$8
	mtlo	$9
write_pair:
	get_word $8
	lui	$10, %hi(fp_pair_from_result)
	addiu	$10, $10, %lo(fp_pair_from_result)
	srl	$9, $8, 3	/* fd */
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	lw	$8, AT(FP_STATE_USER_LOCAL)
leave:
	put_user_local $8
	.irp	n, SAVED
	lw	$\n, GPR(\n)
	.endr
	lw	$8, GPR(8)
	jr	$26
	lw	$29, GPR(29)

write_single_product:
	lw	$8, AT(FP_STATE_HI)
	lw	$9, AT(FP_STATE_LO)
	mthi	$8
	mtlo	$9
write_single:
	get_word $8
	lui	$10, %hi(fp_single_from_result)
	addiu	$10, $10, %lo(fp_single_from_result)
	srl	$9, $8, 3
	andi	$9, $9, 0xf8
	addu	$9, $9, $10
	jalr	$9
	lw	$8, AT(FP_STATE_USER_LOCAL)
	b	leave
	nop

write_condition:
	get_word $8
#ifdef FP_TEST
	lui	$10, %hi(fp_test_fcc)
	srl	$9, $8, 6
	andi	$9, $9, 0x1c
	addu	$9, $9, $10
	sw	$2, %lo(fp_test_fcc)($9)
	b	leave
	lw	$8, AT(FP_STATE_USER_LOCAL)
#else
	lui	$10, %hi(fp_condition_from_result)
	addiu	$10, $10, %lo(fp_condition_from_result)
	srl	$9, $8, 5	/* cc */
	andi	$9, $9, 0x38
	addu	$9, $9, $10
	jalr	$9
	lw	$8, AT(FP_STATE_USER_LOCAL)
	b	leave
	nop
#endif

	.globl	fp_raise
	.type	fp_raise, @function
fp_raise:
	get_word $5
	move	$6, $26
	lw	$8, AT(FP_STATE_USER_LOCAL)
	put_user_local $8
	j	fp_fault
	addiu	$29, $27, STACK_TOP

/* Operations that change HI and LO: save_NAME saves them first. */
.macro product name
save_\name:
	mfhi	$8
	mflo	$9
	sw	$8, AT(FP_STATE_HI)
	j	fp_\name
	sw	$9, AT(FP_STATE_LO)
.endm
	.irp	name, mul, div, sqrt, recip, rsqrt, madd, msub, nmadd, nmsub
	product	\name\()_s
	product	\name\()_d
	.endr

/* Tables by function: bits of the word that must be 0, the operation, where it returns to. */
.macro entry mask, operation, return
	.word	\mask, \operation, \return, 0
.endm
.macro none count
	.rept	\count
	entry	-1, 0, 0
	.endr
.endm
#define ODD_FD 0x40
#define ODD_FS 0x800
#define ODD_FT 0x10000
#define ODD_FR 0x200000
#define FT 0x1f0000	/* unary: ft is 0 */
#define BINARY_D ODD_FD | ODD_FS | ODD_FT
#define UNARY_D ODD_FD | ODD_FS | FT
#define TO_SINGLE ODD_FS | FT
#define COMPARE 0xc0	/* of paired singles, or reserved */

	.section .rodata
	.balign	16
table_d:
	entry	BINARY_D, fp_add_d, write_pair
	entry	BINARY_D, fp_sub_d, write_pair
	entry	BINARY_D, save_mul_d, write_pair_product
	entry	BINARY_D, save_div_d, write_pair_product
	entry	UNARY_D, save_sqrt_d, write_pair_product
	entry	UNARY_D, fp_abs_d, write_pair
	none	1	/* mov.d */
	entry	UNARY_D, fp_neg_d, write_pair
	none	4	/* to L */
	.rept	4	/* round, trunc, ceil, floor to W */
	entry	TO_SINGLE, fp_to_word_d, write_single
	.endr
	none	5
	entry	UNARY_D, save_recip_d, write_pair_product
	entry	UNARY_D, save_rsqrt_d, write_pair_product
	none	9
	entry	TO_SINGLE, fp_cvt_s_d, write_single
	none	3
	entry	TO_SINGLE, fp_to_word_d, write_single
	none	11
	.rept	16
	entry	COMPARE | ODD_FS | ODD_FT, fp_compare_d, write_condition
	.endr
table_s:
	entry	0, fp_add_s, write_single
	entry	0, fp_sub_s, write_single
	entry	0, save_mul_s, write_single_product
	entry	0, save_div_s, write_single_product
	entry	FT, save_sqrt_s, write_single_product
	entry	FT, fp_abs_s, write_single
	none	1
	entry	FT, fp_neg_s, write_single
	none	4
	.rept	4
	entry	FT, fp_to_word_s, write_single
	.endr
	none	5
	entry	FT, save_recip_s, write_single_product
	entry	FT, save_rsqrt_s, write_single_product
	none	10
	entry	FT | ODD_FD, fp_cvt_d_s, write_pair
	none	2
	entry	FT, fp_to_word_s, write_single
	none	11
	.rept	16
	entry	COMPARE, fp_compare_s, write_condition
	.endr
/* COP1X, functions 20 to 3f */
table_x:
	.irp	name, madd, msub, nmadd, nmsub
	entry	0, save_\name\()_s, write_single_product
	entry	ODD_FD | ODD_FS | ODD_FT | ODD_FR, save_\name\()_d, write_pair_product
	none	6
	.endr
