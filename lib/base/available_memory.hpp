// SPDX-License-Identifier: Apache-2.0
// How much more memory this process can have, and what bounds it.
//
// On Linux: what the machine has available, the limits of the control groups (versions 1 and 2) at
// their usual places, and the process's own limits (RLIMIT_AS, RLIMIT_DATA). On other systems: the
// process's own limits, as if nothing of them were used. Swap space does not count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mipzk {

struct MemoryBound {
  static constexpr uint64_t kNone = UINT64_MAX;
  uint64_t bytes = kNone;
  const char* text = "";  // what sets it, to follow "the bytes that"; static
  uint64_t in_use = 0;    // bytes that the process has already, which messages add
  bool halved = false;    // half of what sets it
};

// Bytes that the process has in memory now; 0 where the system does not tell.
uint64_t resident_memory(const std::string& root = "");

// The least of all bounds that can be found out. `root` is put in front of the paths that are read:
// /proc/meminfo, /proc/self/statm, /proc/self/cgroup, and files below /sys/fs/cgroup.
MemoryBound available_memory(const std::string& root = "");

// The parts, for tests. All are total; what is not there, or no number, gives nothing.

// MemAvailable of /proc/meminfo, in bytes.
std::optional<uint64_t> parse_available(std::string_view meminfo);

// /proc/self/statm, in bytes: the size of the address space, what of it is in memory, and the size
// of data and stack.
struct ProcessSize {
  uint64_t address_space = 0, resident = 0, data = 0;
};
std::optional<ProcessSize> parse_statm(std::string_view statm, uint64_t page_bytes);

// The control groups of a process that account for memory, from /proc/self/cgroup: paths that begin
// with a slash.
struct ControlGroups {
  std::optional<std::string> v1, v2;
};
ControlGroups parse_control_groups(std::string_view text);

// What a limit leaves: `limit` and `usage` are the texts of memory.max and memory.current (version
// 2) or memory.limit_in_bytes and memory.usage_in_bytes, `stat` that of memory.stat: file pages
// that are not in use count as free.
std::optional<uint64_t> left_in_group(std::string_view limit, std::string_view usage,
                                      std::string_view stat);

// A path and those above it, up to "/": limits of groups above hold, too.
std::vector<std::string> with_parents(std::string path);

}  // namespace mipzk
