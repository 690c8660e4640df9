// SPDX-License-Identifier: Apache-2.0

package mipzk

// #include <mipzk/mipzk.h>
import "C"

// Unbounded is no bound, where 0 is the default one.
const Unbounded = ^uint64(0)

// Options are for programs and jobs. 0 in a field means its default.
type Options struct {
	// Threads to use; default: all of the machine. Goroutines do not count, and GOMAXPROCS does not
	// bound it.
	Threads uint
	// MaxGuestMemory is how many bytes of memory a program may touch; default 1 GiB. It does not
	// bound what proving takes.
	MaxGuestMemory uint64
	// MaxCycles is how many instructions a program may run; default 2^32.
	MaxCycles uint64
	// Profile is the id of the parameter set of proofs; see Profiles. Default: the first.
	Profile uint32
	// NoHiding leaves out all that hides the private input, for measurements and for proofs that
	// nobody but you sees. Such a proof says so, and verifiers refuse it unless asked.
	NoHiding bool
	// MaxMemory is how many bytes of memory the process may have while a run is proved and ProveTo
	// writes the proof: what it has already, and what running and proving add. To stay below, fewer
	// shards are proved at the same time, and then smaller ones. A run for which even the smallest
	// take more is refused with ErrNoMemory before it is proved. Default: half of what is available
	// when the call begins, beside what the process has; that never makes shards smaller, since a
	// proof shows their size. Unbounded: no bound.
	MaxMemory uint64
	// ShardCycles is how many instructions a shard has at most, 1024 to 2^26 - 1, the default.
	ShardCycles uint64
	// ShardCells, 2^20 to 2^30, cuts a longer run into shards whose tables have about so many cells
	// and which are proved one by one, so that memory does not grow with the run. A shard takes about
	// 22 bytes a cell while it is proved, and 1.5 to 2 MB of the proof.
	// Default: 2^25, some 600,000 instructions.
	ShardCells uint64
}

// newContext makes a context with the options. Each program and each job has one of its own: a
// context's cancel is for all of its jobs.
func (o *Options) newContext() (*C.mipzk_ctx, error) {
	var ctx *C.mipzk_ctx
	var e C.mipzk_error
	if status := C.mipzk_ctx_new(C.MIPZK_ABI_VERSION, &ctx, &e); status != C.MIPZK_OK {
		return nil, failure(status, &e)
	}
	if o == nil {
		return ctx, nil
	}
	for _, set := range []struct {
		option C.mipzk_option
		value  uint64
	}{
		{C.MIPZK_OPT_THREADS, uint64(o.Threads)},
		{C.MIPZK_OPT_MAX_GUEST_MEMORY, o.MaxGuestMemory},
		{C.MIPZK_OPT_MAX_CYCLES, o.MaxCycles},
		{C.MIPZK_OPT_PROFILE, uint64(o.Profile)},
		{C.MIPZK_OPT_NO_HIDING, number(o.NoHiding)},
		{C.MIPZK_OPT_MAX_MEMORY, o.MaxMemory},
		{C.MIPZK_OPT_SHARD_CYCLES, o.ShardCycles},
		{C.MIPZK_OPT_SHARD_CELLS, o.ShardCells},
	} {
		status := C.mipzk_ctx_set_u64(ctx, set.option, C.uint64_t(set.value), &e)
		if status != C.MIPZK_OK {
			C.mipzk_ctx_free(ctx)
			return nil, failure(status, &e)
		}
	}
	return ctx, nil
}

func number(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// failure is nil, or what a call failed with.
func failure(status C.mipzk_status, e *C.mipzk_error) error {
	if status == C.MIPZK_OK {
		return nil
	}
	return &Error{Status: Status(status), Detail: uint32(e.detail), Message: C.GoString(&e.message[0])}
}

// closed is what methods of closed objects fail with.
func closed(what string) error {
	return &Error{Status: ErrState, Message: "the " + what + " is closed"}
}
