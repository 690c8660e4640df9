// SPDX-License-Identifier: Apache-2.0
#include "elf/load.hpp"

#include <utility>

#include "elf/abiflags.hpp"
#include "elf/file.hpp"
#include "elf/header.hpp"
#include "elf/segments.hpp"
#include "elf/symbols.hpp"

namespace mipzk::elf {

Result<isa::ProgramImage> load(ByteView bytes) {
  if (Status s = check_header(bytes); !s) return s.error();
  Result<File> file = File::open(bytes);
  if (!file) return file.error();
  if (Status s = check_abiflags(*file); !s) return s.error();
  isa::ProgramImage image;
  if (Status s = read_segments(*file, image); !s) return s.error();
  if (Status s = read_symbols(*file, image); !s) return s.error();
  return image;
}

}  // namespace mipzk::elf
