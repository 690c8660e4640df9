// SPDX-License-Identifier: Apache-2.0
// Loads a program: the bytes of an ELF file become the image from which the machine's tables are
// built.
//
// Accepted is what a stock compiler makes with `-mabi=32 -static`: ELF32, MIPS, of either byte
// order, o32, ISA level up to MIPS32 release 5, ET_EXEC, for the floating-point unit and the
// processor that the machine is: docs/MACHINE.md, section 9, is the whitelist. Everything else is
// refused with a message that says what was found, what is needed and how to compile for it.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "isa/program.hpp"

namespace mipzk::elf {

// Bounds on what a file may hold; they keep the memory that loading takes proportional to its size.
inline constexpr size_t kMaxFileBytes = size_t{1} << 30;
inline constexpr size_t kMaxProgramHeaders = 128;
inline constexpr size_t kMaxSymbols = size_t{1} << 18;  // further ones are left out
inline constexpr size_t kMaxSymbolName = 255;           // bytes; longer names are cut

// A total function: every byte string gives an image or an error with Errc::kElf. `file` is copied
// and not kept. The image meets the contract of isa::ProgramImage, and in addition
//   - no segment is empty, nor both writable and executable;
//   - bytes.size() <= memory_size, and all segments together hold at most file.size() bytes;
//   - `entry` is a multiple of 4 and its word lies inside an executable segment;
//   - `flags` are e_flags that the machine serves;
//   - symbols lie inside segments, have a name fit to be shown (base/visible.hpp), and where
//     several share an address the best one to show comes first (functions, then objects, then
//     labels; global first).
// A stripped file has no symbols. May throw std::bad_alloc.
Result<isa::ProgramImage> load(ByteView file);

}  // namespace mipzk::elf
