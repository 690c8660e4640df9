// SPDX-License-Identifier: Apache-2.0

// Package bridge lets package mipzk use what package verify knows of structs of C: types of cgo
// belong to one package, and a policy must not be translated in two places.
package bridge

import "unsafe"

var (
	// Policy is the mipzk_verify_policy of a *verify.Policy.
	Policy func(policy any) unsafe.Pointer
	// Claim is the *verify.Claim of a mipzk_claim about a proof that begins with front.
	Claim func(front []byte, claim unsafe.Pointer) any
)
