// Files as whole byte strings: outputs appear complete or not at all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace mipzk::cli {

// The bytes of a file, or of standard input for "-"; wiped when they are no longer needed.
class Bytes {
 public:
  Bytes() = default;
  Bytes(Bytes&&) = default;
  Bytes& operator=(Bytes&&) = default;
  ~Bytes();
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  friend Bytes read_file(const std::string& path, const char* what);
  std::vector<uint8_t> bytes_;
};

// Throws Failure. `what` names the file's role in messages. An empty path gives no bytes.
Bytes read_file(const std::string& path, const char* what);

// Fails early when nothing can be written there, before an hour of proving.
void check_writable(const std::string& path, const char* what);

// Writes a temporary file in the same folder and renames it. "-", and what is no regular file (a
// pipe, a device), is written to directly.
void write_file(const std::string& path, const uint8_t* data, size_t size, const char* what);

// Standard input can be read once.
bool stdin_used_twice(std::initializer_list<std::string> paths);

}  // namespace mipzk::cli
