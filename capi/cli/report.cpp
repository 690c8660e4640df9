// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/visible.hpp"

namespace mipzk::cli {

const char kExitCodeHelp[] =
    "Exit codes:\n"
    "    0  success\n"
    "    1  a defect of mipzk\n"
    "    2  the command line is wrong\n"
    "    3  a file cannot be read or written\n"
    "    4  the program cannot be loaded\n"
    "    5  the program stopped with a fault, reached a limit, or cannot be proved\n"
    "    6  the proof is malformed, of another version, or outside the policy\n"
    "    7  the proof is wrong\n"
    "    8  the proof is about another program\n"
    "    9  the proof's public input is not the expected one\n"
    "   10  the proof's output is not the expected one\n"
    "   11  the program's exit code is not the expected one (0 unless given)\n"
    "   12  out of memory, or proving would take more than there is\n"
    "  130  interrupted, or ended by the debugger\n";

namespace {

struct Kind {
  mipzk_status status;
  int exit_code;
  const char* cure;
};

constexpr Kind kKinds[] = {
    {MIPZK_E_ARGUMENT, kExitUsage, "see mipzk --help"},
    {MIPZK_E_NO_MEMORY, kExitMemory, "free some memory, or prove a shorter run"},
    {MIPZK_E_CANCELLED, kExitCancelled, ""},
    {MIPZK_E_INTERNAL, kExitInternal, "this is a defect of mipzk: please report it"},
    {MIPZK_E_UNSUPPORTED, kExitProof, "use the mipzk version that the file was made for"},
    {MIPZK_E_STATE, kExitInternal, "this is a defect of mipzk: please report it"},
    {MIPZK_E_ELF, kExitProgram, "bindings/guest/c/mipzk-cc compiles C for the machine"},
    {MIPZK_E_INPUT, kExitRun, "pass a smaller input"},
    {MIPZK_E_FAULT, kExitRun, ""},
    {MIPZK_E_CYCLE_LIMIT, kExitRun, "--max-cycles N raises the limit"},
    {MIPZK_E_MEMORY_LIMIT, kExitRun, "--guest-memory N raises the limit"},
    {MIPZK_E_UNPROVABLE, kExitRun, "give the program less work: a shorter input, less to compute"},
    {MIPZK_E_MALFORMED, kExitProof, "check that the file is a proof and arrived whole"},
    {MIPZK_E_POLICY, kExitProof,
     "see --min-security, --max-proof-bytes, --max-shards, --max-cycles and --allow-no-hiding"},
    {MIPZK_E_REJECTED, kExitRejected, "do not trust what the proof claims"},
    {MIPZK_E_WRONG_PROGRAM, kExitWrongProgram,
     "`mipzk inspect` shows the id of a program or proof"},
    {MIPZK_E_WORKSPACE, kExitInternal, "this is a defect of mipzk: please report it"},
    {MIPZK_E_EXIT_CODE, kExitExitCode,
     "if a run that ends so is what you want, say --expect-exit-code N or --any-exit-code"},
};

}  // namespace

Failure failure(const mipzk_error& err, const std::string& what, const std::string& detail) {
  int exit_code = kExitInternal;
  const char* cure = "";
  for (const Kind& kind : kKinds) {
    if (kind.status != err.status) continue;
    exit_code = kind.exit_code;
    cure = kind.cure;
  }
  // The library's own text begins with the message.
  const std::string message = err.message, first = detail.substr(0, detail.find('\n'));
  std::string rest = detail;
  if (message.starts_with(first) || first.starts_with(message)) rest.erase(0, first.size() + 1);
  // So may the place do, with which a fault's text goes on.
  const std::string place = rest.substr(0, rest.find('\n'));
  if (place.starts_with("  at ") && message.ends_with(place.substr(1)))
    rest.erase(0, place.size() + 1);
  return {exit_code, what + ": " + message, cure, rest, mipzk_status_name(err.status)};
}

std::string hex(const uint8_t* data, size_t size) {
  std::string s;
  s.reserve(2 * size);
  for (size_t i = 0; i < size; ++i) {
    s += "0123456789abcdef"[data[i] >> 4];
    s += "0123456789abcdef"[data[i] & 15];
  }
  return s;
}

std::string quoted(const std::string& name) { return "'" + visible_name(name) + "'"; }

void put_text(std::FILE* stream, std::string_view text) {
  static const bool terminals[] = {isatty(STDOUT_FILENO) != 0, isatty(STDERR_FILENO) != 0};
  if (terminals[stream == stderr ? 1 : 0]) {
    const std::string shown = visible_text(text);
    std::fwrite(shown.data(), 1, shown.size(), stream);
  } else {
    std::fwrite(text.data(), 1, text.size(), stream);
  }
}

std::string json_string(std::string_view text) {
  std::string s = "\"";
  for (char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      s += '\\';
      s += c;
    } else if (u < 0x20 || u >= 0x7f) {
      s += fmt::format("\\u{:04x}", u);  // bytes as Latin-1: any input gives valid JSON
    } else {
      s += c;
    }
  }
  return s + '"';
}

void Facts::add(const char* key, uint64_t value) {
  facts_.push_back({key, std::to_string(value), std::to_string(value)});
}

void Facts::add(const char* key, double value, const char* format) {
  const std::string s = fmt::format(fmt::runtime(format), value);
  facts_.push_back({key, s, s});
}

void Facts::add(const char* key, const std::string& value) {
  facts_.push_back({key, value, json_string(value)});
}

void Facts::add(const char* key, bool value) {
  facts_.push_back({key, value ? "yes" : "no", value ? "true" : "false"});
}

void Facts::add_bytes(const char* key, const uint8_t* data, size_t size) {
  constexpr size_t kShown = 64;
  std::string shown = hex(data, std::min(size, kShown));
  if (size > kShown) shown += fmt::format("... ({} bytes)", size);
  if (size == 0) shown = "(empty)";
  facts_.push_back({key, shown, json_string(hex(data, size))});
}

void Facts::add_json(const char* key, std::string json) {
  facts_.push_back({key, "", std::move(json)});
}

void Facts::say(std::string line) { facts_.push_back({"", std::move(line), ""}); }

std::string Facts::text() const {
  size_t width = 0;
  for (const Fact& f : facts_)
    if (!f.text.empty()) width = std::max(width, f.key.size());
  std::string s;
  for (const Fact& f : facts_) {
    if (f.text.empty()) continue;
    if (f.key.empty()) {
      s += f.text + '\n';
      continue;
    }
    std::string name = f.key;
    std::replace(name.begin(), name.end(), '_', ' ');
    s += fmt::format("{:<{}}  {}\n", name, width, f.text);
  }
  return s;
}

std::string Facts::json() const {
  std::string s = "{";
  for (const Fact& f : facts_) {
    if (f.key.empty()) continue;
    if (s.size() > 1) s += ", ";
    s += json_string(f.key) + ": " + f.json;
  }
  return s + "}\n";
}

}  // namespace mipzk::cli
