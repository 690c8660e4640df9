// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"mipzk"
	"mipzk/verify"
)

var made struct {
	once  sync.Once
	id    verify.ProgramID
	proof []byte
	err   error
}

// sample is a proof of the guest echo with the public input "public".
func sample(t testing.TB) (verify.ProgramID, []byte) {
	t.Helper()
	guests := os.Getenv("MIPZK_GUESTS")
	if guests == "" {
		t.Skip("MIPZK_GUESTS names no folder of guests")
	}
	made.once.Do(func() {
		made.err = func() error {
			elf, err := os.ReadFile(filepath.Join(guests, "echo.elf"))
			if err != nil {
				return err
			}
			program, err := mipzk.Load(elf, nil)
			if err != nil {
				return err
			}
			defer program.Close()
			job, err := program.NewJob(nil)
			if err != nil {
				return err
			}
			defer job.Close()
			if err := job.PublicInput(bytes.NewReader([]byte("public"))); err != nil {
				return err
			}
			made.id = program.ID()
			made.proof, err = job.Prove(context.Background())
			return err
		}()
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.id, made.proof
}

// refusals are what a proof that is not valid may be called.
var refusals = []error{verify.ErrMalformed, verify.ErrUnsupported, verify.ErrPolicy, verify.ErrRejected, verify.ErrWrongProgram}

func refused(t testing.TB, proof []byte, id verify.ProgramID) {
	t.Helper()
	claim, err := verify.Proof(id, proof, nil)
	for _, refusal := range refusals {
		if claim == nil && errors.Is(err, refusal) {
			return
		}
	}
	t.Fatalf("%v, %+v", err, claim)
}

// look calls everything that reads a proof: it may fail, and must not do worse.
func look(proof []byte) {
	verify.Inspect(proof)
	verify.SecurityOf(proof, verify.Unique)
	verify.SecurityOf(proof, verify.Johnson)
}

func TestDamagedProofsAreRefused(t *testing.T) {
	id, proof := sample(t)
	if _, err := verify.Proof(id, proof, nil); err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte{}, proof...)
	for i := 0; i < len(proof); i += 1 + i/4 {
		damaged[i] ^= 1
		refused(t, damaged, id)
		look(damaged)
		damaged[i] ^= 1
		refused(t, proof[:i], id)
		look(proof[:i])
	}
	refused(t, append(damaged, 0), id)
	refused(t, nil, id)
}

func TestClaimsAreCopies(t *testing.T) {
	id, proof := sample(t)
	proof = append([]byte{}, proof...)
	claim, err := verify.Proof(id, proof, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := verify.Inspect(proof)
	if err != nil {
		t.Fatal(err)
	}
	for i := range proof {
		proof[i] = 0
	}
	if string(claim.PublicInput) != "public" || string(info.PublicInput) != "public" {
		t.Fatal(claim, info)
	}
}

func TestGoroutinesVerify(t *testing.T) {
	id, proof := sample(t)
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			policy := &verify.Policy{MaxProofBytes: uint64(4+i) << 20}
			for k := 0; k < 4; k++ {
				claim, err := verify.Proof(id, proof, policy)
				if err != nil || string(claim.PublicInput) != "public" {
					t.Error(err, claim)
				}
			}
		}(i)
	}
	group.Wait()
}

func TestProfilesAndStatusesHaveNames(t *testing.T) {
	profiles := verify.Profiles()
	if len(profiles) < 4 || profiles[0].Name == "" || profiles[0].TargetBits < 100 {
		t.Fatalf("%+v", profiles)
	}
	if got := fmt.Sprint(verify.ErrWrongProgram); got != "MIPZK_E_WRONG_PROGRAM" {
		t.Fatal(got)
	}
	if err := verify.CheckABI(); err != nil || verify.Version() == "" {
		t.Fatal(err, verify.Version())
	}
	// A policy that cannot be met is an error of the caller.
	if _, err := verify.Proof(verify.ProgramID{}, nil, &verify.Policy{MinSecurityBits: 1 << 31}); err == nil {
		t.Fatal("accepted")
	}
}

// FuzzBytes gives the verifier anything.
func FuzzBytes(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("MPZK"))
	f.Add(append([]byte("MPZK"), make([]byte, 300)...))
	f.Fuzz(func(t *testing.T, proof []byte) {
		refused(t, proof, verify.ProgramID{})
		look(proof)
	})
}

// FuzzDamage puts bytes into a proof and cuts it.
func FuzzDamage(f *testing.F) {
	id, proof := sample(f)
	for _, at := range []uint32{0, 4, 8, 20, 100, 1000, uint32(len(proof) / 2)} {
		f.Add(at, []byte{1, 0, 0, 0x80}, uint32(0))
		f.Add(at, []byte{0xff}, at)
	}
	f.Fuzz(func(t *testing.T, at uint32, with []byte, cut uint32) {
		damaged := append([]byte{}, proof[:len(proof)-int(cut)%len(proof)]...)
		copy(damaged[int(at)%len(damaged):], with)
		if !bytes.Equal(damaged, proof) {
			refused(t, damaged, id)
		}
		look(damaged)
	})
}
