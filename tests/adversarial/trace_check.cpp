// SPDX-License-Identifier: Apache-2.0
#include "adversarial/trace_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "air/fixed.hpp"
#include "air/tables/rom.hpp"
#include "trace/counts.hpp"
#include "trace/preprocessed.hpp"

namespace mipzk::attack {
namespace {

using air::Bus;
using air::Coords;
using air::Msg;

constexpr size_t kMaxFindings = 8;

Message message_of(const Msg<Fp>& m) {
  const air::FormInfo& info = air::kForms[static_cast<unsigned>(m.form)];
  Message out;
  out.bus = static_cast<uint32_t>(info.bus);
  std::array<Fp, air::kMaxCoordinates> at{};
  for (unsigned i = 0; i < info.count; ++i) at[info.position[i]] += m.v[i];
  for (unsigned i = 0; i < 2; ++i) at[info.const_position[i]] += Fp(info.const_value[i]);
  for (size_t i = 0; i < at.size(); ++i) out.at[i] = at[i].value();
  return out;
}
Message message_of(Bus bus, const Coords<Fp>& c) {
  Message out;
  out.bus = static_cast<uint32_t>(bus);
  for (unsigned i = 0; i < c.count; ++i) out.at[i] = c.v[i].value();
  return out;
}

// What a row says, from the report of its rules.
class Listener {
 public:
  explicit Listener(RowSays& out) : out_(out) {}
  void tell(const air::RowReport& r) {
    out_.zeros = r.zeros;
    out_.broken = r.violations;
    out_.ranges = r.ranges;
    out_.gate_not_boolean = !gates_are_boolean(r);
    for (const air::Tuple& t : r.requests) lookup(t, t.numerator);
    for (const air::Tuple& t : r.provides) lookup(t, -t.numerator);
    for (const air::Access& a : r.locals) product(out_.local, a);
    for (const air::Access& a : r.globals) product(out_.global, a);
    for (const air::GatedMessage& g : r.sends)
      if (g.gate != Fp::zero()) out_.global.emplace_back(message_of(g.write), Fp::one());
  }

 private:
  void lookup(const air::Tuple& t, Fp n) {
    if (n != Fp::zero()) out_.lookups.emplace_back(message_of(t.bus, t.coords), n);
  }
  static void product(Terms& t, const air::Access& a) {
    t.emplace_back(message_of(a.read), -Fp::one());
    t.emplace_back(message_of(a.write), Fp::one());
  }
  RowSays& out_;
};

std::vector<std::string> words_of(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string s; in >> s;) out.push_back(s);
  return out;
}

using Registry = std::array<TableOps, 256>;
Registry make_registry() {
  Registry r;
  for (const air::TableInfo& t : air::tables()) r[t.id] = {&t, words_of(t.columns)};
  return r;
}

bool all_zero(const Fp* cells, size_t count) {
  return std::all_of(cells, cells + count, [](Fp v) { return v == Fp::zero(); });
}

const trace::PreMatrix& fixed_matrix() {
  static const trace::PreMatrix m = trace::fixed_tables();
  return m;
}

bool is_empty(const trace::InstanceTrace& t, size_t row) {
  const unsigned w = width(t);
  return all_zero(&t.base[row * w], w);
}

// Rows of table Fixed whose multiplicities are zero say nothing, whatever they could provide.
bool silent_when_empty() {
  static const bool silent = [] {
    const std::vector<Fp> zeros(air::find_table(air::kTableFixed)->layout.base_columns);
    const trace::PreMatrix& pre = fixed_matrix();
    bool all = true;
    for (size_t i = 0; i * pre.width < pre.data.size(); ++i) {
      RowSays says;
      table_ops(air::kTableFixed).eval(&pre.data[i * pre.width], zeros.data(), says);
      all = all && says.broken.empty() && says.ranges.empty() && says.local.empty() &&
            says.global.empty() && says.lookups.empty() && !says.gate_not_boolean;
    }
    return all;
  }();
  return silent;
}

// Calls judge(row, times) for the data rows of a table. Empty rows without preprocessed columns all
// say the same, so one of them speaks for all; those of table Fixed say nothing.
template <class F>
void for_each_row(const Shard& shard, const trace::InstanceTrace& t, const F& judge) {
  const bool same = shard.pre(t, 0) == nullptr;
  const bool silent = t.table == air::kTableFixed && silent_when_empty();
  const size_t rows = shard.data_rows(t), w = width(t);
  size_t empty = 0, last = 0;
  for (size_t i = 0; i < rows; ++i) {
    if ((same || silent) && all_zero(&t.base[i * w], w)) {
      if (silent) continue;
      ++empty;
      last = i;
    } else {
      judge(i, 1);
    }
  }
  if (empty != 0) judge(last, static_cast<uint32_t>(empty));
}

template <class... A>
void note(std::vector<std::string>& list, const A&... parts) {
  if (list.size() > kMaxFindings) return;
  std::ostringstream s;
  (s << ... << parts);
  list.push_back(s.str());
}

void report(std::vector<std::string>& list, Terms& terms) {
  settle(terms);
  for (const auto& [m, n] : terms) note(list, to_string(m), " x ", n.value());
}

// Start and end of the machine, and the public words: +1 sent by the verifier, -1 received.
Terms end_points(const Shard& s) {
  Terms t;
  auto add = [&](Bus bus, std::initializer_list<uint32_t> at, Fp n) {
    Message m;
    m.bus = static_cast<uint32_t>(bus);
    std::copy(at.begin(), at.end(), m.at.begin());
    t.emplace_back(m, n);
  };
  const Fp sent = Fp::one(), received = -Fp::one();
  const uint32_t pc4 = s.program->header.entry / 4;
  add(Bus::kToken, {(1u << 30) + 255, pc4, pc4 + 1, 1, 0}, sent);
  add(Bus::kToken, {(1u << 30) + 255, 1u << 30, 0, 1, 1}, received);
  add(Bus::kOrder, {0}, sent);
  add(Bus::kOrder, {(1u << 30) - 1}, received);
  const bool little = s.program->header.byte_order == 1;
  auto window = [&](uint32_t direction, uint32_t base, const std::vector<uint8_t>& bytes) {
    const auto n = static_cast<uint32_t>(bytes.size());
    add(Bus::kPublic, {direction, base / 4, n & 0xffff, n >> 16}, received);
    for (uint32_t i = 0; i < n; i += 4) {
      uint32_t w = 0;
      for (uint32_t k = 0; k < 4; ++k)
        w |= (i + k < n ? uint32_t{bytes[i + k]} : 0u) << 8 * (little ? k : 3 - k);
      add(Bus::kPublic, {direction, base / 4 + 1 + i / 4, w & 0xffff, w >> 16}, received);
    }
  };
  window(0, 0xb0000000u, s.public_input);
  window(1, 0xc0000000u, s.output);
  add(Bus::kPublic, {1, (1u << 30) + 35, s.exit_code & 0xffff, s.exit_code >> 16}, received);
  return t;
}

}  // namespace

std::string to_string(const Message& m) {
  static const char* const kNames[] = {"?",      "MEMORY",     "TOKEN",        "ORDER",
                                       "PUBLIC", "MASK",       "RANGE",        "ROM",
                                       "AND",    "SHIFT_BYTE", "SHIFT_AMOUNT", "REGION"};
  std::ostringstream s;
  s << kNames[m.bus < 12 ? m.bus : 0] << "(" << std::hex;
  for (size_t i = 0; i < m.at.size(); ++i) s << (i ? " " : "") << m.at[i];
  s << ")";
  return s.str();
}

void settle(Terms& terms) {
  std::sort(terms.begin(), terms.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  size_t out = 0;
  for (size_t i = 0; i < terms.size();) {
    Fp sum;
    size_t j = i;
    for (; j < terms.size() && terms[j].first == terms[i].first; ++j) sum += terms[j].second;
    if (sum != Fp::zero()) {
      Message m = terms[i].first;
      terms[out++] = {m, sum};
    }
    i = j;
  }
  terms.resize(out);
}

void RowSays::clear() {
  zeros.clear();
  broken.clear();
  ranges.clear();
  local.clear();
  global.clear();
  lookups.clear();
  gate_not_boolean = false;
}

void RowSays::hear(const air::RowReport& report) { Listener(*this).tell(report); }

bool gates_are_boolean(const air::RowReport& report) {
  return std::ranges::all_of(report.sends, [](const air::GatedMessage& g) {
    return g.gate == Fp::zero() || g.gate == Fp::one();
  });
}

const air::RowReport& TableOps::check(const Fp* pre, const Fp* base) const {
  thread_local std::array<std::unique_ptr<air::RowChecker>, 256> checkers;
  thread_local air::RowReport report;
  std::unique_ptr<air::RowChecker>& checker = checkers[info->id];
  if (checker == nullptr) checker = std::make_unique<air::RowChecker>(*info);
  checker->check(pre, base, report);
  return report;
}

void TableOps::eval(const Fp* pre, const Fp* base, RowSays& out) const {
  out.hear(check(pre, base));
}

const TableOps& table_ops(air::TableId id) {
  static const Registry r = make_registry();
  return r[id];
}

trace::InstanceTrace* Shard::find(air::TableId id) {
  for (trace::InstanceTrace& t : traces)
    if (t.table == id) return &t;
  return nullptr;
}

const Fp* Shard::pre(const trace::InstanceTrace& t, size_t row) const {
  const trace::PreMatrix* m = nullptr;
  if (t.table == air::kTableRom) m = &program->tables.rom;
  if (t.table == air::kTableRegion) m = &program->tables.region;
  if (t.table == air::kTableImage) m = &program->tables.image;
  if (t.table == air::kTableFixed) m = &fixed_matrix();
  return m == nullptr ? nullptr : &m->data[row * m->width];
}

Fp& cell(trace::InstanceTrace& t, size_t row, const std::string& column) {
  const TableOps& ops = table_ops(t.table);
  for (size_t i = 0; i < ops.columns.size(); ++i)
    if (ops.columns[i] == column) return row_of(t, row)[i];
  ADD_FAILURE() << ops.info->name << " has no column " << column;
  static Fp none;
  return none;
}

void complete_row(const Shard& shard, trace::InstanceTrace& t, size_t row) {
  const TableOps& ops = table_ops(t.table);
  const air::Layout& l = ops.info->layout;
  if (l.pair_columns == 0) return;
  RowSays says;
  Fp* cells = row_of(t, row);
  ops.eval(shard.pre(t, row), cells, says);
  for (unsigned i = 0; i < l.pair_columns; ++i)
    cells[l.named_columns + i] = says.ranges[2 * i] * says.ranges[2 * i + 1];
}

namespace {

// The row of ROM with the class and the key of a message; -1: none.
int64_t code_row(const isa::Program& program, const Message& m) {
  if (m.at[0] <= isa::kLastClass) return trace::find_rom(program, m.at[1]);
  for (size_t i = 0; i < program.spans.size(); ++i)
    if (static_cast<uint32_t>(program.spans[i].kind) == m.at[0] &&
        program.spans[i].start == m.at[1])
      return static_cast<int64_t>(program.rom.size() + i);
  return -1;
}

}  // namespace

bool provided(const Shard& shard, const Message& m) {
  switch (static_cast<Bus>(m.bus)) {
    case Bus::kRom: {
      // Padding rows provide the message of zeros.
      if (std::all_of(m.at.begin(), m.at.end(), [](uint32_t v) { return v == 0; })) return true;
      const int64_t row = code_row(shard.program->program, m);
      if (row < 0) return false;
      Fp want[air::kEntryCells];
      trace::fill_entry(shard.program->program.code_row(static_cast<size_t>(row)), want);
      for (size_t i = 0; i < air::kEntryCells; ++i)
        if (want[i] != Fp(m.at[i])) return false;
      return true;
    }
    case Bus::kRegion: {
      if (m.at[0] == 0 && m.at[1] == 0 && m.at[2] == 0) return true;  // padding rows
      for (const isa::Region& r : shard.program->program.regions)
        if (r.start == m.at[0] && r.end == m.at[1] && static_cast<uint32_t>(r.kind) == m.at[2])
          return true;
      return false;
    }
    default: {
      Coords<Fp> c;
      static constexpr unsigned kCounts[] = {1, 0, 3, 4, 9};
      c.count = kCounts[m.bus - static_cast<uint32_t>(Bus::kRange)];
      for (unsigned i = 0; i < c.count; ++i) c.v[i] = Fp(m.at[i]);
      return air::fixed_contains(static_cast<Bus>(m.bus), c);
    }
  }
}

Fp& rom_shard(trace::InstanceTrace& rom, size_t entry) {
  return row_of(rom, entry / air::kRomEntries)[entry % air::kRomEntries];
}

Fp& image_cell(trace::InstanceTrace& image, size_t word, const std::string& name) {
  return cell(image, word / air::kImageWords, name + std::to_string(word % air::kImageWords));
}

const Fp* image_word(const Shard& shard, size_t word) {
  const trace::PreMatrix& image = shard.program->tables.image;
  return &image.data[word * (image.width / air::kImageWords)];
}

namespace {

air::Fetch::Row<Fp>& fetch_row(trace::InstanceTrace& fetch, size_t row) {
  return *reinterpret_cast<air::Fetch::Row<Fp>*>(row_of(fetch, row));
}

// Sets the multiplicities of Fetch, which are 0, to what is wanted, with a row more where none has
// the entry.
void refetch(Shard& shard, const Terms& wanted) {
  std::map<Message, Fp*> at;
  std::vector<std::pair<trace::InstanceTrace*, size_t>> unused;
  for (trace::InstanceTrace& t : shard.traces) {
    if (t.table != air::kTableFetch) continue;
    for (size_t i = 0; i < shard.data_rows(t); ++i) {
      if (is_empty(t, i)) unused.emplace_back(&t, i);
      air::Fetch::Row<Fp>& r = fetch_row(t, i);
      if (r.real != Fp::one()) continue;
      Message m;
      m.bus = static_cast<uint32_t>(Bus::kRom);
      for (size_t k = 0; k < air::kEntryCells; ++k) m.at[k] = r.entry[k].value();
      at.emplace(m, &r.mult);
    }
  }
  std::reverse(unused.begin(), unused.end());
  for (const auto& [m, n] : wanted) {
    if (m.bus != static_cast<uint32_t>(Bus::kRom) || !provided(shard, m)) continue;
    if (const auto found = at.find(m); found != at.end()) {
      *found->second = n;
      continue;
    }
    ASSERT_FALSE(unused.empty()) << "no room in Fetch";
    air::Fetch::Row<Fp>& r = fetch_row(*unused.back().first, unused.back().second);
    unused.pop_back();
    r.real = Fp::one();
    for (size_t k = 0; k < air::kEntryCells; ++k) r.entry[k] = Fp(m.at[k]);
    r.mult = n;
    const isa::Program& program = shard.program->program;
    const int64_t i = code_row(program, m);
    rom_shard(*shard.find(air::kTableRom), i < 0 ? program.code_rows() : static_cast<size_t>(i)) =
        Fp::one();
  }
}

}  // namespace

void recount(Shard& shard) {
  Terms wanted;
  std::vector<uint32_t> ranges(65536);
  RowSays says;
  for (trace::InstanceTrace& t : shard.traces) {
    const TableOps& ops = table_ops(t.table);
    if (t.table == air::kTableFetch)
      for (size_t i = 0; i < shard.data_rows(t); ++i) fetch_row(t, i).mult = Fp::zero();
    if (t.table == air::kTableRegion || t.table == air::kTableFixed) {
      std::fill(t.base.begin(), t.base.end() - shard.tail_rows * width(t), Fp::zero());
      continue;
    }
    for_each_row(shard, t, [&](size_t i, uint32_t times) {
      complete_row(shard, t, i);
      EXPECT_TRUE(times == 1 || is_empty(t, i)) << ops.info->name;  // so the others are complete
      says.clear();
      ops.eval(shard.pre(t, i), row_of(t, i), says);
      for (Fp v : says.ranges)
        if (v.value() < 65536) ranges[v.value()] += times;
      for (const auto& [m, n] : says.lookups) wanted.emplace_back(m, n * Fp(times));
    });
    settle(wanted);
  }
  trace::InstanceTrace& fixed = *shard.find(air::kTableFixed);
  trace::InstanceTrace& region = *shard.find(air::kTableRegion);
  auto fixed_row = [&](size_t i) -> air::Fixed::Row<Fp>& {
    return *reinterpret_cast<air::Fixed::Row<Fp>*>(row_of(fixed, i));
  };
  for (uint32_t v = 0; v < 65536; ++v) {
    const air::FixedPlace p = air::place_range(v);
    fixed_row(p.row).range[p.group] += Fp(ranges[v]);
  }
  refetch(shard, wanted);
  for (const auto& [m, n] : wanted) {
    if (!provided(shard, m)) continue;
    switch (static_cast<Bus>(m.bus)) {
      case Bus::kRom:
        break;
      case Bus::kRegion: {
        int64_t i = trace::find_region(shard.program->program, m.at[0]);
        if (i < 0) i = static_cast<int64_t>(shard.program->program.regions.size());
        row_of(region, static_cast<size_t>(i))[0] += n;
        break;
      }
      case Bus::kAnd: {
        const air::FixedPlace p = air::place_and(m.at[0], m.at[1]);
        fixed_row(p.row).both[p.group] += n;
        break;
      }
      case Bus::kShiftByte:
        fixed_row(air::place_shift_byte(m.at[0], m.at[1]).row).shift_byte += n;
        break;
      default:
        fixed_row(air::place_shift_amount(m.at[0], m.at[1]).row).shift_amount += n;
    }
  }
}

Findings check(const Shard& shard) {
  Findings f;
  Terms local, global = end_points(shard), lookups, ring_local, ring_global;
  std::vector<Fp> ranges(65536);
  Fp ring_sum[5];
  RowSays says;
  for (const trace::InstanceTrace& t : shard.traces) {
    const TableOps& ops = table_ops(t.table);
    const air::Layout& l = ops.info->layout;
    if (t.base.size() != (size_t{l.base_columns} << t.log_height)) {
      note(f.rules, ops.info->name, ": the matrix has a wrong size");
      continue;
    }
    const size_t rows = shard.data_rows(t);
    for_each_row(shard, t, [&](size_t i, uint32_t times) {
      says.clear();
      const Fp* cells = row_of(t, i);
      ops.eval(shard.pre(t, i), cells, says);
      for (unsigned r : says.broken) note(f.rules, ops.info->name, " row ", i, " rule ", r);
      if (says.gate_not_boolean) note(f.rules, ops.info->name, " row ", i, ": gate");
      for (unsigned k = 0; k < l.pair_columns; ++k)
        if (cells[l.named_columns + k] != says.ranges[2 * k] * says.ranges[2 * k + 1])
          note(f.pairs, ops.info->name, " row ", i, " pair ", k);
      for (Fp v : says.ranges) {
        if (v.value() < 65536) {
          ranges[v.value()] += Fp(times);
        } else {
          note(f.ranges, ops.info->name, " row ", i, ": ", v.value());
        }
      }
      const auto add = [&](Terms& to, const Terms& from) {
        for (const auto& [m, n] : from) to.emplace_back(m, n * Fp(times));
      };
      add(local, says.local);
      add(global, says.global);
      for (const auto& [m, n] : says.lookups) {
        if (m.bus == static_cast<uint32_t>(Bus::kRange)) {
          if (m.at[0] < 65536) ranges[m.at[0]] += n * Fp(times);
        } else {
          lookups.emplace_back(m, n * Fp(times));
        }
      }
    });
    settle(local);
    settle(lookups);
    const Fp* closing = row_of(t, rows);
    auto ring = [&](Terms& terms, unsigned at, unsigned count, Fp n) {
      Message m;
      m.bus = static_cast<uint32_t>(Bus::kMask);
      for (unsigned k = 0; k < count; ++k) m.at[k] = closing[at + k].value();
      terms.emplace_back(m, n);
    };
    if (l.in_local_ring()) {
      const air::MaskRing r = l.local_ring();
      ring(ring_local, r.a, r.size, Fp::one());
      ring(ring_local, r.b, r.size, -Fp::one());
      for (unsigned k = 0; k < 5; ++k) ring_sum[k] += closing[r.a + k] - closing[r.b + k];
    }
    if (l.in_global_ring()) {
      const air::MaskRing r = l.global_ring();
      ring(ring_global, r.a, r.size, Fp::one());
      ring(ring_global, r.b, r.size, -Fp::one());
    }
  }
  report(f.local, local);
  report(f.global, global);
  report(f.lookups, lookups);
  for (uint32_t v = 0; v < 65536; ++v)
    if (ranges[v] != Fp::zero()) note(f.lookups, "RANGE(", v, ") x ", ranges[v].value());
  report(f.mask, ring_local);
  report(f.mask, ring_global);
  for (Fp v : ring_sum)
    if (v != Fp::zero()) note(f.mask, "the sums of the closing rows do not cancel");
  return f;
}

std::string Findings::text() const {
  std::ostringstream s;
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {
      {"rule", &rules},    {"range", &ranges},   {"pair", &pairs}, {"local", &local},
      {"global", &global}, {"lookup", &lookups}, {"mask", &mask}};
  for (const auto& [name, list] : lists)
    for (const std::string& line : *list) s << name << ": " << line << "\n";
  return s.str();
}

}  // namespace mipzk::attack
