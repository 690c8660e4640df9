# SPDX-License-Identifier: Apache-2.0
"""BLAKE3 in its hash and keyed modes with extendable output.

Written from the specification (github.com/BLAKE3-team/BLAKE3-specs). The compression function is
unrolled into one straight-line function when this module is loaded: about five times faster than loops.
"""

import functools
import struct

_IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
_PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT, _KEYED = 1, 2, 4, 8, 16
_BLOCK, _CHUNK = 64, 1024
_COLUMNS_AND_DIAGONALS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15),
                          (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _compress_source():
    lines = ["def compress(h, m, counter, length, flags):",
             "    %s = h" % ", ".join("h%d" % i for i in range(8)),
             "    %s = m" % ", ".join("m%d" % i for i in range(16)),
             "    %s = h" % ", ".join("v%d" % i for i in range(8))]
    lines += ["    v%d = %d" % (8 + i, _IV[i]) for i in range(4)]
    lines.append("    v12, v13, v14, v15 = counter & M, counter >> 32, length, flags")

    def rotate(d, a, right):
        return ["    v%d ^= v%d" % (d, a),
                "    v%d = (v%d >> %d | v%d << %d) & M" % (d, d, right, d, 32 - right)]

    order = list(range(16))
    for _ in range(7):
        for g, (a, b, c, d) in enumerate(_COLUMNS_AND_DIAGONALS):
            for word, first, second in ((order[2 * g], 16, 12), (order[2 * g + 1], 8, 7)):
                lines.append("    v%d = v%d + v%d + m%d & M" % (a, a, b, word))
                lines += rotate(d, a, first)
                lines.append("    v%d = v%d + v%d & M" % (c, c, d))
                lines += rotate(b, c, second)
        order = [order[i] for i in _PERMUTATION]
    low = ", ".join("v%d ^ v%d" % (i, i + 8) for i in range(8))
    high = ", ".join("v%d ^ h%d" % (i + 8, i) for i in range(8))
    lines.append("    return (%s, %s)" % (low, high))
    return "\n".join(lines)


_namespace = {"M": 0xFFFFFFFF}
exec(compile(_compress_source(), "blake3_compress", "exec"), _namespace)  # text made above, no input
_compress = _namespace["compress"]


def _block_words(block):
    return struct.unpack("<16I", block.ljust(_BLOCK, b"\0"))


def _chunk_node(key, data, counter, flags):
    """The last compression of a chunk, not yet done: (chaining value, words, counter, length, flags)."""
    value = key
    start = _CHUNK_START
    for offset in range(0, max(len(data) - 1, 0) // _BLOCK * _BLOCK, _BLOCK):
        value = _compress(value, _block_words(data[offset:offset + _BLOCK]), counter, _BLOCK, flags | start)[:8]
        start = 0
    last = data[max(len(data) - 1, 0) // _BLOCK * _BLOCK:]
    return value, _block_words(last), counter, len(last), flags | start | _CHUNK_END


def _tree_node(key, data, first_chunk, flags):
    """The last compression of the subtree over `data`."""
    if len(data) <= _CHUNK:
        return _chunk_node(key, data, first_chunk, flags)
    # The left subtree is the largest power of two of whole chunks that leaves something for the right one.
    left_chunks = 1 << (((len(data) - 1) // _CHUNK).bit_length() - 1)
    split = left_chunks * _CHUNK
    left = _compress(*_tree_node(key, data[:split], first_chunk, flags))[:8]
    right = _compress(*_tree_node(key, data[split:], first_chunk + left_chunks, flags))[:8]
    return key, left + right, 0, _BLOCK, flags | _PARENT


class Output:
    """The output stream of one hash; read(offset, length) gives any part of it."""

    def __init__(self, data, key=None):
        words, flags = (_IV, 0) if key is None else (struct.unpack("<8I", key), _KEYED)
        self._node = _tree_node(words, data, 0, flags)

    def read(self, offset, length):
        value, words, _, block_length, flags = self._node
        first, last = offset // _BLOCK, (offset + length + _BLOCK - 1) // _BLOCK
        stream = b"".join(struct.pack("<16I", *_compress(value, words, i, block_length, flags | _ROOT))
                          for i in range(first, last))
        return stream[offset - first * _BLOCK:][:length]


@functools.lru_cache(maxsize=1 << 18)
def keyed_hash(key, data):
    """32 bytes. Remembered: checking many variants of one proof repeats almost all of its hashes."""
    return keyed_hash_once(key, data)


def keyed_hash_once(key, data):
    return Output(data, key).read(0, 32)


def text_key(text):
    """The key of keyed("text", .) of the protocol."""
    return text.encode("ascii").ljust(32, b"\0")
