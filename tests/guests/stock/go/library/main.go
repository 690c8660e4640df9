// SPDX-License-Identifier: Apache-2.0

// Parts of the standard library: JSON, big numbers, hashes, text, and the inputs by way of bufio.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"text/tabwriter"

	"mipzk/guest"
)

type account struct {
	Name    string            `json:"name"`
	Balance int64             `json:"balance"`
	Tags    []string          `json:"tags,omitempty"`
	Extra   map[string]string `json:"extra,omitempty"`
}

func main() {
	var accounts []account
	if err := json.Unmarshal(guest.PublicInput(), &accounts); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), " ")
		for i := range accounts {
			if accounts[i].Name == name {
				accounts[i].Balance += int64(len(lines.Text()))
				accounts[i].Extra = map[string]string{"b": "2", "a": "1"}
			}
		}
	}
	text, err := json.Marshal(accounts)
	fmt.Println(string(text), err)
	fmt.Printf("%x\n", sha256.Sum256(text))
	fmt.Println(hex.EncodeToString(binary.BigEndian.AppendUint64(nil, 0x0123456789abcdef)))

	factorial := big.NewInt(1)
	for i := int64(2); i <= 60; i++ {
		factorial.Mul(factorial, big.NewInt(i))
	}
	prime, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	fmt.Println(factorial, new(big.Int).Exp(big.NewInt(3), factorial, prime))
	fmt.Println(prime.ProbablyPrime(5), new(big.Int).ModInverse(factorial, prime))

	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 8, 1, '.', tabwriter.AlignRight)
	fmt.Fprintln(w, "a\tbbb\tc")
	fmt.Fprintln(w, "aaa\tb\tccccc")
	w.Flush()
	guest.Output(table.Bytes())
	fmt.Fprintln(os.Stderr, "this is not part of the output")
}
