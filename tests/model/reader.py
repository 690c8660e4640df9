# SPDX-License-Identifier: Apache-2.0
"""Reading the bytes of a proof (FORMAT.md), and the one exception by which everything is refused."""

import struct

from field import Fq, decode_word


class Rejected(Exception):
    """The proof is not accepted; the text says why."""


def require(condition, reason):
    if not condition:
        raise Rejected(reason)


class Reader:

    def __init__(self, data):
        self.data = data
        self.offset = 0

    def bytes(self, count):
        require(self.offset + count <= len(self.data), "the proof is truncated")
        self.offset += count
        return self.data[self.offset - count:self.offset]

    def integer(self, size):
        return int.from_bytes(self.bytes(size), "little")

    def elements(self, count):
        return decode_elements(self.bytes(4 * count))

    def extensions(self, count):
        values = self.elements(5 * count)
        return [Fq(*values[i:i + 5]) for i in range(0, len(values), 5)]

    def at_end(self):
        return self.offset == len(self.data)


def decode_elements(data):
    try:
        return [decode_word(word) for word in struct.unpack("<%dI" % (len(data) // 4), data)]
    except ValueError as error:
        raise Rejected(str(error)) from None
