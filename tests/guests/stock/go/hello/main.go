// SPDX-License-Identifier: Apache-2.0

// The program of every introduction.
package main

import "fmt"

func main() {
	fmt.Println("hello, world")
}
