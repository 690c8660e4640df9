// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "session.hpp"

namespace mipzk::cli {
namespace {

constexpr double kPatience = 0.5, kTerminalInterval = 0.2, kJsonInterval = 1;  // seconds

// "1:02:03", "2:03"
std::string clock_text(double seconds) {
  const auto s = static_cast<uint64_t>(seconds + 0.5);
  const uint64_t hours = s / 3600;
  return hours != 0 ? fmt::format("{}:{:02}:{:02}", hours, s / 60 % 60, s % 60)
                    : fmt::format("{}:{:02}", s / 60, s % 60);
}

}  // namespace

void Progress::begin(Form form, bool count) {
  form_ = form == Form::kTerminal && isatty(STDERR_FILENO) == 0 ? Form::kNone : form;
  count_ = count;
  next_ = now() + kPatience;
}

void Progress::clear() {
  if (drawn_) std::fputs("\r\33[K", stderr);
  drawn_ = false;
}

bool Progress::is_due() {
  if (form_ == Form::kNone || now() < next_) return false;
  next_ = now() + (form_ == Form::kJson ? kJsonInterval : kTerminalInterval);
  return true;
}

void Progress::cycles(uint64_t cycles) {
  if (!is_due()) return;
  if (form_ == Form::kJson)
    draw(count_ ? fmt::format(R"({{"progress":{{"phase":"execute","cycles":{}}}}})", cycles)
                : R"({"progress":{"phase":"execute"}})");
  else
    draw(count_ ? fmt::format("running: {} million instructions", cycles / 1000000) : "running");
}

void Progress::step(const mipzk_progress& step) {
  if (step.total == 0) return;
  if (begun_ < 0) begun_ = now();
  if (!is_due()) return;
  const double part = static_cast<double>(step.done) / static_cast<double>(step.total);
  const double seconds = now() - begun_, left = part > 0 ? seconds * (1 / part - 1) : -1;
  if (form_ == Form::kJson) {
    draw(fmt::format(R"({{"progress":{{"phase":"{}","done":{},"total":{},"seconds":{:.1f}{}}}}})",
                     mipzk_phase_name(step.phase), step.done, step.total, seconds,
                     left < 0 ? "" : fmt::format(R"(,"seconds_left":{:.1f})", left)));
    return;
  }
  constexpr uint64_t kWidth = 40;
  const auto full = static_cast<uint64_t>(part * kWidth);
  draw(fmt::format("[{}{}] {:3.0f} % {}{}", std::string(full, '#'), std::string(kWidth - full, ' '),
                   100 * part, mipzk_phase_name(step.phase),
                   left < 0 ? "" : fmt::format(", {} left", clock_text(left))));
}

void Progress::draw(const std::string& line) {
  if (form_ == Form::kJson) {
    std::fputs((line + '\n').c_str(), stderr);
  } else {
    std::fputs(("\r\33[K" + line).c_str(), stderr);
    drawn_ = true;
  }
  std::fflush(stderr);
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
