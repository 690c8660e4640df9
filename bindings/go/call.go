// SPDX-License-Identifier: Apache-2.0

package mipzk

/*
#include <mipzk/mipzk.h>

// Functions that Go exports know no const, and a handle of cgo is a number.
extern int32_t mipzkGoProgress(uintptr_t user, uint32_t phase, uint64_t done, uint64_t total);
extern int32_t mipzkGoCycles(uintptr_t user, uint64_t cycles);
extern void mipzkGoPrint(uintptr_t user, uint8_t *text, size_t size);
extern void mipzkGoMark(uintptr_t user, uint64_t cycle, uint32_t mark);
extern int32_t mipzkGoWrite(uintptr_t user, uint8_t *data, size_t size);

static int32_t on_progress(void *user, const mipzk_progress *p) {
  return mipzkGoProgress((uintptr_t)user, p->phase, p->done, p->total);
}
static int32_t on_cycles(void *user, uint64_t cycles) { return mipzkGoCycles((uintptr_t)user, cycles); }
static void on_print(void *user, const uint8_t *text, size_t size) {
  mipzkGoPrint((uintptr_t)user, (uint8_t *)text, size);
}
static void on_mark(void *user, uint64_t cycle, uint32_t mark) { mipzkGoMark((uintptr_t)user, cycle, mark); }

static int32_t on_write(void *user, const uint8_t *data, size_t size) {
  return mipzkGoWrite((uintptr_t)user, (uint8_t *)data, size);
}

extern int64_t mipzkGoRead(uintptr_t user, uint8_t *buffer, size_t size);
static int64_t on_read(void *user, uint8_t *buffer, size_t size) { return mipzkGoRead((uintptr_t)user, buffer, size); }

static mipzk_status mipzk_go_hooks(mipzk_job *job, uintptr_t user, int cycles, int print, int mark, mipzk_error *err) {
  mipzk_status status = mipzk_job_on_cycles(job, cycles ? on_cycles : NULL, (void *)user, err);
  if (status == MIPZK_OK) status = mipzk_job_on_print(job, print ? on_print : NULL, (void *)user, err);
  if (status == MIPZK_OK) status = mipzk_job_on_mark(job, mark ? on_mark : NULL, (void *)user, err);
  return status;
}
static mipzk_status mipzk_go_prove(mipzk_job *job, uintptr_t user, int progress, mipzk_blob **out, mipzk_error *err) {
  return mipzk_job_prove(job, progress ? on_progress : NULL, (void *)user, out, err);
}
static mipzk_status mipzk_go_prove_to(mipzk_job *job, uintptr_t user, int progress, mipzk_error *err) {
  return mipzk_job_prove_to(job, progress ? on_progress : NULL, (void *)user, on_write, (void *)user, err);
}
static mipzk_status mipzk_go_verify_stream(mipzk_ctx *ctx, uint8_t *id, uintptr_t user,
                                           const mipzk_verify_policy *policy, mipzk_blob **front,
                                           mipzk_claim *claim, mipzk_error *err) {
  return mipzk_ctx_verify_stream(ctx, id, on_read, (void *)user, policy, front, claim, err);
}
*/
import "C"

import (
	"context"
	"runtime/cgo"
)

// A call that runs the program is made on a goroutine of its own. What the library calls back is
// done on the caller's goroutine, which meanwhile waits for it and for the context: so a callback
// may panic or end its goroutine, and no frame of C is below it.

// hooks are the callbacks of one call.
type hooks struct {
	job     *Job              // nil if it is none of a job
	handle  cgo.Handle        // of this; the number that C gets
	todo    chan func() error // what a callback is to do on the caller's goroutine
	stop    chan bool         // the answer: whether to cancel
	waiting bool              // for an answer
	write   func(piece []byte) error
	read    func(buffer []byte) (int, error)
}

// ask is called on the goroutine of C.
func (h *hooks) ask(do func() error) bool {
	h.todo <- do
	return <-h.stop
}

func (h *hooks) answer(stop bool) {
	h.waiting = false
	h.stop <- stop
}

func hooksOf(user C.uintptr_t) *hooks { return cgo.Handle(user).Value().(*hooks) }

// Phase is a part of proving.
type Phase uint32

// The phases, in this order; of a run in several shards the first commitments of all come before
// the rest of each.
const (
	PhaseExecute  Phase = C.MIPZK_PHASE_EXECUTE
	PhaseTrace    Phase = C.MIPZK_PHASE_TRACE
	PhaseCommit   Phase = C.MIPZK_PHASE_COMMIT
	PhaseQuotient Phase = C.MIPZK_PHASE_QUOTIENT
	PhaseOpen     Phase = C.MIPZK_PHASE_OPEN
	PhaseQuery    Phase = C.MIPZK_PHASE_QUERY
)

// String returns the phase's name, such as "commit".
func (p Phase) String() string { return C.GoString(C.mipzk_phase_name(C.uint32_t(p))) }

// Progress says how far a proof is.
type Progress struct {
	Phase       Phase
	Done, Total uint64 // of the whole job, in units of about equal time; a Total of 0 is not known yet
}

//export mipzkGoProgress
func mipzkGoProgress(user C.uintptr_t, phase C.uint32_t, done, total C.uint64_t) C.int32_t {
	h := hooksOf(user)
	return C.int32_t(number(h.ask(func() error {
		return h.job.OnProgress(Progress{Phase(phase), uint64(done), uint64(total)})
	})))
}

//export mipzkGoCycles
func mipzkGoCycles(user C.uintptr_t, cycles C.uint64_t) C.int32_t {
	h := hooksOf(user)
	return C.int32_t(number(h.ask(func() error { return h.job.OnCycles(uint64(cycles)) })))
}

//export mipzkGoPrint
func mipzkGoPrint(user C.uintptr_t, text *C.uint8_t, size C.size_t) {
	h := hooksOf(user)
	h.ask(func() error {
		_, err := h.job.Print.Write(clone(text, size)) // the writer may keep it
		return err
	})
}

//export mipzkGoMark
func mipzkGoMark(user C.uintptr_t, cycle C.uint64_t, mark C.uint32_t) {
	h := hooksOf(user)
	h.ask(func() error { return h.job.OnMark(uint64(cycle), uint32(mark)) })
}

//export mipzkGoWrite
func mipzkGoWrite(user C.uintptr_t, data *C.uint8_t, size C.size_t) C.int32_t {
	h := hooksOf(user)
	// The memory is the library's for the length of the callback; writers must not keep it.
	return C.int32_t(number(h.ask(func() error { return h.write(view(data, size)) })))
}

//export mipzkGoRead
func mipzkGoRead(user C.uintptr_t, buffer *C.uint8_t, size C.size_t) C.int64_t {
	h := hooksOf(user)
	n := 0
	stop := h.ask(func() (err error) {
		n, err = h.read(view(buffer, size))
		return err
	})
	if stop {
		return -1
	}
	return C.int64_t(n)
}

func (h *hooks) verify(lib *C.mipzk_ctx, id *C.uint8_t, policy *C.mipzk_verify_policy,
	front **C.mipzk_blob, claim *C.mipzk_claim, e *C.mipzk_error) C.mipzk_status {
	return C.mipzk_go_verify_stream(lib, id, C.uintptr_t(h.handle), policy, front, claim, e)
}

func (h *hooks) set(e *C.mipzk_error) C.mipzk_status {
	return C.mipzk_go_hooks(h.job.handle, C.uintptr_t(h.handle), flag(h.job.OnCycles != nil),
		flag(h.job.Print != nil), flag(h.job.OnMark != nil), e)
}

func (h *hooks) prove(out **C.mipzk_blob, e *C.mipzk_error) C.mipzk_status {
	return C.mipzk_go_prove(h.job.handle, C.uintptr_t(h.handle), flag(h.job.OnProgress != nil), out, e)
}

func (h *hooks) proveTo(e *C.mipzk_error) C.mipzk_status {
	return C.mipzk_go_prove_to(h.job.handle, C.uintptr_t(h.handle), flag(h.job.OnProgress != nil), e)
}

func flag(b bool) C.int { return C.int(number(b)) }

// during makes a call that may take long, with a context of the library's that is for this call.
func (h *hooks) during(ctx context.Context, lib *C.mipzk_ctx, call func() error) error {
	if err := ctx.Err(); err != nil {
		return &Error{Status: ErrCancelled, Message: "cancelled before the call", Cause: err}
	}
	h.todo, h.stop = make(chan func() error), make(chan bool)
	h.handle = cgo.NewHandle(h)
	defer h.handle.Delete()
	finished := make(chan error, 1)
	go func() { finished <- call() }()

	returned := false
	defer func() {
		if !returned { // a callback panics, or ends the goroutine
			C.mipzk_ctx_cancel(lib)
			for !returned {
				if h.waiting {
					h.answer(true)
				}
				select {
				case <-h.todo:
					h.waiting = true
				case <-finished:
					returned = true
				}
			}
		}
		C.mipzk_ctx_resume(lib)
	}()

	var cause error
	done := ctx.Done()
	for {
		select {
		case <-done:
			done, cause = nil, ctx.Err()
			C.mipzk_ctx_cancel(lib)
		case do := <-h.todo:
			h.waiting = true
			if cause == nil {
				if cause = do(); cause != nil {
					C.mipzk_ctx_cancel(lib) // not every callback can say so
				}
			}
			h.answer(cause != nil)
		case err := <-finished:
			returned = true
			if e, ok := err.(*Error); ok && e.Status == ErrCancelled {
				e.Cause = cause
			}
			return err
		}
	}
}

// run makes a call that runs the program.
func (j *Job) run(ctx context.Context, call func(*hooks, *C.mipzk_error) C.mipzk_status) error {
	if err := j.begin(); err != nil {
		return err
	}
	defer j.end()
	h := &hooks{job: j}
	return h.during(ctx, j.ctx, func() error {
		var e C.mipzk_error
		status := h.set(&e)
		if status == C.MIPZK_OK {
			status = call(h, &e)
		}
		err := failure(status, &e)
		if status == C.MIPZK_E_FAULT {
			err.(*Error).Fault = C.GoString(C.mipzk_job_fault_text(j.handle))
		}
		return err
	})
}
