// SPDX-License-Identifier: Apache-2.0
// Looks for a secret in the process's own memory, in the forms in which the library holds it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mipzk::test {

// Secret bytes, kept masked: the object is no copy of them.
class Secret {
 public:
  static constexpr size_t kBytes = 64;

  Secret();  // kBytes random ones
  explicit Secret(std::span<const uint8_t> bytes);
  // Calls f with the plain bytes, which are wiped afterwards.
  void reveal(const std::function<void(const uint8_t* bytes)>& f) const;

 private:
  friend class Patterns;
  std::vector<uint8_t> masked_;
};

struct Mapping {
  uintptr_t begin = 0, end = 0;
  bool readable = false;
  bool left_out_of_cores = false;  // "dd" of VmFlags
  std::string name;                // "[heap]", a file, or empty
};
std::vector<Mapping> mappings();

struct Hit {
  uintptr_t address;
  const char* form;
  Mapping mapping;
};

// What is looked for: 8 bytes of the secret in a row; the two limbs or the four bytes of one of its
// words, as field elements side by side, as in a row of a trace, or kLanes apart, as where kernels
// hold a column of several rows in a vector; and two of its words near each other, each as an
// integer or as bytes, as in cells of guest memory, in events, and in lanes.
class Patterns {
 public:
  static constexpr size_t kLanes[] = {4, 8, 16};

  explicit Patterns(const Secret& secret);

  std::vector<Hit> scan_process() const;
  // Offsets of what is found in `size` bytes, words only if they are `alignment`-aligned.
  struct Found {
    size_t offset;
    const char* form;
  };
  std::vector<Found> scan(const uint8_t* bytes, size_t size) const;

 private:
  const char* cells(const uint8_t* at, const uint8_t* end) const;

  using Quad = std::array<uint64_t, 2>;  // of the bytes of a word, as field elements
  // Sorted, masked like the secret.
  std::vector<uint64_t> runs_, limbs_;
  std::vector<Quad> quads_;
  std::vector<uint32_t> words_;
  // By the low 16 bits.
  std::vector<bool> run_filter_, limb_filter_, quad_filter_, word_filter_;
};

}  // namespace mipzk::test
