# SPDX-License-Identifier: Apache-2.0
"""Polynomials over F_p in the cells of rows. The expressions of TABLES.md, as tests/model/tables.py compiles them, are
evaluated on cells that are such polynomials."""

from field import P


def symmetric(c):
    """The representative of c modulo p that is nearest to 0."""
    c %= P
    return c if c <= P // 2 else c - P


class Poly:
    """terms: monomial (sorted tuple of variables) -> coefficient in 1..p-1. factors: if it was written as a product,
    those of its factors that are no constants."""

    __slots__ = ("terms", "factors")

    def __init__(self, terms, factors=None):
        self.terms, self.factors = terms, factors

    def __add__(self, other):
        return Poly(add(self.terms, poly(other).terms))

    __radd__ = __add__

    def __sub__(self, other):
        return Poly(add(self.terms, poly(other).terms, -1))

    def __rsub__(self, other):
        return poly(other) - self

    def __mul__(self, other):
        other = poly(other)
        factors = [f for q in (self, other) for f in (q.factors or [q]) if list(f.terms) not in ([], [()])]
        return Poly(multiply(self.terms, other.terms), factors)

    __rmul__ = __mul__


def poly(x):
    """x, a polynomial or a number, as a polynomial."""
    return x if isinstance(x, Poly) else constant(x)


def constant(c):
    return Poly({(): c % P} if c % P else {})


def variable(v):
    return Poly({(v,): 1})


def add(a, b, scale=1):
    """Terms of a + scale b."""
    result = dict(a)
    for m, c in b.items():
        c = (result.get(m, 0) + scale * c) % P
        if c:
            result[m] = c
        else:
            result.pop(m, None)
    return result


def scaled(a, factor):
    return {m: c * factor % P for m, c in a.items()}


def multiply(a, b):
    result = {}
    for m, c in a.items():
        for n, d in b.items():
            mono = tuple(sorted(m + n))
            result[mono] = (result.get(mono, 0) + c * d) % P
    return {m: c for m, c in result.items() if c}


def substitute(a, v, value):
    """Terms of a with the terms `value` in place of the variable v."""
    result = {}
    for m, c in a.items():
        if v in m:
            product = {tuple(x for x in m if x != v): c}
            for _ in range(m.count(v)):
                product = multiply(product, value)
            result = add(result, product)
        else:
            result = add(result, {m: c})
    return result


def variables(a):
    return frozenset(v for m in a for v in m)


def is_constant(a):
    return not a or list(a) == [()]


def normalized(a):
    """A hashable form that is the same for all multiples of a."""
    if not a:
        return ()
    lead = max(a)
    return tuple(sorted(scaled(a, pow(a[lead], -1, P)).items()))


def show(a, names):
    if not a:
        return "0"
    return " + ".join("*".join([str(symmetric(c))] * (symmetric(c) != 1 or not m) + [names[v] for v in m])
                      for m, c in sorted(a.items())).replace("+ -", "- ")
