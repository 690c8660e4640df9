// SPDX-License-Identifier: Apache-2.0
// Speed of hashing: leaves with each kernel, nodes, whole trees, proof of work. Prints a table.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/cpu_tier.hpp"
#include "base/pool.hpp"
#include "commit/merkle_tree.hpp"
#include "hash/blake3_many.hpp"
#include "hash/grind.hpp"

namespace {

using namespace mipzk;

constexpr hash::Key kKey = hash::key_from_text("bench");

// Seconds of one call, the best of several.
template <class F>
double best_time(const F& f) {
  double best = 1e9, total = 0;
  for (int i = 0; i < 3 || (total < 0.5 && i < 1000); ++i) {
    auto start = std::chrono::steady_clock::now();
    f();
    std::chrono::duration<double> t = std::chrono::steady_clock::now() - start;
    total += t.count();
    if (t.count() < best) best = t.count();
  }
  return best;
}

void leaves(size_t length) {
  const size_t count = (size_t{1} << 22) / length;
  std::vector<uint8_t> in(count * length, 7), out(32 * count);
  const double bytes = static_cast<double>(in.size());
  double t = best_time([&] {
    for (size_t i = 0; i < count; ++i) {
      hash::Digest d = hash::keyed_hash(kKey, ByteView(in).subspan(i * length, length));
      out[32 * i] = d[0];
    }
  });
  std::printf("leaf %5zu bytes  scalar %7.2f", length, bytes / t * 1e-9);
  for (size_t i = 0; i < cpu_tiers().size(); ++i) {
    if (!cpu_tiers()[i].available) continue;
    force_cpu_tier(i);
    t = best_time(
        [&] { hash::keyed_hash_many(kKey, in.data(), length, length, count, out.data()); });
    std::printf("  %s %7.2f", cpu_tiers()[i].name, bytes / t * 1e-9);
  }
  unforce_cpu_tier();
  std::printf("  GB/s\n");
}

void nodes() {
  const size_t count = size_t{1} << 15;
  std::vector<hash::Digest> in(2 * count), out(count);
  double t = best_time([&] {
    for (size_t i = 0; i < count; ++i) out[i] = hash::keyed_node(kKey, in[2 * i], in[2 * i + 1]);
  });
  std::printf("nodes: one by one %.2f M/s", static_cast<double>(count) / t * 1e-6);
  t = best_time([&] { hash::keyed_hash_many(kKey, in[0].data(), 64, 64, count, out[0].data()); });
  std::printf(", many %.2f M/s\n", static_cast<double>(count) / t * 1e-6);
}

void tree(Pool& pool, commit::Salting salting, size_t width) {
  const unsigned log_rows = 17;
  std::vector<field::Fp> data(width << log_rows, field::Fp(5));
  const commit::StackView view = commit::unstacked(log_rows, width, data.data());
  double t = best_time([&] { commit::MerkleTree(view, salting, {}, &pool); });
  std::printf("tree 2^%u x %zu words, %s, %u threads: %.1f ms, %.2f GB/s\n", log_rows, width,
              salting == commit::Salting::kSalted ? "salted" : "plain", pool.threads(), t * 1e3,
              4e-9 * static_cast<double>(data.size()) / t);
}

void grind(Pool& pool) {
  hash::Transcript transcript;
  double hashes = 0, seconds = 0;
  for (uint64_t round = 0; round < 8; ++round) {
    transcript.absorb_u64(1, round);
    auto start = std::chrono::steady_clock::now();
    hashes += static_cast<double>(hash::find_nonce(transcript, 20, &pool)) + 1;
    std::chrono::duration<double> t = std::chrono::steady_clock::now() - start;
    seconds += t.count();
  }
  std::printf("grind, %u threads: %.2f M nonces/s\n", pool.threads(), hashes / seconds * 1e-6);
}

}  // namespace

// Argument: the number of threads of the trees and of the grind (default 1).
int main(int argc, char** argv) {
  Pool pool(argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1);
  for (size_t length : {64, 80, 256, 1024, 1500, 4096}) leaves(length);
  nodes();
  for (size_t width : {4, 20, 100, 300}) {
    tree(pool, mipzk::commit::Salting::kNone, width);
    tree(pool, mipzk::commit::Salting::kSalted, width);
  }
  grind(pool);
}
