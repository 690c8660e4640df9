// SPDX-License-Identifier: Apache-2.0

// Goroutines, channels, select, timers, mutexes, maps, panics, garbage collection.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"sync"
	"time"
)

func worker(in <-chan int, out chan<- int, group *sync.WaitGroup) {
	defer group.Done()
	for x := range in {
		out <- x * x
	}
}

func outOfRange(index int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return errors.New(fmt.Sprint([]int{1, 2, 3}[index]))
}

func divide(a, b int) (result int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	return a / b, nil
}

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	in, out := make(chan int), make(chan int, 10)
	var group sync.WaitGroup
	for i := 0; i < 4; i++ {
		group.Add(1)
		go worker(in, out, &group)
	}
	go func() {
		for i := 0; i < 200; i++ {
			in <- i
		}
		close(in)
		group.Wait()
		close(out)
	}()
	rests, sum := map[int]int{}, 0
	for v := range out {
		rests[v%97]++
		sum += v
	}
	keys := []int{}
	for key := range rests {
		keys = append(keys, key)
	}
	sort.Ints(keys)
	fmt.Println(len(keys), sum, keys[:3])

	fmt.Println(outOfRange(1), outOfRange(7))
	fmt.Println(divide(7, len(keys)-len(keys)))

	timer := time.NewTimer(2 * time.Millisecond)
	select {
	case <-timer.C:
		fmt.Println("timer")
	case <-time.After(time.Hour):
		fmt.Println("too late")
	}
	start := time.Now()
	time.Sleep(time.Millisecond)
	fmt.Println(time.Since(start) >= time.Millisecond)

	var mutex sync.Mutex
	count := 0
	var all sync.WaitGroup
	for i := 0; i < 50; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			mutex.Lock()
			defer mutex.Unlock()
			count++
			runtime.Gosched()
		}()
	}
	all.Wait()
	fmt.Println(count)

	nodes := 0
	for i := 0; i < 3; i++ {
		nodes += grow(8).count()
		runtime.GC()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Println(nodes, memory.NumGC >= 3)
	defer fmt.Println("not reached: Exit runs no deferred calls")
	os.Exit(7)
}
