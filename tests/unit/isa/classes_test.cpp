// SPDX-License-Identifier: Apache-2.0
// The list of instruction classes against what else says the same: the tests' own statement of the
// accesses, the formats of the instructions, and the tables of docs/MACHINE.md.
#include "isa/classes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "isa/decode.hpp"
#include "isa/lower.hpp"
#include "unit/isa/class_facts.hpp"

namespace mipzk::test {
namespace {

using isa::Access;
using isa::ClassInfo;
using isa::Format;
using isa::RomEntry;

// The accesses of the list, one by one.
std::vector<Access> accesses_of(const ClassInfo& c) {
  std::vector<Access> list;
  for (unsigned i = 0; i < isa::kAccessKinds; ++i)
    if ((c.accesses >> i & 1) != 0) list.push_back(static_cast<Access>(1u << i));
  return list;
}

// Ticks after the start of the cycle (docs/MACHINE.md, "Accesses").
unsigned time_of(Access access) {
  switch (access) {
    case isa::kReadRs:
      return 1;
    case isa::kReadRt:
    case isa::kReadNextWord:
      return 2;
    case isa::kWriteRd:
    case isa::kWriteLo:
    case isa::kWriteNextWord:
      return 4;
    case isa::kReadWord:
    case isa::kReadSub:
    case isa::kReadPart:
    case isa::kWriteWord:
    case isa::kWriteSub:
    case isa::kWritePart:
    case isa::kClearLink:
    case isa::kWriteLink:
    case isa::kWriteHi:
    case isa::kWriteR27:
    case isa::kWriteRegK0:
    case isa::kWriteRegK1:
    case isa::kWriteRegK2:
    case isa::kReadRegK2:
      return 3;
  }
  return 0;
}

// An access as a place and its value's fate: the register, or the number of words after the one at
// the address.
struct Place {
  unsigned time;
  std::optional<unsigned> reg;
  unsigned words;  // of memory only
  bool writes;
  auto operator<=>(const Place&) const = default;
};

std::set<Place> places_of_list(const RomEntry& e) {
  const ClassInfo& c = isa::class_info(e.cls);
  std::set<Place> places;
  for (const Access a : accesses_of(c)) {
    const auto reg = isa::register_of(a, e);
    const bool next = a == isa::kReadNextWord || a == isa::kWriteNextWord;
    Place place{time_of(a), {}, next ? 1u : 0u, (a & isa::kWrites) != 0};
    if (reg) place.reg = *reg;
    EXPECT_TRUE(places.insert(place).second) << c.name;
  }
  return places;
}

std::set<Place> places_of_facts(const RomEntry& e) {
  const EventShape s = event_shape(e.cls);
  std::set<Place> places;
  if (s.rs) places.insert({1, e.rs, 0, false});
  if (s.rt) {
    const bool next = s.next_word && !s.store;
    places.insert({2, next ? std::nullopt : std::optional<unsigned>(e.rt), next, false});
  }
  if (s.mem)
    places.insert({3, s.link ? std::optional<unsigned>(isa::kLink) : std::nullopt, 0, s.store});
  if (s.hi) places.insert({3, hi_register(e), 0, !(s.next_word && s.store)});
  if (s.rd) {
    const bool next = s.next_word && s.store;
    places.insert({4, next ? std::nullopt : std::optional<unsigned>(rd_register(e)), next, true});
  }
  return places;
}

TEST(Classes, MakeTheAccessesThatTheTestsState) {
  for (const ClassInfo& c : isa::kClasses) {
    SCOPED_TRACE(c.name);
    RomEntry e{.pc4 = 0, .cls = c.cls, .rs = 11, .rt = 12, .rd = 13, .k = {50, 51, 52, 53, 54, 55}};
    EXPECT_EQ(places_of_list(e), places_of_facts(e));
    EXPECT_EQ(c.flow.kind != isa::Flow::kNext, event_shape(c.cls).jump);
    // One access to the word at the address, and the next word only with it.
    const auto words = accesses_of({c.cls, c.name, c.accesses & (isa::kLoads | isa::kStores), {}});
    EXPECT_LE(words.size(), 1u);
    EXPECT_TRUE(!words.empty() || !c.has(isa::kReadNextWord | isa::kWriteNextWord));
  }
}

// Of every instruction, by its format, and by its mnemonic what the format does not tell.
isa::Flow::Kind flow_of(const isa::OpInfo& info) {
  switch (info.format) {
    case Format::kBranchZero:
    case Format::kBranchEq:
    case Format::kFpBranch: {
      static const std::set<std::string> likely = {"beql",  "bnel",  "blezl",   "bgtzl",   "bltzl",
                                                   "bgezl", "bc1fl", "bltzall", "bgezall", "bc1tl"};
      return likely.count(info.mnemonic) != 0 ? isa::Flow::kBranchLikely : isa::Flow::kBranch;
    }
    case Format::kJump:
      return isa::Flow::kJump;
    case Format::kJumpReg:
    case Format::kJumpRegLink:
      return isa::Flow::kJumpRegister;
    default:
      return isa::Flow::kNext;
  }
}

TEST(Classes, GoOnWhereTheirInstructionsDo) {
  std::mt19937 rng(11);
  constexpr uint32_t kPc = 0x00401230, kVector = 0x80000180;
  std::set<isa::Class> seen;
  for (const isa::OpInfo& info : isa::kOps) {
    SCOPED_TRACE(info.mnemonic);
    for (unsigned n = 0; n < 200; ++n) {
      uint32_t word = info.match | (static_cast<uint32_t>(rng()) & ~info.mask);
      if (info.op == isa::Op::kSyscall) word = info.match | n % 5 << 6;
      const auto l = isa::lower(kPc, word, {n % 2 != 0, n % 4 < 2 ? 0 : kVector});
      const auto i = isa::decode(word);
      if (!l || !i) continue;
      seen.insert(l->entry.cls);
      const isa::Flow flow = isa::class_info(l->entry.cls).flow;
      const auto target = isa::target_of(l->entry);
      if (l->entry.cls == isa::Class::kTrap) {
        EXPECT_EQ(flow.kind, isa::Flow::kTrap);
        EXPECT_EQ(target, kVector / 4);
      } else if (info.op == isa::Op::kSyscall && i->imm == 1) {
        EXPECT_EQ(flow.kind, isa::Flow::kHalt);
        EXPECT_FALSE(target);
      } else {
        ASSERT_EQ(flow.kind, flow_of(info));
        const bool constant =
            flow.kind != isa::Flow::kNext && flow.kind != isa::Flow::kJumpRegister;
        ASSERT_EQ(target, constant ? std::optional(isa::branch_target(kPc, *i) / 4) : std::nullopt);
      }
    }
  }
  EXPECT_EQ(seen.size(), isa::kLastClass);
}

TEST(Classes, LinkWhereTheirMnemonicsSaySo) {
  static const std::set<std::string> linking = {"BranchLink", "BranchLikely", "JumpLink",
                                                "JumpRegLink"};
  for (const ClassInfo& c : isa::kClasses)
    EXPECT_EQ(c.links(), linking.count(c.name) != 0) << c.name;
}

// ---- docs/MACHINE.md

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (size_t end; (end = text.find(separator, at)) != std::string::npos;
       at = end + separator.size())
    parts.push_back(text.substr(at, end - at));
  parts.push_back(text.substr(at));
  return parts;
}

// The cells of the rows of the table that follows the line `| head`, and its rule.
std::vector<std::vector<std::string>> table_of(const std::string& head) {
  std::ifstream file(MIPZK_SOURCE_DIR "/docs/MACHINE.md");
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(file, line) && line.rfind("| " + head, 0) != 0) {
  }
  std::getline(file, line);
  while (std::getline(file, line) && line.rfind("| ", 0) == 0)
    rows.push_back(split(line.substr(2, line.size() - 4), " | "));
  EXPECT_FALSE(rows.empty()) << head;
  return rows;
}

std::string document_name(const ClassInfo& c) {
  std::string name = "k";
  return name.append(c.name);
}

TEST(MachineDocument, ListsTheClasses) {
  const auto rows = table_of("class | instructions | entry");
  ASSERT_EQ(rows.size(), isa::kLastClass);
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i][0],
              std::to_string(isa::kFirstClass + i) + ' ' + document_name(isa::kClasses[i]));
}

// As the document writes it; the time stands there where the sentence before the table does not
// tell it.
std::string text_of(Access access) {
  switch (access) {
    case isa::kReadRs:
      return "rs";
    case isa::kReadRt:
      return "rt";
    case isa::kReadNextWord:
      return "next word (2)";
    case isa::kReadWord:
    case isa::kReadSub:
    case isa::kReadPart:
    case isa::kWriteWord:
    case isa::kWriteSub:
    case isa::kWritePart:
      return "memory";
    case isa::kClearLink:
    case isa::kWriteLink:
      return "LINK (3)";
    case isa::kWriteHi:
      return "HI";
    case isa::kWriteR27:
      return "r27 (3)";
    case isa::kWriteRegK0:
      return "register k0 (3)";
    case isa::kWriteRegK1:
      return "register k1 (3)";
    case isa::kWriteRegK2:
    case isa::kReadRegK2:
      return "register k2 (3)";
    case isa::kWriteRd:
      return "rd";
    case isa::kWriteLo:
      return "LO";
    case isa::kWriteNextWord:
      return "next word (4)";
  }
  return "?";
}

TEST(MachineDocument, TellsTheAccessesOfTheClasses) {
  std::map<std::string, std::string> told;
  for (const auto& row : table_of("classes | accesses")) {
    ASSERT_EQ(row.size(), 2u);
    for (const std::string& name : split(row[0], ", "))
      EXPECT_TRUE(told.emplace(name, row[1]).second) << name;
  }
  EXPECT_EQ(told.size(), isa::kLastClass);
  for (const ClassInfo& c : isa::kClasses) {
    std::string want;
    for (const Access a : accesses_of(c)) want += (want.empty() ? "" : ", ") + text_of(a);
    EXPECT_EQ(told[document_name(c)], want.empty() ? "none" : want);
  }
}

}  // namespace
}  // namespace mipzk::test
