// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "progress.hpp"
#include "session.hpp"

namespace mipzk::cli {
namespace {

constexpr char kLock[] = "lock", kNew[] = ".new";
constexpr char kCure[] =
    "make room and give the same command again: what is finished is kept in the folder";
constexpr Limit kPieceLimit = {uint64_t{1} << 32, "pieces"};

// A piece's name ends with 64 digits.
bool is_piece(const std::string& name) {
  const auto kind = [&](const char* prefix) { return name.rfind(prefix, 0) == 0; };
  return (kind("plan-") || kind("head-") || kind("part-")) && name.size() > 64 &&
         name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
}

}  // namespace

void StateFolder::fail(const char* what, const std::string& name, int code) const {
  std::string text = std::string("cannot ") + what;
  if (!name.empty()) text += " " + quoted(name) + " in";
  throw Failure(kExitFile,
                text + " the folder of --state " + quoted(path_) + ": " + std::strerror(code),
                code == ENOSPC || code == EDQUOT || code == EFBIG ? kCure : "check the folder");
}

StateFolder::StateFolder(const std::string& path) : path_(path) {
  const bool is_new = mkdir(path.c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST) fail("make", "", errno);
  folder_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st = {};
  if (folder_ < 0 || fstat(folder_, &st) != 0) fail("open", "", errno);
  if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
    throw Failure(kExitFile, "others have access to the folder of --state " + quoted(path),
                  "what is kept there is as private as the private input: chmod 700, or name a "
                  "folder that does not exist");
  if (is_new) {
    // Its name, too, outlasts the machine's power.
    const int parent = openat(folder_, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {
      (void)fsync(parent);
      close(parent);
    }
  }
  list();
  lock();
  // Again: who had the lock may have changed it.
  list();
}

StateFolder::~StateFolder() {
  if (lock_ >= 0) close(lock_);
  if (folder_ >= 0) close(folder_);
}

void StateFolder::list() {
  names_.clear();
  const int copy = openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const entries = copy < 0 ? nullptr : fdopendir(copy);
  if (entries == nullptr) fail("list", "", errno);
  std::string foreign;
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (is_piece(name))
      names_.insert(name);
    else if (name != "." && name != ".." && name != kLock && name != kNew)
      foreign = name;
  }
  closedir(entries);
  if (!foreign.empty())
    throw Failure(kExitUsage,
                  "the folder of --state " + quoted(path_) +
                      " has a file of something else: " + quoted(foreign),
                  "name a folder that does not exist, or one of an earlier --state");
}

// Whoever ends removes the file that is locked, so it must still be there when it is locked.
void StateFolder::lock() {
  for (;;) {
    lock_ = openat(folder_, kLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock_ < 0) fail("make", kLock, errno);
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) fail("lock", kLock, errno);
      throw Failure(kExitFile,
                    "another process is proving in the folder of --state " + quoted(path_),
                    "wait for it to end, or name another folder");
    }
    struct stat locked = {}, named = {};
    if (fstat(lock_, &locked) != 0) fail("lock", kLock, errno);
    if (fstatat(folder_, kLock, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        locked.st_ino == named.st_ino && locked.st_dev == named.st_dev)
      return;
    close(lock_);
  }
}

std::set<std::string>::const_iterator StateFolder::first(const std::string& prefix) const {
  const auto at = names_.lower_bound(prefix);
  return at != names_.end() && at->rfind(prefix, 0) == 0 ? at : names_.end();
}

size_t StateFolder::count(const std::string& prefix) const {
  return static_cast<size_t>(std::count_if(
      names_.begin(), names_.end(), [&](const auto& name) { return name.rfind(prefix, 0) == 0; }));
}

// Writes zeros over a file; 0 or an errno. One that is not there is no error. Copies that the file
// system keeps elsewhere are out of reach.
int StateFolder::overwrite(const std::string& name) const {
  const int fd = openat(folder_, name.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? 0 : errno;
  struct stat st = {};
  int code = fstat(fd, &st) != 0 ? errno : 0;
  const std::vector<uint8_t> zeros(size_t{1} << 16);
  for (off_t left = st.st_size; code == 0 && left > 0;) {
    const ssize_t n =
        write(fd, zeros.data(), std::min<size_t>(zeros.size(), static_cast<size_t>(left)));
    if (n < 0 && errno == EINTR) continue;
    if (n > 0)
      left -= n;
    else
      code = n < 0 ? errno : EIO;
  }
  if (code == 0 && fsync(fd) != 0) code = errno;
  if (close(fd) != 0 && code == 0) code = errno;
  return code;
}

// A plan holds the key that undoes all hiding: without it the other pieces tell what the proof
// does.
void StateFolder::remove(const std::string& name) {
  if (name.rfind("plan-", 0) == 0)
    if (const int code = overwrite(name); code != 0) fail("wipe", name, code);
  if (unlinkat(folder_, name.c_str(), 0) != 0 && errno != ENOENT) fail("remove", name, errno);
  names_.erase(name);
}

// Under a name that is no piece until all of it is on the disk.
void StateFolder::keep(const std::string& name, const uint8_t* data, size_t size) {
  if (const int code = overwrite(kNew); code != 0)
    fail("wipe", kNew, code);  // of one that was killed
  if (unlinkat(folder_, kNew, 0) != 0 && errno != ENOENT) fail("replace", kNew, errno);
  const int fd = openat(folder_, kNew, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) fail("write", name, errno);
  int code = 0;
  while (size > 0 && code == 0) {
    const ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      code = n < 0 ? errno : EIO;
      break;
    }
    data += n;
    size -= static_cast<size_t>(n);
  }
  if (code == 0 && fsync(fd) != 0) code = errno;
  if (close(fd) != 0 && code == 0) code = errno;
  if (code == 0 && renameat(folder_, kNew, folder_, name.c_str()) != 0) code = errno;
  if (code == 0 && fsync(folder_) != 0) code = errno;
  if (code != 0) {
    overwrite(kNew);
    unlinkat(folder_, kNew, 0);
    fail("write", name, code);
  }
  const std::string prefix = name.substr(0, name.rfind('-') + 1);
  names_.insert(name);
  std::vector<std::string> old;
  for (auto at = names_.lower_bound(prefix); at != names_.end() && at->rfind(prefix, 0) == 0; ++at)
    if (*at != name) old.push_back(*at);
  for (const std::string& other : old) remove(other);
}

int32_t StateFolder::find(const std::string& prefix, mipzk_write_fn take, void* take_user) const {
  const auto name = first(prefix);
  if (name == names_.end()) return 0;
  // In the folder that is locked, whatever its name leads to by now.
  const int fd = openat(folder_, name->c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail("read", *name, errno);
  const Bytes bytes = FileReader(fd, path_ + "/" + *name, "piece").read(kPieceLimit);
  // An empty file is a piece that is damaged.
  return take(take_user, bytes.data(), bytes.size());
}

void StateFolder::drop(const std::string& prefix, const char* why) {
  const auto name = first(prefix);
  if (name == names_.end()) return;
  progress().clear();
  fmt::print(stderr, "mipzk: the piece {} in {} is not used: {}\n", quoted(*name), quoted(path_),
             why);
  remove(std::string(*name));
}

void StateFolder::attach(mipzk_job* job) {
  const auto on_keep = [](void* user, const char* name, const uint8_t* data, size_t size) {
    auto& self = *static_cast<StateFolder*>(user);
    return keeping_failure(self.failure_, int32_t{1}, [&] {
      self.keep(name, data, size);
      return int32_t{0};
    });
  };
  const auto on_find = [](void* user, const char* prefix, mipzk_write_fn take, void* take_user) {
    auto& self = *static_cast<StateFolder*>(user);
    return keeping_failure(self.failure_, int32_t{1},
                           [&] { return self.find(prefix, take, take_user); });
  };
  const auto on_drop = [](void* user, const char* prefix, const char* why) {
    auto& self = *static_cast<StateFolder*>(user);
    return keeping_failure(self.failure_, int32_t{1}, [&] {
      self.drop(prefix, why);
      return int32_t{0};
    });
  };
  mipzk_error err;
  check(mipzk_job_keep(job, on_keep, on_find, on_drop, this, &err), err, "--state");
}

void StateFolder::wipe() {
  // The key first.
  const std::set<std::string> names = names_;
  for (const bool plans : {true, false})
    for (const std::string& name : names)
      if ((name.rfind("plan-", 0) == 0) == plans) remove(name);
  if (const int code = overwrite(kNew); code != 0) fail("wipe", kNew, code);
  unlinkat(folder_, kNew, 0);
  unlinkat(folder_, kLock, 0);
  rmdir(path_.c_str());  // unless it is a mount point, or something was put there
}

}  // namespace mipzk::cli
