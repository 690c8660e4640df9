# SPDX-License-Identifier: Apache-2.0
"""Merkle trees over the rows of a matrix: openings (PROTOCOL.md, section 6; FORMAT.md) and, for tests and small trees,
building."""

import blake3
from field import encode
from reader import decode_elements, require

_LEAF = blake3.text_key("mipzk v0 leaf")
_NODE = blake3.text_key("mipzk v0 node")
SALT_BYTES = 20


def leaf_hash(data):
    return blake3.keyed_hash(_LEAF, data)


def node_hash(left, right):
    return blake3.keyed_hash(_NODE, left + right)


def shifted_rows(rows, shift):
    return sorted({row >> shift for row in rows})


def read_opening(reader, name, root, log_rows, width, salted, rows):
    """Reads the opening of a tree of 2^log_rows rows of `width` elements at `rows` (ascending, distinct) and checks it
    against `root`. Returns a dictionary: row -> its elements."""
    opened, nodes = {}, {}
    for row in rows:
        salt = reader.bytes(SALT_BYTES if salted else 0)
        data = reader.bytes(4 * width)
        opened[row] = decode_elements(data)
        nodes[row] = leaf_hash(salt + data)
    for _ in range(log_rows):
        siblings = {i ^ 1: reader.bytes(32) for i in nodes if i ^ 1 not in nodes}
        nodes = {**nodes, **siblings}
        nodes = {i >> 1: node_hash(nodes[i], nodes[i + 1]) for i in sorted(nodes) if i % 2 == 0}
    require(nodes[0] == root, "the opening of the %s tree does not lead to its root" % name)
    return opened


def build(rows):
    """All levels of a tree, from the leaves to the root. rows: each the bytes that are hashed (salt included)."""
    levels = [[leaf_hash(row) for row in rows]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below), 2)])
    return levels


def write_opening(hashed, levels, rows):
    """The bytes that read_opening reads; the inverse of it for tests. hashed: as build() takes it."""
    known = sorted(rows)
    out = [hashed[row] for row in known]
    for level in levels[:-1]:
        out += [level[i ^ 1] for i in known if i ^ 1 not in known]
        known = shifted_rows(known, 1)
    return b"".join(out)


def encode_row(values):
    return b"".join(encode(v) for v in values)


