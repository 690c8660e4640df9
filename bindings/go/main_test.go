// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mipzk"
)

// guests is the folder of the guests of the project's tests: build/tests/guests after a build.
var guests = os.Getenv("MIPZK_GUESTS")

func TestMain(m *testing.M) {
	flag.Parse()
	if guests == "" {
		fmt.Println("skipped the examples, and tests that run a program: MIPZK_GUESTS names no folder of guests")
		if err := flag.Set("test.run", "^Test"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func load(t testing.TB, name string) *mipzk.Program {
	t.Helper()
	if guests == "" {
		t.Skip("MIPZK_GUESTS names no folder of guests")
	}
	elf, err := os.ReadFile(filepath.Join(guests, name+".elf"))
	ok(t, err)
	program, err := mipzk.Load(elf, nil)
	ok(t, err)
	t.Cleanup(func() { program.Close() })
	return program
}

// job makes a job of a guest with a private input.
func job(t testing.TB, guest string, options *mipzk.Options, private ...byte) *mipzk.Job {
	t.Helper()
	job, err := load(t, guest).NewJob(options)
	ok(t, err)
	t.Cleanup(func() { job.Close() })
	ok(t, job.PrivateInput(bytes.NewReader(private)))
	return job
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fails wants err to match all of the targets, and to be an *Error.
func fails(t testing.TB, err error, targets ...error) {
	t.Helper()
	var e *mipzk.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Fatalf("%v (%d) is not %v", err, e.Status, target)
		}
	}
}

func equal[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

var background = context.Background()
