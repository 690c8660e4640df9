#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is compiled for one CPU tier stays in its namespace.

usage: tiers_test.py NM TIER OBJECT...     (standard library only)

An inline function that an object of a tier defines outside of the namespace may be the copy that the linker keeps for
the whole program, and other processors would run it.
"""

import re
import subprocess
import sys


def main():
    nm, tier, *objects = sys.argv[1:]
    inside = re.compile(rf"(?<!\d){len(tier) + 5}tier_{tier}")
    problems, names = [], 0
    for path in objects:
        text = subprocess.run([nm, "--defined-only", path], check=True, capture_output=True, text=True).stdout
        for line in text.splitlines():
            kind, name = line.split()[-2:]
            if kind.islower() and kind != "u":
                continue  # of this file alone
            names += 1
            if not inside.search(name):
                problems.append(f"{path}: {name} is not in tier_{tier}")
    print("\n".join(problems + [f"{len(objects)} objects, {names} names that are linked, {len(problems)} outside"]))
    return 1 if problems or names < len(objects) else 0


if __name__ == "__main__":
    sys.exit(main())
