# SPDX-License-Identifier: Apache-2.0
"""What the conformance suites share: builds, the two machines that run a program, and the proofs."""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "toolchain"))
import sources  # noqa: E402
import toolchain  # noqa: E402

Missing = sources.Missing
SKIPPED = 77  # CTest's SKIP_RETURN_CODE
TIMEOUT = 120  # seconds for one program; the longest needs a few


@dataclasses.dataclass
class Outcome:
    """How a run ended. `error` is empty when the program ended by itself, with `exit_code` 0 to 255."""

    exit_code: int = -1
    output: bytes = b""
    cycles: int = 0
    error: str = ""

    def __str__(self):
        return self.error or f"exit code {self.exit_code}, {len(self.output)} bytes of output"


def require(program, package):
    if shutil.which(program) is None:
        raise Missing(f"no {program}; Debian: apt-get install {package}")


def _execute(command, timeout=TIMEOUT):
    """(return code, stdout, stderr); the code is None when the time is over. No environment, no input."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env={}, timeout=timeout, check=False
        )
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return None, b"", b""


def run_native(command, timeout=TIMEOUT):
    code, output, errors = _execute(command, timeout)
    if code is None:
        return Outcome(error=f"not ended after {timeout} s")
    # qemu-user answers a fatal signal of its guest by killing itself with the same.
    if code < 0:
        return Outcome(error=f"signal {-code} {last_line(errors)}".strip())
    return Outcome(code, output)


def last_line(text):
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


class Tool:
    """The command-line tool `mipzk`."""

    def __init__(self, path):
        self.path = str(pathlib.Path(path).resolve())

    def run(self, elf, max_cycles=4_000_000_000):
        code, out, errors = _execute([self.path, "run", "--json", "--max-cycles", str(max_cycles), str(elf)])
        if code is None:
            return Outcome(error=f"mipzk run: not ended after {TIMEOUT} s")
        if code != 0:
            return Outcome(error=f"mipzk run: exit code {code}: {errors.decode(errors='replace').strip()}")
        facts = json.loads(out)
        return Outcome(facts["exit_code"], bytes.fromhex(facts["output"]), facts["cycles"])

    def prove_and_verify(self, elf, expected):
        """An error's text, or "" when a proof was made that verifies with the expected exit code and output."""
        with tempfile.TemporaryDirectory(dir=elf.parent) as folder:
            proof, output = pathlib.Path(folder, "proof"), pathlib.Path(folder, "output")
            output.write_bytes(expected.output)
            prove = [self.path, "prove", str(elf), "--threads", "1", "--proof", str(proof)]
            verify = [self.path, "verify", str(proof), "--elf", str(elf), "--expect-output", str(output)]
            verify += ["--expect-exit-code", str(expected.exit_code)]
            for command in (prove, verify):
                code, _, errors = _execute(command, 10 * TIMEOUT)
                if code != 0:
                    ending = "no end" if code is None else f"exit code {code}"
                    return f"mipzk {command[1]}: {ending}: {errors.decode(errors='replace').strip()}"
        return ""


@dataclasses.dataclass(frozen=True)
class Build:
    """One way to compile: a target of the toolchain and a level of optimization."""

    target: str
    level: str

    @staticmethod
    def parse(text):
        target, _, level = text.partition("-")
        if target not in toolchain.TARGETS or level not in ("O0", "O1", "O2", "O3", "Os"):
            raise argparse.ArgumentTypeError(f"{text}: want a target and a level, as in mips32r2-O2")
        return Build(target, "-" + level)

    def __str__(self):
        return self.target + self.level


def toolchains(folder, builds):
    """{target: Toolchain}, all built."""
    result = {}
    for target in sorted({build.target for build in builds}):
        result[target] = toolchain.Toolchain(pathlib.Path(folder) / "toolchain", target)
        require(result[target].qemu, "qemu-user")
        result[target].build()
    return result


def compile_program(chain, arguments, elf):
    """The compiler's first error, or ""."""
    done = subprocess.run(chain.command(arguments, elf), capture_output=True, check=False, timeout=TIMEOUT)
    if done.returncode == 0:
        return ""
    lines = done.stderr.decode(errors="replace").splitlines()
    errors = [line for line in lines if "error:" in line or "undefined reference" in line or "multiple def" in line]
    return (errors or lines or ["no message"])[0]


def parallel(function, items):
    """[function(item) for item in items] on two threads: the work is in the processes that they start."""
    with concurrent.futures.ThreadPoolExecutor(toolchain.JOBS) as pool:
        return list(pool.map(function, items))


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where sources, C libraries and programs are built")
    parser.add_argument("--tool", metavar="MIPZK", help="the mipzk tool; without it only qemu runs the programs")
    return parser


def main(function):
    """Runs a suite's main function, which returns whether all is well; missing packages skip it, with a reason."""
    sys.stdout.reconfigure(line_buffering=True)
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        sys.exit(0 if function() else 1)
    except Missing as missing:
        print(f"SKIPPED: {missing}")
        sys.exit(SKIPPED)
