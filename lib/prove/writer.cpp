// SPDX-License-Identifier: Apache-2.0
#include "prove/writer.hpp"

#include "hash/grind.hpp"

namespace mipzk::prove {

void append(std::vector<uint8_t>& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u32(std::vector<uint8_t>& out, uint32_t v) {
  uint8_t b[4];
  store_le32(b, v);
  append(out, b);
}

void append_u64(std::vector<uint8_t>& out, uint64_t v) {
  uint8_t b[8];
  store_le64(b, v);
  append(out, b);
}

void append_fp5(std::vector<uint8_t>& out, const field::Fp5& v) {
  for (field::Fp c : v.c) append_u32(out, c.raw());
}

void append_shape(std::vector<uint8_t>& out, std::span<const air::Instance> instances) {
  append_u32(out, static_cast<uint32_t>(instances.size()));
  for (const air::Instance& i : instances) {
    out.push_back(i.table);
    out.push_back(i.log_height);
  }
}

void append_work(Pool& pool, hash::Transcript& t, const proof::Work& work,
                 std::vector<uint8_t>& out) {
  if (work.bits == 0) return;
  const uint64_t nonce = hash::find_nonce(t, work.bits, &pool);
  t.check_work(work.label, work.bits, nonce);
  append_u64(out, nonce);
}

}  // namespace mipzk::prove
