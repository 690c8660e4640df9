// SPDX-License-Identifier: Apache-2.0

package mipzk

// #include <mipzk/mipzk.h>
import "C"

import (
	"context"
	"errors"
	"io"
	"unsafe"

	"mipzk/internal/bridge"
	"mipzk/verify"
)

// What this package shares with package verify, which see: errors, and the verifier.
type (
	Error     = verify.Error
	Status    = verify.Status
	ProgramID = verify.ProgramID
	Policy    = verify.Policy
	Claim     = verify.Claim
	Info      = verify.Info
	Profile   = verify.Profile
)

// The statuses of package verify.
const (
	ErrArgument     = verify.ErrArgument
	ErrNoMemory     = verify.ErrNoMemory
	ErrCancelled    = verify.ErrCancelled
	ErrInternal     = verify.ErrInternal
	ErrUnsupported  = verify.ErrUnsupported
	ErrState        = verify.ErrState
	ErrELF          = verify.ErrELF
	ErrInput        = verify.ErrInput
	ErrFault        = verify.ErrFault
	ErrCycleLimit   = verify.ErrCycleLimit
	ErrMemoryLimit  = verify.ErrMemoryLimit
	ErrUnprovable   = verify.ErrUnprovable
	ErrMalformed    = verify.ErrMalformed
	ErrPolicy       = verify.ErrPolicy
	ErrRejected     = verify.ErrRejected
	ErrWrongProgram = verify.ErrWrongProgram
	ErrExitCode     = verify.ErrExitCode
)

// Verify is verify.Proof.
func Verify(id ProgramID, proof []byte, policy *Policy) (*Claim, error) {
	return verify.Proof(id, proof, policy)
}

// VerifyContext is Verify on all threads (Options.Threads), half a MiB each, until ctx ends. Its
// errors are those of Verify, ErrNoMemory and ErrCancelled.
func VerifyContext(ctx context.Context, id ProgramID, proof []byte, policy *Policy,
	options *Options) (*Claim, error) {
	return verifyWith(ctx, policy, options, func(c *verification) ([]byte, C.mipzk_status) {
		data, size := pointer(proof)
		return proof, C.mipzk_ctx_verify(c.lib, (*C.uint8_t)(&id[0]), data, size, c.policy, &c.claim, &c.e)
	})
}

// VerifyReader is VerifyContext for a proof that is read once, in order: from a file, a pipe, a
// connection, to its end. It takes the parts of two shards a thread, mostly 1 to 2 MB each, and not
// more for a longer proof. An error of r ends the call, and is the Cause of its error.
func VerifyReader(ctx context.Context, id ProgramID, proof io.Reader, policy *Policy,
	options *Options) (*Claim, error) {
	var front *C.mipzk_blob
	defer func() { C.mipzk_blob_free(front) }()
	return verifyWith(ctx, policy, options, func(c *verification) ([]byte, C.mipzk_status) {
		c.read = (&source{Reader: proof}).read
		status := c.verify(c.lib, (*C.uint8_t)(&id[0]), c.policy, &front, &c.claim, &c.e)
		return view(C.mipzk_blob_data(front), C.mipzk_blob_size(front)), status
	})
}

// A verification is a call of VerifyContext or VerifyReader.
type verification struct {
	hooks
	lib    *C.mipzk_ctx
	policy *C.mipzk_verify_policy
	claim  C.mipzk_claim
	e      C.mipzk_error
}

// verifyWith makes a call that verifies; `call` returns the bytes in which the claim's ranges lie.
func verifyWith(ctx context.Context, policy *Policy, options *Options,
	call func(*verification) ([]byte, C.mipzk_status)) (*Claim, error) {
	lib, err := options.newContext()
	if err != nil {
		return nil, err
	}
	defer C.mipzk_ctx_free(lib)
	c := &verification{lib: lib, policy: (*C.mipzk_verify_policy)(bridge.Policy(policy))}
	c.claim.struct_size = C.sizeof_mipzk_claim
	var claim *Claim
	err = c.during(ctx, lib, func() error {
		front, status := call(c)
		if status == C.MIPZK_OK || status == C.MIPZK_E_EXIT_CODE {
			claim = bridge.Claim(front, unsafe.Pointer(&c.claim)).(*Claim)
		}
		return failure(status, &c.e)
	})
	return claim, err
}

// A source keeps the error that came with its last bytes.
type source struct {
	io.Reader
	err error
}

// read reads at least one byte, unless the source is at its end.
func (s *source) read(buffer []byte) (int, error) {
	for try := 0; s.err == nil && try < 100; try++ {
		var n int
		n, s.err = s.Read(buffer)
		if n < 0 || n > len(buffer) {
			return 0, errors.New("the reader returned a count that it cannot have read")
		}
		if n > 0 {
			return n, nil
		}
	}
	switch s.err {
	case nil:
		return 0, io.ErrNoProgress
	case io.EOF:
		return 0, nil
	}
	return 0, s.err
}

// Inspect is verify.Inspect.
func Inspect(proof []byte) (*Info, error) { return verify.Inspect(proof) }

// Profiles is verify.Profiles.
func Profiles() []Profile { return verify.Profiles() }

// Version is verify.Version.
func Version() string { return verify.Version() }
