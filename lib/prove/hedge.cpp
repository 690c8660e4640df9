// SPDX-License-Identifier: Apache-2.0
#include "prove/hedge.hpp"

#include "air/table_info.hpp"
#include "base/bytes.hpp"
#include "hash/blake3.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {
namespace {

template <class T>
ByteView bytes_of(std::span<const T> items) {
  static_assert(std::has_unique_object_representations_v<T>);
  return {reinterpret_cast<const uint8_t*>(items.data()), items.size_bytes()};
}

WitnessDigest digest_of_parts(Pool& pool, std::span<const ByteView> parts) {
  // Each part with its length, so that no other parts have the same digest.
  struct Part {
    hash::Digest digest;
    uint64_t size;
  };
  SecretVector<Part> digests(parts.size());
  pool.parallel_for(parts.size(), 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) digests[i] = {hash::blake3(parts[i]), parts[i].size()};
  });
  hash::Digest all = hash::blake3(bytes_of(std::span<const Part>(digests)));
  WitnessDigest out(all.begin(), all.end());
  secure_zero(all.data(), all.size());
  return out;
}

}  // namespace

WitnessDigest digest_of(Pool& pool, const vm::ShardRecord& shard) {
  std::vector<ByteView> parts;
  for (const vm::AccessLog* log : {&shard.log, &shard.words}) {
    for (size_t i = 0; i < log->chunks(); ++i) parts.push_back(bytes_of(log->chunk(i)));
    parts.push_back({});
  }
  parts.push_back(bytes_of(std::span<const vm::Touched>(shard.touched)));
  parts.push_back(bytes_of(std::span<const vm::Executed>(shard.executed)));
  return digest_of_parts(pool, parts);
}

WitnessDigest digest_of(std::span<const trace::InstanceTrace> traces) {
  std::vector<ByteView> parts;
  for (const trace::InstanceTrace& t : traces)
    parts.push_back({reinterpret_cast<const uint8_t*>(t.base.data()), 4 * t.base.size()});
  Pool own(1);
  return digest_of_parts(own, parts);
}

ShardBlinding RunBlinding::of_shard(uint32_t shard) const {
  const auto shards = static_cast<uint32_t>(pass_one.size());
  const auto masks = [&](uint32_t number) { return shards == 1 ? key : key.of_shard(number); };
  // Before the first pass-1 instance of the shard comes the last one of the shard before.
  const uint32_t before = shard == 1 ? shards : shard - 1;
  return {masks(shard), masks(before).stream(BlindingUse::kGlobalRing, pass_one[before - 1] - 1)};
}

uint32_t pass_one_instances(std::span<const air::Instance> instances) {
  uint32_t count = 0;
  for (const air::Instance& i : instances) count += air::find_table(i.table)->layout.pass_one;
  return count;
}

void Hedge::add(std::span<const air::Instance> instances, ByteView witness_digest) {
  append_shape(shapes_, instances);
  digests_.insert(digests_.end(), witness_digest.begin(), witness_digest.end());
  pass_one_.push_back(pass_one_instances(instances));
}

RunBlinding Hedge::blinding(ByteView seed, ByteView statement, uint32_t attempt) const {
  SecretVector<uint8_t> context(statement.begin(), statement.end());
  auto add = [&](ByteView bytes) { context.insert(context.end(), bytes.begin(), bytes.end()); };
  add(shapes_);
  uint8_t numbers[8];
  store_le32(numbers, attempt);
  store_le32(numbers + 4, trace::kTraceVersion);
  add(numbers);
  add(digests_);
  return {Blinding(seed, context), pass_one_};
}

}  // namespace mipzk::prove
