# SPDX-License-Identifier: Apache-2.0
"""The step of table DIV that is not linear: quotient and remainder are unique. The four equations of the limbs hold
over the integers. Added up with powers of 2^16 they say Q D + L = 0, where Q and D are quotient and divisor with
their signs and L is linear. Of two rows with one D, (Q - Q') D = L' - L: so Q = Q', or |L - L'| is at least |D|. Both
cases are linear questions to z3."""

from smt import Query

QUOTIENT, DIVISOR = ("q0", "q1", "q2", "q3"), ("d0", "d1", "d2", "d3")


class Division:
    """Of a slot of DIV; called with a system of two rows in which nothing can be split any more."""

    def __init__(self, rules, equations, rows):
        """equations: rule -> numbers of its equations, one per row. rows: name of a column -> variable, per row."""
        carries = {"t0", "t1", "t2"}
        texts = [(i, set(r.expression.text.replace("(", " ").replace(")", " ").replace("*", " ").split()))
                 for i, r in enumerate(rules) if r.kind == "zero"]
        self.limbs = [equations.get(i) for i, words in texts if words & carries and words & set(QUOTIENT)]
        self.remainder = [equations.get(i) for i, words in texts if words & {"g_lo", "g_hi"}]
        self.rows = rows

    def __call__(self, system):
        if len(self.limbs) != 4 or None in self.limbs or None in self.remainder:
            return False
        query = Query(system)
        quotients, divisors, linear = [], [], []
        for row, columns in enumerate(self.rows):
            combined = {}
            for k, numbers in enumerate(self.limbs):
                for m, c in query.integers(numbers[row]).items():
                    combined[m] = combined.get(m, 0) + (c << 16 * k)
            signed = system.resolve(columns["signed"])
            if signed[0] != "const":
                return False
            q = self._word(system, [columns[c] for c in QUOTIENT], columns["q_neg"])
            d = self._word(system, [columns[c] for c in DIVISOR], columns["d_top"] if signed[1] else None)
            product = multiply_integers(q, d)
            rest = {m: combined.get(m, 0) - product.get(m, 0) for m in {**combined, **product}}
            linear.append({m: c for m, c in rest.items() if c})
            quotients.append(q)
            divisors.append(d)
            for numbers in self.remainder:
                query.assertions.append("(= 0 %s)" % query.total(query.integers(numbers[row])))
        if divisors[0] != divisors[1] or any(len(m) > 1 for terms in linear for m in terms) or query.failed:
            return False
        query.add_linear_equations()
        difference = query.total(subtract(*linear))
        far = "(>= (abs %s) (abs %s))" % (difference, query.total(divisors[0]))
        same = "(and (= 0 %s) (= 0 %s) %s)" % (query.total(subtract(*quotients)), difference,
                                               query.denial(system.goals))
        return query.unsatisfiable("(or %s %s)" % (far, same)) and not query.failed

    @staticmethod
    def _word(system, variables, sign):
        """Four bytes, minus 2^32 times the sign."""
        word = {}
        for v, weight in zip(variables + [sign], (1, 1 << 8, 1 << 16, 1 << 24, -1 << 32)):
            kind, value = ("const", 0) if v is None else system.resolve(v)
            m, c = ((value,), 1) if kind == "var" else ((), value)
            word[m] = word.get(m, 0) + c * weight
        return {m: c for m, c in word.items() if c}


def multiply_integers(a, b):
    result = {}
    for m, c in a.items():
        for n, d in b.items():
            mono = tuple(sorted(m + n))
            result[mono] = result.get(mono, 0) + c * d
    return result


def subtract(a, b):
    terms = {m: a.get(m, 0) - b.get(m, 0) for m in {**a, **b}}
    return {m: c for m, c in terms.items() if c}
