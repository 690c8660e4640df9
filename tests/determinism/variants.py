# SPDX-License-Identifier: Apache-2.0
"""What the lowering (MACHINE.md, section 6) guarantees about the entries of the ROM: for each class the list of its
variants. A variant gives every coordinate of an entry a number or a range. The numbers are those of real entries,
taken from tests/model/lowering.py for many words; `check` fails on an entry that no variant covers."""

import functools

from lowering import Context, lower
from poly import P

REGISTER = (0, 82)
RANGES = {"register": REGISTER, "limb": (0, 65535), "byte": (0, 255), "word address": (0, 2**30 - 1), "bit": (0, 1),
          "amount": (0, 31)}

# By class, the constants k0.. that stay symbols; all others are numbers in each variant. Immediates and addresses
# would make too many of them.
SYMBOLS = {
    3: {1: "limb", 2: "limb"}, 4: {0: "limb", 1: "limb"}, 6: {2: "byte", 3: "byte"}, 8: {0: "amount"},
    10: {1: "limb", 2: "limb"}, 11: {1: "word address"}, 12: {3: "word address"},
    13: {3: "word address", 4: "limb", 5: "limb"}, 14: {0: "word address"},
    15: {0: "word address", 1: "limb", 2: "limb"}, 17: {1: "limb", 2: "limb"},
    24: {1: "register"}, 28: {3: "word address", 4: "limb", 5: "limb"},
    32: {0: "amount", 2: "byte", 3: "byte", 4: "byte", 5: "byte"},
    34: {1: "limb", 2: "limb"}, 35: {2: "limb", 3: "limb"}, 38: {2: "register"}, 39: {2: "register"},
    40: {0: "register"}, 41: {0: "limb", 1: "limb", 2: "word address"}}
for _class in (18, 19, 20, 21, 22, 23, 36, 37, 38, 39):
    SYMBOLS[_class] = {**SYMBOLS.get(_class, {}), 0: "limb", 1: "limb"}
# Where an immediate excludes a register: an entry with rt = 0 is a variant of its own, the others have no immediate.
IMMEDIATE = {3: (1, 2), 34: (1, 2), 35: (2, 3)}
# The condition of a conditional trap is no constant here but a result: the operands must determine it.
CONDITION = {34: 0, 35: 1}


def variant_of(entry):
    """The variant that covers an entry: (class, (rs, rt, rd, k0..k5)), each a number or the name of a range."""
    number, rs, rt, rd, k = entry
    symbols = dict(SYMBOLS.get(number, {}))
    registers = ["register"] * 3
    if number in IMMEDIATE:
        if rt == 0:
            registers[1] = 0
        else:
            symbols = {j: s for j, s in symbols.items() if j not in IMMEDIATE[number]}
    if number == 28 and k[1]:  # compares with zero
        registers[1] = 0
    if number in CONDITION:
        symbols[CONDITION[number]] = "bit"
    values = registers + [symbols.get(j, x) for j, x in enumerate(k)]
    for value, x in zip(values, (rs, rt, rd, *k)):
        assert value == x or RANGES[value][0] <= x <= RANGES[value][1], (entry, values)
    return number, tuple(values)


def sample_words():
    """Words of every instruction with every shift amount, position, size and condition code; the remaining fields are
    sampled, so `variants` can only miss what depends on more than these."""
    few = (0, 1, 5, 31)
    for rs in few:
        for rt in few:
            for rd in range(32):
                for sa in range(32):
                    base = rs << 21 | rt << 16 | rd << 11 | sa << 6
                    for opcode, functions in ((0, (0, 2, 3)), (0x1F, (0, 4, 0x20, 0x3B))):
                        if opcode == 0 and rd not in few or opcode == 0x1F and (rs, rt) not in ((5, 1), (0, 5)):
                            continue
                        for function in functions:
                            yield opcode << 26 | base | function
            for function in range(64):
                for rd in few:
                    for sa in (0, 1, 4, 16):
                        for opcode in (0, 0x11, 0x13, 0x1C):
                            yield opcode << 26 | rs << 21 | rt << 16 | rd << 11 | sa << 6 | function
    for opcode in range(64):
        for rs in range(32):
            for rt in range(32):
                for immediate in (0, 4, 0x7FF0, 0x8001, 0xFFFF):
                    yield opcode << 26 | rs << 21 | rt << 16 | immediate
    for function in (0x06, 0x11, 0x12, 0x13):
        for rs in (0x10, 0x11):
            for rt in range(32):
                yield 0x11 << 26 | rs << 21 | rt << 16 | 4 << 11 | 6 << 6 | function
    yield from (0x40852002, 0x0000000C, 0x0000004C, 0x0000008C, 0x000000CC, 0x0000010C)


@functools.cache
def all_variants():
    """class -> variants, sorted."""
    found = {}
    for word in sample_words():
        for context in (Context(False, 0x80000100), Context(True, 0x80000100)):
            entry = lower(0x7FFE0000, word, context)
            if entry:
                number, values = variant_of(entry)
                found.setdefault(number, {})[values] = None
    return {number: sorted(values, key=str) for number, values in sorted(found.items())}


def rom_domain(value):
    """(lo, hi, values) of a coordinate."""
    if not isinstance(value, str):
        return value, value, (value,)
    lo, hi = RANGES[value]
    return lo, hi, tuple(range(lo, hi + 1)) if hi < 64 else None
