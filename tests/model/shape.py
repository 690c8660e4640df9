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


PROFILES = {1: Profile("S100", 100, None, 1, 194, 416, (0, 0, 0, 0, 20)),
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
        """The number of (stacked column, point) pairs."""
        return sum(stack.width * len(stack.points()) for tree in trees(self) for stack in tree.stacks)

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


class Stack:
    """Columns of one height in a tree that are opened at the same points, stacked (section 6). kind: "plain",
    "running" or "mask"; columns: (matrix, number of the column in it)."""

    def __init__(self, kind, log_height, log_tree, columns):
        self.kind, self.log_height, self.columns = kind, log_height, columns
        self.slots = 1 << log_tree - log_height
        self.width = -(-len(columns) // self.slots)  # stacked columns

    def points(self):
        """At which the columns are opened."""
        return {"plain": ["zeta"], "running": ["zeta", "g zeta"], "mask": []}[self.kind]

    def places(self):
        """(slot, stacked column, matrix, column) of each column."""
        return [(*divmod(number, self.width), *column) for number, column in enumerate(self.columns)]


class Tree:

    def __init__(self, name, salted, matrices):
        self.name, self.salted, self.matrices = name, salted, matrices
        self.log_height = max(FIXED_LOG_HEIGHT, *(m.log_height for m in matrices))
        kinds = {}
        for m in matrices:
            running = m.next_columns()
            for column in range(m.width):
                kind = "running" if column in running else "plain" if m.is_opened else "mask"
                kinds.setdefault((kind == "mask", -m.log_height, kind), []).append((m, column))
        self.stacks = [Stack(kind, -height, self.log_height, kinds[mask, height, kind])
                       for mask, height, kind in sorted(kinds)]
        self.width = sum(stack.width for stack in self.stacks)


def trees(shape):
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
    first = [Tree("program", False, program)] if shape.shard == 1 else []
    return [*first,
            Tree("fixed", False, of("pre", shape.of(tables.FIXED))),
            Tree("pass 1", True, of("base", pass_1)),
            Tree("main", True, of("base", main)),
            Tree("extension", True, of("ext", shape.instances)),
            Tree("quotient", True, quotients)]
