# SPDX-License-Identifier: Apache-2.0
"""FRI over a bit-reversed word on <w_log2(n)> (PROTOCOL.md, section 10)."""

from field import Fq, P, reverse_bits, root_of_unity
from merkle import read_opening
from reader import require

FINAL_COEFFICIENTS = 32
MAX_ARITY = 8
ROOT_LABEL, FOLD_LABEL, FINAL_LABEL, WORK_LABEL = 0x20, 0x21, 0x22, 0x23


def fold_arities(height):
    """The arity of every fold for words close to degree < height."""
    arities = []
    while height > FINAL_COEFFICIENTS:
        arity = min(MAX_ARITY, height // FINAL_COEFFICIENTS)
        arities.append(arity)
        height //= arity
    return arities


def evaluate(coefficients, x):
    result = Fq(0)
    for c in reversed(coefficients):
        result = result * x + c
    return result


def fold_leaf(values, index, log_size, betas):
    """Folds the entries index k .. index k + k - 1 of a word of 2^log_size entries, k = len(values) = 2^len(betas).

    They are the values at u_r = u_0 w_k^rev(r), u_0 = w_n^rev(index k). With f the polynomial of degree < k
    through them, sum of X^i f_i, f_i is (1/k) u_0^-i times the sum of w_k^(-i rev(r)) value_r; the result is
    the sum of f_i times the product of the beta_j for the set bits j of i."""
    k = len(values)
    log_k = k.bit_length() - 1
    base = pow(root_of_unity(log_size), reverse_bits(index * k, log_size), P)
    inverse_base = pow(base, -1, P)
    inverse_root = pow(root_of_unity(log_k), -1, P)
    total = Fq(0)
    for i in range(k):
        part = Fq(0)
        for r, value in enumerate(values):
            part = part + value * pow(inverse_root, i * reverse_bits(r, log_k), P)
        factor = Fq(pow(k, -1, P) * pow(inverse_base, i, P) % P)
        for j in range(log_k):
            if i >> j & 1:
                factor = factor * betas[j]
        total = total + factor * part
    return total


class Commitment:
    """What the FRI part of a proof holds before the queries: layers (root, arity, challenges), final."""

    def __init__(self, reader, transcript, max_height, fold_work):
        self.layers = []
        for arity in fold_arities(max_height):
            root = reader.bytes(32)
            transcript.absorb(ROOT_LABEL, root)
            if fold_work:
                require(transcript.check_work(WORK_LABEL, fold_work, reader.bytes(8)), "fold work")
            self.layers.append((root, arity, transcript.draw_extension(FOLD_LABEL, arity.bit_length() - 1)))
        start = reader.offset
        self.final = reader.extensions(FINAL_COEFFICIENTS)
        transcript.absorb(FINAL_LABEL, reader.data[start:reader.offset])


def check_queries(reader, commitment, log_size, word):
    """Reads and checks the openings of the layers. word: index -> value of the committed word there."""
    current = word
    for number, (root, arity, betas) in enumerate(commitment.layers):
        log_arity = arity.bit_length() - 1
        rows = sorted({j >> log_arity for j in current})
        name = "FRI layer %d" % number
        opened = read_opening(reader, name, root, log_size - log_arity, 5 * arity, False, rows)
        leaves = {row: [Fq(*flat[5 * r:5 * r + 5]) for r in range(arity)] for row, flat in opened.items()}
        for j, value in current.items():
            require(leaves[j >> log_arity][j & arity - 1] == value,
                    "%s does not hold the value that the layer before gives" % name)
        current = {row: fold_leaf(values, row, log_size, betas) for row, values in leaves.items()}
        log_size -= log_arity
    for j, value in current.items():
        point = pow(root_of_unity(log_size), reverse_bits(j, log_size), P)
        require(evaluate(commitment.final, point) == value, "the last fold is not the final polynomial")
