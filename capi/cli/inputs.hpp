// SPDX-License-Identifier: Apache-2.0
// What Linux programs find beside their two streams: arguments, environment, files, clock, random
// numbers.
#pragma once

#include <mipzk/mipzk.h>

#include <string>
#include <utility>
#include <vector>

#include "files.hpp"
#include "options.hpp"

namespace mipzk::cli {

// --arg, --env, --public-file, --clock: what is public.
void add_public_input_options(Options& options);
// --file, --random: what is private.
void add_private_input_options(Options& options);

// The files that these options name, with the option as messages name it.
std::vector<std::pair<std::string, std::string>> input_files(const Options& options);

// Gives the job what the options say.
void give_inputs(mipzk_job* job, const Options& options);

// Whether a public input is expected, by --public or the options above; then whether it is this
// one, of a program for Linux or of another.
bool expects_public_input(const Options& options);
bool is_expected_public_input(const Options& options, bool is_linux, const uint8_t* data,
                              size_t size);

}  // namespace mipzk::cli
