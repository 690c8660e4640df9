# SPDX-License-Identifier: Apache-2.0
"""From the rules of a table to the system of one row or of two."""

from poly import P, add, constant, is_constant, normalized, poly, scaled, symmetric, variable
from system import System
import tables

LIMB, BYTE = (0, 65535, None), (0, 255, None)
REGISTERS = 1 << 30  # the key of register 0
STATE = REGISTERS + 255
BUS_NAMES = {number: name for name, number in tables.BUSES.items()}


class Message:
    """A message on a bus, with polynomials for coordinates."""

    def __init__(self, message, pre, cells):
        self.bus = BUS_NAMES[message.bus]
        self.coordinates = [poly(e.value(pre, cells)).terms for e in message.coordinates]


class Access:
    def __init__(self, rule, pre, cells):
        self.kind = rule.kind
        self.gate = poly(rule.gate.value(pre, cells)).terms if rule.gate else {(): 1}
        self.read = Message(rule.read, pre, cells) if rule.read else None
        self.write = Message(rule.write, pre, cells)


class Row:
    """One row: its cells are variables of a system, or constants where `fixed` says so. program: called with the
    coordinates of a request to the ROM that is made."""

    def __init__(self, system, columns, fixed, mark="", preprocessed=()):
        self.system, self.mark = system, mark
        self.cells = [constant(fixed[c]) if c in fixed else variable(system.new(c + mark)) for c in columns]
        self.pre = [variable(system.new(c + mark)) for c in preprocessed]
        self.variables = {c: max(max(cell.terms, default=()), default=None) for c, cell in zip(columns, self.cells)}

    def _named(self, terms, name):
        """A variable with this value, and the number of the equation that says so, if it needs one."""
        if len(terms) == 1:
            (m, c), = terms.items()
            if len(m) == 1 and c == 1:
                return m[0], None
        v = self.system.new(name + self.mark)
        return v, self.system.equation(add(terms, {(v,): 1}, -1))

    def zero(self, expression):
        """The equation, if it becomes one."""
        value = poly(expression.value(self.pre, self.cells))
        if value.factors and len(value.factors) > 1:
            roots = _roots([f.terms for f in value.factors])
            if roots is None:
                self.system.product([f.terms for f in value.factors])
                return None
            terms, values = roots
            v, number = self._named(terms, "(%s)" % expression.text)
            self.system.restrict(v, min(values), max(values), tuple(sorted(values)))
            return number
        if is_constant(value.terms) and not value.terms:
            return None
        return self.system.equation(value.terms)

    def range(self, expression):
        v, number = self._named(poly(expression.value(self.pre, self.cells)).terms, "[%s]" % expression.text)
        self.system.restrict(v, *LIMB)
        return number

    def arguments(self, message):
        """Variables for the coordinates of a lookup, and the equations that define them."""
        pairs = [self._named(t, "<%s>" % e.text) for t, e in
                 zip(Message(message, self.pre, self.cells).coordinates, message.coordinates)]
        return [v for v, _ in pairs], [n for _, n in pairs]


def _roots(factors):
    """(terms, values) if the product is zero exactly when terms is one of a few values."""
    bare = [({m: c for m, c in f.items() if m}, f.get((), 0)) for f in factors]
    base = bare[0][0]
    if any(normalized(b) != normalized(base) for b, _ in bare):
        return None
    lead = max(base)

    def values(multiple):
        return {symmetric(-c * pow(b[lead], -1, P) * multiple[lead]) for b, c in bare}
    if len(base) == 1 and len(lead) == 1:  # a multiple of one variable
        base = scaled(base, pow(base[lead], -1, P))
    else:  # the multiple with the smallest values
        base = min((b for b, _ in bare), key=lambda b: max(map(abs, values(b))))
    return base, values(base)


def build(rules, columns, fixed, program, copies, dropped=frozenset(), preprocessed=()):
    """The system of `copies` rows with these rules, for each row the list of its accesses, and the rows.
    program(system, row, coordinates): what is known of a request to the ROM or to REGION. dropped: numbers of rules
    to leave out."""
    system = System()
    system.fixed = fixed
    rows = [Row(system, columns, fixed, "'" * i, preprocessed) for i in range(copies)]
    accesses = [[Access(rule, row.pre, row.cells) for rule in rules if rule.kind not in
                 ("zero", "range", "request", "provide")] for row in rows]
    for number, rule in enumerate(rules):
        if number in dropped:
            continue
        if rule.kind in ("zero", "range"):
            made = [getattr(row, rule.kind)(rule.expression) for row in rows]
            system.rule_equations[number] = made
            system.twin(*(made if copies == 2 else (None, None)))
        elif rule.kind == "request":
            gate = poly(rule.gate.value(rows[0].pre, rows[0].cells)).terms
            assert is_constant(gate)
            if not gate:
                continue
            if BUS_NAMES[rule.message.bus] in ("ROM", "REGION"):
                for row in rows:
                    program(system, row, Message(rule.message, row.pre, row.cells).coordinates)
                continue
            made = [row.arguments(rule.message) for row in rows]
            for pair in zip(*(equations for _, equations in made)):
                system.twin(*(pair if copies == 2 else (None, None)))
            system.request(BUS_NAMES[rule.message.bus], made[0][0], made[1][0] if copies == 2 else None)
    return system, accesses, rows
