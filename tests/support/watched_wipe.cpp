// SPDX-License-Identifier: Apache-2.0
#include "support/watched_wipe.hpp"

namespace mipzk::test {

// The shipped function and the one that is called in its place, by their names for the linker.
void shipped() noexcept __asm__("__real__ZN5mipzk10wipe_stackEv");
void watched() noexcept __asm__("__wrap__ZN5mipzk10wipe_stackEv");

void watched() noexcept {
  if (const auto f = before_wipe.load()) f();
  shipped();
  if (const auto f = after_wipe.load()) f();
}

}  // namespace mipzk::test
