// SPDX-License-Identifier: Apache-2.0
// The list of CPU tiers: instruction sets that the prover's kernels are compiled for, each source
// once per tier, and what such sources need.
//
// A source file NAME_tier.cpp is compiled for every tier of the build (lib/cmake/MipzkTiers.cmake)
// with MIPZK_TIER, the tier's name, and its flags. What it defines for others lives in
// MIPZK_TIER_NAMESPACE. It calls no inline function and no template of other headers unless forced
// inline: the linker merges copies of those, and another processor would run code of this tier.
#pragma once

// TIER(name, flags of gcc and clang, whether this processor has it, WHAT) for each tier of this
// build, slowest first. The first is always there. CMake reads this list, too; the tier's registers
// are in field/packed/NAME.hpp. MIPZK_PORTABLE (CMake: MIPZK_SIMD=OFF) asks for plain C++.
#if defined(MIPZK_PORTABLE)
#define MIPZK_CPU_TIERS(TIER, WHAT) TIER(plain, "", true, WHAT)
#elif defined(__x86_64__)
#define MIPZK_CPU_TIERS(TIER, WHAT)                                                  \
  TIER(sse2, "", true, WHAT)                                                         \
  TIER(avx2, "-mavx2", __builtin_cpu_supports("avx2"), WHAT)                         \
  TIER(avx512, "-mavx512f -mavx512dq -mavx512vl -mavx512bw",                         \
       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&    \
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"), \
       WHAT)
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define MIPZK_CPU_TIERS(TIER, WHAT) TIER(neon, "", true, WHAT)
#else
#define MIPZK_CPU_TIERS(TIER, WHAT) TIER(plain, "", true, WHAT)
#endif

// To be used with the list. The declaration of what every tier defines:
// NOLINTBEGIN(bugprone-macro-parentheses): there is no other way to write a declaration
#define MIPZK_TIER_DECLARATION(name, flags, available, declaration) \
  namespace tier_##name {                                           \
    extern declaration;                                             \
  }
// NOLINTEND(bugprone-macro-parentheses)
// Its addresses in the order of the tiers, as elements of an array:
#define MIPZK_TIER_ADDRESS(name, flags, available, symbol) &tier_##name::symbol,

#if defined(MIPZK_TIER)
#define MIPZK_PASTE_WORDS(a, b) a##b
#define MIPZK_PASTE(a, b) MIPZK_PASTE_WORDS(a, b)
#define MIPZK_TIER_NAMESPACE MIPZK_PASTE(tier_, MIPZK_TIER)
#define MIPZK_TIER_INLINE inline __attribute__((always_inline))
#endif
