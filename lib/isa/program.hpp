// SPDX-License-Identifier: Apache-2.0
// A loaded program in the forms that the other libraries need: the image of the ELF file, and the
// public tables (ROM, initial memory, regions) from which the program id is computed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "isa/handlers.hpp"
#include "isa/keys.hpp"
#include "isa/rom.hpp"

namespace mipzk::isa {

// Fixed addresses (docs/MACHINE.md, "Memory map"). All are byte addresses.
inline constexpr uint32_t kUserBase = 0x00010000u;  // below: the null pages, never mapped
inline constexpr uint32_t kKernelBase = 0x80000000u, kKernelEnd = 0x90000000u;  // in-guest kernel
inline constexpr uint32_t kStackTop = 0x7fff0000u;  // end of zero RAM; initial $sp = kStackTop - 64
inline constexpr uint32_t kDefaultStack = 0x00800000u;  // bytes, if the file says nothing
inline constexpr uint32_t kStackGuard = 0x01000000u;    // unmapped bytes below the stack
inline constexpr uint32_t kPrivateBase =
    0xa0000000u;  // private input window: length word, then bytes
inline constexpr uint32_t kPublicBase = 0xb0000000u;  // public input window
inline constexpr uint32_t kOutputBase = 0xc0000000u;  // public output window
inline constexpr uint32_t kWindowSize = 0x04000000u;  // bytes of each window, length word included
inline constexpr uint32_t kMaxWindowBytes = kWindowSize - 4;
// The last word of the address space is a zero region of its own: the chain that orders fresh words
// ends there (docs/PROTOCOL.md, section 11).
inline constexpr uint32_t kLastWord = 0xfffffffcu;

// Numbers of the machine's own calls: the code field of `syscall`.
inline constexpr uint32_t kCallHalt = 1, kCallHintWord = 2, kCallPrint = 3, kCallCycle = 4,
                          kCallAsk = 5;

struct Symbol {
  uint32_t address, size;
  std::string name;
};

// A loadable segment. `bytes` is what the file holds; the rest up to `memory_size` is zero.
struct Segment {
  uint32_t address = 0;
  uint32_t memory_size = 0;
  bool readable = false, writable = false, executable = false;
  std::vector<uint8_t> bytes;
};

// What the ELF loader hands over. Segments are sorted by address, disjoint, and inside
// [kUserBase, kStackTop), those of the in-guest kernel inside [kKernelBase, kKernelEnd).
struct ProgramImage {
  uint32_t entry = 0;
  uint32_t flags = 0;  // e_flags
  bool little_endian = false;
  uint32_t trap_vector = 0;  // byte address of the in-guest kernel's trap entry; 0: no kernel
  // kFaultVector if the in-guest kernel takes faults, too; 0: they end a run.
  uint32_t fault_vector = 0;
  // Parts of RAM that stay unmapped, so that what grows into one faults: ascending, disjoint,
  // multiples of 4.
  struct Guard {
    uint32_t address, bytes;
  };
  std::vector<Guard> guards;
  // The program headers, 8 words each, and where a segment holds them in memory (0: nowhere).
  std::vector<uint32_t> program_headers;
  uint32_t program_headers_address = 0;
  // Bytes of the stack that ends at kStackTop, a multiple of 4 KiB; the loader puts a guard of
  // kStackGuard bytes below it. 0: not said, and there is none.
  uint32_t stack_size = 0;
  std::vector<Segment> segments;
  std::vector<Symbol> symbols;  // functions and objects, sorted by address
};

// A word with initial content; key = address / 4 for memory, 2^30 + r for a register.
struct ImageWord {
  uint32_t key;
  uint32_t value;
  bool writable;
  friend bool operator==(const ImageWord&, const ImageWord&) = default;
};

enum class RegionKind : uint8_t { kZero = 0, kPrivate = 1 };

// Keys start <= key < end whose words start as zero (kZero, writable) or hold the private input
// (kPrivate, read-only, chosen by the prover). At most 2^29 words.
struct Region {
  uint32_t start, end;
  RegionKind kind;
  friend bool operator==(const Region&, const Region&) = default;
};

struct Program {
  uint32_t entry = 0;  // byte address
  bool little_endian = false;
  uint32_t trap_vector = 0;           // 0: no kernel
  uint32_t fault_vector = 0;          // 0: no kernel, or it takes no faults
  std::vector<RomEntry> rom;          // ascending pc4, one per executable word that lowers
  std::vector<Operation> operations;  // of the entries of the ROM; not part of the id
  std::vector<ImageWord> image;  // ascending keys; memory first, then all registers but kExitCode
  std::vector<Region> regions;   // ascending, disjoint from the image and from each other
  std::vector<Span> spans;       // unmapped ones, then those without code; ascending
  std::vector<Symbol> symbols;   // for people only; not part of the id

  // The rows of the public table ROM: its entries, then the spans.
  size_t code_rows() const { return rom.size() + spans.size(); }
  RomEntry code_row(size_t i) const {
    return i < rom.size() ? rom[i] : entry_of(spans[i - rom.size()]);
  }
};

static_assert(kFaultVector == kKernelBase);

// Applies the memory map and the lowering to an image (docs/MACHINE.md, "Program tables"). Fails
// with kElf when the image breaks a rule of the map.
Result<Program> build_program(const ProgramImage& image);

}  // namespace mipzk::isa
