#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "report.hpp"

namespace mipzk::cli {
namespace {

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

[[noreturn]] void fail(const char* what, const std::string& path, const char* verb, int code) {
  const std::string name = path == "-" ? "standard input or output" : "'" + path + "'";
  throw Failure(
      kExitFile,
      std::string("cannot ") + verb + " the " + what + " " + name + ": " + std::strerror(code),
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

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A link is replaced at its target, so that the link stays.
std::string resolve(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string s = real;
  std::free(real);
  return s;
}

bool written_directly(const std::string& path) {
  struct stat st;
  return path == "-" || (stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode));
}

}  // namespace

Bytes::~Bytes() { wipe(bytes_.data(), bytes_.size()); }

Bytes read_file(const std::string& path, const char* what) {
  Bytes result;
  if (path.empty()) return result;
  Descriptor file;
  if (path != "-") {
    file.fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file.fd < 0) fail(what, path, "read", errno);
  }
  const int fd = path == "-" ? STDIN_FILENO : file.fd;
  struct stat st;
  size_t capacity = size_t{1} << 16;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
    capacity = static_cast<size_t>(st.st_size) + 1;
  std::vector<uint8_t> buffer(capacity);
  size_t size = 0;
  for (;;) {
    if (size == buffer.size()) {  // grown by hand, because a vector would not wipe what it leaves
      std::vector<uint8_t> larger(2 * size);
      std::memcpy(larger.data(), buffer.data(), size);
      wipe(buffer.data(), size);
      buffer.swap(larger);
    }
    const ssize_t n = read(fd, buffer.data() + size, buffer.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int code = errno;
      wipe(buffer.data(), size);
      fail(what, path, "read", code);
    }
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  buffer.resize(size);
  result.bytes_ = std::move(buffer);
  return result;
}

void check_writable(const std::string& path, const char* what) {
  if (path.empty() || path == "-") return;
  struct stat st;
  if (stat(path.c_str(), &st) == 0) {
    if (S_ISDIR(st.st_mode)) fail(what, path, "write", EISDIR);
    if (access(path.c_str(), W_OK) != 0) fail(what, path, "write", errno);
    if (!S_ISREG(st.st_mode)) return;
  }
  const std::string folder = folder_of(resolve(path));
  if (access(folder.c_str(), W_OK | X_OK) != 0) fail(what, path, "write", errno);
}

void write_file(const std::string& path, const uint8_t* data, size_t size, const char* what) {
  if (path.empty()) return;
  if (written_directly(path)) {
    Descriptor file;
    if (path != "-") {
      file.fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
      if (file.fd < 0) fail(what, path, "write", errno);
    }
    write_all(path == "-" ? STDOUT_FILENO : file.fd, data, size, what, path);
    return;
  }
  const std::string target = resolve(path);
  std::string name = target + ".XXXXXX";
  Descriptor file;
  file.fd = mkostemp(name.data(), O_CLOEXEC);
  if (file.fd < 0) fail(what, path, "write", errno);
  try {
    write_all(file.fd, data, size, what, path);
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file.fd, 0666 & ~mask) != 0 || fsync(file.fd) != 0 ||
        rename(name.c_str(), target.c_str()) != 0)
      fail(what, path, "write", errno);
  } catch (...) {
    unlink(name.c_str());
    throw;
  }
}

bool stdin_used_twice(std::initializer_list<std::string> paths) {
  int count = 0;
  for (const std::string& path : paths) count += path == "-";
  return count > 1;
}

}  // namespace mipzk::cli
