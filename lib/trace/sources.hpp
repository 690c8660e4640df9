// SPDX-License-Identifier: Apache-2.0
// Which tables the source words of a run belong to.
#pragma once

#include <cstdint>
#include <span>

#include "base/secret_memory.hpp"
#include "isa/program.hpp"
#include "vm/machine.hpp"

namespace mipzk::trace {

// A row of FRESH.
struct FreshWord {
  uint32_t key;
  const vm::SourceWord* word;           // null for rows that only bridge the order chain
  uint32_t prev = 0;                    // the key before it in the chain
  const isa::Region* region = nullptr;  // of the program; null: a defect of the run
};

// Pointers into the words and the program.
struct Sources {
  SecretVector<const vm::SourceWord*> image;    // by word of the image; null: not used
  SecretVector<FreshWord> fresh;                // ascending keys
  SecretVector<const vm::SourceWord*> publics;  // ascending keys
};

Sources sort_sources(const isa::Program& program, std::span<const vm::SourceWord> words);

}  // namespace mipzk::trace
