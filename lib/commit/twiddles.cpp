// SPDX-License-Identifier: Apache-2.0
#include "commit/twiddles.hpp"

#include <array>
#include <memory>
#include <mutex>

namespace mipzk::commit {
namespace {

struct Table {
  std::once_flag once;
  std::unique_ptr<Fp[]> entries;
};

}  // namespace

const Fp* twiddles(unsigned log_n, Direction direction) {
  static std::array<std::array<Table, field::kTwoAdicity + 1>, 2> tables;
  Table& table = tables[direction == Direction::kInverse][log_n];
  std::call_once(table.once, [&] {
    const size_t n = log_n == 0 ? 1 : size_t{1} << (log_n - 1);
    auto entries = std::make_unique<Fp[]>(n);
    entries[0] = Fp::one();
    for (unsigned i = 0; size_t{1} << i < n; ++i) {
      Fp root = field::root_of_unity(i + 2);
      if (direction == Direction::kInverse) root = root.inverse();
      kernels().scale(&entries[size_t{1} << i], &entries[0], size_t{1} << i, root);
    }
    table.entries = std::move(entries);
  });
  return table.entries.get();
}

void powers(Fp* out, size_t n, Fp start, Fp step) {
  if (n == 0) return;
  out[0] = start;
  Fp factor = step;
  for (size_t done = 1; done < n; done *= 2, factor *= factor) {
    const size_t count = done < n - done ? done : n - done;
    kernels().scale(out + done, out, count, factor);
  }
}

}  // namespace mipzk::commit
