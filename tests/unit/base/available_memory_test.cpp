// SPDX-License-Identifier: Apache-2.0
// How much memory there is, from texts of the system that are written here.
#include "base/available_memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mipzk {
namespace {

namespace fs = std::filesystem;
constexpr uint64_t kMiB = uint64_t{1} << 20;

// A folder that stands for the root of a file system.
class Root {
 public:
  Root() {
    std::string name = (fs::temp_directory_path() / "mipzk_root_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Root() { fs::remove_all(path_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  Root& file(const std::string& name, const std::string& text) {
    const fs::path path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return *this;
  }
  // A machine with 1000 MiB left.
  Root& machine() {
    return file("proc/meminfo",
                "MemTotal:        4096000 kB\nMemFree:          100000 kB\n"
                "MemAvailable:    1024000 kB\nBuffers:               0 kB\n");
  }
  MemoryBound bound() const { return available_memory(path_.string()); }

 private:
  fs::path path_;
};

TEST(AvailableMemory, Meminfo) {
  EXPECT_EQ(parse_available("MemTotal: 8 kB\nMemAvailable:       3 kB\n"), 3072u);
  EXPECT_EQ(parse_available("MemAvailable: 18014398509481983 kB"), 18014398509481983u << 10);
  EXPECT_EQ(parse_available("MemAvailable: 18014398509481984 kB"), std::nullopt);
  for (const char* text :
       {"", "MemTotal: 8 kB\n", "MemAvailable:\n", "MemAvailable: x\n", "MemAvailable: -1 kB\n",
        " MemAvailable: 3 kB\n", "MemAvailable: 99999999999999999999999 kB\n"})
    EXPECT_EQ(parse_available(text), std::nullopt) << text;
}

TEST(AvailableMemory, Statm) {
  const auto size = parse_statm("765 443 414 5 0 123 0\n", 4096);
  ASSERT_TRUE(size);
  EXPECT_EQ(size->address_space, 765u * 4096);
  EXPECT_EQ(size->resident, 443u * 4096);
  EXPECT_EQ(size->data, 123u * 4096);
  for (const char* text : {"", "765", "765 443 414 5 0", "765 443 414 5 0 x 0", "-1 0 0 0 0 0"})
    EXPECT_EQ(parse_statm(text, 4096), std::nullopt) << text;
}

TEST(AvailableMemory, ControlGroups) {
  auto groups = parse_control_groups("0::/user.slice/a:b\n");
  EXPECT_EQ(groups.v2, "/user.slice/a:b");
  EXPECT_EQ(groups.v1, std::nullopt);
  groups =
      parse_control_groups("9:name=systemd:/x\n5:cpu,memory,hugetlb:/y z\n4:memoryless:/n\n0::/\n");
  EXPECT_EQ(groups.v1, "/y z");
  EXPECT_EQ(groups.v2, "/");
  // Outside of what this namespace shows: only the root of the mount is there.
  groups = parse_control_groups("4:memory:/../other\n0::relative\n");
  EXPECT_EQ(groups.v1, "/");
  EXPECT_EQ(groups.v2, "/");
  for (const char* text : {"", "\n\n", "0", "0:", "0:memory", "::"}) {
    groups = parse_control_groups(text);
    EXPECT_EQ(groups.v1, std::nullopt) << text;
  }
}

TEST(AvailableMemory, WhatALimitLeaves) {
  EXPECT_EQ(left_in_group("1000\n", "400\n", ""), 600u);
  EXPECT_EQ(left_in_group("1000", "400", "active_file 9\ninactive_file 150\n"), 750u);
  EXPECT_EQ(left_in_group("1000", "400", "inactive_file 7\ntotal_inactive_file 50\n"), 650u);
  EXPECT_EQ(left_in_group("1000", "400", "inactive_file 999\n"), 1000u);
  EXPECT_EQ(left_in_group("1000", "4000", "inactive_file 0\n"), 0u);
  EXPECT_EQ(left_in_group("max\n", "400\n", ""), std::nullopt);
  EXPECT_EQ(left_in_group("9223372036854771712\n", "400\n", ""), std::nullopt);
  EXPECT_EQ(left_in_group("1000", "", ""), std::nullopt);
  EXPECT_EQ(left_in_group("", "400", ""), std::nullopt);
}

TEST(AvailableMemory, Parents) {
  using List = std::vector<std::string>;
  EXPECT_EQ(with_parents("/"), List{"/"});
  EXPECT_EQ(with_parents(""), List{"/"});
  EXPECT_EQ(with_parents("/a/b c/d"), (List{"/a/b c/d", "/a/b c", "/a", "/"}));
}

TEST(AvailableMemory, NothingIsKnown) {
  EXPECT_EQ(Root().bound().bytes, MemoryBound::kNone);
  EXPECT_EQ(available_memory("/no such folder").bytes, MemoryBound::kNone);
}

TEST(AvailableMemory, OfTheMachine) {
  const MemoryBound bound = Root().machine().bound();
  EXPECT_EQ(bound.bytes, 1000 * kMiB);
  EXPECT_STREQ(bound.text, "the machine has left");
}

// Version 2; the group's own limit, one further up, and one that only slows down.
TEST(AvailableMemory, OfAControlGroup) {
  for (const std::string mount : {"sys/fs/cgroup/", "sys/fs/cgroup/unified/"}) {
    Root root;
    root.machine().file("proc/self/cgroup", "0::/a/b\n");
    root.file(mount + "a/b/memory.max", "max\n").file(mount + "a/b/memory.current", "1048576\n");
    EXPECT_EQ(root.bound().bytes, 1000 * kMiB);
    root.file(mount + "a/memory.max", "314572800\n")
        .file(mount + "a/memory.current", "209715200\n");
    EXPECT_EQ(root.bound().bytes, 100 * kMiB);
    EXPECT_STREQ(root.bound().text, "the limit of the control group leaves");
    root.file(mount + "a/memory.stat", "anon 1\ninactive_file 104857600\n");
    EXPECT_EQ(root.bound().bytes, 200 * kMiB);
    root.file(mount + "a/b/memory.max", "8388608\n");
    EXPECT_EQ(root.bound().bytes, 7 * kMiB);
    root.file(mount + "a/b/memory.high", "2097152\n");
    EXPECT_EQ(root.bound().bytes, 1 * kMiB);
  }
}

TEST(AvailableMemory, OfAControlGroupOfVersionOne) {
  Root root;
  root.machine().file("proc/self/cgroup", "4:memory:/docker/0123\n2:cpu:/\n0::/\n");
  const std::string mount = "sys/fs/cgroup/memory/";
  // In a container the mount shows the group itself, and the path of the host is not there.
  root.file(mount + "memory.limit_in_bytes", "52428800\n");
  EXPECT_EQ(root.bound().bytes, 1000 * kMiB) << "no usage, no answer";
  root.file(mount + "memory.usage_in_bytes", "10485760\n");
  root.file(mount + "memory.stat", "inactive_file 0\ntotal_inactive_file 5242880\n");
  EXPECT_EQ(root.bound().bytes, 45 * kMiB);
  root.file(mount + "docker/0123/memory.limit_in_bytes", "1048576\n");
  root.file(mount + "docker/0123/memory.usage_in_bytes", "0\n");
  EXPECT_EQ(root.bound().bytes, 1 * kMiB);
}

// In a child, which has limits of its own.
template <class F>
bool in_child(const F& f) {
  const pid_t child = fork();
  if (child == 0) _exit(f() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return child > 0 && status == 0;
}

TEST(AvailableMemory, OfTheProcess) {
  for (const auto& [resource, word] :
       {std::pair{RLIMIT_AS, "address space"}, std::pair{RLIMIT_DATA, "data segment"}}) {
    Root root;
    root.file("proc/self/statm", "512 0 0 0 0 256 0\n");
    const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    const uint64_t used = (resource == RLIMIT_AS ? 512 : 256) * page;
    // A limit so high that the child can work, and a machine with still more.
    root.file("proc/meminfo", "MemAvailable: 2251799813685248 kB\n");
    EXPECT_TRUE(in_child([&, r = resource, w = word] {
      const rlimit limit = {uint64_t{1} << 60, RLIM_INFINITY};
      if (setrlimit(r, &limit) != 0) return false;
      const MemoryBound bound = root.bound();
      return bound.bytes == (uint64_t{1} << 60) - used &&
             std::string(bound.text).find(w) != std::string::npos;
    })) << word;
  }
}

TEST(AvailableMemory, OfThisMachine) {
#ifdef __linux__
  const MemoryBound bound = available_memory();
  EXPECT_GT(bound.bytes, kMiB);
  EXPECT_LT(bound.bytes, uint64_t{1} << 50);
#else
  GTEST_SKIP() << "only Linux tells";
#endif
}

}  // namespace
}  // namespace mipzk
