	.globl fp_trap
fp_trap: b fp_trap
	.globl fp_store
fp_store:
	.globl fp_load
fp_load: jr $31
	.globl fp_state
	.comm fp_state,256,4
