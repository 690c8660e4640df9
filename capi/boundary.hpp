// SPDX-License-Identifier: Apache-2.0
// What every function of the C interface does at its edge: results into the caller's mipzk_error,
// and structs that begin with struct_size. Free of exceptions and heap; the verifier library uses
// it too.
#pragma once

#include <mipzk/mipzk.h>

#include <cstring>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace mipzk::capi {

static_assert(sizeof(Error::message) == sizeof(mipzk_error::message));

// Fills `err`, if given, and returns the status.
inline mipzk_status report(mipzk_error* err, const Error& e) {
  if (err != nullptr) {
    *err = {};
    err->status = static_cast<mipzk_status>(e.code);
    err->detail = e.detail;
    std::memcpy(err->message, e.message, sizeof err->message);
    err->message[sizeof err->message - 1] = '\0';
  }
  return static_cast<mipzk_status>(e.code);
}

inline mipzk_status report(mipzk_error* err, const Status& s) { return report(err, s.error()); }

inline bool buffer_ok(const uint8_t* data, size_t size) { return data != nullptr || size == 0; }

// Bytes of the first version of each struct that callers pass: none of them has a smaller one. The
// number stays when the struct grows.
template <class T>
inline constexpr size_t kFirstBytes = 0;
// clang-format off
#define MIPZK_FIRST_BYTES(type, bytes) template <> inline constexpr size_t kFirstBytes<type> = bytes
MIPZK_FIRST_BYTES(mipzk_verify_policy, 32);
MIPZK_FIRST_BYTES(mipzk_claim, 40);
MIPZK_FIRST_BYTES(mipzk_proof_info, 152);
MIPZK_FIRST_BYTES(mipzk_security, 80);
MIPZK_FIRST_BYTES(mipzk_profile, 48);
MIPZK_FIRST_BYTES(mipzk_program_info, 40);
MIPZK_FIRST_BYTES(mipzk_segment, 24);
MIPZK_FIRST_BYTES(mipzk_estimate, 32);
#undef MIPZK_FIRST_BYTES
// clang-format on

// Larger values are garbage rather than a later version's struct.
inline constexpr size_t kMaxStructBytes = 4096;

// The bytes that a caller's struct and T have in common; 0 for no struct or one of a wrong size.
template <class T>
size_t common_bytes(const void* given) {
  static_assert(kFirstBytes<T> >= sizeof(uint32_t) && kFirstBytes<T> <= sizeof(T));
  if (given == nullptr) return 0;
  uint32_t size;
  std::memcpy(&size, given, sizeof size);
  if (size < kFirstBytes<T> || size > kMaxStructBytes) return 0;
  return size < sizeof(T) ? size : sizeof(T);
}

inline constexpr char kWrongSize[] =
    "a struct is NULL, or its struct_size is wrong: set it to sizeof the struct";

// Reads a caller's struct of any version: fields that it lacks are zero, and those that this
// library lacks must be.
template <class T>
Status read_struct(const void* given, T& out) {
  const size_t size = common_bytes<T>(given);
  if (size == 0) return Error(Errc::kArgument, kWrongSize);
  out = {};
  std::memcpy(&out, given, size);
  const auto* bytes = static_cast<const uint8_t*>(given);
  for (size_t i = sizeof(T); i < out.struct_size; ++i)
    if (bytes[i] != 0)
      return Error(Errc::kUnsupported, "a field that this version does not know is not zero");
  return {};
}

// Sets a caller's struct of any version to what `fill(T&)` makes of an empty one, as far as it
// goes. Whether `fill` fails or not, what it left is what the caller gets: zeros unless it set
// fields.
template <class T, class F>
Status fill_struct(T* out, const F& fill) {
  const size_t size = common_bytes<T>(out);
  if (size == 0) return Error(Errc::kArgument, kWrongSize);
  T whole = {};
  const Status status = fill(whole);
  // struct_size stays: it may be that of a larger struct.
  constexpr size_t kSkip = sizeof whole.struct_size;
  std::memcpy(reinterpret_cast<uint8_t*>(out) + kSkip,
              reinterpret_cast<const uint8_t*>(&whole) + kSkip, size - kSkip);
  return status;
}

// A status of the C interface alone, so not in Errc: no part of the library has such a policy.
inline constexpr Errc kExitCode{MIPZK_E_EXIT_CODE};

// Copies a name into a fixed, zeroed field and leaves its last byte zero.
template <size_t kN>
void copy_name(char (&out)[kN], const char* name) {
  for (size_t i = 0; i + 1 < kN && name[i] != '\0'; ++i) out[i] = name[i];
}

}  // namespace mipzk::capi
