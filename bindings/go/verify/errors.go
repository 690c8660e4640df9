// SPDX-License-Identifier: Apache-2.0

package verify

// #include <mipzk/mipzk.h>
import "C"

import "fmt"

// A Status is the kind of an error of the library. Every status is an error by itself, for
// errors.Is: errors.Is(err, verify.ErrRejected).
type Status int32

// The statuses. Those of ErrELF to ErrUnprovable come from package mipzk only. A later library may
// give others; treat what you do not know as a failure.
const (
	ErrArgument     Status = C.MIPZK_E_ARGUMENT      // an argument is invalid
	ErrNoMemory     Status = C.MIPZK_E_NO_MEMORY     // out of memory or threads; Detail: 0, or the MiB that Options.MaxMemory must be at least
	ErrCancelled    Status = C.MIPZK_E_CANCELLED     // a context or a callback ended the call; see Error.Cause
	ErrInternal     Status = C.MIPZK_E_INTERNAL      // a defect of the library: please report it
	ErrUnsupported  Status = C.MIPZK_E_UNSUPPORTED   // valid, but this version cannot do it
	ErrState        Status = C.MIPZK_E_STATE         // another call is using the object, or it is closed
	ErrELF          Status = C.MIPZK_E_ELF           // the program file cannot be loaded
	ErrInput        Status = C.MIPZK_E_INPUT         // an input does not fit the machine
	ErrFault        Status = C.MIPZK_E_FAULT         // the program did something that stops it; see Error.Fault
	ErrCycleLimit   Status = C.MIPZK_E_CYCLE_LIMIT   // the program ran longer than Options.MaxCycles
	ErrMemoryLimit  Status = C.MIPZK_E_MEMORY_LIMIT  // the program touched more than Options.MaxGuestMemory
	ErrUnprovable   Status = C.MIPZK_E_UNPROVABLE    // the run, or the shape, is outside what a proof can hold
	ErrMalformed    Status = C.MIPZK_E_MALFORMED     // these bytes are not a proof
	ErrPolicy       Status = C.MIPZK_E_POLICY        // the proof is outside the policy
	ErrRejected     Status = C.MIPZK_E_REJECTED      // the proof is wrong
	ErrWrongProgram Status = C.MIPZK_E_WRONG_PROGRAM // the proof is about another program
	ErrWorkspace    Status = C.MIPZK_E_WORKSPACE     // never seen in Go: this package provides the workspace
	ErrExitCode     Status = C.MIPZK_E_EXIT_CODE     // the proof is valid, but the program ended with another exit code; Detail: which
)

// Error returns the status's name, such as "MIPZK_E_REJECTED".
func (s Status) Error() string { return C.GoString(C.mipzk_status_name(C.mipzk_status(s))) }

// An Error is what the functions of this module fail with, unless said otherwise. The library's
// words contain no private data.
type Error struct {
	Status  Status
	Detail  uint32 // depends on the status; 0 unless said there
	Message string // of the library, in English, for people

	// Fault says in several lines where and why the program stopped, and what to do about it.
	// "" unless Status is ErrFault.
	Fault string

	// Cause is what ended the call from outside: the error of a context or of a callback. nil
	// otherwise.
	Cause error
}

func (e *Error) Error() string {
	text := "mipzk: " + e.Message
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return fmt.Sprintf("%s (%v)", text, e.Status)
}

// Is reports whether target is the error's status.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// failure is nil, or what a call failed with.
func failure(status C.mipzk_status, e *C.mipzk_error) error {
	if status == C.MIPZK_OK {
		return nil
	}
	return &Error{Status: Status(status), Detail: uint32(e.detail), Message: C.GoString(&e.message[0])}
}
