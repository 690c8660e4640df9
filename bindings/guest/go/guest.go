// SPDX-License-Identifier: Apache-2.0

// Package guest is the interface of a guest, that is, a program whose run mipzk proves, to the world:
// the private and the public input, and the output. The exit code is that of os.Exit.
//
// A guest is an ordinary program for Linux on MIPS:
//
//	GOOS=linux GOARCH=mips go build -trimpath -buildvcs=false
//
// Private input is file descriptor 0, the output 1, and the public input 3, so that it runs under
// qemu-mips as well. A program may use os.Stdin and os.Stdout instead of this package, or besides it.
package guest

import "syscall"

const (
	privateInput = 0
	output       = 1
	publicInput  = 3
)

// PrivateInput reads what is left of the private input. It is chosen by whoever proves: the program
// must check what it relies on.
func PrivateInput() []byte { return readAll(privateInput) }

// PublicInput reads what is left of the public input, which is part of the statement that the proof
// makes. It is empty if file descriptor 3 is closed (under qemu-mips).
func PublicInput() []byte { return readAll(publicInput) }

// Output appends to the output, which is part of the statement that the proof makes.
func Output(bytes []byte) {
	for len(bytes) > 0 {
		n, err := syscall.Write(output, bytes)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			panic("mipzk/guest: cannot write the output: " + err.Error())
		}
		bytes = bytes[n:]
	}
}

// readAll reads up to the end of a file; a descriptor that is not open has nothing to read.
func readAll(descriptor int) []byte {
	bytes := make([]byte, 0, 4096)
	for {
		if len(bytes) == cap(bytes) {
			bytes = append(bytes, 0)[:len(bytes)]
		}
		n, err := syscall.Read(descriptor, bytes[len(bytes):cap(bytes)])
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EBADF || n == 0 && err == nil {
			return bytes
		}
		if err != nil {
			panic("mipzk/guest: cannot read an input: " + err.Error())
		}
		bytes = bytes[:len(bytes)+n]
	}
}
