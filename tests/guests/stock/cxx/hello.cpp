// SPDX-License-Identifier: Apache-2.0
// The program of every introduction.
#include <iostream>

int main() { std::cout << "hello, world" << std::endl; }
