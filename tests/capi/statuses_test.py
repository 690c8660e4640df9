#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The statuses of mipzk.h: numbered once, named by the library, explained by docs/CAPI.md, mapped to an exit code by
the tool, and each one got by some test.

usage: statuses_test.py SOURCE_FOLDER libmipzk.so     (standard library only)
"""

import ctypes
import pathlib
import re
import sys

from mipzk_header import Header


def main():
    root, library = pathlib.Path(sys.argv[1]), ctypes.CDLL(sys.argv[2])
    library.mipzk_status_name.restype = ctypes.c_char_p
    library.mipzk_status_name.argtypes = [ctypes.c_int32]
    header = Header(root / "include" / "mipzk" / "mipzk.h")
    statuses, problems = header.statuses, header.problems()
    if len(set(statuses.values())) != len(statuses):
        problems.append("two statuses have one number")
    document = (root / "docs" / "CAPI.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (-\d+) \| `(MIPZK_E_\w+)` \|", document, re.M)
    if {(name, int(number)) for number, name in table} != set(statuses.items()):
        problems.append("docs/CAPI.md has other statuses than the header")
    tool = (root / "capi" / "cli" / "report.cpp").read_text(encoding="utf-8")
    tests = "".join(p.read_text(encoding="utf-8") for p in (root / "tests" / "capi").glob("*_test.cpp"))
    for name, number in statuses.items():
        if library.mipzk_status_name(number).decode() != name:
            problems.append(f"the library calls {name} {library.mipzk_status_name(number).decode()}")
        if f"{{{name}, kExit" not in tool:
            problems.append(f"the tool has no exit code for {name}")
        if not re.search(rf"EXPECT_EQ\([^;]*\b{name}\b", tests):
            problems.append(f"no test gets {name}")
    print(f"{len(statuses)} statuses, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
