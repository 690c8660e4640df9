// SPDX-License-Identifier: Apache-2.0
#include "proof/profile.hpp"

namespace mipzk::proof {
namespace {

constexpr Profile kProfiles[] = {kS100, kC100, kS128, kC128};

}  // namespace

std::span<const Profile> profiles() { return kProfiles; }

const Profile* find_profile(uint32_t id, std::span<const Profile> known) {
  for (const Profile& p : known)
    if (p.id == id) return &p;
  return nullptr;
}

}  // namespace mipzk::proof
