# SPDX-License-Identifier: Apache-2.0
"""Looks for rows that break the property where it could not be shown, so that a failure is one of the rules and not of
the method: `find` gives cells that satisfy all rules that are left, checked by the rules of TABLES.md themselves."""

import os
import random

from goals import Equal, Within
from poly import P, is_constant, symmetric, variables
from row_system import BUS_NAMES
from system import Contradiction
import lookups
import smt
import variants

SECONDS, QUESTION = 15, 20


def find(failure, rules, table, dropped, seed=1):
    """Cells of one or two rows, as lists of name -> element, or None. rules: all of the table or slot."""
    rng = _Choice(seed)
    labels = {g.label for g in failure.goals}
    end = _used() + SECONDS
    while _used() < end:
        system = rng.choice((failure.system, failure.root)).copy()
        rng.calm = rng.random() < 0.3
        try:
            system.propagate()
            goals = [g for g in system.goals if g.label in labels and g.terms]
            if not goals and not failure.denial and not failure.any_row:
                return None
            system.goals = [rng.choice(goals)] if goals else []
            if rng.random() < 0.7:
                _choose(system, [v for v in _open(system) if v in system.shared], rng)
            if rng.random() < 0.5:
                _choose(system, _operands(system), rng)
            _ask(system, failure.denial, rng)
            _choose(system, _open(system), rng)
        except (Contradiction, _Stuck):
            continue
        cells = _cells(system, table)
        if _broken(system.goals) and _denied(system, failure.denial) and _satisfies(cells, rules, dropped):
            return cells
    return None


def _used():
    """Seconds of processor time, those of z3 included."""
    return sum(os.times()[:4])


class _Choice(random.Random):
    """calm: 0 is tried first for every variable, which suits rows that are not in use."""

    calm = False


class _Stuck(Exception):
    pass


def _open(system):
    return [v for v in range(len(system.names)) if v not in system.values]


def _operands(system):
    """Of requests: what is looked up. z3 does not know the tables."""
    arguments = {system.resolve(v) for table, *rows in system.requests for row in rows if row for v in row[:2]}
    return [v for kind, v in arguments if kind == "var"]


def _candidates(system, v, rng):
    domain = system.domains.get(v)
    if domain is None:
        some = 0, 1, P - 1, rng.randrange(P), rng.randrange(P)
    else:
        lo, hi, some = domain
        some = some or (lo, hi, rng.randint(lo, min(hi, lo + 255)), rng.randint(lo, hi), rng.randint(lo, hi))
    return sorted(some, key=abs) if rng.calm else rng.sample(some, len(some))


def _choose(system, chosen, rng):
    """Gives the variables values that contradict nothing, as far as propagation sees."""
    def size(v):
        domain = system.domains.get(v)
        return P if domain is None else domain[1] - domain[0]
    for v in sorted(chosen, key=lambda v: (size(v) > 64, size(v) == P, rng.random())):
        if v in system.values:
            continue
        for value in _candidates(system, v, rng):
            trial = system.copy()
            try:
                trial.restrict(v, value, value)
                trial.propagate()
            except Contradiction:
                continue
            system.__dict__.update(trial.__dict__)
            break
        else:
            raise _Stuck


def _ask(system, denial, rng):
    """Values for what is left, from z3: equations modulo p are linear once a factor of each product has a value."""
    while True:
        nonlinear = sorted({v for terms, _ in system.equations.values() for m in terms if len(m) > 1 for v in m})
        if nonlinear:
            _choose(system, [rng.choice(nonlinear)], rng)
        elif system.products:
            terms = rng.choice(rng.choice(system.products))
            system.equation(terms)
            system.propagate()
        else:
            break
    if not _open(system):
        return
    used, assertions, extra = set(), [], []

    def total(terms):
        used.update(variables(terms))
        return smt.total({m: symmetric(c) for m, c in terms.items()}, lambda v: "x%d" % v)

    def residue(terms, condition):
        extra.extend(("k%d" % len(extra), "k%d" % (len(extra) + 1)))
        k, r = extra[-2:]
        assertions.append("(= %s (+ (* %d %s) %s))" % (total(terms), P, k, r))
        assertions.append(condition.replace("r", r))
    for terms, _ in system.equations.values():
        residue(min(system.scalings(terms), key=lambda t: _width(system, t)), "(= r 0)")
    for terms in system.nonzero:
        residue(terms, "(< 0 r %d)" % P)
    for goal in _simple(system.goals):
        residue(goal.terms, "(<= %d r %d)" % (goal.hi + 1 if isinstance(goal, Within) else 1, P - 1))
    if denial:
        used |= denial[1]
        assertions += [denial[0]] + _known(system, used)
    for v in used:
        lo, hi, values = system.domains.get(v) or (0, P - 1, None)
        assertions.append("(<= %s x%d %s)" % (smt.number(lo), v, smt.number(hi)))
        if values is not None:
            assertions.append("(or %s)" % " ".join("(= x%d %s)" % (v, smt.number(x)) for x in values))
    names = ["x%d" % v for v in sorted(used)]
    verdict, found = smt.ask(names + extra, assertions, names, QUESTION)
    if verdict != "sat":
        raise _Stuck
    for name, value in (found or {}).items():
        system.restrict(int(name[1:]), value, value)
        if int(name[1:]) not in system.values:
            system.equation({(int(name[1:]),): 1, (): -value % P})
    system.propagate()


def _known(system, used):
    """What the variables were replaced by, as assertions; what they were replaced by is used as well."""
    known = [(v, *system.resolve(v)) for v in sorted(used)]
    used.update(value for _, kind, value in known if kind == "var")
    return ["(= x%d %s)" % (v, smt.number(value) if kind == "const" else "x%d" % value) for v, kind, value in known]


def _denied(system, denial):
    """All variables have values, and those of the denial make it true."""
    if not denial:
        return True
    names = ["x%d" % v for v in sorted(denial[1])]
    return smt.ask(names, [denial[0]] + _known(system, set(denial[1])))[0] == "sat"


def _width(system, terms):
    width = 0
    for m, c in terms.items():
        lo, hi, _ = (system.domains.get(m[0]) if m else (0, 0, 0)) or (0, P - 1, None)
        width += abs(symmetric(c)) * (hi - lo)
    return width


def _cells(system, table):
    def value(name):
        kind, x = system.resolve(system.names.index(name))
        assert kind == "const", name
        return x % P
    marks = ("", "'") if any(c + "'" in system.names for c in table.columns) else ("",)
    return [{c: system.fixed[c] % P if c in system.fixed else value(c + mark) for c in table.columns}
            for mark in marks]


def _simple(goals):
    """The goals that all fail if these do."""
    simple = [g for goal in goals for g in getattr(goal, "goals", [goal])]
    assert all(isinstance(g, Equal) or g.lo == 0 for g in simple)
    return simple


def _broken(goals):
    values = [(g, g.terms.get((), 0)) for g in _simple(goals)]
    return all(is_constant(g.terms) for g, _ in values) and \
        all(value != 0 if isinstance(g, Equal) else value > g.hi for g, value in values)


def _satisfies(rows, rules, dropped):
    """All rules hold in each row, and two rows have one ROM entry and read the same under the same keys."""
    reads, entries = [], []
    for row in rows:
        cells = list(row.values())

        def value(expression):
            return expression.value((), cells) % P
        for number, rule in enumerate(rules):
            if rule.kind == "local":
                reads.append([value(e) for e in rule.read.coordinates])
            if number in dropped:
                continue
            if rule.kind == "zero" and value(rule.expression) != 0:
                return False
            if rule.kind == "range" and value(rule.expression) >= 1 << 16:
                return False
            if rule.kind == "request" and value(rule.gate):
                bus = BUS_NAMES[rule.message.bus]
                coordinates = tuple(value(e) for e in rule.message.coordinates)
                if bus == "ROM":
                    condition = variants.CONDITION.get(coordinates[0])
                    entries.append([x for j, x in enumerate(coordinates) if condition is None or j != 5 + condition])
                elif bus != "REGION" and coordinates not in lookups.row_set(bus):
                    return False
    half = len(reads) // 2
    return len(rows) == 1 or entries[:1] == entries[1:2] and all(
        a[0] != b[0] or a == b for a, b in zip(reads[:half], reads[half:]))
