// SPDX-License-Identifier: Apache-2.0
// Runs a program with the in-guest kernel, without making its program id: what the tests of this
// folder need, quickly.
//   kernel_run PROGRAM [--private FILE] [--public FILE] [--cycles FILE] [--limit N]
// Copies the output to standard output and what the guest prints to standard error, and exits with
// the exit code; a run that fails exits with 250 and the report on standard error.
// --cycles writes the number of executed instructions.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "elf/load.hpp"
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
  std::vector<uint8_t> private_input, public_input;
  std::string cycles_path;
  vm::Limits limits;
  limits.max_cycles = uint64_t{2} << 30;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--private") private_input = read_file(argv[i + 1]);
    if (option == "--public") public_input = read_file(argv[i + 1]);
    if (option == "--cycles") cycles_path = argv[i + 1];
    if (option == "--limit") limits.max_cycles = std::stoull(argv[i + 1]);
  }

  auto image = elf::load(read_file(argv[1]));
  if (!image) return failed(image.error().message);
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
