# SPDX-License-Identifier: Apache-2.0
"""From the rules of a table to the constraints of an instance, at one point (PROTOCOL.md, section 4)."""

from field import combine
from tables import BUSES, PASS_1, fingerprint


class Step:
    """One lookup step (items: factors) or one product step (items: rules); last: it closes on the running
    column, otherwise it owns the next helper or partial column."""

    def __init__(self, kind, items):
        self.kind, self.items, self.last, self.index = kind, items, False, None


class Factor:
    """One lookup factor: a pair of range values with its column t, a single one, or a tuple."""

    def __init__(self, kind, rule, second=None, pair_column=None):
        self.kind, self.rule, self.second, self.pair_column = kind, rule, second, pair_column


class Layout:
    """The constraints of a table in their order, and where its extension columns are.

    events: ("zero", rule), ("pair", factor) or ("step", step), in the order in which constraints arise.
    local, global_, lookup: positions of the partial or helper columns of each kind among the extension columns, the
    running column last; empty if there is none."""

    def __init__(self, table):
        self.table = table
        self.events = []
        self._steps = {"local": [], "global": [], "lookup": []}
        self._pending = {"local": [], "global": [], "lookup": []}
        self._odd_range = None
        self._pairs = 0
        for rule in table.rules:
            self._read(rule)
        if self._odd_range is not None:
            self._add("lookup", Factor("single", self._odd_range))
        for kind in ("lookup", "local", "global"):
            self._complete(kind)
        position = 0
        self.columns = {}
        for kind in ("local", "global", "lookup"):
            steps = self._steps[kind]
            if steps:
                steps[-1].last = True
            for index, step in enumerate(steps):
                step.index = index
            self.columns[kind] = list(range(position, position + len(steps)))
            position += len(steps)
        self.extension_columns = position
        assert self._pairs == table.pairs
        assert position == table.extension_columns, table.name
        assert len(self.columns["local"]) == table.local_columns
        assert len(self.columns["global"]) == table.global_columns
        assert len(self.columns["lookup"]) == table.lookup_columns
        self.is_pass_1 = table.id in PASS_1
        assert table.run_pass == (1 if self.is_pass_1 else 2)
        # The closing row: with a local product or a lookup sum two constraints, in pass 1 one.
        self.in_local_ring = self.has("local") or self.has("lookup")
        self.constraints = (len(self.events) + sum(map(bool, self.columns.values())) + 2 * self.in_local_ring +
                            self.is_pass_1)
        assert self.constraints == table.constraints, table.name

    def _read(self, rule):
        if rule.kind == "zero":
            self.events.append(("zero", rule))
        elif rule.kind == "range":
            if self._odd_range is None:
                self._odd_range = rule
                return
            column = len(self.table.columns) + self._pairs
            self._pairs += 1
            factor = Factor("pair", self._odd_range, rule, column)
            self._odd_range = None
            self.events.append(("pair", factor))
            self._add("lookup", factor)
        elif rule.kind in ("request", "provide"):
            self._add("lookup", Factor("tuple", rule))
        elif rule.kind in ("local", "global"):
            self._add(rule.kind, rule)
        else:
            self._complete("global")
            self._pending["global"] = [rule]
            self._complete("global")

    def _add(self, kind, item):
        self._pending[kind].append(item)
        if len(self._pending[kind]) == 2:
            self._complete(kind)

    def _complete(self, kind):
        if self._pending[kind]:
            step = Step(kind, self._pending[kind])
            self._pending[kind] = []
            self._steps[kind].append(step)
            self.events.append(("step", step))

    def has(self, kind):
        return bool(self.columns[kind])

    def running(self):
        """Positions of the running columns P, G, S, those that exist."""
        return [self.columns[kind][-1] for kind in ("local", "global", "lookup") if self.columns[kind]]

    def published(self):
        """Kinds of the published values of an instance, in their order."""
        return ["local", "lookup"] * self.in_local_ring + ["global"] * self.is_pass_1


class Opened:
    """The cells of an instance at one point. pre, base: elements; ext: one element for each extension column; next:
    position of a running column -> its value one row on; published: kind -> P_t, S_t, G_t."""

    def __init__(self, pre, base, ext, ext_next, published):
        self.pre, self.base, self.ext, self.next, self.published = pre, base, ext, ext_next, published


def _lookup_factor(factor, opened, challenges):
    """(D, n) of one factor."""
    p, c = opened.pre, opened.base
    beta = challenges[2]
    if factor.kind == "tuple":
        n = factor.rule.gate.value(p, c)
        return factor.rule.message.value(challenges, p, c), n if factor.rule.kind == "request" else -n
    shift = challenges[0] + challenges[1] * BUSES["RANGE"]
    first = factor.rule.expression.value(p, c)
    if factor.kind == "single":
        return shift + beta * first, 1
    total = beta * (first + factor.second.expression.value(p, c))
    return shift * shift + shift * total + beta * beta * c[factor.pair_column], shift * 2 + total


def _lookup_step(layout, step, opened, challenges):
    d, n = _lookup_factor(step.items[0], opened, challenges)
    for item in step.items[1:]:
        d2, n2 = _lookup_factor(item, opened, challenges)
        d, n = d * d2, d2 * n + d * n2
    columns = layout.columns["lookup"]
    if not step.last:
        return opened.ext[columns[step.index]] * d - n
    change = opened.next[columns[-1]] - opened.ext[columns[-1]]
    for column in columns[:-1]:
        change = change - opened.ext[column]
    return change * d - n


def _product_item(rule, opened, challenges):
    p, c = opened.pre, opened.base
    read = rule.read.value(challenges, p, c) if rule.read else None
    write = rule.write.value(challenges, p, c)
    if rule.gate is None:
        return read, write
    return 1, rule.gate.value(p, c) * (write - 1) + 1


def _product_step(layout, step, opened, challenges):
    read, write = _product_item(step.items[0], opened, challenges)
    for item in step.items[1:]:
        read2, write2 = _product_item(item, opened, challenges)
        read, write = read2 * read, write2 * write
    columns = layout.columns[step.kind]
    # Before the first step the product is the running column, after the last one its value one row on.
    before = opened.ext[columns[step.index - 1 if step.index > 0 else -1]]
    after = opened.next[columns[-1]] if step.last else opened.ext[columns[step.index]]
    return after * read - before * write


def _mask(challenges, cells):
    return fingerprint(challenges, BUSES["MASK"], cells)


def evaluate(layout, opened, local, global_):
    """The constraints in order, split in three lists: of data rows, of row 0, of the closing row. local, global_:
    alpha, beta_0..beta_24 of the shard and of the proof."""
    rows = []
    for kind, what in layout.events:
        if kind == "zero":
            rows.append(what.expression.value(opened.pre, opened.base))
        elif kind == "pair":
            v1 = what.rule.expression.value(opened.pre, opened.base)
            v2 = what.second.expression.value(opened.pre, opened.base)
            rows.append(opened.base[what.pair_column] - v1 * v2)
        elif what.kind == "lookup":
            rows.append(_lookup_step(layout, what, opened, local))
        else:
            rows.append(_product_step(layout, what, opened, local if what.kind == "local" else global_))
    running = {kind: opened.ext[columns[-1]] for kind, columns in layout.columns.items() if columns}
    first = [value - 1 if kind != "lookup" else value for kind, value in running.items()]
    cells, published = opened.base, opened.published
    one = opened.ext[0] * 0 + 1
    closing, first_cell = [], 0
    if layout.in_local_ring:
        closing = [published["local"] * _mask(local, cells[10:20]) -
                   running.get("local", one) * _mask(local, cells[0:10]),
                   published["lookup"] - running.get("lookup", one - one) - combine(cells[0:5]) + combine(cells[10:15])]
        first_cell = 20
    if layout.is_pass_1:
        a, b = (cells[i:i + 5] for i in (first_cell, first_cell + 5))
        closing.append(published["global"] * _mask(global_, b) - running["global"] * _mask(global_, a))
    assert len(rows) + len(first) + len(closing) == layout.constraints
    return rows, first, closing
