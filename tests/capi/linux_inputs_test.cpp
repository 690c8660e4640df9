// SPDX-License-Identifier: Apache-2.0
// What the host gives to Linux programs beside two streams. The guest is `echo` for Linux: its
// output is the public stream, the private one and their lengths.
#include "support.hpp"

namespace mipzk_test {
namespace {

Bytes bytes(const char* text) { return {text, text + std::strlen(text)}; }

Bytes claimed(const mipzk_job* job) {
  size_t size = 0;
  const uint8_t* data = mipzk_job_claimed_input(job, &size);
  EXPECT_NE(data, nullptr);
  return {data, data + size};
}

// An entry as docs/LINUX.md has it; names and data that are short.
Bytes entry(uint8_t kind, const Bytes& name, const Bytes& data) {
  Bytes b = {0, 0, 0, kind, 0, 0, 0, uint8_t(name.size()), 0, 0, 0, uint8_t(data.size())};
  for (const Bytes& part : {name, data}) {
    b.insert(b.end(), part.begin(), part.end());
    b.resize((b.size() + 3) / 4 * 4);
  }
  return b;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(LinuxInputs, AreEntriesInTheOrderOfTheCallsAfterTheStream) {
  Session s("echo.linux");
  EXPECT_EQ(claimed(s.job), Bytes());
  ASSERT_EQ(mipzk_job_argument(s.job, "first", &s.err), MIPZK_OK) << s.err.message;
  ASSERT_EQ(mipzk_job_environment(s.job, "A=b=c", &s.err), MIPZK_OK) << s.err.message;
  const Bytes data = bytes("data!");
  ASSERT_EQ(mipzk_job_file(s.job, "/a/b", data.data(), data.size(), MIPZK_FILE_PUBLIC, &s.err),
            MIPZK_OK)
      << s.err.message;
  ASSERT_EQ(mipzk_job_file(s.job, "/a/c", data.data(), data.size(), 0, &s.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_clock(s.job, 1700000000, &s.err), MIPZK_OK);
  const Bytes seed(32, 7);
  ASSERT_EQ(mipzk_job_random(s.job, seed.data(), &s.err), MIPZK_OK);
  const Bytes rest = entry(2, {}, bytes("first")) + entry(3, {}, bytes("A=b=c")) +
                     entry(4, bytes("/a/b"), data) + entry(5, {}, {0x65, 0x53, 0xf1, 0x00});
  EXPECT_EQ(claimed(s.job), rest);
  for (const char* text : {"public", "other bytes", "", "third"}) {
    s.public_input(bytes(text));
    s.private_input(bytes("secret"));
    const Bytes stream = *text ? entry(1, {}, bytes(text)) : Bytes();
    EXPECT_EQ(claimed(s.job), stream + rest);
    uint32_t code = 99;
    ASSERT_EQ(mipzk_job_execute(s.job, nullptr, &code, &s.err), MIPZK_OK) << s.err.message;
    EXPECT_EQ(code, 0u);
    const Bytes expected =
        bytes(text) + bytes("secret") + Bytes{0, 0, 0, uint8_t(std::strlen(text)), 0, 0, 0, 6};
    EXPECT_EQ(s.output(), expected);
  }
}

TEST(LinuxInputs, AreForLinuxProgramsAlone) {
  Session s("echo");
  const Bytes seed(32);
  EXPECT_EQ(mipzk_job_argument(s.job, "x", &s.err), MIPZK_E_ARGUMENT);
  EXPECT_NE(std::string(s.err.message).find("no system calls of Linux"), std::string::npos);
  EXPECT_EQ(mipzk_job_environment(s.job, "A=b", &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_file(s.job, "/x", nullptr, 0, 0, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_clock(s.job, 1, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_random(s.job, seed.data(), &s.err), MIPZK_E_ARGUMENT);
  s.public_input({1, 2, 3});
  EXPECT_EQ(claimed(s.job), (Bytes{1, 2, 3}));
}

TEST(LinuxInputs, ThatCannotBeAreRefused) {
  Session s("echo.linux");
  const Bytes seed(32);
  const auto file = [&](const char* name, uint32_t flags = 0) {
    return mipzk_job_file(s.job, name, seed.data(), seed.size(), flags, &s.err);
  };
  for (const char* name : {"", "x", "/", "/a/", "//a", "/a//b", "/a/./b", "/a/..", "/dev/null",
                           "/dev", "/proc/x", "/sys"})
    EXPECT_EQ(file(name), MIPZK_E_ARGUMENT) << name;
  EXPECT_EQ(file(nullptr), MIPZK_E_ARGUMENT);
  EXPECT_EQ(file(("/" + std::string(256, 'n')).c_str()), MIPZK_E_ARGUMENT);
  EXPECT_EQ(file("/x", 2), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(mipzk_job_file(s.job, "/x", nullptr, 1, 0, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_file(nullptr, "/x", nullptr, 0, 0, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(claimed(s.job), Bytes());
  EXPECT_EQ(file(("/" + std::string(255, 'n')).c_str()), MIPZK_OK);
  EXPECT_EQ(file("/x"), MIPZK_OK);
  EXPECT_EQ(file("/x"), MIPZK_E_ARGUMENT);
  EXPECT_EQ(file("/x", MIPZK_FILE_PUBLIC), MIPZK_E_ARGUMENT);
  for (const char* text : {"", "A", "=b"})
    EXPECT_EQ(mipzk_job_environment(s.job, text, &s.err), MIPZK_E_ARGUMENT) << text;
  EXPECT_EQ(mipzk_job_environment(s.job, nullptr, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_argument(s.job, nullptr, &s.err), MIPZK_E_ARGUMENT);
  for (uint64_t seconds : {uint64_t{0}, uint64_t{INT32_MAX}, uint64_t{1} << 32})
    EXPECT_EQ(mipzk_job_clock(s.job, seconds, &s.err), MIPZK_E_ARGUMENT) << seconds;
  EXPECT_EQ(mipzk_job_clock(s.job, INT32_MAX - 1, &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_clock(s.job, 5, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_random(s.job, nullptr, &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_random(s.job, seed.data(), &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_random(s.job, seed.data(), &s.err), MIPZK_E_ARGUMENT);
  EXPECT_EQ(mipzk_job_claimed_input(nullptr, nullptr), nullptr);
}

TEST(LinuxInputs, FitTheWindowTogether) {
  constexpr size_t kMost = 67108860, kHead = 12;
  Session s("echo.linux");
  const Bytes large(kMost - kHead);
  s.private_input(large);
  EXPECT_EQ(mipzk_job_file(s.job, "/x", nullptr, 0, 0, &s.err), MIPZK_E_INPUT);
  EXPECT_EQ(mipzk_job_private_input(s.job, large.data(), large.size() - 16, &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_file(s.job, "/x", nullptr, 0, 0, &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_private_input(s.job, large.data(), large.size() - 12, &s.err), MIPZK_E_INPUT);
  EXPECT_EQ(mipzk_job_file(s.job, "/y", nullptr, 0, MIPZK_FILE_PUBLIC, &s.err), MIPZK_OK);
}

}  // namespace
}  // namespace mipzk_test
