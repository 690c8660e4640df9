# SPDX-License-Identifier: Apache-2.0
"""The balance of published values with the public values (PROTOCOL.md, section 11)."""

from field import Fq
from reader import require
from tables import BUSES, fingerprint

STATE = 2**30 + 255
HALTED = 2**30
EXIT_CODE = 2**30 + 35
INPUT_WINDOW, OUTPUT_WINDOW = 0xB0000000, 0xC0000000


def window_words(base, data, byte_order):
    """(key, value) of the words of a window: its length, then its bytes. byte_order: "big" or "little"."""
    yield base // 4, len(data)
    padded = data + bytes(-len(data) % 4)
    for i in range(0, len(padded), 4):
        yield base // 4 + 1 + i // 4, int.from_bytes(padded[i:i + 4], byte_order)


def public_messages(claim, byte_order):
    """(direction, key, lo, hi) of every public word."""
    for direction, base, data in ((0, INPUT_WINDOW, claim.public_input), (1, OUTPUT_WINDOW, claim.output)):
        for key, value in window_words(base, data, byte_order):
            yield direction, key, value & 0xFFFF, value >> 16
    yield 1, EXIT_CODE, claim.exit_code & 0xFFFF, claim.exit_code >> 16


def check_shard(published):
    """published: one dictionary an instance of the shard, kind -> value."""
    product, total = Fq(1), Fq(0)
    for values in published:
        product = product * values.get("local", 1)
        total = total + values.get("lookup", 0)
    require(product == 1, "the local product does not balance")
    require(total == 0, "the lookups do not balance")


def check_global(published, challenges, program, claim):
    """published: of each shard; challenges: the global ones; program: the header."""
    tokens = Fq(1)
    for values in (values for shard in published for values in shard):
        tokens = tokens * values.get("global", 1)

    def message(bus, *coordinates):
        return fingerprint(challenges, BUSES[bus], coordinates)

    first = program.entry // 4
    multiplied = message("TOKEN", STATE, first, first + 1, 1, 0) * message("ORDER", 0)
    divided = message("TOKEN", STATE, HALTED, 0, 1, claim.shards) * message("ORDER", 2**30 - 1)
    for coordinates in public_messages(claim, program.byte_order):
        divided = divided * message("PUBLIC", *coordinates)
    require(divided != 0, "a public message is zero")
    require(tokens * multiplied == divided, "the public values do not balance")
