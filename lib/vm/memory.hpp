// SPDX-License-Identifier: Apache-2.0
// Guest memory: words with their permissions and, while recording, the time of their last access.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
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

// By word of a page: the shard that touched it last, 0: none.
struct PageShards {
  uint16_t last[kPageWords];
};

// A word as a shard finds it. `shard_in`: that touched it last, 0: none.
struct GivenWord {
  uint32_t key;
  uint32_t value;
  uint16_t shard_in;
  bool writable;
};

// Pages are made from the program and the windows when they are first touched, and wiped in the
// end. While recording, the pages that a shard has not touched yet are out of reach of the
// interpreter, so that their first access is noticed.
class Memory {
 public:
  // When `recording`, every access leaves its time in the cell, so output words need no marks.
  Memory(const isa::Program& program, const Windows& windows, uint64_t max_bytes, bool recording);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // Before the first access: pages have these words alone, whatever program and windows say. The
  // words, of ascending keys, must outlive the memory.
  void give(std::span<const GivenWord> words) {
    is_given_ = true;
    given_ = words;
  }

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
  uint64_t host_bytes() const {
    return blocks_.size() * kBlockPages * sizeof(Page) +
           shards_.size() * kBlockPages * sizeof(PageShards) + pages_before_ * sizeof(Page);
  }

  // For the host: the page as it is now, without touching it; `fresh` receives it if it does not
  // exist yet. nullptr when it holds no word.
  const Page* view(uint32_t page_address, Page& fresh) const;
  // The initial content of the page at `page_address`; false when it holds no word.
  bool initial_page(uint32_t page_address, Page& page) const;
  // Addresses of the pages that exist, ascending, and their cells.
  std::vector<uint32_t> sorted_pages() const;
  const Page& page(uint32_t page_address) const { return *find(page_address); }

  // A page that the current shard touched, as it was before; empty: as initial_page() makes it.
  struct Entered {
    uint32_t address;
    SecretVector<Page> before;
  };
  // While recording: those pages, by ascending address.
  const std::vector<Entered>& shard_pages();
  // Which shards touched the words of a page that exists. The caller keeps them up to date.
  PageShards& shards_of(uint32_t page_address);
  // The next shard begins: times count anew.
  void begin_shard();

 private:
  static constexpr size_t kBlockPages = 64;

  std::span<const GivenWord> given_in(uint32_t page_address) const;
  Page* miss(uint32_t address);
  Page* make(uint32_t page_address);
  SecretVector<Page> enter(Page& page);
  // The page of an address, null if it does not exist yet.
  template <class Blocks>
  static auto* find_in(Blocks& blocks, uint32_t number) {
    return number == 0 ? nullptr : &blocks[(number - 1) / kBlockPages][(number - 1) % kBlockPages];
  }
  Page* find(uint32_t address) { return find_in(blocks_, numbers_[address >> kPageShift]); }
  const Page* find(uint32_t address) const {
    return find_in(blocks_, numbers_[address >> kPageShift]);
  }

  struct Free {
    void operator()(void* table) const { std::free(table); }
  };

  const isa::Program& program_;
  const Windows& windows_;
  uint64_t max_pages_;
  bool recording_;
  bool is_given_ = false;
  std::span<const GivenWord> given_;
  bool limit_hit_ = false;
  // By address >> kPageShift: the pages that the interpreter reaches without miss(), and the
  // numbers of all pages (from 1). When not recording, those of the output window stay out of
  // reach, so that each access marks its word.
  std::unique_ptr<Page*[], Free> table_;
  std::unique_ptr<uint32_t[], Free> numbers_;
  std::vector<uint32_t> page_addresses_;          // by number - 1
  std::vector<SecretVector<Page>> blocks_;        // of kBlockPages pages, the last one not yet full
  std::vector<SecretVector<PageShards>> shards_;  // the same, while recording
  std::vector<Entered> shard_pages_;
  size_t pages_before_ = 0;  // that they hold
};

}  // namespace mipzk::vm
