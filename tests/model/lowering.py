"""From instructions to ROM entries (MACHINE.md, sections 3, 4 and 6)."""

from field import P

HI, LO, TRASH, EXIT_CODE = 32, 33, 34, 35


def _bits(word, high, low):
    return word >> low & (1 << high - low + 1) - 1


# Name by function code for opcode 0 and the fields that have to be zero there.
_SPECIAL = {0x00: ("sll", "rs"), 0x02: ("srl", "rs"), 0x03: ("sra", "rs"), 0x04: ("sllv", "sa"),
            0x06: ("srlv", "sa"), 0x07: ("srav", "sa"), 0x08: ("jr", "rt rd sa"), 0x09: ("jalr", "rt sa"),
            0x0C: ("syscall", ""), 0x10: ("mfhi", "rs rt sa"), 0x11: ("mthi", "rt rd sa"),
            0x12: ("mflo", "rs rt sa"), 0x13: ("mtlo", "rt rd sa"), 0x18: ("mult", "rd sa"),
            0x19: ("multu", "rd sa"), 0x1A: ("div", "rd sa"), 0x1B: ("divu", "rd sa"), 0x20: ("add", "sa"),
            0x21: ("addu", "sa"), 0x22: ("sub", "sa"), 0x23: ("subu", "sa"), 0x24: ("and", "sa"),
            0x25: ("or", "sa"), 0x26: ("xor", "sa"), 0x27: ("nor", "sa"), 0x2A: ("slt", "sa"),
            0x2B: ("sltu", "sa")}
_REGIMM = {0x00: "bltz", 0x01: "bgez", 0x10: "bltzal", 0x11: "bgezal"}
_OPCODES = {0x02: ("j", ""), 0x03: ("jal", ""), 0x04: ("beq", ""), 0x05: ("bne", ""), 0x06: ("blez", "rt"),
            0x07: ("bgtz", "rt"), 0x08: ("addi", ""), 0x09: ("addiu", ""), 0x0A: ("slti", ""),
            0x0B: ("sltiu", ""), 0x0C: ("andi", ""), 0x0D: ("ori", ""), 0x0E: ("xori", ""),
            0x0F: ("lui", "rs"), 0x20: ("lb", ""), 0x21: ("lh", ""), 0x22: ("lwl", ""), 0x23: ("lw", ""),
            0x24: ("lbu", ""), 0x25: ("lhu", ""), 0x26: ("lwr", ""), 0x28: ("sb", ""), 0x29: ("sh", ""),
            0x2A: ("swl", ""), 0x2B: ("sw", ""), 0x2E: ("swr", "")}
_TO_RD = ("sll srl sra sllv srlv srav addu subu and or xor nor slt sltu mfhi mflo").split()
_TO_RT = "addiu slti sltiu andi ori xori lui".split()


class Instruction:
    """The fields of a word; name is None for what has no meaning."""

    def __init__(self, word):
        self.rs, self.rt, self.rd = _bits(word, 25, 21), _bits(word, 20, 16), _bits(word, 15, 11)
        self.sa, self.imm, self.index = _bits(word, 10, 6), word & 0xFFFF, word & 0x3FFFFFF
        self.code = _bits(word, 25, 6)
        self.simm = (self.imm - 0x10000 if self.imm >> 15 else self.imm) & 0xFFFFFFFF
        opcode = word >> 26
        if opcode == 0:
            name, zero = _SPECIAL.get(word & 63, (None, ""))
        elif opcode == 1:
            name, zero = _REGIMM.get(self.rt), ""
        else:
            name, zero = _OPCODES.get(opcode, (None, ""))
        self.name = name if all(getattr(self, field) == 0 for field in zero.split()) else None


def limbs(value):
    return [value & 0xFFFF, value >> 16]


def _entry(number, rs=0, rt=0, rd=0, k=()):
    return number, rs, rt, rd, [x % P for x in k] + [0] * (6 - len(k))


def _add_constant(source, destination, constant):
    return _entry(4, rs=source, rd=destination, k=limbs(constant))


def _move(i):
    """Rules 3: (source, destination), or None."""
    n = i.name
    if n in ("or", "addu") and (i.rt == 0 or i.rs == 0):
        return i.rs if i.rt == 0 else i.rt, i.rd
    if n in ("xor", "subu") and i.rt == 0:
        return i.rs, i.rd
    if n in ("sll", "srl", "sra") and i.sa == 0:
        return i.rt, i.rd
    if n in ("ori", "xori") and i.imm == 0:
        return i.rs, i.rt
    return {"mfhi": (HI, i.rd), "mflo": (LO, i.rd), "mthi": (i.rs, HI), "mtlo": (i.rs, LO)}.get(n)


def _constant_shift(i):
    u, q = i.sa % 16, i.sa // 16
    which, factor = None, 0
    if i.name == "sll" and u <= 14:
        which, factor = 1 + q, 1 << u
    elif i.name == "srl" and u >= 2:
        which, factor = 3 + q, 1 << 16 - u
    elif i.name == "srl" and i.sa == 16:
        which, factor = 5, 1
    if which is None:
        return _entry(8, rs=i.rt, rd=i.rd, k=[i.sa, i.name != "sll", i.name == "sra"])
    return _entry(7, rs=i.rt, rd=i.rd, k=[factor] + [which == j for j in range(1, 6)])


def _memory(i):
    n, k = i.name, limbs(i.simm)
    if n in ("lw", "lb", "lbu", "lh", "lhu", "lwl", "lwr"):
        number = {"lw": 18, "lwl": 21, "lwr": 21}.get(n, 20)
        k += {"lw": [], "lwl": [1], "lwr": [0]}.get(n, [n in ("lh", "lhu"), n in ("lb", "lh")])
        return _entry(number, rs=i.rs, rd=i.rt or TRASH, k=k)
    number = {"sw": 19, "sb": 22, "sh": 22}.get(n, 23)
    return _entry(number, rs=i.rs, rt=i.rt, k=k + {"sw": []}.get(n, [n in ("sh", "swl")]))


def _branch(i, pc):
    n = i.name
    if n == "j":
        return _entry(14, k=[((pc + 4 & 0xF0000000) + 4 * i.index) // 4])
    if n == "jal":
        return _entry(15, rd=31, k=[((pc + 4 & 0xF0000000) + 4 * i.index) // 4] + limbs(pc + 8 & 0xFFFFFFFF))
    if n == "jr" or n == "jalr" and i.rd == 0:
        return _entry(16, rs=i.rs)
    link = limbs(pc + 8 & 0xFFFFFFFF)
    if n == "jalr":
        return _entry(17, rs=i.rs, rd=i.rd, k=[0] + link)
    target = (pc + 4 + 4 * i.simm & 0xFFFFFFFF) // 4
    if n in ("beq", "bne"):
        return _entry(11, rs=i.rs, rt=i.rt, k=[n == "bne", target])
    if n in ("bltzal", "bgezal"):
        taken = [0, 1] if n == "bltzal" else [1, -1]
        return _entry(13, rs=i.rs, rd=31, k=taken + [0, target] + link)
    taken = {"bltz": [0, 1, 0], "bgez": [1, -1, 0], "blez": [0, 1, 1], "bgtz": [1, -1, -1]}[n]
    return _entry(12, rs=i.rs, k=taken + [target])


def lower(pc, word):
    """(class, rs, rt, rd, [k0..k5]) of the word at pc, or None if it has no entry."""
    i = Instruction(word)
    n = i.name
    if n is None or n == "syscall" and not 1 <= i.code <= 4:
        return None
    destination = i.rd if n in _TO_RD else i.rt if n in _TO_RT else None
    if destination == 0 or n == "syscall" and i.code in (3, 4):
        return _entry(1)
    if n == "syscall":
        return _entry(26, rs=4, rd=EXIT_CODE) if i.code == 1 else _entry(27, rd=2)
    move = _move(i)
    if move:
        return _add_constant(*move, 0)
    if n == "addiu":
        return _add_constant(i.rs, i.rt, i.simm)
    if n == "lui":
        return _add_constant(0, i.rt, i.imm << 16)
    if n == "ori" and i.rs == 0:
        return _add_constant(0, i.rt, i.imm)
    if n in ("addu", "subu"):
        return _entry(2, i.rs, i.rt, i.rd, [1 if n == "addu" else -1])
    if n in ("add", "sub"):
        return _entry(3, i.rs, i.rt, i.rd or TRASH, [1 if n == "add" else -1])
    if n == "addi":
        return _entry(3, i.rs, 0, i.rt or TRASH, [1] + limbs(i.simm))
    logic = {"and": [0, 1, 0], "or": [1, -1, 0], "xor": [1, -2, 0], "nor": [-1, 1, 255]}
    if n in logic:
        return _entry(5, i.rs, i.rt, i.rd, logic[n])
    if n in ("andi", "ori", "xori"):
        return _entry(6, i.rs, 0, i.rt, logic[n[:-1]][:2] + [i.imm & 255, i.imm >> 8])
    if n in ("sll", "srl", "sra"):
        return _constant_shift(i)
    if n in ("sllv", "srlv", "srav"):
        return _entry(8, i.rt, i.rs, i.rd, [0, n != "sllv", n == "srav"])
    if n in ("slt", "sltu"):
        return _entry(9, i.rs, i.rt, i.rd, [n == "slt"])
    if n in ("slti", "sltiu"):
        return _entry(10, i.rs, 0, i.rt, [n == "slti"] + limbs(i.simm) + [i.simm >> 31])
    if n in ("mult", "multu"):
        return _entry(24, i.rs, i.rt, 0, [n == "mult"])
    if n in ("div", "divu"):
        return _entry(25, i.rs, i.rt, 0, [n == "div"])
    if n[0] == "b" or n[0] == "j":
        return _branch(i, pc)
    return _memory(i)
