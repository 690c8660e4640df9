// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mipzk"
)

// FuzzLoad puts bytes into an ELF file, cuts it, and runs what is loaded.
func FuzzLoad(f *testing.F) {
	load(f, "echo")
	elf, err := os.ReadFile(filepath.Join(guests, "echo.elf"))
	ok(f, err)
	for _, at := range []uint32{0, 4, 16, 24, 28, 36, 52, 60, 68, 84, 1000, 4096} {
		f.Add(at, []byte{0xff, 0xff, 0xff, 0xf0}, uint32(0))
		f.Add(at, []byte{0, 0}, at)
	}
	options := &mipzk.Options{Threads: 1, MaxCycles: 10000, MaxGuestMemory: 1 << 24}
	f.Fuzz(func(t *testing.T, at uint32, with []byte, cut uint32) {
		damaged := append([]byte{}, elf[:len(elf)-int(cut)%len(elf)]...)
		copy(damaged[int(at)%len(damaged):], with)
		program, err := mipzk.Load(damaged, options)
		if err != nil {
			if !errors.Is(err, mipzk.ErrELF) {
				t.Fatal(err)
			}
			return
		}
		defer program.Close()
		if info, err := program.Info(); err == nil && info.Symbols != 0 {
			program.Symbol(info.Symbols - 1)
		}
		job, err := program.NewJob(nil)
		ok(t, err)
		defer job.Close()
		ok(t, job.PrivateInput(bytes.NewReader(with)))
		if _, err := job.Execute(background); err != nil && !errors.Is(err, mipzk.ErrFault) &&
			!errors.Is(err, mipzk.ErrCycleLimit) && !errors.Is(err, mipzk.ErrMemoryLimit) {
			t.Fatal(err)
		}
	})
}
