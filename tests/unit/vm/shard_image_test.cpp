// SPDX-License-Identifier: Apache-2.0
// A shard executed again from what it begins with: the record is that of the run, byte for byte,
// and no image does any harm.
#include "vm/shard_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

template <class T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
  return a.size_bytes() == b.size_bytes() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

bool same_log(const vm::AccessLog& a, const vm::AccessLog& b) {
  if (a.chunks() != b.chunks()) return false;
  for (size_t i = 0; i < a.chunks(); ++i)
    if (!same_bytes(a.chunk(i), b.chunk(i))) return false;
  return true;
}

// What the digest of a witness is about, and the counts.
bool same_record(const vm::ShardRecord& a, const vm::ShardRecord& b) {
  return same_log(a.log, b.log) && same_log(a.words, b.words) && a.cycles == b.cycles &&
         a.counts == b.counts &&
         same_bytes(std::span<const vm::Touched>(a.touched), std::span(b.touched)) &&
         same_bytes(std::span<const vm::Executed>(a.executed), std::span(b.executed));
}

// Words of its data, inputs, hints, link register, HI and LO, and a loop over several pages.
Guest guest() {
  Guest g;
  g.data = {5, 6, 7, 8};
  g.li(kT0, kData).li(kT1, 9).li(kS0, isa::kPrivateBase).li(kS1, isa::kOutputBase);
  g.op(kHintWord);  // loop: to $v0
  g.op(mem(Op::kLl, kT2, 0, kT0));
  g.op(three(Op::kAddu, kT2, kT2, kV0));
  g.op(mem(Op::kSc, kT2, 0, kT0));
  g.op(hilo(Op::kMult, kT2, kT1));
  g.op(mem(Op::kLw, kT3, 4, kS0));
  g.op(mem(Op::kSw, kT3, 0x800, kT0));
  g.op(mem(Op::kSb, kT1, 5, kT0));
  g.op(imm(Op::kAddiu, kT0, kT0, 0x100));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(branch(Op::kBne, kT1, kZero, -11));
  g.op(imm(Op::kAddiu, kS0, kS0, 4));
  g.op(mem(Op::kSw, kZero, 0, kS1));
  g.halt();
  return g;
}

struct Recorded {
  isa::Program program = guest().program();
  std::vector<uint8_t> secret = std::vector<uint8_t>(100, 7);
  std::vector<uint8_t> hints = std::vector<uint8_t>(37, 3);  // nine words and a byte
  vm::Recording run(uint64_t shard_cycles) const {
    auto r = vm::record(program, {secret, {}, hints},
                        {.max_shard_cycles = shard_cycles, .max_shards = 1000});
    EXPECT_TRUE(r) << r.error().message;
    return std::move(*r);
  }
};

TEST(ShardImage, GivesTheRecordOfEveryShardWhereverItIsCut) {
  const Recorded recorded;
  const uint64_t cycles = recorded.run(vm::kMaxShardCycles).outcome.cycles;
  ASSERT_GT(cycles, 100u);
  for (uint64_t size = 1; size <= cycles + 1; ++size) {
    const vm::Recording r = recorded.run(size);
    for (uint32_t i = 0; i < r.shards.size(); ++i) {
      const vm::ShardImage image = vm::image_of(r.shards[i], i + 1, recorded.hints);
      const auto again = vm::record_image(recorded.program, image, 1u << 30, nullptr);
      ASSERT_TRUE(again) << size << " " << i << ": " << again.error().message;
      ASSERT_TRUE(same_record(*again, r.shards[i])) << size << " " << i;
    }
  }
}

// Blocks and chunks of the log: as when the run was recorded, in the last shard too.
TEST(ShardImage, OfManyBlocks) {
  Guest g;
  g.li(kT0, kData).li(kT1, 200000);
  g.op(mem(Op::kSw, kT1, 0, kT0));
  g.op(branch(Op::kBne, kT1, kZero, -2));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.halt();
  const isa::Program program = g.program();
  for (const uint64_t size : {vm::kMaxShardCycles, uint64_t{100000}, uint64_t{16384}}) {
    const auto r = vm::record(program, {}, {.max_shard_cycles = size, .max_shards = 1000});
    ASSERT_TRUE(r);
    for (uint32_t i = 0; i < r->shards.size(); ++i) {
      const vm::ShardImage image = vm::image_of(r->shards[i], i + 1, {});
      const auto again = vm::record_image(program, image, 1u << 30, nullptr);
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_TRUE(same_record(*again, r->shards[i])) << size << " " << i;
    }
  }
}

// Fixed room: shards in which nothing has room, and those after HALT, are idle.
TEST(ShardImage, OfIdleShards) {
  const Recorded recorded;
  vm::ShardRoom room;
  room.instructions.fill(1000);
  room.touched = room.bumps = room.entries = 1000;
  vm::Limits limits;
  limits.rooms = {{}, room, room};
  const auto r = vm::record(recorded.program, {recorded.secret, {}, recorded.hints}, limits);
  ASSERT_TRUE(r) << r.error().message;
  ASSERT_EQ(r->shards.size(), 3u);
  EXPECT_EQ(r->shards[0].cycles, 0u);
  EXPECT_GT(r->shards[1].cycles, 100u);
  EXPECT_EQ(r->shards[2].cycles, 0u);
  for (uint32_t i = 0; i < 3; ++i) {
    const vm::ShardImage image = vm::image_of(r->shards[i], i + 1, recorded.hints);
    const auto again = vm::record_image(recorded.program, image, 1u << 30, nullptr);
    ASSERT_TRUE(again) << i << ": " << again.error().message;
    EXPECT_TRUE(same_record(*again, r->shards[i])) << i;
  }
}

TEST(ShardImage, HasWhatTheShardUsesAndNoMore) {
  const Recorded recorded;
  const vm::Recording r = recorded.run(40);
  ASSERT_GE(r.shards.size(), 3u);
  size_t hints = 0;
  for (uint32_t i = 0; i < r.shards.size(); ++i) {
    const vm::ShardImage image = vm::image_of(r.shards[i], i + 1, recorded.hints);
    EXPECT_LT(image.words.size(), 20u);
    hints += image.hints.size();
    // Without any one of them it is another shard, or none.
    for (size_t w = 0; w < image.words.size(); ++w) {
      vm::ShardImage less = vm::image_of(r.shards[i], i + 1, recorded.hints);
      less.words.erase(less.words.begin() + static_cast<std::ptrdiff_t>(w));
      const auto other = vm::record_image(recorded.program, less, 1u << 30, nullptr);
      ASSERT_FALSE(other);
      EXPECT_EQ(other.error().code, Errc::kRejected);
    }
  }
  EXPECT_EQ(hints, 36u);
}

TEST(ShardImage, AnyImageGivesARecordOrAnError) {
  const Recorded recorded;
  const vm::Recording r = recorded.run(40);
  std::mt19937 random(1);
  unsigned good = 0, bad = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto shard = static_cast<uint32_t>(random() % r.shards.size());
    vm::ShardImage image = vm::image_of(r.shards[shard], shard + 1, recorded.hints);
    const auto bits = [&] { return 1u << random() % 32; };
    switch (random() % 7) {
      case 0:
        image.reg[random() % image.reg.size()] ^= bits();
        break;
      case 1:
        image.pc ^= bits() & ~3u;
        break;
      case 2:
        image.npc ^= bits() & ~3u;
        break;
      case 3:
        image.cycles = random() % 50000;
        break;
      case 4:
        if (!image.words.empty()) image.words[random() % image.words.size()].value ^= bits();
        break;
      case 5:
        for (vm::GivenWord& w : image.words) w.writable = (random() & 1) != 0;
        break;
      default:
        image.hints.resize(random() % 20);
        image.halted = (random() & 1) != 0;
    }
    const auto again = vm::record_image(recorded.program, image, 1u << 20, nullptr);
    ++(again ? good : bad);
    if (!again) {
      EXPECT_TRUE(again.error().code == Errc::kRejected ||
                  again.error().code == Errc::kMemoryLimit);
    }
  }
  EXPECT_GT(good, 100u);
  EXPECT_GT(bad, 100u);
}

}  // namespace
}  // namespace mipzk::test
