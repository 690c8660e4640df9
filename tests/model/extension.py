# SPDX-License-Identifier: Apache-2.0
"""Columns extended to evaluation domains (PROTOCOL.md, section 6), for tests and for the trees of public tables."""

import merkle
from field import GENERATOR, P, encode, reverse_bits, root_of_unity


def evaluate_on_subgroup(coefficients):
    """Values of a polynomial of 2^k coefficients at the powers of w_k, in natural order."""
    n = len(coefficients)
    log_n = n.bit_length() - 1
    values = [coefficients[reverse_bits(i, log_n)] for i in range(n)]
    half = 1
    while half < n:
        step = root_of_unity(half.bit_length())
        twiddles = [1]
        for _ in range(half - 1):
            twiddles.append(twiddles[-1] * step % P)
        for start in range(0, n, 2 * half):
            low = values[start:start + half]
            high = [a * b % P for a, b in zip(values[start + half:start + 2 * half], twiddles)]
            values[start:start + 2 * half] = [(a + b) % P for a, b in zip(low, high)] + \
                                             [(a - b) % P for a, b in zip(low, high)]
        half *= 2
    return values


def interpolate(values):
    """Coefficients of the polynomial with the given values at the powers of w_k."""
    n = len(values)
    scale = pow(n, -1, P)
    result = [v * scale % P for v in evaluate_on_subgroup(values)]
    return result[:1] + result[:0:-1]


def extend(column, log_blowup):
    """Row j of the result holds the value at 3 w^rev(j)."""
    coefficients, power = [], 1
    for c in interpolate(column):
        coefficients.append(c * power % P)
        power = power * GENERATOR % P
    n = len(column) << log_blowup
    values = evaluate_on_subgroup(coefficients + [0] * (n - len(column)))
    log_n = n.bit_length() - 1
    return [values[reverse_bits(j, log_n)] for j in range(n)]


def commit(matrices, log_blowup):
    """The root of an unsalted tree. matrices: lists of columns of elements of F."""
    by_height = {}
    for columns in matrices:
        encodings = [[encode(v) for v in extend(column, log_blowup)] for column in columns]
        rows = [b"".join(row) for row in zip(*encodings)]
        below = by_height.get(len(rows))
        by_height[len(rows)] = rows if below is None else [a + b for a, b in zip(below, rows)]
    return merkle.build([by_height[n] for n in sorted(by_height, reverse=True)])[-1][0]
