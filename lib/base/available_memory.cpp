// SPDX-License-Identifier: Apache-2.0
#include "base/available_memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

namespace mipzk {
namespace {

constexpr std::string_view kSpace = " \t\n";

// The first `most` bytes of a file; nothing when it cannot be read.
std::optional<std::string> read(const std::string& path) {
  constexpr size_t kMost = size_t{1} << 16;
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return std::nullopt;
  std::string text(kMost, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  return text;
}

// The number that the text begins with, after spaces; `rest`, if given, is what follows it.
std::optional<uint64_t> number(std::string_view text, std::string_view* rest = nullptr) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  if (rest != nullptr) *rest = text.substr(static_cast<size_t>(end - text.data()));
  return value;
}

// Calls f with every line.
template <class F>
void for_lines(std::string_view text, const F& f) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    f(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The number after a name and spaces, of the first line that begins so.
std::optional<uint64_t> entry(std::string_view text, std::string_view name) {
  std::optional<uint64_t> found;
  for_lines(text, [&](std::string_view line) {
    if (found || !line.starts_with(name)) return;
    line.remove_prefix(name.size());
    if (!line.empty() && kSpace.find(line[0]) != std::string_view::npos) found = number(line);
  });
  return found;
}

void lower(MemoryBound& bound, std::optional<uint64_t> bytes, const char* text) {
  if (bytes && *bytes < bound.bytes) bound = {*bytes, text};
}

void lower_by_groups(MemoryBound& bound, const std::string& root, const std::string& group,
                     std::initializer_list<const char*> limits, const char* usage) {
  for (const std::string& path : with_parents(group)) {
    const std::string folder = root + path + "/";
    const auto used = read(folder + usage), stat = read(folder + "memory.stat");
    if (!used) continue;
    for (const char* name : limits)
      if (const auto limit = read(folder + name))
        lower(bound, left_in_group(*limit, *used, stat.value_or("")),
              "the limit of the control group leaves");
  }
}

void lower_by_process(MemoryBound& bound, int resource, uint64_t used, const char* text) {
  rlimit limit = {};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  lower(bound, limit.rlim_cur - std::min<uint64_t>(used, limit.rlim_cur), text);
}

}  // namespace

std::optional<uint64_t> parse_available(std::string_view meminfo) {
  const auto kib = entry(meminfo, "MemAvailable:");
  if (!kib || *kib > UINT64_MAX >> 10) return std::nullopt;
  return *kib << 10;
}

std::optional<ProcessSize> parse_statm(std::string_view statm, uint64_t page_bytes) {
  uint64_t pages[6];  // size, resident, shared, text, library, data and stack
  for (uint64_t& n : pages) {
    const auto value = number(statm, &statm);
    if (!value || *value > UINT64_MAX / page_bytes) return std::nullopt;
    n = *value;
  }
  return ProcessSize{pages[0] * page_bytes, pages[1] * page_bytes, pages[5] * page_bytes};
}

ControlGroups parse_control_groups(std::string_view text) {
  ControlGroups groups;
  for_lines(text, [&](std::string_view line) {  // number:controllers:path
    const size_t first = line.find(':');
    const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) return;
    std::string_view path = line.substr(second + 1);
    // A path that leaves the namespace names nothing that can be seen from here.
    if (!path.starts_with('/') || path.find("/..") != std::string_view::npos) path = "/";
    const std::string controllers =
        ',' + std::string(line.substr(first + 1, second - first - 1)) + ',';
    if (controllers == ",,") groups.v2 = path;
    if (controllers.find(",memory,") != std::string::npos) groups.v1 = path;
  });
  return groups;
}

std::optional<uint64_t> left_in_group(std::string_view limit, std::string_view usage,
                                      std::string_view stat) {
  const auto most = number(limit), used = number(usage);
  if (!most || !used) return std::nullopt;  // "max"
  // Version 1 says "no limit" with the largest number of whole pages.
  if (*most >= uint64_t{1} << 62) return std::nullopt;
  auto idle = entry(stat, "total_inactive_file");
  if (!idle) idle = entry(stat, "inactive_file");
  const uint64_t in_use = *used - std::min(*used, idle.value_or(0));
  return *most - std::min(*most, in_use);
}

std::vector<std::string> with_parents(std::string path) {
  std::vector<std::string> list;
  while (path.size() > 1 && path[0] == '/') {
    list.push_back(path);
    path.resize(path.rfind('/'));
  }
  list.emplace_back("/");
  return list;
}

namespace {

ProcessSize process_size([[maybe_unused]] const std::string& root) {
#ifdef __linux__
  if (const auto text = read(root + "/proc/self/statm"))
    return parse_statm(*text, static_cast<uint64_t>(sysconf(_SC_PAGESIZE))).value_or(ProcessSize());
#endif
  return {};
}

}  // namespace

uint64_t resident_memory(const std::string& root) { return process_size(root).resident; }

MemoryBound available_memory(const std::string& root) {
  MemoryBound bound;
  ProcessSize size;
#ifdef __linux__
  if (const auto text = read(root + "/proc/meminfo"))
    lower(bound, parse_available(*text), "the machine has left");
  if (const auto text = read(root + "/proc/self/cgroup")) {
    const ControlGroups groups = parse_control_groups(*text);
    if (groups.v2)
      for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
        lower_by_groups(bound, root + mount, *groups.v2, {"memory.max", "memory.high"},
                        "memory.current");
    if (groups.v1)
      lower_by_groups(bound, root + "/sys/fs/cgroup/memory", *groups.v1, {"memory.limit_in_bytes"},
                      "memory.usage_in_bytes");
  }
  size = process_size(root);
#else
  (void)root;
#endif
  lower_by_process(bound, RLIMIT_AS, size.address_space, "the limit of the address space leaves");
  lower_by_process(bound, RLIMIT_DATA, size.data, "the limit of the data segment leaves");
  return bound;
}

}  // namespace mipzk
