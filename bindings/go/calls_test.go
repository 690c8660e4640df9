// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"mipzk"
)

const endlessLoop = 16 // of the guest faults

func TestProgressIsTold(t *testing.T) {
	job := job(t, "echo", nil)
	var phases []mipzk.Phase
	last := mipzk.Progress{}
	job.OnProgress = func(p mipzk.Progress) error {
		if p.Done < last.Done || (p.Total != 0 && p.Done > p.Total) {
			t.Errorf("%+v after %+v", p, last)
		}
		if len(phases) == 0 || p.Phase != last.Phase {
			phases = append(phases, p.Phase)
		}
		last = p
		return nil
	}
	_, err := job.Prove(background)
	ok(t, err)
	equal(t, len(phases), 6)
	for i, phase := range phases {
		equal(t, int(phase), i)
	}
	equal(t, mipzk.PhaseCommit.String(), "commit")
}

func TestACallbacksErrorIsTheCause(t *testing.T) {
	enough := errors.New("enough")
	job := job(t, "faults", &mipzk.Options{MaxCycles: mipzk.Unbounded}, endlessLoop)
	job.OnCycles = func(cycles uint64) error {
		if cycles > 1<<20 {
			return enough
		}
		return nil
	}
	_, err := job.Execute(background)
	fails(t, err, mipzk.ErrCancelled, enough)

	job.OnCycles = nil
	ok(t, job.PrivateInput(nil))
	job.OnProgress = func(mipzk.Progress) error { return enough }
	_, err = job.Prove(background)
	fails(t, err, mipzk.ErrCancelled, enough)
}

func TestWhatAProgramShows(t *testing.T) {
	job := job(t, "exit_code", nil, 1, 0, 0, 0, 0)
	var text bytes.Buffer
	var marks []uint32
	job.Print = &text
	job.OnMark = func(cycle uint64, mark uint32) error {
		marks = append(marks, mark)
		return nil
	}
	_, err := job.Execute(background)
	ok(t, err)
	equal(t, text.String(), "exit_code: about to end\n")
	equal(t, len(marks), 2)
	equal(t, marks[0], 7)
	equal(t, marks[1], 0xffffffff)

	// The run is over before the machine looks at the flag again; a run that goes on is ended.
	job.Print = brokenWriter{}
	ok(t, job.PrivateInput(bytes.NewReader([]byte{1, 0, 0, 0, 0})))
	if _, err = job.Prove(background); err != nil {
		fails(t, err, mipzk.ErrCancelled)
	}
}

func TestAContextEndsItsCallOnly(t *testing.T) {
	program := load(t, "faults")
	options := &mipzk.Options{MaxCycles: mipzk.Unbounded}
	start := func() (*mipzk.Job, context.CancelFunc, chan error) {
		job, err := program.NewJob(options)
		ok(t, err)
		ok(t, job.PrivateInput(bytes.NewReader([]byte{endlessLoop})))
		running := make(chan bool)
		var once sync.Once
		job.OnCycles = func(uint64) error {
			once.Do(func() { close(running) })
			return nil
		}
		ctx, cancel := context.WithCancel(background)
		ended := make(chan error, 1)
		go func() {
			_, err := job.Execute(ctx)
			ended <- err
		}()
		select {
		case <-running:
		case err := <-ended:
			t.Fatalf("the run did not last: %v", err)
		}
		return job, cancel, ended
	}
	first, cancelFirst, firstEnded := start()
	second, cancelSecond, secondEnded := start()
	defer first.Close()
	defer second.Close()
	cancelFirst()
	fails(t, <-firstEnded, mipzk.ErrCancelled, context.Canceled)
	select {
	case err := <-secondEnded:
		t.Fatalf("the other call ended: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	cancelSecond()
	fails(t, <-secondEnded, mipzk.ErrCancelled, context.Canceled)

	// The job is as good as before.
	ok(t, first.PrivateInput(nil))
	_, err := first.Prove(background)
	ok(t, err)

	ctx, cancel := context.WithTimeout(background, time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	_, err = first.Prove(ctx)
	fails(t, err, mipzk.ErrCancelled, context.DeadlineExceeded)
}

func TestPanicsReachTheCaller(t *testing.T) {
	job := job(t, "exit_code", nil, 0, 0, 0, 0, 0)
	hooks := map[string]func(func()){
		"progress": func(f func()) { job.OnProgress = func(mipzk.Progress) error { f(); return nil } },
		"mark":     func(f func()) { job.OnMark = func(uint64, uint32) error { f(); return nil } },
		"print":    func(f func()) { job.Print = writerFunc(f) },
	}
	for name, hook := range hooks {
		job.OnProgress, job.OnMark, job.Print = nil, nil, nil
		ok(t, job.PrivateInput(bytes.NewReader([]byte{0, 0, 0, 0, 0})))
		hook(func() { panic(name) })
		func() {
			defer func() {
				if got := recover(); got != name {
					t.Errorf("got %v, want a panic with %q", got, name)
				}
			}()
			job.Prove(background)
			t.Fatal("the panic was lost")
		}()
		// So do goroutines that end, as testing.T.FailNow does.
		ok(t, job.PrivateInput(bytes.NewReader([]byte{0, 0, 0, 0, 0})))
		hook(runtime.Goexit)
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- returned }()
			job.Prove(background)
			returned = true
		}()
		equal(t, <-ended, false)
	}
	job.OnProgress, job.OnMark, job.Print = nil, nil, nil
	_, err := job.Prove(background)
	ok(t, err)
}

func TestWritersMayPanic(t *testing.T) {
	job := job(t, "echo", nil)
	func() {
		defer func() {
			if got := recover(); got != "full" {
				t.Errorf("got %v", got)
			}
		}()
		job.ProveTo(background, writerFunc(func() { panic("full") }))
		t.Fatal("the panic was lost")
	}()
	var proof bytes.Buffer
	_, err := job.ProveTo(background, &proof)
	ok(t, err)
}

type writerFunc func()

func (f writerFunc) Write(b []byte) (int, error) {
	f()
	return len(b), nil
}

func TestAJobInUseIsRefused(t *testing.T) {
	job := job(t, "echo", nil)
	job.OnProgress = func(mipzk.Progress) error {
		fails(t, job.PublicInput(nil), mipzk.ErrState)
		fails(t, job.Seed(&[32]byte{}), mipzk.ErrState)
		_, err := job.Execute(background)
		fails(t, err, mipzk.ErrState)
		if job.Output() != nil {
			t.Error("an output while the job runs")
		}
		return nil
	}
	_, err := job.Prove(background)
	ok(t, err)
}

func TestCloseEndsACall(t *testing.T) {
	job := job(t, "faults", &mipzk.Options{MaxCycles: mipzk.Unbounded}, endlessLoop)
	job.OnCycles = func(uint64) error { return job.Close() }
	_, err := job.Execute(background)
	fails(t, err, mipzk.ErrCancelled)
	_, err = job.Execute(background)
	fails(t, err, mipzk.ErrState)
	fails(t, job.PublicInput(nil), mipzk.ErrState)
	ok(t, job.Close())
}

func TestObjectsMayBeClosedInAnyOrder(t *testing.T) {
	program := load(t, "echo")
	first, err := program.NewJob(nil)
	ok(t, err)
	second, err := program.NewJob(nil)
	ok(t, err)
	ok(t, program.Close())
	ok(t, program.Close())
	ok(t, first.Close())
	proof, err := second.Prove(background)
	ok(t, err)
	ok(t, second.Close())
	_, err = mipzk.Verify(program.ID(), proof, nil)
	ok(t, err)
	_, err = program.NewJob(nil)
	fails(t, err, mipzk.ErrState)
	_, err = program.Info()
	fails(t, err, mipzk.ErrState)
	_, found := program.Symbol(0)
	equal(t, found, false)
	equal(t, program.Shape() == nil, true)
}

func threads(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Skip("no /proc: threads cannot be counted")
	}
	return len(entries)
}

func TestForgottenObjectsAreFreed(t *testing.T) {
	load(t, "echo")
	elf, err := os.ReadFile(guests + "/echo.elf")
	ok(t, err)
	before := threads(t)
	for i := 0; i < 40; i++ {
		program, err := mipzk.Load(elf, nil)
		ok(t, err)
		job, err := program.NewJob(&mipzk.Options{Threads: 8})
		ok(t, err)
		_, err = job.Execute(background)
		ok(t, err)
	}
	for i := 0; i < 200 && threads(t) > before+20; i++ {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	if now := threads(t); now > before+20 {
		t.Fatalf("%d threads before, %d now", before, now)
	}
}

func TestGoroutinesProveAndVerify(t *testing.T) {
	program := load(t, "echo")
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func(i byte) {
			defer group.Done()
			job, err := program.NewJob(&mipzk.Options{Threads: 2})
			if err != nil {
				t.Error(err)
				return
			}
			defer job.Close()
			var steps int
			job.OnProgress = func(mipzk.Progress) error { steps++; return nil }
			if err := job.PublicInput(bytes.NewReader([]byte{i})); err != nil {
				t.Error(err)
				return
			}
			proof, err := job.Prove(background)
			if err != nil {
				t.Error(err)
				return
			}
			claim, err := mipzk.Verify(program.ID(), proof, nil)
			if err != nil || len(claim.PublicInput) != 1 || claim.PublicInput[0] != i || steps == 0 {
				t.Error(err, claim, steps)
			}
		}(byte(i))
	}
	group.Wait()
}
