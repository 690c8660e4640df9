# SPDX-License-Identifier: Apache-2.0
"""Two facts about one row of integers, asked of z3: what the instruction table may not do although it would be a
function of its inputs. An addition that overflows has no row, and an access is at the sum of register and immediate
modulo 2^32."""

from goals import Cases, Equal, NotShown
from instruction import assume_words, is_register, slot_system
from poly import add, symmetric
from smt import Query, number

ADD_TRAP = 3
BYTES_BEYOND = {20: 3, 21: 3, 22: 3, 23: 3}  # classes that access a word which contains the address
DOUBLES = (38, 39)
HALVES = (20, 22)  # k2 = 1: half words, which are aligned


class Integers:
    """The linear equations of a row in use."""

    def __init__(self, slot, variant, dropped):
        (self.system, (self.accesses,), (row,)), _ = slot_system(slot, 1, variant, 1, dropped)
        assume_words(self.system, (self.accesses,))
        self.system.propagate()
        self.query = Query(self.system)
        self.query.add_linear_equations()
        self.columns = {c: {(v,): 1} for c, v in row.variables.items() if v is not None}

    def text(self, terms):
        return self.query.total({m: symmetric(c) for m, c in self.system.simplify(terms).items()})

    def column_word(self, name):
        return word_text(self, self.columns[name + "_lo"], self.columns[name + "_hi"])

    def never(self, assertion, label):
        if not self.query.unsatisfiable(assertion):
            raise NotShown(self.system, [Equal(label, {})], denial=(assertion, frozenset(self.query.used)))
        return Cases(1)


def word_text(row, lo, hi):
    return "(+ %s (* 65536 %s))" % (row.text(lo), row.text(hi))


def overflow_text(row, rt_lo, rt_hi, k_lo, k_hi, sign):
    """rs + sign (rt + constant), as signed numbers."""
    def signed_word(lo, hi):
        return "(- %s (ite (>= %s 32768) 4294967296 0))" % (word_text(row, lo, hi), row.text(hi))

    left = signed_word(row.columns["rs_lo"], row.columns["rs_hi"])
    return "(+ %s (* %s %s))" % (left, number(sign), signed_word(add(rt_lo, k_lo), add(rt_hi, k_hi)))


def overflow(slot, variant, dropped=frozenset()):
    row = Integers(slot, variant, dropped)
    c = row.columns
    result = overflow_text(row, c["rt_lo"], c["rt_hi"], c["k_lo"], c["k_hi"], symmetric(variant[3]))
    return row.never("(not (<= (- 2147483648) %s 2147483647))" % result, "overflow has no row")


def address(slot, variant, dropped=frozenset()):
    row = Integers(slot, variant, dropped)
    total = "(+ %s %s)" % (row.column_word("rs"), row.column_word("k"))
    total = "(- %s (ite (>= %s 4294967296) 4294967296 0))" % (total, total)
    keys = [a.read.coordinates[0] for a in row.accesses if not is_register(a.read.coordinates[0])]
    if slot.class_ in DOUBLES:  # the word at the lower address first
        keys.sort(key=lambda key: key.get((), 0))
    assert len(keys) == (2 if slot.class_ in DOUBLES else 1)
    right = ["(<= 0 (- %s (* 4 (- %s %d))) %d)" % (total, row.text(key), i, BYTES_BEYOND.get(slot.class_, 0))
             for i, key in enumerate(keys)]
    for size, classes in ((2, HALVES if variant[5] else ()), (8, DOUBLES)):
        if slot.class_ in classes:
            right.append("(= 0 (mod %s %d))" % (total, size))
    return row.never("(not (and %s))" % " ".join(right), "address")


def parts(class_):
    if class_ == ADD_TRAP:
        return [overflow]
    accesses_memory = class_ in (18, 19, 20, 21, 22, 23, 36, 37, 38, 39)
    return [address] if accesses_memory else []
