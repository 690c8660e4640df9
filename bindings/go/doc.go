// SPDX-License-Identifier: Apache-2.0

// Package mipzk runs MIPS programs and proves that the runs happened: that this program, on this
// public input and some private input, ended with this exit code and this output. Anyone can check
// the proof without running the program; package verify alone is enough for that.
//
// The order of calls: Load a program, make a Job, set its inputs, and Prove. A proof hides the
// private input, but for what output, exit code and the heights of its tables tell.
//
// # Goroutines
//
// A Program may be used by any number of goroutines, and so may different jobs. A Job is for one at
// a time: a call while another is under way fails with ErrState. Each job has threads of its own
// while it lives (Options.Threads), so close jobs, and bound how many prove at the same time: each
// takes the memory that Job.Estimate tells. Cancelling a context ends the call that got it, and no
// other.
//
// # Memory
//
// What is passed in is copied, and what is returned is the caller's; nothing is shared with C.
// Close programs and jobs when they are done with, in any order. What is not closed is freed some
// time after it has become unreachable; but the garbage collector does not see how large it is.
//
// # Secrets
//
// The library wipes its copies of private input, hints and seed, and Job.PrivateInput wipes what it
// reads into. The rest of Go's memory is not wiped: what you hold as a slice or a string stays until
// the collector's memory is used again, and stacks that grow leave copies. Read secrets where they
// are needed, from a file or a pipe, into nothing else. A program that handles secrets should forbid
// core files (RLIMIT_CORE of 0).
//
// # Errors
//
// Errors are *Error, and match their status: errors.Is(err, mipzk.ErrFault). A call that was ended
// by a context or a callback matches ErrCancelled as well as what ended it: errors.Is(err,
// context.DeadlineExceeded).
//
// # Linking
//
// The library is found with pkg-config, as mipzk. With the build tag mipzk_static the archive is
// linked instead of the shared library; what the archive needs (libstdc++, libcrypto, libelf) stays
// shared.
package mipzk
