// SPDX-License-Identifier: Apache-2.0

// What cannot work: recovering from a nil dereference, which Linux reports by a signal. The machine reports a fault.
package main

import "fmt"

type node struct{ next *node }

func main() {
	defer func() { fmt.Println("recovered:", recover()) }()
	var n *node
	fmt.Println(n.next)
}
