// SPDX-License-Identifier: Apache-2.0

// Recovers from a nil dereference, which Linux reports by a signal.
package main

import "fmt"

type node struct{ next *node }

func main() {
	defer func() { fmt.Println("recovered:", recover()) }()
	var n *node
	fmt.Println(n.next)
}
