// SPDX-License-Identifier: Apache-2.0
#include "unit/vm/random_guest.hpp"

#include "isa/decode.hpp"

namespace mipzk::test {
namespace {

using isa::Format;

constexpr unsigned kBase = kS0, kCounter = kS1;  // not written by the random instructions

// Instructions that neither fault nor leave the straight line.
constexpr Op kPlain[] = {
    Op::kSll,   Op::kSrl,   Op::kSra,   Op::kSllv,  Op::kSrlv, Op::kSrav, Op::kMfhi,  Op::kMthi,
    Op::kMflo,  Op::kMtlo,  Op::kMult,  Op::kMultu, Op::kDiv,  Op::kDivu, Op::kAddu,  Op::kSubu,
    Op::kAnd,   Op::kOr,    Op::kXor,   Op::kNor,   Op::kSlt,  Op::kSltu, Op::kAddiu, Op::kSlti,
    Op::kSltiu, Op::kAndi,  Op::kOri,   Op::kXori,  Op::kLui,  Op::kLb,   Op::kLh,    Op::kLwl,
    Op::kLw,    Op::kLbu,   Op::kLhu,   Op::kLwr,   Op::kSb,   Op::kSh,   Op::kSwl,   Op::kSw,
    Op::kSwr,   Op::kRotr,  Op::kRotrv, Op::kMovz,  Op::kMovn, Op::kMovf, Op::kMovt,  Op::kMul,
    Op::kMadd,  Op::kMaddu, Op::kMsub,  Op::kMsubu, Op::kClz,  Op::kClo,  Op::kExt,   Op::kIns,
    Op::kWsbh,  Op::kSeb,   Op::kSeh,   Op::kSync,  Op::kPref, Op::kTeqi, Op::kTnei,  Op::kTgeiu,
    Op::kTne,   Op::kTlt,   Op::kTltu,  Op::kLl,    Op::kLwc1, Op::kSwc1, Op::kLdc1,  Op::kSdc1,
    Op::kMfc1,  Op::kMtc1,  Op::kMfhc1, Op::kMthc1, Op::kMovS, Op::kMovD, Op::kMovfS, Op::kMovtS,
    Op::kMovzS, Op::kMovnS,
};
constexpr Op kBranches[] = {Op::kBeq,   Op::kBne,    Op::kBltz,    Op::kBgez,    Op::kBlez,
                            Op::kBgtz,  Op::kBltzal, Op::kBgezal,  Op::kBeql,    Op::kBnel,
                            Op::kBltzl, Op::kBgezl,  Op::kBltzall, Op::kBgezall, Op::kBlezl,
                            Op::kBgtzl, Op::kBc1f,   Op::kBc1t,    Op::kBc1fl,   Op::kBc1tl};

unsigned source_reg(std::mt19937& rng) { return rng() % 16; }
unsigned target_reg(std::mt19937& rng) { return rng() % 16; }

uint32_t memory_word(Op op, unsigned reg, std::mt19937& rng) {
  uint32_t offset = rng() % 2048;
  if (op == Op::kLl && reg == 0) reg = 1;
  switch (op) {
    case Op::kLw:
    case Op::kSw:
    case Op::kLwc1:
    case Op::kSwc1:
      offset &= ~3u;
      break;
    case Op::kLh:
    case Op::kLhu:
    case Op::kSh:
      offset &= ~1u;
      break;
    case Op::kLdc1:
    case Op::kSdc1:
      offset &= ~7u;
      reg &= ~1u;
      break;
    case Op::kLl:
    case Op::kSc:
      // One word that no other store reaches. Unicorn never clears the link; its sc fails if the
      // word has another value than at the ll.
      offset = 2048;
      break;
    default:
      break;
  }
  return mem(op, reg, offset - 1024, kBase);
}

uint32_t plain_word(std::mt19937& rng) {
  const Op op = kPlain[rng() % std::size(kPlain)];
  const unsigned a = source_reg(rng), b = source_reg(rng), d = target_reg(rng), cc = rng() % 8;
  switch (op) {
    case Op::kTeqi:
    case Op::kTgeiu:
      return trap_imm(op, kZero, 1);
    case Op::kTnei:
      return trap_imm(op, kZero, 0);
    case Op::kMovD:
      return fp_two(op, d & ~1u, a & ~1u);
    default:
      break;
  }
  switch (isa::op_info(op).format) {
    case Format::kShift:
      return shift(op, d, a, rng() % 32);
    case Format::kShiftReg:
    case Format::kThree:
      return three(op, d, a, b);
    case Format::kFromHiLo:
      return from_hilo(op, d);
    case Format::kToHiLo:
      return to_hilo(op, a);
    case Format::kHiLo:
      return hilo(op, a, b);
    case Format::kUpper:
      return lui(d, static_cast<uint32_t>(rng()));
    case Format::kMemory:
    case Format::kFpMemory:
    case Format::kHinted:
      return memory_word(op, d, rng);
    case Format::kNone:
      return match_of(op);
    case Format::kMoveFcc:
      return move_fcc(op, d, a, cc);
    case Format::kCount:
      return count(op, d, a);
    case Format::kByteOp:
      return byte_op(op, d, a);
    case Format::kBitField: {
      const unsigned position = rng() % 32;
      return bit_field(op, d, a, position, 1 + rng() % (32 - position));
    }
    case Format::kTrapReg:
      return trap(op, a, a, rng() % 1024);  // of those whose condition is false then
    case Format::kFpMove:
      return fp_move(op, d, a);
    case Format::kFpTwo:
      return fp_two(op, d, a);
    case Format::kFpMoveFcc:
      return fp_move_fcc(op, d, a, cc);
    case Format::kFpMoveReg:
      return fp_three(op, d, a, b);
    default:
      return imm(op, d, a, static_cast<uint32_t>(rng()));
  }
}

uint32_t branch_word(std::mt19937& rng) {
  const Op op = kBranches[rng() % std::size(kBranches)];
  const int offset = static_cast<int>(1 + rng() % 6);
  const unsigned a = source_reg(rng);
  const Format format = isa::op_info(op).format;
  if (format == Format::kFpBranch) return fp_branch(op, rng() % 8, offset);
  if (format == Format::kBranchZero) return branch_zero(op, a, offset);
  return branch(op, a, rng() % 3 == 0 ? a : source_reg(rng), offset);
}

}  // namespace

Guest random_guest(std::mt19937& rng, unsigned length, unsigned rounds) {
  Guest g;
  g.little_endian = rng() % 2 != 0;
  for (unsigned i = 0; i < kRandomDataWords; ++i) g.data.push_back(static_cast<uint32_t>(rng()));
  for (unsigned r = 1; r < 16; ++r) g.li(r, static_cast<uint32_t>(rng()) >> (rng() % 32));
  g.li(kBase, kData + 2048).li(kCounter, rounds - 1);
  const auto start = static_cast<int>(g.text.size());
  for (unsigned i = 0; i < length; ++i) {
    if (rng() % 6 == 0) g.op(branch_word(rng));
    const uint32_t word = plain_word(rng);
    g.op(word);
    // Each ll has its sc, which changes the word, so that a second one fails in Unicorn, too. But
    // branches lead in between and out.
    if (word >> 26 == match_of(Op::kLl) >> 26) {
      const unsigned reg = word >> 16 & 31;
      g.op(imm(Op::kAddiu, reg, reg, 1 + rng() % 1000)).op(memory_word(Op::kSc, reg, rng));
    }
  }
  for (unsigned i = 0; i < 8; ++i) g.op(kNopWord);  // where the last branches may lead
  const auto here = static_cast<int>(g.text.size());
  g.op(branch(Op::kBne, kCounter, kZero, start - here - 1));
  g.op(imm(Op::kAddiu, kCounter, kCounter, 0xffff));
  g.halt();
  return g;
}

}  // namespace mipzk::test
