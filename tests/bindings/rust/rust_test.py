#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bindings/rust against the libraries of a build: its README step by step, tests and clippy with the prover and without,
and both kinds of linking.

usage: rust_test.py CMAKE BUILD_FOLDER     (standard library only)
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from toolchain import ROOT, Shell, need, unused  # noqa: E402

BINDING = ROOT / "bindings" / "rust"
HASH_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def main():
    cmake, build = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    cargo = need("cargo", "cargo-web rustc-web")
    need("pkg-config", "pkg-config")
    # mipzk-sys compares its declarations with the header itself.
    left_out = unused((BINDING / "mipzk" / "src").glob("*.rs"))
    if left_out:
        sys.exit(f"the crate mipzk does not use {left_out}")
    target = build / "bindings" / "rust" / "target"
    shell = Shell(cmake, build, target.parent, CARGO_TARGET_DIR=str(target), CARGO_NET_OFFLINE="true")
    print(shell(cargo, "--version"), end="")

    def run(command, *arguments, show=False, **environment):
        return shell(cargo, command, "--locked", *arguments, cwd=BINDING, show=show, **environment)

    run("test", "--quiet", show=True)
    verifier = ("--package", "mipzk", "--no-default-features", "--target-dir", target / "verifier")
    run("test", "--quiet", *verifier, show=True)
    programs = [p for p in (target / "verifier" / "debug" / "deps").glob("hostile-*") if not p.suffix]
    needed = set().union(*map(shell.needed, programs))
    if not programs or needed & {"libmipzk", "libstdc++", "libcrypto", "libelf"}:
        sys.exit(f"the verifier needs {needed}")

    installed = shell(cargo, "--list")
    if re.search(r"^ +clippy\b", installed, re.M):
        for options in (("--workspace",), verifier):
            run("clippy", "--quiet", "--all-targets", *options, "--", "-D", "warnings")
    else:
        print("skipped clippy, which is not installed")
    if re.search(r"^ +fmt\b", installed, re.M):
        shell(cargo, "fmt", "--all", "--check", cwd=BINDING)
    else:
        print("skipped the check of the layout: rustfmt is not installed")

    # Against the archive, found without pkg-config.
    archive = {"MIPZK_LIB_DIR": str(shell.libraries), "MIPZK_STATIC": "1", "PKG_CONFIG": "no-such-tool"}
    run("build", "--quiet", "--example", "attest", "--target-dir", target / "static", **archive)
    attest = target / "static" / "debug" / "examples" / "attest"
    private = shell.folder / "private"
    private.write_text("abc")
    printed = shell(attest, build / "guests" / "sha256.elf", private, shell.folder / "proof", LD_LIBRARY_PATH="")
    if HASH_OF_ABC not in printed:
        sys.exit(f"the example prints {printed}")
    if "libmipzk" in shell.needed(attest) or "libcrypto" not in shell.needed(attest):
        sys.exit(f"linked against {shell.needed(attest)}")

    shell.environment["PATH"] = f"{pathlib.Path(cargo).parent}:{shell.environment['PATH']}"
    del shell.environment["CARGO_TARGET_DIR"]  # the reader has none
    printed = shell.follow(BINDING / "README.md", shell.folder / "guide")
    if printed.count("[ba, 78, 16, bf, ") != 2:
        sys.exit(f"the guide of the README prints {printed}")
    print("the binding works")


if __name__ == "__main__":
    main()
