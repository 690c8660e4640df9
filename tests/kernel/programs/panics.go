// SPDX-License-Identifier: Apache-2.0

// What Go makes of faults: panics that can be recovered.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

type point struct {
	x, y int
	far  [1 << 20]byte
}

func (p *point) String() string { return fmt.Sprint(p.x, ",", p.y) }

type shape interface{ area() int }
type square struct{ side int }

func (s *square) area() int { return s.side * s.side }

// What f panics with.
func recovered(f func()) (message string) {
	defer func() {
		r := recover()
		if err, ok := r.(runtime.Error); ok {
			message = "runtime error: " + err.Error()
		} else {
			message = fmt.Sprint(r)
		}
	}()
	f()
	return "none"
}

var sink int

func main() {
	var p *point
	var call func()
	var m map[string]int
	var none shape
	zero := len(os.Args) - 1
	fmt.Println(recovered(func() { sink = p.y }))
	fmt.Println(recovered(func() { p.x = 1 }))
	fmt.Println(recovered(func() { p.far[len(p.far)-1] = 1 }))
	fmt.Println(recovered(func() { call() }))
	fmt.Println(recovered(func() { m["a"] = 1 }))
	fmt.Println(recovered(func() { sink = none.area() }))
	fmt.Println(recovered(func() { none = (*square)(nil); sink = none.area() }))
	fmt.Println(recovered(func() { sink = 7 / zero }))
	fmt.Println(recovered(func() { sink = []int{1}[zero+1] }))
	fmt.Println(recovered(func() { panic(errors.New("an error")) }))
	fmt.Println(p) // its String panics
	fmt.Printf("%v %s\n", p, (*square)(nil))
	for i := 0; i < 100; i++ {
		if recovered(func() { sink += *(*int)(nil) }) == "none" {
			fmt.Println("no panic in round", i)
		}
	}
	var wait sync.WaitGroup
	for i := 0; i < 4; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			defer func() { recover() }()
			sink = p.x
		}()
	}
	wait.Wait()
	debug.SetPanicOnFault(true)
	fmt.Println(recovered(func() { sink = p.x }))
	fmt.Println("panics")
	sink = p.y // ends the program
}
