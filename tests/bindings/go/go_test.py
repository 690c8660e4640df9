#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bindings/go against the libraries of a build: its README step by step, vet, tests with the race detector and strict
checks of pointers, fuzzing for a moment, and both kinds of linking.

usage: go_test.py CMAKE BUILD_FOLDER     (standard library only)

Runs with the go of the PATH, and with that of the system if it is another version. What is compiled is kept in Go's own
cache.
"""

import hashlib
import pathlib
import platform
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from toolchain import ROOT, Shell, need, skip, unused  # noqa: E402

BINDING = ROOT / "bindings" / "go"
HASH_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
FUZZERS = (("FuzzLoad", "."), ("FuzzBytes", "./verify"), ("FuzzDamage", "./verify"))


def versions(shell):
    """(version, go), the newest first."""
    found = {}
    for go in (need("go", "golang-go"), "/usr/bin/go", "/usr/lib/go-1.19/bin/go"):
        if shutil.which(go):
            major, minor = re.search(r"go(\d+)\.(\d+)", shell(go, "version")).groups()
            found.setdefault((int(major), int(minor)), go)
    if max(found) < (1, 19):
        skip(f"the binding needs Go 1.19; here is {found}")
    return sorted(((version, go) for version, go in found.items() if version >= (1, 19)), reverse=True)


def strict(version):
    """The environment in which every pointer that reaches C is checked."""
    return {"GODEBUG": "cgocheck=2"} if version < (1, 21) else {"GOEXPERIMENT": "cgocheck2"}


def main():
    cmake, build = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    need("pkg-config", "pkg-config")
    left_out = unused([p for p in BINDING.rglob("*.go") if not p.name.endswith("_test.go")])
    if left_out:
        sys.exit(f"bindings/go does not use {left_out}")
    shell = Shell(cmake, build, build / "bindings" / "go", GOFLAGS="-buildvcs=false", GOPROXY="off", GOTOOLCHAIN="local",
                  GO111MODULE="on", CGO_ENABLED="1")
    # Go's cache does not look at the headers and archives of others.
    installed = hashlib.sha256()
    for path in sorted([shell.prefix / "include/mipzk/mipzk.h", *shell.libraries.glob("*.a")]):
        installed.update(path.read_bytes())
    shell.environment["CGO_CFLAGS"] = f"-O2 -g -DMIPZK_INSTALLED={installed.hexdigest()}"

    found = versions(shell)
    for version, go in found:
        newest = go == found[0][1]
        race = ["-race"] if newest and platform.machine() in ("x86_64", "aarch64") else []
        if newest and not race:
            print(f"skipped the race detector, which Go does not have for {platform.machine()}")
        print("Go", ".".join(map(str, version)))
        shell(go, "vet", "./...", cwd=BINDING)
        shell(go, "test", "-count=1", *race, "./...", cwd=BINDING, show=True, **strict(version))

    go = found[0][1]
    badly = shell(pathlib.Path(shell(go, "env", "GOROOT").strip()) / "bin" / "gofmt", "-l", BINDING)
    if badly:
        sys.exit(f"gofmt lays these out differently: {badly}")
    for fuzzer, package in FUZZERS:
        shell(go, "test", "-run=^$", f"-fuzz=^{fuzzer}$", "-fuzztime=200x", package, cwd=BINDING)

    # Against the archive, and the verifier alone.
    programs = shell.folder / "programs"
    shell(go, "build", "-tags", "mipzk_static", "-o", f"{programs}/", "./examples/...", cwd=BINDING)
    attest, check = programs / "attest", programs / "check"
    private, proof = shell.folder / "private", shell.folder / "proof"
    private.write_text("abc")
    printed = shell(attest, build / "guests" / "sha256.elf", private, proof, LD_LIBRARY_PATH="")
    program_id = re.search(r"program id (\w{64})\noutput     " + HASH_OF_ABC, printed).group(1)
    if "libmipzk" in shell.needed(attest) or "libcrypto" not in shell.needed(attest):
        sys.exit(f"linked against {shell.needed(attest)}")
    if HASH_OF_ABC not in shell(check, program_id, proof, LD_LIBRARY_PATH=""):
        sys.exit("the verifier does not print the output")
    if not shell.needed(check) <= {"libc", "libpthread", "ld-linux-x86-64", "libresolv"}:
        sys.exit(f"the verifier needs {shell.needed(check)}")

    environment = shell.environment["PATH"]
    shell.environment["PATH"] = f"{pathlib.Path(go).parent}:{environment}"
    printed = shell.follow(BINDING / "README.md", shell.folder / "guide")
    if printed.count(HASH_OF_ABC) != 2:
        sys.exit(f"the guide of the README prints {printed}")
    print("the binding works with", *(".".join(map(str, version)) for version, _ in found))


if __name__ == "__main__":
    main()
