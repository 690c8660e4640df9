#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the lowering of many words with that of the library: test_lowering.py PRINT_LOWERING."""

import subprocess
import sys

from lowering import Context, lower

if __name__ == "__main__":
    lines = subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout.splitlines()
    seen, differences = set(), 0
    for line in lines:
        pc, word, little, vector, *expected = line.split()
        entry = lower(int(pc, 16), int(word, 16), Context(little == "1", int(vector, 16)))
        mine = [str(x) for x in (*entry[:4], *entry[4])] if entry else ["-"]
        seen.add(mine[0])
        if mine != expected:
            differences += 1
            if differences <= 20:
                print(line, "here:", *mine)
    print(len(lines), "words,", len(seen) - 1, "classes,", differences, "differences")
    sys.exit(0 if differences == 0 and seen == {"-", *map(str, range(1, 42))} else 1)
