// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <cstring>
#include <map>
#include <string_view>

#include "kernel/inputs.hpp"

namespace mipzk::cli {
namespace {

constexpr const char* kFileOptions[] = {"public-file", "file"};
constexpr const char* kPublicOptions[] = {"arg", "env", "public-file", "clock"};
constexpr Limit kRandomLimit = {32, "seeds of random numbers", kExitUsage, "",
                                "head -c 32 /dev/urandom > random"};

// NAME=PATH; names are relative to the root folder.
std::pair<std::string, std::string> file_of(const std::string& text, const char* option) {
  const size_t equal = text.find('=');
  if (equal == 0 || equal == std::string::npos || equal + 1 == text.size())
    throw Failure(kExitUsage, std::string("--") + option + " wants NAME=PATH, not " + quoted(text),
                  std::string("--") + option + " /data/table.csv=table.csv");
  std::string name = text.substr(0, equal);
  if (name[0] != '/') name.insert(name.begin(), '/');
  if (!kernel::is_file_name(name))
    throw Failure(kExitUsage,
                  "a program cannot have the file " + quoted(name) +
                      ": its name is a path without empty parts, '.' and '..', and not in /dev, "
                      "/proc or /sys");
  return {name, text.substr(equal + 1)};
}

uint64_t clock_of(const Options& options) {
  const uint64_t seconds = options.number("clock");
  if (seconds == 0 || seconds >= INT32_MAX)
    throw Failure(kExitUsage, "--clock wants seconds since 1970, 1 to 2147483646",
                  "--clock $(date +%s) is now");
  return seconds;
}

// What the program may ask for; the library's callback has no other place for it than one that
// outlives the job.
std::map<std::string, Bytes> answers;

int32_t on_ask(void*, const uint8_t* name, size_t size, mipzk_write_fn take, void* take_user) {
  const auto answer = answers.find({reinterpret_cast<const char*>(name), size});
  if (answer == answers.end()) return 0;
  return take(take_user, answer->second.data(), answer->second.size());
}

// NAME=PATH, of any name.
std::pair<std::string, std::string> answer_of(const std::string& text) {
  const size_t equal = text.find('=');
  if (equal == std::string::npos || equal + 1 == text.size())
    throw Failure(kExitUsage, "--answer wants NAME=PATH, not " + quoted(text),
                  "--answer config=config.bin");
  return {text.substr(0, equal), text.substr(equal + 1)};
}

ByteView view(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

void add_public_input_options(Options& options) {
  options.visible().add_options()("arg", list_value("TEXT"),
                                  "argument of a Linux program, public; once for each")(
      "env", list_value("NAME=VALUE"), "its environment, public; once for each")(
      "public-file", list_value("NAME=PATH"),
      "file that a Linux program finds as NAME, public; once for each")(
      "clock", value("SECONDS"),
      "a Linux program's clock as it begins, in seconds since 1970, public (default: 2000)");
}

void add_private_input_options(Options& options) {
  options.visible().add_options()("file", list_value("NAME=PATH"),
                                  "file that a Linux program finds as NAME, private")(
      "answer", list_value("NAME=PATH"),
      "file with what the program gets when it asks for NAME (mipzk_ask), private; once for each")(
      "random", value("FILE"),
      "32 bytes from which a Linux program's random numbers follow, private (default: numbers "
      "that everybody knows)");
}

std::vector<std::pair<std::string, std::string>> input_files(const Options& options) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const char* option : kFileOptions)
    for (const std::string& text : options.list(option))
      files.emplace_back(std::string("--") + option, file_of(text, option).second);
  for (const std::string& text : options.list("answer"))
    files.emplace_back("--answer", answer_of(text).second);
  if (options.has("random")) files.emplace_back("--random", options.text("random"));
  return files;
}

void give_inputs(mipzk_job* job, const Options& options) {
  mipzk_error err;
  for (const std::string& text : options.list("arg"))
    check(mipzk_job_argument(job, text.c_str(), &err), err, "--arg");
  for (const std::string& text : options.list("env"))
    check(mipzk_job_environment(job, text.c_str(), &err), err, "--env " + quoted(text));
  for (const char* option : kFileOptions) {
    for (const std::string& text : options.list(option)) {
      const auto [name, path] = file_of(text, option);
      const Bytes bytes = read_file(path, "file", kInputLimit);
      const uint32_t flags = option == kFileOptions[0] ? MIPZK_FILE_PUBLIC : 0;
      check(mipzk_job_file(job, name.c_str(), bytes.data(), bytes.size(), flags, &err), err,
            std::string("--") + option + " " + quoted(name));
    }
  }
  for (const std::string& text : options.list("answer")) {
    auto [name, path] = answer_of(text);
    answers[name] = read_file(path, "answer", kInputLimit);
  }
  if (!answers.empty()) check(mipzk_job_on_ask(job, on_ask, nullptr, &err), err, "--answer");
  if (options.has("clock")) check(mipzk_job_clock(job, clock_of(options), &err), err, "--clock");
  if (options.has("random")) {
    const Bytes seed = read_file(options.text("random"), "seed of random numbers", kRandomLimit);
    if (seed.size() != 32)
      throw Failure(kExitUsage, "a seed of random numbers has 32 bytes", kRandomLimit.cure);
    check(mipzk_job_random(job, seed.data(), &err), err, "--random");
  }
}

bool expects_public_input(const Options& options) {
  bool expects = options.has("public");
  for (const char* option : kPublicOptions) expects = expects || options.has(option);
  return expects;
}

bool is_expected_public_input(const Options& options, bool is_linux, const uint8_t* data,
                              size_t size) {
  using kernel::Entry;
  const Bytes stream = read_file(options.text("public"), "public input", kInputLimit);
  std::vector<uint8_t> expected;
  if (!is_linux) {
    for (const char* option : kPublicOptions)
      if (options.has(option))
        throw Failure(kExitUsage, std::string("the proof is valid, but the program is not for "
                                              "Linux: it takes no --") +
                                      option);
    expected.assign(stream.data(), stream.data() + stream.size());
  } else {
    if (stream.size() != 0)
      kernel::append_entry(expected, Entry::kStream, "", {stream.data(), stream.size()});
    for (const std::string& text : options.list("arg"))
      kernel::append_entry(expected, Entry::kArgument, "", view(text));
    for (const std::string& text : options.list("env"))
      kernel::append_entry(expected, Entry::kEnvironment, "", view(text));
    for (const std::string& text : options.list("public-file")) {
      const auto [name, path] = file_of(text, "public-file");
      const Bytes bytes = read_file(path, "file", kInputLimit);
      kernel::append_entry(expected, Entry::kFile, name, {bytes.data(), bytes.size()});
    }
    if (options.has("clock")) {
      const auto s = static_cast<uint32_t>(clock_of(options));
      const uint8_t bytes[4] = {static_cast<uint8_t>(s >> 24), static_cast<uint8_t>(s >> 16),
                                static_cast<uint8_t>(s >> 8), static_cast<uint8_t>(s)};
      kernel::append_entry(expected, Entry::kClock, "", bytes);
    }
  }
  return expected.size() == size && (size == 0 || std::memcmp(expected.data(), data, size) == 0);
}

}  // namespace mipzk::cli
