// SPDX-License-Identifier: Apache-2.0
// Lists of table instances: what proof::Shape accepts keeps the bounds on which the verifier's
// workspace and docs/SECURITY.md rest, and its matrices are counted here a second time.
//
// An input: a byte for the profile, whose highest bit says whether the shard is the second, three
// for the heights of the program's tables, then edits of the least shape, of three bytes each
// (what, which instance, a value).
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "air/table_info.hpp"
#include "proof/security.hpp"
#include "proof/shape.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using namespace mipzk;
using Instances = std::vector<proof::Instance>;

void require(bool good, const char* text) {
  if (good) return;
  std::fprintf(stderr, "%s\n", text);
  std::abort();
}

Instances least_shape(const proof::ProgramHeader& header, uint32_t shard) {
  Instances out;
  for (const air::TableInfo& t : air::tables()) {
    if (t.count == air::Count::kAny || (shard != 1 && t.first_shard_only)) continue;
    const uint8_t log = t.id == air::kTableRom      ? header.log_rom
                        : t.id == air::kTableRegion ? header.log_region
                        : t.id == air::kTableImage  ? header.log_image
                        : t.id == air::kTableFixed  ? air::kFixedLogRows
                                                    : air::kMinLogHeight;
    out.push_back({t.id, log});
  }
  return out;
}

// The place of a table's next instance of this height in the order of a shape.
size_t place(const Instances& list, proof::Instance in) {
  size_t i = 0;
  while (i < list.size() && (list[i].table < in.table ||
                             (list[i].table == in.table && list[i].log_height >= in.log_height)))
    ++i;
  return i;
}

void edit(Instances& list, uint8_t what, uint8_t which, uint8_t value) {
  const auto at = [&](size_t i) { return list.begin() + static_cast<ptrdiff_t>(i); };
  const auto all = air::tables();
  const size_t i = list.empty() ? 0 : which % list.size();
  const proof::Instance fitting = {all[which % all.size()].id,
                                   static_cast<uint8_t>(air::kMinLogHeight + value % 13)};
  switch (what % 8) {
    case 0:  // where it belongs, of a table that there is
    case 1:
    case 2:
      list.insert(at(place(list, fitting)), fitting);
      break;
    case 3:
      list.insert(at(i), {which, value});
      break;
    case 4:
      if (!list.empty()) list.erase(at(i));
      break;
    case 5:
      if (!list.empty()) list[i].table = value;
      break;
    case 6:
      if (!list.empty()) list[i].log_height = value;
      break;
    default:  // many of one table
      list.insert(at(place(list, fitting)), value % 64, fitting);
  }
}

// Each column has one place, in a stack of its tree and height; numbers follow one another.
void check_stacks(const proof::Shape& shape) {
  const auto stacks = shape.stacks();
  require(stacks.size() <= proof::kMaxStacks, "too many stacks");
  std::vector<uint32_t> next(stacks.size());
  for (const proof::Matrix& m : shape.matrices()) {
    size_t columns = 0;
    proof::each_run(shape, m, [&](size_t column, size_t count, const proof::Stack& s, size_t at) {
      uint32_t& n = next[static_cast<size_t>(&s - stacks.data())];
      require(column == columns && at == n, "columns are not placed in order");
      require(s.tree == m.tree && s.log_height == m.log_height && s.opened == m.opened,
              "a column in a stack of another kind");
      columns += count;
      n += static_cast<uint32_t>(count);
    });
    require(columns == m.width, "columns without a place");
  }
  uint32_t pairs = 0, slots = 0, words[proof::kTreeCount] = {};
  for (size_t i = 0; i < stacks.size(); ++i) {
    const proof::Stack& s = stacks[i];
    require(s.columns == next[i] && s.width != 0 && s.slots() <= 1u << s.log_slots,
            "a stack is not full");
    require(s.log_height + s.log_slots == static_cast<int>(shape.log_tree(s.tree)) &&
                shape.log_tree(s.tree) <= shape.max_log_height(),
            "a stack of another height");
    require(s.first_word == words[s.tree], "words do not follow one another");
    words[s.tree] += s.width;
    if (!s.opened) continue;
    require(s.first_pair == pairs && s.first_slot == slots, "pairs are not numbered in order");
    pairs += s.width * (1u + s.running);
    slots += s.slots() * (1u + s.running);
  }
  require(pairs == shape.pairs() && slots == shape.point_slots(), "pairs are not counted right");
  require(pairs + slots <= shape.openings() + 2 * stacks.size(), "too many weights");
}

void check(const proof::Shape& shape, const proof::Profile& profile, const Instances& list) {
  require(shape.instances().size() == list.size() && list.size() <= proof::kMaxInstances,
          "not the instances of the list");
  uint64_t messages = 0, slots = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const proof::Instance in = shape.instances()[i];
    require(in.table == list[i].table && in.log_height == list[i].log_height,
            "an instance has changed");
    require(in.log_height >= air::kMinLogHeight && in.log_height <= air::kMaxLogHeight &&
                in.log_height + profile.log_blowup <= proof::kMaxLogDomain,
            "a height out of range");
    const air::TableInfo& info = shape.info(i);
    require(info.id == in.table, "another table's facts");
    messages += uint64_t{info.layout.messages()} << in.log_height;
    slots += uint64_t{info.slots} << in.log_height;
  }
  require(messages == shape.messages() && messages <= proof::kMaxMessages, "too many messages");
  require(slots == shape.slots() && 4 * slots < proof::kMaxTicks, "too many instructions");

  uint32_t openings = 0, columns = 0, masks = 0;
  int tree = 0;
  require(shape.matrices().size() <= proof::kMaxMatrices, "too many matrices");
  for (const proof::Matrix& m : shape.matrices()) {
    require(m.tree >= tree && m.tree < proof::kTreeCount, "trees out of order");
    tree = m.tree;
    require(m.instance < static_cast<int>(list.size()), "an instance that is not there");
    require(m.width != 0, "an empty matrix");
    columns += m.width;
    if (!m.opened && m.tree == proof::kTreeQuotient) ++masks;
  }
  // Instance by instance, then what belongs to none.
  for (int owner = 0; owner <= static_cast<int>(list.size()); ++owner)
    for (const proof::Matrix& m : shape.matrices()) {
      const int of = m.instance < 0 ? static_cast<int>(list.size()) : m.instance;
      if (of != owner || !m.opened) continue;
      require(m.first_opening == openings, "opened values are not numbered in order");
      openings += m.width + 5u * m.running;
    }
  require(
      openings == shape.openings() && columns == shape.columns() && columns <= proof::kMaxColumns,
      "columns or opened values are not counted right");
  check_stacks(shape);
  require(masks == 1, "there is one FRI mask");

  const proof::Security bits = proof::security(profile, proof::security_input(shape));
  require(bits.total > 0 && bits.total <= 128 && bits.folds <= proof::kMaxFolds,
          "security out of range");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const auto profiles = proof::profiles();
  const proof::Profile& profile = profiles[data[0] % profiles.size()];
  proof::ProgramHeader header;
  header.log_rom = static_cast<uint8_t>(air::kMinLogHeight + data[1] % 13);
  header.log_region = static_cast<uint8_t>(air::kMinLogHeight + data[2] % 13);
  header.log_image = static_cast<uint8_t>(air::kMinLogHeight + data[3] % 13);
  const uint32_t shard = 1 + (data[0] >> 7);
  Instances list = least_shape(header, shard);
  for (size_t i = 4; i + 3 <= size; i += 3) edit(list, data[i], data[i + 1], data[i + 2]);

  std::vector<uint8_t> bytes(4);
  store_le32(bytes.data(), static_cast<uint32_t>(list.size()));
  for (const proof::Instance& in : list) {
    bytes.push_back(in.table);
    bytes.push_back(in.log_height);
  }
  static proof::Instance read[proof::kMaxInstances];
  static proof::Shape shape;
  uint32_t count = 0;
  Reader reader(bytes);
  Status s = proof::read_instances(reader, read, count);
  require(s.ok() == (list.size() <= proof::kMaxInstances), "the list is read up to its limit");
  if (s) {
    require(reader.at_end() && count == list.size(), "a list of another length");
    s = proof::Shape::make({read, count}, header, profile, shape, shard);
  }
  if (!s) {
    require(s.error().code == Errc::kMalformed && s.error().message[0] != 0,
            "an undocumented verdict");
    return 0;
  }
  check(shape, profile, list);
  return 0;
}
