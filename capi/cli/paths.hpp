// SPDX-License-Identifier: Apache-2.0
// Which file a path stands for, so that no output replaces an input or another output.
#pragma once

#include <initializer_list>
#include <string>

#include "options.hpp"

namespace mipzk::cli {

// The folder part of a path, "." if it has none.
std::string folder_of(const std::string& path);

// The path behind all links of the last name, which need not exist.
std::string resolved(const std::string& path);

// Throws Failure(kExitUsage) unless the files that these options name can all be used together: no
// name is empty, standard input and output are used once, and no output is the same file as
// another output, an input, or what standard output or error were redirected to. Files are the same
// if their device and inode are, or, where there is none yet, their folder and name. Character
// devices (/dev/null, a terminal) may be named as often as one likes.
void check_files(const Options& options, std::initializer_list<const char*> inputs,
                 std::initializer_list<const char*> outputs);

}  // namespace mipzk::cli
