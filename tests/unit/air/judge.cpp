// SPDX-License-Identifier: Apache-2.0
#include "unit/air/judge.hpp"

namespace mipzk::test {
namespace {

using air::Access;
using air::Bus;
using air::Form;

// The tuple of a ROM entry.
bool is_entry(const air::Tuple& t, const isa::RomEntry& e) {
  const Fp want[11] = {Fp(static_cast<uint32_t>(e.cls)),
                       Fp(e.pc4),
                       Fp(e.rs),
                       Fp(e.rt),
                       Fp(e.rd),
                       Fp(e.k[0]),
                       Fp(e.k[1]),
                       Fp(e.k[2]),
                       Fp(e.k[3]),
                       Fp(e.k[4]),
                       Fp(e.k[5])};
  return t.coords.count == 11 && std::equal(want, want + 11, t.coords.v);
}

bool is_limb(Fp v) { return v.value() < 65536; }

}  // namespace

Verdict judge(uint32_t word, uint32_t pc, const isa::LowerContext& context,
              const air::RowReport& report, Replay* out) {
  const auto lowered = isa::lower(pc, word, context);
  unsigned executed =
      0;  // the ROM answers any number of requests, so the numerator does not matter
  for (const air::Tuple& t : report.requests) {
    if (t.bus != Bus::kRom || t.numerator == Fp::zero()) continue;
    if (!lowered || !is_entry(t, lowered->entry)) return Verdict::kConflict;
    ++executed;
  }
  if (executed > 1) return Verdict::kConflict;  // one state cannot be read twice
  std::vector<Access> accesses;
  for (const Access& a : report.locals)
    if (!same(a.read, a.write)) accesses.push_back(a);
  if (executed == 0) return accesses.empty() ? Verdict::kNeutral : Verdict::kForged;

  Replay r;
  const auto state_at = std::find_if(accesses.begin(), accesses.end(),
                                     [](const Access& a) { return a.read.form == Form::kState; });
  if (state_at == accesses.end()) return Verdict::kForged;
  const Access state = *state_at;
  accesses.erase(state_at);
  r.pc = state.read.v[0];
  r.npc = state.read.v[1];
  r.clk = state.read.v[2];
  r.next_pc = state.write.v[0];
  r.next_npc = state.write.v[1];
  if (r.pc != Fp(pc / 4) || r.npc.value() >= 1u << 30) return Verdict::kConflict;
  if (state.write.v[2] != r.clk + Fp(4)) return Verdict::kForged;

  std::sort(accesses.begin(), accesses.end(), [&](const Access& a, const Access& b) {
    auto slot = [&](const Access& x) {
      return (x.write.v[x.write.form == Form::kReg ? 3 : 4] - r.clk).value();
    };
    return slot(a) < slot(b);
  });
  std::set<std::pair<uint32_t, uint32_t>> seen;  // slots and keys: never the same twice
  for (const Access& a : accesses) {
    const bool is_reg = a.read.form == Form::kReg;
    if (!is_reg && a.read.form != Form::kMem) return Verdict::kForged;
    const int time_at = is_reg ? 3 : 4;
    if (a.read.form != a.write.form || a.read.v[0] != a.write.v[0]) return Verdict::kForged;
    const Fp slot = a.write.v[time_at] - r.clk;
    if (slot == Fp::zero() || slot.value() > 4) return Verdict::kForged;
    const uint32_t age = (a.write.v[time_at] - a.read.v[time_at]).value();
    if (age == 0 || age > 65536) return Verdict::kForged;
    if (!is_reg && a.read.v[3] != a.write.v[3]) return Verdict::kForged;
    if (!is_limb(a.read.v[1]) || !is_limb(a.read.v[2])) return Verdict::kConflict;
    if (!is_limb(a.write.v[1]) || !is_limb(a.write.v[2])) return Verdict::kForged;
    const uint32_t key = a.read.v[0].value() + (is_reg ? vm::kRegisterKeyBase : 0);
    const uint32_t before = a.read.v[1].value() | a.read.v[2].value() << 16;
    const uint32_t after = a.write.v[1].value() | a.write.v[2].value() << 16;
    if (!seen.emplace(slot.value(), key).second) return Verdict::kForged;
    auto [it, first] = r.words.try_emplace(key, Word{before, before, a.read.v[time_at]});
    if (!first && (it->second.value != before || it->second.time != a.read.v[time_at]))
      return Verdict::kConflict;
    it->second.value = after;
    it->second.time = a.write.v[time_at];
    if (!is_reg) r.w[key] = a.read.v[3];
  }

  State s;
  s.context = context;
  s.pc = pc;
  s.npc = r.npc.value() * 4;
  for (unsigned reg = 1; reg < kRegisters; ++reg) s.reg[reg] = 0xdead0000 + 4 * reg;
  unsigned memory_words = 0;
  for (const auto& [key, w] : r.words) {
    if (key < vm::kRegisterKeyBase) {
      if (memory_words == s.memory.size()) return Verdict::kForged;
      s.memory[memory_words++] = w.before;
    } else if (key - vm::kRegisterKeyBase < kRegisters) {
      s.reg[key - vm::kRegisterKeyBase] = w.before;
    } else {
      return Verdict::kForged;
    }
  }
  if (s.reg[0] != 0) return Verdict::kConflict;  // no entry writes to register 0
  const auto effect = execute(word, s);
  if (!effect) return Verdict::kForged;

  // A sum of two word addresses that leaves 30 bits has no ROM entry to go on with.
  auto is_address = [&](Fp v, uint32_t address) {
    if (v == Fp(address / 4)) return true;
    const bool counted = v == r.npc + Fp(1) || v == r.npc + Fp(2);
    return counted && v.value() % (1u << 30) == address / 4;
  };
  if (effect->halts
          ? r.next_pc != Fp(vm::kHaltedPc4) || r.next_npc != Fp::zero()
          : !is_address(r.next_pc, effect->next_pc) || !is_address(r.next_npc, effect->next_npc))
    return Verdict::kForged;
  auto expect = [&](uint32_t key, uint32_t value) {
    const auto it = r.words.find(key);
    if (it == r.words.end() || it->second.value != value) return false;
    it->second.before = value;  // allowed to change
    return true;
  };
  for (const auto& [reg, value] : effect->writes) {
    const auto it = r.words.find(vm::kRegisterKeyBase + reg);
    if (effect->any_value && it != r.words.end()) it->second.before = it->second.value;
    if (effect->any_value ? it == r.words.end() : !expect(vm::kRegisterKeyBase + reg, value))
      return Verdict::kForged;
  }
  if (memory_words != (effect->address ? effect->words : 0)) return Verdict::kForged;
  for (unsigned i = 0; i < memory_words; ++i) {
    const uint32_t key = *effect->address / 4 + i;
    if (!expect(key, effect->memory[i])) return Verdict::kForged;
    if (effect->store && r.w[key] != Fp::one()) return Verdict::kForged;
  }
  for (const auto& [key, w] : r.words)
    if (w.value != w.before) return Verdict::kForged;
  if (out != nullptr) *out = std::move(r);
  return Verdict::kRight;
}

}  // namespace mipzk::test
