// SPDX-License-Identifier: Apache-2.0

package mipzk

// #include <mipzk/mipzk.h>
// #include <stdlib.h>
import "C"

import (
	"context"
	"io"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// A Job is one run of a program, and its proof. Different jobs may be used at the same time; of one
// job, a method that is called while another is under way fails with ErrState, but for Close.
//
// Set inputs with PublicInput, PrivateInput and Hints, then call Execute to run the program,
// Estimate to see what proving the run takes, or Prove, as often as you like.
type Job struct {
	// OnProgress is called between the steps of a proof.
	OnProgress func(Progress) error
	// OnCycles is called about every 2^18 instructions while the program runs, with their number.
	OnCycles func(cycles uint64) error
	// Print gets what the program shows to people, which is not proved: at most 1 MiB and 4 bytes
	// for each instruction. The bytes are the program's choice: before a terminal gets them, escape
	// what it would act on. Only the first run after an input was set prints and marks.
	Print io.Writer
	// OnMark is called for marks of the program, with the number of instructions so far.
	OnMark func(cycle uint64, mark uint32) error

	// The functions above are called on the goroutine that made the call, never after it has
	// returned. An error from one of them ends the call, which fails with ErrCancelled and that
	// error as its Cause. They may panic. They must not use the job.

	mu     sync.Mutex // for the four below; held only briefly
	ctx    *C.mipzk_ctx
	handle *C.mipzk_job
	busy   bool
	closed bool
}

// begin takes the job for the length of a call, which must end with end.
func (j *Job) begin() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.closed:
		return closed("job")
	case j.busy:
		return &Error{Status: ErrState, Message: "another call is using the job; wait for its end"}
	}
	j.busy = true
	return nil
}

func (j *Job) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.busy = false
	if j.closed {
		j.free()
	}
}

func (j *Job) free() {
	C.mipzk_job_free(j.handle)
	C.mipzk_ctx_free(j.ctx)
	j.handle, j.ctx = nil, nil
}

// Close frees the job and wipes the library's copies of private input, hints and seed. A call that
// is under way on another goroutine is cancelled, and the job freed at its end. A job that is not
// closed is freed after it has become unreachable. Close never fails.
func (j *Job) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	runtime.SetFinalizer(j, nil)
	switch {
	case j.closed:
	case j.busy:
		C.mipzk_ctx_cancel(j.ctx)
	default:
		j.free()
	}
	j.closed = true
	return nil
}

// set makes a short call with the job.
func (j *Job) set(call func(*C.mipzk_error) C.mipzk_status) error {
	if err := j.begin(); err != nil {
		return err
	}
	defer j.end()
	var e C.mipzk_error
	return failure(call(&e), &e)
}

// PublicInput reads the input that is part of what the proof states, to the end of r; nil is an
// empty one. An input has at most 67108860 bytes; ErrInput otherwise. Setting an input forgets the
// results of a run. An error of r is returned as it is, and the job keeps the input that it had.
func (j *Job) PublicInput(r io.Reader) error {
	return j.input(r, func(data *C.uint8_t, size C.size_t, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_public_input(j.handle, data, size, e)
	})
}

// PrivateInput is like PublicInput for the input that the proof hides. The library wipes its copy
// when the job is closed, and this package the memory that it read r into; what you hold yourself
// is yours to wipe.
func (j *Job) PrivateInput(r io.Reader) error {
	return j.input(r, func(data *C.uint8_t, size C.size_t, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_private_input(j.handle, data, size, e)
	})
}

// Hints is like PrivateInput for the words that the program asks for with mipzk_hint_word, in the
// program's byte order; a last partial word is padded with zeros.
func (j *Job) Hints(r io.Reader) error {
	return j.input(r, func(data *C.uint8_t, size C.size_t, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_hints(j.handle, data, size, e)
	})
}

// Argument appends an argument of a Linux program; argv[0] is "guest". Public. ErrArgument for other
// programs and for a text with a zero byte.
func (j *Job) Argument(text string) error {
	return j.text(text, func(text *C.char, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_argument(j.handle, text, e)
	})
}

// Environment appends NAME=VALUE to the environment of a Linux program, which is empty. Public.
func (j *Job) Environment(text string) error {
	return j.text(text, func(text *C.char, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_environment(j.handle, text, e)
	})
}

// File gives a Linux program a file with what r has, at an absolute path. It is private: its bytes,
// its name, and that it is there are the choice of whoever makes the proof.
func (j *Job) File(name string, r io.Reader) error { return j.file(name, r, 0) }

// PublicFile is File for one that is part of what the proof states.
func (j *Job) PublicFile(name string, r io.Reader) error {
	return j.file(name, r, C.MIPZK_FILE_PUBLIC)
}

func (j *Job) file(name string, r io.Reader, flags C.uint32_t) error {
	bytes, err := readInput(r)
	defer wipe(bytes)
	if err != nil {
		return err
	}
	return j.text(name, func(name *C.char, e *C.mipzk_error) C.mipzk_status {
		data, size := pointer(bytes)
		return C.mipzk_job_file(j.handle, name, data, size, flags, e)
	})
}

// text makes a short call with a text of C.
func (j *Job) text(text string, call func(*C.char, *C.mipzk_error) C.mipzk_status) error {
	if strings.IndexByte(text, 0) >= 0 {
		return &Error{Status: ErrArgument, Message: "there is a zero byte in the text"}
	}
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	return j.set(func(e *C.mipzk_error) C.mipzk_status { return call(c, e) })
}

// Clock sets a Linux program's clock as it begins, from 1970-01-01 00:00:01 UTC to the year 2038.
// Public.
func (j *Job) Clock(begin time.Time) error {
	return j.set(func(e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_clock(j.handle, C.uint64_t(begin.Unix()), e)
	})
}

// Random sets what a Linux program's random numbers follow from, which is as secret as the private
// input. Without it they are the same in every run.
func (j *Job) Random(seed *[32]byte) error {
	return j.set(func(e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_random(j.handle, (*C.uint8_t)(unsafe.Pointer(seed)), e)
	})
}

// ClaimedInput returns the public input that a proof of this job claims, of a Linux program all that
// is public: for a verifier that expects these inputs. It is nil while a call is under way.
func (j *Job) ClaimedInput() []byte {
	if j.begin() != nil {
		return nil
	}
	defer j.end()
	var size C.size_t
	return clone(C.mipzk_job_claimed_input(j.handle, &size), size)
}

func (j *Job) input(r io.Reader,
	call func(*C.uint8_t, C.size_t, *C.mipzk_error) C.mipzk_status) error {
	bytes, err := readInput(r)
	defer wipe(bytes)
	if err != nil {
		return err
	}
	return j.set(func(e *C.mipzk_error) C.mipzk_status {
		data, size := pointer(bytes)
		return call(data, size, e)
	})
}

// Seed makes the proof repeatable: equal program, inputs, options and seed give equal bytes. The
// seed must be random and stay SECRET: whoever knows it can undo all hiding that a proof does.
// Without this call the operating system's generator provides one.
func (j *Job) Seed(seed *[32]byte) error {
	return j.set(func(e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_seed(j.handle, (*C.uint8_t)(unsafe.Pointer(seed)), e)
	})
}

// Shape fixes the shards of the proof and the heights of their tables, which otherwise follow the
// run and tell roughly how often each kind of instruction was executed: the shape of an earlier proof
// (Info.Shape) or run (EstimateShape), or one that was made of several. An empty one lets them follow
// the run again.
func (j *Job) Shape(shape []byte) error {
	return j.set(func(e *C.mipzk_error) C.mipzk_status {
		data, size := pointer(shape)
		return C.mipzk_job_shape(j.handle, data, size, e)
	})
}

// A Result is how a run ended.
type Result struct {
	Cycles   uint64 // instructions
	ExitCode uint32
	Output   []byte
}

// Execute runs the program without proving. Errors: ErrFault, ErrCycleLimit, ErrMemoryLimit,
// ErrCancelled, ErrNoMemory, ErrState.
func (j *Job) Execute(ctx context.Context) (*Result, error) {
	var out Result
	err := j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		var cycles C.uint64_t
		var code C.uint32_t
		status := C.mipzk_job_execute(j.handle, &cycles, &code, e)
		out = Result{uint64(cycles), uint32(code), j.output()}
		return status
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// An Estimate says what proving a run takes.
type Estimate struct {
	Cycles          uint64 // instructions
	ExitCode        uint32
	MemoryBytes     uint64 // that the process has at most
	AvailableMemory uint64 // bytes that it may have; Unbounded: no bound is known
	ProofBytes      uint64 // about; Prove keeps them in memory, too
	Cells           uint64 // of the tables that are proved
	ShardCells      uint64 // Options.ShardCells, or less to stay within the memory
	Shards          uint32
	Workers         uint32 // shards that are proved at the same time
}

// Estimate runs the program as Prove does, without proving, and says what proving takes; Prove for
// the same inputs then does not run it for that again. Errors: those of Execute, ErrUnprovable.
func (j *Job) Estimate(ctx context.Context) (*Estimate, error) {
	var out Estimate
	err := j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		c := C.mipzk_estimate{struct_size: C.sizeof_mipzk_estimate}
		status := C.mipzk_job_estimate(j.handle, &c, e)
		out = Estimate{
			Cycles:          uint64(c.cycles),
			ExitCode:        uint32(c.exit_code),
			MemoryBytes:     uint64(c.memory_bytes),
			AvailableMemory: uint64(c.available_memory),
			ProofBytes:      uint64(c.proof_bytes),
			Cells:           uint64(c.cells),
			ShardCells:      uint64(c.shard_cells),
			Shards:          uint32(c.shards),
			Workers:         uint32(c.workers),
		}
		return status
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// EstimateShape returns the shape that a proof of the run has, for others; see Shape. It runs the
// program as Estimate does. Errors: as there.
func (j *Job) EstimateShape(ctx context.Context) ([]byte, error) {
	var blob *C.mipzk_blob
	defer func() { C.mipzk_blob_free(blob) }()
	err := j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_estimate_shape(j.handle, &blob, e)
	})
	if err != nil {
		return nil, err
	}
	return clone(C.mipzk_blob_data(blob), C.mipzk_blob_size(blob)), nil
}

// EstimateTime tells about how long proving will take on this machine as busy as it is now, from
// proving a small run of the library's own for about a second; it runs the program first, as
// Estimate does. Errors: as there.
func (j *Job) EstimateTime(ctx context.Context) (time.Duration, error) {
	var milliseconds C.uint64_t
	err := j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		return C.mipzk_job_estimate_time(j.handle, &milliseconds, e)
	})
	return time.Duration(milliseconds) * time.Millisecond, err
}

// Prove runs the program, proves the run, and returns the proof. Any exit code is provable, but
// verifiers refuse other ones than 0 unless told: look at it first with Execute or Estimate.
// Cancelling ctx ends the call at the end of a step. Errors: those of Execute, ErrUnprovable.
func (j *Job) Prove(ctx context.Context) ([]byte, error) {
	var blob *C.mipzk_blob
	defer func() { C.mipzk_blob_free(blob) }()
	err := j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		return hooks.prove(&blob, e)
	})
	if err != nil {
		return nil, err
	}
	return clone(C.mipzk_blob_data(blob), C.mipzk_blob_size(blob)), nil
}

// ProveTo is Prove with the proof written to w piece by piece as it is made, so that it is never
// whole in memory. An error of w ends the call, and is the Cause of its error. n counts the bytes
// that were written; before an error they are of no use.
func (j *Job) ProveTo(ctx context.Context, w io.Writer) (n int64, err error) {
	err = j.run(ctx, func(hooks *hooks, e *C.mipzk_error) C.mipzk_status {
		hooks.write = func(piece []byte) error {
			written, err := w.Write(piece)
			n += int64(written)
			if err == nil && written != len(piece) {
				err = io.ErrShortWrite
			}
			return err
		}
		return hooks.proveTo(e)
	})
	return n, err
}

// Output returns what the program wrote in the last successful run, by Execute, Estimate or Prove;
// nil before, after an input was set, and while a call is under way.
func (j *Job) Output() []byte {
	if j.begin() != nil {
		return nil
	}
	defer j.end()
	return j.output()
}

func (j *Job) output() []byte {
	var size C.size_t
	return clone(C.mipzk_job_output(j.handle, &size), size)
}
