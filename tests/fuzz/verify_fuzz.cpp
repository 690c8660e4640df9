// SPDX-License-Identifier: Apache-2.0
// Any bytes through the verifier: no crash, a documented verdict, and nothing accepted but the
// proof that was really made. Read as a stream, in pieces of sizes that the input decides, they
// have the same verdict.
//
// An input is a program of edits of a real proof, so that it gets past the Merkle paths: the first
// byte chooses. 0: the rest is the proof itself, bare. Else: steps of five bytes (what, a 24-bit
// position, a value) on the proof. The first byte's lowest bit says which profile the proof is of,
// the next one whether it has several shards.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "prove/prove.hpp"
#include "support/proof_parts.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/parallel.hpp"
#include "verify/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using namespace mipzk;
using Bytes = std::vector<uint8_t>;

struct Real {
  hash::Digest id{};
  Bytes proof[4];
  size_t last_part[4];  // where the part of the last shard begins
};

void require(bool good, const char* text) {
  if (good) return;
  std::fprintf(stderr, "%s\n", text);
  std::abort();
}

const Real& real() {
  static const Real r = [] {
    Real out;
    Pool pool(1);
    auto program = prove::load_program(pool, test::program_of(test::sum_program(2)));
    require(program.ok(), "the program does not load");
    const Bytes in = {0, 0, 0, 1};
    out.id = program->id;
    const proof::Profile* profiles[] = {&test::kTest2, &test::kTest4};
    for (unsigned i = 0; i < 4; ++i) {
      vm::Limits limits;
      if (i >= 2) limits = {.max_shard_cycles = 8, .max_shards = 100};
      auto recording = vm::record(program->program, {in, in, {}}, limits);
      require(recording.ok(), "the program does not run");
      require((recording->shards.size() > 1) == (i >= 2), "another number of shards");
      prove::Options options;
      options.profile = profiles[i & 1];
      auto proof = prove::prove(pool, *program, in, *recording, options);
      require(proof.ok(), "the run is not proved");
      out.proof[i] = std::move(*proof);
      const auto parts = test::ProofParts::of(out.proof[i]);
      out.last_part[i] = parts.part(parts.bodies.size() - 1);
    }
    return out;
  }();
  return r;
}

// Edits of a proof; the length of its last shard's part may be corrected after them.
Bytes edited(const Bytes& proof, size_t part, const uint8_t* data, size_t size) {
  Bytes p = proof;
  for (; size >= 5 && !p.empty(); data += 5, size -= 5) {
    const size_t at = (data[1] | size_t{data[2]} << 8 | size_t{data[3]} << 16) % p.size();
    switch (data[0] % 8) {
      case 0:
        p[at] ^= data[4];
        break;
      case 1:
        p[at] = data[4];
        break;
      case 2:
        p.resize(at);
        break;
      case 3:
        p.insert(p.begin() + static_cast<ptrdiff_t>(at), data[4], data[4]);
        break;
      case 4:
        p.erase(p.begin() + static_cast<ptrdiff_t>(at),
                p.begin() + static_cast<ptrdiff_t>(std::min(p.size(), at + data[4])));
        break;
      case 5:  // a word of the front: counts and lengths lie there
        if (p.size() >= 300) store_le32(&p[(at % 64) * 4], ~uint32_t{0} >> data[4] % 32);
        break;
      case 6:  // a row of 20 or 32 bytes moves
        if (at + 64 <= p.size()) std::swap_ranges(&p[at], &p[at] + data[4] % 33, &p[at + 32]);
        break;
      default:
        if (p.size() >= part + 4) store_le32(&p[part], static_cast<uint32_t>(p.size() - part - 4));
    }
  }
  return p;
}

void compare_stream(const hash::Digest& id, const Bytes& proof, const verify::Policy& policy,
                    const Status& verdict, const verify::Claim& claim, uint32_t seed) {
  static Pool pool(1);
  size_t at = 0;
  const verify::ReadFunction read = [&](uint8_t* out, size_t size) {
    seed = seed * 1664525u + 1013904223u;
    const size_t piece = 1 + (seed >> 8) % (size_t{1} << (seed >> 28));
    const size_t n = std::min({proof.size() - at, size, piece});
    std::copy_n(proof.begin() + static_cast<ptrdiff_t>(at), n, out);
    at += n;
    return static_cast<int64_t>(n);
  };
  Bytes front;
  verify::Claim other;
  const Status s = verify::verify_stream(pool, id, read, policy, nullptr, front, other);
  const Error &a = verdict.error(), &b = s.error();
  require(a.code == b.code && a.detail == b.detail && std::strcmp(a.message, b.message) == 0,
          "another verdict on the stream");
  require(claim.exit_code == other.exit_code && claim.output_offset == other.output_offset &&
              claim.output_size == other.output_size && claim.shards == other.shards,
          "another claim of the stream");
  require(front.size() <= proof.size() && std::equal(front.begin(), front.end(), proof.begin()),
          "another front");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Real& r = real();
  const uint8_t choice = size == 0 ? uint8_t{0} : data[0];
  const Bytes& base = r.proof[choice & 3];
  const Bytes p = choice == 0 ? Bytes(data + (size != 0), data + size)
                              : edited(base, r.last_part[choice & 3], data + 1, size - 1);
  // An input of exactly the proof's size, so that a sanitizer sees reads beyond it.
  const std::vector<uint8_t> exact(p.begin(), p.end());
  hash::Digest id = r.id;
  const verify::Policy policy = test::test_policy();
  static std::vector<std::max_align_t> ws(
      verify::workspace_size(policy) / sizeof(std::max_align_t) + 1);
  verify::Claim claim;
  const Status s =
      verify::verify(id, exact, policy, ws.data(), ws.size() * sizeof(std::max_align_t), claim);
  compare_stream(id, exact, policy, s, claim, size > 1 ? data[size - 1] * 2654435761u : 1);
  if (s) {
    require(std::find(std::begin(r.proof), std::end(r.proof), p) != std::end(r.proof),
            "accepted bytes that nobody proved");
    require(claim.exit_code == 7 && claim.output_offset + claim.output_size <= p.size(),
            "a wrong claim");
    return 0;
  }
  require(choice == 0 || size >= 6, "the untouched proof is refused");
  const Errc c = s.error().code;
  require(c == Errc::kMalformed || c == Errc::kUnsupported || c == Errc::kPolicy ||
              c == Errc::kWrongProgram || c == Errc::kRejected,
          "an undocumented verdict");
  require(std::memchr(s.error().message, 0, sizeof s.error().message) != nullptr &&
              s.error().message[0] != 0,
          "a verdict without a message");
  require(claim.output_size == 0 && claim.public_size == 0, "a claim without success");
  return 0;
}
