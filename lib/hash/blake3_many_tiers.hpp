// SPDX-License-Identifier: Apache-2.0
// One kernel per instruction set; which of them exist is decided by lib/hash/CMakeLists.txt.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mipzk::hash {

void keyed_hash_many_base(const uint32_t key[8], const uint8_t* base, size_t stride, size_t length,
                          size_t count, uint8_t* out);
void keyed_hash_many_avx2(const uint32_t key[8], const uint8_t* base, size_t stride, size_t length,
                          size_t count, uint8_t* out);
void keyed_hash_many_avx512(const uint32_t key[8], const uint8_t* base, size_t stride,
                            size_t length, size_t count, uint8_t* out);

}  // namespace mipzk::hash
