# SPDX-License-Identifier: Apache-2.0
"""The property of the tables that are no instructions: see README.md, "What is shown"."""

from goals import Equal, NotShown, Within, prove
from instruction import columns_of
from poly import add
from row_system import build
import tables

ONE = {(): 1}
BUMP = 71


def _system(table, fixed, dropped):
    """One row with these constants, and its accesses."""
    def region(system, row, coordinates):
        for terms, (lo, hi) in zip(coordinates, ((0, 1 << 30), (0, 1 << 30), (0, 1))):
            v = system.new("region", (lo, hi, (0, 1) if hi == 1 else None))
            system.equation(add(terms, {(v,): 1}, -1))

    system, (accesses,), (row,) = build(table.rules, table.columns, fixed, region, 1, dropped, table.preprocessed)
    system.shared = set(range(len(system.names)))
    return system, accesses, {c: {(v,): 1} for c, v in row.variables.items() if v is not None}


def _show(system, *goals):
    for goal in goals:
        goal.terms = system.simplify(goal.terms)
    system.goals = list(goals)
    return prove(system)


def _same(label, left, right):
    return [Equal(label, add(a, b, -1)) for a, b in zip(left, right, strict=True)]


def _bit(table, column, dropped):
    """A column is 0 or 1, by a rule of its own."""
    zeros = [r for i, r in enumerate(table.rules) if r.kind == "zero" and i not in dropped]
    system, _, (row,) = build(zeros, table.columns, {}, None, 1, preprocessed=table.preprocessed)
    if (system.domain(row.variables[column]) or [0] * 3)[2] != (0, 1):
        raise NotShown(_system(table, {column: -1}, dropped)[0], [Equal(column + " is a bit", {})], any_row=True)


def _padding(table, dropped):
    """A row that is not in use writes what it reads."""
    _bit(table, "real", dropped)
    system, accesses, _ = _system(table, {"real": 0}, dropped)
    goals = []
    for access in accesses:
        if access.gate:
            goals += _same("padding", access.read.coordinates, access.write.coordinates)
        else:
            assert access.kind == "global_send"
    _show(system, *goals)


def _chains(table, names, form):
    """Each item of the program has a token, of shard 0 at first, and takes back the last one: what the program says
    stands in both. `names`: how a token's coordinates are called in the program's columns, None for free ones."""
    numbers = range(len(table.rules))
    assert len(table.preprocessed) % len(table.rules) == 0
    assert not {c for n in numbers for c in names(n) if c} - set(table.preprocessed)
    for n, rule in enumerate(table.rules):
        assert rule.kind == "global", table.name
        write = [c.text.strip() for c in rule.write.coordinates]
        read = [c.text.strip() for c in rule.read.coordinates]
        assert write[-1] == "0" and read[-1] == "shard%d" % n
        assert [w for w, name in zip(write, names(n)) if name] == [name for name in names(n) if name]
        assert write[:-1] == form(n)
        assert [r for r, name in zip(read, names(n)) if name] == [name for name in names(n) if name]


def rom(table, dropped):
    """The entries that rows bring into being are the program's."""
    assert not dropped
    entry = lambda n: ["%s%d" % (c, n) for c in ("class", "pc", "rs", "rt", "rd")] + ["k%d%d" % (n, i) for i in range(6)]
    _chains(table, lambda n: entry(n) + [None], entry)


def image(table, dropped):
    """The words that rows bring into being are the program's; only their last values are free."""
    assert not dropped
    word = lambda n: ["%s%d" % (c, n) for c in ("key", "lo", "hi", "w")]
    _chains(table, lambda n: [word(n)[0], None, None, word(n)[3], None], word)


def fetch(table, dropped):
    """A row hands the token of an entry on, from a shard before, and answers with that entry if it has its token."""
    system, (token,), cells = _system(table, {"real": 0}, dropped)
    _show(system, *_same("padding", token.read.coordinates, token.write.coordinates), Equal("answers", cells["mult"]))
    _bit(table, "real", dropped)
    system, (token,), cells = _system(table, {"real": 1}, dropped)
    read, write = token.read.coordinates, token.write.coordinates
    (answer,), (rule,) = ([r for r in table.rules if r.kind == kind] for kind in ("provide", "global"))
    assert [c.text for c in answer.message.coordinates] == [c.text for c in rule.read.coordinates[:11]]
    shards = add(add(write[11], read[11], -1), ONE, -1)
    _show(system, *_same("entry", read[:11], write[:11]), Equal("shard", add(write[11], ONE, -1)),
          Within("earlier shard", shards, 0, 65535))


def boundary(table, dropped):
    """A row hands the word of a token on to memory, and the last word of memory to the next token."""
    _padding(table, dropped)
    system, (token, memory), _ = _system(table, {"real": 1}, dropped)
    shards = add(add(token.write.coordinates[4], token.read.coordinates[4], -1), ONE, -1)
    _show(system, *_same("first word", token.read.coordinates[:4], memory.write.coordinates[:4]),
          *_same("last word", token.write.coordinates[:4], memory.read.coordinates[:4]),
          Equal("starts at time 0", memory.write.coordinates[4]),
          Equal("same key", add(token.read.coordinates[0], token.write.coordinates[0], -1)),
          Equal("permission is kept", add(token.read.coordinates[3], token.write.coordinates[3], -1)),
          Equal("shard", add(token.write.coordinates[4], ONE, -1)), Within("earlier shard", shards, 0, 65535))


def fresh(table, dropped):
    """Keys ascend and lie in their region; a word of kind zero starts as 0, a private one as any two limbs."""
    _padding(table, dropped)
    for kind in (None, 0):
        fixed = {"real": 1} if kind is None else {"real": 1, "kind": 0}
        system, (token, order), cells = _system(table, fixed, dropped)
        read, write = token.read.coordinates, token.write.coordinates
        if kind == 0:
            _show(system, *_same("starts as 0", write, [read[0], {}, {}, ONE, {}]))
            continue
        difference = (1 << 29) - 1
        ascent = add(order.write.coordinates[0], order.read.coordinates[0], -1)
        _show(system, *[Within("limb", write[j], 0, 65535) for j in (1, 2)],
              Within("kind", cells["kind"], 0, 1), Within("region", cells["start"], 0, 1 << 30),
              Within("region", cells["end"], 0, 1 << 30),
              Within("from the start", add(read[0], cells["start"], -1), 0, difference),
              Within("before the end", add(add(cells["end"], read[0], -1), ONE, -1), 0, difference),
              Within("ascending", add(ascent, ONE, -1), 0, difference),
              Equal("same key", add(read[0], order.write.coordinates[0], -1)),
              Equal("same key", add(read[0], write[0], -1)), Equal("permission", add(read[3], write[3], -1)),
              Equal("permission", add(add(write[3], cells["kind"]), ONE, -1)), Equal("shard", write[4]))


def public(table, dropped):
    """Input: a word starts as the verifier's and cannot be written. Output: it starts as 0 and ends as the
    verifier's."""
    _padding(table, dropped)
    _bit(table, "out", dropped)
    for out in (0, 1):
        system, (token, sent), _ = _system(table, {"real": 1, "out": out}, dropped)
        read, write, word = token.read.coordinates, token.write.coordinates, sent.write.coordinates
        bit = {(): 1} if out else {}
        goals = _same("direction", [word[0], read[3], write[3]], [bit] * 3)
        goals += _same("key", [word[1], read[0]], [write[0]] * 2) + [Equal("shard", write[4])]
        goals += _same("starts as", write[1:3], [{}, {}] if out else word[2:4])
        if out:
            goals += _same("ends as", read[1:3], word[2:4])
        _show(system, *goals)


def bump(table, dropped):
    """A word goes on to a later time."""
    _padding(table, dropped)
    system, (access,), _ = _system(table, {"real": 1}, dropped)
    read, write = access.read.coordinates, access.write.coordinates
    _show(system, *_same("word", read[:4], write[:4]), Within("time", write[4], 0, (1 << 28) - 1),
          Within("later", add(add(write[4], read[4], -1), ONE, -1), 0, (1 << 28) - 1))


def provider(table, dropped):
    """What is provided is made of preprocessed columns and constants alone; only how often is free."""
    assert not dropped
    for rule in table.rules:
        assert rule.kind == "provide" and rule.gate.text in table.columns, table.name
        assert not columns_of(rule, table.columns) - {rule.gate.text}, table.name


CHECKS = {tables.ROM: rom, tables.FIXED: provider, tables.REGION: provider, tables.IMAGE: image,
          tables.BOUNDARY: boundary, tables.FRESH: fresh, tables.PUBLIC: public, tables.FETCH: fetch, BUMP: bump}


def check(table, dropped=frozenset()):
    CHECKS[table.id](table, dropped)
