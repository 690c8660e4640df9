// SPDX-License-Identifier: Apache-2.0
// From program headers to segments. Internal to lib/elf.
#pragma once

#include "base/error.hpp"
#include "elf/file.hpp"
#include "isa/program.hpp"

namespace mipzk::elf {

// Fills the image but for its symbols; refuses what the machine cannot load.
Status read_segments(const File& file, isa::ProgramImage& image);

// The segment that holds `address`, or null. `segments` are sorted and disjoint.
const isa::Segment* find_segment(const std::vector<isa::Segment>& segments, uint32_t address);

}  // namespace mipzk::elf
