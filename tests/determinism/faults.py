# SPDX-License-Identifier: Apache-2.0
"""The property of the tables of faults: see README.md, "Faults"."""

import itertools

from arithmetic import overflow_text, word_text
from goals import Cases, Equal, NotShown, Within, prove
from instruction import assume_words, is_register
from poly import P, add, is_constant, symmetric
from row_system import REGISTERS, STATE, build
from smt import Query
from system import Contradiction
import variants

ACCESS, OPERAND, FETCH = 73, 74, 75
ONE = {(): 1}
VECTOR = 0x80000000 // 4
SPAN_KINDS = (128, 129)
# The registers that a row writes and what they hold is not the row's choice.
EPC, ENPC, CAUSE, BADVADDR, LINK = 79, 80, 81, 82, 36

# Of ACCESS_FAULT: the column of each class, how the access is aligned, and whether it stores.
ACCESSES = {18: ("lw", 4, 0), 19: ("sw", 4, 1), 20: ("lsub", None, 0), 21: ("lpart", 1, 0), 22: ("ssub", None, 1),
            23: ("spart", 1, 1), 16: ("jr", 4, 0), 17: ("jalr", 4, 0), 36: ("ll", 4, 0), 37: ("sc", 4, 1),
            38: ("ldc", 8, 0), 39: ("sdc", 8, 1)}
JUMPS = (16, 17)
OPERANDS = {3: "add", 34: "teq", 35: "tlt"}
FLAGS = ("unaligned", "unmapped", "read_only", "second", "both")
# Witnesses, which may be any where both limbs differ, or none.
FREE = {OPERAND: ("inv_lo", "inv_hi")}


class Program:
    """What requests to the ROM tell: of the instruction's entry the variant, as instruction.Program; of a span two
    bounds. One key lies in one span: rows for which the key is shown to be the same may have `one_span`."""

    def __init__(self, class_, variant, one_span=False):
        self.class_, self.variant, self.one_span, self.common, self.asked = class_, variant, one_span, {}, []

    def __call__(self, system, row, coordinates):
        self.asked.append(coordinates)
        kind = coordinates[0].get((), 0)
        if kind in SPAN_KINDS:
            for j in (1, 5):
                v = self.common.get(("span", j)) if self.one_span else None
                if v is None:
                    v = self.common["span", j] = system.new("span%d" % j, (0, 1 << 30, None), shared=True)
                system.equation(add(coordinates[j], {(v,): 1}, -1))
            return
        assert coordinates[0] == {(): self.class_}
        for j, (value, terms) in enumerate(zip(self.variant, coordinates[2:])):
            if is_constant(terms) and not terms and isinstance(value, str):
                continue
            if j - 3 == variants.CONDITION.get(self.class_):
                v = system.new("condition" + row.mark, variants.rom_domain(value))
            elif j in self.common:
                v = self.common[j]
            else:
                v = self.common[j] = system.new("rom%d" % j, variants.rom_domain(value), shared=True)
            system.equation(add(terms, {(v,): 1}, -1))


class Case:
    """One class with one cause: columns that are constants."""

    def __init__(self, class_, variant, fixed, size=1):
        self.class_, self.variant, self.fixed, self.size = class_, variant, fixed, size


def cases(table):
    if table.id == FETCH:
        return [Case(None, None, {"real": 1})]
    columns = OPERANDS if table.id == OPERAND else {c: name for c, (name, _, _) in ACCESSES.items()}
    found = []
    for class_, variant in ((c, v) for c in columns for v in variants.all_variants()[c]):
        fixed = {"real": 1, **{name: int(c == class_) for c, name in columns.items()}}
        if table.id == OPERAND:
            found.append(Case(class_, variant, fixed))
            continue
        _, size, store = ACCESSES[class_]
        size = size or 1 + variant[5]  # k2: a half word
        causes = [("unaligned",)] * (size > 1)
        if class_ not in JUMPS:
            causes += [("unmapped",)] + [("unmapped", "second")] * (size == 8)
            causes += [("read_only", "both") if size == 8 else ("read_only",)] * store
        for cause in causes:
            # Whether `second` is 0 where nothing is unmapped is to be shown.
            flags = {f: int(f in cause) for f in FLAGS if f != "second" or "unmapped" in cause}
            found.append(Case(class_, variant, {**fixed, **flags}, size))
    return found


def _numbers(table, kind, test):
    return frozenset(n for n, r in enumerate(table.rules) if r.kind == kind and test(r))


def span_request(table):
    return _numbers(table, "request", lambda r: r.message.coordinates[0].text.strip() in map(str, SPAN_KINDS))


def _build(table, fixed, program, copies, dropped):
    system, accesses, rows = build(table.rules, table.columns, fixed, program, copies, dropped)
    assume_words(system, accesses)
    return system, accesses, rows


def is_made(access, clk):
    """Whether an access takes place, after clk: a row that does not make it hands on a word as it is, at clk."""
    time = add(access.write.coordinates[4], clk, -1)
    assert is_constant(time)
    return bool(time)


def _clk(accesses):
    state, = [a for a in accesses if a.read.coordinates[0] == {(): STATE}]
    return state.read.coordinates[4]


def _finish(system, goals):
    for goal in goals:
        goal.terms = system.simplify(goal.terms)
    system.reads = [(system.simplify(k), p) for k, p in system.reads]
    system.goals = goals
    return prove(system)


def determinism(table, case, dropped=frozenset()):
    """Two rows of one cause, state and entry that read the same words: all that they write, and all their cells."""
    program = Program(case.class_, case.variant, one_span=True)
    system, (first, second), rows = _build(table, case.fixed, program, 2, dropped)
    goals = []
    for a, b in zip(first, second):
        if is_made(a, _clk(first)):
            pairs = list(zip(a.read.coordinates[1:], b.read.coordinates[1:]))
            system.reads.append((add(a.read.coordinates[0], b.read.coordinates[0], -1), pairs))
        goals += [Equal("written", add(m, n, -1)) for m, n in zip(a.write.coordinates, b.write.coordinates)]
    for name in table.columns:
        a, b = (row.variables[name] for row in rows)
        if a is not None and name not in FREE.get(table.id, ()):
            goals.append(Equal(name, add({(a,): 1}, {(b,): 1}, -1)))
    return _finish(system, goals)


def cause(table, case, dropped=frozenset()):
    """ACCESS_FAULT, whatever the cause: what is unaligned follows from the entry and rs, and is no other cause."""
    fixed = {c: v for c, v in case.fixed.items() if c not in FLAGS}
    program = Program(case.class_, case.variant)
    system, (first, second), rows = _build(table, fixed, program, 2, dropped | span_request(table))
    for a, b in zip(first, second):
        if is_register(a.read.coordinates[0]):
            pairs = list(zip(a.read.coordinates[1:], b.read.coordinates[1:]))
            system.reads.append((add(a.read.coordinates[0], b.read.coordinates[0], -1), pairs))
    cells = [{name: {(row.variables[name],): 1} for name in FLAGS} for row in rows]
    goals = [Equal("unaligned", add(cells[0]["unaligned"], cells[1]["unaligned"], -1))]
    for c in cells:
        goals += [Within(name, c[name], 0, 1) for name in FLAGS]
        goals.append(Equal("one cause", add(add(add(c["unaligned"], c["unmapped"]), c["read_only"]), ONE, -1)))
        if not ACCESSES[case.class_][2]:
            goals.append(Equal("no load is of read-only words", c["read_only"]))
        if case.class_ in JUMPS:
            goals.append(Equal("a jump is unaligned", add(c["unaligned"], ONE, -1)))
        if case.size < 8:
            goals += [Equal("one word", c[name]) for name in ("second", "both")]
        else:
            goals.append(Equal("two words", add(c["both"], c["read_only"], -1)))
    return _finish(system, goals)


def facts(table, case, dropped=frozenset()):
    """One row: times, words, keys, the state that it leaves; which words it must find there."""
    program = Program(case.class_, case.variant)
    system, (accesses,), (row,) = _build(table, case.fixed, program, 1, dropped)
    system.shared = set(range(len(system.names)))
    cells = {c: {(v,): 1} for c, v in row.variables.items() if v is not None}
    state, = [a for a in accesses if a.read.coordinates[0] == {(): STATE}]
    pc, npc, _, clk = state.read.coordinates[1:]
    system.restrict(system.new("pc", (0, (1 << 30) - 1, None)), 0, (1 << 30) - 1)
    for terms in (pc, npc):  # below 2^30: see tables/fault.hpp
        (m, _), = terms.items()
        system.restrict(m[0], 0, (1 << 30) - 1)
    goals = [Equal("next pc", add(state.write.coordinates[1], {(): VECTOR}, -1)),
             Equal("npc after next", add(state.write.coordinates[2], {(): VECTOR + 1}, -1)),
             Equal("time", add(add(state.write.coordinates[4], clk, -1), {(): 4}, -1))]
    words = []
    for access in accesses:
        read, write = access.read.coordinates, access.write.coordinates
        goals.append(Equal("written key is the read one", add(read[0], write[0], -1)))
        goals.append(Equal("permission is kept", add(read[3], write[3], -1)))
        if access is state:
            continue
        assert add(write[4], clk, -1).get((), 0) <= 4, table.name
        if not is_made(access, clk):  # what is read is written
            goals += [Equal("not made", add(a, b, -1)) for a, b in zip(read, write)]
            continue
        goals.append(Within("read earlier", add(add(write[4], read[4], -1), ONE, -1), 0, 65535))
        goals += [Within("limb", write[j], 0, 65535) for j in (1, 2)]
        if not is_register(read[0]):
            goals += [Within("word address", read[0], 0, REGISTERS - 1)]
            goals += [Equal("the word stays", add(read[j], write[j], -1)) for j in (1, 2)]
            words.append(read)
    written = {a.write.coordinates[0].get((), 0) - REGISTERS: a.write.coordinates for a in accesses
               if is_constant(a.write.coordinates[0])}
    low = lambda register: add(written[register][1], {m: c * 65536 for m, c in written[register][2].items()})
    goals += [Equal("EPC", add(low(EPC), {m: 4 * c for m, c in pc.items()}, -1)),
              Equal("ENPC", add(low(ENPC), {m: 4 * c for m, c in npc.items()}, -1)),
              Equal("LINK", low(LINK)), Equal("CAUSE", add(low(CAUSE), {(): 4 * code_of(table, case)}, -1))]
    asked = [c for c in program.asked if c[0].get((), 0) in SPAN_KINDS]
    if asked:
        key = pc if table.id == FETCH else add(_word(cells), ONE if case.fixed.get("second") else {})
        goals += [Within("in the span", add(key, asked[0][1], -1), 0, (1 << 29) - 1),
                  Within("in the span", add(add(asked[0][5], key, -1), ONE, -1), 0, (1 << 29) - 1)]
    if table.id == FETCH:
        goals.append(Equal("BADVADDR", add(low(BADVADDR), {m: 4 * c for m, c in pc.items()}, -1)))
    else:
        goals.append(Within("not the kernel's", pc, 0, (1 << 29) - 1))
    if table.id == OPERAND:
        goals.append(Equal("BADVADDR", low(BADVADDR)))
    if words:  # read-only: each word of the store, of which one has w = 0
        goals += [Equal("word", add(w[0], add(_word(cells), {(): i} if i else {}), -1)) for i, w in enumerate(words)]
        assert len(words) == 1 + case.fixed["both"]
        if len(words) == 1:
            goals.append(Equal("read-only", words[0][3]))
        else:
            system.restrict(next(iter(words[0][3]))[0], 0, 1)
            system.restrict(next(iter(words[1][3]))[0], 0, 1)
            goals.append(Within("one is read-only", add(words[0][3], words[1][3]), 0, 1))
    return _finish(system, goals)


def _word(cells):
    return add(add({m: 2 * c for m, c in cells["a_u"].items()}, cells["o2"]),
               {m: c << 14 for m, c in cells["a_hi"].items()})


def code_of(table, case):
    if table.id == FETCH:
        return 6
    if table.id == OPERAND:
        return 12 if case.class_ == 3 else 13
    store = ACCESSES[case.class_][2]
    return 4 + store if case.fixed["unaligned"] else 2 + store if case.fixed["unmapped"] else 1


class _Integers:
    """The linear equations of a row, once some bits of it are chosen."""

    def __init__(self, table, case, bits, dropped):
        program = Program(case.class_, case.variant)
        self.system, _, (row,) = _build(table, case.fixed, program, 1, dropped)
        for name, bit in bits.items():
            self.system.restrict(row.variables[name], bit, bit)
        self.system.propagate()
        self.query = Query(self.system)
        self.query.add_linear_equations()
        self.columns = {c: {(v,): 1} if v is not None else ({(): case.fixed[c]} if case.fixed[c] else {})
                        for c, v in row.variables.items()}

    def text(self, terms):
        return self.query.total({m: symmetric(c) for m, c in self.system.simplify(terms).items()})

    def never(self, assertion, label):
        if not self.query.unsatisfiable(assertion):
            raise NotShown(self.system, [Equal(label, {})], denial=(assertion, frozenset(self.query.used)))


def _for_all(table, case, names, dropped, show):
    """show(row) for all choices of these bits of which there are rows. That they are bits is shown first."""
    zeros = [r for i, r in enumerate(table.rules) if r.kind == "zero" and i not in dropped]
    system, _, (row,) = build(zeros, table.columns, {}, None, 1)
    for name in names:
        if (system.domain(row.variables[name]) or [0] * 3)[2] != (0, 1):
            raise NotShown(system, [Equal(name + " is a bit", {})], any_row=True)
    shown = Cases()
    for bits in itertools.product((0, 1), repeat=len(names)):
        try:
            row = _Integers(table, case, dict(zip(names, bits)), dropped)
        except Contradiction:
            shown.empty += 1
            continue
        show(row)
        shown.proved += 1
    return shown


def address(table, case, dropped=frozenset()):
    """BADVADDR is rs + constant modulo 2^32, a multiple of the size just if the cause is not `unaligned`; the word
    that the row speaks of is the one that holds it."""
    def show(row):
        c = row.columns
        sum_ = word_text(row, c["rs_lo"], c["rs_hi"])
        if case.class_ not in JUMPS:
            sum_ = "(+ %s %s)" % (sum_, word_text(row, c["k0"], c["k1"]))
        total = "(- %s (ite (>= %s 4294967296) 4294967296 0))" % (sum_, sum_)
        low = {m: 8 * k for m, k in c["a_u"].items()}
        for i in range(3):
            low = add(low, c["o%d" % i], 1 << i)
        right = ["(= %s %s)" % (total, word_text(row, low, c["a_hi"])),
                 "(<= 0 (- %s (* 4 %s)) 3)" % (total, row.text(_word(c))),
                 "(%s (= 0 (mod %s %d)))" % ("not" if case.fixed["unaligned"] else "and", total, case.size)]
        row.never("(not (and %s))" % " ".join(right), "address")
    return _for_all(table, case, ("o0", "o1", "o2"), dropped, show)


def overflow(table, case, dropped=frozenset()):
    """The sum has no 32 bits."""
    def show(row):
        c = row.columns
        result = overflow_text(row, c["rt_lo"], c["rt_hi"], c["k1"], c["k2"], symmetric(case.variant[3]))
        row.never("(<= (- 2147483648) %s 2147483647)" % result, "the sum fits")
    return _for_all(table, case, ("up",), dropped, show)


def one_class(table, dropped=frozenset()):
    """Columns for the class are bits, and in a row in use one of them is 1."""
    columns = OPERANDS.values() if table.id == OPERAND else [name for name, _, _ in ACCESSES.values()]
    zeros = [r for i, r in enumerate(table.rules) if r.kind == "zero" and i not in dropped]
    system, _, (row,) = build(zeros, table.columns, {"real": 1}, None, 1)
    total = {(): P - 1}
    for name in columns:
        v = row.variables[name]
        if (system.domain(v) or [0] * 3)[2] != (0, 1):
            raise NotShown(system, [Equal(name + " is a bit", {})], any_row=True)
        total = add(total, {(v,): 1})
    return _finish(system, [Equal("one class", total)])


def padding(table, dropped=frozenset()):
    """A row not in use has no cause, writes what it reads and leaves nothing free of the span; a row is in use or
    not."""
    gates = [c for c in ("unmapped", "read_only", "both") if c in table.columns]
    system, _, (row,) = build(table.rules, table.columns, {"real": 0}, None, 1, dropped | span_request(table))
    system.shared = set(range(len(system.names)))
    _finish(system, [Equal(c, {(row.variables[c],): 1}) for c in gates] or [Equal("", {})])
    fixed = {"real": 0, **{c: 0 for c in gates}}
    system, (accesses,), (row,) = build(table.rules, table.columns, fixed, None, 1, dropped)
    goals = [Equal(c, {(row.variables[c],): 1}) for c in ("ds_lo", "ds_hi", "de_lo", "de_hi") if c in table.columns]
    goals += [Equal("padding", add(a, b, -1)) for access in accesses
             for a, b in zip(access.read.coordinates, access.write.coordinates)]
    _finish(system, goals)
    zeros = [r for i, r in enumerate(table.rules) if r.kind == "zero" and i not in dropped]
    system, _, (row,) = build(zeros, table.columns, {}, None, 1)
    if (system.domain(row.variables["real"]) or [0] * 3)[2] != (0, 1):
        raise NotShown(system, [Equal("in use or not", {})], any_row=True)
    return Cases(1)


def parts(table):
    """Pairs of a name and a function of the rules to leave out."""
    def of_cases(part, chosen):
        def run(dropped):
            for case in chosen:
                proved = part(table, case, dropped)
                assert dropped or proved.proved > 0, (table.name, case.class_, case.fixed, part.__name__)
        return part.__name__, run

    every = cases(table)
    found = [("padding", lambda dropped: padding(table, dropped))]
    if table.id != FETCH:
        found.append(("one_class", lambda dropped: one_class(table, dropped)))
    if table.id == ACCESS:
        first = [next(g) for _, g in itertools.groupby(every, lambda c: (c.class_, c.variant))]
        found.append(of_cases(cause, first))
    found += [of_cases(determinism, every), of_cases(facts, every)]
    if table.id == ACCESS:
        found.append(of_cases(address, every))
    if table.id == OPERAND:
        found.append(of_cases(overflow, [c for c in every if c.class_ == 3]))
    return found
