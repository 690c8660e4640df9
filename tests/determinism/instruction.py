# SPDX-License-Identifier: Apache-2.0
"""The property of the tables of instructions: see README.md, "What is shown"."""

import re

from division import Division
from goals import Either, Equal, NotShown, Within, prove
from poly import add, is_constant
from row_system import LIMB, REGISTERS, STATE, build
import variants

HALTED = 1 << 30
DIV = 25
# What a row may write as it likes: the hint word.
WITNESSES = {(27, "written lo"), (27, "written hi")}


class Slot:
    """One instruction of a row: its rules, and the column that says whether it is used."""

    def __init__(self, table, rules):
        self.table, self.rules = table, rules
        rom = [r for r in self.rules if r.kind == "request" and r.message.bus == 7]
        assert len(rom) == 1, table.name
        self.real, self.class_ = rom[0].gate.text, int(rom[0].message.coordinates[0].text)
        assert self.real in table.columns, table.name
        if self.class_ in variants.CONDITION:
            self.condition = rom[0].message.coordinates[5 + variants.CONDITION[self.class_]].text.strip()


def columns_of(rule, columns):
    texts = [e.text for e in (rule.expression, rule.gate) if e is not None]
    texts += [c.text for m in (rule.message, rule.read, rule.write) if m is not None for c in m.coordinates]
    return {name for text in texts for name in re.findall(r"[A-Za-z_]\w*", text)} & set(columns)


def slots(table):
    """The slots of a row: groups of rules that have no column in common."""
    groups = []
    for number, rule in enumerate(table.rules):
        names, numbers = columns_of(rule, table.columns), [number]
        for group in [g for g in groups if g[0] & names]:
            names, numbers = names | group[0], group[1] + numbers
            groups.remove(group)
        groups.append((names, sorted(numbers)))
    groups.sort(key=lambda g: g[1])
    assert len(groups) == table.instructions, table.name
    assert set().union(*(g[0] for g in groups)) == set(table.columns), table.name
    return [Slot(table, [table.rules[n] for n in numbers]) for _, numbers in groups]


class Program:
    """What a request to the ROM tells: the coordinates are those of a variant, and they are a function of pc. A
    coordinate that is a result (variants.CONDITION) may differ between two rows."""

    def __init__(self, class_, variant):
        self.class_, self.variant, self.common, self.pc = class_, variant, {}, {}

    def __call__(self, system, row, coordinates):
        assert coordinates[0] == {(): self.class_}
        self.pc = coordinates[1]
        for j, (value, terms) in enumerate(zip(self.variant, coordinates[2:])):
            if is_constant(terms) and not terms and isinstance(value, str):
                continue  # a field that the class does not have
            if j - 3 == variants.CONDITION.get(self.class_):
                v = system.new("condition" + row.mark, variants.rom_domain(value))
            elif j in self.common:
                v = self.common[j]
            else:
                v = self.common[j] = system.new("rom%d" % j, variants.rom_domain(value), shared=True)
            system.equation(add(terms, {(v,): 1}, -1))


def slot_system(slot, real, variant, copies, dropped):
    program = Program(slot.class_, variant)
    return build(slot.rules, slot.table.columns, {slot.real: real}, program, copies, dropped), program


def assume_words(system, accesses):
    """Words that are read are limbs, the state apart; register 0 holds 0. One or two lists of accesses."""
    system.propagate()  # registers that the variant names
    for together in zip(*accesses):
        key = system.simplify(together[0].read.coordinates[0])
        if key == {(): STATE}:
            continue
        domain = LIMB if key != {(): REGISTERS} else (0, 0, (0,))
        for j in (1, 2):
            numbers = []
            for access in together:
                word = system.new("word", domain)
                numbers.append(system.equation(add(access.read.coordinates[j], {(word,): 1}, -1)))
            if len(numbers) == 2:
                system.twin(*numbers)


def is_register(key):
    """A constant, or 2^30 plus a number from the ROM."""
    return key.get((), 0) >= REGISTERS and all(len(m) < 2 for m in key) and len(key) <= 2


def determinism(slot, variant, dropped=frozenset()):
    """Two rows in use of one ROM entry and one state, which read the same word under the same key, write the same."""
    (system, (first, second), rows), program = slot_system(slot, 1, variant, 2, dropped)
    assume_words(system, (first, second))
    for a, b in zip(first, second):
        pairs = list(zip(a.read.coordinates[1:], b.read.coordinates[1:]))
        system.reads.append((add(a.read.coordinates[0], b.read.coordinates[0], -1), pairs))
        for name, m, n in (("read key", a.read.coordinates[0], b.read.coordinates[0]),
                           *(("written " + name, a.write.coordinates[j], b.write.coordinates[j])
                             for j, name in enumerate(("key", "lo", "hi", "w", "time")))):
            if (slot.class_, name) not in WITNESSES or a.read.coordinates[0] == {(): STATE}:
                system.goals.append(Equal(name, add(m, n, -1)))
    if slot.class_ in variants.CONDITION:
        system.goals.append(Equal("condition", add(*({(row.variables[slot.condition],): 1} for row in rows), -1)))
    if slot.class_ == DIV:
        system.finish = Division(slot.rules, system.rule_equations, [row.variables for row in rows])
    for goal in system.goals:
        goal.terms = system.simplify(goal.terms)
    system.reads = [(system.simplify(k), p) for k, p in system.reads]
    return prove(system)


def facts(slot, variant, dropped=frozenset()):
    """One row in use: what it writes are words, what it reads is older, state and permissions go on as they must."""
    (system, (accesses,), _), program = slot_system(slot, 1, variant, 1, dropped)
    assume_words(system, (accesses,))
    system.shared = set(range(len(system.names)))
    state = [a for a in accesses if a.read.coordinates[0] == {(): STATE}]
    assert len(state) == 1
    pc, npc, _, clk = state[0].read.coordinates[1:]
    goals = system.goals
    goals.append(Equal("pc of the ROM entry", add(program.pc, pc, -1)))
    times = []
    for access in accesses:
        read, write = access.read.coordinates, access.write.coordinates
        goals.append(Equal("written key is the read one", add(read[0], write[0], -1)))
        goals.append(Equal("permission is kept", add(read[3], write[3], -1)))
        time = add(write[4], clk, -1)
        assert is_constant(time) and 1 <= time[()] <= 4, slot.table.name
        if access is state[0]:
            assert time == {(): 4} and read[3] == {(): 1}
            continue
        goals.append(Within("read earlier", add(add(write[4], read[4], -1), {(): 1}, -1), 0, 65535))
        if read[3] != {(): 1}:
            goals += [Equal("what cannot be written stays", add(read[j], write[j], -1)) for j in (1, 2)]
        goals += [Within("limb", write[j], 0, 65535) for j in (1, 2)]
        if is_register(read[0]):
            names = [m for m in read[0] if m]
            if names:
                goals.append(Within("register", add(read[0], {(): REGISTERS}, -1), 0, variants.REGISTER[1]))
        else:
            goals.append(Within("word address", read[0], 0, REGISTERS - 1))
        times.append((time[()], read[0]))
    _distinct_keys(slot, times)
    goals += _next_state(state[0].write.coordinates, pc, npc)
    for goal in goals:
        _simplify(system, goal)
    return prove(system)


def _simplify(system, goal):
    for g in getattr(goal, "goals", [goal]):
        g.terms = system.simplify(g.terms)


def _distinct_keys(slot, times):
    """Accesses at one time have different keys: word and register, or two registers of which one is known."""
    for i, (time, key) in enumerate(times):
        for other_time, other in times[:i]:
            if time == other_time:
                both = is_register(key) and is_register(other)
                assert is_register(key) != is_register(other) or both and is_constant(key) and is_constant(other) \
                    and key != other, slot.table.name


def _next_state(write, pc, npc):
    """pc' is npc, or npc + 1 (an annulled slot), or an address; npc' is the word after pc' or an address. The end of
    a run is a pair of its own."""
    new_pc, new_npc = write[1], write[2]
    end = Equal("end", add(new_pc, {(): HALTED}, -1)), Equal("end", new_npc)
    one = {(): 1}
    if not is_constant(new_pc):
        end = ()
    return [Either("next pc", [Equal("", add(new_pc, npc, -1)), Equal("", add(add(new_pc, npc, -1), one, -1)),
                               Within("", new_pc, 0, HALTED - 1), *end[:1]]),
            Either("npc after next", [Equal("", add(add(new_npc, new_pc, -1), one, -1)),
                                      Within("", new_npc, 0, HALTED - 1), *end[1:]])]


def padding(slot, variant, dropped=frozenset()):
    """A row not in use writes what it reads; and a row is in use or not."""
    (system, (accesses,), _), _ = slot_system(slot, 0, variant, 1, dropped)
    for access in accesses:
        for name, a, b in zip(("key", "lo", "hi", "w", "time"), access.read.coordinates, access.write.coordinates):
            system.goals.append(Equal("padding: " + name, system.simplify(add(a, b, -1))))
    cases = prove(system)
    zeros = [r for i, r in enumerate(slot.rules) if r.kind == "zero" and i not in dropped]
    system, _, _ = build(zeros, slot.table.columns, {}, None, 1)
    system.shared = set(range(len(system.names)))
    if (system.domain(slot.table.columns.index(slot.real)) or [0] * 3)[2] != (0, 1):
        (system, _, _), _ = slot_system(slot, -1, variant, 1, dropped)
        raise NotShown(system, [Equal("in use or not", {})], any_row=True)
    return cases
