// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mipzk"
	"mipzk/verify"
)

func TestAProofStatesTheRun(t *testing.T) {
	program := load(t, "echo")
	job, err := program.NewJob(nil)
	ok(t, err)
	defer job.Close()
	ok(t, job.PublicInput(strings.NewReader("public")))
	ok(t, job.PrivateInput(iotest.OneByteReader(strings.NewReader("secret"))))
	if job.Output() != nil {
		t.Fatal("there is an output before a run")
	}
	var proof bytes.Buffer
	n, err := job.ProveTo(background, &proof)
	ok(t, err)
	equal(t, n, int64(proof.Len()))
	output := "publicsecret\x00\x00\x00\x06\x00\x00\x00\x06"
	equal(t, string(job.Output()), output)

	claim, err := mipzk.Verify(program.ID(), proof.Bytes(), nil)
	ok(t, err)
	equal(t, claim.ExitCode, 0)
	equal(t, string(claim.PublicInput), "public")
	equal(t, string(claim.Output), output)

	info, err := mipzk.Inspect(proof.Bytes())
	ok(t, err)
	equal(t, info.ProgramID, program.ID())
	equal(t, string(info.PublicInput), "public")
	equal(t, string(info.Output), output)
	equal(t, info.ProfileName, mipzk.Profiles()[0].Name)
	equal(t, info.NoHiding, false)
	equal(t, info.Shards, 1)
	security, err := verify.SecurityOf(proof.Bytes(), mipzk.Profiles()[0].Regime)
	ok(t, err)
	equal(t, info.SecurityBits, security.Total/1000)
	equal(t, len(security.Folds) > 0, true)
	_, err = verify.SecurityOf(proof.Bytes(), 7)
	fails(t, err, mipzk.ErrArgument)

	// Later inputs change nothing of what was returned.
	ok(t, job.PublicInput(nil))
	if job.Output() != nil {
		t.Fatal("the output of another input")
	}
	equal(t, string(claim.PublicInput), "public")
}

func TestEqualSeedsGiveEqualProofs(t *testing.T) {
	job := job(t, "echo", nil, 7)
	seed := [32]byte{1, 2, 3}
	ok(t, job.Seed(&seed))
	first, err := job.Prove(background)
	ok(t, err)
	second, err := job.Prove(background)
	ok(t, err)
	equal(t, bytes.Equal(first, second), true)
	fails(t, job.Seed(nil), mipzk.ErrArgument)
}

func TestAShapeFixesTheHeights(t *testing.T) {
	program := load(t, "echo")
	job, err := program.NewJob(nil)
	ok(t, err)
	defer job.Close()
	long, err := job.Prove(background)
	ok(t, err)
	info, err := mipzk.Inspect(long)
	ok(t, err)
	ok(t, job.Shape(info.Shape))
	again, err := job.Prove(background)
	ok(t, err)
	info2, err := mipzk.Inspect(again)
	ok(t, err)
	equal(t, bytes.Equal(info.Shape, info2.Shape), true)
	shape, err := job.EstimateShape(background)
	ok(t, err)
	equal(t, bytes.Equal(shape, info.Shape), true)
	ok(t, job.Shape(append(shape, shape...)))
	two, err := job.Prove(background)
	ok(t, err)
	info2, err = mipzk.Inspect(two)
	ok(t, err)
	equal(t, info2.Shards, 2)
	equal(t, len(info2.Shape), 4*2+2*int(info2.Tables))
	ok(t, job.Shape(info2.Shape))
	ok(t, job.Shape(info.Shape))
	ok(t, job.PrivateInput(bytes.NewReader(make([]byte, 100000))))
	_, err = job.Prove(background)
	fails(t, err, mipzk.ErrUnprovable)
	_, err = job.EstimateShape(background)
	fails(t, err, mipzk.ErrUnprovable)
	ok(t, job.Shape(nil))
	fails(t, job.Shape([]byte("no shape")), mipzk.ErrArgument)
	if shape := program.Shape(); len(shape) <= 4 || len(shape) > 4+2*verify.MaxTables {
		t.Fatalf("a shape of %d bytes", len(shape))
	}
}

func TestAFailedRunHasAReason(t *testing.T) {
	job := job(t, "faults", nil, 1)
	_, err := job.Execute(background)
	fails(t, err, mipzk.ErrFault)
	var e *mipzk.Error
	if !errors.As(err, &e) || !strings.Contains(e.Fault, "load") || !strings.Contains(err.Error(), "MIPZK_E_FAULT") {
		t.Fatalf("%v: %q", err, e.Fault)
	}
	_, err = job.Prove(background)
	fails(t, err, mipzk.ErrFault)
	// The next run of the same job is another one.
	ok(t, job.PrivateInput(bytes.NewReader([]byte{0})))
	result, err := job.Execute(background)
	ok(t, err)
	equal(t, result.ExitCode, 0)
}

func TestAnotherExitCodeIsAValidProofAndAnError(t *testing.T) {
	program := load(t, "exit_code")
	job, err := program.NewJob(nil)
	ok(t, err)
	defer job.Close()
	ok(t, job.PrivateInput(bytes.NewReader([]byte{0, 0, 0, 0, 7})))
	result, err := job.Execute(background)
	ok(t, err)
	equal(t, result.ExitCode, 7)
	estimate, err := job.Estimate(background)
	ok(t, err)
	equal(t, estimate.ExitCode, 7)
	equal(t, estimate.Cycles, result.Cycles)
	if estimate.MemoryBytes < 1<<20 || estimate.AvailableMemory == 0 || estimate.ProofBytes < 1<<18 ||
		estimate.Cells == 0 || estimate.ShardCells == 0 || estimate.Shards != 1 || estimate.Workers != 1 {
		t.Fatalf("%+v", *estimate)
	}
	duration, err := job.EstimateTime(background)
	ok(t, err)
	if duration <= 0 || duration > time.Hour {
		t.Fatal(duration)
	}
	proof, err := job.Prove(background)
	ok(t, err)
	claim, err := mipzk.Verify(program.ID(), proof, nil)
	fails(t, err, mipzk.ErrExitCode)
	equal(t, err.(*mipzk.Error).Detail, 7)
	equal(t, string(claim.Output), "\xff\xff\xff\xf8")
	for _, policy := range []mipzk.Policy{{ExitCode: 7}, {AnyExitCode: true}} {
		claim, err = mipzk.Verify(program.ID(), proof, &policy)
		ok(t, err)
		equal(t, claim.ExitCode, 7)
	}
	claim, err = mipzk.Verify(program.ID(), proof, &mipzk.Policy{MinSecurityBits: 128, ExitCode: 7})
	fails(t, err, mipzk.ErrPolicy)
	equal(t, claim, nil)
	claim, err = mipzk.Verify(mipzk.ProgramID{1}, proof, nil)
	fails(t, err, mipzk.ErrWrongProgram)
	equal(t, claim, nil)
}

func TestOptionsReachTheLibrary(t *testing.T) {
	program := load(t, "fibonacci")
	for name, c := range map[string]struct {
		options mipzk.Options
		want    error
	}{
		"cycles":       {mipzk.Options{MaxCycles: 100}, mipzk.ErrCycleLimit},
		"guest memory": {mipzk.Options{MaxGuestMemory: 1}, mipzk.ErrMemoryLimit},
		"memory":       {mipzk.Options{MaxMemory: 1 << 20}, mipzk.ErrNoMemory},
	} {
		job, err := program.NewJob(&c.options)
		ok(t, err)
		ok(t, job.PrivateInput(strings.NewReader("\x00\x00\x27\x10")))
		_, err = job.Prove(background)
		t.Log(name, err)
		fails(t, err, c.want)
		job.Close()
	}
	for _, options := range []mipzk.Options{{Threads: 5000}, {ShardCycles: 1}, {ShardCells: 1}, {Profile: 12345}} {
		if _, err := program.NewJob(&options); err == nil {
			t.Errorf("%+v is accepted", options)
		}
		if _, err := mipzk.Load(nil, &options); errors.Is(err, mipzk.ErrELF) {
			t.Errorf("%+v does not reach the loader", options)
		}
	}
	var s128 uint32
	for _, profile := range mipzk.Profiles() {
		if profile.Name == "S128" {
			s128 = profile.ID
		}
	}
	job, err := program.NewJob(&mipzk.Options{Threads: 1, Profile: s128, NoHiding: true, ShardCycles: 1024})
	ok(t, err)
	defer job.Close()
	ok(t, job.PrivateInput(strings.NewReader("\x00\x00\x00\xf0")))
	proof, err := job.Prove(background)
	ok(t, err)
	info, err := mipzk.Inspect(proof)
	ok(t, err)
	equal(t, info.ProfileName, "S128")
	equal(t, info.NoHiding, true)
	equal(t, info.Shards > 1, true)
	policy := mipzk.Policy{MinSecurityBits: 128, MaxProofBytes: mipzk.Unbounded}
	_, err = mipzk.Verify(program.ID(), proof, &policy)
	fails(t, err, mipzk.ErrPolicy)
	policy.AllowNoHiding = true
	_, err = mipzk.Verify(program.ID(), proof, &policy)
	ok(t, err)
	policy.MaxCycles = 1
	_, err = mipzk.Verify(program.ID(), proof, &policy)
	fails(t, err, mipzk.ErrPolicy)
}

func TestHintsReachTheProgram(t *testing.T) {
	job := job(t, "hints", nil)
	ok(t, job.PublicInput(strings.NewReader("\x00\x00\x00\x11")))
	_, err := job.Execute(background)
	fails(t, err, mipzk.ErrFault) // there is none
	ok(t, job.Hints(strings.NewReader("\x00\x00\x00\x04")))
	result, err := job.Execute(background)
	ok(t, err)
	equal(t, string(result.Output), "\x00\x00\x00\x04")
}

type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	return len(b), nil
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestReadersThatFailLeaveTheInput(t *testing.T) {
	job := job(t, "echo", nil, 'x')
	broken := errors.New("broken")
	reader := io.MultiReader(strings.NewReader("secret"), iotest.ErrReader(broken))
	equal(t, errors.Is(job.PrivateInput(reader), broken), true)
	equal(t, errors.Is(job.Hints(stuck{}), io.ErrNoProgress), true)
	e := &endless{}
	fails(t, job.PublicInput(e), mipzk.ErrInput)
	if e.read > 1<<27 {
		t.Fatalf("%d bytes were read", e.read)
	}
	result, err := job.Execute(background)
	ok(t, err)
	equal(t, string(result.Output), "x\x00\x00\x00\x00\x00\x00\x00\x01")
	// A writer that fails, too.
	_, err = job.ProveTo(background, brokenWriter{})
	fails(t, err, mipzk.ErrCancelled, io.ErrClosedPipe)
	_, err = job.ProveTo(background, shortWriter{})
	fails(t, err, mipzk.ErrCancelled, io.ErrShortWrite)
}

type shortWriter struct{}

func (shortWriter) Write(b []byte) (int, error) { return len(b) / 2, nil }

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBytesBesidePointersMayBePassed(t *testing.T) {
	type message struct {
		next *message
		data [8]byte
	}
	m := &message{next: &message{}, data: [8]byte{1, 2, 3}}
	_, err := mipzk.Load(m.data[:], nil)
	fails(t, err, mipzk.ErrELF)
	_, err = mipzk.Verify(mipzk.ProgramID{}, m.data[:], nil)
	fails(t, err, mipzk.ErrMalformed)
	job := job(t, "echo", nil)
	fails(t, job.Shape(m.data[:]), mipzk.ErrArgument)
}

func TestProgramsAreDescribed(t *testing.T) {
	program := load(t, "echo")
	info, err := program.Info()
	ok(t, err)
	executable := 0
	for _, s := range info.Segments {
		if s.Executable && s.Readable && !s.Writable && info.Entry-s.Address < s.MemorySize {
			executable++
		}
	}
	equal(t, executable, 1)
	names := map[string]bool{}
	for i := uint64(0); i < info.Symbols; i++ {
		symbol, found := program.Symbol(i)
		equal(t, found, true)
		names[symbol.Name] = true
	}
	equal(t, names["main"], true)
	_, found := program.Symbol(info.Symbols)
	equal(t, found, false)
	id, err := verify.ParseProgramID(program.ID().String())
	ok(t, err)
	equal(t, id, program.ID())
	for _, text := range []string{"", "zz", id.String()[1:], id.String() + "00"} {
		_, err := verify.ParseProgramID(text)
		fails(t, err, mipzk.ErrArgument)
	}
}
