// SPDX-License-Identifier: Apache-2.0
// Which memory an instruction accesses and which registers it writes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>

#include "isa/rom.hpp"
#include "vm/stepper.hpp"

namespace mipzk::debug {

struct Access {
  uint32_t address, size;  // bytes; lwl and its kin: the part of the word that they touch
  bool store;
};

// What the instruction will access when it is executed next.
std::optional<Access> access_of(const isa::RomEntry& entry, const vm::Stepper& machine,
                                bool little_endian);

// Whether the instruction is a jump or branch whose delay slot will be executed, when it is
// executed next: a likely branch that is not taken annuls it.
bool runs_slot(const isa::RomEntry& entry, const vm::Stepper& machine);

// Registers by the numbers of isa/rom.hpp that the instruction writes, but for those that no
// instruction names: trash, the exit code, LINK.
struct Written {
  static constexpr unsigned kMost = [] {
    int most = 0;
    for (const isa::ClassInfo& c : isa::kClasses)
      most = std::max(most, std::popcount(c.accesses & isa::kWrites));
    return static_cast<unsigned>(most);
  }();
  std::array<uint8_t, kMost> registers{};
  unsigned count = 0;
};
Written written_by(const isa::RomEntry& entry);

// "v0", "hi", "f12", "fcc0", "link", ...
std::string register_text(unsigned reg);

}  // namespace mipzk::debug
