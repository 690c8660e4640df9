// SPDX-License-Identifier: Apache-2.0
// Runs a program with the in-guest kernel, without making its program id: what the tests of this
// folder need, quickly.
//   kernel_run PROGRAM [--private FILE] [--public FILE] [--cycles FILE] [--limit N]
//              [--arg TEXT] [--env TEXT] [--file NAME=PATH] [--public-file NAME=PATH] [--clock N]
//              [--random FILE] [--private-window FILE]
// Copies the output to standard output and what the guest prints to standard error, and exits with
// the exit code; a run that fails exits with 250 and the report on standard error.
// --cycles writes the number of executed instructions; --private-window gives the private half of
// the inputs as it is.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "elf/load.hpp"
#include "kernel/inputs.hpp"
#include "kernel/kernel.hpp"
#include "vm/machine.hpp"

namespace {

using namespace mipzk;

constexpr int kFailed = 250;

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "kernel_run: cannot read " << path << "\n";
    std::exit(kFailed);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

int failed(const std::string& text) {
  std::cerr << "kernel_run: " << text << "\n";
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return failed("which program?");
  auto image = elf::load(read_file(argv[1]));
  if (!image) return failed(image.error().message);
  std::vector<uint8_t> private_input, public_input;
  std::string cycles_path;
  const auto add = [&](std::vector<uint8_t>& half, kernel::Entry kind, const std::string& name,
                       ByteView data) {
    if (kind != kernel::Entry::kStream || !data.empty())
      kernel::append_entry(half, kind, name, data);
  };
  const auto text = [](const std::string& s) {
    return ByteView(reinterpret_cast<const uint8_t*>(s.data()), s.size());
  };
  vm::Limits limits;
  limits.max_cycles = uint64_t{2} << 30;
  for (int i = 2; i + 1 < argc; i += 2) {
    using kernel::Entry;
    const std::string option = argv[i], value = argv[i + 1];
    if (option == "--private") add(private_input, Entry::kStream, "", read_file(value));
    if (option == "--public") add(public_input, Entry::kStream, "", read_file(value));
    if (option == "--arg") add(public_input, Entry::kArgument, "", text(value));
    if (option == "--env") add(public_input, Entry::kEnvironment, "", text(value));
    if (option == "--file" || option == "--public-file") {
      const size_t equal = value.find('=');
      add(option == "--file" ? private_input : public_input, Entry::kFile, value.substr(0, equal),
          read_file(value.substr(equal + 1)));
    }
    if (option == "--clock") {
      const auto seconds = static_cast<uint32_t>(std::stoul(value));
      const uint8_t bytes[4] = {static_cast<uint8_t>(seconds >> 24),
                                static_cast<uint8_t>(seconds >> 16),
                                static_cast<uint8_t>(seconds >> 8), static_cast<uint8_t>(seconds)};
      add(public_input, Entry::kClock, "", bytes);
    }
    if (option == "--random") add(private_input, Entry::kRandom, "", read_file(value));
    if (option == "--private-window") private_input = read_file(value);
    if (option == "--cycles") cycles_path = argv[i + 1];
    if (option == "--limit") limits.max_cycles = std::stoull(argv[i + 1]);
  }

  if (!kernel::wanted(*image)) return failed("the program makes no system calls");
  if (Status s = kernel::attach(*image); !s) return failed(s.error().message);
  const auto program = isa::build_program(*image);
  if (!program) return failed(program.error().message);

  vm::Hooks hooks;
  hooks.print = [](ByteView bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stderr); };
  vm::FaultReport report;
  const auto outcome = vm::run(*program, {private_input, public_input, {}}, limits, hooks, &report);
  if (!outcome) return failed(report.text.empty() ? outcome.error().message : report.text);
  if (!cycles_path.empty()) std::ofstream(cycles_path) << outcome->cycles << "\n";
  std::fwrite(outcome->output.data(), 1, outcome->output.size(), stdout);
  return static_cast<int>(outcome->exit_code);
}
