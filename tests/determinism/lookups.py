# SPDX-License-Identifier: Apache-2.0
"""The contents of the lookup tables AND, SHIFT_BYTE and SHIFT_AMOUNT (PROTOCOL.md, section 13), and what follows for
the arguments of a request when some of them are known."""

import functools

import fixed_table
import tables

SET_LIMIT = 64  # domains of at most so many values are kept as sets


@functools.cache
def rows(table):
    messages = [rule.message for rule in tables.load()[tables.FIXED].rules]
    cells = [fixed_table.row(i) for i in range(fixed_table.ROWS)]
    return sorted({tuple(e.value(c, []) for e in m.coordinates)
                   for m in messages if m.bus == tables.BUSES[table] for c in cells})


@functools.cache
def row_set(table):
    return frozenset(rows(table))


@functools.cache
def _matching(table, domains):
    """The rows whose cells lie in the domains (lo, hi, values or None), of which None is all of F_p."""
    if table == "AND":  # the one table of some size, and easily made
        first, second = (_integers(d) for d in domains[:2])
        return [(a, b, a & b) for a in first for b in second if _inside(a & b, domains[2])]
    return [r for r in rows(table) if all(map(_inside, r, domains))]


def _inside(x, domain):
    return domain is None or domain[0] <= x <= domain[1] and (domain[2] is None or x in domain[2])


def _integers(domain):
    lo, hi, values = domain or (0, 255, None)
    return [x for x in values if 0 <= x < 256] if values is not None else range(max(lo, 0), min(hi, 255) + 1)


@functools.cache
def restrict(table, domains):
    """The domain of each argument, or None if no row matches."""
    matching = _matching(table, domains)
    if not matching:
        return None
    result = []
    for j in range(len(domains)):
        column = {r[j] for r in matching}
        result.append((min(column), max(column), tuple(sorted(column)) if len(column) <= SET_LIMIT else None))
    return result


@functools.cache
def determines(table, domains, known, j):
    """Whether the arguments at the positions `known` determine argument j."""
    seen = {}
    return all(seen.setdefault(tuple(r[k] for k in known), r[j]) == r[j] for r in _matching(table, domains))
