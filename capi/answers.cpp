// SPDX-License-Identifier: Apache-2.0
#include "answers.hpp"

#include <algorithm>

#include "jobs.hpp"
#include "linux_inputs.hpp"

namespace mipzk::capi {

ByteView Answers::operator()(ByteView name, size_t taken) noexcept {
  answer_.clear();
  given_ = false;
  try {
    if (stop.test()) return hints;  // the run is about to end
    if (job_.ask(job_.ask_user, name.data(), name.size(), take, this) != 0 && status_)
      status_ = Error(Errc::kCancelled, "what the program asked for could not be given");
    if (failure_) std::rethrow_exception(failure_);
    if (status_) insert(taken);
  } catch (...) {
    failure_ = std::current_exception();
  }
  if (!status_ || failure_) stop.test_and_set();
  return hints;
}

Status Answers::status() const {
  if (failure_) std::rethrow_exception(failure_);
  return status_;
}

int32_t Answers::take(void* user, const uint8_t* data, size_t size) noexcept {
  auto& self = *static_cast<Answers*>(user);
  try {
    self.given_ = true;
    if (size > isa::kMaxWindowBytes - self.answer_.size()) {
      self.status_ = Error(Errc::kInput, "the answers are too long", isa::kMaxWindowBytes);
      return -1;
    }
    self.answer_.insert(self.answer_.end(), data, data + size);
    return 0;
  } catch (...) {
    self.failure_ = std::current_exception();
    return -1;
  }
}

void Answers::insert(size_t taken) {
  const auto size = given_ ? static_cast<uint32_t>(answer_.size()) : UINT32_MAX;
  if (answer_.size() + 8 >
      isa::kMaxWindowBytes - std::min<size_t>(hints.size(), isa::kMaxWindowBytes)) {
    status_ = Error(Errc::kInput, "the answers are too long", isa::kMaxWindowBytes);
    return;
  }
  uint8_t word[4];
  store_le32(word, size);
  if (!job_.elf->program().little_endian) std::reverse(word, word + 4);
  answer_.insert(answer_.begin(), word, word + 4);
  answer_.resize((answer_.size() + 3) / 4 * 4);
  hints.resize(std::max(hints.size(), taken));  // where the last word was padded
  hints.insert(hints.begin() + static_cast<std::ptrdiff_t>(taken), answer_.begin(), answer_.end());
}

}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_job_on_ask(mipzk_job* job, mipzk_ask_fn fn, void* user,
                              mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    capi::forget(*job);
    job->ask = fn;
    job->ask_user = user;
    return {};
  });
}
