// SPDX-License-Identifier: Apache-2.0
#include "adversarial/lies.hpp"

#include <algorithm>
#include <map>

#include "trace/counts.hpp"
#include "trace/rows.hpp"
#include "unit/isa/class_facts.hpp"

namespace mipzk::attack {
namespace {

using isa::Class;
using vm::Event;

// Replays a recording with false values for some keys.
class Forger {
 public:
  Forger(const Told& run, const Lie& l) : run_(run), lie_(l), events_(run.events) {}

  void pretend(uint32_t key, uint32_t value) { false_[key] = value; }
  Shard build() {
    std::vector<Event*> in_order;
    for (std::vector<Event>& list : events_.by_class)
      for (Event& e : list) in_order.push_back(&e);
    std::sort(in_order.begin(), in_order.end(),
              [](const Event* a, const Event* b) { return a->clk < b->clk; });
    const std::map<uint32_t, uint32_t> initially = false_;
    for (Event* e : in_order) step(*e);
    Shard s = run_.shard;
    fill(s);
    ends(s, initially);
    recount(s);
    return s;
  }

 private:
  const isa::RomEntry& entry(const Event& e) const {
    const int64_t i = trace::find_rom(run_.program->program, e.pc / 4);
    return run_.program->program.rom[static_cast<size_t>(i)];
  }
  bool known(uint32_t key, uint32_t& value) const {
    const auto it = false_.find(key);
    if (it == false_.end()) return false;
    value = it->second;
    return true;
  }
  void written(uint32_t key, uint32_t honest, uint32_t now) {
    if (honest == now) {
      false_.erase(key);
    } else {
      false_[key] = now;
    }
  }
  void step(Event& e) {
    const isa::RomEntry& rom = entry(e);
    constexpr uint32_t kReg = vm::kRegisterKeyBase;
    const bool lying = e.pc == lie_.pc;
    known(kReg + rom.rs, e.rs);
    known(kReg + rom.rt, e.rt);
    uint32_t stored = e.mem_new, result = e.rd_new;
    switch (rom.cls) {
      case Class::kStoreWord:
        stored = e.rt;
        break;
      case Class::kLoadWord:
        known(e.mem_addr / 4, e.mem_old);
        stored = result = e.mem_old;
        break;
      case Class::kLoadSub:
      case Class::kLoadPart:
        known(e.mem_addr / 4, e.mem_old);
        stored = e.mem_old;
        break;
      case Class::kStoreSub:
      case Class::kStorePart:
        known(e.mem_addr / 4, e.mem_old);
        break;
      case Class::kAddImm:
        result = e.rs + (rom.k[0] | rom.k[1] << 16);
        break;
      default:
        break;
    }
    if (lying && lie_.memory) stored = *lie_.memory;
    if (lying && lie_.rd) result = *lie_.rd;
    const test::EventShape shape = test::event_shape(rom.cls);
    if (shape.mem && !shape.link) {
      if (rom.cls == Class::kStoreWord) known(e.mem_addr / 4, e.mem_old);
      written(e.mem_addr / 4, e.mem_new, stored);
      e.mem_new = stored;
    }
    const uint32_t rd = kReg + test::rd_register(rom);
    if (rd != kReg && rom.cls != Class::kHalt) {
      known(rd, e.rd_old);
      written(rd, e.rd_new, result);
      e.rd_new = result;
    }
    if (shape.hi && !shape.mem) {
      const uint32_t high = kReg + test::hi_register(rom);
      known(high, e.hi_old);
      const uint32_t hi = lying && lie_.hi ? *lie_.hi : e.hi_new;
      written(high, e.hi_new, hi);
      e.hi_new = hi;
    }
  }
  void fill(Shard& s) {
    for (const air::TableInfo& table : air::tables()) {
      if (table.role != air::Role::kInstruction || table.slots != 1) continue;
      const auto cls = static_cast<isa::Class>(table.id);
      const auto& events = events_.of(cls);
      for (size_t i = 0; i < events.size(); ++i)
        trace::row_filler(cls)(row_of(*s.find(table.id), i), events[i], entry(events[i]));
    }
  }
  static void set(trace::InstanceTrace& t, size_t row, const std::string& name, uint32_t v) {
    cell(t, row, name + "_lo") = Fp(v & 0xffff);
    cell(t, row, name + "_hi") = Fp(v >> 16);
  }
  // Boundary and source rows, and the claim.
  void ends(Shard& s, const std::map<uint32_t, uint32_t>& initially) {
    trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
    trace::InstanceTrace& publics = table(s, air::kTablePublic);
    auto source = [&](uint32_t key, const std::string& name, uint32_t v) {
      if (key >= isa::kPublicBase / 4 && key < vm::kRegisterKeyBase) {
        const size_t row = row_of_key(s, air::kTablePublic, key);
        set(publics, row, name, v);
        const bool output = cell(publics, row, "out") == Fp::one();
        if (output == (name == "fin")) {
          cell(publics, row, "lo") = Fp(v & 0xffff);
          cell(publics, row, "hi") = Fp(v >> 16);
          std::vector<uint8_t>& bytes = output ? s.output : s.public_input;
          const uint32_t first = (output ? isa::kOutputBase : isa::kPublicBase) / 4 + 1;
          for (uint32_t k = 0; k < 4; ++k)
            if (key >= first && 4 * (key - first) + k < bytes.size())
              bytes[4 * (key - first) + k] = static_cast<uint8_t>(v >> (24 - 8 * k));
        }
        return;
      }
      const auto& image = s.program->program.image;
      for (size_t i = 0; i < image.size(); ++i) {
        if (image[i].key != key) continue;
        EXPECT_EQ(name, "fin");
        image_cell(table(s, air::kTableImage), i, "fin_lo") = Fp(v & 0xffff);
        image_cell(table(s, air::kTableImage), i, "fin_hi") = Fp(v >> 16);
        return;
      }
      set(table(s, air::kTableFresh), row_of_key(s, air::kTableFresh, key), name, v);
    };
    for (const auto& [key, v] : initially) {
      set(boundary, row_of_key(s, air::kTableBoundary, key), "in", v);
      source(key, "in", v);
    }
    for (const auto& [key, v] : false_) {
      set(boundary, row_of_key(s, air::kTableBoundary, key), "out", v);
      source(key, "fin", v);
    }
  }

  const Told& run_;
  const Lie lie_;
  test::Events events_;
  std::map<uint32_t, uint32_t> false_;
};

}  // namespace

Shard lie(const Told& run, const Lie& l) { return Forger(run, l).build(); }

Shard pretend_input(const Told& run, uint32_t index, uint32_t value) {
  Forger f(run, {});
  f.pretend(isa::kPublicBase / 4 + 1 + index, value);
  return f.build();
}

size_t row_at(const Shard& shard, air::TableId id, uint32_t pc) {
  for (const trace::InstanceTrace& t : shard.traces) {
    if (t.table != id) continue;
    for (size_t i = 0; i < shard.data_rows(t); ++i)
      if (row_of(t, i)[0] == Fp::one() && row_of(t, i)[2] == Fp(pc / 4)) return i;
  }
  ADD_FAILURE() << "no row at " << pc;
  return 0;
}

size_t row_of_key(const Shard& shard, air::TableId id, uint32_t key) {
  Shard& s = const_cast<Shard&>(shard);
  trace::InstanceTrace& t = *s.find(id);
  for (size_t i = 0; i < shard.data_rows(t); ++i)
    if (cell(t, i, "real") == Fp::one() && cell(t, i, "key") == Fp(key)) return i;
  ADD_FAILURE() << air::find_table(id)->name << " has no row for key " << std::hex << key;
  return 0;
}

}  // namespace mipzk::attack
