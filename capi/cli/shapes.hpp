// SPDX-License-Identifier: Apache-2.0
// Files with shapes for `mipzk prove --shape`: written, and joined with what they hold.
#pragma once

#include <cstdint>
#include <string>

#include "options.hpp"

namespace mipzk::cli {

// --grow, --shards: what is made of a shape before it is written. `file`: the option that names the
// file.
void add_shape_options(Options& options, const char* file);
// Usage failures of these.
void check_shape_options(const Options& options, const char* file);

// Writes a shape to the file of an option, joined with what it holds already. `source`: where the
// shape comes from, for messages.
void write_shape(const uint8_t* shape, size_t size, const std::string& source,
                 const Options& options, const char* file);

}  // namespace mipzk::cli
