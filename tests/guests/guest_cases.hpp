// SPDX-License-Identifier: Apache-2.0
// The catalogue of guests and inputs (cases.py), and the guests as programs, for tests that run
// them.
#pragma once

#include <gtest/gtest.h>
#include <stdio.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "elf/load.hpp"
#include "isa/program.hpp"
#include "vm/machine.hpp"

namespace mipzk::test {

using Bytes = std::vector<uint8_t>;

struct Case {
  std::string guest, name;
  Bytes private_input, public_input, hints;
  bool has_model = false;
  Bytes model_output, qemu_output;
  uint32_t model_exit = 0, qemu_exit = 0;
};

inline constexpr const char* kGuests[] = {
    "all_insns",        "crc32_aes", "div64",  "div64_size",  "echo",       "echo_small",
    "exit_code",        "fibonacci", "hints",  "interpreter", "jump_table", "merge_sort",
    "memory_functions", "recursion", "sha256", "start_order", "strings",    "unaligned"};

inline Bytes from_hex(const std::string& hex) {
  Bytes bytes;
  if (hex == "-" || hex == "?") return bytes;
  for (size_t i = 0; i + 2 <= hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

// Standard output of a command; fails the test when the command does.
inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return text;
  }
  char buffer[65536];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) != 0;) text.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

inline std::vector<Case> load_cases() {
  std::istringstream lines(output_of(std::string(MIPZK_PYTHON) + " -B " + MIPZK_SOURCE_DIR +
                                     "/tests/guests/cases.py list " + MIPZK_BINARY_DIR "/guests"));
  std::vector<Case> cases;
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string private_hex, public_hex, hints_hex, model_hex, model_exit, qemu_hex, qemu_exit;
    Case c;
    fields >> c.guest >> c.name >> private_hex >> public_hex >> hints_hex >> model_hex >>
        model_exit >> qemu_hex >> qemu_exit;
    EXPECT_TRUE(fields) << line.substr(0, 200);
    if (!fields) break;
    c.private_input = from_hex(private_hex);
    c.public_input = from_hex(public_hex);
    c.hints = from_hex(hints_hex);
    c.has_model = model_exit != "?";
    c.model_output = from_hex(model_hex);
    if (c.has_model) c.model_exit = static_cast<uint32_t>(std::stoul(model_exit));
    c.qemu_output = from_hex(qemu_hex);
    c.qemu_exit = static_cast<uint32_t>(std::stoul(qemu_exit));
    cases.push_back(std::move(c));
  }
  return cases;
}

inline const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = load_cases();
  return cases;
}

inline isa::Program load_guest(const std::string& name) {
  const std::string path = std::string(MIPZK_BINARY_DIR) + "/guests/" + name + ".elf";
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto image = elf::load(bytes);
  EXPECT_TRUE(image) << path << ": " << image.error().message;
  if (!image) return {};
  auto program = isa::build_program(*image);
  EXPECT_TRUE(program) << path << ": " << program.error().message;
  return program ? *program : isa::Program{};
}

inline vm::Inputs inputs_of(const Case& c) { return {c.private_input, c.public_input, c.hints}; }

}  // namespace mipzk::test
