// SPDX-License-Identifier: Apache-2.0
// What a proof says about itself, through the C interface: any bytes give facts that lie within
// the bytes, or a documented error, and both functions agree.
//
// An input's first byte chooses. 0: the rest is the proof, bare. Else: steps of four bytes (what, a
// 16-bit position, a value) on the front of a proof whose shards' parts are empty.
#include <mipzk/mipzk.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

void require(bool good, const char* text) {
  if (good) return;
  std::fprintf(stderr, "%s\n", text);
  std::abort();
}

void put_u32(Bytes& out, uint32_t v) {
  uint8_t b[4];
  mipzk::store_le32(b, v);
  out.insert(out.end(), b, b + 4);
}

// Written from docs/FORMAT.md: header, statement and the least shapes of one or two shards.
Bytes front(uint8_t profile, uint32_t shards) {
  Bytes out = {'M', 'P', 'Z', 'K', 0, 0, 0, 0};
  put_u32(out, profile);
  for (uint32_t word : {0u, 0u, 0x1000u}) put_u32(out, word);
  out.insert(out.end(), {12, 10, 11, 0});
  out.resize(out.size() + 64, 0x55);  // roots
  put_u32(out, 6);
  out.insert(out.end(), {'p', 'u', 'b', 'l', 'i', 'c'});
  put_u32(out, 3);
  out.insert(out.end(), {'o', 'u', 't'});
  put_u32(out, 7);  // exit code
  put_u32(out, shards);
  const uint8_t shape[][2] = {{1, 14},  {2, 10},  {64, 12}, {65, 14}, {66, 10}, {67, 11},
                              {68, 12}, {69, 10}, {70, 10}, {71, 10}, {72, 10}};
  for (uint32_t shard = 1; shard <= shards; ++shard) {
    const size_t count = out.size();
    uint32_t tables = 0;
    put_u32(out, 0);
    for (const auto& in : shape) {
      if (shard > 1 && (in[0] == 64 || in[0] == 66 || in[0] == 67 || in[0] == 69 || in[0] == 70))
        continue;
      out.insert(out.end(), in, in + 2);
      ++tables;
    }
    mipzk::store_le32(&out[count], tables);
    out.resize(out.size() + 32, 0x66);  // the pass-1 root
  }
  if (profile >= 3) out.resize(out.size() + 8);  // the nonce of the global work
  for (uint32_t shard = 1; shard <= shards; ++shard) put_u32(out, 0);
  return out;
}

Bytes edited(Bytes p, const uint8_t* data, size_t size) {
  for (; size >= 4 && !p.empty(); data += 4, size -= 4) {
    const size_t at = (data[1] | size_t{data[2]} << 8) % p.size();
    const auto place = p.begin() + static_cast<ptrdiff_t>(at);
    switch (data[0] % 8) {
      case 0:
        p[at] ^= data[3];
        break;
      case 1:
        p[at] = data[3];
        break;
      case 2:
        p.resize(at);
        break;
      case 3:
        p.insert(place, data[3], data[3]);
        break;
      case 4:
        p.erase(place, p.begin() + static_cast<ptrdiff_t>(std::min(p.size(), at + data[3])));
        break;
      case 5:  // a word: counts and lengths lie there
        if (at + 4 <= p.size()) mipzk::store_le32(&p[at], ~uint32_t{0} >> data[3] % 32);
        break;
      case 6:  // a pair of the shape once more
        if (at + 2 <= p.size()) {
          const uint8_t pair[2] = {p[at], p[at + 1]};
          p.insert(place, pair, pair + 2);
        }
        break;
      default:  // a part more, or a longer last one
        if (p.size() >= 4) mipzk::store_le32(&p[p.size() - 4], data[3]);
        p.resize(p.size() + data[3]);
    }
  }
  return p;
}

bool inside(const mipzk_range& r, size_t size) {
  return r.offset <= size && r.size <= size - r.offset;
}

void check_error(mipzk_status status, const mipzk_error& err) {
  require(
      status == MIPZK_E_ARGUMENT || status == MIPZK_E_MALFORMED || status == MIPZK_E_UNSUPPORTED,
      "an undocumented status");
  require(err.status == status && err.message[0] != 0 &&
              std::memchr(err.message, 0, sizeof err.message) != nullptr,
          "an error without a message");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const uint8_t choice = size == 0 ? uint8_t{0} : data[0];
  const Bytes p = choice == 0 ? Bytes(data + (size != 0), data + size)
                              : edited(front(choice % 5, 1 + choice / 5 % 2), data + 1, size - 1);
  // An input of exactly the proof's size, so that a sanitizer sees reads beyond it.
  const Bytes exact(p.begin(), p.end());
  mipzk_proof_info info{};
  info.struct_size = sizeof info;
  mipzk_error err{};
  const mipzk_status status = mipzk_proof_inspect(exact.data(), exact.size(), &info, &err);
  if (choice % 5 != 0 && size < 5) require(status == MIPZK_OK, "the untouched front is refused");
  if (status == MIPZK_OK) {
    require(inside(info.public_input, p.size()) && inside(info.output, p.size()) &&
                inside(info.shape, p.size()),
            "a range outside of the proof");
    require(info.shape.size <= 4 + 2 * size_t{info.tables}, "a shape of another size");
    require(info.log_height >= 10 && info.log_height <= 22 && info.shards >= 1 &&
                info.shards < 65536 && info.max_cycles != 0 &&
                info.max_cycles < uint64_t{info.shards} << 26,
            "facts out of range");
    require(std::memchr(info.profile_name, 0, sizeof info.profile_name) != nullptr,
            "a name without an end");
  } else {
    check_error(status, err);
  }
  Bytes shape(4 * size_t{info.shards} + 2 * size_t{info.tables});
  size_t shape_size = 0;
  const mipzk_status shaped =
      mipzk_proof_shape(exact.data(), exact.size(), shape.data(), shape.size(), &shape_size, &err);
  require(shaped == status, "inspect and shape disagree");
  require(shape_size == shape.size(), "the shape has another size");
  uint32_t best = 0;
  for (uint32_t regime : {MIPZK_REGIME_UNIQUE, MIPZK_REGIME_JOHNSON}) {
    mipzk_security bits{};
    bits.struct_size = sizeof bits;
    const mipzk_status other =
        mipzk_proof_security(exact.data(), exact.size(), regime, &bits, &err);
    require(other == status, "inspect and security disagree");
    if (other != MIPZK_OK) continue;
    require(bits.folds <= MIPZK_MAX_FOLDS && bits.millibits_total <= 128000,
            "security out of range");
    for (uint32_t round : {bits.millibits_lookup, bits.millibits_constraints, bits.millibits_deep,
                           bits.millibits_batch, bits.millibits_query, bits.millibits_hash})
      require(round >= bits.millibits_total, "the total is not the least");
    best = std::max(best, bits.millibits_total / 1000);
  }
  if (status == MIPZK_OK) require(info.security_bits <= best, "more bits than either bound gives");
  return 0;
}
