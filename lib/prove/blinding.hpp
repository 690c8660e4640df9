// SPDX-License-Identifier: Apache-2.0
// The randomness that hides the witness (docs/PROTOCOL.md, "Blinding"): uniform field elements and
// salts, each use from a stream of its own.
//
// All streams derive from one key: the caller's secret seed hedged with the statement and the
// witness, so that a repeated seed repeats masks only for the very same proof.
//
// Keys and states of the hash function stay on the stack for a while; whoever lets other code run
// on the thread calls wipe_stack() first (Pool does after each loop, prove_traces() in the end).
#pragma once

#include <span>

#include "base/bytes.hpp"
#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "commit/merkle_tree.hpp"
#include "field/fp5.hpp"

namespace mipzk::prove {

// What a stream is for; with the index it makes the stream's name.
enum class BlindingUse : uint32_t {
  kBaseTail = 1,    // index: instance
  kExtTail = 2,     // index: instance
  kQuotient = 3,    // index: log2 of the height
  kFriMask = 4,     // index: block of rows
  kSalt = 5,        // index: tree
  kLocalRing = 6,   // index: instance
  kGlobalRing = 7,  // index: among the instances of pass 1 of the shard
};

class Blinding {
 public:
  Blinding() = default;
  // `seed`: 32 secret random bytes; `context`: everything public and private that tells proofs
  // apart.
  Blinding(ByteView seed, ByteView context);
  // With the key of another one, of 32 bytes.
  static Blinding of_key(ByteView key, uint32_t shard = 1) {
    Blinding b;
    b.key_ = secret_copy(key);
    b.shard_ = shard;
    return b;
  }
  // Worth as much as the private input: who has it can take all masks off.
  ByteView key() const { return key_; }

  // Of a shard of a run with several, from that of the run: under a key from which neither the
  // run's nor that of another shard follows.
  Blinding of_shard(uint32_t shard) const;
  // Those under a transcript, whose state is given: under another one all masks are others.
  Blinding of_transcript(ByteView state) const;
  // Those of another attempt (0 to 2^16 - 1) to prove the shard.
  Blinding of_attempt(uint32_t attempt) const {
    Blinding b = *this;
    b.attempt_ = attempt;
    return b;
  }

  // Fills with uniform elements. The same (use, index) must never serve two purposes in a proof.
  void fill(BlindingUse use, uint64_t index, std::span<field::Fp> out) const;
  // Fills large spans in parallel, with one stream per block, of the indices 0, 1, ...
  void fill_blocks(Pool& pool, BlindingUse use, std::span<field::Fp> out) const;
  commit::SaltFunction salts(unsigned tree) const;
  // The key of one stream, and what fill() gives with it.
  SecretVector<uint8_t> stream(BlindingUse use, uint64_t index) const;
  static void fill_from(ByteView stream, std::span<field::Fp> out);

 protected:  // a test looks for it in the process's memory
  SecretVector<uint8_t> key_;

 private:
  uint32_t shard_ = 1, attempt_ = 0;

  hash::Key stream_key(BlindingUse use, uint64_t index) const;
};

// The masks of one shard. Whoever has them can take off those of this shard alone, and of its
// neighbour the five cells that a ring joins.
struct ShardBlinding {
  Blinding own;
  SecretVector<uint8_t> ring_before;  // the stream of the last cells of the global ring before it
};

// True when five elements of F_q are linearly independent over F_p: then five uniform cells make
// their combination uniform.
bool independent(std::span<const field::Fp5> five);

}  // namespace mipzk::prove
