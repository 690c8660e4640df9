// SPDX-License-Identifier: Apache-2.0
// Any bytes through the ELF loader: no crash, and the promises of elf/load.hpp hold.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "elf/load.hpp"
#include "unit/elf/invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto r = mipzk::elf::load({data, size});
  const char* wrong =
      r ? mipzk::elf_test::violation(*r, size) : mipzk::elf_test::violation(r.error());
  if (wrong != nullptr) {
    std::fprintf(stderr, "%s (%s)\n", wrong, r ? "accepted" : r.error().message);
    std::abort();
  }
  return 0;
}
