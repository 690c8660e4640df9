#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No conclusion of system.py or goals.py may exclude a solution: random systems are made around a solution that is
known, and whatever is concluded or proved must hold for it. Small coefficients next to powers of two and their
inverses, sets, bytes, lookups, products and twins as the tables have them."""

import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "model")]

from field import P  # noqa: E402
import goals  # noqa: E402
import lookups  # noqa: E402
import poly  # noqa: E402
from system import System  # noqa: E402

COEFFICIENTS = [1, -1, 2, -2, 3, 4, 8, 255, 256, -256, 32768, 65535, 65536, -65536, 1 << 24,
                pow(65536, -1, P), pow(4, -1, P), pow(2, -1, P)]


class Planted:
    """A system and the values of its variables in one solution."""

    def __init__(self, rng):
        self.rng, self.system, self.values = rng, System(), []
        for i in range(rng.randint(3, 8)):
            self._variable("v%d" % i)

    def _variable(self, name, value=None):
        rng = self.rng
        size = rng.choice((2, 3, 256, 65536, P))
        if value is None:
            value = rng.choice((0, 1, size - 1, rng.randrange(size))) % size
        kind = rng.randrange(4)
        domain = None
        if value < size < P and kind < 3:
            domain = 0, size - 1, None
            if kind == 1 and size < 4:
                domain = -1, 1, (-1, 0, 1)
                value = rng.choice(domain[2])
            elif kind == 2:
                some = sorted({value} | {rng.randrange(size) for _ in range(3)})
                domain = some[0], some[-1], tuple(some)
        self.values.append(value % P)
        # One variable in three is common to both rows, which may only guide the cases.
        return self.system.new(name, domain, rng.random() < 0.3)

    def evaluate(self, terms):
        total = 0
        for m, c in terms.items():
            for v in m:
                c *= self.values[v]
            total += c
        return total % P

    def expression(self, most=4):
        terms = {}
        for _ in range(self.rng.randint(1, most)):
            m = tuple(sorted(self.rng.choices(range(len(self.values)), k=self.rng.choice((1, 1, 1, 2)))))
            terms = poly.add(terms, {m: self.rng.choice(COEFFICIENTS) % P})
        return terms

    def equation(self, zero=0):
        """Terms with the value `zero`."""
        terms = self.expression()
        if self.rng.random() < 0.5:  # the constant makes it hold
            return poly.add(terms, {(): 1}, zero - self.evaluate(terms))
        v = self._variable("d%d" % len(self.values), (self.evaluate(terms) - zero) % P)
        # Its domain was made for this value or is none.
        return poly.add(terms, {(v,): 1}, -1) if self.evaluate({(v,): 1}) == (self.evaluate(terms) - zero) % P else {}

    def fill(self):
        rng, system = self.rng, self.system
        for _ in range(rng.randint(1, 5)):
            kind = rng.randrange(8)
            if kind < 4:
                system.equation(self.equation())
            elif kind == 4:  # a rule of two rows
                first, second = self.equation(), self.equation()
                system.twin(system.equation(first), system.equation(second))
            elif kind == 5:
                factors = [self.equation(), self.expression()]
                rng.shuffle(factors)
                system.product(factors)
            elif kind == 6:
                terms = self.expression()
                if self.evaluate(terms):
                    system.require_nonzero(terms)
            else:
                table = rng.choice(("AND", "SHIFT_BYTE", "SHIFT_AMOUNT"))
                arguments = []
                for row in rng.sample(lookups.rows(table), 2):
                    arguments.append([])
                    for x in row:
                        same = [v for v, y in enumerate(self.values) if y == x]
                        if same and rng.random() < 0.5:
                            arguments[-1].append(rng.choice(same))
                        else:
                            self.values.append(x)
                            arguments[-1].append(system.new("a", rng.choice((None, (0, 65535, None)))))
                system.request(table, arguments[0], arguments[1] if rng.random() < 0.7 else None)

    def check(self):
        """The solution is still one of the system."""
        for v, value in enumerate(self.values):
            kind, u = self.system.resolve(v)
            assert (u if kind == "const" else self.values[u]) % P == value
            domain = self.system.domain(v)
            if domain:
                lo, hi, values = domain
                assert (value - lo) % P <= hi - lo and (values is None or any((x - value) % P == 0 for x in values))
        assert all(self.evaluate(terms) == 0 for terms, _ in self.system.equations.values())
        assert all(any(self.evaluate(f) == 0 for f in factors) for factors in self.system.products)
        assert all(self.evaluate(f) for f in self.system.nonzero)

    def goal(self):
        terms = self.expression(3)
        if self.rng.random() < 0.5:
            terms = poly.add(terms, {(): 1}, -self.evaluate(terms))  # one that is true of the solution
            if self.rng.random() < 0.5:
                return goals.Equal("equal", self.system.simplify(terms))
        lo = self.rng.choice((0, 0, -1))
        return goals.Within("within", self.system.simplify(terms), lo, self.rng.choice((1, 255, 65535, 1 << 29)))

    def true(self, goal):
        value = self.evaluate(goal.terms)
        return value == 0 if isinstance(goal, goals.Equal) else (value - goal.lo) % P <= goal.hi - goal.lo


def main(count):
    rng = random.Random(7)
    concluded = proved = 0
    goals.MOST_CASES = 200
    for _ in range(count):
        planted = Planted(rng)
        planted.fill()
        open_before = len(planted.values) - len(planted.system.values)
        planted.system.propagate()  # a contradiction would be wrong
        planted.check()
        concluded += open_before - (len(planted.values) - len(planted.system.values))
        for _ in range(3):
            system = planted.system.copy()
            goal = planted.goal()
            system.goals = [goal]
            try:
                goals.prove(system)
            except goals.NotShown:
                continue
            proved += 1
            assert planted.true(goal), (goal.label, goal.terms, planted.values)
    print(count, "systems,", concluded, "variables determined,", proved, "goals proved")
    assert concluded > count // 2 and proved > count // 10


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
