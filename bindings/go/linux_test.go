// SPDX-License-Identifier: Apache-2.0

package mipzk_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mipzk"
)

func TestWhatLinuxProgramsFind(t *testing.T) {
	program := load(t, "echo.linux")
	job, err := program.NewJob(nil)
	ok(t, err)
	defer job.Close()
	ok(t, job.PublicInput(strings.NewReader("public")))
	ok(t, job.PrivateInput(strings.NewReader("secret")))
	ok(t, job.Argument("--verbose"))
	ok(t, job.Environment("HOME=/root"))
	ok(t, job.PublicFile("/etc/public", strings.NewReader("for all")))
	ok(t, job.File("/etc/private", strings.NewReader("for us")))
	ok(t, job.Clock(time.Unix(1700000000, 0)))
	claimed := job.ClaimedInput()
	ok(t, job.Random(&[32]byte{1}))
	equal(t, string(job.ClaimedInput()), string(claimed))
	for _, word := range []string{"public", "--verbose", "HOME=/root", "/etc/public", "for all"} {
		equal(t, bytes.Contains(claimed, []byte(word)), true)
	}
	equal(t, bytes.Contains(claimed, []byte("for us")), false)
	proof, err := job.Prove(background)
	ok(t, err)
	claim, err := mipzk.Verify(program.ID(), proof, nil)
	ok(t, err)
	equal(t, string(claim.PublicInput), string(claimed))
	equal(t, claim.Linux, true)

	fails(t, job.Argument("a\x00b"), mipzk.ErrArgument)
	fails(t, job.Environment("no equals sign"), mipzk.ErrArgument)
	fails(t, job.File("relative", nil), mipzk.ErrArgument)
	fails(t, job.PublicFile("/etc/private", nil), mipzk.ErrArgument)
	fails(t, job.Clock(time.Unix(0, 0)), mipzk.ErrArgument)
	other, err := load(t, "echo").NewJob(nil)
	ok(t, err)
	defer other.Close()
	fails(t, other.Argument("x"), mipzk.ErrArgument)
	ok(t, other.PublicInput(strings.NewReader("plain")))
	equal(t, string(other.ClaimedInput()), "plain")
}
