// SPDX-License-Identifier: Apache-2.0
// The key of the masks depends on the run and on trace::kTraceVersion, not on every cell. So a
// change in how a run is laid out in tables must change the version, or proofs of one run and one
// seed by two releases would have the same masks on different cells.
//
// When this fails: raise kTraceVersion and put the new digest here.
#include <gtest/gtest.h>

#include "adversarial/shards.hpp"
#include "hash/blake3.hpp"

namespace mipzk::test {
namespace {

constexpr uint32_t kVersion = 2;
// Of a run without faults, and of one that has every table.
constexpr const char* kDigest = "14d692d239b1b2d486c60cf3fcfd81f239ed3003ed61bb51a6f4e590d994b2a2";
constexpr const char* kFaultsDigest =
    "ad4c4ca168887d8a9b2ab7a72c5aa34be1361bbbcede5a5a543fcb0b686eb306";

std::string digest_of(const attack::Shard& shard) {
  hash::Blake3 h;
  for (const trace::InstanceTrace& t : shard.traces) {
    h.update_word(t.table);
    h.update_word(t.log_height);
    for (field::Fp cell : t.base) h.update_word(cell.raw());
  }
  std::string digest;
  for (uint8_t byte : h.digest()) {
    digest += "0123456789abcdef"[byte >> 4];
    digest += "0123456789abcdef"[byte & 15];
  }
  return digest;
}

TEST(TraceVersion, TellsLayoutsApart) {
  const attack::Shard plain = attack::run(attack::every_instruction(), attack::every_table_input());
  EXPECT_EQ(digest_of(plain), kDigest);
  const attack::Shard all = attack::run(attack::every_table(), attack::every_table_input());
  EXPECT_EQ(all.traces.size(), air::tables().size());
  EXPECT_EQ(digest_of(all), kFaultsDigest);
  EXPECT_EQ(trace::kTraceVersion, kVersion);
}

}  // namespace
}  // namespace mipzk::test
