// SPDX-License-Identifier: Apache-2.0
// The program's code: its entries, in the first shard, and those that a shard executes.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

// Entries of a row of ROM, and words of a row of IMAGE: taller tables cost more than wider ones.
inline constexpr unsigned kRomEntries = 4, kImageWords = 4;

// A ROM entry: class, pc in words, rs, rt, rd, k0..k5.
inline constexpr unsigned kEntryCells = 11;

// An entry with the number of the shard that used it last, 0: none.
constexpr Msg<Cell> code_token(const Cell (&entry)[kEntryCells], Cell shard) {
  Msg<Cell> m{Form::kCode, {}};
  for (unsigned i = 0; i < kEntryCells; ++i) m.v[i] = entry[i];
  m.v[kEntryCells] = shard;
  return m;
}

// All entries, one per executable word: the first token of each, and its last one. A row that no
// shard uses takes back what it gives.
struct Rom : PassOneTable {
  static constexpr const char* kName = "Rom";
  static constexpr TableId kId = kTableRom;
  static constexpr Role kRole = Role::kSource;
  static constexpr Preprocessed kPre = Preprocessed::kProgram;
  static constexpr Count kCount = Count::kOnce;
  static constexpr bool kFirstShardOnly = true;
  static constexpr const char* kPreColumns =
      "class0 pc0 rs0 rt0 rd0 k00 k01 k02 k03 k04 k05 class1 pc1 rs1 rt1 rd1 k10 k11 k12 k13 k14 "
      "k15 class2 pc2 rs2 rt2 rd2 k20 k21 k22 k23 k24 k25 class3 pc3 rs3 rt3 rd3 k30 k31 k32 k33 "
      "k34 k35";
  static constexpr const char* kColumns = "shard0 shard1 shard2 shard3";
  template <class T>
  struct Pre {
    T entry[kRomEntries][kEntryCells];
  };
  template <class T>
  struct Row {
    T shard[kRomEntries];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    for (unsigned i = 0; i < kRomEntries; ++i)
      b.global(code_token(p.entry[i], r.shard[i]), code_token(p.entry[i], b.constant(0)));
  }
};

// An entry that this shard executes, as often as it does: its token comes in, from ROM or from a
// shard before, and leaves. Numbers of shards ascend along a token's way, so it has begun in ROM.
struct Fetch : PassOneTable {
  static constexpr const char* kName = "Fetch";
  static constexpr TableId kId = kTableFetch;
  static constexpr Role kRole = Role::kMemory;
  static constexpr const char* kColumns = "real class pc rs rt rd k0 k1 k2 k3 k4 k5 shard_in mult";
  template <class T>
  struct Row {
    T real, entry[kEntryCells], shard_in, mult;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    b.boolean(r.real);
    Cell shard = r.real * b.shard();
    b.range(shard - r.shard_in - r.real);
    b.zero(b.not_(r.real) * r.shard_in);
    b.zero(b.not_(r.real) * r.mult);
    b.global(code_token(r.entry, r.shard_in), code_token(r.entry, shard));
    b.provide(Bus::kRom, r.mult, r.entry);
  }
};

}  // namespace mipzk::air
