// SPDX-License-Identifier: Apache-2.0
// Files as whole byte strings: no more is read than a file of its kind may have, and outputs appear
// complete or not at all.
#pragma once

#include <mipzk/mipzk.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"

namespace mipzk::cli {

// The most bytes that a file of some kind may have, and how a longer one is refused.
struct Limit {
  uint64_t bytes;
  const char* kind;  // plural
  int exit_code = kExitFile;
  const char* status = "";  // name of a mipzk_status
  const char* cure = "";
};
inline constexpr uint64_t kWindowBytes = 67108860;  // of an input or output of the machine
inline constexpr Limit kProgramLimit = {uint64_t{1} << 30, "programs", kExitProgram, "MIPZK_E_ELF",
                                        "remove debug information (strip -g)"};
inline constexpr Limit kInputLimit = {kWindowBytes, "inputs", kExitRun, "MIPZK_E_INPUT",
                                      "pass a smaller input"};
inline constexpr Limit kExpectedLimit = {kWindowBytes, "public inputs and outputs"};
inline constexpr Limit kSeedLimit = {32, "seeds", kExitUsage, "", "head -c 32 /dev/urandom > seed"};
inline constexpr Limit kShapeLimit = {MIPZK_MAX_SHARDS * (4 + 2 * MIPZK_MAX_TABLES), "shapes",
                                      kExitFile, "",
                                      "`mipzk inspect PROOF --shape FILE` writes one"};
// For looking at a proof: what a policy allows by default. One from a pipe is kept in memory.
inline constexpr Limit kProofLimit = {uint64_t{8} << 30, "proofs", kExitProof, "MIPZK_E_POLICY"};
inline constexpr Limit kPipedProofLimit = {uint64_t{1} << 28, "proofs from a pipe", kExitProof,
                                           "MIPZK_E_POLICY", "write it to a file first"};
// For verifying one: what the policy says, 0 for its default.
Limit proof_limit(uint64_t max_proof_bytes);

// The bytes of a file; wiped when they are no longer needed.
class Bytes {
 public:
  Bytes() = default;
  Bytes(Bytes&&) = default;
  Bytes& operator=(Bytes&&) = default;
  ~Bytes();
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  friend class FileReader;
  std::vector<uint8_t> bytes_;
};

// A file's bytes where the system keeps them, or a copy.
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View();
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  friend class FileReader;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  void* mapping_ = nullptr;  // of mapped_ bytes
  size_t mapped_ = 0;
  Bytes copy_;
};

// Reads a file, or standard input for "-", from its beginning. `what` names the file's role in
// messages. All throw Failure.
class FileReader {
 public:
  // An empty path stands for no bytes.
  FileReader(const std::string& path, const char* what);
  // One that is open, to be closed by the reader; `path` names it in messages.
  FileReader(int fd, const std::string& path, const char* what);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  bool starts_with(std::string_view magic);
  // The whole file. One that is longer than the limit is refused, before anything is read if its
  // size is known, and else after that many bytes. Memory: at most 1.5 times the limit.
  Bytes read(const Limit& limit);
  // The whole file, of which memory takes what is looked at: mapped, so it must not become shorter
  // meanwhile. What cannot be mapped, a pipe, is read up to the second limit.
  void view(const Limit& limit, const Limit& piped, View& out);
  // Piece by piece: the next bytes, at most `size`; 0 at the end.
  size_t read_some(uint8_t* out, size_t size);
  // Refuses a file whose size is known to be above the limit.
  void refuse_longer(const Limit& limit) const;

 private:
  void fill(size_t most);
  void reserve(size_t capacity);

  std::string path_;
  const char* what_;
  int fd_ = -1;
  uint64_t known_size_ = 0;  // 0: not known
  uint64_t begin_ = 0;       // where it is known to begin: standard input may have been read before
  Bytes bytes_;              // room for what is read
  size_t size_ = 0;          // bytes read
  bool at_end_ = false;
};

inline Bytes read_file(const std::string& path, const char* what, const Limit& limit) {
  return FileReader(path, what).read(limit);
}

// Fails early when nothing can be written there, before an hour of proving.
void check_writable(const std::string& path, const char* what);

// Writes a temporary file in the same folder and renames it, so that a failure leaves what was
// there; permissions stay. "-", what is no regular file (a pipe, a device), and a file that is
// mounted by itself are written to directly; a terminal gets visible text (base/visible.hpp).
void write_file(const std::string& path, const uint8_t* data, size_t size, const char* what);

// A file that is written piece by piece and appears, as write_file() does, when it is complete.
// What is written directly stays in an unnamed file of TMPDIR (or /tmp) until then. All throw
// Failure.
class OutputFile {
 public:
  OutputFile(const std::string& path, const char* what);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void append(const uint8_t* data, size_t size);
  uint64_t size() const { return size_; }
  // Of what was appended: up to `size` bytes from an offset, and how many there are.
  size_t read(uint64_t offset, uint8_t* out, size_t size) const;
  void publish();

 private:
  bool give_name();

  const std::string path_;
  const char* what_;
  std::string target_;  // of a regular file: where it belongs
  std::string name_;    // and its temporary name, if it has one
  int fd_ = -1;
  uint64_t size_ = 0;
};

}  // namespace mipzk::cli
