// SPDX-License-Identifier: Apache-2.0
#include "linux_inputs.hpp"

#include <cstring>

#include "jobs.hpp"
#include "kernel/inputs.hpp"

namespace mipzk::capi {
namespace {

using kernel::Entry;

Status too_much() {
  return Error(Errc::kInput,
               "the public or the private inputs of a Linux program take more than 67108860 bytes "
               "together",
               isa::kMaxWindowBytes);
}

// A copy of `half` with the entry in place of its first `front` bytes, or (append) behind them.
template <class Half>
Half with_entry(const Half& half, size_t front, bool append, Entry kind, std::string_view name,
                ByteView data) {
  Half result;
  result.reserve(half.size() + static_cast<size_t>(kernel::entry_size(name.size(), data.size())));
  if (append) result.insert(result.end(), half.begin(), half.end());
  if (kind != Entry::kStream || !data.empty()) kernel::append_entry(result, kind, name, data);
  if (!append)
    result.insert(result.end(), half.begin() + static_cast<ptrdiff_t>(front), half.end());
  return result;
}

Status append(mipzk_job& job, bool is_public, Entry kind, std::string_view name, ByteView data) {
  if (!is_linux(job))
    return Error(Errc::kArgument,
                 "the program makes no system calls of Linux: it takes a public and a private "
                 "input, and nothing else");
  const size_t used = is_public ? job.public_input.size() : job.private_input.size();
  if (used + kernel::entry_size(name.size(), data.size()) > isa::kMaxWindowBytes) return too_much();
  if (is_public) {
    auto half = with_entry(job.public_input, 0, true, kind, name, data);
    forget(job);
    job.public_input = std::move(half);
  } else {
    auto half = with_entry(job.private_input, 0, true, kind, name, data);
    forget(job);
    job.private_input = std::move(half);
  }
  return {};
}

// Whether a half has an entry of the kind; and if a name is given, one with it.
bool has(ByteView half, Entry kind, std::string_view name) {
  const auto word = [&](size_t at) {
    return uint32_t{half[at]} << 24 | uint32_t{half[at + 1]} << 16 | uint32_t{half[at + 2]} << 8 |
           uint32_t{half[at + 3]};
  };
  for (size_t at = 0; at < half.size();) {
    const uint32_t found = word(at), name_size = word(at + 4), size = word(at + 8);
    if (found == static_cast<uint32_t>(kind) && name_size == name.size() &&
        std::memcmp(half.data() + at + 12, name.data(), name.size()) == 0)
      return true;
    at += static_cast<size_t>(kernel::entry_size(name_size, size));
  }
  return false;
}

ByteView bytes_of(const char* text) {
  return {reinterpret_cast<const uint8_t*>(text), std::strlen(text)};
}

}  // namespace

bool is_linux(const mipzk_job& job) { return job.elf->program().trap_vector != 0; }

Status set_stream(mipzk_job& job, ByteView data, bool is_public) {
  const size_t front = is_public ? job.public_stream : job.private_stream;
  const size_t used = is_public ? job.public_input.size() : job.private_input.size();
  const auto entry =
      data.empty() ? size_t{0} : static_cast<size_t>(kernel::entry_size(0, data.size()));
  if (used - front + entry > isa::kMaxWindowBytes) return too_much();
  if (is_public) {
    auto half = with_entry(job.public_input, front, false, Entry::kStream, "", data);
    forget(job);
    job.public_input = std::move(half);
    job.public_stream = entry;
  } else {
    auto half = with_entry(job.private_input, front, false, Entry::kStream, "", data);
    forget(job);
    job.private_input = std::move(half);
    job.private_stream = entry;
  }
  return {};
}

}  // namespace mipzk::capi

using namespace mipzk;
using kernel::Entry;

mipzk_status mipzk_job_argument(mipzk_job* job, const char* text, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if (text == nullptr) return Error(Errc::kArgument, "text is NULL");
    return capi::append(*job, true, Entry::kArgument, "", capi::bytes_of(text));
  });
}

mipzk_status mipzk_job_environment(mipzk_job* job, const char* text, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if (text == nullptr) return Error(Errc::kArgument, "text is NULL");
    if (*text == '=' || std::strchr(text, '=') == nullptr)
      return Error(Errc::kArgument, "text is not NAME=VALUE");
    return capi::append(*job, true, Entry::kEnvironment, "", capi::bytes_of(text));
  });
}

mipzk_status mipzk_job_file(mipzk_job* job, const char* name, const uint8_t* data, size_t size,
                            uint32_t flags, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if (name == nullptr) return Error(Errc::kArgument, "name is NULL");
    if (!capi::buffer_ok(data, size))
      return Error(Errc::kArgument, "data is NULL but its size is not 0");
    if ((flags & ~MIPZK_FILE_PUBLIC) != 0)
      return Error(Errc::kUnsupported, "a file has a flag that this version does not know");
    if (size > isa::kMaxWindowBytes) return capi::too_much();
    if (!kernel::is_file_name(name))
      return Error(Errc::kArgument,
                   "a file's name is an absolute path without empty parts, '.' and '..', and not "
                   "in /dev, /proc or /sys");
    if (capi::has(job->public_input, Entry::kFile, name) ||
        capi::has(ByteView(job->private_input.data(), job->private_input.size()), Entry::kFile,
                  name))
      return Error(Errc::kArgument, "there is a file of this name already");
    return capi::append(*job, (flags & MIPZK_FILE_PUBLIC) != 0, Entry::kFile, name, {data, size});
  });
}

mipzk_status mipzk_job_clock(mipzk_job* job, uint64_t seconds, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if (seconds == 0 || seconds >= INT32_MAX)
      return Error(Errc::kArgument, "a clock begins between 1 and 2147483646 seconds after 1970");
    if (capi::has(job->public_input, Entry::kClock, ""))
      return Error(Errc::kArgument, "the clock has been set already");
    const auto s = static_cast<uint32_t>(seconds);
    const uint8_t bytes[4] = {static_cast<uint8_t>(s >> 24), static_cast<uint8_t>(s >> 16),
                              static_cast<uint8_t>(s >> 8), static_cast<uint8_t>(s)};
    return capi::append(*job, true, Entry::kClock, "", bytes);
  });
}

mipzk_status mipzk_job_random(mipzk_job* job, const uint8_t* seed, mipzk_error* err) noexcept {
  return capi::with_job(job, err, [&]() -> Status {
    if (seed == nullptr) return Error(Errc::kArgument, "seed is NULL");
    if (capi::has(ByteView(job->private_input.data(), job->private_input.size()), Entry::kRandom,
                  ""))
      return Error(Errc::kArgument, "a seed of random numbers has been given already");
    return capi::append(*job, false, Entry::kRandom, "", {seed, 32});
  });
}

const uint8_t* mipzk_job_claimed_input(const mipzk_job* job, size_t* out_size) noexcept {
  static constexpr uint8_t kEmpty[1] = {};
  if (out_size != nullptr) *out_size = 0;
  if (job == nullptr || job->in_use.test()) return nullptr;
  if (out_size != nullptr) *out_size = job->public_input.size();
  return job->public_input.empty() ? kEmpty : job->public_input.data();
}
