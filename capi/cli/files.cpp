// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/visible.hpp"
#include "paths.hpp"

namespace mipzk::cli {
namespace {

constexpr size_t kFirstPiece = size_t{1} << 16;

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

void wipe(void* data, size_t size) {
  if (size == 0) return;
  std::memset(data, 0, size);
  __asm__ __volatile__("" : : "r"(data) : "memory");  // not to be optimised away
}

std::string shown(const std::string& path) {
  return path == "-" ? "standard input or output" : quoted(path);
}

[[noreturn]] void fail(const char* what, const std::string& path, const char* verb, int code) {
  throw Failure(kExitFile,
                std::string("cannot ") + verb + " the " + what + " " + shown(path) + ": " +
                    std::strerror(code),
                code == ENOENT ? "check the path" : "");
}

void write_all(int fd, const uint8_t* data, size_t size, const char* what,
               const std::string& path) {
  while (size > 0) {
    const ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(what, path, "write", n < 0 ? errno : EIO);
    data += n;
    size -= static_cast<size_t>(n);
  }
}

// What is no regular file, or standard output.
bool is_written_directly(const std::string& path) {
  struct stat st = {};
  return path == "-" || (stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode));
}

// Written to in place, also of what a regular file holds.
class DirectFile {
 public:
  DirectFile(const std::string& path, const char* what) : path_(path), what_(what) {
    if (path == "-") return;
    file_.fd = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (file_.fd < 0) fail(what, path, "write", errno);
  }

  // What a file holds is on the disk then; pipes and devices have no such thing.
  void sync() {
    if (file_.fd >= 0 && fsync(file_.fd) != 0 && errno != EINVAL && errno != EROFS)
      fail(what_, path_, "write", errno);
  }

  void write(const uint8_t* data, size_t size) {
    const int fd = path_ == "-" ? STDOUT_FILENO : file_.fd;
    if (isatty(fd) == 0) return write_all(fd, data, size, what_, path_);
    const std::string text = visible_text({reinterpret_cast<const char*>(data), size});
    write_all(fd, reinterpret_cast<const uint8_t*>(text.data()), text.size(), what_, path_);
  }

 private:
  const std::string path_;
  const char* what_;
  Descriptor file_;
};

// In the same folder; a name that fits, however long the target's.
std::string temporary_name(const std::string& target) {
  return folder_of(target) + "/.mipzk-XXXXXX";
}

mode_t default_permissions() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Limit proof_limit(uint64_t max_proof_bytes) {
  return {max_proof_bytes != 0 ? max_proof_bytes : kProofLimit.bytes, "proofs", kExitProof,
          "MIPZK_E_POLICY", "--max-proof-bytes allows longer ones"};
}

Bytes::~Bytes() { wipe(bytes_.data(), bytes_.size()); }

FileReader::FileReader(const std::string& path, const char* what)
    : FileReader(path.empty()  ? -1
                 : path == "-" ? STDIN_FILENO
                               : open(path.c_str(), O_RDONLY | O_CLOEXEC),
                 path, what) {}

FileReader::FileReader(int fd, const std::string& path, const char* what)
    : path_(path), what_(what), fd_(fd) {
  if (path.empty()) return;
  struct stat st;
  if (fd_ < 0 || fstat(fd_, &st) != 0) fail(what_, path_, "read", errno);
  if (!S_ISREG(st.st_mode)) return;
  const off_t begin = lseek(fd_, 0, SEEK_CUR);
  if (begin < 0 || st.st_size <= begin) return;
  known_size_ = static_cast<uint64_t>(st.st_size - begin);
  begin_ = static_cast<uint64_t>(begin);
}

FileReader::~FileReader() {
  if (fd_ > STDIN_FILENO) close(fd_);
}

// By hand, because a vector would not wipe what it leaves.
void FileReader::reserve(size_t capacity) {
  std::vector<uint8_t> larger(capacity);
  if (size_ > 0) std::memcpy(larger.data(), bytes_.data(), size_);
  wipe(bytes_.bytes_.data(), size_);
  bytes_.bytes_.swap(larger);
}

// Room grows to a little more than twice, so that from half a limit the next step is the last.
void FileReader::fill(size_t most) {
  while (fd_ >= 0 && !at_end_ && size_ < most) {
    if (size_ == bytes_.size())
      reserve(static_cast<size_t>(std::min<uint64_t>(
          most, std::max<uint64_t>({kFirstPiece, 2 * size_ + 1, known_size_ + 1}))));
    const ssize_t n = ::read(fd_, bytes_.bytes_.data() + size_, bytes_.size() - size_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(what_, path_, "read", errno);
    at_end_ = n == 0;
    size_ += static_cast<size_t>(n);
  }
}

bool FileReader::starts_with(std::string_view magic) {
  reserve(kFirstPiece);
  fill(magic.size());
  return size_ >= magic.size() && std::memcmp(bytes_.data(), magic.data(), magic.size()) == 0;
}

void FileReader::refuse_longer(const Limit& limit) const {
  if (std::max<uint64_t>(known_size_, size_) <= limit.bytes) return;
  throw Failure(limit.exit_code,
                std::string("cannot read the ") + what_ + " " + shown(path_) + ": longer than " +
                    std::to_string(limit.bytes) + " bytes, the limit for " + limit.kind,
                limit.cure, "", limit.status);
}

Bytes FileReader::read(const Limit& limit) {
  constexpr uint64_t kAddressable = SIZE_MAX / 4;
  Limit most = limit;
  most.bytes = std::min(limit.bytes, kAddressable);
  refuse_longer(most);
  fill(static_cast<size_t>(most.bytes) + 1);
  refuse_longer(most);
  bytes_.bytes_.resize(size_);
  return std::move(bytes_);
}

View::~View() {
  if (mapping_ != nullptr) munmap(mapping_, mapped_);
}

void FileReader::view(const Limit& limit, const Limit& piped, View& out) {
  if (known_size_ == 0) {
    out.copy_ = read(piped);
    out.data_ = out.copy_.data();
    out.size_ = out.copy_.size();
    return;
  }
  refuse_longer(limit);
  const uint64_t whole = begin_ + known_size_;
  void* mapping = MAP_FAILED;
  if (whole <= SIZE_MAX)
    mapping = mmap(nullptr, static_cast<size_t>(whole), PROT_READ, MAP_PRIVATE, fd_, 0);
  if (mapping == MAP_FAILED) fail(what_, path_, "map", whole <= SIZE_MAX ? errno : EFBIG);
  out.mapping_ = mapping;
  out.mapped_ = static_cast<size_t>(whole);
  out.data_ = static_cast<const uint8_t*>(mapping) + begin_;
  out.size_ = static_cast<size_t>(known_size_);
}

size_t FileReader::read_some(uint8_t* out, size_t size) {
  while (fd_ >= 0) {
    const ssize_t n = ::read(fd_, out, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(what_, path_, "read", errno);
    return static_cast<size_t>(n);
  }
  return 0;
}

void check_writable(const std::string& path, const char* what) {
  if (path.empty() || path == "-") return;
  struct stat st;
  if (stat(path.c_str(), &st) == 0) {
    if (S_ISDIR(st.st_mode)) fail(what, path, "write", EISDIR);
    if (access(path.c_str(), W_OK) != 0) fail(what, path, "write", errno);
    if (!S_ISREG(st.st_mode)) return;
  } else if (errno != ENOENT) {
    fail(what, path, "write", errno);
  }
  const std::string folder = folder_of(resolved(path));
  if (access(folder.c_str(), W_OK | X_OK) != 0) fail(what, path, "write", errno);
}

void write_file(const std::string& path, const uint8_t* data, size_t size, const char* what) {
  if (path.empty()) return;
  if (is_written_directly(path)) return DirectFile(path, what).write(data, size);
  OutputFile file(path, what);
  file.append(data, size);
  file.publish();
}

OutputFile::OutputFile(const std::string& path, const char* what) : path_(path), what_(what) {
  if (!is_written_directly(path)) {
    target_ = resolved(path);
#ifdef O_TMPFILE
    // Without a name until it is complete, where the system can: gone if the process is killed.
    if (access("/proc/self/fd", X_OK) == 0)
      fd_ = open(folder_of(target_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd_ >= 0) return;
#endif
    name_ = temporary_name(target_);
    fd_ = mkostemp(name_.data(), O_CLOEXEC);
    if (fd_ < 0) fail(what, path, "write", errno);
    return;
  }
  const char* folder = std::getenv("TMPDIR");
  std::string name =
      std::string(folder != nullptr && *folder != 0 ? folder : "/tmp") + "/.mipzk-XXXXXX";
  fd_ = mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) fail("temporary file for the", name, "write", errno);
  unlink(name.c_str());
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) close(fd_);
  if (!name_.empty()) unlink(name_.c_str());
}

void OutputFile::append(const uint8_t* data, size_t size) {
  write_all(fd_, data, size, what_, path_);
  size_ += size;
}

// A temporary one, which a rename can change into the target's.
bool OutputFile::give_name() {
  const std::string open_file = "/proc/self/fd/" + std::to_string(fd_);
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name = temporary_name(target_);
    const int made = mkostemp(name.data(), O_CLOEXEC);
    if (made < 0) return false;
    close(made);
    unlink(name.c_str());  // free again, most probably
    if (linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      name_ = name;
      return true;
    }
    if (errno != EEXIST) return false;
  }
  return false;
}

size_t OutputFile::read(uint64_t offset, uint8_t* out, size_t size) const {
  for (;;) {
    const ssize_t n = pread(fd_, out, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(what_, path_, "read", errno);
    return static_cast<size_t>(n);
  }
}

void OutputFile::publish() {
  const auto copy = [&] {
    DirectFile direct(path_, what_);
    std::vector<uint8_t> piece(kFirstPiece);
    for (uint64_t done = 0; done < size_;) {
      const size_t n = read(done, piece.data(), piece.size());
      direct.write(piece.data(), n);
      done += n;
    }
    direct.sync();
  };
  if (target_.empty()) return copy();
  if (name_.empty() && !give_name()) fail(what_, path_, "write", errno);
  struct stat st = {};
  const mode_t permissions =
      stat(path_.c_str(), &st) == 0 ? st.st_mode & 0777 : default_permissions();
  if (fchmod(fd_, permissions) != 0 || fsync(fd_) != 0) fail(what_, path_, "write", errno);
  if (rename(name_.c_str(), target_.c_str()) == 0) {
    name_.clear();
    // The name, too, outlasts the machine's power.
    const Descriptor folder{open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.fd >= 0) (void)fsync(folder.fd);
  } else {
    if (errno != EBUSY) fail(what_, path_, "write", errno);
    copy();  // a mount point: a container's file, for example
  }
}

}  // namespace mipzk::cli
