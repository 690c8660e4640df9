// SPDX-License-Identifier: Apache-2.0
// What long work shows on standard error: one line that changes, if that is a terminal, or with
// --json a JSON object a line; otherwise nothing.
#pragma once

#include <mipzk/mipzk.h>

#include <cstdint>
#include <string>

namespace mipzk::cli {

class Progress {
 public:
  enum class Form { kNone, kTerminal, kJson };

  ~Progress() { clear(); }

  // Nothing is shown before. `count`: whether the number of instructions may be told.
  void begin(Form form, bool count);
  // Takes the line away, before anything else is written to standard error.
  void clear();

  void cycles(uint64_t cycles);           // of the run so far
  void step(const mipzk_progress& step);  // of proving

 private:
  bool is_due();
  void draw(const std::string& line);

  Form form_ = Form::kNone;
  bool count_ = true, drawn_ = false;
  double next_ = 0;    // when something is shown
  double begun_ = -1;  // when proving began; below 0: not yet
};

// The tool's only one.
Progress& progress();

// For the hooks of a job.
int32_t on_cycles(void*, uint64_t cycles);
int32_t on_step(void*, const mipzk_progress* step);

}  // namespace mipzk::cli
