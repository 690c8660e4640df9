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

// Larger values are garbage rather than a later version's struct.
inline constexpr uint32_t kMaxStructBytes = 4096;

// Reads a caller's struct of which versions to come may know more fields; unknown ones must be
// zero.
template <class T>
Status read_struct(const T& given, T& out) {
  if (given.struct_size < sizeof(T) || given.struct_size > kMaxStructBytes)
    return Error(Errc::kArgument, "struct_size is wrong: set it to sizeof the struct");
  const auto* bytes = reinterpret_cast<const uint8_t*>(&given);
  for (size_t i = sizeof(T); i < given.struct_size; ++i)
    if (bytes[i] != 0)
      return Error(Errc::kUnsupported, "a field that this version does not know is not zero");
  out = given;
  return {};
}

// Prepares a struct that the library fills: everything after struct_size becomes zero.
template <class T>
Status clear_struct(T* out) {
  if (out == nullptr) return Error(Errc::kArgument, "a pointer to a result is NULL");
  const uint32_t size = out->struct_size;
  if (size < sizeof(T) || size > kMaxStructBytes)
    return Error(Errc::kArgument, "struct_size is wrong: set it to sizeof the struct");
  std::memset(reinterpret_cast<uint8_t*>(out) + sizeof size, 0, size - sizeof size);
  return {};
}

// Copies a name into a fixed, zeroed field and leaves its last byte zero.
template <size_t kN>
void copy_name(char (&out)[kN], const char* name) {
  for (size_t i = 0; i + 1 < kN && name[i] != '\0'; ++i) out[i] = name[i];
}

}  // namespace mipzk::capi
