// SPDX-License-Identifier: Apache-2.0
// What the tool prints: results as lines for people or as one JSON object, errors with cause and
// cure.
#pragma once

#include <mipzk/mipzk.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mipzk::cli {

// The tool's exit codes; docs/CAPI.md and --help list them.
enum ExitCode : int {
  kExitOk = 0,
  kExitInternal = 1,
  kExitUsage = 2,
  kExitFile = 3,
  kExitProgram = 4,
  kExitRun = 5,
  kExitProof = 6,
  kExitRejected = 7,
  kExitWrongProgram = 8,
  kExitPublicInput = 9,
  kExitOutput = 10,
  kExitExitCode = 11,
  kExitMemory = 12,
  kExitCancelled = 130,
};

extern const char kExitCodeHelp[];

// Ends the command: what went wrong, and what to do about it.
struct Failure : std::runtime_error {
  Failure(int code, const std::string& cause, std::string cure_text = "",
          std::string detail_text = "", const char* status_text = "")
      : std::runtime_error(cause),
        exit_code(code),
        cure(std::move(cure_text)),
        detail(std::move(detail_text)),
        status(status_text) {}
  int exit_code;
  std::string cure, detail;
  const char* status;  // name of a mipzk_status, or ""
};

// The failure that a call of the library stands for; `what` says what the tool was doing.
Failure failure(const mipzk_error& err, const std::string& what, const std::string& detail = "");

// Throws unless the status is MIPZK_OK.
inline void check(mipzk_status status, const mipzk_error& err, const std::string& what) {
  if (status != MIPZK_OK) throw failure(err, what);
}

std::string hex(const uint8_t* data, size_t size);
// A name from outside in single quotes, fit to be shown.
std::string quoted(const std::string& name);
// Text from outside on standard output or error. A terminal gets visible text (base/visible.hpp),
// a pipe or a file the bytes as they are.
void put_text(std::FILE* stream, std::string_view text);
std::string json_string(std::string_view text);

// Facts in the order in which they were added.
class Facts {
 public:
  void add(const char* key, uint64_t value);
  void add(const char* key, double value, const char* format = "{:.3f}");
  void add(const char* key, const std::string& value);
  void add(const char* key, bool value);
  void add_bytes(const char* key, const uint8_t* data, size_t size);  // hex
  void add_json(const char* key, std::string json);                   // not shown to people
  // A line for people only.
  void say(std::string line);

  std::string text() const;
  std::string json() const;

 private:
  struct Fact {
    std::string key, text, json;  // no key: a line of text; no text: only for machines
  };
  std::vector<Fact> facts_;
};

}  // namespace mipzk::cli
