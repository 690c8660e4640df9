// SPDX-License-Identifier: Apache-2.0

// Attest runs a program on a private input and proves the run.
//
//	attest GUEST.elf PRIVATE_FILE PROOF_FILE
//
// Ctrl-C ends it at the end of a step.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"mipzk"
)

func run(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: attest GUEST.elf PRIVATE_FILE PROOF_FILE")
	}
	elf, err := os.ReadFile(args[0])
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

	secret, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer secret.Close()
	if err := job.PrivateInput(secret); err != nil {
		return err
	}

	// What would it take, and does the program succeed at all?
	estimate, err := job.Estimate(ctx)
	if err != nil {
		return err
	}
	if estimate.ExitCode != 0 {
		return fmt.Errorf("the program ended with exit code %d: there is nothing to attest", estimate.ExitCode)
	}
	fmt.Fprintf(os.Stderr, "%d instructions, %d MiB to prove them\n", estimate.Cycles, estimate.MemoryBytes>>20)

	job.OnProgress = func(p mipzk.Progress) error {
		if p.Total != 0 {
			fmt.Fprintf(os.Stderr, "\r%-9v %3d%%", p.Phase, 100*p.Done/p.Total)
		}
		return nil
	}
	proof, err := os.Create(args[2])
	if err != nil {
		return err
	}
	_, err = job.ProveTo(ctx, proof)
	fmt.Fprintln(os.Stderr)
	if closed := proof.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(args[2]) // what there is of it is of no use
		return err
	}
	fmt.Printf("program id %v\noutput     %x\n", program.ID(), job.Output())
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:])
	var e *mipzk.Error
	if errors.As(err, &e) && e.Fault != "" {
		fmt.Fprintln(os.Stderr, e.Fault)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
