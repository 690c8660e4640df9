# SPDX-License-Identifier: Apache-2.0
"""What is to be shown of a system, and the proof by cases."""

import itertools

from poly import P, add, is_constant, normalized, show, symmetric, variables
from system import Contradiction

MOST_CASES = 20000


class Equal:
    """terms = 0"""

    def __init__(self, label, terms):
        self.label, self.terms = label, terms

    def map(self, apply):
        return Equal(self.label, apply(self.terms))

    def holds(self, system):
        if not self.terms:
            return True
        form = normalized(self.terms)
        return any(normalized(terms) == form for terms, _ in system.equations.values())


class Within:
    """terms is the residue of an integer lo..hi"""

    def __init__(self, label, terms, lo, hi):
        self.label, self.terms, self.lo, self.hi = label, terms, lo, hi

    def map(self, apply):
        return Within(self.label, apply(self.terms), self.lo, self.hi)

    def holds(self, system):
        if is_constant(self.terms):
            return (self.terms.get((), 0) - self.lo) % P <= self.hi - self.lo
        return any(self._inside(system, terms) for terms in self._alternatives(system))

    def _alternatives(self, system):
        """Terms with the same residue: with multiples of an equation subtracted so that a monomial goes away."""
        yield self.terms
        for terms, _ in system.equations.values():
            for m in terms:
                if m and m in self.terms:
                    yield add(self.terms, terms, -self.terms[m] * pow(terms[m], -1, P))

    def _inside(self, system, terms):
        limits = system.bounds(terms)
        if limits is None:
            return False
        if self.lo <= limits[0] and limits[1] <= self.hi:
            return True
        lo, hi = bitwise_bounds(system, terms)
        return self.lo <= lo and hi <= self.hi


class Either:
    def __init__(self, label, goals):
        self.label, self.goals = label, goals

    def map(self, apply):
        return Either(self.label, [g.map(apply) for g in self.goals])

    @property
    def terms(self):
        return self.goals[0].terms

    def holds(self, system):
        return any(g.holds(system) for g in self.goals)


def bitwise_bounds(system, terms):
    """Bounds of terms, all of whose variables have domains, that know that c = a & b holds in every bit."""
    triples = [[system.resolve(v) for v in first] for table, first, _ in system.requests if table == "AND"]
    rest, lo, hi = dict(terms), 0, 0
    while True:
        # A group: variables of the terms that requests connect.
        seed = next((m for m in rest if len(m) == 1 and any(("var", m[0]) in t for t in triples)), None)
        if seed is None:
            break
        group, grown = {seed[0]}, True
        chosen = []
        while grown:
            chosen = [t for t in triples if any(kind == "var" and v in group for kind, v in t)]
            larger = group | {v for t in chosen for kind, v in t if kind == "var"}
            grown = len(larger) > len(group) and len(larger) <= 10
            group = larger
        names = sorted(group)
        weights = [symmetric(rest.pop((v,), 0)) for v in names]
        for bit in range(8):
            sums = []
            for bits in itertools.product((0, 1), repeat=len(names)):
                value = dict(zip(names, bits))
                triple_bits = [[value[v] if kind == "var" else v >> bit & 1 for kind, v in t] for t in chosen]
                if all(a & b == c for a, b, c in triple_bits):
                    sums.append(sum(w * x for w, x in zip(weights, bits)) << bit)
            if not sums:
                raise Contradiction
            lo, hi = lo + min(sums), hi + max(sums)
    limits = system.bounds(rest)
    return lo + limits[0], hi + limits[1]


class NotShown(Exception):
    """system: a case in which the goals do not follow; root: the system before it was split. denial: for a property
    that is no goal, an assertion that it does not hold (SMT-LIB, x7 for variable 7) and the variables of it; any_row:
    every row breaks the property."""

    def __init__(self, system, goals, denial=None, any_row=False):
        self.system, self.goals, self.denial, self.any_row, self.root = system, goals, denial, any_row, system
        super().__init__(", ".join(g.label for g in goals))

    def describe(self):
        lines = ["not shown: " + str(self)]
        lines += ["  0 = " + show(t, self.system.names) for t, _ in self.system.equations.values()]
        lines += ["  product " + " ; ".join(show(f, self.system.names) for f in fs) for fs in self.system.products]
        lines += ["  goal %s: %s" % (g.label, show(g.terms, self.system.names)) for g in self.goals]
        return "\n".join(lines)


class Cases:
    """Counts of a proof: leaves in which all goals hold, and contradictory ones."""

    def __init__(self, proved=0):
        self.proved, self.empty = proved, 0


def prove(system, cases=None):
    """Shows the goals of the system in every case, or raises NotShown."""
    if cases is None:
        root = system.copy()
        try:
            return prove(system, Cases())
        except NotShown as failure:
            failure.root = root
            raise
    try:
        system.propagate()
        system.goals = [g for g in system.goals if not g.holds(system)]
    except Contradiction:
        cases.empty += 1
        return cases
    if not system.goals:
        cases.proved += 1
        return cases
    branches = _split(system)
    if not branches and system.finish and system.finish(system):
        cases.proved += 1
        return cases
    if not branches:
        try:
            if _use_equation(system):
                return prove(system, cases)
        except Contradiction:
            cases.empty += 1
            return cases
    if not branches or cases.proved + cases.empty > MOST_CASES:
        raise NotShown(system, system.goals)
    for branch in branches:
        case = system.copy()
        try:
            branch(case)
        except Contradiction:
            cases.empty += 1
            continue
        prove(case, cases)
    return cases


def _split(system):
    """Functions that add one case each to a system; they cover all cases. None if there is nothing to split."""
    nonlinear = {v for terms, _ in system.equations.values() for m in terms if len(m) > 1 for v in m}
    nonlinear |= {v for g in system.goals for m in g.terms if len(m) > 1 for v in m}
    factors = [f for product in system.products for f in product if not system.is_nonzero(f)]
    common = [f for f in factors if variables(f) <= system.shared]
    small = sorted((len(d[2]), v) for v, d in system.domains.items()
                   if d[2] is not None and v not in system.values)
    for choice in (
            [("zero", f) for f in common],
            [("value", v) for n, v in small if v in nonlinear and v in system.shared],
            [("value", v) for n, v in small if n <= 8 and (v in nonlinear or any((v,) in f for f in factors))],
            [("zero", f) for f in factors],
            [("value", v) for n, v in small if v in system.shared and _is_argument(system, v)]):
        if choice:
            kind, what = choice[0]
            if kind == "zero":
                return [lambda s: s.require_nonzero(what), lambda s: _require_zero(s, what)]
            return [lambda s, x=x: s.restrict(what, x, x) for x in system.domains[what][2]]
    return None


def _is_argument(system, v):
    return any(("var", v) in [system.resolve(a) for a in first] for _, first, _ in system.requests)


def _require_zero(system, terms):
    system.equation(terms)
    system.propagate()
    terms = system.simplify(terms)
    if terms:
        system.eliminate(terms)


def _use_equation(system):
    """Eliminates a variable that a linear equation between determined variables gives, where that may be of use."""
    nonlinear = {v for terms, _ in system.equations.values() for m in terms if len(m) > 1 for v in m}
    for terms, names in system.equations.values():
        if names <= system.shared and names & nonlinear and all(len(m) < 2 for m in terms) \
                and normalized(terms) not in system.eliminated and system.eliminate(terms):
            return True
    return False
