# Entry of a C guest: sets up what C code expects and turns main's result into the exit code. The same
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
	move	$a0, $zero		# main(0, NULL, NULL): there are no arguments
	move	$a1, $zero
	move	$a2, $zero
	jal	main
	addiu	$sp, $sp, -16		# slot: argument save area of o32
	jal	mipzk_halt
	move	$a0, $v0		# slot
1:	b	1b			# not reached
	nop
	.end	_start
	.size	_start, . - _start

# Names the runtime in the image, and keeps the read-only segment from being empty.
	.section .rodata.mipzk_runtime, "a", @progbits
	.align	2
	.asciz	"mipzk C guest 1"
