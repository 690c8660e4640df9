# SPDX-License-Identifier: Apache-2.0
"""The preprocessed columns of table FIXED (PROTOCOL.md, section 13), and the root of their tree.

Command line: fixed_table.py LOG_BLOWUP [ROOT] prints the root; with ROOT, fails if it is another."""

import sys

import extension

ROWS = 1 << 14
CONTENT = 52 * 256
GROUPS = 5


def row(i):
    """The cells of row i, in the order of TABLES.md."""
    if i >= CONTENT:
        i = 0
    a, b = i >> 8, i & 255
    cells = [i, a, b] + [(a + 51 * k) & b for k in range(GROUPS)]
    j = i if i < 2304 else 0
    byte, shift = j & 255, j >> 8
    cells += [byte, shift, byte << shift & 255, byte << shift >> 8]
    j = i if i < 64 else 0
    right, amount = j >> 5, j & 31
    rest = amount % 8
    cells += [right, amount, 8 - rest if right else rest]
    cells += [int(amount // 8 == k) for k in range(4)]
    fill = (1 << 32) - (1 << 32 - amount) if right else 0
    return cells + [fill & 0xFFFF, fill >> 16]


def columns():
    return [list(column) for column in zip(*map(row, range(ROWS)))]


if __name__ == "__main__":
    root = extension.commit([columns()], int(sys.argv[1])).hex()
    print(root)
    sys.exit(0 if root in (sys.argv[2:] or [root]) else 1)
