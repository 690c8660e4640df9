// SPDX-License-Identifier: Apache-2.0
// Proofs with altered bytes: each is refused with the documented status, and nothing crashes.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>

#include "adversarial/proof_kit.hpp"
#include "field/fp.hpp"

namespace mipzk::attack {
namespace {

struct Sample {
  const proof::Profile* profile;
  Bytes proof;
  ProofMap map;
};

const prove::LoadedProgram& program() {
  static const prove::LoadedProgram& p = small_sum(5);
  return p;
}
Bytes3 input() { return {{1, 2, 3, 4}, {0, 0, 0, 9}, {}}; }

const Sample& sample(const proof::Profile& profile) {
  static std::map<uint32_t, Sample> all;
  Sample& s = all[profile.id];
  if (s.proof.empty()) {
    s.profile = &profile;
    s.proof = prove(run(program(), input(), profile.tail_rows), profile);
    s.map = map_proof(s.proof, profile);
  }
  return s;
}

Verdict judge(const Bytes& proof) { return verdict(program().id, proof); }
// Corrects the length of the shard's part, which begins at `part`, if it is there.
void fix_size(Bytes& proof, size_t part) {
  if (proof.size() >= part + 4)
    store_le32(proof.data() + part, static_cast<uint32_t>(proof.size() - part - 4));
}

class Forge : public testing::TestWithParam<const proof::Profile*> {
 protected:
  void SetUp() override {
    const Sample& s = sample(*GetParam());
    honest_ = s.proof;
    map_ = &s.map;
    ASSERT_TRUE(map_->ok);
    ASSERT_TRUE(judge(honest_).accepted()) << judge(honest_).message;
  }
  // The proof with `size` bytes at `offset` replaced, and the length of its shard corrected.
  Bytes spliced(size_t offset, size_t size, const Bytes& with) const {
    Bytes p(honest_.begin(), honest_.begin() + static_cast<std::ptrdiff_t>(offset));
    p.insert(p.end(), with.begin(), with.end());
    p.insert(p.end(), honest_.begin() + static_cast<std::ptrdiff_t>(offset + size), honest_.end());
    const size_t part = (*map_)["part size"].offset;
    fix_size(p, offset < part ? part - size + with.size() : part);
    return p;
  }
  Bytes with_u32(const std::string& field, uint32_t value) const {
    Bytes p = honest_;
    store_le32(p.data() + (*map_)[field].offset, value);
    return p;
  }
  uint32_t u32(const std::string& field) const {
    return load_le32(honest_.data() + (*map_)[field].offset);
  }
  Bytes bytes_of(const std::string& field) const {
    const Field& f = (*map_)[field];
    return {honest_.begin() + static_cast<std::ptrdiff_t>(f.offset),
            honest_.begin() + static_cast<std::ptrdiff_t>(f.offset + f.size)};
  }
  Bytes swapped(const std::string& a, const std::string& b) const {
    Bytes p = honest_;
    const Field &fa = (*map_)[a], &fb = (*map_)[b];
    EXPECT_EQ(fa.size, fb.size);
    std::swap_ranges(p.begin() + static_cast<std::ptrdiff_t>(fa.offset),
                     p.begin() + static_cast<std::ptrdiff_t>(fa.offset + fa.size),
                     p.begin() + static_cast<std::ptrdiff_t>(fb.offset));
    return p;
  }

  Bytes honest_;
  const ProofMap* map_ = nullptr;
};

// "opening 3/5" -> "opening": fields of a kind are treated alike.
std::string kind_of(const std::string& name) {
  std::string k;
  for (char c : name)
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) k += c;
  return k;
}
bool holds_words(const std::string& kind) {
  for (const char* k : {"published", "opening ", "final", " row "})
    if (kind.find(k) != std::string::npos && kind.find("salt") == std::string::npos) return true;
  return false;
}

TEST_P(Forge, TheMapCoversEveryByteOnce) {
  size_t at = 0;
  for (const Field& f : map_->fields) {
    EXPECT_EQ(f.offset, at) << f.name;
    at += f.size;
  }
  EXPECT_EQ(at, honest_.size());
}

TEST_P(Forge, EveryFieldIsBound) {
  std::map<std::string, unsigned> per_kind;
  for (const Field& f : map_->fields) {
    const std::string kind = kind_of(f.name);
    if (++per_kind[kind] > 60) continue;  // of thousands of openings
    for (size_t at : {f.offset, f.offset + f.size - 1}) {
      Bytes p = honest_;
      p[at] ^= 1;
      const Verdict v = judge(p);
      EXPECT_FALSE(v.accepted()) << f.name;
      std::set<Errc> want = {Errc::kRejected};
      // The lowest bit of the flags is one, the others are none.
      if (kind == "flags" && at == f.offset) want = {Errc::kRejected};
      if (kind == "magic" || (kind == "flags" && at != f.offset) || kind == "part size" ||
          kind == "program padding" || kind == "shards")
        want = {Errc::kMalformed};
      // One instance less may be a shape, in front of other words.
      if (kind == "instances") want = {Errc::kMalformed, Errc::kRejected};
      // The verifier goes by the repeated head until it has seen all of them.
      if (kind.find("repeated instance") == 0) want = {Errc::kMalformed, Errc::kRejected};
      if (kind == "version" || kind == "profile" || kind == "machine version")
        want = {Errc::kUnsupported};
      if (kind == "program root ") want = {Errc::kWrongProgram};
      if (kind == "entry" || kind == "byte order" || kind == "program heights")
        want = {Errc::kWrongProgram, Errc::kMalformed};
      if (kind == "instance ") want = {Errc::kMalformed, Errc::kRejected};
      // Other rows are asked for, and the bytes of those that are there read as others.
      if (kind.find("fri root") == 0) want = {Errc::kRejected, Errc::kMalformed};
      // A length shifts all that follows, to another verdict for each number.
      if (kind == "public input size" || kind == "output size")
        want = {Errc::kMalformed, Errc::kUnsupported, Errc::kRejected};
      // A word at the edge of the field; an index that asks for other rows.
      if (holds_words(kind) || kind.find("work") != std::string::npos)
        want.insert(Errc::kMalformed);
      EXPECT_EQ(want.count(v.code), 1u) << f.name << ": " << v.message;
    }
  }
  EXPECT_GT(per_kind.size(), 40u);
}

// x and x + p are the same number: only one of them is an encoding.
TEST_P(Forge, WordsAreCanonical) {
  std::map<std::string, unsigned> per_kind;
  for (const Field& f : map_->fields) {
    if (!holds_words(kind_of(f.name)) || ++per_kind[kind_of(f.name)] > 12) continue;
    for (size_t at : {f.offset, f.offset + f.size - 4}) {
      const uint32_t word = load_le32(honest_.data() + at);
      for (uint32_t other : {word + field::kP, field::kP, 0xffffffffu, 0x80000000u}) {
        Bytes p = honest_;
        store_le32(p.data() + at, other);
        EXPECT_EQ(judge(p).code, Errc::kMalformed) << f.name;
      }
    }
  }
  EXPECT_GT(per_kind.size(), 10u);
}

TEST_P(Forge, Truncations) {
  for (size_t n = 0; n < honest_.size(); ++n)
    ASSERT_EQ(judge(Bytes(honest_.begin(), honest_.begin() + static_cast<std::ptrdiff_t>(n))).code,
              Errc::kMalformed)
        << n;
  // With the length of the shard corrected, at the ends of fields and one byte around them.
  std::set<size_t> lengths;
  for (size_t i = 0; i < map_->fields.size(); ++i) {
    const Field& f = map_->fields[i];
    if (kind_of(f.name).find("opening") != std::string::npos && i % 50 != 0) continue;
    for (size_t d : {0, 1, 2}) lengths.insert(f.offset + d);
  }
  for (size_t n : lengths) {
    if (n >= honest_.size()) continue;
    Bytes p(honest_.begin(), honest_.begin() + static_cast<std::ptrdiff_t>(n));
    fix_size(p, (*map_)["part size"].offset);
    ASSERT_FALSE(judge(p).accepted()) << n;
    ASSERT_NE(judge(p).code, Errc::kInternal) << n;
  }
}

TEST_P(Forge, TrailingBytes) {
  Bytes p = honest_;
  p.push_back(0);
  EXPECT_EQ(judge(p).message, "the proof has bytes after its end");
  p.insert(p.end(), 4096, 0);
  EXPECT_EQ(judge(p).code, Errc::kMalformed);
  // As part of the shard.
  const size_t part = (*map_)["part size"].offset;
  for (size_t more : {1u, 32u, 4097u}) {
    p = honest_;
    p.insert(p.end(), more, 0);
    fix_size(p, part);
    EXPECT_EQ(judge(p).message, "a shard's part is not as long as it says") << more;
  }
}

TEST_P(Forge, HugeLengths) {
  for (const char* field : {"public input size", "output size", "instances", "repeated instances"})
    for (uint32_t n : {0xffffffffu, 0x80000000u, (1u << 26) - 3, (1u << 26) - 4, 97u})
      EXPECT_FALSE(judge(with_u32(field, n)).accepted()) << field << " " << n;
  const uint32_t size = u32("part size");
  for (uint32_t n : {~0u, 1u << 31, 0u, 1u, 4u, size - 1, size + 1, 2 * size})
    EXPECT_EQ(judge(with_u32("part size", n)).code, Errc::kMalformed) << n;
}

TEST_P(Forge, ClaimsAreBound) {
  EXPECT_EQ(judge(with_u32("exit code", 0)).code, Errc::kRejected);
  EXPECT_EQ(judge(with_u32("exit code", u32("exit code") + field::kP)).code, Errc::kRejected);
  for (const char* field : {"public input", "output"}) {
    Bytes p = honest_;
    p[(*map_)[field].offset + 3] ^= 0x10;
    EXPECT_EQ(judge(p).code, Errc::kRejected) << field;
    // One byte longer, one shorter.
    const std::string size = std::string(field) + " size";
    const Field& f = (*map_)[field];
    Bytes longer = bytes_of(field), shorter = longer;
    longer.push_back(0);
    shorter.pop_back();
    for (const Bytes& b : {longer, shorter, Bytes{}}) {
      p = spliced(f.offset, f.size, b);
      store_le32(p.data() + (*map_)[size].offset, static_cast<uint32_t>(b.size()));
      EXPECT_EQ(judge(p).code, Errc::kRejected) << field << " " << b.size();
    }
  }
}

// More than there are: the next parts are no heads.
TEST_P(Forge, ShardsOtherThanOne) {
  for (uint32_t n : {0u, 2u, 65536u, 0xffffffffu})
    EXPECT_EQ(judge(with_u32("shards", n)).code, Errc::kMalformed) << n;
}

TEST_P(Forge, ProgramHeaderFields) {
  EXPECT_EQ(judge(with_u32("entry", u32("entry") + 4)).code, Errc::kWrongProgram);
  EXPECT_EQ(judge(with_u32("entry", u32("entry") + 2)).code, Errc::kMalformed);
  EXPECT_EQ(judge(with_u32("machine version", 1)).code, Errc::kUnsupported);
  EXPECT_EQ(judge(with_u32("byte order", 1)).code, Errc::kWrongProgram);
  EXPECT_EQ(judge(with_u32("byte order", 2)).code, Errc::kMalformed);
  for (size_t k = 0; k < 3; ++k)
    for (uint8_t h :
         {uint8_t{0}, uint8_t{9}, uint8_t{11}, uint8_t{22}, uint8_t{23}, uint8_t{255}}) {
      Bytes p = honest_;
      p[(*map_)["program heights"].offset + k] = h;
      EXPECT_EQ(judge(p).code, h < 10 || h > 22 ? Errc::kMalformed : Errc::kWrongProgram);
    }
  EXPECT_EQ(judge(swapped("program root 2", "program root 4")).code, Errc::kWrongProgram);
  hash::Digest other = program().id;
  other[31] ^= 1;
  EXPECT_EQ(verdict(other, honest_).code, Errc::kWrongProgram);
}

TEST_P(Forge, Profiles) {
  const uint32_t other = GetParam()->id == test::kTest2.id ? test::kTest4.id : test::kTest2.id;
  EXPECT_FALSE(judge(with_u32("profile", other)).accepted());
  for (uint32_t id : {1u, 2u}) EXPECT_FALSE(judge(with_u32("profile", id)).accepted()) << id;
  for (uint32_t id : {0u, 5u, 0x7003u, 0xffffffffu})
    EXPECT_EQ(judge(with_u32("profile", id)).code, Errc::kUnsupported) << id;
  // Few queries are few bits: the default policy does not take them, whatever the proof says.
  EXPECT_EQ(verdict(program().id, honest_, test::test_policy(100)).code, Errc::kPolicy);
}

TEST_P(Forge, Instances) {
  const uint32_t count = u32("instances");
  const Field& list = (*map_)["instances"];
  const size_t first = list.offset + 4;
  auto table = [&](uint32_t i) { return honest_[first + 2 * i]; };
  for (uint32_t i = 0; i < count; ++i) {
    const std::string name = "instance " + std::to_string(i);
    const size_t at = (*map_)[name].offset;
    for (unsigned id = 0; id < 256; ++id) {
      if (air::find_table(static_cast<air::TableId>(id)) != nullptr) continue;
      Bytes p = honest_;
      p[at] = static_cast<uint8_t>(id);
      EXPECT_EQ(judge(p).code, Errc::kMalformed) << name << " table " << id;
    }
    for (const air::TableInfo& t : air::tables()) {
      if (t.id == table(i)) continue;
      Bytes p = honest_;
      p[at] = t.id;
      EXPECT_FALSE(judge(p).accepted()) << name << " as " << t.name;
    }
    for (unsigned h : {0u, 9u, 23u, 64u, 255u}) {
      Bytes p = honest_;
      p[at + 1] = static_cast<uint8_t>(h);
      EXPECT_EQ(judge(p).code, Errc::kMalformed) << name << " height " << h;
    }
    for (int d : {-1, 1}) {
      Bytes p = honest_;
      p[at + 1] = static_cast<uint8_t>(p[at + 1] + d);
      EXPECT_FALSE(judge(p).accepted()) << name;
    }
    // Missing, and twice.
    Bytes gone = spliced(at, 2, {}), twice = spliced(at, 0, {honest_[at], honest_[at + 1]});
    store_le32(gone.data() + list.offset, count - 1);
    store_le32(twice.data() + list.offset, count + 1);
    EXPECT_FALSE(judge(gone).accepted()) << name;
    EXPECT_FALSE(judge(twice).accepted()) << name;
    if (table(i) >= air::kTableRom && table(i) <= air::kTableImage) {
      EXPECT_EQ(judge(gone).code, Errc::kMalformed) << name;
      EXPECT_EQ(judge(twice).code, Errc::kMalformed) << name;
    }
    if (i + 1 < count) {
      Bytes p = honest_;
      std::swap(p[at], p[at + 2]);
      std::swap(p[at + 1], p[at + 3]);
      if (p != honest_) {
        EXPECT_EQ(judge(p).code, Errc::kMalformed) << name;
      }
    }
  }
  EXPECT_EQ(judge(with_u32("instances", 0)).code, Errc::kMalformed);
}

TEST_P(Forge, RootsInOtherPlaces) {
  const std::vector<std::string> roots = {
      "pass-1 root",   "repeated pass-1 root", "main root", "extension root",
      "quotient root", "openings digest",      "fri root 0"};
  for (size_t i = 0; i < roots.size(); ++i)
    for (size_t j = i + 1; j < roots.size(); ++j) {
      if (bytes_of(roots[i]) == bytes_of(roots[j])) continue;  // a root and its repetition
      EXPECT_EQ(judge(swapped(roots[i], roots[j])).code, Errc::kRejected) << roots[i] << roots[j];
    }
}

// Products that still multiply to 1 and sums that still add up to 0, but not those of the columns.
TEST_P(Forge, PublishedValuesThatStillBalance) {
  auto load = [&](const std::string& name) {
    Bytes b = bytes_of(name);
    field::Fp5 x;
    for (size_t k = 0; k < 5; ++k) x.c[k] = Fp::from_raw(load_le32(b.data() + 4 * k));
    return x;
  };
  auto store = [&](Bytes& p, const std::string& name, const field::Fp5& x) {
    for (size_t k = 0; k < 5; ++k)
      store_le32(p.data() + (*map_)[name].offset + 4 * k, x.c[k].raw());
  };
  const field::Fp5 factor = load("published P 0") + field::Fp5(Fp(7));
  Bytes p = honest_;
  store(p, "published P 0", load("published P 0") * factor);
  store(p, "published P 1", load("published P 1") * factor.inverse());
  EXPECT_EQ(judge(p).code, Errc::kRejected);
  p = honest_;
  store(p, "published S 0", load("published S 0") + factor);
  store(p, "published S 1", load("published S 1") - factor);
  EXPECT_EQ(judge(p).code, Errc::kRejected);
  p = honest_;
  store(p, "published P 0", field::Fp5());
  EXPECT_EQ(judge(p).code, Errc::kRejected);
  // All of them neutral.
  p = honest_;
  for (const Field& f : map_->fields) {
    if (f.name.rfind("published ", 0) != 0) continue;
    store(p, f.name, f.name[10] == 'S' ? field::Fp5() : field::Fp5::one());
  }
  EXPECT_EQ(judge(p).code, Errc::kRejected);
}

TEST_P(Forge, FinalPolynomialOfAnotherLength) {
  const size_t begin = (*map_)["final 0"].offset, end = (*map_)["final 31"].offset;
  EXPECT_FALSE(judge(spliced(end, 20, {})).accepted());
  EXPECT_FALSE(judge(spliced(end + 20, 0, Bytes(20, 0))).accepted());
  EXPECT_FALSE(judge(spliced(begin, 640, {})).accepted());
  EXPECT_FALSE(judge(spliced(end + 20, 0, Bytes(640, 0))).accepted());
}

// A nonce that does the work too, but not the one that the rest of the proof was made with.
TEST_P(Forge, OtherNoncesThatDoTheWork) {
  unsigned tried = 0;
  for (const Field& f : map_->fields) {
    if (f.name.find("work") == std::string::npos) continue;
    for (uint64_t nonce = 1000; nonce < 1012; ++nonce) {
      Bytes p = honest_;
      store_le64(p.data() + f.offset, nonce);
      ++tried;
      EXPECT_FALSE(judge(p).accepted()) << f.name;  // with 1 or 2 bits, some of these do it
    }
  }
  if (GetParam()->query_work != 0) {
    EXPECT_GT(tried, 60u);
  }
}

TEST_P(Forge, EveryByteOfTheFront) {
  const size_t end = (*map_)["main root"].offset + 32;
  for (size_t at = 0; at < end; ++at) {
    for (uint8_t mask : {uint8_t{1}, uint8_t{0x80}, uint8_t{0xff}}) {
      Bytes p = honest_;
      p[at] ^= mask;
      ASSERT_FALSE(judge(p).accepted()) << at;
    }
  }
}

TEST_P(Forge, RandomBytes) {
  std::mt19937_64 rng(40);
  for (int i = 0; i < 10000; ++i) {
    Bytes p = honest_;
    const size_t at = rng() % p.size();
    p[at] ^= static_cast<uint8_t>(1 + rng() % 255);
    const Verdict v = judge(p);
    ASSERT_FALSE(v.accepted()) << at;
    ASSERT_NE(v.code, Errc::kInternal) << at;
    ASSERT_EQ(v.claim.output_size, 0u);  // no claim without success
  }
  for (int i = 0; i < 300; ++i) {  // noise behind a valid front
    Bytes p = honest_;
    for (size_t at = rng() % p.size(); at < p.size(); ++at) p[at] = static_cast<uint8_t>(rng());
    ASSERT_FALSE(judge(p).accepted());
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, Forge, testing::Values(&test::kTest2, &test::kTest4),
                         [](const auto& p) { return std::string(p.param->name); });

TEST(ForgeCaller, WorkspaceAndPolicy) {
  const Sample& s = sample(test::kTest2);
  verify::Policy policy = test::test_policy();
  const size_t need = verify::workspace_size(policy);
  std::vector<std::max_align_t> ws(need / sizeof(std::max_align_t) + 2);
  verify::Claim claim;
  auto code = [&](void* at, size_t size) {
    Status r = verify::verify(program().id, s.proof, policy, at, size, claim);
    return r ? Errc::kOk : r.error().code;
  };
  EXPECT_EQ(code(ws.data(), need), Errc::kOk);
  EXPECT_EQ(code(ws.data(), need - 1), Errc::kWorkspace);
  EXPECT_EQ(code(nullptr, need), Errc::kArgument);
  EXPECT_EQ(code(reinterpret_cast<uint8_t*>(ws.data()) + 1, need), Errc::kArgument);
  policy.max_proof_bytes = s.proof.size() - 1;
  EXPECT_EQ(code(ws.data(), need), Errc::kPolicy);
  policy.max_proof_bytes = s.proof.size();
  policy.max_cycles = 100;
  EXPECT_EQ(code(ws.data(), need), Errc::kPolicy);
}

// The same bytes twice give the same verdict: nothing is kept in the workspace.
TEST(ForgeCaller, TheWorkspaceMayHoldAnything) {
  const Sample& s = sample(test::kTest2);
  const verify::Policy policy = test::test_policy();
  std::vector<uint8_t> ws(verify::workspace_size(policy) + 16, 0xff);
  auto* at = reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(ws.data()) + 15) / 16 * 16);
  verify::Claim claim;
  for (int fill : {0xff, 0x00, 0x5a}) {
    std::memset(at, fill, verify::workspace_size(policy));
    EXPECT_TRUE(
        verify::verify(program().id, s.proof, policy, at, verify::workspace_size(policy), claim));
  }
}

// A proof is about one program and one set of public values: parts of another one do not fit.
TEST(ForgeCaller, PartsOfAnotherProof) {
  const Sample& a = sample(test::kTest2);
  Shard other = run(program(), {{1, 2, 3, 5}, {0, 0, 0, 9}, {}});
  const Bytes b = prove(other);
  ASSERT_TRUE(judge(b).accepted());
  ASSERT_EQ(a.proof.size() > 0, true);
  const size_t front = a.map["pass-1 root"].offset;
  Bytes mixed(a.proof.begin(), a.proof.begin() + static_cast<std::ptrdiff_t>(front));
  mixed.insert(mixed.end(), b.begin() + static_cast<std::ptrdiff_t>(front), b.end());
  EXPECT_EQ(judge(mixed).code, Errc::kRejected);
  // The same tables, another program.
  const prove::LoadedProgram& longer = small_sum(6);
  const Bytes c = prove(run(longer, input()));
  EXPECT_EQ(judge(c).code, Errc::kWrongProgram);
  EXPECT_EQ(verdict(longer.id, a.proof).code, Errc::kWrongProgram);
  // Its header in front of our body.
  Bytes head(c.begin(), c.begin() + 92);
  head.insert(head.end(), a.proof.begin() + 92, a.proof.end());
  EXPECT_EQ(verdict(longer.id, head).code, Errc::kRejected);
}

}  // namespace
}  // namespace mipzk::attack
