// SPDX-License-Identifier: Apache-2.0
#include "vm/windows.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "isa/program.hpp"
#include "vm/machine.hpp"
#include "vm/memory.hpp"

namespace mipzk::vm {
namespace {

// Word `index` of a byte string; zero beyond its end.
uint32_t word_of(ByteView bytes, size_t index, bool little_endian) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    const size_t b = 4 * index + (little_endian ? 3 - i : i);
    word = word << 8 | (b < bytes.size() ? bytes[b] : 0u);
  }
  return word;
}

uint32_t window_word(ByteView bytes, uint32_t index, bool little_endian) {
  return index == 0 ? static_cast<uint32_t>(bytes.size())
                    : word_of(bytes, index - 1, little_endian);
}

Status check_one(ByteView bytes, const char* which) {
  if (bytes.size() <= isa::kMaxWindowBytes) return {};
  return format_error(Errc::kInput, "the %s input has %zu bytes; its window holds %u", which,
                      bytes.size(), isa::kMaxWindowBytes);
}

}  // namespace

Windows::Windows(const Inputs& inputs, bool little_endian)
    : little_endian_(little_endian),
      private_(inputs.private_input),
      public_(inputs.public_input),
      hints_(inputs.hints) {}

Status Windows::check(const Inputs& inputs) {
  if (Status s = check_one(inputs.private_input, "private"); !s) return s;
  return check_one(inputs.public_input, "public");
}

bool Windows::initial_page(uint32_t page_address, Cell* cells, uint32_t count) const {
  uint32_t first = (page_address - isa::kPrivateBase) / 4;
  if (page_address - isa::kPrivateBase < isa::kWindowSize) {
    for (uint32_t i = 0; i < count; ++i)
      cells[i] = {window_word(private_, first + i, little_endian_), kMapped};
    return true;
  }
  first = (page_address - isa::kPublicBase) / 4;
  if (page_address - isa::kPublicBase < isa::kWindowSize) {
    const uint32_t words = public_words();
    for (uint32_t i = 0; i < count && first + i < words; ++i)
      cells[i] = {window_word(public_, first + i, little_endian_), kMapped};
    return first < words;
  }
  if (page_address - isa::kOutputBase < isa::kWindowSize) {
    for (uint32_t i = 0; i < count; ++i) cells[i] = {0, kMapped | kWritable};
    return true;
  }
  return false;
}

uint32_t Windows::public_words() const {
  return window_words(static_cast<uint32_t>(public_.size()));
}

uint32_t Windows::public_word(uint32_t index) const {
  return window_word(public_, index, little_endian_);
}

bool Windows::next_hint(uint32_t& word) {
  if (hint_position_ >= hints_.size()) return false;
  word = word_of(hints_, hint_position_ / 4, little_endian_);
  hint_position_ += 4;
  return true;
}

FaultKind collect_output(Memory& memory, bool little_endian, std::vector<uint8_t>& output) {
  Page fresh;
  const Page* first_page = memory.view(isa::kOutputBase, fresh);
  const uint32_t size = first_page->cells[0].value;
  if (size > isa::kMaxWindowBytes) return FaultKind::kOutputLength;
  const uint32_t words = window_words(size);
  output.assign(size_t{4} * (words - 1), 0);
  for (const uint32_t page_address : memory.sorted_pages()) {
    if (page_address - isa::kOutputBase >= isa::kWindowSize) continue;
    const Page& page = memory.page(page_address);
    const uint32_t first = (page_address - isa::kOutputBase) / 4;
    for (uint32_t i = 0; i < kPageWords; ++i) {
      const uint32_t index = first + i;
      const Cell& cell = page.cells[i];
      if (index >= words && (cell.meta & (kTimeMask | kTouchedBefore)) != 0)
        return FaultKind::kOutputBeyondEnd;
      if (index == 0 || index >= words) continue;
      for (uint32_t b = 0; b < 4; ++b)
        output[size_t{4} * (index - 1) + b] = byte_at(cell.value, b, little_endian);
    }
  }
  if (std::any_of(output.begin() + size, output.end(), [](uint8_t b) { return b != 0; }))
    return FaultKind::kOutputPadding;
  output.resize(size);
  return FaultKind::kNone;
}

SecretVector<uint8_t> printed_bytes(const Memory& memory, bool little_endian, uint32_t address,
                                    uint32_t size) {
  SecretVector<uint8_t> bytes;
  Page fresh;
  const Page* page = nullptr;
  for (uint32_t i = 0; i < std::min(size, kMaxPrintBytes); ++i, ++address) {
    if (page == nullptr || address % kPageBytes == 0) {
      page = memory.view(address & ~(kPageBytes - 1), fresh);
      if (page == nullptr) break;
    }
    const Cell& cell = page->cells[address / 4 % kPageWords];
    if ((cell.meta & kMapped) == 0) break;
    bytes.push_back(byte_at(cell.value, address, little_endian));
  }
  secure_zero(&fresh, sizeof fresh);
  return bytes;
}

const char PrintMeter::kNotice[] =
    "\n[mipzk: the program has printed more than 1 MiB and 4 bytes per instruction: the rest of "
    "what it prints is not shown]\n";

bool PrintMeter::cut(SecretVector<uint8_t>& text, uint64_t cycles) {
  const uint64_t left = kPrintAllowance + kPrintBytesPerCycle * cycles - printed_;
  if (text.size() > left) {
    text.resize(static_cast<size_t>(left));
    silent_ = true;
  }
  printed_ += text.size();
  return silent_;
}

}  // namespace mipzk::vm
