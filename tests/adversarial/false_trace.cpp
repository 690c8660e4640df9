// SPDX-License-Identifier: Apache-2.0
// From a story to traces. The prover's own way (lib/trace) refuses recordings that do not hold
// together; here every row says what its step says, and only the rows of honest steps are the same.
#include <algorithm>
#include <set>

#include "adversarial/false_run.hpp"
#include "air/tables/memory.hpp"
#include "air/tables/rom.hpp"
#include "trace/counts.hpp"
#include "trace/preprocessed.hpp"
#include "trace/rows.hpp"

namespace mipzk::attack {
namespace {

void set_limbs(Fp& lo, Fp& hi, uint32_t v) {
  lo = Fp(v & 0xffff);
  hi = Fp(v >> 16);
}

class Teller {
 public:
  Teller(const prove::LoadedProgram& program, const Story& story)
      : program_(program), story_(story) {}

  Shard tell() {
    shard_.program = &program_;
    shard_.tail_rows = kTail;
    shard_.public_input = story_.public_input;
    shard_.output = story_.output;
    shard_.exit_code = story_.exit_code;
    for (const air::TableInfo& table : air::tables())
      if (table.role == air::Role::kInstruction) instructions(table);
    sources();
    boundary();
    bumps();
    code();
    instance(air::kTableRegion, 0, program_.tables.region.log_height);
    instance(air::kTableFixed, 0, air::kFixedLogRows);
    std::sort(shard_.traces.begin(), shard_.traces.end(),
              [](const auto& a, const auto& b) { return a.table < b.table; });
    recount(shard_);
    return std::move(shard_);
  }

 private:
  // An empty table with room for these rows.
  trace::InstanceTrace& instance(air::TableId id, size_t rows, unsigned log_height = 0) {
    trace::InstanceTrace t;
    t.table = id;
    if (log_height == 0) {
      log_height = air::kMinLogHeight;
      while ((size_t{1} << log_height) < rows + kTail) ++log_height;
    }
    t.log_height = static_cast<uint8_t>(log_height);
    t.base.assign(size_t{width(t)} << log_height, Fp::zero());
    return shard_.traces.emplace_back(std::move(t));
  }
  template <class T>
  static typename T::template Row<Fp>& row(trace::InstanceTrace& t, size_t i) {
    return *reinterpret_cast<typename T::template Row<Fp>*>(row_of(t, i));
  }

  void instructions(const air::TableInfo& table) {
    const auto cls = static_cast<isa::Class>(table.id);
    std::vector<const Step*> steps;
    for (const Step& s : story_.steps)
      if (s.rom.cls == cls) steps.push_back(&s);
    if (steps.empty()) return;
    trace::InstanceTrace& t = instance(table.id, (steps.size() + table.slots - 1) / table.slots);
    for (size_t i = 0; i < steps.size(); ++i) {
      const size_t slot = i % table.slots;
      trace::row_filler(cls)(row_of(t, i / table.slots) + slot * trace::slot_cells(table),
                             steps[i]->event, steps[i]->rom);
    }
  }

  // The entries of the program that the steps are: Rom and Fetch. What they execute besides is in
  // no table.
  void code() {
    const std::vector<isa::RomEntry>& rom = program_.program.rom;
    std::set<size_t> executed;
    for (const Step& s : story_.steps) {
      const int64_t i = trace::find_rom(program_.program, s.rom.pc4);
      if (i >= 0 && rom[static_cast<size_t>(i)] == s.rom) executed.insert(static_cast<size_t>(i));
    }
    trace::InstanceTrace& fetch = instance(air::kTableFetch, executed.size());
    size_t next = 0;
    for (const size_t i : executed) {
      auto& r = row<air::Fetch>(fetch, next++);
      r.real = Fp::one();
      trace::fill_entry(rom[i], r.entry);
    }
    trace::InstanceTrace& table = instance(air::kTableRom, 0, program_.tables.rom.log_height);
    for (const size_t i : executed) rom_shard(table, i) = Fp::one();
  }

  // Image, Public and Fresh.
  void sources() {
    const isa::Program& program = program_.program;
    trace::InstanceTrace& image = instance(air::kTableImage, 0, program_.tables.image.log_height);
    const auto image_word = [&](size_t i, uint32_t value, uint32_t shard) {
      auto& w = row<air::Image>(image, i / air::kImageWords).word[i % air::kImageWords];
      set_limbs(w.fin_lo, w.fin_hi, value);
      w.shard = Fp(shard);
    };
    for (size_t i = 0; i < program.image.size(); ++i) image_word(i, program.image[i].value, 0);
    std::vector<const vm::SourceWord*> publics, fresh;
    for (const vm::SourceWord& w : story_.finals) {
      const auto at =
          std::lower_bound(program.image.begin(), program.image.end(), w.key,
                           [](const isa::ImageWord& a, uint32_t key) { return a.key < key; });
      if (at != program.image.end() && at->key == w.key) {
        image_word(static_cast<size_t>(at - program.image.begin()), w.value_final, w.shard_last);
      } else if (w.key >= isa::kPublicBase / 4 && w.key != isa::kLastWord / 4) {
        publics.push_back(&w);
      } else {
        fresh.push_back(&w);
      }
    }
    trace::InstanceTrace& table = instance(air::kTablePublic, publics.size());
    for (size_t i = 0; i < publics.size(); ++i) {
      const vm::SourceWord& w = *publics[i];
      const bool output = w.key >= isa::kOutputBase / 4;
      auto& r = row<air::Public>(table, i);
      r.real = Fp::one();
      r.out = Fp(output ? 1u : 0u);
      r.key = Fp(w.key);
      set_limbs(r.lo, r.hi, output ? w.value_final : w.value_init);
      set_limbs(r.in_lo, r.in_hi, w.value_init);
      set_limbs(r.fin_lo, r.fin_hi, w.value_final);
      r.shard = Fp(w.shard_last);
    }
    fresh_words(fresh);
  }

  // The chain of fresh words, with a stop after each 2^29 words that it crosses.
  void fresh_words(const std::vector<const vm::SourceWord*>& words) {
    struct Link {
      uint32_t key;
      const vm::SourceWord* word;
    };
    std::vector<Link> links;
    constexpr uint32_t kEnd = isa::kLastWord / 4, kLongest = 1u << 29;
    uint32_t prev = 0;
    const auto add = [&](uint32_t key, const vm::SourceWord* word) {
      while (key - prev > kLongest) {
        uint32_t stop = prev;
        for (const isa::Region& r : program_.program.regions) {
          const uint32_t last = std::min(r.end - 1, prev + kLongest);
          if (last >= r.start) stop = std::max(stop, last);
        }
        if (stop == prev) break;
        links.push_back({stop, nullptr});
        prev = stop;
      }
      links.push_back({key, word});
      prev = key;
    };
    for (const vm::SourceWord* w : words) add(w->key, w);
    if (prev != kEnd) add(kEnd, nullptr);

    trace::InstanceTrace& table = instance(air::kTableFresh, links.size());
    for (size_t i = 0; i < links.size(); ++i) {
      const auto [key, word] = links[i];
      const uint32_t before = i == 0 ? 0 : links[i - 1].key;
      auto& r = row<air::Fresh>(table, i);
      for (const isa::Region& region : program_.program.regions) {
        if (key < region.start || key >= region.end) continue;
        r.start = Fp(region.start);
        r.end = Fp(region.end);
        r.kind = Fp(static_cast<uint32_t>(region.kind));
        set_limbs(r.ds_lo, r.ds_hi, key - region.start);
        set_limbs(r.de_lo, r.de_hi, region.end - 1 - key);
      }
      r.real = Fp::one();
      r.key = Fp(key);
      r.prev = Fp(before);
      set_limbs(r.dp_lo, r.dp_hi, key - before - 1);
      if (word == nullptr) continue;
      set_limbs(r.in_lo, r.in_hi, word->value_init);
      set_limbs(r.fin_lo, r.fin_hi, word->value_final);
      r.shard = Fp(word->shard_last);
    }
  }

  void boundary() {
    trace::InstanceTrace& table = instance(air::kTableBoundary, story_.touched.size());
    for (size_t i = 0; i < story_.touched.size(); ++i) {
      const vm::Touched& t = story_.touched[i];
      row<air::Boundary>(table, i) = {Fp::one(),      Fp(t.key),      Fp(t.in_lo),
                                      Fp(t.in_hi),    Fp(t.out_lo),   Fp(t.out_hi),
                                      Fp(t.writable), Fp(t.shard_in), Fp(t.t_last)};
    }
  }

  void bumps() {
    if (story_.bumps.empty()) return;
    trace::InstanceTrace& table = instance(air::kTableBump, story_.bumps.size());
    for (size_t i = 0; i < story_.bumps.size(); ++i) {
      const vm::Bump& b = story_.bumps[i];
      auto& r = row<air::Bump>(table, i);
      r.real = Fp::one();
      r.key = Fp(b.key);
      r.lo = Fp(b.value_lo);
      r.hi = Fp(b.value_hi);
      r.w = Fp(b.writable);
      r.t_old = Fp(b.t_old);
      r.t_new = Fp(b.t_new);
      set_limbs(r.d_lo, r.d_hi, b.t_new - b.t_old - 1);
      set_limbs(r.n_lo, r.n_hi, b.t_new);
    }
  }

  const prove::LoadedProgram& program_;
  const Story& story_;
  Shard shard_;
};

}  // namespace

Shard tell(const prove::LoadedProgram& program, const Story& story) {
  return Teller(program, story).tell();
}

}  // namespace mipzk::attack
