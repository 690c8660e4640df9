// SPDX-License-Identifier: Apache-2.0
// Reads the parts of a proof: canonical encodings only.
#pragma once

#include <cstring>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "proof/protocol.hpp"

namespace mipzk::verify {

inline Error rejected(const char* text) { return Error(Errc::kRejected, text); }
inline Error malformed(const char* text) { return Error(Errc::kMalformed, text); }
inline Error too_long() {
  return Error(Errc::kPolicy, "the proof is longer than the policy allows");
}
inline Error trailing_bytes() { return malformed("the proof has bytes after its end"); }

// False when the proof ends before.
inline bool read_digest(Reader& r, hash::Digest& out) {
  const ByteView b = r.take(out.size());
  if (b.size() != out.size()) return false;
  std::memcpy(out.data(), b.data(), out.size());
  return true;
}

// False when the proof ends before, or the element is not reduced.
inline bool read_fp5(Reader& r, field::Fp5& out) {
  for (field::Fp& c : out.c) {
    const uint32_t raw = r.u32();
    if (!r.ok() || raw >= field::kP) return false;
    c = field::Fp::from_raw(raw);
  }
  return true;
}

// Reads a root that a shard commits to, and absorbs it.
inline Status read_root(Reader& r, hash::Transcript& t, proof::Tree tree, hash::Digest& out) {
  if (!read_digest(r, out)) return malformed("the proof ends before its commitments");
  proof::absorb_root(t, tree, out);
  return {};
}

// Reads a nonce, if the step has one, and checks it.
inline Status read_work(Reader& r, hash::Transcript& t, const proof::Work& work) {
  if (work.bits == 0) return {};
  const uint64_t nonce = r.u64();
  if (!r.ok()) return malformed("the proof ends inside a nonce");
  if (!t.check_work(work.label, work.bits, nonce)) return rejected("a proof of work is wrong");
  return {};
}

}  // namespace mipzk::verify
