# SPDX-License-Identifier: Apache-2.0
"""What is checked: each table, or one instruction of its rows, as a list of rules and the parts of its property."""

import functools

import arithmetic
import faults
import instruction
import memory_tables
import variants
from poly import normalized, poly
from row_system import BUS_NAMES, Row
from system import System


def text(rule):
    """kind and expression or message of a rule."""
    if rule.expression is not None:
        return "%s %s" % (rule.kind, rule.expression.text)
    if rule.message is None:
        return rule.kind
    return "%s %s(%s)" % (rule.kind, BUS_NAMES[rule.message.bus], ",".join(c.text for c in rule.message.coordinates))


FAULTS = (faults.ACCESS, faults.OPERAND, faults.FETCH)


class Subject:
    def __init__(self, table, slot=None):
        self.table, self.slot = table, slot
        self.rules = slot.rules if slot else table.rules

    def parts(self):
        """Pairs of a name and a function of the rules to leave out, which shows a part of the property for all
        variants or raises NotShown."""
        if not self.slot and self.table.id in FAULTS:
            return faults.parts(self.table)
        if not self.slot:
            return [("table", lambda dropped: memory_tables.check(self.table, dropped))]
        return [(part.__name__, functools.partial(self._instruction, part)) for part in
                (instruction.padding, instruction.determinism, instruction.facts,
                 *arithmetic.parts(self.slot.class_))]

    def _instruction(self, part, dropped):
        for variant in self.variants():
            cases = part(self.slot, variant, dropped)
            # A variant without any row would show everything.
            assert dropped or cases.proved > 0, (self.table.name, variant, part.__name__)
            if part is instruction.padding:
                break  # the ROM is not asked

    def variants(self):
        if self.table.id in FAULTS:
            return faults.cases(self.table)
        return variants.all_variants()[self.slot.class_] if self.slot else []

    def removals(self):
        """(rules to leave out together, their text). Rules that say the same go together."""
        groups = {}
        for number, rule in enumerate(self.rules):
            if rule.kind in ("zero", "range", "request"):
                groups.setdefault(self._meaning(rule) if rule.kind == "zero" else number, []).append(number)
        for numbers in groups.values():
            texts = [text(self.rules[n]) for n in numbers]
            yield frozenset(numbers), " and ".join(texts)

    def _meaning(self, rule):
        row = Row(System(), self.table.columns, {}, "", self.table.preprocessed)
        return normalized(poly(rule.expression.value(row.pre, row.cells)).terms)


def subjects(table):
    """All instructions of a row, or the table as one."""
    if table.id in memory_tables.CHECKS or table.id in FAULTS:
        return [Subject(table)]
    return [Subject(table, slot) for slot in instruction.slots(table)]
