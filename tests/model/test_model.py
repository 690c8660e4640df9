# SPDX-License-Identifier: Apache-2.0
"""Tests of the second verifier's parts, each against an independent way to the same answer.

The tests of whole proofs are not here: see verify_proof.py and CMakeLists.txt."""

import pathlib
import random
import struct
import unittest

import admission
import blake3
import constraints
import extension
import fixed_table
import fri
import merkle
import shape as shapes
import soundness
import tables
from field import GENERATOR, Fq, P, combine, decode_word, dot, encode, reverse_bits, root_of_unity
from reader import Reader, Rejected
from transcript import Transcript
from verifier import verify


def random_element(generator):
    return Fq(*[generator.randrange(P) for _ in range(5)])


class FieldTest(unittest.TestCase):

    def setUp(self):
        self.random = random.Random(1)

    def test_multiplication_is_that_of_polynomials(self):
        for _ in range(50):
            a, b = random_element(self.random), random_element(self.random)
            product = [0] * 9
            for i in range(5):
                for j in range(5):
                    product[i + j] += a.c[i] * b.c[j]
            for i in range(8, 4, -1):  # X^i = X^(i-5) - X^(i-3)
                product[i - 5] += product[i]
                product[i - 3] -= product[i]
            self.assertEqual(a * b, Fq(*[x % P for x in product[:5]]))

    def test_modulus_is_irreducible(self):
        # Degree 5 is prime: irreducible if X^(p^5) = X and no element of F is a root, that is, X^p - X is invertible.
        x = Fq(0, 1)
        y = x
        for _ in range(5):
            y = y.frobenius()
        self.assertEqual(y, x)
        difference = x**P - x
        self.assertEqual(difference * difference**(P**5 - 2), 1)

    def test_arithmetic(self):
        for _ in range(20):
            a, b, s = random_element(self.random), random_element(self.random), self.random.randrange(P)
            self.assertEqual(a * a.inverse(), 1)
            self.assertEqual(a.inverse(), a**(P**5 - 2))
            self.assertEqual(a.frobenius(), a**P)
            self.assertEqual(s * a - b, -(b - Fq(s) * a))
            self.assertEqual(s - a + (a - s), 0)
            self.assertEqual(dot([s, 7], [a, b]), a * s + 7 * b)
            self.assertEqual(combine(list(a.c)), a)

    def test_roots_and_encoding(self):
        for k in range(1, 25):
            self.assertEqual(pow(root_of_unity(k), 1 << k - 1, P), P - 1)
        for x in (0, 1, P - 1, 12345):
            self.assertEqual(decode_word(int.from_bytes(encode(x), "little")), x)
        self.assertEqual(encode(1), (2**32 % P).to_bytes(4, "little"))
        with self.assertRaises(ValueError):
            decode_word(P)


class Blake3Test(unittest.TestCase):
    # github.com/BLAKE3-team/BLAKE3, test_vectors/test_vectors.json; the first 32 bytes of keyed_hash.
    KEY = b"whats the Elvish word for friend"
    KEYED = {0: "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
             1: "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b",
             1023: "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e",
             1024: "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4",
             1025: "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69",
             2048: "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1",
             2049: "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5",
             3073: "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a",
             5121: "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024",
             7169: "ed9b1a922c046fdb3d423ae34e143b05ca1bf28b710432857bf738bcedbfa511"}
    # The 131 bytes of `hash` of 1 byte.
    LONG = ("2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213c3a6cb8bf623e20cdb535f8d1a5ffb86342d9c0b"
            "64aca3bce1d31f60adfa137b358ad4d79f97b47c3d5e79f179df87a3b9776ef8325f8329886ba42f07fb138bb502f4081cbcec31"
            "95c5871e6c23e2cc97d3c69a613eba131e5f1351f3f1da786545e5")

    def test_vectors(self):
        for length, expected in self.KEYED.items():
            data = bytes(i % 251 for i in range(length))
            self.assertEqual(blake3.keyed_hash(self.KEY, data).hex(), expected, length)

    def test_output_stream(self):
        output = blake3.Output(b"\0")
        self.assertEqual(output.read(0, 131).hex(), self.LONG)
        self.assertEqual(output.read(60, 50).hex(), self.LONG[120:220])


class TranscriptTest(unittest.TestCase):

    def test_draws_follow_the_state(self):
        one, two = Transcript(), Transcript()
        one.absorb(1, b"ab")
        two.absorb(1, b"ab")
        self.assertEqual(one.draw_extension(4, 3), two.draw_extension(4, 3))
        self.assertNotEqual(one.draw_extension(4, 1), one.draw_extension(5, 1))
        two.absorb(2, b"")
        self.assertNotEqual(one.draw_extension(4, 1), two.draw_extension(4, 1))

    def test_elements_skip_what_is_no_element(self):
        stream, words = Transcript().draw(0x31), Transcript().draw(0x31)
        expected = [w for w in (words.word() & 0x7FFFFFFF for _ in range(2000)) if w < P]
        self.assertLess(len(expected), 2000)
        self.assertEqual([stream.element() for _ in expected], expected)

    def test_work(self):
        found = [n for n in range(64) if Transcript().check_work(3, 3, n.to_bytes(8, "little"))]
        key = blake3.text_key("mipzk v0 grind")
        expected = [n for n in range(64)
                    if blake3.keyed_hash(key, bytes(32) + n.to_bytes(8, "little"))[0] % 8 == 0]
        self.assertEqual(found, expected)
        self.assertTrue(found)


class MerkleTest(unittest.TestCase):

    def setUp(self):
        generator = random.Random(2)
        self.values = [[generator.randrange(P) for _ in range(5)] for _ in range(64)]
        self.hashed_rows = [bytes([row]) * merkle.SALT_BYTES + b"".join(map(encode, cells))
                            for row, cells in enumerate(self.values)]
        self.levels = merkle.build(self.hashed_rows)
        self.rows = [3, 17, 18, 19, 63]

    def open(self, data, root):
        reader = Reader(data)
        values = merkle.read_opening(reader, "test", root, 6, 5, True, self.rows)
        self.assertTrue(reader.at_end())
        return values

    def test_round_trip(self):
        data = merkle.write_opening(self.hashed_rows, self.levels, self.rows)
        opened = self.open(data, self.levels[-1][0])
        self.assertEqual(opened, {row: self.values[row] for row in self.rows})

    def test_every_byte_counts(self):
        data = merkle.write_opening(self.hashed_rows, self.levels, self.rows)
        for position in range(0, len(data), 5):
            changed = bytearray(data)
            changed[position] ^= 1
            with self.assertRaises(Rejected):
                self.open(bytes(changed), self.levels[-1][0])
        with self.assertRaises(Rejected):
            self.open(data[:-1], self.levels[-1][0])


class FriTest(unittest.TestCase):
    HEIGHT, LOG_SIZE = 512, 10

    def prove(self, word, lie=lambda layer, betas: betas):
        """Folding of `word`, whatever its degree, with the challenges that `lie` makes of those drawn; the proof bytes."""
        transcript, layers, log_size = Transcript(), [], self.LOG_SIZE
        front = b""
        for layer, arity in enumerate(fri.fold_arities(self.HEIGHT)):
            rows = [b"".join(v.encode() for v in word[i:i + arity]) for i in range(0, len(word), arity)]
            levels = merkle.build(rows)
            transcript.absorb(fri.ROOT_LABEL, levels[-1][0])
            front += levels[-1][0]
            betas = lie(layer, transcript.draw_extension(fri.FOLD_LABEL, arity.bit_length() - 1))
            layers.append((rows, levels, arity))
            word = [fri.fold_leaf(word[i * arity:(i + 1) * arity], i, log_size, betas) for i in range(len(rows))]
            log_size -= arity.bit_length() - 1
        coefficients = []
        for k in range(5):
            natural = [word[reverse_bits(i, log_size)].c[k] for i in range(len(word))]
            coefficients.append(extension.interpolate(natural)[:fri.FINAL_COEFFICIENTS])
        front += b"".join(Fq(*c).encode() for c in zip(*coefficients))
        queries = [1, 2, 77, 500, 1023]
        for rows, levels, arity in layers:
            queries_here = sorted({j // arity for j in queries})
            front += merkle.write_opening(rows, levels, queries_here)
            queries = queries_here
        return front

    def check(self, proof, word):
        reader = Reader(proof)
        commitment = fri.Commitment(reader, Transcript(), self.HEIGHT, 0)
        fri.check_queries(reader, commitment, self.LOG_SIZE, {j: word[j] for j in (1, 2, 77, 500, 1023)})
        self.assertTrue(reader.at_end())

    def word(self, degree_bound):
        generator = random.Random(3)
        columns = [extension.evaluate_on_subgroup([generator.randrange(P) for _ in range(degree_bound)] +
                                                  [0] * ((1 << self.LOG_SIZE) - degree_bound)) for _ in range(5)]
        order = [reverse_bits(j, self.LOG_SIZE) for j in range(1 << self.LOG_SIZE)]
        return [Fq(*[column[i] for column in columns]) for i in order]

    def test_accepts_low_degree_only(self):
        word = self.word(self.HEIGHT)
        self.check(self.prove(word), word)
        far = self.word(self.HEIGHT + 1)
        with self.assertRaisesRegex(Rejected, "final polynomial"):
            self.check(self.prove(far), far)

    def test_layers_are_tied_to_the_word(self):
        word = self.word(self.HEIGHT)
        proof = self.prove(word)
        word[77] = word[77] + 1
        with self.assertRaisesRegex(Rejected, "layer 0"):
            self.check(proof, word)

    def test_folds_with_other_challenges(self):
        # Powers of one challenge, as FRI is usually written; one challenge in place of another; another order.
        word = self.word(self.HEIGHT)

        def with_change(target, change):
            return self.prove(word, lambda layer, betas: change(betas) if layer == target else betas)

        changes = [lambda b: [b[0], b[0]**2, b[0]**4], lambda b: b[::-1]]
        for j in range(3):
            changes.append(lambda b, j=j: b[:j] + [b[(j + 1) % 3]] + b[j + 1:])
            changes.append(lambda b, j=j: b[:j] + [Fq(0)] + b[j + 1:])
        for change in changes:
            with self.assertRaisesRegex(Rejected, "layer 1"):
                self.check(with_change(0, change), word)
        with self.assertRaisesRegex(Rejected, "final polynomial"):
            self.check(with_change(1, lambda b: [b[0] + 1]), word)
        self.check(with_change(0, lambda b: b), word)

    def test_fold_is_the_sum_of_parts(self):
        # f = sum X^i f_i(X^k) with f_i lines: the fold is the sum of f_i times the challenges of the set bits of i.
        generator = random.Random(4)
        for log_k in (1, 2, 3):
            k, log_rows = 1 << log_k, 5 - log_k
            parts = [[generator.randrange(P), generator.randrange(P)] for _ in range(k)]
            coefficients = [parts[i % k][i // k] for i in range(2 * k)]
            betas = [random_element(generator) for _ in range(log_k)]
            values = extension.evaluate_on_subgroup(coefficients + [0] * (32 - 2 * k))
            word = [Fq(values[reverse_bits(j, 5)]) for j in range(32)]
            for row in range(32 // k):
                y = pow(root_of_unity(log_rows), reverse_bits(row, log_rows), P)
                expected = Fq(0)
                for i in range(k):
                    factor = Fq(1)
                    for j in range(log_k):
                        if i & 1 << j:
                            factor = factor * betas[j]
                    expected = expected + factor * (parts[i][0] + parts[i][1] * y)
                self.assertEqual(fri.fold_leaf(word[k * row:k * (row + 1)], row, 5, betas), expected)


class ExtensionTest(unittest.TestCase):

    def test_extension_evaluates_the_interpolant(self):
        generator = random.Random(5)
        column = [generator.randrange(P) for _ in range(16)]
        coefficients = extension.interpolate(column)
        g = root_of_unity(4)
        self.assertEqual([fri.evaluate(coefficients, pow(g, i, P)) for i in range(16)], column)
        points = [GENERATOR * pow(root_of_unity(5), reverse_bits(j, 5), P) for j in range(32)]
        self.assertEqual([fri.evaluate(coefficients, x) for x in points], extension.stack([column], 4, 1))

    def test_stacked_columns(self):
        generator = random.Random(6)
        columns = [[generator.randrange(P) for _ in range(8)] for _ in range(3)]  # the last of 4 slots is empty
        coefficients = [extension.interpolate(column) for column in columns]
        expected = []
        for j in range(64):
            u = pow(root_of_unity(6), reverse_bits(j, 6), P)
            x = GENERATOR * pow(u, 4, P) % P
            expected.append(sum((pow(u, slot, P) * fri.evaluate(c, x) for slot, c in enumerate(coefficients)), Fq(0)))
        self.assertEqual(extension.stack(columns, 5, 1), expected)

    def test_fixed_table_provides_what_it_should(self):
        rows = [fixed_table.row(i) for i in range(fixed_table.ROWS)]
        provided = {bus: set() for bus in tables.BUSES.values()}
        for rule in tables.load()[tables.FIXED].rules:
            self.assertEqual(rule.kind, "provide")
            message = rule.message
            provided[message.bus] |= {tuple(c.value(row, []) for c in message.coordinates) for row in rows}
        bytes_ = range(256)
        want = {"RANGE": {(v,) for v in range(1 << 16)},
                "AND": {(a, b, a & b) for a in bytes_ for b in bytes_},
                "SHIFT_BYTE": {(b, v, b << v & 255, b << v >> 8) for b in bytes_ for v in range(9)}}
        for bus, messages in want.items():
            self.assertEqual(provided[tables.BUSES[bus]], messages)
        self.assertEqual({m[:2] for m in provided[tables.BUSES["SHIFT_AMOUNT"]]},
                         {(right, s) for right in range(2) for s in range(32)})


class ConstraintsTest(unittest.TestCase):
    """For random cells with right pair columns, the extension columns that make all lookup and product constraints
    zero are those that sums of fractions and products of messages, computed directly, give."""

    def setUp(self):
        self.random = random.Random(6)

    def message(self, challenges, message, p, c):
        values = [e.value(p, c) for e in message.coordinates]
        return challenges[0] + dot([message.bus] + [0] * len(values), challenges[1:]) + \
            sum((beta * v for beta, v in zip(challenges[2:], values)), Fq(0))

    def check_table(self, table):
        layout = constraints.Layout(table)
        local = [random_element(self.random) for _ in range(26)]
        global_ = [random_element(self.random) for _ in range(26)]
        p = [self.random.randrange(P) for _ in table.preprocessed]
        c = [self.random.randrange(P) for _ in range(table.base_columns)]
        ranges = [rule.expression.value(p, c) for rule in table.rules if rule.kind == "range"]
        for pair in range(table.pairs):
            c[len(table.columns) + pair] = ranges[2 * pair] * ranges[2 * pair + 1] % P
        ratio = {"local": Fq(1), "global": Fq(1)}
        total = sum(((local[0] + local[1] * 6 + local[2] * v).inverse() for v in ranges), Fq(0))
        for rule in table.rules:
            if rule.kind in ("request", "provide"):
                sign = 1 if rule.kind == "request" else -1
                total = total + sign * rule.gate.value(p, c) * self.message(local, rule.message, p, c).inverse()
            elif rule.kind not in ("zero", "range"):
                kind = "local" if rule.kind == "local" else "global"
                challenges = local if kind == "local" else global_
                gate = rule.gate.value(p, c) if rule.gate else 1
                read = self.message(challenges, rule.read, p, c) if rule.read else Fq(1)
                write = self.message(challenges, rule.write, p, c)
                ratio[kind] = ratio[kind] * (1 + gate * (write - 1)) * (1 + gate * (read - 1)).inverse()
        # Solve for partial and helper columns one constraint after the other: each is linear in its own column.
        ext = [random_element(self.random) for _ in range(layout.extension_columns)]
        opened = constraints.Opened(list(map(Fq, p)), list(map(Fq, c)), ext, {},
                                    dict.fromkeys(("local", "lookup", "global"), Fq(1)))
        expected_next = {}
        for kind, columns in layout.columns.items():
            if columns:
                running = ext[columns[-1]]
                expected_next[columns[-1]] = running + total if kind == "lookup" else running * ratio[kind]
        opened.next = expected_next
        for number, (what, step) in enumerate(layout.events):
            if what != "step" or step.last:
                continue
            column = layout.columns[step.kind][step.index]
            values = []
            for trial in (0, 1):
                ext[column] = Fq(trial)
                values.append(constraints.evaluate(layout, opened, local, global_)[0][number])
            ext[column] = values[0] * (values[0] - values[1]).inverse()
        rows = constraints.evaluate(layout, opened, local, global_)[0]
        for value, (what, _) in zip(rows, layout.events):
            if what != "zero":
                self.assertEqual(value, 0, table.name)
        for column in expected_next:
            opened.next = {**expected_next, column: expected_next[column] + 1}
            self.assertTrue(any(value != 0 for value, (what, _) in zip(
                constraints.evaluate(layout, opened, local, global_)[0], layout.events) if what != "zero"))

    def test_all_tables(self):
        for table in tables.load().values():
            self.check_table(table)

    def test_a_row_of_an_addition(self):
        table = tables.load()[2]
        cells = dict.fromkeys(table.columns, 0)
        cells.update(real=1, rs_lo=0xFFFF, rs_hi=0x1234, rt_lo=2, rt_hi=0xF000, sign=1, c0=1, c1=1, lo=1, hi=0x0235)
        self.assertEqual(self.zeros(table, cells), set())
        cells["hi"] = 0x0236
        self.assertEqual(self.zeros(table, cells), {"rs_hi + sign*(rt_hi + c0 - c1*65536) - hi"})

    @staticmethod
    def zeros(table, cells):
        """The `zero` rules that do not hold."""
        row = [cells[name] for name in table.columns]
        return {rule.expression.text for rule in table.rules
                if rule.kind == "zero" and rule.expression.value([], row) % P != 0}


class AdmissionTest(unittest.TestCase):
    """MACHINE.md, section 9, value by value."""

    FIELDS = ("version", "level", "revision", "gpr", "cpr1", "cpr2", "fp_abi", "extension", "ases", "flags1", "flags2")
    GOOD = dict(version=0, level=32, revision=2, gpr=1, cpr1=1, cpr2=0, fp_abi=5, extension=0, ases=0, flags1=0, flags2=0)

    def record(self, sign, **changes):
        values = {**self.GOOD, **changes}
        return struct.pack(sign + "H6B4I", *(values[name] for name in self.FIELDS))

    @staticmethod
    def attributes(sign, values, vendor=b"gnu\0"):
        part = b"\1" + struct.pack(sign + "I", 5 + len(values)) + values
        return b"A" + struct.pack(sign + "I", 4 + len(vendor) + len(part)) + vendor + part

    @staticmethod
    def file(sign, flags=0x70001007, system=0, abi_version=0, segments=(), sections=()):
        """A file with nothing but what admission looks at, and its program headers."""
        contents = [content for _, content in (*segments, *sections)]
        offsets = [52 + sum(map(len, contents[:i])) for i in range(len(contents) + 1)]
        headers = [(kind, offset, 0, 0, len(content), 0, 4, 4) for (kind, content), offset in zip(segments, offsets)]
        data = bytes([0x7F, 0x45, 0x4C, 0x46, 1, 1 if sign == "<" else 2, 1, system, abi_version]) + bytes(23)
        data += struct.pack(sign + "II6xHHH", offsets[-1], flags, 40, len(sections), 0) + b"".join(contents)
        for (kind, content), offset in zip(sections, offsets[len(segments):]):
            data += struct.pack(sign + "10I", 0, kind, 0, 0, offset, len(content), 0, 0, 1, 0)
        return data, sign, headers

    def served(self, *arguments, **options):
        try:
            admission.check(*self.file(*arguments, **options))
            return True
        except admission.Refused:
            return False

    def test_flags(self):
        served = {0, 1, 2, 3, 8, 12, 28}
        for sign in "<>":
            self.assertEqual({bit for bit in range(32) if self.served(sign, flags=1 << bit)}, served)
            self.assertEqual({level for level in range(16) if self.served(sign, flags=level << 28)}, {0, 1, 5, 7})
            self.assertEqual({system for system in range(256) if self.served(sign, system=system)}, {0, 3})
            self.assertEqual({v for v in range(256) if self.served(sign, abi_version=v)}, {0, 1, 2, 4, 5})

    def test_abi_flags(self):
        served = dict(version={0}, level={32}, revision={1, 2, 3, 5}, gpr={1}, cpr1={0, 1}, cpr2={0},
                      fp_abi={0, 1, 2, 3, 5}, extension={0}, ases={0}, flags1={0, 1}, flags2={0})
        for sign in "<>":
            for name, values in served.items():
                tried = {value for value in (*range(256), *(1 << i for i in range(8, 32)))
                         if value < 256 or name in ("extension", "ases", "flags1", "flags2")}
                for kind in "segments", "sections":
                    number = {"segments": admission.ABIFLAGS, "sections": admission.ABIFLAGS_SECTION}[kind]
                    self.assertEqual({value for value in tried if self.served(
                        sign, **{kind: [(number, self.record(sign, **{name: value}))]})}, values, name)

    def test_forms_of_abi_flags(self):
        good, other = self.record(">"), self.record(">", fp_abi=1)
        segment, section = admission.ABIFLAGS, admission.ABIFLAGS_SECTION
        self.assertTrue(self.served(">", segments=[(segment, good)], sections=[(section, good)]))
        self.assertFalse(self.served(">", segments=[(segment, good)], sections=[(section, other)]))
        self.assertFalse(self.served(">", segments=[(segment, good)] * 2))
        self.assertFalse(self.served(">", sections=[(section, good)] * 2))
        self.assertFalse(self.served(">", segments=[(segment, good[:23])]))
        self.assertTrue(self.served(">", segments=[(0x70000000, bytes(24)), (4, b"note")]))
        self.assertFalse(self.served(">", segments=[(0x70000002, bytes(24))]))

    def test_attributes(self):
        kind = admission.ATTRIBUTES_SECTION
        for sign in "<>":
            for tag, values in (4, {0, 1, 2, 3, 5}), (8, {0}), (5, set()):
                self.assertEqual({value for value in range(128) if self.served(
                    sign, sections=[(kind, self.attributes(sign, bytes([tag, value])))])}, values)
            bad = self.attributes(sign, b"\4\6")
            self.assertTrue(self.served(sign, sections=[(kind, self.attributes(sign, b"\4\6", b"gnv\0"))]))
            self.assertTrue(self.served(sign, sections=[(kind, bad), (admission.ABIFLAGS_SECTION, self.record(sign))]))
            for damaged in bad[:10], b"B" + bad[1:], self.attributes(sign, b"\4"), self.attributes(sign, b"\4\x80"):
                self.assertFalse(self.served(sign, sections=[(kind, damaged)]))


class SoundnessTest(unittest.TestCase):

    def test_profiles_reach_their_target_in_the_worst_shape(self):
        for profile in shapes.PROFILES.values():
            self.assertGreaterEqual(soundness.security(profile, soundness.WorstShape(profile)), profile.target)

    def test_documents_state_the_numbers(self):
        docs = pathlib.Path(__file__).resolve().parents[2] / "docs"
        security, protocol = ((docs / name).read_text().splitlines() for name in ("SECURITY.md", "PROTOCOL.md"))
        for row in soundness.table():
            self.assertIn(row, security)
        for number, p in shapes.PROFILES.items():
            regime = "Johnson, m = %d" % p.multiplicity if p.multiplicity else "unique decoding"
            work = ", ".join(map(str, p.work.values()))
            self.assertIn("| %d | %s | %d bits, %s | %d | %d | %d | %s |" %
                          (number, p.name, p.target, regime, p.log_blowup, p.queries, p.tail_rows, work), protocol)

    def test_regimes(self):
        unique, johnson = soundness.Regime(0.5, None), soundness.Regime(0.25, 10)
        self.assertAlmostEqual(unique.theta, 0.25 - 2.0**-12)
        self.assertAlmostEqual(johnson.theta, 0.475)
        self.assertAlmostEqual(johnson.list_size, 21)


class VerifierTest(unittest.TestCase):

    def test_rejects_what_is_no_proof(self):
        for data in (b"", b"MPZK", bytes(1000), b"MPZK" + bytes(4) + (1000).to_bytes(8, "little") + bytes(984)):
            with self.assertRaises(Rejected):
                verify(bytes(32), data)


if __name__ == "__main__":
    unittest.main()
