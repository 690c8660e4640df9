# SPDX-License-Identifier: Apache-2.0
"""Questions to z3 about integers, as SMT-LIB text on its standard input."""

import functools
import shutil
import subprocess

from poly import P, add, symmetric

SECONDS = 60


@functools.cache
def available():
    return shutil.which("z3") is not None


def number(c):
    return str(c) if c >= 0 else "(- %d)" % -c


def total(terms, names):
    """terms: monomial -> integer."""
    parts = []
    for m, c in terms.items():
        factors = [number(c)] * (c != 1 or not m) + [names(v) for v in m]
        parts.append("(* %s)" % " ".join(factors) if len(factors) > 1 else factors[0])
    return "(+ %s)" % " ".join(parts) if len(parts) > 1 else parts[0] if parts else "0"


def ask(declarations, assertions, values=(), seconds=SECONDS):
    """("sat", values), ("unsat", None) or ("unknown", None). All variables are integers."""
    ask.count += 1
    text = ["(declare-const %s Int)" % name for name in declarations]
    text += ["(assert %s)" % a for a in assertions] + ["(check-sat)"]
    if values:
        text.append("(get-value (%s))" % " ".join(values))
    done = subprocess.run(["z3", "-in", "-T:%d" % seconds], input="\n".join(text), capture_output=True, text=True)
    lines = done.stdout.split("\n", 1)
    if lines[0] not in ("sat", "unsat"):
        return "unknown", None
    if lines[0] == "unsat" or not values:
        return lines[0], None
    words = lines[1].replace("(", " ( ").replace(")", " ) ").split()
    found, i = {}, 0
    words = [w for w in words if w not in "()"]
    while i < len(words):  # name, number; a negative number is "-", number
        sign = -1 if words[i + 1] == "-" else 1
        i += words[i + 1] == "-"
        found[words[i - (sign < 0)]] = sign * int(words[i + 1])
        i += 2
    return "sat", found


ask.count = 0  # questions so far


class Query:
    """The linear equations of a system that hold over the integers, and the domains of what they use."""

    def __init__(self, system):
        self.system, self.assertions, self.used, self.failed = system, [], set(), False

    def name(self, v):
        self.used.add(v)
        return "x%d" % v

    def total(self, terms):
        return total(terms, self.name)

    def integers(self, number):
        """The terms of an equation that holds over the integers."""
        if number not in self.system.equations:
            return {}  # it became 0 = 0
        terms = self.system.equations[number][0]
        limits = self.system.bounds(terms)
        self.failed |= limits is None or limits[0] <= -P or limits[1] >= P
        return {m: symmetric(c) for m, c in terms.items()}

    def add_linear_equations(self):
        """All linear equations of the system that hold over the integers, as they are or with a multiple of another
        one added so that a variable goes away."""
        linear = [terms for terms, _ in self.system.equations.values() if all(len(m) < 2 for m in terms)]
        for terms in linear:
            others = (add(terms, other, -terms[m] * pow(other[m], -1, P)) for other in linear for m in other
                      if m and m in terms and other is not terms)
            self._add_integer_form(terms) or any(map(self._add_integer_form, others))

    def _add_integer_form(self, terms):
        for candidate in self.system.scalings(terms) if terms else ():
            limits = self.system.bounds(candidate)
            if limits and -P < limits[0] and limits[1] < P:
                self.assertions.append("(= 0 %s)" % self.total({m: symmetric(c) for m, c in candidate.items()}))
                return True
        return False

    def denial(self, goals):
        parts = []
        for goal in goals:
            limits = self.system.bounds(goal.terms)
            self.failed |= limits is None or limits[0] <= -P or limits[1] >= P
            parts.append("(not (= 0 %s))" % self.total({m: symmetric(c) for m, c in goal.terms.items()}))
        return "(or %s)" % " ".join(parts)

    def unsatisfiable(self, assertion):
        for v in sorted(self.used):
            domain = self.system.domains.get(v)
            if domain:
                self.assertions.append("(<= %s x%d %s)" % (number(domain[0]), v, number(domain[1])))
        names = ["x%d" % v for v in sorted(self.used)]
        return ask(names, self.assertions + [assertion])[0] == "unsat"
