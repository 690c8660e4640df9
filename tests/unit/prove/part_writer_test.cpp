// SPDX-License-Identifier: Apache-2.0
// Parts of a proof, which any thread may have, in their order on one thread.
#include "prove/part_writer.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace mipzk::prove {
namespace {

using Part = std::vector<uint8_t>;

constexpr uint8_t kParts = 100;

TEST(PartWriter, PartsDoNotPileUpBehindASlowSink) {
  constexpr uint32_t kAhead = 3;
  std::atomic<uint32_t> taken{0};
  Part written;
  const ProofSink sink = [&](ByteView part) -> Status {
    if (written.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    written.push_back(part[0]);
    // What another thread could put, of those from 2 on.
    EXPECT_LE(taken, part[0] + kAhead);
    return {};
  };
  PartWriter parts(sink, kAhead, {});
  {
    const PartWriter::Presence present(&parts);
    std::thread other([&] {
      for (uint8_t i = 2; i <= kParts; ++i) {
        ASSERT_TRUE(parts.put(i, Part{i}));
        ++taken;
      }
    });
    ASSERT_TRUE(parts.put(1, Part{1}));
    while (written.size() < kParts) ASSERT_TRUE(parts.write());
    other.join();
  }
  for (uint8_t i = 0; i < kParts; ++i) EXPECT_EQ(written[i], i + 1);
}

// Nobody writes any more before all have ended: then nobody waits.
TEST(PartWriter, NobodyWaitsForAnOwnerWhoHasGone) {
  uint32_t written = 0;
  const ProofSink sink = [&](ByteView) -> Status {
    ++written;
    return {};
  };
  PartWriter parts(sink, 2, {});
  std::thread other;
  {
    const PartWriter::Presence present(&parts);
    other = std::thread([&] {
      const PartWriter::Presence of_another(&parts);
      for (uint8_t i = 2; i <= kParts; ++i) ASSERT_TRUE(parts.put(i, Part{i}));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  other.join();
  EXPECT_EQ(written, 0u);
  ASSERT_TRUE(parts.put(1, Part{1}));
  EXPECT_EQ(written, kParts);
}

TEST(PartWriter, AFlagEndsTheWait) {
  const ProofSink sink = [](ByteView) { return Status(); };
  std::atomic_flag stop;
  PartWriter parts(sink, 2, {&stop, nullptr});
  const PartWriter::Presence present(&parts);
  std::thread other([&] {
    EXPECT_TRUE(parts.put(3, Part{3}));
    EXPECT_THROW((void)parts.put(4, Part{4}), Cancelled);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  stop.test_and_set();
  other.join();
}

}  // namespace
}  // namespace mipzk::prove
