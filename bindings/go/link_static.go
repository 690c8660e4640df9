// SPDX-License-Identifier: Apache-2.0

//go:build mipzk_static

package mipzk

// The archive comes first; a shared library that nothing is needed of is left out.

// #cgo LDFLAGS: -Wl,--as-needed -l:libmipzk.a
// #cgo pkg-config: --static mipzk
import "C"
