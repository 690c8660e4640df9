// SPDX-License-Identifier: Apache-2.0
// Faults that the in-guest kernel takes (docs/MACHINE.md, section 7): a row in place of that of an
// instruction, which shows why the instruction has none. EPC, ENPC, CAUSE and BADVADDR are set,
// LINK = 0, and the machine goes on at the kernel's first word.
//
// Each state has one row: an instruction's row and the rows here exclude one another, as do those
// of different causes.
#pragma once

#include "air/tables/memory.hpp"
#include "air/tables/slt.hpp"

namespace mipzk::air {

struct FaultTable : MainTable {
  static constexpr Role kRole = Role::kFault;
  static constexpr unsigned kSlots = 1;
  static constexpr uint32_t kVector = isa::kFaultVector / 4;
};

// What is left to the kernel: where the fault was, and what the registers held before.
template <class T>
struct KernelEntry {
  T pc_v, pc_hi, npc_v, npc_hi;  // pc = pc_v + 2^14 pc_hi, pc_v < 2^14
  Old<T> epc, enpc, cause, address, link;
};

// A number below 2^30 as v + 2^14 hi with v < 2^14: v and 4 v are checked, so 4 v is an exact limb
// and both sides are integers below 2^30.
constexpr void word_address(Builder& b, Cell number, Cell v, Cell hi) {
  b.zero(v + hi * b.k(1u << 14) - number);
  b.range(v);
  b.range(v * b.k(4));
  b.range(hi);
}

// The step to the kernel. pc is below 2^30, as an entry or a span holds it; so is npc: it is a
// target, or one more than pc, which is no span's or entry's last key. `code`: CAUSE / 4; an
// address with exact limbs. All are 0 on padding rows.
constexpr void enter_kernel(Builder& b, const Cpu<Cell>& c, const KernelEntry<Cell>& k, Cell code,
                            Cell address_lo, Cell address_hi) {
  const Cell vector = c.real * b.k(FaultTable::kVector), after = vector + c.real;
  b.boolean(c.real);
  b.same_unless(c.real, c.pc, vector);
  b.same_unless(c.real, c.npc, after);
  b.local(Msg<Cell>{Form::kState, {c.pc, c.npc, c.clk}},
          Msg<Cell>{Form::kState, {vector, after, c.clk + c.real * b.k(4)}});
  word_address(b, c.pc, k.pc_v, k.pc_hi);
  word_address(b, c.npc, k.npc_v, k.npc_hi);
  b.write(c, kSlotMem, isa::kLink, k.link, b.constant(0), b.constant(0));
  b.write(c, kSlotRd, isa::kEpc, k.epc, k.pc_v * b.k(4), k.pc_hi);
  b.write(c, kSlotRd, isa::kEnpc, k.enpc, k.npc_v * b.k(4), k.npc_hi);
  b.write(c, kSlotRd, isa::kCause, k.cause, code * b.k(4), b.constant(0));
  b.write(c, kSlotRd, isa::kBadVAddr, k.address, address_lo, address_hi);
}

// The kernel's own instructions have no fault.
constexpr void not_in_kernel(Builder& b, const KernelEntry<Cell>& k) { b.range(k.pc_hi * b.k(2)); }

// A span of the program, if wanted = 1, and a key that it holds.
template <class T>
struct SpanRead {
  T start, end;
  T ds_lo, ds_hi;  // key - start
  T de_lo, de_hi;  // end - 1 - key
};
constexpr void in_span(Builder& b, Cell wanted, isa::SpanKind kind, Cell key,
                       const SpanRead<Cell>& s) {
  const Cell none = b.constant(0);
  b.request(Bus::kRom, wanted,
            {b.constant(static_cast<uint32_t>(kind)), s.start, none, none, none, s.end, none, none,
             none, none, none});
  // Differences of numbers of at most 2^30, each less than 2^29: no second solution modulo p.
  b.zero(key - s.start - s.ds_lo - s.ds_hi * b.k(65536));
  b.zero(s.end - wanted - key - s.de_lo - s.de_hi * b.k(65536));
  range_long(b, s.ds_lo, s.ds_hi, 13);
  range_long(b, s.de_lo, s.de_hi, 13);
  // Nothing is free where no span is wanted.
  for (const Cell& d : {s.ds_lo, s.ds_hi, s.de_lo, s.de_hi}) b.zero(b.not_(wanted) * d);
}

// A word of memory is read if wanted = 1; otherwise nothing is, and its cells are fixed.
constexpr void load_if(Builder& b, Cell wanted, const Cpu<Cell>& c, uint32_t slot, Cell key,
                       const Word<Cell>& m) {
  b.load(Cpu<Cell>{wanted, c.clk, c.pc, c.npc}, slot, key, m);
  for (const Cell& v : {m.lo, m.hi, m.w}) b.zero(b.not_(wanted) * v);
}

// Loads, stores and jumps to a register: at an address that is no multiple of the size (unaligned),
// to a word of a span without memory (unmapped), or a store to a word with w = 0 (read_only).
struct AccessFault : FaultTable {
  static constexpr const char* kName = "AccessFault";
  static constexpr TableId kId = kTableAccessFault;
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t pc_v pc_hi npc_v npc_hi epc_lo epc_hi epc_t enpc_lo "
      "enpc_hi enpc_t cause_lo cause_hi cause_t bad_lo bad_hi bad_t link_lo link_hi link_t "
      "lw sw lsub lpart ssub spart jr jalr ll sc ldc sdc rt rd k0 k1 k2 k3 k4 offset_hi "
      "a_u a_hi o0 o1 o2 o01 unaligned unmapped read_only second both code "
      "start end ds_lo ds_hi de_lo de_hi ma_lo ma_hi ma_w ma_t mb_lo mb_hi mb_w mb_t";
  // In the order of the columns.
  static constexpr isa::Class kClasses[] = {
      isa::Class::kLoadWord,  isa::Class::kStoreWord,   isa::Class::kLoadSub,
      isa::Class::kLoadPart,  isa::Class::kStoreSub,    isa::Class::kStorePart,
      isa::Class::kJumpReg,   isa::Class::kJumpRegLink, isa::Class::kLoadLinked,
      isa::Class::kStoreCond, isa::Class::kLoadDouble,  isa::Class::kStoreDouble};
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    KernelEntry<T> k;
    // The class, one-hot.
    T lw, sw, lsub, lpart, ssub, spart, jr, jalr, ll, sc, ldc, sdc;
    T rt, rd, k0, k1, k2, k3, k4;  // the rest of the entry
    T offset_hi;                   // k1, but for jalr, whose k1 is of its link
    T a_u, a_hi;                   // address = 8 a_u + o0 + 2 o1 + 4 o2 + 2^16 a_hi
    T o0, o1, o2;
    T o01;  // o0 or o1
    T unaligned, unmapped, read_only;
    T second;  // the word after that of the address is unmapped
    T both;    // read_only, two words
    T code;
    SpanRead<T> span;
    Word<T> ma, mb;  // of read_only: the word of the address, and of two words the other one
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Cell is[] = {r.lw, r.sw,   r.lsub, r.lpart, r.ssub, r.spart,
                       r.jr, r.jalr, r.ll,   r.sc,    r.ldc,  r.sdc};
    Cell sum = b.constant(0), cls = b.constant(0);
    for (unsigned i = 0; i < 12; ++i) {
      b.boolean(is[i]);
      sum = sum + is[i];
      cls = cls + is[i] * b.k(static_cast<uint32_t>(kClasses[i]));
    }
    b.zero(sum - r.c.real);
    b.request(Bus::kRom, r.c.real,
              {cls, r.c.pc, r.rs.reg, r.rt, r.rd, r.k0, r.k1, r.k2, r.k3, r.k4, b.constant(0)});
    const Cell jump = r.jr + r.jalr, twice = r.ldc + r.sdc, sub = r.lsub + r.ssub;
    const Cell store = r.sw + r.ssub + r.spart + r.sc + r.sdc;
    const Cell by_word = r.lw + r.sw + r.ll + r.sc + jump;

    // The address. The low limb is exact: a_u and 8 a_u are checked, so a_u < 2^13. Entries of jr
    // have no constants.
    b.read(r.c, kSlotRs, r.rs);
    b.zero(r.k1 - r.jalr * r.k1 - r.offset_hi);
    b.boolean(r.o0);
    b.boolean(r.o1);
    b.boolean(r.o2);
    const Cell lo = r.a_u * b.k(8) + r.o0 + r.o1 * b.k(2) + r.o2 * b.k(4);
    add_limbs(b, r.rs.lo, r.rs.hi, r.k0, r.offset_hi, lo, r.a_hi);
    b.range(r.a_u);
    b.range(r.a_u * b.k(8));
    b.range(r.a_hi);
    const Cell key = r.a_u * b.k(2) + r.o2 + r.a_hi * b.k(1u << 14);

    // One cause. What is unaligned is nothing else, and a jump nothing but unaligned. k2 = 1 for
    // half words, by the ROM.
    b.zero(r.o0 + r.o1 - r.o0 * r.o1 - r.o01);
    b.zero(by_word * r.o01 + twice * (r.o01 + r.o2 - r.o01 * r.o2) + sub * r.k2 * r.o0 -
           r.unaligned);
    b.boolean(r.unmapped);
    b.boolean(r.read_only);
    b.zero(r.unaligned + r.unmapped + r.read_only - r.c.real);
    b.zero(jump * b.not_(r.unaligned));
    b.zero(r.read_only * (store - r.c.real));

    b.boolean(r.second);
    b.zero(r.second * b.not_(twice));
    b.zero(r.second * b.not_(r.unmapped));
    in_span(b, r.unmapped, isa::SpanKind::kUnmapped, key + r.second, r.span);

    // Both words of two are there, and one of them is read-only.
    b.zero(r.read_only * twice - r.both);
    load_if(b, r.read_only, r.c, kSlotMem, key, r.ma);
    load_if(b, r.both, r.c, kSlotRd, key + b.one(), r.mb);
    b.zero((r.read_only - r.both) * r.ma.w);
    b.zero(r.both * r.ma.w * r.mb.w);

    b.zero(r.unaligned * (store + b.k(4)) + r.unmapped * (store + b.k(2)) + r.read_only - r.code);
    enter_kernel(b, r.c, r.k, r.code, lo, r.a_hi);
    not_in_kernel(b, r.k);
  }
};

// add, sub, addi whose sum has no 32 bits, and conditional traps whose condition holds.
struct OperandFault : FaultTable {
  static constexpr const char* kName = "OperandFault";
  static constexpr TableId kId = kTableOperandFault;
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t pc_v pc_hi npc_v npc_hi epc_lo "
      "epc_hi epc_t enpc_lo enpc_hi enpc_t cause_lo cause_hi cause_t bad_lo bad_hi bad_t link_lo "
      "link_hi link_t add teq tlt rd k0 k1 k2 k3 b_lo b_hi rs_neg b_neg equal inv_lo inv_hi flip "
      "borrow less sign carry lo sum_hi up excess";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    KernelEntry<T> k;
    T add, teq, tlt;       // the class, one-hot: AddTrap, TrapEqual, TrapLess
    T rd, k0, k1, k2, k3;  // the rest of the entry
    T b_lo, b_hi;          // rt + the constant of the entry
    T rs_neg, b_neg;       // sign bits
    T equal, inv_lo, inv_hi;
    T flip, borrow, less;
    T sign;        // of add: 1 or -1, of the others 0
    T carry, lo;   // of rs + sign b: the low limb and what leaves it, -1, 0 or 1
    T sum_hi;      // the high limb as a signed number
    T up, excess;  // how far the sum is above or below the numbers of 32 bits
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Cell is[] = {r.add, r.teq, r.tlt};
    for (const Cell& i : is) b.boolean(i);
    b.zero(r.add + r.teq + r.tlt - r.c.real);
    const Cell cls = r.add * b.k(static_cast<uint32_t>(isa::Class::kAddTrap)) +
                     r.teq * b.k(static_cast<uint32_t>(isa::Class::kTrapEqual)) +
                     r.tlt * b.k(static_cast<uint32_t>(isa::Class::kTrapLess));
    b.request(Bus::kRom, r.c.real,
              {cls, r.c.pc, r.rs.reg, r.rt.reg, r.rd, r.k0, r.k1, r.k2, r.k3, b.constant(0),
               b.constant(0)});
    b.read(r.c, kSlotRs, r.rs);
    b.read(r.c, kSlotRt, r.rt);
    // Exact limbs: by the ROM the constant is 0 or rt is register 0.
    b.zero(r.rt.lo + (r.add + r.teq) * r.k1 + r.tlt * r.k2 - r.b_lo);
    b.zero(r.rt.hi + (r.add + r.teq) * r.k2 + r.tlt * r.k3 - r.b_hi);
    sign_bit(b, r.rs.hi, r.rs_neg);
    sign_bit(b, r.b_hi, r.b_neg);

    // teq, tne: k0 is what `equal` has to be to go on. tge, tlt: the same with k1 and `less`.
    equality(b, r.c.real, r.rs.lo - r.b_lo, r.rs.hi - r.b_hi, r.inv_lo, r.inv_hi, r.equal);
    b.zero(r.teq * (r.equal + r.k0 - b.one()));
    b.zero(r.tlt * r.k0 * (r.b_neg - r.rs_neg) - r.flip);
    b.boolean(r.less);
    less_than(b, r.rs.lo, r.rs.hi, r.b_lo, r.b_hi, r.flip, r.borrow, r.less);
    b.zero(r.tlt * (r.less + r.k1 - b.one()));

    // As in AddTrap; the signed sum is 2^16 sum_hi + lo, an integer of 34 bits, and it fits if
    // sum_hi is in [-2^15, 2^15).
    b.zero(r.add * r.k0 - r.sign);
    b.zero(r.carry * (r.carry - b.one()) * (r.carry + b.one()));
    b.zero(r.rs.lo + r.sign * r.b_lo - r.lo - r.carry * b.k(65536));
    b.range(r.lo);
    b.zero(r.rs.hi - r.rs_neg * b.k(65536) + r.sign * (r.b_hi - r.b_neg * b.k(65536)) + r.carry -
           r.sum_hi);
    b.boolean(r.up);
    b.zero(r.up * b.not_(r.add));
    b.zero(r.add * (r.up * r.sum_hi * b.k(2) - r.sum_hi + r.up - b.k((1u << 15) + 1)) - r.excess);
    b.range(r.excess);

    enter_kernel(b, r.c, r.k, r.add * b.k(12) + (r.teq + r.tlt) * b.k(13), b.constant(0),
                 b.constant(0));
    not_in_kernel(b, r.k);
  }
};

// No instruction at pc: a span without code holds it.
struct FetchFault : FaultTable {
  static constexpr const char* kName = "FetchFault";
  static constexpr TableId kId = kTableFetchFault;
  static constexpr const char* kColumns =
      "real clk pc npc pc_v pc_hi npc_v npc_hi epc_lo epc_hi epc_t enpc_lo enpc_hi enpc_t cause_lo "
      "cause_hi cause_t bad_lo bad_hi bad_t link_lo link_hi link_t start end ds_lo ds_hi de_lo "
      "de_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    KernelEntry<T> k;
    SpanRead<T> span;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    in_span(b, r.c.real, isa::SpanKind::kNoCode, r.c.pc, r.span);
    enter_kernel(b, r.c, r.k, r.c.real * b.k(6), r.k.pc_v * b.k(4), r.k.pc_hi);
  }
};

}  // namespace mipzk::air
