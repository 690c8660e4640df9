#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Other processors: compiles the library's sources for one, and verifies a proof there under qemu.

usage: cross_test.py TARGET QEMU BUILD_FOLDER MIPZK GUEST VERIFY_ONLY.c [all]     (standard library only)

TARGET: prefix of the compilers, e.g. riscv64-linux-gnu. Compiled is the verifier's archive, which is linked and run; with
`all` the whole library and the tool, which must not need libatomic, but cannot be linked without the target's libelf and
OpenSSL. Their headers are taken from this machine. Commands come from BUILD_FOLDER/compile_commands.json, without the
files for processor extensions and without optimisation, to save time.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

OTHER_HEADERS = "/usr/include"  # of libraries; the target's own C library comes first


def run(*command, **options):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=500, check=False, **options)


def succeed(*command, **options):
    result = run(*command, **options)
    if result.returncode != 0 or result.stderr:
        sys.exit(f"{shlex.join(map(str, command))}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


class Source:
    """A file of the library, and how the build compiles it."""

    def __init__(self, entry, root):
        self.folder, self.path = entry["directory"], pathlib.Path(entry["file"])
        words = shlex.split(entry["command"])
        self.launcher = words[:1] if pathlib.Path(words[0]).name == "ccache" else []
        flags = [w for w in words if w.startswith(("-D", "-I", "-std=", "-f", "-W"))]
        # Of the files that are compiled for each CPU tier, the version of processors that have none of their own.
        self.flags = ["-DMIPZK_TIER=plain" if w.startswith("-DMIPZK_TIER=") else w for w in flags]
        self.of_library = self.path.suffix == ".cpp" and any(self.path.is_relative_to(root / d) for d in ("lib", "capi"))
        self.extension = any(w.startswith("-mavx") for w in words)
        # lib/cmake/MipzkTargets.cmake: the verifier's closure has neither exceptions nor run-time types.
        self.of_verifier = "-fno-exceptions" in words

    def compile(self, target, headers, folder):
        """Path of the object file."""
        out = folder / (str(self.path).replace("/", "_") + ".o")
        includes = [word for path in headers for word in ("-idirafter", path)]
        succeed(*self.launcher, f"{target}-g++", *self.flags, *includes, "-O0", "-c", self.path, "-o", out,
                cwd=self.folder)
        return out


def check_proof(verifier, folder, mipzk, guest):
    """The verifier built for the target accepts a proof made here, and says what is wrong with others."""
    proof, identity = folder / "proof", folder / "id"
    succeed(mipzk, "prove", guest, "--proof", proof)
    facts = json.loads(succeed(mipzk, "inspect", guest, "--json"))
    identity.write_bytes(bytes.fromhex(facts["program_id"]))
    assert run(*verifier, proof, identity, "once").returncode == 0, "the proof is refused"
    identity.write_bytes(bytes(32))
    assert run(*verifier, proof, identity, "once").returncode == 1, "a proof of another program is accepted"
    identity.write_bytes(bytes.fromhex(facts["program_id"]))
    data = bytearray(proof.read_bytes())
    data[-1] ^= 1
    proof.write_bytes(data)
    assert run(*verifier, proof, identity, "once").returncode == 1, "a damaged proof is accepted"


def main():
    target, qemu, build, mipzk, guest, verify_only = sys.argv[1:7]
    everything = sys.argv[7:] == ["all"]
    root = pathlib.Path(__file__).resolve().parents[2]
    entries = json.loads(pathlib.Path(build, "compile_commands.json").read_text(encoding="utf-8"))
    sources = {s.path: s for s in (Source(e, root) for e in entries) if s.of_library and not s.extension}
    chosen = [s for s in sources.values() if everything or s.of_verifier]
    here = run("cc", "-print-multiarch").stdout.strip()
    headers = [OTHER_HEADERS, f"{OTHER_HEADERS}/{here}"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            objects = list(pool.map(lambda s: s.compile(target, headers, folder), chosen))
        needed = succeed(f"{target}-nm", "--undefined-only", *objects).split()
        atomic = {name for name in needed if name.startswith(("__atomic_", "__sync_"))}
        assert not atomic, f"libatomic is needed for {sorted(atomic)}"
        verifier = folder / "verify_only"
        parts = [o for o, s in zip(objects, chosen) if s.of_verifier]
        succeed(f"{target}-gcc", "-std=c99", f"-I{root}/include", verify_only, *parts, "-static", "-o", verifier)
        check_proof([qemu, verifier], folder, mipzk, guest)
        print(f"{target}: {len(objects)} files compiled, {len(parts)} of them the verifier, which runs")


if __name__ == "__main__":
    os.environ.pop("QEMU_LD_PREFIX", None)
    main()
