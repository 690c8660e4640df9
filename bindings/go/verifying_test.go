// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"mipzk"
)

// proved is a proof, of several shards if the run has more than 1024 instructions.
func proved(t *testing.T, guest string, private ...byte) (mipzk.ProgramID, []byte) {
	program := load(t, guest)
	job, err := program.NewJob(&mipzk.Options{ShardCycles: 1024})
	ok(t, err)
	defer job.Close()
	ok(t, job.PublicInput(bytes.NewReader(make([]byte, 20000))))
	ok(t, job.PrivateInput(bytes.NewReader(private)))
	proof, err := job.Prove(background)
	ok(t, err)
	return program.ID(), proof
}

func TestAllWaysOfVerifyingAgree(t *testing.T) {
	id, proof := proved(t, "exit_code", 0, 0, 0, 0, 7)
	id2, shards := proved(t, "fibonacci", 0, 0, 0, 0xff)
	damaged := append([]byte{}, proof...)
	damaged[len(damaged)-100] ^= 1
	any := &mipzk.Policy{AnyExitCode: true}
	for name, c := range map[string]struct {
		proof  []byte
		id     mipzk.ProgramID
		policy *mipzk.Policy
		want   error
	}{
		"valid":    {proof, id, any, nil},
		"shards":   {shards, id2, nil, nil},
		"few":      {shards, id2, &mipzk.Policy{MaxShards: 1}, mipzk.ErrPolicy},
		"code":     {proof, id, nil, mipzk.ErrExitCode},
		"other":    {proof, mipzk.ProgramID{}, any, mipzk.ErrWrongProgram},
		"cut":      {proof[:len(proof)/2], id, any, mipzk.ErrMalformed},
		"longer":   {append(append([]byte{}, proof...), 0), id, any, mipzk.ErrMalformed},
		"rejected": {damaged, id, any, mipzk.ErrRejected},
		"large":    {proof, id, &mipzk.Policy{MaxProofBytes: 1000}, mipzk.ErrPolicy},
		"empty":    {nil, id, nil, mipzk.ErrMalformed},
	} {
		expected, err := mipzk.Verify(c.id, c.proof, c.policy)
		if c.want == nil {
			ok(t, err)
			equal(t, expected.ExitCode == 7, name == "valid")
			equal(t, expected.Shards > 1, name == "shards")
			equal(t, expected.NoHiding, false)
			equal(t, expected.SecurityBits >= 100, true)
			equal(t, len(expected.PublicInput), 20000)
		} else {
			t.Log(name, err)
			fails(t, err, c.want)
		}
		options := &mipzk.Options{Threads: 2}
		other, otherErr := mipzk.VerifyContext(background, c.id, c.proof, c.policy, options)
		if !reflect.DeepEqual(expected, other) || !reflect.DeepEqual(err, otherErr) {
			t.Errorf("%s: %v, %v; on all threads: %v, %v", name, expected, err, other, otherErr)
		}
		for _, reader := range []io.Reader{bytes.NewReader(c.proof), iotest.HalfReader(bytes.NewReader(c.proof)),
			iotest.DataErrReader(bytes.NewReader(c.proof))} {
			other, otherErr = mipzk.VerifyReader(background, c.id, reader, c.policy, options)
			if !reflect.DeepEqual(expected, other) || (err == nil) != (otherErr == nil) ||
				(err != nil && !errors.Is(otherErr, c.want)) {
				t.Errorf("%s: %v, %v; read: %v, %v", name, expected, err, other, otherErr)
			}
		}
	}
}

type greedy struct{}

func (greedy) Read(b []byte) (int, error) { return len(b) + 1, nil }

type readerFunc func()

func (f readerFunc) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

func TestReadersOfProofsMayFail(t *testing.T) {
	id, proof := proved(t, "exit_code", 0, 0, 0, 0, 0)
	broken := errors.New("broken")
	half := bytes.NewReader(proof[:len(proof)/2])
	_, err := mipzk.VerifyReader(background, id, io.MultiReader(half, iotest.ErrReader(broken)), nil, nil)
	fails(t, err, mipzk.ErrCancelled, broken)
	_, err = mipzk.VerifyReader(background, id, iotest.DataErrReader(io.MultiReader(half, iotest.ErrReader(broken))), nil, nil)
	fails(t, err, mipzk.ErrCancelled, broken)
	_, err = mipzk.VerifyReader(background, id, stuck{}, nil, nil)
	fails(t, err, mipzk.ErrCancelled, io.ErrNoProgress)
	_, err = mipzk.VerifyReader(background, id, greedy{}, nil, nil)
	fails(t, err, mipzk.ErrCancelled)
	e := &endless{}
	if _, err = mipzk.VerifyReader(background, id, e, &mipzk.Policy{MaxProofBytes: 1 << 20}, nil); err == nil || e.read > 1<<23 {
		t.Fatalf("%v after %d bytes", err, e.read)
	}

	ctx, cancel := context.WithCancel(background)
	_, err = mipzk.VerifyReader(ctx, id, readerFunc(cancel), nil, nil)
	if !errors.Is(err, context.Canceled) && !errors.Is(err, mipzk.ErrMalformed) { // it has seen the end
		t.Fatal(err)
	}
	_, err = mipzk.VerifyContext(ctx, id, proof, nil, nil)
	fails(t, err, mipzk.ErrCancelled, context.Canceled)
	defer func() {
		if got := recover(); got != "read" {
			t.Error(got)
		}
	}()
	mipzk.VerifyReader(background, id, readerFunc(func() { panic("read") }), nil, nil)
}
