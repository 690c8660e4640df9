// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mipzk"
	"mipzk/verify"
)

// A prover runs a program on something secret; a verifier learns what the program says of it.
func Example() {
	elf, err := os.ReadFile(filepath.Join(guests, "sha256.elf"))
	if err != nil {
		log.Fatal(err)
	}
	program, err := mipzk.Load(elf, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer program.Close()
	job, err := program.NewJob(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer job.Close()
	if err := job.PrivateInput(strings.NewReader("abc")); err != nil {
		log.Fatal(err)
	}
	proof, err := job.Prove(context.Background())
	if err != nil {
		log.Fatal(err)
	}

	// Elsewhere: the id came with the software, the proof from anybody.
	id := program.ID()
	claim, err := verify.Proof(id, proof, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("somebody knows a text with the hash %x\n", claim.Output)
	// Output: somebody knows a text with the hash ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
}

func example(guest string) *mipzk.Job {
	elf, err := os.ReadFile(filepath.Join(guests, guest+".elf"))
	if err != nil {
		log.Fatal(err)
	}
	program, err := mipzk.Load(elf, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer program.Close()
	job, err := program.NewJob(nil)
	if err != nil {
		log.Fatal(err)
	}
	return job
}

func ExampleJob_Execute() {
	job := example("exit_code")
	defer job.Close()
	job.Print = os.Stdout
	if err := job.PrivateInput(strings.NewReader("\x00\x00\x00\x00\x02")); err != nil {
		log.Fatal(err)
	}
	result, err := job.Execute(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("exit code", result.ExitCode)
	// Output:
	// exit_code: about to end
	// exit code 2
}

func ExampleJob_Prove_progress() {
	job := example("echo")
	defer job.Close()
	last := mipzk.Phase(0)
	job.OnProgress = func(p mipzk.Progress) error {
		if p.Phase != last {
			fmt.Println(p.Phase)
		}
		last = p.Phase
		return nil // an error would end the proof
	}
	if _, err := job.Prove(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// trace
	// commit
	// quotient
	// open
	// query
}

// A call ends soon after its context; other jobs do not notice.
func ExampleJob_Execute_timeout() {
	job := example("faults")
	defer job.Close()
	if err := job.PrivateInput(strings.NewReader("\x10")); err != nil { // an endless loop
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := job.Execute(ctx)
	fmt.Println(errors.Is(err, mipzk.ErrCancelled), errors.Is(err, context.DeadlineExceeded))
	// Output: true true
}

func ExampleError() {
	job := example("faults")
	defer job.Close()
	if err := job.PrivateInput(strings.NewReader("\x07")); err != nil { // a division by zero
		log.Fatal(err)
	}
	_, err := job.Execute(context.Background())
	var e *mipzk.Error
	if errors.Is(err, mipzk.ErrFault) && errors.As(err, &e) {
		fmt.Println(strings.Split(e.Fault, "\n")[0])
	}
	// Output: break 7: division by zero
}
