# SPDX-License-Identifier: Apache-2.0
"""The tables and their rules, read from docs/TABLES.md.

An expression of the document is checked token by token, turned into a Python expression over `p` (the cells
of the preprocessed columns) and `c` (those of the base columns), and compiled once for each shard; cells may be Fq
or integers.
"""

import functools
import pathlib
import re

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "TABLES.md"

# Numbers and widths of the buses (PROTOCOL.md, section 3). MASK occurs in no rule.
BUSES = {"MEMORY": 1, "TOKEN": 2, "ORDER": 3, "PUBLIC": 4, "MASK": 5, "RANGE": 6, "ROM": 7, "AND": 8,
         "SHIFT_BYTE": 9, "SHIFT_AMOUNT": 10, "REGION": 11, "CODE": 12}
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[-+*()])")
_HEADING = re.compile(r"## (\d+) (\w+)$")
_SUMMARY = re.compile(r"pass (\d), (\d+) instructions a row, (\d+) base columns \((\d+) named, (\d+) pairs\), "
                      r"(\d+) extension columns \((\d+) local, (\d+) global, (\d+) lookup\), (\d+) constraints$")
_MESSAGE = re.compile(r"(\w+)\((.*)\)$")


class Expression:
    """value(p, c): the value of the expression for one row of cells."""

    def __init__(self, text, names):
        self.text = text
        position, source = 0, []
        text = text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if not match:
                raise ValueError("bad expression: " + text)
            token = match.group(1)
            source.append(names[token] if token[0].isalpha() else token)
            position = match.end()
        self.value = eval(compile("lambda p, c: " + "".join(source), "TABLES.md", "eval"), {"__builtins__": {}})


class Message:

    def __init__(self, text, names):
        match = _MESSAGE.match(text.strip())
        self.bus = BUSES[match.group(1)]
        # No function calls in expressions: every comma separates coordinates.
        self.coordinates = [Expression(part, names) for part in match.group(2).split(",")]

    def value(self, challenges, p, c):
        """alpha + beta_0 bus + beta_1 m_0 + ..."""
        return fingerprint(challenges, self.bus, [e.value(p, c) for e in self.coordinates])


def fingerprint(challenges, bus, coordinates):
    total = challenges[0] + challenges[1] * bus
    for beta, m in zip(challenges[2:], coordinates):
        total = total + beta * m
    assert len(coordinates) <= len(challenges) - 2
    return total


class Rule:
    """kind: zero, range, request, provide, local, global, global_send. Fields by kind:
    expression (zero, range), gate and message (lookups), gate, read, write (products)."""

    def __init__(self, line, names):
        self.kind, rest = line.split(" ", 1)
        self.gate = self.read = self.write = self.message = self.expression = None
        if self.kind in ("zero", "range"):
            self.expression = Expression(rest, names)
            return
        if rest.startswith("["):
            gate, rest = rest[1:].split("] ", 1)
            self.gate = Expression(gate, names)
        if self.kind in ("request", "provide"):
            self.message = Message(rest, names)
            assert self.gate is not None
            return
        assert self.kind in ("local", "global", "global_send"), self.kind
        assert (self.gate is not None) == (self.kind == "global_send")
        read, write = rest.split("-> ", 1)
        self.read = Message(read, names) if read.strip() else None
        self.write = Message(write, names)
        assert (self.read is None) == (self.kind == "global_send")

    def messages(self):
        """How many messages it counts for in section 5."""
        if self.kind == "zero":
            return 0
        return 1 if self.kind in ("range", "request", "provide") else 2


class Table:

    def __init__(self, heading, summary, lines, shard):
        self.id, self.name = int(heading.group(1)), heading.group(2)
        (self.run_pass, self.instructions, self.base_columns, self.named, self.pairs, self.extension_columns,
         self.local_columns, self.global_columns, self.lookup_columns, self.constraints) = map(int, summary.groups())
        self.preprocessed, self.columns, self.rules, names = [], [], [], {"SHARD": str(shard)}
        for line in lines:
            word, rest = line.split(" ", 1)
            if word == "preprocessed":
                self.preprocessed = rest.split()
                names.update({n: "p[%d]" % i for i, n in enumerate(self.preprocessed)})
            elif word == "columns":
                self.columns = rest.split()
                names.update({n: "c[%d]" % i for i, n in enumerate(self.columns)})
            else:
                self.rules.append(Rule(line, names))
        assert len(names) == 1 + len(self.preprocessed) + len(self.columns)
        # The summary line repeats what follows from the rules.
        ranges = sum(rule.kind == "range" for rule in self.rules)
        assert self.pairs == ranges // 2, self.name
        assert self.named == len(self.columns), self.name

    @property
    def free(self):
        return self.base_columns - len(self.columns) - self.pairs

    @property
    def messages(self):
        return sum(rule.messages() for rule in self.rules)


def parse(text, shard=1):
    """All tables of the document, as they are in a shard: id -> Table."""
    tables = {}
    lines = iter(text.splitlines())
    for line in lines:
        heading = _HEADING.match(line)
        if not heading:
            continue
        summary = _SUMMARY.match(next(lines))
        assert next(lines) == "```"
        body = []
        for inner in lines:
            if inner == "```":
                break
            body.append(inner)
        table = Table(heading, summary, body, shard)
        assert table.id not in tables
        tables[table.id] = table
    return tables


@functools.cache
def load(shard=1):
    return parse(DOCUMENT.read_text(), shard)


ROM, FIXED, REGION, IMAGE, BOUNDARY, FRESH, PUBLIC, FETCH = 64, 65, 66, 67, 68, 69, 70, 72
PROGRAM = (ROM, REGION, IMAGE)  # in the order of their tree
FIRST_SHARD = (ROM, REGION, IMAGE, FRESH, PUBLIC)  # of no later shard
PASS_1 = (ROM, IMAGE, BOUNDARY, FRESH, PUBLIC, FETCH)
