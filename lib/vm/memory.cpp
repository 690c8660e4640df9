// SPDX-License-Identifier: Apache-2.0
#include "vm/memory.hpp"

#include <algorithm>
#include <new>

namespace mipzk::vm {
namespace {

constexpr size_t kTablePages = size_t{1} << (32 - kPageShift);

bool in_output(uint32_t address) { return address - isa::kOutputBase < isa::kWindowSize; }

template <class T>
T* lazy_table() {
  // calloc, because the system hands out zero pages lazily: an unused table costs nothing.
  void* const table = std::calloc(kTablePages, sizeof(T));
  if (table == nullptr) throw std::bad_alloc();
  return static_cast<T*>(table);
}

}  // namespace

Memory::Memory(const isa::Program& program, const Windows& windows, uint64_t max_bytes,
               bool recording)
    : program_(program),
      windows_(windows),
      max_pages_(max_bytes / kPageBytes),
      recording_(recording),
      table_(lazy_table<Page*>()),
      numbers_(lazy_table<uint32_t>()) {}

// Null when there is no such page, or no room for it.
Page* Memory::make(uint32_t page_address) {
  // Blocks never grow beyond what they reserve, so pages stay where they are.
  if (blocks_.empty() || blocks_.back().size() == kBlockPages) {
    blocks_.emplace_back().reserve(kBlockPages);
    if (recording_) shards_.emplace_back(kBlockPages);
  }
  SecretVector<Page>& block = blocks_.back();
  block.emplace_back();
  const bool exists = initial_page(page_address, block.back());
  limit_hit_ = exists && page_addresses_.size() >= max_pages_;
  if (!exists || limit_hit_) {
    block.pop_back();
    return nullptr;
  }
  page_addresses_.push_back(page_address);
  numbers_[page_address >> kPageShift] = static_cast<uint32_t>(page_addresses_.size());
  if (recording_)
    for (const GivenWord& w : given_in(page_address))
      shards_of(page_address).last[w.key % kPageWords] = w.shard_in;
  return &block.back();
}

std::span<const GivenWord> Memory::given_in(uint32_t page_address) const {
  const auto is_below = [](const GivenWord& w, uint32_t key) { return w.key < key; };
  const uint32_t begin = page_address / 4;
  const auto first = std::lower_bound(given_.begin(), given_.end(), begin, is_below);
  return {first, std::lower_bound(first, given_.end(), begin + kPageWords, is_below)};
}

// The shard touches a page of an earlier one: gives the page as it was, and forgets the times.
SecretVector<Page> Memory::enter(Page& page) {
  SecretVector<Page> before(&page, &page + 1);
  ++pages_before_;
  for (Cell& cell : page.cells)
    if ((cell.meta & kTimeMask) != 0) cell.meta = (cell.meta & ~kTimeMask) | kTouchedBefore;
  return before;
}

Page* Memory::miss(uint32_t address) {
  const uint32_t page_address = address & ~(kPageBytes - 1);
  Page* page = find(page_address);
  SecretVector<Page> before;
  if (page == nullptr) {
    page = make(page_address);
    if (page == nullptr) return nullptr;
  } else if (recording_) {
    before = enter(*page);
  }
  if (!recording_ && in_output(address)) {
    // Time 1 stands for "accessed" when no times are kept.
    page->cells[address / 4 % kPageWords].meta |= 1;
    return page;
  }
  if (recording_) shard_pages_.push_back({page_address, std::move(before)});
  return table_[address >> kPageShift] = page;
}

const Page* Memory::view(uint32_t page_address, Page& fresh) const {
  const Page* page = find(page_address);
  if (page != nullptr) return page;
  return initial_page(page_address, fresh) ? &fresh : nullptr;
}

bool Memory::initial_page(uint32_t page_address, Page& page) const {
  std::fill(std::begin(page.cells), std::end(page.cells), Cell{0, 0});
  if (is_given_) {
    const auto words = given_in(page_address);
    for (const GivenWord& w : words)
      page.cells[w.key % kPageWords] = {
          w.value, kMapped | (w.writable ? kWritable : 0) | (w.shard_in != 0 ? kTouchedBefore : 0)};
    return !words.empty();
  }
  if (page_address < isa::kUserBase) return false;
  if (windows_.initial_page(page_address, page.cells, kPageWords)) return true;
  const uint32_t begin = page_address / 4, end = begin + kPageWords;
  bool any = false;
  for (const isa::Region& region : program_.regions) {
    if (region.kind != isa::RegionKind::kZero) continue;
    for (uint32_t k = std::max(begin, region.start); k < std::min(end, region.end); ++k) {
      page.cells[k - begin].meta = kMapped | kWritable;
      any = true;
    }
  }
  auto word = std::lower_bound(program_.image.begin(), program_.image.end(), begin,
                               [](const isa::ImageWord& w, uint32_t key) { return w.key < key; });
  for (; word != program_.image.end() && word->key < end; ++word) {
    page.cells[word->key - begin] = {word->value, kMapped | (word->writable ? kWritable : 0)};
    any = true;
  }
  return any;
}

std::vector<uint32_t> Memory::sorted_pages() const {
  std::vector<uint32_t> sorted = page_addresses_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

const std::vector<Memory::Entered>& Memory::shard_pages() {
  std::sort(shard_pages_.begin(), shard_pages_.end(),
            [](const Entered& a, const Entered& b) { return a.address < b.address; });
  return shard_pages_;
}

PageShards& Memory::shards_of(uint32_t page_address) {
  return *find_in(shards_, numbers_[page_address >> kPageShift]);
}

void Memory::begin_shard() {
  for (const Entered& page : shard_pages_) table_[page.address >> kPageShift] = nullptr;
  shard_pages_.clear();
  pages_before_ = 0;
}

}  // namespace mipzk::vm
