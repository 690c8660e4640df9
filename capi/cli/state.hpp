// SPDX-License-Identifier: Apache-2.0
// mipzk prove --state: the pieces of a proof as files in a folder, so that the same command goes on
// with them after anything.
#pragma once

#include <mipzk/mipzk.h>

#include <exception>
#include <set>
#include <string>

#include "files.hpp"

namespace mipzk::cli {

// A folder that nobody but its owner can look into, of this process alone while the object exists.
// A piece's name ends with the digest of its bytes. All throw Failure.
class StateFolder {
 public:
  // Makes the folder unless it is there. Refuses one that others can read, that has files which are
  // no pieces, or that another process uses.
  explicit StateFolder(const std::string& path);
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  // The job keeps its pieces here. What goes wrong in a call about the job is thrown by
  // check_failure() after it.
  void attach(mipzk_job* job);
  void check_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  // Pieces whose names begin so.
  size_t count(const std::string& prefix) const;
  // The proof is safe: overwrites what is secret, removes the pieces, and the folder if it can.
  void wipe();

 private:
  void lock();
  void list();
  void keep(const std::string& name, const uint8_t* data, size_t size);
  int32_t find(const std::string& prefix, mipzk_write_fn take, void* take_user) const;
  void drop(const std::string& prefix, const char* why);
  std::set<std::string>::const_iterator first(const std::string& prefix) const;
  void remove(const std::string& name);
  int overwrite(const std::string& name) const;
  [[noreturn]] void fail(const char* what, const std::string& name, int code) const;

  const std::string path_;
  int folder_ = -1, lock_ = -1;
  std::set<std::string> names_;
  std::exception_ptr failure_;
};

}  // namespace mipzk::cli
