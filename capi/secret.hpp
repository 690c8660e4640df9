// Bytes that are wiped when they are no longer needed.
#pragma once

#include <cstring>
#include <memory>

#include "base/bytes.hpp"

namespace mipzk::capi {

class Secret {
 public:
  Secret() = default;
  explicit Secret(ByteView bytes)
      : data_(bytes.empty() ? nullptr : new uint8_t[bytes.size()]), size_(bytes.size()) {
    if (size_ != 0) std::memcpy(data_.get(), bytes.data(), size_);
  }
  Secret(Secret&& other) noexcept : data_(std::move(other.data_)), size_(other.size_) {
    other.size_ = 0;
  }
  Secret& operator=(Secret&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Secret() {
    if (data_ != nullptr) secure_zero(data_.get(), size_);
  }

  ByteView view() const { return {data_.get(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
};

}  // namespace mipzk::capi
