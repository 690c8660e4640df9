// The program ROM in the form that the interpreter executes.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.hpp"
#include "isa/rom.hpp"

namespace mipzk::vm {

// X(handler, class): one routine of the interpreter each, for instructions of one class.
// clang-format off
#define MIPZK_HANDLERS(X) \
  X(nop, Nop) X(host, Nop) \
  X(addu, Add) X(subu, Add) X(add_trap, AddTrap) X(sub_trap, AddTrap) X(add_imm, AddImm) \
  X(and_, Logic) X(or_, Logic) X(xor_, Logic) X(nor, Logic) \
  X(andi, LogicImm) X(ori, LogicImm) X(xori, LogicImm) \
  X(sll, Shift) X(srl, Shift) X(rotr, Shift) \
  X(sll_var, ShiftVar) X(srl_var, ShiftVar) X(sra_var, ShiftVar) \
  X(slt, Slt) X(sltu, Slt) X(slti, SltImm) X(sltiu, SltImm) \
  X(beq, BranchEq) X(bne, BranchEq) \
  X(bltz, BranchZero) X(bgez, BranchZero) X(blez, BranchZero) X(bgtz, BranchZero) \
  X(bltzal, BranchLink) X(bgezal, BranchLink) \
  X(beq_likely, BranchLikely) X(bne_likely, BranchLikely) X(bltz_likely, BranchLikely) \
  X(bgez_likely, BranchLikely) X(blez_likely, BranchLikely) X(bgtz_likely, BranchLikely) \
  X(j, Jump) X(jal, JumpLink) X(jr, JumpReg) X(jalr, JumpRegLink) \
  X(lw, LoadWord) X(sw, StoreWord) \
  X(lb, LoadSub) X(lbu, LoadSub) X(lh, LoadSub) X(lhu, LoadSub) X(sb, StoreSub) X(sh, StoreSub) \
  X(lwl, LoadPart) X(lwr, LoadPart) X(swl, StorePart) X(swr, StorePart) \
  X(ll, LoadLinked) X(sc, StoreCond) X(ldc1, LoadDouble) X(sdc1, StoreDouble) \
  X(mov_pair, MovePair) X(movz, MoveCond) X(movn, MoveCond) \
  X(mult, Mult) X(multu, Mult) X(div, Div) X(divu, Div) \
  X(madd, MultAcc) X(maddu, MultAcc) X(msub, MultAcc) X(msubu, MultAcc) \
  X(clz, CountLeading) X(clo, CountLeading) X(seb, ByteOps) X(seh, ByteOps) X(wsbh, ByteOps) \
  X(bit_field, BitField) X(bit_insert, BitField) \
  X(teq, TrapEqual) X(tne, TrapEqual) \
  X(tge, TrapLess) X(tgeu, TrapLess) X(tlt, TrapLess) X(tltu, TrapLess) \
  X(hint, Hint) X(halt, Halt) X(trap, Trap)
// clang-format on

enum class Handler : uint8_t {
  missing,  // there is no instruction
#define MIPZK_HANDLER(name, cls) name,
  MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

inline constexpr isa::Class kHandlerClasses[] = {isa::Class{},
#define MIPZK_HANDLER(name, cls) isa::Class::k##cls,
                                                 MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

// Not of `missing`.
constexpr isa::Class class_of(Handler h) { return kHandlerClasses[static_cast<unsigned>(h)]; }

struct MicroOp {
  Handler handler = Handler::missing;
  uint8_t rs = 0, rt = 0, rd = 0;
  uint32_t imm = 0;    // constant, offset, shift amount or link; PRINT and CYCLE: the call number;
                       // trap: the instruction word
  uint32_t pc = 0;     // byte address
  int32_t target = 0;  // of a static branch or jump, as a distance from this MicroOp; else:
                       // lb..swr: address bits to flip (3 in little-endian programs, else 0);
                       // bit fields: the mask; ldc1, sdc1, mov_pair, mult: the second register
};

// Instructions of neighbouring addresses lie side by side, so that the successor of `op` in memory
// is `op + 1`. After each run of addresses, and at every static target without an instruction,
// there are kMissingPad `missing` MicroOps with the right pc: one to stop at, and its successors
// up to the one after an annulled delay slot.
inline constexpr uint32_t kMissingPad = 3;

class Code {
 public:
  explicit Code(const isa::Program& program);

  // The MicroOp at byte address `pc` (a multiple of 4), or nullptr.
  const MicroOp* find(uint32_t pc) const {
    const uint32_t i = pc / 4 - first_run_.begin;
    if (i < first_run_.count) return ops_.data() + first_run_.index + i;
    return find_elsewhere(pc);
  }

  // Whether the program alone fixes `pc` as a place where a run can be: find() knows it, or a
  // static jump or the end of a run of instructions leads there. Slow.
  bool leads_to(uint32_t pc) const;

 private:
  struct Run {
    uint32_t begin = 0, count = 0, index = 0;  // pc / 4, MicroOps, index of the first in ops_
  };

  const MicroOp* find_elsewhere(uint32_t pc) const;
  void add_missing(uint32_t pc4);
  uint32_t target_index(uint32_t pc4);

  std::vector<MicroOp> ops_;
  std::vector<Run> runs_;  // ascending
  Run first_run_;          // the largest of them
};

}  // namespace mipzk::vm
