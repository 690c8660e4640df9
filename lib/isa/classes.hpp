// SPDX-License-Identifier: Apache-2.0
// The instruction classes, one line each: number, name, accesses and control flow; and the handlers
// of each. A class is what one table of the proof holds, so all its instructions make the same
// accesses. Lowering, interpreter, tables, events and debugger follow from these lists.
#pragma once

#include <cstdint>

namespace mipzk::isa {

// An access of an instruction to a register or to memory, with its time in the cycle
// (docs/MACHINE.md, "Accesses"). A write is an access to the old value, too. In memory it is the
// aligned word with the byte at rs + the constant in the limbs k0, k1, or the word after that.
enum Access : uint32_t {
  kReadRs = 1u << 0,          // 1
  kReadRt = 1u << 1,          // 2
  kReadNextWord = 1u << 2,    // 2
  kReadWord = 1u << 3,        // 3
  kReadSub = 1u << 4,         // 3, for a byte of the word, a half word if k2 = 1
  kReadPart = 1u << 5,        // 3, for the bytes from the address to an end of the word (lwl, lwr)
  kWriteWord = 1u << 6,       // 3
  kWriteSub = 1u << 7,        // 3
  kWritePart = 1u << 8,       // 3
  kClearLink = 1u << 9,       // 3, LINK in the place of memory
  kWriteLink = 1u << 10,      // 3
  kWriteHi = 1u << 11,        // 3
  kWriteR27 = 1u << 12,       // 3
  kWriteRegK0 = 1u << 13,     // 3, the register with the number k0
  kWriteRegK1 = 1u << 14,     // 3
  kWriteRegK2 = 1u << 15,     // 3
  kReadRegK2 = 1u << 16,      // 3
  kWriteRd = 1u << 17,        // 4
  kWriteLo = 1u << 18,        // 4
  kWriteNextWord = 1u << 19,  // 4
};
inline constexpr unsigned kAccessKinds = 20;

// A set of them.
using Accesses = uint32_t;
inline constexpr Accesses kNoAccess = 0;
// What loads and stores do with the word of the address: each does one of these.
inline constexpr Accesses kLoads = kReadWord | kReadSub | kReadPart;
inline constexpr Accesses kStores = kWriteWord | kWriteSub | kWritePart;
inline constexpr Accesses kWrites = kStores | kClearLink | kWriteLink | kWriteHi | kWriteR27 |
                                    kWriteRegK0 | kWriteRegK1 | kWriteRegK2 | kWriteRd | kWriteLo |
                                    kWriteNextWord;

// Where a run goes on after an instruction.
struct Flow {
  enum Kind : uint8_t {
    kNext,          // at npc, and then at npc + 4
    kBranch,        // after its delay slot at a constant target, if a condition holds
    kBranchLikely,  // the same; if the condition does not hold, the delay slot is annulled
    kJump,          // after its delay slot at a constant target
    kJumpRegister,  // after its delay slot at the address in rs
    kTrap,          // at a constant target; there is no delay slot
    kHalt,          // nowhere
  } kind;
  uint8_t target;  // the constant that holds the target / 4: its number

  constexpr bool has_target() const {
    return kind != kNext && kind != kJumpRegister && kind != kHalt;
  }
  constexpr bool has_delay_slot() const { return kind >= kBranch && kind <= kJumpRegister; }
};
namespace flow {
constexpr Flow next() { return {Flow::kNext, 0}; }
constexpr Flow branch(uint8_t k) { return {Flow::kBranch, k}; }
constexpr Flow branch_likely(uint8_t k) { return {Flow::kBranchLikely, k}; }
constexpr Flow jump(uint8_t k) { return {Flow::kJump, k}; }
constexpr Flow jump_register() { return {Flow::kJumpRegister, 0}; }
constexpr Flow trap(uint8_t k) { return {Flow::kTrap, k}; }
constexpr Flow halt() { return {Flow::kHalt, 0}; }
}  // namespace flow

// X(number, name, accesses, flow). Numbers are part of the protocol (docs/PROTOCOL.md) and
// consecutive; the class's table in lib/air has its name. The comments tell the instructions, what
// they compute and the other constants (docs/MACHINE.md, "Lowering"; a, b: values of rs and rt).
// clang-format off
#define MIPZK_CLASSES(X) \
  /* nop, PRINT, CYCLE, ALU results to $zero that cannot fault */ \
  X(1, Nop, kNoAccess, next()) \
  /* addu subu: a + k0 b; k0 = 1 or p - 1 */ \
  X(2, Add, kReadRs | kReadRt | kWriteRd, next()) \
  /* add addi sub: a + k0 (b + imm), no signed overflow; k0 = 1 or p - 1; k1,k2 = limbs of imm */ \
  X(3, AddTrap, kReadRs | kReadRt | kWriteRd, next()) \
  /* addiu lui move mfhi mflo mthi mtlo: a + the constant with the limbs k0,k1 */ \
  X(4, AddImm, kReadRs | kWriteRd, next()) \
  /* and or xor nor: k0 (a + b) + k1 (a & b) + k2 by bytes */ \
  X(5, Logic, kReadRs | kReadRt | kWriteRd, next()) \
  /* andi ori xori: k0 (a + b) + k1 (a & b) by bytes, b = k2,k3; the high half is k0 a */ \
  X(6, LogicImm, kReadRs | kWriteRd, next()) \
  /* sll srl rotr by most constants: k0 = 2^u; k1..k5 = form */ \
  X(7, Shift, kReadRs | kWriteRd, next()) \
  /* sllv srlv srav sra, other constants: amount b mod 32 + k0; k1 = right, k2 = arithmetic */ \
  X(8, ShiftVar, kReadRs | kReadRt | kWriteRd, next()) \
  /* slt sltu: k0 = signed */ \
  X(9, Slt, kReadRs | kReadRt | kWriteRd, next()) \
  /* slti sltiu: k0 = signed; k1,k2 = limbs of the constant; k3 = its top bit */ \
  X(10, SltImm, kReadRs | kWriteRd, next()) \
  /* beq bne: k0 = 1 for bne */ \
  X(11, BranchEq, kReadRs | kReadRt, branch(1)) \
  /* bltz bgez blez bgtz: taken = k0 + k1 (a < 0) + k2 (a = 0) */ \
  X(12, BranchZero, kReadRs, branch(3)) \
  /* bltzal bgezal: the same; k4,k5 = limbs of pc + 8 */ \
  X(13, BranchLink, kReadRs | kWriteRd, branch(3)) \
  /* j */ \
  X(14, Jump, kNoAccess, jump(0)) \
  /* jal: k1,k2 = limbs of pc + 8 */ \
  X(15, JumpLink, kWriteRd, jump(0)) \
  /* jr */ \
  X(16, JumpReg, kReadRs, jump_register()) \
  /* jalr: k1,k2 = limbs of pc + 8 */ \
  X(17, JumpRegLink, kReadRs | kWriteRd, jump_register()) \
  /* lw */ \
  X(18, LoadWord, kReadRs | kReadWord | kWriteRd, next()) \
  /* sw */ \
  X(19, StoreWord, kReadRs | kReadRt | kWriteWord, next()) \
  /* lb lbu lh lhu: k2 = half, k3 = signed, k4 = little-endian */ \
  X(20, LoadSub, kReadRs | kReadSub | kWriteRd, next()) \
  /* lwl lwr: k2 = 1 for lwl; k3 = little-endian */ \
  X(21, LoadPart, kReadRs | kReadPart | kWriteRd, next()) \
  /* sb sh: k2 = half; k3 = little-endian */ \
  X(22, StoreSub, kReadRs | kReadRt | kWriteSub, next()) \
  /* swl swr: k2 = 1 for swl; k3 = little-endian */ \
  X(23, StorePart, kReadRs | kReadRt | kWritePart, next()) \
  /* mult multu mul: low word to rd, high word to register k1; k0 = signed */ \
  X(24, Mult, kReadRs | kReadRt | kWriteRegK1 | kWriteRd, next()) \
  /* div divu: k0 = signed */ \
  X(25, Div, kReadRs | kReadRt | kWriteHi | kWriteLo, next()) \
  /* syscall HALT: $a0 is the exit code */ \
  X(26, Halt, kReadRs | kWriteRd, halt()) \
  /* syscall HINT_WORD: a free word */ \
  X(27, Hint, kWriteRd, next()) \
  /* beql bnel blezl bgtzl bltzl bgezl bltzall bgezall: taken = k0 + k1 (a < 0) + k2 (a = b); */ \
  /* k4,k5 = limbs of the link */ \
  X(28, BranchLikely, kReadRs | kReadRt | kWriteRd, branch_likely(3)) \
  /* movz movn and moves of the FPU: rd = a if b = 0, with k0 = 1 if not */ \
  X(29, MoveCond, kReadRs | kReadRt | kWriteRd, next()) \
  /* madd maddu msub msubu: k0 = signed; k1 = 1 or p - 1 */ \
  X(30, MultAcc, kReadRs | kReadRt | kWriteHi | kWriteLo, next()) \
  /* clz clo: k0 = 1 for clo */ \
  X(31, CountLeading, kReadRs | kWriteRd, next()) \
  /* ext ins rotrv rotr: right by b mod 32 + k0; k1 = keep the rest of rd; k2..k5 = mask */ \
  X(32, BitField, kReadRs | kReadRt | kWriteRd, next()) \
  /* seb seh wsbh: k0,k1,k2 = one-hot */ \
  X(33, ByteOps, kReadRs | kWriteRd, next()) \
  /* teq tne and kin: a fault if (a = b + imm) is not k0; k1,k2 = limbs of imm */ \
  X(34, TrapEqual, kReadRs | kReadRt, next()) \
  /* tge tlt and kin: a fault if (a < b + imm) is not k1; k0 = signed; k2,k3 = limbs of imm */ \
  X(35, TrapLess, kReadRs | kReadRt, next()) \
  /* ll */ \
  X(36, LoadLinked, kReadRs | kReadWord | kWriteLink | kWriteRd, next()) \
  /* sc */ \
  X(37, StoreCond, kReadRs | kReadRt | kWriteWord | kWriteLink | kWriteRd, next()) \
  /* ldc1 */ \
  X(38, LoadDouble, kReadRs | kReadNextWord | kReadWord | kWriteRegK2 | kWriteRd, next()) \
  /* sdc1 */ \
  X(39, StoreDouble, kReadRs | kReadRt | kWriteWord | kReadRegK2 | kWriteNextWord, next()) \
  /* mov.d: rs to rd, rt to register k0 */ \
  X(40, MovePair, kReadRs | kReadRt | kWriteRegK0 | kWriteRd, next()) \
  /* what the in-guest kernel takes: npc to rd, the word with the limbs k0,k1 to register 27 */ \
  X(41, Trap, kClearLink | kWriteR27 | kWriteRd, trap(2))

// X(handler, class): the ways of computing, each of one class. The interpreter has a routine for
// each (handlers.hpp).
#define MIPZK_HANDLERS(X) \
  X(Nop, Nop) X(Host, Nop) \
  X(Addu, Add) X(Subu, Add) X(AddTrap, AddTrap) X(SubTrap, AddTrap) X(AddImm, AddImm) \
  X(And, Logic) X(Or, Logic) X(Xor, Logic) X(Nor, Logic) \
  X(Andi, LogicImm) X(Ori, LogicImm) X(Xori, LogicImm) \
  X(Sll, Shift) X(Srl, Shift) X(Rotr, Shift) \
  X(SllVar, ShiftVar) X(SrlVar, ShiftVar) X(SraVar, ShiftVar) \
  X(Slt, Slt) X(Sltu, Slt) X(Slti, SltImm) X(Sltiu, SltImm) \
  X(Beq, BranchEq) X(Bne, BranchEq) \
  X(Bltz, BranchZero) X(Bgez, BranchZero) X(Blez, BranchZero) X(Bgtz, BranchZero) \
  X(Bltzal, BranchLink) X(Bgezal, BranchLink) \
  X(BeqLikely, BranchLikely) X(BneLikely, BranchLikely) X(BltzLikely, BranchLikely) \
  X(BgezLikely, BranchLikely) X(BlezLikely, BranchLikely) X(BgtzLikely, BranchLikely) \
  X(J, Jump) X(Jal, JumpLink) X(Jr, JumpReg) X(Jalr, JumpRegLink) \
  X(Lw, LoadWord) X(Sw, StoreWord) \
  X(Lb, LoadSub) X(Lbu, LoadSub) X(Lh, LoadSub) X(Lhu, LoadSub) X(Sb, StoreSub) X(Sh, StoreSub) \
  X(Lwl, LoadPart) X(Lwr, LoadPart) X(Swl, StorePart) X(Swr, StorePart) \
  X(Ll, LoadLinked) X(Sc, StoreCond) X(Ldc1, LoadDouble) X(Sdc1, StoreDouble) \
  X(MovPair, MovePair) X(Movz, MoveCond) X(Movn, MoveCond) \
  X(Mult, Mult) X(Multu, Mult) X(Div, Div) X(Divu, Div) \
  X(Madd, MultAcc) X(Maddu, MultAcc) X(Msub, MultAcc) X(Msubu, MultAcc) \
  X(Clz, CountLeading) X(Clo, CountLeading) X(Seb, ByteOps) X(Seh, ByteOps) X(Wsbh, ByteOps) \
  X(BitField, BitField) X(BitInsert, BitField) \
  X(Teq, TrapEqual) X(Tne, TrapEqual) \
  X(Tge, TrapLess) X(Tgeu, TrapLess) X(Tlt, TrapLess) X(Tltu, TrapLess) \
  X(Hint, Hint) X(Halt, Halt) X(Trap, Trap)
// clang-format on

enum class Class : uint8_t {
#define MIPZK_CLASS(number, name, accesses, flow) k##name = (number),
  MIPZK_CLASSES(MIPZK_CLASS)
#undef MIPZK_CLASS
};

struct ClassInfo {
  Class cls;
  const char* name;
  Accesses accesses;
  Flow flow;

  constexpr bool has(Accesses any) const { return (accesses & any) != 0; }
  // Whether the instructions leave the address after their delay slot in a register (a likely
  // branch that does not link leaves 0 in the trash register).
  constexpr bool links() const { return flow.has_delay_slot() && has(kWriteRd); }
};

// In the order of their numbers.
inline constexpr ClassInfo kClasses[] = {
#define MIPZK_CLASS(number, name, accesses, way) {Class::k##name, #name, accesses, flow::way},
    MIPZK_CLASSES(MIPZK_CLASS)
#undef MIPZK_CLASS
};
inline constexpr unsigned kFirstClass = 1, kLastClass = sizeof(kClasses) / sizeof(kClasses[0]);
inline constexpr unsigned kClassCount = kLastClass + 1;  // index by class value; 0 is unused

static_assert([] {
  for (unsigned i = 0; i < kLastClass; ++i) {
    const ClassInfo& c = kClasses[i];
    if (static_cast<unsigned>(c.cls) != kFirstClass + i || c.accesses >> kAccessKinds != 0 ||
        c.flow.target > 5)
      return false;
  }
  return true;
}());

// `cls` is one of the list.
constexpr const ClassInfo& class_info(Class cls) {
  return kClasses[static_cast<unsigned>(cls) - kFirstClass];
}

}  // namespace mipzk::isa
