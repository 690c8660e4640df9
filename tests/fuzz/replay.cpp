// SPDX-License-Identifier: Apache-2.0
// Runs a fuzzer's function without libFuzzer: over every file of the folders and files given, and
// over a fixed set of mutations of each. Fails when there is no file.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

constexpr int kMutationsPerFile = 500;

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
uint64_t next_random(uint64_t& state) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void mutate(Bytes& b, uint64_t& state) {
  constexpr uint8_t kExtremes[] = {0x00, 0x01, 0x7f, 0x80, 0xfc, 0xff};
  for (uint64_t n = 1 + next_random(state) % 4; n > 0 && !b.empty(); --n) {
    const size_t at = next_random(state) % b.size();
    switch (next_random(state) % 5) {
      case 0:
        b[at] = static_cast<uint8_t>(next_random(state));
        break;
      case 1:
        b[at] ^= static_cast<uint8_t>(1u << next_random(state) % 8);
        break;
      case 2:
        b[at] = kExtremes[next_random(state) % sizeof kExtremes];
        break;
      case 3:
        b.resize(at);
        break;
      default:
        b.insert(b.begin() + static_cast<ptrdiff_t>(at), b[next_random(state) % b.size()]);
    }
  }
}

// From an allocation of exactly the input's size, so that a sanitizer sees reads beyond it.
void run(const Bytes& b) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[b.size()]);
  std::copy(b.begin(), b.end(), copy.get());
  (void)LLVMFuzzerTestOneInput(copy.get(), b.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::set<fs::path> files;  // sorted: the same order everywhere
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      files.insert(argv[i]);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.insert(entry.path());
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s <file or folder>...; no input found\n", argv[0]);
    return 1;
  }
  uint64_t state = 1;
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", path.c_str());
      return 1;
    }
    const Bytes original{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    run(original);
    for (int i = 0; i < kMutationsPerFile; ++i) {
      Bytes mutated = original;
      mutate(mutated, state);
      run(mutated);
    }
  }
  std::printf("%zu files, %d mutations each\n", files.size(), kMutationsPerFile);
  return 0;
}
