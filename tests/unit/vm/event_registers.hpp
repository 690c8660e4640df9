// Which registers the fields of an event are about, where the ROM entry does not say so directly.
#pragma once

#include "isa/rom.hpp"

namespace mipzk::test {

// The register of the hi_* fields.
inline unsigned hi_register(const isa::RomEntry& r) {
  switch (r.cls) {
    case isa::Class::kMult:
      return r.k[1];
    case isa::Class::kLoadLinked:
    case isa::Class::kStoreCond:
      return isa::kLink;
    case isa::Class::kLoadDouble:
    case isa::Class::kStoreDouble:
      return r.k[2];
    case isa::Class::kMovePair:
      return r.k[0];
    case isa::Class::kTrap:
      return 27;
    default:
      return isa::kHi;
  }
}

// The register of the rd_* fields.
inline unsigned rd_register(const isa::RomEntry& r) {
  return r.cls == isa::Class::kDiv || r.cls == isa::Class::kMultAcc ? isa::kLo : r.rd;
}

}  // namespace mipzk::test
