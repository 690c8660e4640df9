"""The contents of the lookup tables AND, SHIFT_BYTE and SHIFT_AMOUNT (PROTOCOL.md, section 13), and what follows for the
arguments of a request when some of them are known."""

import functools

import fixed_table

SET_LIMIT = 64  # domains of at most so many values are kept as sets


@functools.cache
def rows(table):
    cells = [fixed_table.row(i) for i in range(1 << 14)]
    if table == "AND":
        return sorted({(c[1] + 64 * k, c[2], c[3 + k]) for c in cells for k in range(4)})
    if table == "SHIFT_BYTE":
        return sorted({tuple(c[7:11]) for c in cells})
    return sorted({tuple(c[11:20]) for c in cells})


@functools.cache
def _matching(table, domains):
    """The rows whose cells lie in the domains (lo, hi, values or None), of which None is all of F_p."""
    result = rows(table)
    for j, domain in enumerate(domains):
        if domain is not None:
            lo, hi, values = domain
            result = [r for r in result if lo <= r[j] <= hi and (values is None or r[j] in values)]
    return result


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
