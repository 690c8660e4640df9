# SPDX-License-Identifier: Apache-2.0
"""The Fiat-Shamir transcript (PROTOCOL.md, section 8)."""

import struct

import blake3
from field import Fq, P

_ABSORB = blake3.text_key("mipzk v0 transcript")
_DRAW = blake3.text_key("mipzk v0 challenge")
_GRIND = blake3.text_key("mipzk v0 grind")


class Stream:
    """The output stream of one draw, read as little-endian words."""

    def __init__(self, state, label):
        self._output = blake3.Output(state + struct.pack("<I", label), _DRAW)
        self._next = 0
        self._block = ()

    def word(self):
        if self._next % 16 == 0:
            self._block = struct.unpack("<16I", self._output.read(self._next * 4, 64))
        self._next += 1
        return self._block[(self._next - 1) % 16]

    def element(self):
        while True:
            value = self.word() & 0x7FFFFFFF
            if value < P:
                return value

    def extension(self):
        return Fq(*[self.element() for _ in range(5)])


class Transcript:

    def __init__(self):
        self.state = bytes(32)

    def copy(self):
        other = Transcript()
        other.state = self.state
        return other

    def absorb(self, label, message):
        header = self.state + struct.pack("<IQ", label, len(message))
        self.state = blake3.keyed_hash(_ABSORB, header + message)

    def draw(self, label):
        return Stream(self.state, label)

    def draw_extension(self, label, count):
        stream = self.draw(label)
        return [stream.extension() for _ in range(count)]

    def draw_indices(self, label, count, bits):
        stream = self.draw(label)
        return [stream.word() & (1 << bits) - 1 for _ in range(count)]

    def check_work(self, label, bits, nonce):
        """False if the nonce (8 bytes) does not show the work; absorbs it if it does."""
        head = blake3.keyed_hash(_GRIND, self.state + nonce)[:8]
        if int.from_bytes(head, "little") & (1 << bits) - 1:
            return False
        self.absorb(label, nonce)
        return True
