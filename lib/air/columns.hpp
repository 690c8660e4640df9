// SPDX-License-Identifier: Apache-2.0
// Groups of columns that tables share, and the row checks that go with them.
#pragma once

#include "air/bus.hpp"
#include "isa/rom.hpp"

namespace mipzk::air {

// One executed instruction: `real` is 0 on padding rows.
template <class T>
struct Cpu {
  T real, clk, pc, npc;  // pc and npc in words (byte address / 4)
};

// A register read: number (from the ROM), value and time of the previous access.
template <class T>
struct RegRead {
  T reg, lo, hi, t;
};

// A register write: number, overwritten value and time of the previous access.
template <class T>
struct RegWrite {
  T reg, old_lo, old_hi, t;
};

// The fields of a ROM message after class and pc; unset ones are 0.
template <class V>
struct RomFields {
  V rs{}, rt{}, rd{};
  V k[6]{};
};

}  // namespace mipzk::air
