// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "session.hpp"

namespace mipzk::cli {
namespace {

constexpr double kPatience = 0.5, kInterval = 0.2;  // seconds

}  // namespace

void Progress::begin(bool shown, bool count) {
  shown_ = shown && isatty(STDERR_FILENO) != 0;
  count_ = count;
  next_ = now() + kPatience;
}

void Progress::clear() {
  if (drawn_) std::fputs("\r\33[K", stderr);
  drawn_ = false;
}

void Progress::cycles(uint64_t cycles) {
  if (!shown_ || now() < next_) return;
  next_ = now() + kInterval;
  draw(count_ ? fmt::format("running: {} million instructions", cycles / 1000000) : "running");
}

void Progress::step(const mipzk_progress& step) {
  if (!shown_) return;
  constexpr uint64_t kWidth = 40;
  const uint64_t full = step.total == 0 ? 0 : std::min(kWidth, step.done * kWidth / step.total);
  draw(fmt::format("[{}{}] {}", std::string(full, '#'), std::string(kWidth - full, ' '),
                   mipzk_phase_name(step.phase)));
}

void Progress::draw(const std::string& line) {
  std::fputs(("\r\33[K" + line).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

Progress& progress() {
  static Progress only;
  return only;
}

int32_t on_cycles(void*, uint64_t cycles) {
  progress().cycles(cycles);
  return 0;
}

int32_t on_step(void*, const mipzk_progress* step) {
  progress().step(*step);
  return 0;
}

}  // namespace mipzk::cli
