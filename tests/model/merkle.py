# SPDX-License-Identifier: Apache-2.0
"""Merkle trees over matrices of several heights: openings (PROTOCOL.md, section 6; FORMAT.md) and, for
tests and small trees, building. All matrices of one height are a pair (log2 of the number of rows, their widths)."""

import blake3
from field import encode
from reader import decode_elements, require

_LEAF = blake3.text_key("mipzk v0 leaf")
_NODE = blake3.text_key("mipzk v0 node")
_JOIN = blake3.text_key("mipzk v0 join")
SALT_BYTES = 20


def leaf_hash(data):
    return blake3.keyed_hash(_LEAF, data)


def node_hash(left, right):
    return blake3.keyed_hash(_NODE, left + right)


def join_hash(node, leaf):
    return blake3.keyed_hash(_JOIN, node + leaf)


def shifted_rows(rows, shift):
    return sorted({row >> shift for row in rows})


def read_opening(reader, name, root, heights, salted, rows):
    """Reads the opening of a tree at `rows` (of its greatest height, ascending, distinct) and checks it
    against `root`. heights: greatest first. Returns one dictionary a height: row -> elements of the row, the
    matrices one after the other."""
    top, widths_of = heights[0][0], dict(heights)
    values, nodes = [], None
    for level in range(top, -1, -1):
        known = shifted_rows(rows, top - level)
        if level in widths_of:
            opened, leaves = {}, {}
            for row in known:
                salt = reader.bytes(SALT_BYTES if salted else 0)
                data = reader.bytes(4 * sum(widths_of[level]))
                opened[row] = decode_elements(data)
                leaves[row] = leaf_hash(salt + data)
            values.append(opened)
            nodes = {i: join_hash(node, leaves[i]) for i, node in nodes.items()} if nodes else leaves
        if level > 0:
            siblings = {i ^ 1: reader.bytes(32) for i in known if i ^ 1 not in nodes}
            nodes = {**nodes, **siblings}
            nodes = {i >> 1: node_hash(nodes[i], nodes[i + 1]) for i in nodes if i % 2 == 0}
    require(nodes[0] == root, "the opening of the %s tree does not lead to its root" % name)
    return values


def build(rows_by_height):
    """All levels of a tree, from the leaves to the root. rows_by_height: tallest first, each a list of rows, a row
    being the bytes that are hashed (salt included)."""
    rows_of = {len(rows).bit_length() - 1: rows for rows in rows_by_height}
    level = max(rows_of)
    levels = [[leaf_hash(row) for row in rows_of[level]]]
    while level > 0:
        level -= 1
        below = levels[-1]
        nodes = [node_hash(below[2 * i], below[2 * i + 1]) for i in range(1 << level)]
        if level in rows_of:
            nodes = [join_hash(node, leaf_hash(row)) for node, row in zip(nodes, rows_of[level])]
        levels.append(nodes)
    return levels


def write_opening(rows_by_height, levels, rows):
    """The bytes that read_opening reads; the inverse of it for tests."""
    rows_of = {len(all_rows): all_rows for all_rows in rows_by_height}
    out, known = [], sorted(rows)
    for level in levels:
        out += [rows_of[len(level)][row] for row in known if len(level) in rows_of]
        if len(level) > 1:
            out += [level[i ^ 1] for i in known if i ^ 1 not in known]
        known = shifted_rows(known, 1)
    return b"".join(out)


def encode_row(values):
    return b"".join(encode(v) for v in values)


