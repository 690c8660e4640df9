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
constexpr const char* kDigest = "14d692d239b1b2d486c60cf3fcfd81f239ed3003ed61bb51a6f4e590d994b2a2";

TEST(TraceVersion, TellsLayoutsApart) {
  hash::Blake3 h;
  const attack::Shard shard = attack::run(attack::every_table(), attack::every_table_input());
  size_t tables = 0;
  for (const trace::InstanceTrace& t : shard.traces) {
    ++tables;
    h.update_word(t.table);
    h.update_word(t.log_height);
    for (field::Fp cell : t.base) h.update_word(cell.raw());
  }
  EXPECT_EQ(tables, air::tables().size());
  std::string digest;
  for (uint8_t byte : h.digest()) {
    digest += "0123456789abcdef"[byte >> 4];
    digest += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(digest, kDigest);
  EXPECT_EQ(trace::kTraceVersion, kVersion);
}

}  // namespace
}  // namespace mipzk::test
