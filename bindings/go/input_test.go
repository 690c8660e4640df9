// SPDX-License-Identifier: Apache-2.0

package mipzk

import (
	"bytes"
	"io"
	"testing"
)

// remembering keeps what it was given to read into.
type remembering struct {
	io.Reader
	places [][]byte
}

func (r *remembering) Read(b []byte) (int, error) {
	r.places = append(r.places, b[:cap(b)])
	return r.Reader.Read(b)
}

func TestPrivateInputsAreWiped(t *testing.T) {
	secret := bytes.Repeat([]byte("secret"), 100000)
	r := &remembering{Reader: bytes.NewReader(secret)}
	got, err := readInput(r)
	if err != nil || !bytes.Equal(got, secret) {
		t.Fatal("not what was read", err)
	}
	if len(r.places) < 5 {
		t.Fatal("it did not have to move what it had read")
	}
	kept := 0
	for _, place := range r.places {
		if bytes.Contains(place, []byte("ret")) {
			kept++
		}
	}
	wipe(got)
	for _, place := range r.places {
		if !bytes.Equal(place, make([]byte, len(place))) {
			t.Fatal("a piece is left")
		}
	}
	if kept == 0 {
		t.Fatal("the test sees nothing")
	}
}

func TestAReaderThatKnowsItsLengthIsReadInOnePlace(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 100000} {
		got, err := readInput(bytes.NewReader(make([]byte, size)))
		if err != nil || len(got) != size || cap(got) > size+1 {
			t.Fatal(size, err, len(got), cap(got))
		}
	}
	if got, err := readInput(nil); err != nil || len(got) != 0 {
		t.Fatal(err, got)
	}
}
