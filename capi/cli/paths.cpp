// SPDX-License-Identifier: Apache-2.0
#include "paths.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <optional>
#include <tuple>
#include <vector>

#include "inputs.hpp"

namespace mipzk::cli {
namespace {

struct Identity {
  dev_t device = 0;
  ino_t inode = 0;      // of the folder if the file does not exist; 0 for a block device
  std::string name;     // of a file that does not exist yet
  bool stored = false;  // not a pipe or socket: what is written replaces what was there
  bool operator==(const Identity& o) const {
    return std::tie(device, inode, name) == std::tie(o.device, o.inode, o.name);
  }
};

std::optional<Identity> identity_of(const struct stat& st) {
  if (S_ISCHR(st.st_mode)) return std::nullopt;
  if (S_ISBLK(st.st_mode)) return Identity{st.st_rdev, 0, "", true};
  return Identity{st.st_dev, st.st_ino, "", S_ISREG(st.st_mode) != 0};
}

std::optional<Identity> identity_of(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return std::nullopt;
  return identity_of(st);
}

std::optional<Identity> identity_of(const std::string& path) {
  struct stat st;
  if (stat(path.c_str(), &st) == 0) return identity_of(st);
  const std::string target = resolved(path);
  if (stat(folder_of(target).c_str(), &st) != 0) return std::nullopt;
  return Identity{st.st_dev, st.st_ino, target.substr(target.rfind('/') + 1), true};
}

struct Used {
  std::string name;  // for people
  std::optional<Identity> identity;
  // kDash: an output to standard output. kStream: what else goes to standard output and error.
  enum Role { kInput, kOutput, kDash, kStream } role;
};

bool conflict(const Used& a, const Used& b) {
  if (!a.identity || !b.identity || !(*a.identity == *b.identity)) return false;
  const auto is_output = [](const Used& u) {
    return u.role == Used::kOutput || u.role == Used::kDash;
  };
  if (is_output(a) && is_output(b)) return true;  // in a pipe nobody could tell them apart
  if (!a.identity->stored) return false;
  // An output that is renamed takes the place of the file that a stream was sent to. In one that is
  // a stream itself both are appended, as whoever redirected it wanted.
  if (b.role == Used::kStream) return a.role == Used::kOutput;
  return is_output(a) || is_output(b);
}

std::string described(const Options& options, const char* option, const char* dash) {
  const std::string path = options.text(option);
  return options.described(option) + " (" + (path == "-" ? dash : quoted(path)) + ")";
}

}  // namespace

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string resolved(const std::string& path) {
  if (char* real = realpath(path.c_str(), nullptr)) {
    std::string s = real;
    std::free(real);
    return s;
  }
  constexpr int kMostLinks = 40;  // as the kernel
  std::string target = path;
  char link[PATH_MAX];
  for (int i = 0; i < kMostLinks; ++i) {
    const ssize_t n = readlink(target.c_str(), link, sizeof link);
    if (n <= 0 || n == sizeof link) break;
    const std::string next(link, static_cast<size_t>(n));
    target = next[0] == '/' ? next : folder_of(target) + "/" + next;
  }
  return target;
}

void check_files(const Options& options, std::initializer_list<const char*> inputs,
                 std::initializer_list<const char*> outputs) {
  std::vector<Used> used;
  std::string dash_output;
  bool stdin_used = false;
  const auto check_name = [&](const char* option) {
    if (options.text(option).empty())
      throw Failure(kExitUsage, options.described(option) + " wants the name of a file");
  };
  const auto add_input = [&](const std::string& name, const std::string& path) {
    if (path == "-" && stdin_used)
      throw Failure(kExitUsage, "only one input can come from standard input");
    stdin_used = stdin_used || path == "-";
    used.push_back(
        {name, path == "-" ? identity_of(STDIN_FILENO) : identity_of(path), Used::kInput});
  };
  for (const char* option : inputs) {
    if (!options.has(option)) continue;
    check_name(option);
    add_input(described(options, option, "standard input"), options.text(option));
  }
  for (const auto& [name, path] : input_files(options))
    add_input(name + " (" + (path == "-" ? "standard input" : quoted(path)) + ")", path);
  for (const char* option : outputs) {
    if (!options.has(option) || options.stands_alone(option)) continue;
    check_name(option);
    const std::string path = options.text(option);
    if (path != "-") {
      used.push_back({described(options, option, ""), identity_of(path), Used::kOutput});
      continue;
    }
    if (!dash_output.empty())
      throw Failure(kExitUsage, "only one of " + dash_output + " and " + options.described(option) +
                                    " can go to standard output");
    dash_output = options.described(option);
    used.push_back(
        {described(options, option, "standard output"), identity_of(STDOUT_FILENO), Used::kDash});
  }
  used.push_back({"standard output", identity_of(STDOUT_FILENO), Used::kStream});
  used.push_back({"standard error", identity_of(STDERR_FILENO), Used::kStream});
  for (size_t i = 0; i < used.size(); ++i)
    for (size_t j = i + 1; j < used.size(); ++j)
      if (conflict(used[i], used[j]))
        throw Failure(kExitUsage, used[i].name + " and " + used[j].name + " are the same file",
                      "nothing was read or written: give each output a file of its own");
}

}  // namespace mipzk::cli
