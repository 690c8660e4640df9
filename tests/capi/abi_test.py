#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The binary interface of mipzk.h is the one that was written down in capi/mipzk.abi, as abidiff sees it.

usage: abi_test.py CC SOURCE_FOLDER [--update]      (standard library, libabigail's abidw and abidiff)

What is compared is a library made of the header alone: an empty function for each prototype, and an enumeration
of all constants, compiled with debug information. So compilers, their options and the C++ below do not
matter, and the machine only in its sizes, which are the same on every one with 64 bits. That the real libraries export
these functions is the business of exports_test.py; that they define them with these types, of the compiler.

A change of the interface is written down with --update, and told to users: docs/CHANGELOG.md has an entry, and the
digest of the new file.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

from mipzk_header import Header

# What differs from machine to machine, and from one version of a compiler to the next.
PLAIN = ["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--no-architecture"]
SKIPPED = 77


def stub(header):
    """The source of a library with the header's interface."""
    lines = ["#include <mipzk/mipzk.h>", "enum mipzk_constants {"]
    lines += [f"  CONSTANT_{name} = {number}," for name, number in sorted(header.constants.items())]
    lines += ["};", "MIPZK_API extern enum mipzk_constants mipzk_constants_;", "enum mipzk_constants mipzk_constants_;"]
    # Of an enumeration that grows abidiff says nothing: so each constant is a variable, too.
    lines += [f"MIPZK_API extern int CONSTANT_{name}_;\nint CONSTANT_{name}_;" for name in sorted(header.constants)]
    for name, (result, parameters) in sorted(header.prototypes.items()):
        named = ", ".join(f"{kind} p{i}" for i, kind in enumerate(parameters))
        body = "" if result == "void" else "return 0;"
        lines.append(f"{result} {name}({named or 'void'}) {{ {body} }}")
    return "\n".join(lines) + "\n"


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)


def made(compiler, root, folder):
    """The interface of the header, as abidw writes it."""
    header = Header(root / "include" / "mipzk" / "mipzk.h")
    if header.problems():
        sys.exit("\n".join(header.problems()))
    source, library, out = folder / "stub.c", folder / "libmipzk.so", folder / "mipzk.abi"
    source.write_text(stub(header), encoding="utf-8")
    done = run(compiler, "-std=c99", "-g", "-O0", "-fPIC", "-shared", "-Wno-unused-parameter",
               "-Wl,-soname,libmipzk.so.0", f"-I{root}/include", source, "-o", library)
    if done.returncode != 0:
        sys.exit(done.stderr)
    done = run("abidw", *PLAIN, "--out-file", out, library)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return out, len(header.prototypes), len(header.constants)


def main():
    compiler, root = sys.argv[1], pathlib.Path(sys.argv[2])
    baseline, log = root / "capi" / "mipzk.abi", root / "docs" / "CHANGELOG.md"
    if shutil.which("abidiff") is None or shutil.which("abidw") is None:
        print("skipped: abidiff not found; on Debian: apt-get install abigail-tools")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        new, functions, constants = made(compiler, root, pathlib.Path(name))
        if "--update" in sys.argv:
            shutil.copyfile(new, baseline)
            print("written. docs/CHANGELOG.md must say what changed, and name this digest:",
                  hashlib.sha256(baseline.read_bytes()).hexdigest()[:16])
            return 0
        done = run("abidiff", "--harmless", baseline, new)
    print(f"{functions} functions, {constants} constants")
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        print("the C interface differs from capi/mipzk.abi. If that is meant: tests/capi/abi_test.py CC . --update, "
              "and an entry in docs/CHANGELOG.md")
        return 1
    digest = hashlib.sha256(baseline.read_bytes()).hexdigest()[:16]
    if digest not in log.read_text(encoding="utf-8"):
        print(f"docs/CHANGELOG.md does not name the digest of capi/mipzk.abi, {digest}: tell users what changed, "
              "and write it there")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
