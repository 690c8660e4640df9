# SPDX-License-Identifier: Apache-2.0
"""What section 5 of SECURITY.md needs of the radius theta, in exact numbers: why a word is close to a codeword only if it
agrees with it on more than (1 - theta) n points, and that this is enough for every height, profile and multiplicity."""

import itertools
import math
import pathlib
import random
import unittest
from fractions import Fraction

import fri
import shape as shapes
import soundness
from field import Fq, P, root_of_unity

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/SECURITY.md"
RATES = sorted({Fraction(1, 1 << p.log_blowup) for p in shapes.PROFILES.values()})
HEIGHTS = [1 << k for k in range(5, shapes.MAX_LOG_HEIGHT + 1)]  # 32: the last layer of FRI
LEAST_HEIGHT = 1 << shapes.MIN_LOG_HEIGHT
MULTIPLICITIES = range(3, 16)


def unique_radius(rate):
    return (1 - rate * (1 + Fraction(1, LEAST_HEIGHT))) / 2


def product_of(roots):
    """Coefficients of the product of X - r."""
    coefficients = [1]
    for r in roots:
        shifted = [0] + coefficients
        coefficients = [(a - r * b) % P for a, b in zip(shifted, coefficients + [0])]
    return coefficients


def value(coefficients, x, modulus=P):
    result = 0
    for c in reversed(coefficients):
        result = (result * x + c) % modulus
    return result


def quotient(coefficients, z):
    """Coefficients of (F(X) - F(z)) / (X - z), and F(z)."""
    result, carry = [], Fq(0)
    for c in reversed(coefficients):
        carry = carry * z + c
        result.append(carry)
    return result[-2::-1], result[-1]


class UniqueDecodingTest(unittest.TestCase):

    def test_the_plain_radius_is_not_enough(self):
        # Two interpolants of one word of a stacked column with 4 slots: 12 coefficients, N = 8, each right on 13 of 16
        # points, more than (1 + rho)/2.
        n, height, slots = 16, 8, 4
        points = [pow(root_of_unity(4), i, P) for i in range(n)]
        one = list(range(3, 3 + height + slots))
        other = [(a + b) % P for a, b in zip(one, product_of(points[:10]) + [0])]
        word = [value(one if i < 13 else other, x) for i, x in enumerate(points)]
        generator = random.Random(7)
        found = []
        for coefficients in (one, other):
            right = [i for i, x in enumerate(points) if value(coefficients, x) == word[i]]
            self.assertGreater(len(right), (1 + Fraction(height, n)) / 2 * n)
            # With the values v_j of its columns at z, (T - sum of u^j v_j)/(u^4 - z) agrees there with a polynomial of
            # degree < N: a batch of such a word passes as it is.
            z = Fq(*[generator.randrange(P) for _ in range(5)])
            low, values = [Fq(0)] * height, []
            for slot in range(slots):
                low[slot::slots], v = quotient(coefficients[slot::slots], z)
                values.append(v)
            for i in right:
                at = fri.evaluate(values, points[i])
                self.assertEqual((word[i] - at) * (pow(points[i], slots, P) - z).inverse(),
                                 fri.evaluate(low, points[i]))
            found.append(values)
        self.assertNotEqual(*found)

    def test_the_radius_is_enough(self):
        # Two sets of so many points share enough of them that two interpolants which agree there are equal.
        for rate, height in itertools.product(RATES, HEIGHTS):
            n = int(height / rate)
            close = math.floor((1 - unique_radius(rate)) * n) + 1
            self.assertGreater(2 * close - n, height + height // LEAST_HEIGHT)  # coefficients

    def test_all_words_of_a_small_code(self):
        # F_5, n = 4, N = 2: how many polynomials are close to a word, for every word, at the plain radius.
        n, height, q = 4, 2, 5
        need = (1 + Fraction(height, n)) / 2 * n

        def most(degree, close):
            tables = [[value(c, x, q) for x in range(1, q)] for c in itertools.product(range(q), repeat=degree + 1)]
            return max(sum(close(sum(a == b for a, b in zip(word, t))) for t in tables)
                       for word in itertools.product(range(q), repeat=n))

        self.assertEqual(most(height - 1, lambda agreement: agreement >= need), 1)
        self.assertGreater(most(height, lambda agreement: agreement >= need), 1)

    def test_theorems_are_used_inside_their_range(self):
        # Distance below theta is distance at most delta, and n - delta n points are more than (1 - theta) n.
        for rate, height in itertools.product(RATES, HEIGHTS):
            n = int(height / rate)
            theta = unique_radius(rate)
            errors = math.ceil(theta * n) - 1
            self.assertTrue(0 < errors < theta * n <= errors + 1)
            self.assertGreater(n - errors, (1 - theta) * n)


class JohnsonTest(unittest.TestCase):
    """(1 - theta)^2 = rho (1 + 1/(2m))^2, so all comparisons are of rational numbers."""

    def test_sets_have_more_points_than_degrees(self):
        # Interpolants have up to N + k coefficients, k <= N / 2^10.
        for rate, m in itertools.product(RATES, MULTIPLICITIES):
            square = rate * (1 + Fraction(1, 2 * m))**2
            self.assertGreater(square, (rate * (1 + Fraction(1, LEAST_HEIGHT)))**2)

    def test_list_size_holds_for_interpolants(self):
        def holds(m):
            return (1 + Fraction(1, m)) * (1 + Fraction(1, LEAST_HEIGHT)) <= (1 + Fraction(1, 2 * m))**2

        self.assertTrue(all(map(holds, MULTIPLICITIES)))
        self.assertFalse(holds(MULTIPLICITIES.stop))
        used = {p.multiplicity for p in shapes.PROFILES.values()} - {None}
        self.assertTrue(used <= set(MULTIPLICITIES))

    def test_the_smaller_bound_implies_what_is_counted(self):
        # That of ePrint 2026/2056, for every code that is batched or folded.
        for rate, height, m in itertools.product(map(float, RATES), HEIGHTS, MULTIPLICITIES):
            n, reduced = height / rate, rate - rate / height
            slack = math.sqrt(rate) * (1 + 1 / (2 * m)) - math.sqrt(reduced)
            self.assertLessEqual(math.sqrt(reduced) / (2 * slack), m)
            self.assertLess(self.smaller_bound(n, reduced, m), soundness.Regime(rate, m).line_error(n))
        for name, spare in (("C100", 5.8), ("C128", 4.4)):
            p = next(p for p in shapes.PROFILES.values() if p.name == name)
            rate, n = 2.0**-p.log_blowup, 1 << shapes.MAX_LOG_DOMAIN
            counted = soundness.Regime(rate, p.multiplicity).line_error(n)
            self.assertEqual(round(math.log2(counted / self.smaller_bound(n, rate - 1 / n, p.multiplicity)), 1), spare)

    @staticmethod
    def smaller_bound(n, reduced, m):
        return 8 / 3 * n * (m + 0.5)**3 / reduced / soundness.Q

    def test_reduced_rate_changes_no_total(self):
        # In ePrint 2025/2055 rho is (N - 1)/n for the code of dimension N = rho n.
        for profile in shapes.PROFILES.values():
            if profile.multiplicity is None:
                continue
            for log_height in range(shapes.MIN_LOG_HEIGHT, shapes.MAX_LOG_DOMAIN - profile.log_blowup + 1):
                worst = soundness.WorstShape(profile)
                worst.log_height = log_height
                bits = soundness.rounds(profile, worst)
                dimensions = {"batch": 1 << log_height}
                dimension = 1 << log_height
                for number, arity in enumerate(fri.fold_arities(dimension), 1):
                    dimension //= arity
                    dimensions["fold %d" % number] = dimension
                reduced = {name: bits[name] - 1.5 * math.log2(d / (d - 1)) for name, d in dimensions.items()}
                self.assertEqual(dimension, fri.FINAL_COEFFICIENTS)
                self.assertLess(bits["batch"] - reduced["batch"], 0.003)
                self.assertTrue(all(0 < bits[name] - r < 0.07 for name, r in reduced.items()))
                self.assertGreaterEqual(min(reduced.values()), min(bits.values()))


class QueriesTest(unittest.TestCase):

    def test_a_word_that_is_not_close(self):
        # At most (1 - theta) of its queries pass, so the number of queries does not depend on the "more".
        for profile in shapes.PROFILES.values():
            rate = Fraction(1, 1 << profile.log_blowup)
            if profile.multiplicity is None:
                passing = float(1 - unique_radius(rate))
            else:
                passing = math.sqrt(rate) * (1 + 1 / (2 * profile.multiplicity))
            bits = -profile.queries * math.log2(passing) + profile.work["query"]
            self.assertGreaterEqual(bits, profile.target)
            rounds = soundness.rounds(profile, soundness.WorstShape(profile))
            self.assertAlmostEqual(bits, rounds["query"], places=9)


class DocumentTest(unittest.TestCase):

    def test_says_more_than(self):
        text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
        self.assertFalse("at least (1 - theta)" in text)
        self.assertGreaterEqual(text.count("more than (1 - theta)"), 6)


if __name__ == "__main__":
    unittest.main()
