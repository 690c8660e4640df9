# SPDX-License-Identifier: Apache-2.0
"""The fields and the name of an instruction word (MACHINE.md, sections 3 and 4)."""


def _bits(word, high, low):
    return word >> low & (1 << high - low + 1) - 1


# Name by function code for opcode 0 and the fields that have to be zero there.
_SPECIAL = {0x00: ("sll", "rs"), 0x02: ("srl", "rs"), 0x03: ("sra", "rs"), 0x04: ("sllv", "sa"),
            0x06: ("srlv", "sa"), 0x07: ("srav", "sa"), 0x0A: ("movz", "sa"), 0x0B: ("movn", "sa"),
            0x0C: ("syscall", ""), 0x0F: ("sync", "rs rt rd"), 0x10: ("mfhi", "rs rt sa"),
            0x11: ("mthi", "rt rd sa"), 0x12: ("mflo", "rs rt sa"), 0x13: ("mtlo", "rt rd sa"),
            0x18: ("mult", "rd sa"), 0x19: ("multu", "rd sa"), 0x1A: ("div", "rd sa"), 0x1B: ("divu", "rd sa"),
            0x20: ("add", "sa"), 0x21: ("addu", "sa"), 0x22: ("sub", "sa"), 0x23: ("subu", "sa"),
            0x24: ("and", "sa"), 0x25: ("or", "sa"), 0x26: ("xor", "sa"), 0x27: ("nor", "sa"),
            0x2A: ("slt", "sa"), 0x2B: ("sltu", "sa"), 0x30: ("tge", ""), 0x31: ("tgeu", ""), 0x32: ("tlt", ""),
            0x33: ("tltu", ""), 0x34: ("teq", ""), 0x36: ("tne", "")}
_REGIMM = {0x00: "bltz", 0x01: "bgez", 0x02: "bltzl", 0x03: "bgezl", 0x08: "tgei", 0x09: "tgeiu", 0x0A: "tlti",
           0x0B: "tltiu", 0x0C: "teqi", 0x0E: "tnei", 0x10: "bltzal", 0x11: "bgezal", 0x12: "bltzall",
           0x13: "bgezall", 0x1F: "synci"}
_SPECIAL2 = {0x00: ("madd", "rd sa"), 0x01: ("maddu", "rd sa"), 0x02: ("mul", "sa"), 0x04: ("msub", "rd sa"),
             0x05: ("msubu", "rd sa"), 0x20: ("clz", "sa"), 0x21: ("clo", "sa")}
_OPCODES = {0x02: ("j", ""), 0x03: ("jal", ""), 0x04: ("beq", ""), 0x05: ("bne", ""), 0x06: ("blez", "rt"),
            0x07: ("bgtz", "rt"), 0x08: ("addi", ""), 0x09: ("addiu", ""), 0x0A: ("slti", ""),
            0x0B: ("sltiu", ""), 0x0C: ("andi", ""), 0x0D: ("ori", ""), 0x0E: ("xori", ""),
            0x0F: ("lui", "rs"), 0x14: ("beql", ""), 0x15: ("bnel", ""), 0x16: ("blezl", "rt"),
            0x17: ("bgtzl", "rt"), 0x20: ("lb", ""), 0x21: ("lh", ""), 0x22: ("lwl", ""), 0x23: ("lw", ""),
            0x24: ("lbu", ""), 0x25: ("lhu", ""), 0x26: ("lwr", ""), 0x28: ("sb", ""), 0x29: ("sh", ""),
            0x2A: ("swl", ""), 0x2B: ("sw", ""), 0x2E: ("swr", ""), 0x2F: ("cache", ""), 0x30: ("ll", ""),
            0x31: ("lwc1", ""), 0x33: ("pref", ""), 0x35: ("ldc1", ""), 0x38: ("sc", ""), 0x39: ("swc1", ""),
            0x3D: ("sdc1", "")}
# Of coprocessor 1: by the rs field, and for the formats S and D by function code.
_COP1_MOVES = {0: "mfc1", 2: "cfc1", 3: "mfhc1", 4: "mtc1", 6: "ctc1", 7: "mthc1"}
_SINGLE = {0x06: ("mov.s", "rt"), 0x12: ("movz.s", ""), 0x13: ("movn.s", "")}


class Instruction:
    """The fields of a word; name is None for what has no meaning, and "trap" for what only the kernel knows."""

    def __init__(self, word):
        self.rs, self.rt, self.rd = _bits(word, 25, 21), _bits(word, 20, 16), _bits(word, 15, 11)
        self.sa, self.imm, self.index = _bits(word, 10, 6), word & 0xFFFF, word & 0x3FFFFFF
        self.function, self.opcode = word & 63, word >> 26
        self.code = _bits(word, 25, 6)
        self.simm = (self.imm - 0x10000 if self.imm >> 15 else self.imm) & 0xFFFFFFFF
        self.cc, self.tf, self.likely = self.rt >> 2, self.rt & 1, self.rt >> 1 & 1
        name, zero = self._decode(word)
        self.name = name if all(getattr(self, field) == 0 for field in zero.split()) else None
        if self.name is None and self.opcode in (0x11, 0x13):
            self.name = "trap"

    def _decode(self, word):
        """The name, or None, and the fields that have to be zero."""
        if self.opcode == 0:
            return self._special()
        if self.opcode == 1:
            return _REGIMM.get(self.rt), ""
        if self.opcode == 0x10:
            if word & 0xFFE0FFFF == 0x40802002:
                return "mtc0", ""
            return ("mfc0", "sa") if self.rs == 0 and self.function == 0 and self.rd in (8, 13, 14, 30) else (None, "")
        if self.opcode == 0x11:
            return self._coprocessor_1()
        if self.opcode == 0x13:
            return ("prefx", "sa") if self.function == 0x0F else (None, "")
        if self.opcode == 0x1C:
            return _SPECIAL2.get(self.function, (None, ""))
        if self.opcode == 0x1F:
            return self._special3()
        if self.opcode in (0x35, 0x3D) and self.rt % 2 != 0:
            return "trap", ""
        return _OPCODES.get(self.opcode, (None, ""))

    def _special(self):
        if self.function == 0x01:
            return (("movt" if self.tf else "movf"), "likely sa")  # bit 17 is zero
        if self.function in (0x08, 0x09) and self.sa in (0, 0x10):  # with the hint or without
            return ("jr", "rt rd") if self.function == 0x08 else ("jalr", "rt")
        if self.function == 0x02 and self.rs == 1:
            return "rotr", ""
        if self.function == 0x06 and self.sa == 1:
            return "rotrv", ""
        if self.function == 0x0C and self.code == 0:
            return "trap", ""
        return _SPECIAL.get(self.function, (None, ""))

    def _special3(self):
        if self.function == 0x00 and self.sa + self.rd < 32:
            return "ext", ""
        if self.function == 0x04 and self.rd >= self.sa:
            return "ins", ""
        if self.function == 0x20:
            return {0x02: "wsbh", 0x10: "seb", 0x18: "seh"}.get(self.sa), "rs"
        if self.function == 0x3B and self.rs == self.sa == 0:
            return "rdhwr" if self.rd in (0, 1, 29) else "trap", ""
        return None, ""

    def _coprocessor_1(self):
        if self.rs in _COP1_MOVES:
            name = _COP1_MOVES[self.rs]
            if name in ("cfc1", "ctc1") and not 16 <= self.rd <= 24:
                return "trap", ""
            return name, "sa function"
        if self.rs == 8:
            return "bc1" + "ft"[self.tf] + "l" * self.likely, ""
        if self.rs == 0x10 and self.function == 0x11:
            return ("movt.s" if self.tf else "movf.s"), "likely"
        if self.rs == 0x10:
            return _SINGLE.get(self.function, (None, ""))
        if self.rs == 0x11 and self.function == 0x06 and self.rd % 2 == self.sa % 2 == 0:
            return "mov.d", "rt"
        return None, ""
