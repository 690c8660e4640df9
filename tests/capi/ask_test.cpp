// SPDX-License-Identifier: Apache-2.0
// Programs that ask their host: once, whatever is done with the run, and with answers that are
// hints.
#include <map>
#include <mipzk/mipzk.hpp>
#include <stdexcept>

#include "support.hpp"

namespace mipzk_test {
namespace {

struct Host {
  std::map<std::string, std::string> known = {{"word", "abcd"}, {"text", "a longer text"}};
  std::vector<std::string> asked;
  int32_t result = 0;

  static int32_t ask(void* user, const uint8_t* name, size_t size, mipzk_write_fn take,
                     void* take_user) {
    auto& self = *static_cast<Host*>(user);
    self.asked.emplace_back(reinterpret_cast<const char*>(name), size);
    const auto answer = self.known.find(self.asked.back());
    if (answer == self.known.end()) return self.result;
    const auto* data = reinterpret_cast<const uint8_t*>(answer->second.data());
    const size_t half = answer->second.size() / 2;  // in two pieces
    if (take(take_user, data, half) != 0) return -1;
    if (take(take_user, data + half, answer->second.size() - half) != 0) return -1;
    return self.result;
  }
};

const Bytes kHints = {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
const std::vector<std::string> kAsked = {"word", "text", "missing", "word"};

// What the guest writes: a length, and the first ten bytes of twelve.
std::string line(uint32_t size, const std::string& text) {
  std::string out = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                     static_cast<char>(size >> 8), static_cast<char>(size)};
  out += text.substr(0, 10);
  out.resize(16);
  return out;
}
const std::string kOutput =
    line(4, "abcd") + line(13, "a longer text") + line(UINT32_MAX, "") + line(4, "abcd");

struct Asking : Session {
  Host host;
  explicit Asking(const Bytes& hints = kHints) : Session("ask") {
    EXPECT_EQ(mipzk_job_hints(job, hints.data(), hints.size(), &err), MIPZK_OK);
    EXPECT_EQ(mipzk_job_on_ask(job, Host::ask, &host, &err), MIPZK_OK);
  }
  std::string text() const {
    const Bytes bytes = output();
    return {bytes.begin(), bytes.end()};
  }
  mipzk_status execute() {
    uint32_t code = 1;
    const mipzk_status status = mipzk_job_execute(job, nullptr, &code, &err);
    EXPECT_TRUE(status != MIPZK_OK || code == 0);
    return status;
  }
  Bytes prove() {
    const Bytes seed(32, 9);
    EXPECT_EQ(mipzk_job_seed(job, seed.data(), &err), MIPZK_OK);
    mipzk_blob* blob = nullptr;
    EXPECT_EQ(mipzk_job_prove(job, nullptr, nullptr, &blob, &err), MIPZK_OK) << err.message;
    const uint8_t* data = mipzk_blob_data(blob);
    const Bytes bytes(data, data + mipzk_blob_size(blob));
    mipzk_blob_free(blob);
    return bytes;
  }
};

TEST(Ask, OnceForAllRunsOfAJob) {
  Asking s;
  ASSERT_EQ(s.execute(), MIPZK_OK) << s.err.message;
  EXPECT_EQ(s.text(), kOutput);
  EXPECT_EQ(s.host.asked, kAsked);
  ASSERT_EQ(s.execute(), MIPZK_OK);
  EXPECT_EQ(s.text(), kOutput);
  const Bytes proof = s.prove();
  EXPECT_EQ(s.text(), kOutput);
  EXPECT_EQ(s.host.asked.size(), kAsked.size());
  mipzk_claim claim = empty_claim();
  ASSERT_EQ(verify(s.id(), proof, nullptr, &claim, &s.err), MIPZK_OK) << s.err.message;
  // Who has the answers as hints needs no host; the proof is the same, byte for byte.
  Bytes all = {0, 0, 0, 1};
  const auto add = [&](uint32_t size, const std::string& text) {
    for (int shift = 24; shift >= 0; shift -= 8) all.push_back(static_cast<uint8_t>(size >> shift));
    all.insert(all.end(), text.begin(), text.end());
    all.resize((all.size() + 3) / 4 * 4);
  };
  add(4, "abcd");
  add(13, "a longer text");
  add(2, "");  // the hint
  all[all.size() - 1] = 2;
  add(UINT32_MAX, "");
  add(4, "abcd");
  add(3, "");
  Asking other(all);
  ASSERT_EQ(mipzk_job_on_ask(other.job, nullptr, nullptr, &other.err), MIPZK_OK);
  EXPECT_EQ(other.prove(), proof);
  EXPECT_TRUE(other.host.asked.empty());
  // An input forgets them.
  s.private_input({1});
  ASSERT_EQ(s.execute(), MIPZK_OK);
  EXPECT_EQ(s.host.asked.size(), 2 * kAsked.size());
}

TEST(Ask, AProofAloneAsksOnce) {
  Asking s;
  s.set(MIPZK_OPT_SHARD_CYCLES, 1024);
  ASSERT_EQ(mipzk_job_hints(s.job, kHints.data(), kHints.size(), &s.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_on_ask(s.job, Host::ask, &s.host, &s.err), MIPZK_OK);
  const Bytes proof = s.prove();
  EXPECT_EQ(s.host.asked, kAsked);
  mipzk_claim claim = empty_claim();
  ASSERT_EQ(verify(s.id(), proof, nullptr, &claim, &s.err), MIPZK_OK) << s.err.message;
  EXPECT_GE(claim.shards, 1u);
}

// The answers travel with the works: a worker has no host to ask.
TEST(Ask, AnswersTravelWithPieces) {
  Asking s;
  const Bytes whole = s.prove(), seed(32, 9);
  const auto bytes_of = [](mipzk_blob* blob) {
    const uint8_t* data = mipzk_blob_data(blob);
    const Bytes bytes(data, data + mipzk_blob_size(blob));
    mipzk_blob_free(blob);
    return bytes;
  };
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_plan(s.job, 0, &blob, &s.err), MIPZK_OK) << s.err.message;
  const Bytes plan = bytes_of(blob);
  Asking other;  // another process would ask anew
  ASSERT_EQ(mipzk_job_seed(other.job, seed.data(), &other.err), MIPZK_OK);
  ASSERT_EQ(mipzk_job_work(other.job, plan.data(), plan.size(), 1, &blob, &other.err), MIPZK_OK)
      << other.err.message;
  EXPECT_EQ(other.host.asked, kAsked);
  const Bytes work = bytes_of(blob);
  ASSERT_EQ(mipzk_work_commit(s.ctx, s.program, work.data(), work.size(), &blob, &s.err), MIPZK_OK)
      << s.err.message;
  mipzk_blob_free(blob);
  // Other answers are other hints.
  Asking changed;
  changed.host.known["word"] = "abce";
  ASSERT_EQ(mipzk_job_seed(changed.job, seed.data(), &changed.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_work(changed.job, plan.data(), plan.size(), 1, &blob, &changed.err),
            MIPZK_E_ARGUMENT);
  EXPECT_NE(std::string(changed.err.message).find("differs: the hints."), std::string::npos);
}

TEST(Ask, TheHostMayRefuse) {
  Asking s;
  s.host.result = 1;
  EXPECT_EQ(s.execute(), MIPZK_E_CANCELLED);
  EXPECT_EQ(s.host.asked.size(), 1u);
  s.host.result = 0;
  s.host.known["text"] = std::string(67108860, 'x');
  EXPECT_EQ(s.execute(), MIPZK_E_INPUT) << s.err.message;
  s.host.known["text"] = "";
  EXPECT_EQ(s.execute(), MIPZK_OK) << s.err.message;
  // Nobody answers, and nothing is among the hints: the words are others than the program wants.
  ASSERT_EQ(mipzk_job_on_ask(s.job, nullptr, nullptr, &s.err), MIPZK_OK);
  EXPECT_EQ(mipzk_job_execute(s.job, nullptr, nullptr, &s.err), MIPZK_E_FAULT);
}

TEST(Ask, FromCpp) {
  mipzk::Context context;
  const mipzk::Program program = context.load(guest("ask"));
  mipzk::Job job = context.job(program);
  job.hints(kHints);
  job.on_ask([](mipzk::Bytes name) -> std::optional<std::vector<uint8_t>> {
    if (std::string(name.begin(), name.end()) == "word") return {{'a', 'b', 'c', 'd'}};
    if (name.size() != 4) return std::nullopt;
    const std::string text = "a longer text";
    return std::vector<uint8_t>(text.begin(), text.end());
  });
  const mipzk::Run run = job.execute();
  EXPECT_EQ(std::string(run.output.begin(), run.output.end()), kOutput);
  job.on_ask([](mipzk::Bytes) -> std::optional<std::vector<uint8_t>> {
    throw std::runtime_error("no host");
  });
  EXPECT_THROW(job.execute(), std::runtime_error);
}

}  // namespace
}  // namespace mipzk_test
