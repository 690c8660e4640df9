// SPDX-License-Identifier: Apache-2.0

// What the Go runtime needs of its operating system: threads, timers, memory, files, exit status.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type node struct {
	left, right *node
	value       int
}

func tree(depth, value int) *node {
	if depth == 0 {
		return &node{value: value}
	}
	return &node{tree(depth-1, 2*value), tree(depth-1, 2*value+1), value}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

func recovered(index int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	values := []int{1, 2, 3}
	fmt.Println("value", values[index])
	return nil
}

func channels() {
	in, out := make(chan int), make(chan int, 10)
	var group sync.WaitGroup
	for i := 0; i < 4; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for x := range in {
				out <- x * x
			}
		}()
	}
	go func() {
		for i := 0; i < 500; i++ {
			in <- i
		}
		close(in)
		group.Wait()
		close(out)
	}()
	counts, total := map[int]int{}, 0
	for v := range out {
		counts[v%97]++
		total += v
	}
	keys := []int{}
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	fmt.Println("channels", len(keys), total, keys[:4])
}

func timers() {
	start := time.Now()
	select {
	case <-time.After(3 * time.Millisecond):
		fmt.Println("after 3 ms")
	case <-time.After(time.Minute):
		fmt.Println("after a minute")
	}
	ticker := time.NewTicker(time.Millisecond)
	for i := 0; i < 3; i++ {
		<-ticker.C
	}
	ticker.Stop()
	fmt.Println("timers", time.Since(start) >= 6*time.Millisecond, time.Since(start) < time.Minute)
	time.Sleep(2 * time.Millisecond)
}

func locks() {
	var mutex sync.Mutex
	condition := sync.NewCond(&mutex)
	var group sync.WaitGroup
	counter, open := 0, false
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			mutex.Lock()
			for !open {
				condition.Wait()
			}
			counter++
			mutex.Unlock()
		}()
	}
	runtime.Gosched()
	mutex.Lock()
	open = true
	mutex.Unlock()
	condition.Broadcast()
	group.Wait()
	fmt.Println("locks", counter)
}

func garbage() {
	total := 0
	kept := tree(10, 1)
	for i := 0; i < 30; i++ {
		total += tree(10, i).sum() % 1000
	}
	runtime.GC()
	fmt.Println("garbage", total, kept.sum())
}

func lockedThreads() {
	results := make(chan int)
	for i := 0; i < 3; i++ {
		go func(i int) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			time.Sleep(time.Duration(3-i) * 5 * time.Millisecond)
			results <- i
		}(i)
	}
	fmt.Println("threads", <-results + <-results + <-results)
}

func pipes() {
	reader, writer, err := os.Pipe()
	if err != nil {
		fmt.Println("no pipe", err)
		return
	}
	go func() {
		for i := 0; i < 3; i++ {
			time.Sleep(time.Millisecond)
			fmt.Fprintf(writer, "message %d;", i)
		}
		writer.Close()
	}()
	text, err := io.ReadAll(reader)
	fmt.Println("pipe", string(text), err)
}

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		fmt.Println("line", strings.ToUpper(scanner.Text()))
	}
	public, err := io.ReadAll(os.NewFile(3, "public"))
	fmt.Println("public", len(public), err)
	_, err = os.ReadFile("/no/such/file")
	fmt.Println(errors.Is(err, os.ErrNotExist), len(os.Args), runtime.NumGoroutine())
	fmt.Println(recovered(1), recovered(7))
	channels()
	timers()
	locks()
	lockedThreads()
	pipes()
	garbage()
	fmt.Fprintln(os.Stderr, "to the terminal")
	defer fmt.Println("not printed: Exit runs no deferred calls")
	os.Exit(9)
}
