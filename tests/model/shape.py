# SPDX-License-Identifier: Apache-2.0
"""Profiles, the shape of a shard and the matrices of its trees (PROTOCOL.md, sections 1, 5 and 6)."""

import tables
from constraints import Layout
from reader import require

MIN_LOG_HEIGHT, MAX_LOG_HEIGHT, MAX_LOG_DOMAIN = 10, 22, 24
MAX_INSTANCES, MAX_MESSAGES, MAX_COLUMNS = 160, 1 << 28, 1 << 13
SMALL_LOG_HEIGHT = 10  # of the third parts of quotients
FIXED_LOG_HEIGHT = 14


class Profile:

    def __init__(self, name, target, multiplicity, log_blowup, queries, tail_rows, work):
        """multiplicity: m of the Johnson regime, None for unique decoding. work: bits of each round."""
        self.name, self.target, self.multiplicity, self.log_blowup = name, target, multiplicity, log_blowup
        self.queries, self.tail_rows = queries, tail_rows
        self.work = dict(zip(("lookup", "deep", "batch", "fold", "query"), work))


PROFILES = {1: Profile("S100", 100, None, 1, 193, 416, (0, 0, 0, 0, 20)),
            2: Profile("C100", 100, 10, 2, 87, 224, (0, 0, 0, 0, 20)),
            3: Profile("S128", 128, None, 2, 157, 352, (4, 0, 2, 0, 22)),
            4: Profile("C128", 128, 6, 2, 120, 288, (8, 3, 22, 14, 22))}


class Instance:

    def __init__(self, table, layout, log_height):
        self.table, self.layout, self.log_height = table, layout, log_height
        self.height = 1 << log_height


_layouts = {}


def _layout(table, shard):
    if (table.id, shard) not in _layouts:
        _layouts[table.id, shard] = Layout(table)
    return _layouts[table.id, shard]


class Shape:

    def __init__(self, rows, program_heights, shard=1):
        """rows: pairs (table id, log2 of the height); program_heights: log2 of the heights of ROM, REGION, IMAGE in
        the program header; shard: the number of the shard, from 1."""
        self.shard, self.program_heights = shard, program_heights
        known = tables.load(shard)
        require(len(rows) <= MAX_INSTANCES, "shape: too many instances")
        require(all(table_id in known for table_id, _ in rows), "shape: unknown table")
        order = [(table_id, -log_height) for table_id, log_height in rows]
        require(order == sorted(order), "shape: not sorted")
        self.instances = [Instance(known[i], _layout(known[i], shard), k) for i, k in rows]

    def of(self, table_id):
        return [x for x in self.instances if x.table.id == table_id]

    def heights(self):
        """log2 of the heights that occur, tallest first."""
        return sorted({x.log_height for x in self.instances}, reverse=True)

    def max_log_height(self):
        """Of the largest domain: that of all matrices."""
        return self.heights()[0]

    def messages(self):
        return sum(x.height * x.table.messages for x in self.instances)

    def global_messages(self):
        return sum(2 * x.height for x in self.instances for rule in x.table.rules if rule.kind.startswith("global"))

    def constraints(self):
        return sum(x.layout.constraints for x in self.instances)

    def committed_columns(self):
        per_instance = sum(len(x.table.preprocessed) + x.table.base_columns + 5 * x.layout.extension_columns
                           for x in self.instances)
        return per_instance + 15 * len(self.heights()) + 5

    def pairs(self):
        """The number of (column, point) pairs of the openings."""
        running = sum(5 * len(x.layout.running()) for x in self.instances)
        return self.committed_columns() - 5 + running

    def check(self, profile):
        for x in self.instances:
            require(MIN_LOG_HEIGHT <= x.log_height <= MAX_LOG_HEIGHT, "shape: height out of range")
            require(x.log_height + profile.log_blowup <= MAX_LOG_DOMAIN, "shape: domain too large")
        required = zip((*tables.PROGRAM, tables.FIXED), (*self.program_heights, FIXED_LOG_HEIGHT))
        for table_id, log_height in required:
            expected = [log_height] if self.shard == 1 or table_id not in tables.FIRST_SHARD else []
            require([x.log_height for x in self.of(table_id)] == expected, "shape: public tables")
        for table_id in (tables.BOUNDARY, tables.FRESH, tables.PUBLIC):
            if self.shard == 1 or table_id not in tables.FIRST_SHARD:
                require(self.of(table_id), "shape: a table is missing")
            else:
                require(not self.of(table_id), "shape: a table of the first shard")
        require(self.messages() <= MAX_MESSAGES, "shape: too many messages")
        cycles = sum(x.height * x.table.instructions for x in self.instances)
        require(4 * cycles < MAX_MESSAGES, "shape: too many instructions")
        require(self.committed_columns() <= MAX_COLUMNS, "shape: too many columns")


class Matrix:
    """One committed matrix. instance: its table instance, None for quotients and the mask. role: "pre", "base",
    "ext", "quotient" (Q0, Q1), "quotient2", "mask"."""

    @property
    def is_opened(self):
        return self.role != "mask"

    def __init__(self, role, log_height, width, instance=None):
        self.role, self.log_height, self.width, self.instance = role, log_height, width, instance
        self.opening = self.next_opening = None  # values at zeta and at g zeta, set by the verifier

    def next_columns(self):
        """The columns that are opened at g zeta too, in order."""
        if self.role != "ext":
            return []
        return [5 * column + i for column in self.instance.layout.running() for i in range(5)]


class Tree:

    def __init__(self, name, salted, matrices, log_blowup):
        self.name, self.salted, self.matrices = name, salted, matrices
        heights = sorted({m.log_height for m in matrices}, reverse=True)
        self.members = [[m for m in matrices if m.log_height == h] for h in heights]
        self.heights = [(h + log_blowup, [m.width for m in group]) for h, group in zip(heights, self.members)]


def trees(shape, log_blowup):
    """The trees of the shard, in the order of section 6."""

    def of(role, instances):
        width = {"pre": lambda x: len(x.table.preprocessed), "base": lambda x: x.table.base_columns,
                 "ext": lambda x: 5 * x.layout.extension_columns}[role]
        return [Matrix(role, x.log_height, width(x), x) for x in instances if width(x) > 0]

    program = of("pre", [x for x in shape.instances if x.table.id in tables.PROGRAM])
    pass_1 = [x for x in shape.instances if x.layout.is_pass_1]
    main = [x for x in shape.instances if not x.layout.is_pass_1]
    heights = shape.heights()
    quotients = [Matrix("quotient", h, 10) for h in heights]
    quotients += [Matrix("quotient2", SMALL_LOG_HEIGHT, 5) for _ in heights]
    quotients.append(Matrix("mask", shape.max_log_height(), 5))
    first = [Tree("program", False, program, log_blowup)] if shape.shard == 1 else []
    return [*first,
            Tree("fixed", False, of("pre", shape.of(tables.FIXED)), log_blowup),
            Tree("pass 1", True, of("base", pass_1), log_blowup),
            Tree("main", True, of("base", main), log_blowup),
            Tree("extension", True, of("ext", shape.instances), log_blowup),
            Tree("quotient", True, quotients, log_blowup)]
