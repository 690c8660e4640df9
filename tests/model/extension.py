# SPDX-License-Identifier: Apache-2.0
"""Columns extended to evaluation domains (PROTOCOL.md, section 6), for tests and for the trees of public tables."""

import merkle
import shape
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


def stack(columns, log_height, log_blowup):
    """The values of a stacked column of height 2^log_height that holds the columns in its slots, in the order of the
    rows of its tree."""
    slots = (1 << log_height) // len(columns[0])
    n = 1 << log_height + log_blowup
    coefficients = [0] * n
    for slot, column in enumerate(columns):
        power = 1
        for i, c in enumerate(interpolate(column)):
            coefficients[i * slots + slot] = c * power % P
            power = power * GENERATOR % P
    values = evaluate_on_subgroup(coefficients)
    return [values[reverse_bits(j, n.bit_length() - 1)] for j in range(n)]


def commit(matrices, log_blowup):
    """The root of an unsalted tree. matrices: lists of columns of elements of F."""
    log_height = max(shape.FIXED_LOG_HEIGHT, *(len(m[0]).bit_length() - 1 for m in matrices))
    stacked = []
    for height in sorted({len(m[0]) for m in matrices}, reverse=True):
        columns = [column for m in matrices if len(m[0]) == height for column in m]
        width = -(-len(columns) * height // (1 << log_height))
        stacked += [stack(columns[at::width], log_height, log_blowup) for at in range(width)]
    return merkle.build([b"".join(map(encode, row)) for row in zip(*stacked)])[-1][0]
