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

// A register that is read, or the old value of one that is written, by its bytes from the lowest.
template <class T>
struct RegBytes {
  T reg, t, byte[4];
};

// The overwritten value and the time of the previous access: of a register whose number the table
// fixes, or of a word of memory.
template <class T>
struct Old {
  T lo, hi, t;
};

// A word of memory that is read: value, write permission, time of the previous access.
template <class T>
struct Word {
  T lo, hi, w, t;
};

// An address rs + k in memory: the offset's limbs and the sum, whose low limb is made of `v` and
// its high limb is `hi`.
template <class T>
struct Address {
  T k_lo, k_hi, v, hi;
};

// The fields of a ROM message after class and pc; unset ones are 0.
template <class V>
struct RomFields {
  V rs{}, rt{}, rd{};
  V k[6]{};
};

}  // namespace mipzk::air
