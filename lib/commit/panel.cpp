// SPDX-License-Identifier: Apache-2.0
#include "commit/panel.hpp"

#include <algorithm>
#include <vector>

#include "base/bytes.hpp"
#include "base/secret_memory.hpp"

namespace mipzk::commit {
namespace {

struct Block {
  size_t bytes;
  void* data;
};

// Blocks that nobody uses, zero.
struct Cache {
  static constexpr size_t kMost = 8;
  std::vector<Block> blocks;

  ~Cache() { clear(); }
  void clear() {
    for (const Block& b : blocks) secret_free(b.data, b.bytes);
    blocks.clear();
  }
};

thread_local Cache cache;

}  // namespace

Scratch::Scratch(size_t elements) : used_(elements * sizeof(field::Fp)) {
  // The smallest that is large enough.
  auto best = cache.blocks.end();
  for (auto b = cache.blocks.begin(); b != cache.blocks.end(); ++b)
    if (b->bytes >= used_ && (best == cache.blocks.end() || b->bytes < best->bytes)) best = b;
  if (best != cache.blocks.end()) {
    bytes_ = best->bytes;
    data_ = static_cast<field::Fp*>(best->data);
    cache.blocks.erase(best);
    return;
  }
  bytes_ = std::max(used_, kSecretPages);
  data_ = static_cast<field::Fp*>(secret_allocate(bytes_));
  secure_zero(data_, bytes_);
}

Scratch::~Scratch() {
  secure_zero(data_, used_);
  Block mine{bytes_, data_};
  try {
    if (cache.blocks.size() == Cache::kMost) {
      auto least =
          std::min_element(cache.blocks.begin(), cache.blocks.end(),
                           [](const Block& a, const Block& b) { return a.bytes < b.bytes; });
      if (least->bytes < mine.bytes) std::swap(*least, mine);
      secret_free(mine.data, mine.bytes);
    } else {
      cache.blocks.push_back(mine);
    }
  } catch (...) {
    secret_free(data_, bytes_);
  }
}

void release_scratch() { cache.clear(); }

}  // namespace mipzk::commit
