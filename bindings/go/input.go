// SPDX-License-Identifier: Apache-2.0

package mipzk

import (
	"fmt"
	"io"
)

// maxInput is the number of bytes in an input of the machine. A larger one is refused here, so that
// no reader without an end fills the memory.
const maxInput = 67108860

// readInput reads all of r into memory of its own, which the caller wipes, also after an error; nil
// is empty. Where it has to move what it has read, it wipes the old place.
func readInput(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	capacity := 4096
	if sized, ok := r.(interface{ Len() int }); ok && sized.Len() < maxInput {
		capacity = sized.Len() + 1 // the end is seen without growing
	}
	buffer := make([]byte, 0, capacity)
	for empty := 0; ; {
		if len(buffer) == cap(buffer) {
			larger := append(make([]byte, 0, 2*cap(buffer)), buffer...)
			wipe(buffer)
			buffer = larger
		}
		n, err := r.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if len(buffer) > maxInput {
			return buffer, &Error{Status: ErrInput, Detail: maxInput,
				Message: fmt.Sprintf("an input holds at most %d bytes", maxInput)}
		}
		if err == io.EOF {
			return buffer, nil
		}
		if err != nil {
			return buffer, err
		}
		if n != 0 {
			empty = 0
		} else if empty++; empty == 100 {
			return buffer, io.ErrNoProgress
		}
	}
}

func wipe(b []byte) {
	b = b[:cap(b)]
	for i := range b {
		b[i] = 0
	}
}
