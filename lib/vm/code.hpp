// The program ROM in the form that the interpreter executes.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.hpp"
#include "isa/rom.hpp"

namespace mipzk::vm {

// X(handler): one routine of the interpreter each.
// clang-format off
#define MIPZK_HANDLERS(X)                                                                  \
  X(missing) X(nop) X(host)                                                                \
  X(addu) X(subu) X(add_trap) X(sub_trap) X(add_imm)                                       \
  X(and_) X(or_) X(xor_) X(nor) X(andi) X(ori) X(xori)                                     \
  X(sll) X(srl) X(sll_var) X(srl_var) X(sra_var) X(slt) X(sltu) X(slti) X(sltiu)           \
  X(beq) X(bne) X(bltz) X(bgez) X(blez) X(bgtz) X(bltzal) X(bgezal) X(j) X(jal) X(jr) X(jalr) \
  X(lw) X(sw) X(lb) X(lbu) X(lh) X(lhu) X(lwl) X(lwr) X(sb) X(sh) X(swl) X(swr)            \
  X(mult) X(multu) X(div) X(divu) X(halt) X(hint)                                          \
  X(madd) X(maddu) X(msub) X(msubu) X(clz) X(clo) X(seb) X(seh) X(wsbh) X(movz) X(movn)    \
  X(rotr) X(bit_field) X(bit_insert) X(beq_likely) X(bne_likely) X(bltz_likely) X(bgez_likely) \
  X(blez_likely) X(bgtz_likely) X(teq) X(tne) X(tge) X(tgeu) X(tlt) X(tltu)                \
  X(ll) X(sc) X(ldc1) X(sdc1) X(mov_pair) X(trap)
// clang-format on

enum class Handler : uint8_t {
#define MIPZK_HANDLER(name) name,
  MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

struct MicroOp {
  Handler handler = Handler::missing;
  uint8_t rs = 0, rt = 0, rd = 0;
  uint32_t imm = 0;    // constant, offset, shift amount, link, or a second destination register;
                       // PRINT and CYCLE: the call number; trap: the instruction word
  uint32_t pc = 0;     // byte address
  int32_t target = 0;  // of a static branch or jump, as a distance from this MicroOp; else:
                       // lb..swr: address bits to flip (3 in little-endian programs, else 0);
                       // bit fields: the mask; ldc1, sdc1: the second register
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
