#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the libraries export and need.

usage: exports_test.py NM READELF HEADER MAP libmipzk.so libmipzk_verify.a VERIFIER_MAP libmipzk_verify.so

The functions that the header declares, those of the version script and those that the shared library exports
are the same set; so are the header's first half and those of the verifier's shared library, which needs the C library
alone. The verifier's archive defines the header's first half, needs nothing but mem* functions, and has no constructors.
Standard library only.
"""

import re
import subprocess
import sys

from mipzk_header import Header

# What a C compiler may call by itself in freestanding code.
ALLOWED = {"memcpy", "memmove", "memset", "memcmp"}
# Sanitizers and coverage are not part of what ships.
TOOLING = re.compile(r"__(asan|ubsan|tsan|gcov|sanitizer|llvm)_")
TOOLING_LIBRARY = re.compile(r"lib(c\.so|asan|ubsan|tsan)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def mapped(path):
    """The names of a version script."""
    with open(path, encoding="utf-8") as file:
        return set(re.findall(r"^\s+(mipzk_[a-z0-9_]+);", file.read(), re.M))


def exported(nm, path):
    names = set()
    for line in run(nm, "-D", "--defined-only", path).splitlines():
        kind, name = line.split()[-2:]
        if kind != "A":  # the version's own name
            names.add(name.split("@")[0])
    return names


def main():
    nm, readelf, header_path, map_path, shared, archive, verifier_map, verifier_shared = sys.argv[1:]
    header = Header(header_path)
    declared, verifier = header.functions, header.verifier
    problems = header.problems()
    for what, names, wanted in ((map_path, mapped(map_path), declared), (shared, exported(nm, shared), declared),
                                (verifier_map, mapped(verifier_map), verifier),
                                (verifier_shared, exported(nm, verifier_shared), verifier)):
        for name in sorted(names ^ wanted):
            problems.append(f"{what}: {name} is " + ("missing" if name in wanted else "not in the header"))
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", run(readelf, "-dW", verifier_shared)))
    problems += [f"{verifier_shared} needs {name}" for name in sorted(needed) if not TOOLING_LIBRARY.match(name)]

    defined, undefined = set(), set()
    for line in run(nm, archive).splitlines():
        fields = line.split()
        if len(fields) >= 2 and len(fields[-2]) == 1:
            (undefined if fields[-2] == "U" else defined).add(fields[-1])
    missing = {name for name in undefined - defined if not TOOLING.match(name)} - ALLOWED
    problems += [f"{archive} needs {name}" for name in sorted(missing)]
    problems += [f"{archive} lacks {name}" for name in sorted(verifier - defined)]
    plain = {n for n in defined if n.startswith("mipzk_")}
    problems += [f"{archive} defines {name}, which is not the verifier's" for name in sorted(plain - verifier)]
    sections = run(readelf, "-SW", archive)
    for section in (".init_array", ".ctors", ".tbss", ".tdata"):
        if re.search(r"\s" + re.escape(section) + r"\s", sections) and not undefined & {"__asan_init"}:
            problems.append(f"{archive} has {section}")
    print(f"{len(declared)} functions, {len(verifier)} of the verifier, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
