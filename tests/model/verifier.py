# SPDX-License-Identifier: Apache-2.0
"""The second verifier of mipzk: verify(program_id, proof) returns the Claim of the proof or raises Rejected.

Written from docs/PROTOCOL.md, FORMAT.md and TABLES.md alone. Slow and plain on purpose; what it accepts has to be
exactly what the C++ verifier accepts."""

import struct

import balance
import blake3
import constraints
import fri
import merkle
import shape as shapes
from field import GENERATOR, Fq, P, combine, dot, reverse_bits, root_of_unity
from reader import Reader, Rejected, require
from transcript import Transcript

__all__ = ["Claim", "Rejected", "verify"]

_PROGRAM_KEY = blake3.text_key("mipzk v0 program")
_OPENINGS_KEY = blake3.text_key("mipzk v0 openings")
_MAX_STRING = 2**26 - 4
_HEADER_BYTES = 80
_MAX_PART = 2**24
# PROTOCOL.md, section 13: roots of the fixed tree by log2 of the blowup.
_FIXED_ROOTS = {1: bytes.fromhex("105eb210afc90e53ccc6e401c71fa10a158be90cc039f817f2645a936e1d5ad3"),
                2: bytes.fromhex("622a841c98f6e12974eb63b61fb3e0cc8b1a3baa87876d7885d59d2a5907da29")}


class Claim:

    def __init__(self, profile, public_input, output, exit_code):
        self.profile, self.public_input, self.output, self.exit_code = profile, public_input, output, exit_code


class Program:
    """The program header (section 2)."""

    def __init__(self, header):
        version, order, self.entry, heights, zero, root_2, root_4 = struct.unpack("<III3sB32s32s", header)
        require(version == 0 and order <= 1 and zero == 0, "program header: unknown machine")
        self.byte_order = ("big", "little")[order]
        require(self.entry % 4 == 0, "program header: entry address")
        self.log_heights = tuple(heights)
        self.roots = {1: root_2, 2: root_4}


def read_front(reader):
    """The part before the body: (Claim, Program, statement bytes, header)."""
    require(reader.bytes(4) == b"MPZK", "not a proof")
    require(reader.integer(2) == 0 and reader.integer(2) <= 1, "unknown format")
    profile_id = reader.integer(4)
    require(profile_id in shapes.PROFILES, "unknown profile")
    header = reader.bytes(_HEADER_BYTES)
    strings = []
    for _ in range(2):
        length = reader.integer(4)
        require(length <= _MAX_STRING, "input or output too long")
        strings.append(reader.bytes(length))
    claim = Claim(shapes.PROFILES[profile_id], strings[0], strings[1], reader.integer(4))
    claim.shards = reader.integer(4)
    require(0 < claim.shards < 2**16, "number of shards")
    return claim, Program(header), reader.data[:reader.offset], header


def read_head(reader, number):
    """What a shard commits to before the global challenges, as it is absorbed, with the number of the shard."""
    start = reader.offset
    count = reader.integer(4)
    require(count <= shapes.MAX_INSTANCES, "shape: too many instances")
    reader.bytes(2 * count + 32)
    return struct.pack("<I", number) + reader.data[start:reader.offset]


class Verifier:
    """The check of one shard of a proof; methods in the order in which the proof is read."""

    def __init__(self, claim, program, number, head):
        """head: as read_head() gives it."""
        self.claim, self.program, self.number, self.head = claim, program, number, head
        self.profile = claim.profile
        rows = list(zip(head[8:-32:2], head[9:-32:2]))
        self.pass_1 = head[-32:]
        self.shape = shapes.Shape(rows, self.program.log_heights, self.number)
        self.shape.check(self.profile)
        self.trees = shapes.trees(self.shape)
        self.max_log_height = self.shape.max_log_height()
        self.log_domain = self.max_log_height + self.profile.log_blowup

    def work(self, label, round_name):
        bits = self.profile.work[round_name]
        if bits:
            require(self.transcript.check_work(label, bits, self.reader.bytes(8)), round_name + " work")

    def root(self, label):
        digest = self.reader.bytes(32)
        self.transcript.absorb(label, digest)
        return digest

    def check(self, part, transcript, global_challenges):
        """part: the shard's part of the proof, without its length; transcript: a copy of the global one, after the
        global challenges."""
        self.reader = Reader(part)
        self.transcript, self.global_challenges = transcript, global_challenges
        require(read_head(self.reader, self.number) == self.head, "the head of a shard is not the one in front")
        self.read_commitments()
        self.read_openings()
        self.check_quotients()
        self.read_fri()
        self.check_word()
        require(self.reader.at_end(), "the part of a shard is too long")

    def read_commitments(self):
        self.transcript.absorb(5, self.head)
        main = self.root(6)
        self.work(7, "lookup")
        self.local_challenges = self.transcript.draw_extension(8, 26)
        extension = self.root(9)
        self.read_published()
        self.gamma = self.transcript.draw_extension(11, 1)[0]
        quotient = self.root(12)
        of_program = [self.program.roots[self.profile.log_blowup]] if self.number == 1 else []
        self.roots = [*of_program, _FIXED_ROOTS[self.profile.log_blowup], self.pass_1, main, extension, quotient]
        self.work(13, "deep")
        self.zeta = self.transcript.draw_extension(14, 1)[0]
        require(self.zeta**(1 << self.max_log_height) != 1, "zeta lies in the trace domain")
        shifted = self.zeta * pow(GENERATOR, -1, P)
        require(shifted**(1 << self.log_domain) != 1, "zeta lies in the evaluation domain")

    def read_published(self):
        start = self.reader.offset
        self.published = []
        for x in self.shape.instances:
            kinds = x.layout.published()
            self.published.append(dict(zip(kinds, self.reader.extensions(len(kinds)))))
        self.transcript.absorb(10, self.reader.data[start:self.reader.offset])
        balance.check_shard(self.published)

    def read_openings(self):
        self.matrices = [m for tree in self.trees for m in tree.matrices]
        digest = self.root(15)
        self.work(16, "batch")
        self.draw_weights()
        start = self.reader.offset
        for m in self.opened_matrices():
            m.opening = self.reader.extensions(m.width)
            m.next_opening = self.reader.extensions(len(m.next_columns()))
        opened = self.reader.data[start:self.reader.offset]
        require(blake3.keyed_hash(_OPENINGS_KEY, opened) == digest, "the openings are not those of their digest")

    def opened_matrices(self):
        """In the order of the openings: instance by instance, then those of no instance."""
        for owner in (*self.shape.instances, None):
            yield from (m for m in self.matrices if m.instance is owner and m.is_opened)

    def draw_weights(self):
        """The coefficients of the batched word: of each stack those of its stacked columns at each point."""
        pairs = self.shape.pairs()
        values = [Fq(1)]
        for r in self.transcript.draw_extension(17, pairs.bit_length()):
            values = [v * (1 - r) for v in values] + [v * r for v in values]
        coefficients = iter(values[:pairs])
        for tree in self.trees:
            for stack in tree.stacks:
                stack.weights = {point: [next(coefficients) for _ in range(stack.width)] for point in stack.points()}
        require(next(coefficients, None) is None, "internal: weights and pairs do not agree")

    def opened_cells(self, number, instance):
        """What constraints.evaluate needs of one instance."""
        found = {m.role: m for m in self.matrices if m.instance is instance}
        ext = found["ext"]
        values = [combine(ext.opening[i:i + 5]) for i in range(0, ext.width, 5)]
        following = [combine(ext.next_opening[i:i + 5]) for i in range(0, len(ext.next_opening), 5)]
        pre = found["pre"].opening if "pre" in found else []
        return constraints.Opened(pre, found["base"].opening, values,
                                  dict(zip(instance.layout.running(), following)), self.published[number])

    def check_quotients(self):
        """Section 9, "Check at zeta"."""
        tail, zeta = self.profile.tail_rows, self.zeta
        totals = {h: Fq(0) for h in self.shape.heights()}
        power = Fq(1)
        for number, x in enumerate(self.shape.instances):
            parts = constraints.evaluate(x.layout, self.opened_cells(number, x), self.local_challenges,
                                         self.global_challenges)
            sums = []
            for part in parts:
                total = Fq(0)
                for value in part:
                    total = total + power * value
                    power = power * self.gamma
                sums.append(total)
            g = root_of_unity(x.log_height)
            exempt = Fq(1)
            for i in range(x.height - tail, x.height):
                exempt = exempt * (zeta - pow(g, i, P))
            closing_row = pow(g, x.height - tail, P)
            totals[x.log_height] += (sums[0] * exempt * (zeta**x.height - 1).inverse() +
                                     sums[1] * (zeta - 1).inverse() + sums[2] * (zeta - closing_row).inverse())
        first_parts = [m for m in self.matrices if m.role == "quotient"]
        last_parts = [m for m in self.matrices if m.role == "quotient2"]
        for h, m, m2 in zip(self.shape.heights(), first_parts, last_parts):
            seen = self.profile.queries + 10
            second = zeta**((1 << h) - seen)
            third = second * zeta**((1 << h) - seen - self.profile.queries)
            value = combine(m.opening[:5]) + second * combine(m.opening[5:]) + third * combine(m2.opening)
            require(value == totals[h], "the quotient of height 2^%d is wrong" % h)

    def read_fri(self):
        self.fri = fri.Commitment(self.reader, self.transcript, 1 << self.max_log_height, self.profile.work["fold"])
        self.work(0x30, "query")
        self.indices = sorted(set(self.transcript.draw_indices(0x31, self.profile.queries, self.log_domain)))

    def check_word(self):
        """Opens the trees at the queries, and the batched word there with FRI."""
        word = {j: Fq(0) for j in self.indices}
        for tree, root in zip(self.trees, self.roots):
            log_rows = tree.log_height + self.profile.log_blowup
            shift = self.log_domain - log_rows
            rows = merkle.shifted_rows(self.indices, shift)
            opened = merkle.read_opening(self.reader, tree.name, root, log_rows, tree.width, tree.salted, rows)
            for stack in tree.stacks:
                self.value_slots(stack)
            terms = {row: self.row_terms(tree, log_rows, row, cells) for row, cells in opened.items()}
            for j in self.indices:
                word[j] = word[j] + terms[j >> shift]
        fri.check_queries(self.reader, self.fri, self.log_domain, word)

    @staticmethod
    def value_slots(stack):
        """For each point and slot the sum of lambda times the opened values of the slot's columns."""
        stack.values = {point: [Fq(0)] * stack.slots for point in stack.points()}
        for slot, at, m, column in stack.places():
            for point, values in stack.values.items():
                value = m.opening[column] if point == "zeta" else m.next_opening[m.next_columns().index(column)]
                values[slot] = values[slot] + stack.weights[point][at] * value

    def row_terms(self, tree, log_rows, row, cells):
        """What the stacks of a tree add to the batched word where its row `row` is read."""
        u = pow(root_of_unity(log_rows), reverse_bits(row, log_rows), P)
        total = Fq(0)
        for stack in tree.stacks:
            words, cells = cells[:stack.width], cells[stack.width:]
            if stack.kind == "mask":
                total = total + Fq(*words)
            x = GENERATOR * pow(u, stack.slots, P) % P
            for point in stack.points():
                z = self.zeta if point == "zeta" else self.zeta * root_of_unity(stack.log_height)
                value = Fq(0)
                for v in reversed(stack.values[point]):
                    value = value * u + v
                total = total + (dot(words, stack.weights[point]) - value) * (x - z).inverse()
        return total


def verify(program_id, proof):
    """program_id: 32 bytes; proof: bytes."""
    reader = Reader(proof)
    claim, program, statement, header = read_front(reader)
    require(blake3.keyed_hash(_PROGRAM_KEY, header) == program_id, "the proof is about another program")
    transcript = Transcript()
    transcript.absorb(1, statement)
    shards = []
    for number in range(1, claim.shards + 1):
        head = read_head(reader, number)
        shards.append(Verifier(claim, program, number, head))
        transcript.absorb(2, head)
    require(sum(shard.shape.global_messages() for shard in shards) <= shapes.MAX_MESSAGES, "too many messages of shards")
    bits = claim.profile.work["lookup"]
    if bits:
        require(transcript.check_work(3, bits, reader.bytes(8)), "global work")
    challenges = transcript.draw_extension(4, 26)
    for shard in shards:
        length = reader.integer(4)
        require(length <= _MAX_PART, "the part of a shard is too long")
        shard.check(reader.bytes(length), transcript.copy(), challenges)
    require(reader.at_end(), "bytes after the end")
    balance.check_global([shard.published for shard in shards], challenges, program, claim)
    return claim
