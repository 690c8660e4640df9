// SPDX-License-Identifier: Apache-2.0
// Status codes and the Result type used by every fallible function of the library.
//
// The numeric values are those of the C interface (include/mipzk/mipzk.h): append-only, never
// renumbered. `Error` carries a fixed-size message so that the verifier needs no heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace mipzk {

enum class Errc : int32_t {
  kOk = 0,
  kArgument = -1,       // a caller's argument is invalid
  kNoMemory = -2,       // out of memory, or over the caller's budget
  kCancelled = -3,      // the caller asked to stop
  kInternal = -4,       // a defect of this library
  kUnsupported = -5,    // valid but not supported (version, option, profile)
  kState = -6,          // calls in the wrong order
  kElf = -10,           // the program file cannot be loaded
  kInput = -11,         // an input does not fit the machine
  kFault = -12,         // the guest did something that stops the run
  kCycleLimit = -13,    // the guest ran longer than the caller allows
  kMemoryLimit = -14,   // the guest touched more memory than the caller allows
  kUnprovable = -15,    // the run is outside what a proof can hold
  kMalformed = -20,     // the proof bytes do not parse
  kPolicy = -21,        // the proof is outside the caller's policy
  kRejected = -22,      // the proof is wrong
  kWrongProgram = -23,  // the proof is about another program
  kWorkspace = -24,     // the caller's workspace is too small; `detail` says how much is needed
};

const char* errc_name(Errc code);

// A status with a readable message of at most 247 bytes; longer text is cut.
struct Error {
  Errc code = Errc::kOk;
  uint32_t detail = 0;
  char message[248] = {};

  Error() = default;
  Error(Errc c, const char* text, uint32_t d = 0);
};

// A value or an error. `Result<void>` is `Status`.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(error) {}

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(error) {}

  bool ok() const { return error_.code == Errc::kOk; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace mipzk
