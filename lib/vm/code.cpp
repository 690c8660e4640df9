#include "vm/code.hpp"

#include <algorithm>
#include <bit>

#include "isa/decode.hpp"

namespace mipzk::vm {
namespace {

using isa::Class;
using isa::RomEntry;

// A gap of up to this many words between two instructions is filled instead of starting a run.
constexpr uint32_t kMaxGap = 1024;

uint32_t limbs(const RomEntry& e, unsigned low) { return e.k[low] | e.k[low + 1] << 16; }

// k[1] of kLogicImm and k[1], k[2] of kLogic tell the operations apart (docs/MACHINE.md,
// "Lowering").
Handler logic_handler(const RomEntry& e) {
  if (e.k[0] == 0) return Handler::and_;
  if (e.k[2] == 255) return Handler::nor;
  return e.k[1] % 2 == 0 ? Handler::or_ : Handler::xor_;  // p - 1 is even, p - 2 is odd
}

Handler logic_imm_handler(const RomEntry& e) {
  if (e.k[0] == 0) return Handler::andi;
  return e.k[1] % 2 == 0 ? Handler::ori : Handler::xori;
}

void set_shift(const RomEntry& e, MicroOp& op) {
  const auto u = static_cast<uint32_t>(std::countr_zero(e.k[0]));
  if (e.k[1] + e.k[2] != 0 && e.k[3] + e.k[4] != 0) {
    op.handler = Handler::rotr;
    op.imm = 32 - (u + 16 * e.k[2]);
  } else if (e.k[1] != 0 || e.k[2] != 0) {
    op.handler = Handler::sll;
    op.imm = u + 16 * e.k[2];
  } else {
    op.handler = Handler::srl;
    op.imm = e.k[5] != 0 ? 16 : 16 - u + 16 * e.k[4];
  }
}

Handler branch_zero_handler(const RomEntry& e) {
  const bool link = e.cls == Class::kBranchLink;
  if (e.k[2] != 0) return e.k[0] == 0 ? Handler::blez : Handler::bgtz;
  if (e.k[0] == 0) return link ? Handler::bltzal : Handler::bltz;
  return link ? Handler::bgezal : Handler::bgez;
}

Handler branch_likely_handler(const RomEntry& e) {
  const bool inverted = e.k[0] != 0;
  if (e.k[1] == 0) return inverted ? Handler::bne_likely : Handler::beq_likely;
  if (e.k[2] == 0) return inverted ? Handler::bgez_likely : Handler::bltz_likely;
  return inverted ? Handler::bgtz_likely : Handler::blez_likely;
}

Handler trap_less_handler(const RomEntry& e) {
  if (e.k[1] != 0) return e.k[0] != 0 ? Handler::tge : Handler::tgeu;
  return e.k[0] != 0 ? Handler::tlt : Handler::tltu;
}

Handler mult_acc_handler(const RomEntry& e) {
  if (e.k[1] == 1) return e.k[0] != 0 ? Handler::madd : Handler::maddu;
  return e.k[0] != 0 ? Handler::msub : Handler::msubu;
}

// A rotation is the bit field with the full mask.
void set_bit_field(const RomEntry& e, MicroOp& op) {
  const uint32_t mask = e.k[2] | e.k[3] << 8 | e.k[4] << 16 | e.k[5] << 24;
  op.handler = e.k[1] != 0 ? Handler::bit_insert : Handler::bit_field;
  op.imm = e.k[0];
  op.target = static_cast<int32_t>(mask);
}

// What flips the low address bits of accesses to parts of a word; k is the byte order.
int32_t flip(uint32_t k) { return k != 0 ? 3 : 0; }

Handler load_sub_handler(const RomEntry& e) {
  if (e.k[2] != 0) return e.k[3] != 0 ? Handler::lh : Handler::lhu;
  return e.k[3] != 0 ? Handler::lb : Handler::lbu;
}

// `word` is the instruction word: PRINT and CYCLE are kNop in the ROM but mean something here.
MicroOp decode_entry(const RomEntry& e, uint32_t word) {
  MicroOp op;
  op.rs = e.rs;
  op.rt = e.rt;
  op.rd = e.rd;
  op.pc = e.pc4 * 4;
  op.imm = limbs(e, 0);
  const auto one_of = [&](Handler if_zero, Handler otherwise, unsigned k) {
    return e.k[k] == 0 ? if_zero : otherwise;
  };
  switch (e.cls) {
    case Class::kNop: {
      const auto i = isa::decode(word);
      const bool host = i && i->op == isa::Op::kSyscall;
      op.handler = host ? Handler::host : Handler::nop;
      op.imm = host ? i->imm : 0;
      break;
    }
    case Class::kAdd:
      op.handler = e.k[0] == 1 ? Handler::addu : Handler::subu;
      break;
    case Class::kAddTrap:
      op.handler = e.k[0] == 1 ? Handler::add_trap : Handler::sub_trap;
      op.imm = limbs(e, 1);
      break;
    case Class::kAddImm:
      op.handler = Handler::add_imm;
      break;
    case Class::kLogic:
      op.handler = logic_handler(e);
      break;
    case Class::kLogicImm:
      op.handler = logic_imm_handler(e);
      op.imm = e.k[2] | e.k[3] << 8;
      break;
    case Class::kShift:
      set_shift(e, op);
      break;
    case Class::kShiftVar:
      op.handler = e.k[1] == 0   ? Handler::sll_var
                   : e.k[2] == 0 ? Handler::srl_var
                                 : Handler::sra_var;
      op.imm = e.k[0];
      break;
    case Class::kSlt:
      op.handler = one_of(Handler::sltu, Handler::slt, 0);
      break;
    case Class::kSltImm:
      op.handler = one_of(Handler::sltiu, Handler::slti, 0);
      op.imm = limbs(e, 1);
      break;
    case Class::kBranchEq:
      op.handler = one_of(Handler::beq, Handler::bne, 0);
      break;
    case Class::kBranchZero:
    case Class::kBranchLink:
      op.handler = branch_zero_handler(e);
      break;
    case Class::kJump:
      op.handler = Handler::j;
      break;
    case Class::kJumpLink:
      op.handler = Handler::jal;
      break;
    case Class::kJumpReg:
      op.handler = Handler::jr;
      break;
    case Class::kJumpRegLink:
      op.handler = Handler::jalr;
      break;
    case Class::kLoadWord:
      op.handler = Handler::lw;
      break;
    case Class::kStoreWord:
      op.handler = Handler::sw;
      break;
    case Class::kLoadSub:
      op.handler = load_sub_handler(e);
      op.target = flip(e.k[4]);
      break;
    case Class::kLoadPart:
      op.handler = one_of(Handler::lwr, Handler::lwl, 2);
      op.target = flip(e.k[3]);
      break;
    case Class::kStoreSub:
      op.handler = one_of(Handler::sb, Handler::sh, 2);
      op.target = flip(e.k[3]);
      break;
    case Class::kStorePart:
      op.handler = one_of(Handler::swr, Handler::swl, 2);
      op.target = flip(e.k[3]);
      break;
    case Class::kMult:
      op.handler = one_of(Handler::multu, Handler::mult, 0);
      op.target = static_cast<int32_t>(e.k[1]);
      break;
    case Class::kDiv:
      op.handler = one_of(Handler::divu, Handler::div, 0);
      break;
    case Class::kHalt:
      op.handler = Handler::halt;
      break;
    case Class::kHint:
      op.handler = Handler::hint;
      break;
    case Class::kBranchLikely:
      op.handler = branch_likely_handler(e);
      op.imm = limbs(e, 4);
      break;
    case Class::kMoveCond:
      op.handler = one_of(Handler::movz, Handler::movn, 0);
      break;
    case Class::kMultAcc:
      op.handler = mult_acc_handler(e);
      break;
    case Class::kCountLeading:
      op.handler = one_of(Handler::clz, Handler::clo, 0);
      break;
    case Class::kBitField:
      set_bit_field(e, op);
      break;
    case Class::kByteOps:
      op.handler = e.k[0] != 0 ? Handler::seb : e.k[1] != 0 ? Handler::seh : Handler::wsbh;
      break;
    case Class::kTrapEqual:
      op.handler = one_of(Handler::teq, Handler::tne, 0);
      op.imm = limbs(e, 1);
      break;
    case Class::kTrapLess:
      op.handler = trap_less_handler(e);
      op.imm = limbs(e, 2);
      break;
    case Class::kLoadLinked:
      op.handler = Handler::ll;
      break;
    case Class::kStoreCond:
      op.handler = Handler::sc;
      break;
    case Class::kLoadDouble:
      op.handler = Handler::ldc1;
      op.target = static_cast<int32_t>(e.k[2]);
      break;
    case Class::kStoreDouble:
      op.handler = Handler::sdc1;
      op.target = static_cast<int32_t>(e.k[2]);
      break;
    case Class::kMovePair:
      op.handler = Handler::mov_pair;
      op.target = static_cast<int32_t>(e.k[0]);
      break;
    case Class::kTrap:
      op.handler = Handler::trap;
      break;
  }
  return op;
}

MicroOp missing_at(uint32_t pc4) {
  MicroOp op;
  op.pc = pc4 * 4;
  return op;
}

}  // namespace

Code::Code(const isa::Program& program) {
  const auto& rom = program.rom;
  auto image = program.image.begin();
  const auto image_end = program.image.end();
  for (size_t i = 0; i < rom.size(); ++i) {
    const uint32_t pc4 = rom[i].pc4;
    const bool extends = i > 0 && pc4 - rom[i - 1].pc4 <= kMaxGap;
    if (extends) {
      for (uint32_t gap = rom[i - 1].pc4 + 1; gap < pc4; ++gap) ops_.push_back(missing_at(gap));
    } else {
      if (i > 0) add_missing(rom[i - 1].pc4 + 1);
      // The place before a run belongs to it, because an annulled delay slot can lie there.
      runs_.push_back({pc4 - 1, 0, static_cast<uint32_t>(ops_.size())});
      ops_.push_back(missing_at(pc4 - 1));
    }
    while (image != image_end && image->key < pc4) ++image;
    const bool known = image != image_end && image->key == pc4;
    ops_.push_back(decode_entry(rom[i], known ? image->value : 0));
    runs_.back().count = static_cast<uint32_t>(ops_.size()) - runs_.back().index;
  }
  if (!rom.empty()) add_missing(rom.back().pc4 + 1);
  for (const Run& run : runs_)
    if (run.count > first_run_.count) first_run_ = run;

  for (const RomEntry& e : rom) {
    const auto target_pc4 = isa::target_of(e);
    if (!target_pc4) continue;
    const auto from = static_cast<uint32_t>(find(e.pc4 * 4) - ops_.data());
    const uint32_t to = target_index(*target_pc4);
    ops_[from].target = static_cast<int32_t>(to - from);
  }
}

void Code::add_missing(uint32_t pc4) {
  for (uint32_t i = 0; i < kMissingPad; ++i) ops_.push_back(missing_at(pc4 + i));
}

uint32_t Code::target_index(uint32_t pc4) {
  if (const MicroOp* op = find(pc4 * 4)) return static_cast<uint32_t>(op - ops_.data());
  add_missing(pc4);
  return static_cast<uint32_t>(ops_.size() - kMissingPad);
}

bool Code::leads_to(uint32_t pc) const {
  return find(pc) != nullptr ||
         std::any_of(ops_.begin(), ops_.end(), [pc](const MicroOp& op) { return op.pc == pc; });
}

const MicroOp* Code::find_elsewhere(uint32_t pc) const {
  const uint32_t pc4 = pc / 4;
  auto run = std::upper_bound(runs_.begin(), runs_.end(), pc4,
                              [](uint32_t v, const Run& r) { return v < r.begin; });
  if (run == runs_.begin()) return nullptr;
  --run;
  if (pc4 - run->begin >= run->count) return nullptr;
  return ops_.data() + run->index + (pc4 - run->begin);
}

}  // namespace mipzk::vm
