#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The statuses of mipzk.h: numbered once, named by the library, explained by docs/CAPI.md, mapped to an exit code by
the tool, and each one got by some test. Every constant of the header is one that the library gives by its name.

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
    library.mipzk_constant.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int64)]
    for name, number in header.constants.items():
        got = ctypes.c_int64(-1)
        if library.mipzk_constant(f"MIPZK_{name}".encode(), got) != 0 or got.value != number:
            problems.append(f"mipzk_constant says {got.value} for MIPZK_{name}")
    for name, status in ((b"MIPZK_OPT_THREAD", "E_UNSUPPORTED"), (b"MIPZK_", "E_UNSUPPORTED"), (b"OK", "E_ARGUMENT"),
                         (b"", "E_ARGUMENT"), (None, "E_ARGUMENT")):
        got = ctypes.c_int64(7)
        if library.mipzk_constant(name, got) != header.constants[status] or got.value != 0:
            problems.append(f"mipzk_constant({name}) is not refused")
    if library.mipzk_constant(b"MIPZK_OK", None) != header.constants["E_ARGUMENT"]:
        problems.append("mipzk_constant without a place for the value is not refused")
    print(f"{len(statuses)} statuses, {len(header.constants)} constants, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
