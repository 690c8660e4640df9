// SPDX-License-Identifier: Apache-2.0
// Guest memory: words with their permissions and, while recording, the time of their last access.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/secret_memory.hpp"
#include "isa/program.hpp"
#include "vm/cell.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

inline constexpr uint32_t kPageShift = 12, kPageBytes = 1u << kPageShift;
inline constexpr uint32_t kPageWords = kPageBytes / 4;

struct Page {
  Cell cells[kPageWords];
};

// Pages are made from the program and the windows when they are first touched, and wiped in the
// end.
class Memory {
 public:
  // When `recording`, every access leaves its time in the cell, so output words need no marks.
  Memory(const isa::Program& program, const Windows& windows, uint64_t max_bytes, bool recording);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // The word that contains byte `address`, or nullptr when its page holds no word at all or cannot
  // be made any more (limit_hit). The caller looks at the flags.
  Cell* cell(uint32_t address) {
    Page* page = table_[address >> kPageShift];
    if (page == nullptr) [[unlikely]] {
      page = miss(address);
      if (page == nullptr) return nullptr;
    }
    return &page->cells[address / 4 % kPageWords];
  }

  bool limit_hit() const { return limit_hit_; }
  // Memory of the host that the pages take.
  uint64_t host_bytes() const { return blocks_.size() * kBlockPages * sizeof(Page); }

  // For the host: the page as it is now, without touching it; `fresh` receives it if it does not
  // exist yet. nullptr when it holds no word.
  const Page* view(uint32_t page_address, Page& fresh) const;
  // The initial content of the page at `page_address`; false when it holds no word.
  bool initial_page(uint32_t page_address, Page& page) const;
  // Addresses of the pages that exist, ascending, and their cells.
  const std::vector<uint32_t>& sorted_pages();
  const Page& page(uint32_t page_address) const;

 private:
  static constexpr size_t kBlockPages = 64;

  Page* miss(uint32_t address);
  const Page* existing(uint32_t address) const;

  struct Free {
    void operator()(Page** table) const { std::free(table); }
  };

  const isa::Program& program_;
  const Windows& windows_;
  uint64_t max_pages_;
  bool recording_;
  bool limit_hit_ = false;
  std::unique_ptr<Page*[], Free> table_;  // by address >> kPageShift
  std::vector<Page*> output_;             // pages of the output window when not recording: kept
                                          // out of table_ so that each access marks its word
  std::vector<uint32_t> page_addresses_;
  std::vector<SecretVector<Page>> blocks_;  // of kBlockPages pages, the last one not yet full
};

}  // namespace mipzk::vm
