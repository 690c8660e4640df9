# SPDX-License-Identifier: Apache-2.0
"""KoalaBear, F = F_p with p = 2^31 - 2^24 + 1, and F_q = F[X]/(X^5 + X^2 - 1) (PROTOCOL.md, section 1).

Elements of F are plain integers 0 <= x < p. Elements of F_q are instances of Fq; arithmetic
operators of Fq also take integers (any sign, any size) as elements of F.
"""

P = 2**31 - 2**24 + 1
Q = P**5
GENERATOR = 3
TWO_ADICITY = 24
_FROM_ENCODING = pow(2**32, -1, P)


def root_of_unity(log_order):
    """w_k: the generator of the subgroup of order 2^k that the protocol uses."""
    if not 0 <= log_order <= TWO_ADICITY:
        raise ValueError("no subgroup of that order")
    return pow(GENERATOR, (P - 1) >> log_order, P)


def reverse_bits(value, count):
    result = 0
    for _ in range(count):
        result = result << 1 | value & 1
        value >>= 1
    return result


def encode(x):
    """The 4 bytes of an element of F."""
    return (x * 2**32 % P).to_bytes(4, "little")


def decode_word(word):
    """The element of F whose encoding, read as an integer, is `word`; ValueError if it is not below p."""
    if word >= P:
        raise ValueError("an encoded element is not below p")
    return word * _FROM_ENCODING % P


def _reduce(d0, d1, d2, d3, d4, d5, d6, d7, d8):
    # X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 - X^5 = X^3 + X^2 - 1.
    return Fq((d0 + d5 - d8) % P, (d1 + d6) % P, (d2 - d5 + d7 + d8) % P, (d3 - d6 + d8) % P,
              (d4 - d7) % P)


class Fq:
    __slots__ = ("c",)

    def __init__(self, c0, c1=0, c2=0, c3=0, c4=0):
        self.c = (c0, c1, c2, c3, c4)

    def __eq__(self, other):
        if isinstance(other, int):
            other = Fq(other % P)
        return isinstance(other, Fq) and self.c == other.c

    def __hash__(self):
        return hash(self.c)

    def __repr__(self):
        return "Fq%r" % (self.c,)

    def __bool__(self):
        return any(self.c)

    def __add__(self, other):
        a = self.c
        if isinstance(other, int):
            return Fq((a[0] + other) % P, a[1], a[2], a[3], a[4])
        b = other.c
        return Fq((a[0] + b[0]) % P, (a[1] + b[1]) % P, (a[2] + b[2]) % P, (a[3] + b[3]) % P,
                  (a[4] + b[4]) % P)

    __radd__ = __add__

    def __neg__(self):
        return Fq(*[-x % P for x in self.c])

    def __sub__(self, other):
        a = self.c
        if isinstance(other, int):
            return Fq((a[0] - other) % P, a[1], a[2], a[3], a[4])
        b = other.c
        return Fq((a[0] - b[0]) % P, (a[1] - b[1]) % P, (a[2] - b[2]) % P, (a[3] - b[3]) % P,
                  (a[4] - b[4]) % P)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, int):
            return Fq(*[x * other % P for x in self.c])
        a0, a1, a2, a3, a4 = self.c
        b0, b1, b2, b3, b4 = other.c
        return _reduce(a0 * b0, a0 * b1 + a1 * b0, a0 * b2 + a1 * b1 + a2 * b0,
                       a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0,
                       a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0,
                       a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1, a2 * b4 + a3 * b3 + a4 * b2,
                       a3 * b4 + a4 * b3, a4 * b4)

    __rmul__ = __mul__

    def __pow__(self, exponent):
        if exponent < 0:
            return self.inverse()**-exponent
        result, square = Fq(1), self
        while exponent:
            if exponent & 1:
                result = result * square
            square = square * square
            exponent >>= 1
        return result

    def frobenius(self):
        """self^p."""
        return dot(self.c, _FROBENIUS)

    def inverse(self):
        """By the norm: a^(p + p^2 + p^3 + p^4) times a lies in F."""
        b = self.frobenius()
        b = b * b.frobenius()
        b = b * b.frobenius().frobenius()
        norm = (self * b).c[0]
        if norm == 0:
            raise ZeroDivisionError("inverse of zero in F_q")
        return b * pow(norm, -1, P)

    def encode(self):
        return b"".join(encode(x) for x in self.c)


def dot(scalars, elements):
    """The sum of scalar * element, scalars in F, elements in F_q, both sequences."""
    return Fq(*[sum(s * e.c[k] for s, e in zip(scalars, elements)) % P for k in range(5)])


def combine(cells):
    """Five elements of F or F_q as one element of F_q: the sum of X^i cells[i]."""
    assert len(cells) == 5
    total = Fq(0)
    for i, cell in enumerate(cells):
        unit = [0] * 5
        unit[i] = 1
        total = total + Fq(*unit) * cell
    return total


_FROBENIUS = (Fq(1), Fq(0, 1)**P, Fq(0, 0, 1)**P, Fq(0, 0, 0, 1)**P, Fq(0, 0, 0, 0, 1)**P)
