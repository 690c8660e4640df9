// SPDX-License-Identifier: Apache-2.0

//go:build !mipzk_static

package mipzk

// #cgo pkg-config: mipzk
import "C"
