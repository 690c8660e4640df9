// SPDX-License-Identifier: Apache-2.0
// The tables of memory: where words come from (image, fresh, public), the words that cross the
// boundary of a shard, the restamping of old words, and the regions of fresh words.
#pragma once

#include "air/tables/common.hpp"
#include "air/tables/rom.hpp"

namespace mipzk::air {

// Checks 0 <= v < 2^(16 + high_bits) for v = lo + 2^16 hi given by its limbs.
constexpr void range_long(Builder& b, Cell lo, Cell hi, unsigned high_bits) {
  b.range(lo);
  b.range(hi);
  b.range(hi * b.k(1u << (16 - high_bits)));
}

// Words and registers with initial content: their first and last tokens. A word that the run does
// not use has the same token twice.
struct Image : PassOneTable {
  static constexpr const char* kName = "Image";
  static constexpr TableId kId = kTableImage;
  static constexpr Role kRole = Role::kSource;
  static constexpr Preprocessed kPre = Preprocessed::kProgram;
  static constexpr Count kCount = Count::kOnce;
  static constexpr bool kFirstShardOnly = true;
  static constexpr const char* kPreColumns =
      "key0 lo0 hi0 w0 key1 lo1 hi1 w1 key2 lo2 hi2 w2 key3 lo3 hi3 w3";
  static constexpr const char* kColumns =
      "fin_lo0 fin_hi0 shard0 fin_lo1 fin_hi1 shard1 fin_lo2 fin_hi2 shard2 fin_lo3 fin_hi3 shard3";
  template <class T>
  struct Pre {
    struct {
      T key, lo, hi, w;
    } word[kImageWords];
  };
  template <class T>
  struct Row {
    struct {
      T fin_lo, fin_hi, shard;
    } word[kImageWords];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    for (unsigned i = 0; i < kImageWords; ++i) {
      const auto& first = p.word[i];
      const auto& last = r.word[i];
      b.global(Msg<Cell>{Form::kToken, {first.key, last.fin_lo, last.fin_hi, first.w, last.shard}},
               Msg<Cell>{Form::kToken, {first.key, first.lo, first.hi, first.w, b.constant(0)}});
    }
  }
};

// Words of a region: zero RAM, or the private input, whose words the prover chooses. Keys ascend
// along the ORDER chain through all instances, so each has one row at most.
struct Fresh : PassOneTable {
  static constexpr const char* kName = "Fresh";
  static constexpr TableId kId = kTableFresh;
  static constexpr Role kRole = Role::kSource;
  static constexpr Count kCount = Count::kSome;
  static constexpr bool kFirstShardOnly = true;
  static constexpr const char* kColumns =
      "real key prev start end kind in_lo in_hi fin_lo fin_hi shard "
      "ds_lo ds_hi de_lo de_hi dp_lo dp_hi";
  template <class T>
  struct Row {
    T real, key, prev, start, end, kind;
    T in_lo, in_hi, fin_lo, fin_hi, shard;
    T ds_lo, ds_hi;  // key - start
    T de_lo, de_hi;  // end - 1 - key
    T dp_lo, dp_hi;  // key - prev - 1
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    b.boolean(r.real);
    b.request(Bus::kRegion, r.real, {r.start, r.end, r.kind});
    // Differences of numbers below 2^30, each less than 2^29: no second solution modulo p.
    b.zero(r.key - r.start - r.ds_lo - r.ds_hi * b.k(65536));
    b.zero(r.end - r.real - r.key - r.de_lo - r.de_hi * b.k(65536));
    b.zero(r.key - r.prev - r.real - r.dp_lo - r.dp_hi * b.k(65536));
    range_long(b, r.ds_lo, r.ds_hi, 13);
    range_long(b, r.de_lo, r.de_hi, 13);
    range_long(b, r.dp_lo, r.dp_hi, 13);
    b.range(r.in_lo);
    b.range(r.in_hi);
    b.zero(b.not_(r.kind) * r.in_lo);  // zero regions start as zero
    b.zero(b.not_(r.kind) * r.in_hi);
    b.same_unless(r.real, r.in_lo, r.fin_lo);
    b.same_unless(r.real, r.in_hi, r.fin_hi);
    b.zero(b.not_(r.real) * r.shard);
    b.same_unless(r.real, r.prev, r.key);
    Cell w = b.not_(r.kind);
    b.global(Msg<Cell>{Form::kToken, {r.key, r.fin_lo, r.fin_hi, w, r.shard}},
             Msg<Cell>{Form::kToken, {r.key, r.in_lo, r.in_hi, w, b.constant(0)}});
    b.global(Msg<Cell>{Form::kOrder, {r.prev}}, Msg<Cell>{Form::kOrder, {r.key}});
  }
};

// Public words. Input: initial value public, read-only. Output (and exit code): starts 0, final
// value public. The verifier receives one PUBLIC message per word.
struct Public : PassOneTable {
  static constexpr const char* kName = "Public";
  static constexpr TableId kId = kTablePublic;
  static constexpr Role kRole = Role::kSource;
  static constexpr Count kCount = Count::kSome;
  static constexpr bool kFirstShardOnly = true;
  static constexpr const char* kColumns = "real out key lo hi in_lo in_hi fin_lo fin_hi shard";
  template <class T>
  struct Row {
    T real, out, key, lo, hi, in_lo, in_hi, fin_lo, fin_hi, shard;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    b.boolean(r.real);
    b.boolean(r.out);
    b.zero(r.in_lo - b.not_(r.out) * r.lo);
    b.zero(r.in_hi - b.not_(r.out) * r.hi);
    b.zero(r.out * (r.fin_lo - r.lo));
    b.zero(r.out * (r.fin_hi - r.hi));
    b.same_unless(r.real, r.in_lo, r.fin_lo);
    b.same_unless(r.real, r.in_hi, r.fin_hi);
    b.zero(b.not_(r.real) * r.shard);
    b.global(Msg<Cell>{Form::kToken, {r.key, r.fin_lo, r.fin_hi, r.out, r.shard}},
             Msg<Cell>{Form::kToken, {r.key, r.in_lo, r.in_hi, r.out, b.constant(0)}});
    b.global_send(r.real, Msg<Cell>{Form::kPublic, {r.out, r.key, r.lo, r.hi}});
  }
};

// A word touched in this shard: its token comes in, lives on the memory bus from time 0 to its last
// access, and leaves. STATE has a row too, with pc and npc as its limbs. The number
// of the shard is the verifier's.
struct Boundary : PassOneTable {
  static constexpr const char* kName = "Boundary";
  static constexpr TableId kId = kTableBoundary;
  static constexpr Role kRole = Role::kMemory;
  static constexpr Count kCount = Count::kSome;
  static constexpr const char* kColumns = "real key in_lo in_hi out_lo out_hi w shard_in t_last";
  template <class T>
  struct Row {
    T real, key, in_lo, in_hi, out_lo, out_hi, w, shard_in, t_last;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    b.boolean(r.real);
    Cell shard = r.real * b.shard();
    b.range(shard - r.shard_in - r.real);
    b.same_unless(r.real, r.in_lo, r.out_lo);
    b.same_unless(r.real, r.in_hi, r.out_hi);
    b.zero(b.not_(r.real) * r.shard_in);
    b.zero(b.not_(r.real) * r.t_last);
    b.global(Msg<Cell>{Form::kToken, {r.key, r.in_lo, r.in_hi, r.w, r.shard_in}},
             Msg<Cell>{Form::kToken, {r.key, r.out_lo, r.out_hi, r.w, shard}});
    b.local(Msg<Cell>{Form::kMem, {r.key, r.out_lo, r.out_hi, r.w, r.t_last}},
            Msg<Cell>{Form::kMem, {r.key, r.in_lo, r.in_hi, r.w, b.constant(0)}});
  }
};

// Restamps a word whose last access is too old for a 16-bit difference. Both the difference and the
// new time are checked to 28 bits: without the second check a chain of bumps would wrap modulo p.
struct Bump : MainTable {
  static constexpr const char* kName = "Bump";
  static constexpr TableId kId = kTableBump;
  static constexpr Role kRole = Role::kMemory;
  static constexpr const char* kColumns = "real key lo hi w t_old t_new d_lo d_hi n_lo n_hi";
  template <class T>
  struct Row {
    T real, key, lo, hi, w, t_old, t_new;
    T d_lo, d_hi;  // t_new - t_old - 1
    T n_lo, n_hi;  // t_new
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    b.boolean(r.real);
    b.zero(r.t_new - r.t_old - r.real - r.d_lo - r.d_hi * b.k(65536));
    b.zero(r.t_new - r.n_lo - r.n_hi * b.k(65536));
    range_long(b, r.d_lo, r.d_hi, 12);
    range_long(b, r.n_lo, r.n_hi, 12);
    b.same_unless(r.real, r.t_old, r.t_new);
    b.local(Msg<Cell>{Form::kMem, {r.key, r.lo, r.hi, r.w, r.t_old}},
            Msg<Cell>{Form::kMem, {r.key, r.lo, r.hi, r.w, r.t_new}});
  }
};

// The regions of fresh words, part of the program.
struct Region : MainTable {
  static constexpr const char* kName = "Region";
  static constexpr TableId kId = kTableRegion;
  static constexpr Role kRole = Role::kProvider;
  static constexpr Preprocessed kPre = Preprocessed::kProgram;
  static constexpr Count kCount = Count::kOnce;
  static constexpr bool kFirstShardOnly = true;
  static constexpr const char* kPreColumns = "start end kind";
  static constexpr const char* kColumns = "mult";
  template <class T>
  struct Pre {
    T start, end, kind;
  };
  template <class T>
  struct Row {
    T mult;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    b.provide(Bus::kRegion, r.mult, {p.start, p.end, p.kind});
  }
};

}  // namespace mipzk::air
