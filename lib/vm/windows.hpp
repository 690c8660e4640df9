// SPDX-License-Identifier: Apache-2.0
// The communication manager: the input and output windows, the hints, and what PRINT shows.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_memory.hpp"
#include "vm/fault.hpp"

namespace mipzk::vm {

struct Cell;
struct Inputs;
class Memory;

// A window is a length word and then the bytes, the last word padded with zeros. Bytes form words
// in the byte order of the program.
class Windows {
 public:
  Windows(const Inputs& inputs, bool little_endian);

  // kInput when an input is larger than its window.
  static Status check(const Inputs& inputs);

  // Fills the cells of a page that lies in a window; false when it lies in none, or in the public
  // window beyond the input (then all cells stay unmapped).
  bool initial_page(uint32_t page_address, Cell* cells, uint32_t count) const;

  // Words of the public input window that are mapped: the length word and ceil(n / 4) more.
  uint32_t public_words() const;
  uint32_t public_word(uint32_t index) const;

  // The next word of the hints; false when there is none.
  bool next_hint(uint32_t& word);
  // Others, of which as many bytes are taken.
  void set_hints(ByteView hints) { hints_ = hints; }
  // Takes back the last `words` of them.
  void return_hints(size_t words) { hint_position_ -= 4 * words; }
  // Bytes of the hints that were taken, padding included.
  size_t hints_taken() const { return hint_position_; }

  bool little_endian() const { return little_endian_; }

 private:
  bool little_endian_;
  ByteView private_, public_, hints_;
  size_t hint_position_ = 0;
};

// Words of a window that holds `size` bytes, length word included.
inline uint32_t window_words(uint32_t size) { return 1 + size / 4 + (size % 4 != 0); }

// The rules of the output window at HALT. Gives the bytes, or says which rule is broken.
FaultKind collect_output(Memory& memory, bool little_endian, std::vector<uint8_t>& output);

// Byte `address` of the word that contains it.
inline uint8_t byte_at(uint32_t word, uint32_t address, bool little_endian) {
  const uint32_t b = address & 3;
  return static_cast<uint8_t>(word >> 8 * (little_endian ? b : 3 - b));
}

// The bytes that PRINT shows: `size` bytes from `address`, cut at the first unmapped byte and at
// kMaxPrintBytes.
inline constexpr uint32_t kMaxPrintBytes = 1u << 16;
SecretVector<uint8_t> printed_bytes(const Memory& memory, bool little_endian, uint32_t address,
                                    uint32_t size);

// What a run may print altogether: a fixed allowance, and so many bytes for each instruction that
// it has executed, which is as fast as a program can write text with word stores.
inline constexpr uint64_t kPrintAllowance = 1u << 20;
inline constexpr uint64_t kPrintBytesPerCycle = 4;

// Counts what a run prints. A PRINT that goes over the limit is cut and followed by a notice, and
// those after it are silent; the run goes on as if nobody listened.
class PrintMeter {
 public:
  bool silent() const { return silent_; }
  // Cuts `text`, printed after `cycles` instructions; true when the notice is due.
  bool cut(SecretVector<uint8_t>& text, uint64_t cycles);
  static const char kNotice[];

 private:
  uint64_t printed_ = 0;
  bool silent_ = false;
};

}  // namespace mipzk::vm
