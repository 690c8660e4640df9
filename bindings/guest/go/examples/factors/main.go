// SPDX-License-Identifier: Apache-2.0

// Proves that its author knows two factors of a public number, without showing them. Numbers are
// decimal: the number in the public input, the factors in the private input.
package main

import (
	"fmt"
	"math/big"
	"os"
	"strings"

	"mipzk/guest"
)

func main() {
	n, ok := new(big.Int).SetString(strings.TrimSpace(string(guest.PublicInput())), 10)
	words := strings.Fields(string(guest.PrivateInput()))
	if !ok || len(words) != 2 {
		os.Exit(1)
	}
	product := big.NewInt(1)
	for _, word := range words {
		factor, ok := new(big.Int).SetString(word, 10)
		if !ok || factor.Cmp(big.NewInt(1)) <= 0 {
			os.Exit(2)
		}
		product.Mul(product, factor)
	}
	if product.Cmp(n) != 0 {
		os.Exit(2)
	}
	guest.Output([]byte(fmt.Sprintf("%v is composite\n", n)))
}
