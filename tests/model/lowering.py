# SPDX-License-Identifier: Apache-2.0
"""From instructions to ROM entries (MACHINE.md, sections 3, 4 and 6)."""

from decoding import Instruction
from field import P

HI, LO, TRASH, EXIT_CODE, LINK, USER_LOCAL, FCSR, FCC, FPR = 32, 33, 34, 35, 36, 37, 38, 39, 47
EPC, ENPC, CAUSE, BADVADDR = FAULT_REGISTERS = 79, 80, 81, 82
KERNEL_BASE = 0x80000000

_TO_RD = ("sll srl sra rotr sllv srlv srav rotrv addu subu and or xor nor slt sltu mfhi mflo mul movz movn movf movt clz clo "
          "wsbh seb seh").split()
_TO_RT = "addiu slti sltiu andi ori xori lui ext ins rdhwr mfc0 mfc1 mfhc1 cfc1".split()
_NOTHING = "sync synci cache pref prefx".split()


class Context:
    """What the lowering of a word depends on besides its address. trap_vector: 0 without the kernel."""

    def __init__(self, little_endian=False, trap_vector=0):
        self.little_endian, self.trap_vector = little_endian, trap_vector


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
    if n in ("sll", "srl", "sra", "rotr") and i.sa == 0:
        return i.rt, i.rd
    if n in ("ori", "xori") and i.imm == 0:
        return i.rs, i.rt
    fs, high, control = FPR + i.rd, FPR + (i.rd | 1), FCSR if i.rd == 24 else FCC + i.rd - 16
    return {"mfhi": (HI, i.rd), "mflo": (LO, i.rd), "mthi": (i.rs, HI), "mtlo": (i.rs, LO), "mtc0": (i.rt, USER_LOCAL),
            "mfc0": ({8: BADVADDR, 13: CAUSE, 14: EPC, 30: ENPC}.get(i.rd), i.rt),
            "rdhwr": (USER_LOCAL if i.rd == 29 else 0, i.rt), "mfc1": (fs, i.rt), "mtc1": (i.rt, fs),
            "mfhc1": (high, i.rt), "mthc1": (i.rt, high), "cfc1": (control, i.rt), "ctc1": (i.rt, control),
            "mov.s": (fs, FPR + i.sa)}.get(n)


def _bit_field(source, amount_register, destination, amount, mask, keep=0):
    return _entry(32, source, amount_register, destination, [amount, keep] + list(mask.to_bytes(4, "little")))


def _rotation(i):
    t, q = -i.sa % 32 % 16, -i.sa % 32 // 16
    if i.name == "rotrv" or t == 15:
        return _bit_field(i.rt, *((i.rs, i.rd, 0) if i.name == "rotrv" else (0, i.rd, i.sa)), 0xFFFFFFFF)
    return _entry(7, rs=i.rt, rd=i.rd, k=[1 << t] + ([0, 1, 1, 0, 0] if q else [1, 0, 0, 1, 0]))


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


def _memory(i, context):
    n, k, le = i.name, limbs(i.simm), context.little_endian
    if n in ("ldc1", "sdc1"):
        low, high = (FPR + i.rt, FPR + i.rt + 1) if le else (FPR + i.rt + 1, FPR + i.rt)
        return _entry(38, rs=i.rs, rd=low, k=k + [high]) if n == "ldc1" else _entry(39, rs=i.rs, rt=low, k=k + [high])
    if n == "lwc1":
        return _entry(18, rs=i.rs, rd=FPR + i.rt, k=k)
    if n == "swc1":
        return _entry(19, rs=i.rs, rt=FPR + i.rt, k=k)
    if n == "sc":
        return _entry(37, i.rs, i.rt, i.rt or TRASH, k)
    if n[0] == "l":
        number = {"lw": 18, "lwl": 21, "lwr": 21, "ll": 36}.get(n, 20)
        k += {"lw": [], "ll": [], "lwl": [1, le], "lwr": [0, le]}.get(n, [n in ("lh", "lhu"), n in ("lb", "lh"), le])
        return _entry(number, rs=i.rs, rd=i.rt or TRASH, k=k)
    number = {"sw": 19, "sb": 22, "sh": 22}.get(n, 23)
    return _entry(number, rs=i.rs, rt=i.rt, k=k + {"sw": []}.get(n, [n in ("sh", "swl"), le]))


def _condition(i):
    """What a conditional move looks at: (the register, whether it moves if that is not zero)."""
    if i.name[3] in "ft":
        return FCC + i.cc, i.name[3] == "t"
    return i.rt, i.name[3] == "n"


def _trap_if(i):
    immediate = i.opcode == 1
    kind = i.name.rstrip("iu")  # tge, tlt, teq, tne
    k = limbs(i.simm) if immediate else [0, 0]
    if kind in ("teq", "tne"):
        return _entry(34, i.rs, 0 if immediate else i.rt, 0, [kind == "tne"] + k)
    return _entry(35, i.rs, 0 if immediate else i.rt, 0, [i.name[-1] != "u", kind == "tge"] + k)


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
    if n in ("bc1f", "bc1t"):
        return _entry(11, rs=FCC + i.cc, k=[n == "bc1t", target])
    likely = {"beql": [0, 0, 1], "bnel": [1, 0, -1], "blezl": [0, 1, 1], "bgtzl": [1, -1, -1], "bltzl": [0, 1, 0],
              "bgezl": [1, -1, 0], "bltzall": [0, 1, 0], "bgezall": [1, -1, 0], "bc1fl": [0, 0, 1], "bc1tl": [1, 0, -1]}
    if n in likely:
        rs = FCC + i.cc if n[:3] == "bc1" else i.rs
        links = n[-3:] == "all"
        return _entry(28, rs, i.rt if n in ("beql", "bnel") else 0, 31 if links else TRASH,
                      likely[n] + [target] + (link if links else []))
    if n in ("beq", "bne"):
        return _entry(11, rs=i.rs, rt=i.rt, k=[n == "bne", target])
    if n in ("bltzal", "bgezal"):
        taken = [0, 1] if n == "bltzal" else [1, -1]
        return _entry(13, rs=i.rs, rd=31, k=taken + [0, target] + link)
    taken = {"bltz": [0, 1, 0], "bgez": [1, -1, 0], "blez": [0, 1, 1], "bgtz": [1, -1, -1]}[n]
    return _entry(12, rs=i.rs, k=taken + [target])


def _arithmetic(i):
    """Of instructions that compute with general registers, or None."""
    n = i.name
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
    if n in ("slt", "sltu"):
        return _entry(9, i.rs, i.rt, i.rd, [n == "slt"])
    if n in ("slti", "sltiu"):
        return _entry(10, i.rs, 0, i.rt, [n == "slti"] + limbs(i.simm) + [i.simm >> 31])
    if n in ("mult", "multu"):
        return _entry(24, i.rs, i.rt, LO, [n == "mult", HI])
    if n == "mul":
        return _entry(24, i.rs, i.rt, i.rd, [1, TRASH])
    if n in ("madd", "maddu", "msub", "msubu"):
        return _entry(30, i.rs, i.rt, 0, [n in ("madd", "msub"), 1 if n[1] == "a" else -1])
    if n in ("div", "divu"):
        return _entry(25, i.rs, i.rt, 0, [n == "div"])
    return None


def _bit_work(i):
    """Of shifts, rotations and the like, or None."""
    n = i.name
    if n in ("sll", "srl", "sra"):
        return _constant_shift(i)
    if n in ("rotr", "rotrv"):
        return _rotation(i)
    if n in ("sllv", "srlv", "srav"):
        return _entry(8, i.rt, i.rs, i.rd, [0, n != "sllv", n == "srav"])
    if n == "ext":
        return _bit_field(i.rs, 0, i.rt, i.sa, (2 << i.rd) - 1)
    if n == "ins":
        return _bit_field(i.rs, 0, i.rt, -i.sa % 32, (2 << i.rd) - (1 << i.sa), 1)
    if n in ("seb", "seh", "wsbh"):
        return _entry(33, rs=i.rt, rd=i.rd, k=[n == "seb", n == "seh", n == "wsbh"])
    if n in ("clz", "clo"):
        return _entry(31, rs=i.rs, rd=i.rd, k=[n == "clo"])
    return None


def lower(pc, word, context=Context()):
    """(class, rs, rt, rd, [k0..k5]) of the word at pc, or None if it has no entry."""
    i = Instruction(word)
    n = i.name
    if n == "trap" and context.trap_vector:
        return _entry(41, rd=26, k=limbs(word) + [context.trap_vector // 4])
    if n is None or n == "trap" or n == "syscall" and i.code > 5 or n == "mfc0" and pc < KERNEL_BASE:
        return None
    destination = i.rd if n in _TO_RD else i.rt if n in _TO_RT else None
    if destination == 0 or n in _NOTHING or n == "syscall" and i.code in (3, 4, 5):
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
    if n == "mov.d":
        return _entry(40, FPR + i.rd, FPR + i.rd + 1, FPR + i.sa, [FPR + i.sa + 1])
    if n[:3] == "mov":
        condition, if_not_zero = _condition(i)
        rs, rd = (FPR + i.rd, FPR + i.sa) if n[-1] == "s" else (i.rs, i.rd)
        return _entry(29, rs, condition, rd, [if_not_zero])
    if n[0] == "t":
        return _trap_if(i)
    computed = _arithmetic(i) or _bit_work(i)
    if computed:
        return computed
    return _branch(i, pc) if n[0] in "bj" else _memory(i, context)
