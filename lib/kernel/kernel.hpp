// SPDX-License-Identifier: Apache-2.0
// The in-guest kernel: a small MIPS program that is added to Linux programs and turns their system
// calls and floating-point arithmetic into ordinary instructions (docs/MACHINE.md, "The in-guest
// kernel"). It is part of the program, so the program id covers it.
#pragma once

#include "base/error.hpp"
#include "isa/program.hpp"

namespace mipzk::kernel {

// Where the kernel finds what it has to know about the program; the last page of its addresses.
inline constexpr uint32_t kBootBlock = isa::kKernelEnd - 4096;

// True if the program makes system calls of Linux: an executable segment holds instructions that
// load the number of one and make it (docs/MACHINE.md, section 8). One word alone does not count:
// it may be data.
bool wanted(const isa::ProgramImage& image);

// Adds the kernel's segments, the boot block and the kernel's functions (their names get the prefix
// "kernel:"), and sets `entry` and `trap_vector`. `image` must be as elf::load gives it, without a
// kernel. Fails with kElf, and leaves the image as it was, if a segment lies where the kernel
// belongs or the program headers do not fit the boot block.
Status attach(isa::ProgramImage& image);

}  // namespace mipzk::kernel
