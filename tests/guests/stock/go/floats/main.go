// SPDX-License-Identifier: Apache-2.0

// Floating point: with GOMIPS=softfloat all of it is integer code, with hardfloat it is instructions.
package main

import (
	"fmt"
	"math"
	"strconv"
)

func main() {
	x, zero := 2.5, 0.0
	fmt.Println(x+0.1, x/3, 1/zero, -1/zero, zero/zero, math.SmallestNonzeroFloat64*3)
	fmt.Println(math.Sqrt(x), math.Sin(x), math.Exp(x), math.Log(x), math.Pow(x, -1.5), math.Mod(100.25, x))
	f := float32(1.1)
	fmt.Println(f*f, float32(x)/3, int64(x*1e15), uint32(3e9), int8(-x), math.Floor(-x))
	sum := 0.0
	for i := 1; i <= 1000; i++ {
		sum += 1 / float64(i)
	}
	fmt.Println(sum, math.Float64bits(sum))
	parsed, err := strconv.ParseFloat("123.456e-7", 64)
	fmt.Println(parsed, err, strconv.FormatFloat(math.Pi, 'e', 20, 64))
	fmt.Println(complex(x, 1)*complex(1, -x), x > float64(f), math.IsNaN(zero/zero))
	var z float64 = 1
	for i := 0; i < 20; i++ {
		z -= (z*z - x) / (2 * z)
	}
	fmt.Printf("%.15f %g %08.3f %x\n", z, 1e100, -x, x)
}
