// SPDX-License-Identifier: Apache-2.0
// A host program in C++20: proves a run of a guest, verifies the proof, and prints what it states.
// attest.c is the same in C.
//
//   attest GUEST.elf [PRIVATE_FILE]
//
//   c++ -std=c++20 attest.cpp $(pkg-config --cflags --libs mipzk) -o attest
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mipzk/mipzk.hpp>

static std::vector<uint8_t> read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static int attest(int argc, char** argv) {
  // Prove.
  mipzk::Context context;
  const mipzk::Program program = context.load(read_file(argv[1]));
  mipzk::Job job = context.job(program);
  if (argc > 2) job.private_input(read_file(argv[2]));
  const mipzk::Run run = job.execute();
  if (run.exit_code != 0) {
    std::fprintf(stderr, "the guest ended with exit code %u\n", run.exit_code);
    return 1;
  }
  const uint64_t cycles = run.cycles;
  const mipzk::Proof proof = job.prove([](const mipzk_progress& at) {
    std::fprintf(stderr, "%s: %lu of %lu\n", mipzk_phase_name(at.phase),
                 static_cast<unsigned long>(at.done), static_cast<unsigned long>(at.total));
    return true;  // false would stop it
  });

  // Verify: this half needs only the id of the program, which its user knows beforehand. Without a
  // policy, success includes exit code 0.
  const mipzk::Claim claim = mipzk::verify(program.id(), proof);
  std::printf("%lu cycles, %zu bytes of proof, output ", static_cast<unsigned long>(cycles),
              proof.size());
  for (uint8_t byte : claim.output) std::printf("%02x", byte);
  std::printf("\n");
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: attest GUEST.elf [PRIVATE_FILE]\n");
    return 2;
  }
  try {
    return attest(argc, argv);
  } catch (const mipzk::Error& error) {
    std::fprintf(stderr, "%s: %s\n", error.name(), error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
