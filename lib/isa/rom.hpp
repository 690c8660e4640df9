// The public form of one instruction: which table proves it, and the constants that table needs.
//
// `lower()` turns an instruction word at an address into its canonical ROM entry. It is part of the
// definition of the program id (docs/MACHINE.md, "Lowering"): prover and anyone who recomputes the
// id must get the same entries. Rules that hold for every entry:
//   - no entry names register 0 as a destination (such a write goes to register kTrash) and none
//     names kTrash as a source, so $zero is an ordinary register that starts at 0;
//   - fields that a class does not use are 0.
#pragma once

#include <cstdint>
#include <optional>

namespace mipzk::isa {

// Register numbers of the register space: 0..31 general, then. LINK holds the address of the last
// ll (0: none), FCSR leaves out the condition bits, which are registers of their own (0 or 1), and
// the 32 floating-point registers are single words.
inline constexpr uint8_t kHi = 32, kLo = 33, kTrash = 34, kExitCode = 35, kLink = 36,
                         kUserLocal = 37, kFcsr = 38, kFcc0 = 39, kFpr0 = 47;
inline constexpr unsigned kRegisterEnd = kFpr0 + 32;

// Instruction classes, one table each. Values are part of the protocol (docs/PROTOCOL.md).
enum class Class : uint8_t {
  kNop = 1,   // no effect: sll $0 (nop), PRINT, CYCLE, ALU results to $zero that cannot fault
  kAdd,       // addu subu          rd = rs + k0 rt            k0 = 1 or p - 1 (addu / subu)
  kAddTrap,   // add addi sub       rd = rs + k0 (rt + imm), no signed overflow; k0 = 1 or p - 1;
              // k1,k2 = imm limbs
  kAddImm,    // addiu lui move mfhi mflo mthi mtlo           k0,k1 = limbs of the 32-bit constant
  kLogic,     // and or xor nor     per byte: k0 (a+b) + k1 (a&b) + k2
  kLogicImm,  // andi ori xori      low half per byte: k0 (a+b) + k1 (a&b); high half k0 * hi; k2,k3
              // = bytes 0,1 of imm
  kShift,     // sll srl rotr by constant, common amounts     k0 = 2^u; k1..k5 = form (MACHINE.md)
  kShiftVar,  // sllv srlv srav, sra, the remaining constant amounts: amount = (rt2 & 31) + k0; k1 =
              // right, k2 = arithmetic
  kSlt,       // slt sltu           k0 = 1 if signed
  kSltImm,  // slti sltiu         k0 = 1 if signed; k1,k2 = limbs of the sign-extended constant; k3
            // = its top bit
  kBranchEq,     // beq bne            k0 = 1 for bne; k1 = target / 4
  kBranchZero,   // blez bgtz bltz bgez          taken = k0 + k1 sign + k2 zero; k3 = target / 4
  kBranchLink,   // bltzal bgezal                as kBranchZero; k4,k5 = limbs of pc + 8, written to
                 // rd
  kJump,         // j                  k0 = target / 4
  kJumpLink,     // jal                k0 = target / 4; k1,k2 = limbs of pc + 8
  kJumpReg,      // jr
  kJumpRegLink,  // jalr               k1,k2 = limbs of pc + 8
  kLoadWord,     // lw                 k0,k1 = limbs of the sign-extended offset
  kStoreWord,    // sw                 k0,k1 as above
  kLoadSub,      // lb lbu lh lhu      k0,k1 as above; k2 = half, k3 = signed, k4 = le
  kLoadPart,     // lwl lwr            k0,k1 as above; k2 = 1 for lwl; k3 = le
  kStoreSub,     // sb sh              k0,k1 as above; k2 = half; k3 = le
  kStorePart,    // swl swr            k0,k1 as above; k2 = 1 for swl; k3 = le
  kMult,  // mult multu mul     k0 = 1 if signed; rd = low word, k1 = register of the high word
  kDiv,   // div divu           k0 = 1 if signed; writes LO (33) and HI (32), rd is 0
  kHalt,  // syscall HALT: copies $a0 to register kExitCode and stops
  kHint,  // syscall HINT_WORD: writes a free word to $v0
  kBranchLikely,  // beql bnel blezl bgtzl bltzl bgezl bltzall bgezall
                  // taken = k0 + k1 sign + k2 equal; k3 = target / 4; k4,k5 = limbs of the link
  kMoveCond,      // movz movn (and FP moves)   k0 = 1 for movn: rd = rs if rt == 0 (!= 0)
  kMultAcc,       // madd maddu msub msubu      k0 = 1 if signed; k1 = 1 or p - 1
  kCountLeading,  // clz clo                    k0 = 1 for clo
  kBitField,   // ext ins rotrv rotr         amount = (rt & 31) + k0; k1 = keep; k2..k5 = mask bytes
  kByteOps,    // seb seh wsbh               k0,k1,k2 = one-hot
  kTrapEqual,  // teq tne teqi tnei          k0 = 1 for tne; k1,k2 = limbs of the immediate
  kTrapLess,   // tge tlt and kin            k0 = 1 if signed; k1 = (rs < b) required; k2,k3 = limbs
  kLoadLinked,   // ll                         k0,k1 = limbs of the offset
  kStoreCond,    // sc                         k0,k1 = limbs of the offset; rd = rt or trash
  kLoadDouble,   // ldc1                       k0,k1 = offset; rd, k2 = registers of the two words
  kStoreDouble,  // sdc1                       k0,k1 = offset; rt, k2 = registers of the two words
  kMovePair,     // mov.d                      rs,rt -> rd,k0
  kTrap,         // enters the kernel          rd = 26; k0,k1 = limbs of the word; k2 = vector / 4
};
inline constexpr unsigned kFirstClass = 1, kLastClass = 41;
inline constexpr unsigned kClassCount = kLastClass + 1;  // index by class value; 0 is unused

// One row of the program ROM. Coordinates of the ROM message in this order: class, pc / 4, rs, rt,
// rd, k[0..5]. `k` holds field elements in canonical form (< p); limbs are 16-bit, low first.
struct RomEntry {
  Class cls = Class::kNop;
  uint32_t pc4 = 0;
  uint8_t rs = 0, rt = 0, rd = 0;
  uint32_t k[6] = {};

  friend bool operator==(const RomEntry&, const RomEntry&) = default;
};

// What the lowering of a word depends on besides its address.
struct LowerContext {
  bool little_endian = false;
  uint32_t trap_vector = 0;  // byte address where the in-guest kernel takes traps; 0: no kernel
};

// The ROM entry of `word` at byte address `pc` (a multiple of 4), or nothing when the encoding has
// no entry (reserved, or an instruction that always faults): executing it stops the run.
std::optional<RomEntry> lower(uint32_t pc, uint32_t word, const LowerContext& context = {});

}  // namespace mipzk::isa
