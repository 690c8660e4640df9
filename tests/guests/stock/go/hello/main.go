// The program of every introduction.
package main

import "fmt"

func main() {
	fmt.Println("hello, world")
}
