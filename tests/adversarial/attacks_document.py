#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks docs/ATTACKS.md: entries 1 to 49 once and in order, each with a test or a reason, and every test that it names
exists in the sources. --self-test checks the checker. Standard library only."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRIES = 49
TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\((\w+), (\w+)\)", re.M)
NAMED = re.compile(r"`([A-Z]\w+\.[A-Z]\w+)`")
FILE = re.compile(r"`(tests/[\w./]+)`")
ENTRY = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)


def sources(root):
    """Suite.Name of every GoogleTest in tests/."""
    found = set()
    for path in sorted((root / "tests").rglob("*.cpp")):
        found |= {f"{suite}.{name}" for suite, name in TEST.findall(path.read_text(encoding="utf-8"))}
    return found


def problems(text, tests, exists):
    entries = ENTRY.findall(text)
    numbers = [int(n) for n, _, _ in entries]
    out = []
    if numbers != list(range(1, ENTRIES + 1)):
        out.append(f"the entries are {numbers}, not 1 to {ENTRIES}")
    for number, _, here in entries:
        reason = NAMED.sub("", FILE.sub("", here))
        if not NAMED.search(here) and len(re.findall(r"[a-z]{3,}", reason)) < 5:
            out.append(f"entry {number} names neither a test nor a reason")
    out += [f"there is no test {name}" for name in sorted(set(NAMED.findall(text)) - tests)]
    out += [f"there is no file {name}" for name in sorted(set(FILE.findall(text))) if not exists(name)]
    return out


def self_test():
    row = "| {} | somebody's bug | {} |\n"
    good = "".join(row.format(n, "`Suite.Name`") for n in range(1, ENTRIES + 1))
    tests = {"Suite.Name"}
    assert TEST.findall("TEST_P(Suite, Name) {\n // TEST(No, Test)\n") == [("Suite", "Name")]
    assert problems(good, tests, lambda name: True) == []
    assert problems(good.replace("| 7 |", "| 8 |"), tests, lambda name: True)
    assert problems(good + row.format(50, "`Suite.Name`"), tests, lambda name: True)
    assert problems(good + "`Suite.Other`", tests, lambda name: True)
    assert problems(good.replace(row.format(3, "`Suite.Name`"), row.format(3, "not here")), tests, lambda name: True)
    why = row.format(3, "cannot exist: nothing here has such a table")
    assert problems(good.replace(row.format(3, "`Suite.Name`"), why), tests, lambda name: True) == []
    assert problems(good + "`tests/a.cpp`", tests, lambda name: False)


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    text = (ROOT / "docs/ATTACKS.md").read_text(encoding="utf-8")
    found = problems(text, sources(ROOT), lambda name: (ROOT / name).exists())
    for p in found:
        print(f"docs/ATTACKS.md: {p}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
