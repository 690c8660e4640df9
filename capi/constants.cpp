// SPDX-License-Identifier: Apache-2.0
// The constants of mipzk.h by their names, for bindings that do not read C.
#include <mipzk/mipzk.h>

namespace {

struct Constant {
  const char* name;
  int64_t value;
};

// clang-format off
#define MIPZK_X(name) {#name, MIPZK_##name}
constexpr Constant kConstants[] = {
    MIPZK_X(ABI_VERSION), MIPZK_X(OK),
    MIPZK_X(E_ARGUMENT), MIPZK_X(E_NO_MEMORY), MIPZK_X(E_CANCELLED), MIPZK_X(E_INTERNAL),
    MIPZK_X(E_UNSUPPORTED), MIPZK_X(E_STATE), MIPZK_X(E_ELF), MIPZK_X(E_INPUT), MIPZK_X(E_FAULT),
    MIPZK_X(E_CYCLE_LIMIT), MIPZK_X(E_MEMORY_LIMIT), MIPZK_X(E_UNPROVABLE), MIPZK_X(E_MALFORMED),
    MIPZK_X(E_POLICY), MIPZK_X(E_REJECTED), MIPZK_X(E_WRONG_PROGRAM), MIPZK_X(E_WORKSPACE),
    MIPZK_X(E_EXIT_CODE),
    MIPZK_X(VERIFY_ALLOW_NO_HIDING), MIPZK_X(VERIFY_ANY_EXIT_CODE),
    MIPZK_X(PROOF_NO_HIDING), MIPZK_X(PROOF_LINUX),
    MIPZK_X(MAX_TABLES), MIPZK_X(MAX_SHARDS), MIPZK_X(MAX_FOLDS),
    MIPZK_X(REGIME_UNIQUE), MIPZK_X(REGIME_JOHNSON),
    MIPZK_X(OPT_THREADS), MIPZK_X(OPT_MAX_GUEST_MEMORY), MIPZK_X(OPT_MAX_CYCLES),
    MIPZK_X(OPT_PROFILE), MIPZK_X(OPT_NO_HIDING), MIPZK_X(OPT_MAX_MEMORY),
    MIPZK_X(OPT_SHARD_CYCLES), MIPZK_X(OPT_SHARD_CELLS),
    MIPZK_X(FILE_PUBLIC),
    MIPZK_X(PHASE_EXECUTE), MIPZK_X(PHASE_TRACE), MIPZK_X(PHASE_COMMIT), MIPZK_X(PHASE_QUOTIENT),
    MIPZK_X(PHASE_OPEN), MIPZK_X(PHASE_QUERY),
    MIPZK_X(PIECE_PLAN), MIPZK_X(PIECE_WORK), MIPZK_X(PIECE_HEAD), MIPZK_X(PIECE_CHALLENGE),
    MIPZK_X(PIECE_PART),
};
#undef MIPZK_X
// clang-format on

constexpr char kPrefix[] = "MIPZK_";

// Without a function of the C library.
bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}

}  // namespace

mipzk_status mipzk_constant(const char* name, int64_t* out_value) noexcept {
  if (out_value == nullptr) return MIPZK_E_ARGUMENT;
  *out_value = 0;
  if (name == nullptr) return MIPZK_E_ARGUMENT;
  for (const char* p = kPrefix; *p != '\0'; ++p)
    if (*name++ != *p) return MIPZK_E_ARGUMENT;
  for (const Constant& c : kConstants) {
    if (!same(c.name, name)) continue;
    *out_value = c.value;
    return MIPZK_OK;
  }
  return MIPZK_E_UNSUPPORTED;
}
