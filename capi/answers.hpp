// SPDX-License-Identifier: Apache-2.0
// What a program asks its host for while it runs. The answers are hints: a later run finds them
// where the first one asked.
#pragma once

#include <atomic>
#include <exception>

#include "objects.hpp"

namespace mipzk::capi {

// The hints of a run that asks: each answer is put before those that are left.
class Answers {
 public:
  explicit Answers(mipzk_job& job) : hints(job.hints), job_(job) {}

  // For vm::Hooks::ask.
  ByteView operator()(ByteView name, size_t taken) noexcept;
  // Why the run was stopped; rethrows.
  Status status() const;

  SecretVector<uint8_t> hints;
  std::atomic_flag stop;  // set when the run is to end

 private:
  static int32_t take(void* user, const uint8_t* data, size_t size) noexcept;
  void insert(size_t taken);

  mipzk_job& job_;
  SecretVector<uint8_t> answer_;
  bool given_ = false;
  Status status_;
  std::exception_ptr failure_;
};

}  // namespace mipzk::capi
