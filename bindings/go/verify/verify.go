// SPDX-License-Identifier: Apache-2.0

// Package verify checks proofs that a MIPS program ran, and says what they state. It links
// libmipzk_verify alone: no prover, no C++ library. Package mipzk, which makes proofs, has all of
// this under its own name, too.
//
// A verifier must know the id of the program from a source that it trusts, and compare the claim
// with what it expects: a valid proof proves that output and inputs belong to a run, not that it is
// the run that was asked for.
//
// All functions may be called from any number of goroutines at the same time. They make no threads
// and cannot be cancelled: a proof takes some 6 ms for each MB, bounded by the policy; package mipzk
// has functions that use all cores, read from an io.Reader, and end with a context. What they return
// is copied; the proof's bytes must not change while a call is under way.
//
// The library is found with pkg-config, as mipzk_verify. It is an archive: programs that only verify
// need no library of mipzk when they run.
package verify

// #cgo pkg-config: mipzk_verify
// #include <mipzk/mipzk.h>
import "C"

import (
	"encoding/hex"
	"fmt"
	"sync"
	"unsafe"

	"mipzk/internal/bridge"
)

// A ProgramID commits to all code and initial data of a program. It is what a verifier must know
// beforehand.
type ProgramID [32]byte

// String returns the id in hexadecimal digits, as `mipzk inspect` prints it.
func (id ProgramID) String() string { return hex.EncodeToString(id[:]) }

// ParseProgramID reads what String returns.
func ParseProgramID(text string) (ProgramID, error) {
	var id ProgramID
	bytes, err := hex.DecodeString(text)
	if err != nil || len(bytes) != len(id) {
		return id, &Error{Status: ErrArgument, Message: "a program id has 64 hexadecimal digits", Cause: err}
	}
	copy(id[:], bytes)
	return id, nil
}

// A Policy is what a verifier accepts. 0 in a field means its default; the proof has no say.
type Policy struct {
	MinSecurityBits uint32 // provable bits, default 100
	MaxProofBytes   uint64 // default 8 GiB; verifying takes some 6 ms for each MB
	MaxShards       uint32 // default 4096
	MaxCycles       uint64 // bound on the length of the run, default 2^32
	ExitCode        uint32 // that the program must have ended with, default 0
	AnyExitCode     bool   // accept whatever the program ended with: look at the claim
	AllowNoHiding   bool   // accept proofs that may tell everything about the private input
}

func (p *Policy) c() C.mipzk_verify_policy {
	out := C.mipzk_verify_policy{struct_size: C.sizeof_mipzk_verify_policy}
	if p == nil {
		return out
	}
	out.min_security_bits = C.uint32_t(p.MinSecurityBits)
	out.max_proof_bytes = C.uint64_t(p.MaxProofBytes)
	out.max_cycles = C.uint64_t(p.MaxCycles)
	out.max_shards = C.uint32_t(p.MaxShards)
	out.exit_code = C.uint32_t(p.ExitCode)
	if p.AnyExitCode {
		out.flags |= C.MIPZK_VERIFY_ANY_EXIT_CODE
	}
	if p.AllowNoHiding {
		out.flags |= C.MIPZK_VERIFY_ALLOW_NO_HIDING
	}
	return out
}

// A Claim is what an accepted proof states: the program with this id, run on this public input and
// some private input, ended with this exit code and this output.
type Claim struct {
	ExitCode     uint32
	PublicInput  []byte
	Output       []byte
	Shards       uint32
	SecurityBits uint32 // provable, rounded down
	NoHiding     bool   // the proof may tell everything about the private input
	Linux        bool   // PublicInput is a list of entries, as Job.ClaimedInput has it
}

func init() {
	bridge.Policy = func(policy any) unsafe.Pointer {
		p := policy.(*Policy).c()
		return unsafe.Pointer(&p)
	}
	bridge.Claim = func(front []byte, claim unsafe.Pointer) any { return claimOf(front, (*C.mipzk_claim)(claim)) }
}

func claimOf(front []byte, claim *C.mipzk_claim) *Claim {
	return &Claim{
		ExitCode:     uint32(claim.exit_code),
		PublicInput:  clone(front, claim.public_input),
		Output:       clone(front, claim.output),
		Shards:       uint32(claim.shards),
		SecurityBits: uint32(claim.security_bits),
		NoHiding:     claim.flags&C.MIPZK_PROOF_NO_HIDING != 0,
		Linux:        claim.flags&C.MIPZK_PROOF_LINUX != 0,
	}
}

// Workspaces hold nothing secret; each is made for the largest policy that it has met.
var workspaces sync.Pool

// Proof verifies a proof about the program with the id. A nil policy is the default one: at least
// 100 bits, only runs with exit code 0, only proofs that hide their private input.
//
// The claim is nil unless the proof is valid. With ErrExitCode the proof is valid, too, and the
// claim is there to look at; every other error is a refusal: ErrMalformed, ErrUnsupported,
// ErrPolicy, ErrRejected, ErrWrongProgram, ErrArgument. Detail of ErrMalformed and ErrRejected is the
// number of the shard, from 1, whose part is wrong, or 0.
func Proof(id ProgramID, proof []byte, policy *Policy) (*Claim, error) {
	if err := CheckABI(); err != nil {
		return nil, err
	}
	p := policy.c()
	size := int(C.mipzk_verify_workspace_size(&p))
	workspace, _ := workspaces.Get().(*[]byte)
	if workspace == nil || len(*workspace) < size {
		// One byte at least: the library says why there is no size for a policy.
		fresh := make([]byte, size+1)
		workspace = &fresh
	}
	defer workspaces.Put(workspace)
	data, length := pointer(proof)
	claim := C.mipzk_claim{struct_size: C.sizeof_mipzk_claim}
	var e C.mipzk_error
	status := C.mipzk_verify((*C.uint8_t)(unsafe.Pointer(&id[0])), data, length, &p,
		unsafe.Pointer(&(*workspace)[0]), C.size_t(len(*workspace)), &claim, &e)
	err := failure(status, &e)
	if status != C.MIPZK_OK && status != C.MIPZK_E_EXIT_CODE {
		return nil, err
	}
	return claimOf(proof, &claim), err
}

// pointer is what C wants to know of a slice. It may point into an object with Go pointers beside
// the bytes, so it must have a type without pointers when it reaches a call.
func pointer(b []byte) (*C.uint8_t, C.size_t) {
	if len(b) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&b[0])), C.size_t(len(b))
}

// clone copies a range, which the library has found to lie inside the proof.
func clone(proof []byte, r C.mipzk_range) []byte {
	return append([]byte{}, proof[r.offset:][:r.size]...)
}

// CheckABI fails with ErrUnsupported if the library that is running is not of the header that this
// package was compiled with. All functions that read a proof call it.
func CheckABI() error {
	if got := C.mipzk_abi_version(); got != C.MIPZK_ABI_VERSION {
		return &Error{Status: ErrUnsupported, Detail: uint32(got), Message: fmt.Sprintf(
			"the header has ABI version %d, the library %d: build the program against what is installed",
			C.MIPZK_ABI_VERSION, got)}
	}
	return nil
}

// Version is that of the library, such as "0.1.0".
func Version() string { return C.GoString(C.mipzk_version()) }
