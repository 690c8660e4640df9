// SPDX-License-Identifier: Apache-2.0
// What long work shows: the last line of the terminal that standard error is; otherwise nothing.
#pragma once

#include <mipzk/mipzk.h>

#include <cstdint>
#include <string>

namespace mipzk::cli {

class Progress {
 public:
  ~Progress() { clear(); }

  // Nothing is shown before. `count`: whether the number of instructions may be told.
  void begin(bool shown, bool count);
  // Takes the line away, before anything else is written to standard error.
  void clear();

  void cycles(uint64_t cycles);           // of the run so far
  void step(const mipzk_progress& step);  // of proving

 private:
  void draw(const std::string& line);

  bool shown_ = false, count_ = true, drawn_ = false;
  double next_ = 0;  // when cycles are drawn
};

// The tool's only one.
Progress& progress();

// For the hooks of a job.
int32_t on_cycles(void*, uint64_t cycles);
int32_t on_step(void*, const mipzk_progress* step);

}  // namespace mipzk::cli
