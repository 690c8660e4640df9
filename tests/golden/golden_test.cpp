// SPDX-License-Identifier: Apache-2.0
// Proofs with a fixed seed are byte for byte those of proofs.txt.
//   golden_test            compares
//   golden_test --update   writes proofs.txt anew and prints what changed
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "adversarial/proof_kit.hpp"
#include "air/table_info.hpp"

namespace mipzk {
namespace {

using attack::Bytes;

constexpr const char* kFile = MIPZK_SOURCE_DIR "/tests/golden/proofs.txt";

struct Case {
  std::string name;
  const prove::LoadedProgram& program;
  attack::Bytes3 input;
  const proof::Profile& profile;
  std::vector<air::Instance> shape = {};
  bool hiding = true;
};

// Every table but those of faults once; heights of the program's own tables are not the caller's.
std::vector<air::Instance> fixed_shape() {
  std::vector<air::Instance> shape;
  for (const air::TableInfo& t : air::tables())
    if (t.role != air::Role::kFault)
      shape.push_back({t.id, static_cast<uint8_t>(t.id == air::kTableFresh ? 12 : 11)});
  return shape;
}

std::vector<Case> cases() {
  const uint8_t twelve[] = {'t', 'w', 'e', 'l', 'v', 'e', ' ', 'b', 'y', 't', 'e', 's'};
  const attack::Bytes3 text = {attack::linux_stream(twelve), {}, {}};
  std::vector<Case> all;
  for (const proof::Profile* p : {&proof::kS100, &proof::kC100, &proof::kS128, &proof::kC128})
    all.push_back({"bare big-endian", attack::every_instruction(false),
                   attack::every_table_input(false), *p});
  all.push_back({"bare little-endian", attack::every_instruction(true),
                 attack::every_table_input(true), proof::kS100});
  for (const bool little : {false, true})
    all.push_back({little ? "linux little-endian" : "linux big-endian",
                   attack::linux_program(little), text, proof::kS100});
  all.push_back({"fixed shape",
                 attack::small_sum(20),
                 {{0, 0, 0, 3}, {0, 0, 0, 4}, {}},
                 proof::kS100,
                 fixed_shape()});
  all.push_back({"not hiding",
                 attack::small_sum(20),
                 {{0, 0, 0, 3}, {0, 0, 0, 4}, {}},
                 proof::kS100,
                 {},
                 false});
  return all;
}

std::string digest_text(ByteView bytes, size_t shown = 16) {
  hash::Blake3 h;
  h.update(bytes);
  std::string text;
  for (size_t i = 0; const uint8_t b : h.digest()) {
    if (i++ == shown) break;
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

// The parts of a proof in the order in which they are made: the first one that differs tells where
// a change begins.
std::string parts_of(ByteView proof, const proof::Profile& profile) {
  static constexpr std::string_view kBegins[] = {
      "magic",          "instances",     "pass-1 root",     "part size", "main root",
      "extension root", "quotient root", "openings digest", "fri root 0"};
  const attack::ProofMap map = attack::map_proof(proof, profile);
  EXPECT_TRUE(map.ok);
  std::vector<size_t> at;
  for (const std::string_view name : kBegins) {
    for (const attack::Field& f : map.fields)
      if (f.name == name) at.push_back(f.offset);
  }
  EXPECT_EQ(at.size(), std::size(kBegins));
  at.push_back(proof.size());
  std::string text;
  for (size_t i = 0; i + 1 < at.size(); ++i) {
    text += "  from " + std::string(kBegins[i]) + ": ";
    text += std::to_string(at[i + 1] - at[i]) + " bytes ";
    text += digest_text(proof.subspan(at[i], at[i + 1] - at[i])) + "\n";
  }
  return text;
}

std::string describe(const Case& c, unsigned threads) {
  Pool pool(threads);
  prove::Options options;
  options.profile = &c.profile;
  options.seed.assign(32, 0x5a);
  if (!c.shape.empty()) options.shapes = {c.shape};
  if (!c.hiding) options.masks = prove::Masks::none();
  const auto proof = prove::prove(pool, c.program, c.input.public_input,
                                  attack::record(c.program, c.input), options);
  EXPECT_TRUE(proof) << proof.error().message;
  if (!proof) return {};
  verify::Policy policy;
  policy.allow_not_hiding = !c.hiding;
  EXPECT_TRUE(attack::verdict(c.program.id, *proof, policy).accepted());
  std::string text = c.name + ", " + c.profile.name + "\n  program: ";
  text += digest_text(c.program.id) + "\n" + parts_of(*proof, c.profile);
  return text + "  whole: " + std::to_string(proof->size()) + " bytes " + digest_text(*proof, 32) +
         "\n";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string recorded() {
  std::ifstream in(kFile);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What differs, with the name of the proof that it belongs to.
std::string difference(const std::string& before, const std::string& now) {
  const std::vector<std::string> a = lines_of(before), b = lines_of(now);
  std::string text, proof;
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string old_line = i < a.size() ? a[i] : "", new_line = i < b.size() ? b[i] : "";
    if (!new_line.empty() && new_line[0] != ' ') proof = new_line;
    if (old_line == new_line) continue;
    text += proof + "\n  -" + old_line + "\n  +" + new_line + "\n";
  }
  return text;
}

TEST(Golden, SeededProofsAreTheRecordedOnes) {
  std::string now;
  for (const Case& c : cases()) now += describe(c, 2);
  EXPECT_EQ(difference(recorded(), now), "")
      << "proof bytes changed; if that is meant, run golden_test --update and say why in a decision"
         " record (docs/adr)";
}

}  // namespace
}  // namespace mipzk

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return RUN_ALL_TESTS();
  if (argc != 2 || std::string_view(argv[1]) != "--update") {
    std::fprintf(stderr, "usage: golden_test [--update]\n");
    return 2;
  }
  std::string now;
  for (const mipzk::Case& c : mipzk::cases()) now += mipzk::describe(c, 2);
  const std::string changed = mipzk::difference(mipzk::recorded(), now);
  std::printf("%s", changed.empty() ? "nothing changed\n" : changed.c_str());
  std::ofstream out(mipzk::kFile, std::ios::trunc);
  out << now;
  return out.good() ? 0 : 1;
}
