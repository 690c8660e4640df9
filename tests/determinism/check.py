#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that in every table what a row reads determines what it writes (README.md), and that this cannot be shown
without any of the rules.

  check.py [TABLE...]       checks the tables (numbers; all if none is given)
  check.py --report         prints the table of README.md instead of comparing it
  check.py --rows           also looks for rows that break the property when a rule is left out
"""

import pathlib
import random
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "model")]

from goals import NotShown  # noqa: E402
from lowering import Context, lower  # noqa: E402
import smt  # noqa: E402
import subjects  # noqa: E402
import tables  # noqa: E402
import variants  # noqa: E402
import witness  # noqa: E402

BEGIN, END = "<!-- report -->\n", "<!-- end of report -->\n"


def failures(subject, dropped):
    """What cannot be shown, part by part."""
    for _, part in subject.parts():
        try:
            part(dropped)
        except NotShown as failure:
            yield failure


def check_table(table, rows):
    """The row of the report; exits if something is wrong. rows: see above."""
    by_z3 = {}
    for subject in subjects.subjects(table):
        for name, part in subject.parts():
            asked = smt.ask.count
            try:
                part(frozenset())
            except NotShown as failure:
                sys.exit("%s, %s: %s" % (table.name, name, failure.describe()))
            if smt.ask.count > asked:
                by_z3[name] = None
    method = "cases" + "".join(", z3 (%s)" % name for name in by_z3)
    # Other instructions of a row have the same rules.
    subject = subjects.subjects(table)[0]
    removed, found = 0, 0
    for dropped, text in subject.removals():
        if next(failures(subject, dropped), None) is None:
            sys.exit("%s is still shown without %s" % (table.name, text))
        removed += len(dropped)
        if rows:
            broken = any(witness.find(f, subject.rules, table, dropped) for f in failures(subject, dropped))
            found += broken
            if not broken:
                print("%s without %s: no rows found" % (table.name, text), flush=True)
    if rows:
        print("%s: %d sets of rows that break the property" % (table.name, found), flush=True)
    return "| %d %s | %s | %s | %d |" % (table.id, table.name, len(subject.variants()) or "", method, removed)


def check_variants():
    """Random words have variants that are known."""
    known, rng, entries = variants.all_variants(), random.Random(1), 0
    for _ in range(20000):
        word = rng.getrandbits(32)
        if rng.random() < 0.5:
            word = rng.choice((0, 0x1C << 26, 0x1F << 26, 0x11 << 26, 1 << 26)) | word & 0x3FFFFFF & \
                rng.choice((0x3FFFFFF, 0x3FF003F, 0x3FFF83F, 0x1F0FFF))
        pc = rng.getrandbits(30) << 2 & 0x7FFFFFFC
        entry = lower(pc, word, Context(rng.random() < 0.5, 0x80000100))
        if entry:
            number, values = variants.variant_of(entry)
            assert values in known[number], (hex(word), entry)
            entries += 1
    print(entries, "entries of random words are covered", flush=True)


def main(arguments):
    if not smt.available():
        sys.exit("determinism: there is no z3; install the package z3 (tests/setup does)")
    check_variants()
    chosen = [int(a) for a in arguments if a.isdigit()]
    lines = ["| table | variants | shown by | rules removed |", "|---|---|---|---|"]
    for number, table in sorted(tables.load().items()):
        if not chosen or number in chosen:
            start = time.process_time()
            lines.append(check_table(table, "--rows" in arguments))
            print("%s %.1f s" % (lines[-1], time.process_time() - start), flush=True)
    if chosen:
        return
    report = "\n".join(lines) + "\n"
    if "--report" in arguments:
        print(report)
        return
    readme = (HERE / "README.md").read_text()
    if readme.split(BEGIN)[1].split(END)[0] != report:
        sys.exit("README.md does not hold this report")


if __name__ == "__main__":
    main(sys.argv[1:])
