// SPDX-License-Identifier: Apache-2.0
#include "vm/memory.hpp"

#include <algorithm>
#include <new>

namespace mipzk::vm {
namespace {

constexpr size_t kTablePages = size_t{1} << (32 - kPageShift);
constexpr uint32_t kOutputPages = isa::kWindowSize >> kPageShift;

bool in_output(uint32_t address) { return address - isa::kOutputBase < isa::kWindowSize; }

}  // namespace

Memory::Memory(const isa::Program& program, const Windows& windows, uint64_t max_bytes,
               bool recording)
    : program_(program),
      windows_(windows),
      max_pages_(max_bytes / kPageBytes),
      recording_(recording),
      // calloc, because the system hands out zero pages lazily: an unused table costs nothing.
      table_(static_cast<Page**>(std::calloc(kTablePages, sizeof(Page*)))) {
  if (table_ == nullptr) throw std::bad_alloc();
  if (!recording_) output_.resize(kOutputPages);
}

Page* Memory::miss(uint32_t address) {
  const uint32_t page_address = address & ~(kPageBytes - 1);
  const bool marked = !recording_ && in_output(address);
  Page*& slot =
      marked ? output_[(address - isa::kOutputBase) >> kPageShift] : table_[address >> kPageShift];
  if (slot == nullptr) {
    // Blocks never grow beyond what they reserve, so pages stay where they are.
    if (blocks_.empty() || blocks_.back().size() == kBlockPages)
      blocks_.emplace_back().reserve(kBlockPages);
    SecretVector<Page>& block = blocks_.back();
    block.emplace_back();
    const bool exists = initial_page(page_address, block.back());
    limit_hit_ = exists && page_addresses_.size() >= max_pages_;
    if (!exists || limit_hit_) {
      block.pop_back();
      return nullptr;
    }
    page_addresses_.push_back(page_address);
    slot = &block.back();
  }
  // Time 1 stands for "accessed" when no times are kept.
  if (marked) slot->cells[address / 4 % kPageWords].meta |= 1;
  return slot;
}

const Page* Memory::existing(uint32_t address) const {
  if (!recording_ && in_output(address)) return output_[(address - isa::kOutputBase) >> kPageShift];
  return table_[address >> kPageShift];
}

const Page* Memory::view(uint32_t page_address, Page& fresh) const {
  const Page* page = existing(page_address);
  if (page != nullptr) return page;
  return initial_page(page_address, fresh) ? &fresh : nullptr;
}

bool Memory::initial_page(uint32_t page_address, Page& page) const {
  std::fill(std::begin(page.cells), std::end(page.cells), Cell{0, 0});
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

const std::vector<uint32_t>& Memory::sorted_pages() {
  std::sort(page_addresses_.begin(), page_addresses_.end());
  return page_addresses_;
}

const Page& Memory::page(uint32_t page_address) const { return *existing(page_address); }

}  // namespace mipzk::vm
