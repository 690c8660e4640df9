// SPDX-License-Identifier: Apache-2.0

// Check verifies a proof and prints the output that it states. It links the verifier alone.
//
//	check PROGRAM_ID PROOF_FILE
package main

import (
	"fmt"
	"os"

	"mipzk/verify"
)

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: check PROGRAM_ID PROOF_FILE")
	}
	id, err := verify.ParseProgramID(args[0])
	if err != nil {
		return err
	}
	proof, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	claim, err := verify.Proof(id, proof, nil)
	if err != nil {
		return err
	}
	fmt.Printf("output     %x\n", claim.Output)
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
