#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stock_test.py [--prove] [--mipzk TOOL] --build FOLDER LANGUAGE...: what stock compilers emit runs, and is proved.

Builds the programs of the languages (bare: C and C++ by mipzk-cc; c, c++, go, rust; all if none is named) with the compilers that Debian has,
runs each under qemu-mips and in the machine, and compares output and exit code. With --prove, those programs that
say so and run no longer than --max-cycles are proved as well, and the proofs verified: one of each language at
least. Without --mipzk the programs are only built and run under qemu-mips. Exits with 77 if a compiler is missing.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))
import qemu_run  # noqa: E402

LINES = b"the cat sat\nthe dog ran\nconcatenate\n"
ACCOUNTS = b'[{"name":"ann","balance":5},{"name":"bob","balance":-7,"tags":["x","y"]}]'


@dataclasses.dataclass
class Program:
    name: str
    private: bytes = b""
    public: bytes = b""
    prove: bool = False
    options: tuple = ()  # further ones of the compiler
    prints: bytes = None  # where the result is known independently
    refused: tuple = ()  # parts of the message, for programs that are not loaded
    elf: pathlib.Path = None  # set by the build
    qemu_elf: pathlib.Path = None  # where it is another file: the same program for Linux
    qemu: str = qemu_run.QEMU


class Skipped(Exception):
    """Something that the language needs is not installed."""


def need(program, package):
    found = shutil.which(program)
    if found is None:
        raise Skipped(f"{program} not found; on Debian: apt-get install {package}")
    return found


def shell(command, **kwargs):
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
    if process.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} failed:\n{process.stdout}")


# ---- The languages: each builds its programs and returns them ---------------------------------------------------


def compiled(folder, suffix, command, programs):
    for p in programs:
        source = HERE / folder.name / (p.name + suffix)
        p.name = " ".join([p.name, *p.options])
        p.elf = folder / p.name.replace(" ", "")
        shell(command + [*p.options, source, "-o", p.elf, "-lm"])
    return programs


def build_bare(folder):
    need("mips-linux-gnu-gcc", "gcc-mips-linux-gnu libc6-dev-mips-cross")
    need("mips-linux-gnu-g++", "g++-mips-linux-gnu")
    if not list(pathlib.Path("/usr/src").glob("gcc-*/gcc-*.tar.xz")) and "MIPZK_GCC_SOURCE" not in os.environ:
        raise Skipped("no sources of GCC's library; on Debian: apt-get install gcc-12-source xz-utils")
    tools = ROOT / "bindings" / "guest" / "c"
    environment = dict(os.environ, MIPZK_CACHE=str(folder.parent / "cache"))
    words = hashlib.shake_128(b"floats").digest(320)
    hash_guest = ROOT / "docs" / "examples" / "sha256_guest.c"
    programs = []
    for march in "r3000", "mips32r2":
        for source, p in (
            (HERE / "bare" / "floats.c", Program("floats", words)),
            (HERE / "bare" / "freestanding.cpp", Program("freestanding", LINES, prove=True)),
            (hash_guest, Program("sha256", LINES * 20, prove=march == "mips32r2")),
        ):
            p.name += "_" + march
            p.elf, p.qemu_elf = folder / f"{p.name}.elf", folder / f"{p.name}.linux.elf"
            tool = [tools / ("mipzk-c++" if source.suffix == ".cpp" else "mipzk-cc"), "--march=" + march]
            options = ["-Wall", "-Wextra", "-Werror", "-Wno-maybe-uninitialized", source, "-o"]
            shell(tool + options + [p.elf], env=environment)
            if source.stem == "floats":  # the reference: the same source with floating-point instructions
                shell(["mips-linux-gnu-gcc", "-O2", "-static", source, "-o", p.qemu_elf])
            else:
                shell(tool + ["--linux"] + options + [p.qemu_elf], env=environment)
            programs.append(p)
    return programs


def build_c(folder):
    gcc = need("mips-linux-gnu-gcc", "gcc-mips-linux-gnu libc6-dev-mips-cross")
    sum_of_registers = b"2335225156.2261562\n"
    return compiled(folder, ".c", [gcc, "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"], [
        Program("hello", prove=True),
        Program("inputs", LINES, b"cat", prove=True),
        Program("doubles", prove=True),
        Program("memory"),
        Program("threads"),
        Program("clock"),
        Program("abort"),
        Program("registers", prints=sum_of_registers),
        *(Program("registers", options=options, prints=sum_of_registers) for options in (
            ("-mfp32",), ("-march=mips32r3",), ("-march=mips32r5",), ("-march=mips32r5", "-mfp32"),
        )),
        *(Program("registers", options=options, refused=refused) for options, refused in (
            (("-mfp64",), ("64-bit floating-point registers", "-mfp32")),
            (("-mfp64", "-s"), ("64-bit floating-point registers", "-mfp32")),
            (("-mfp64", "-mno-odd-spreg"), ("FP_64A", "-mfp32")),
            (("-march=mips32r5", "-mfp64"), ("64-bit floating-point registers", "-mfp32")),
            (("-mfp64", "-mmsa"), ("AFL_ASE_MSA", "-mno-msa")),
            (("-mdsp",), ("AFL_ASE_DSP ", "-mno-dsp")),
            (("-march=octeon",), ("MIPS64 release 2", "-march=mips32r2")),
        )),
    ])  # fmt: skip


def build_cxx(folder):
    gxx = need("mips-linux-gnu-g++", "g++-mips-linux-gnu")
    return compiled(folder, ".cpp", [gxx, "-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"], [
        Program("hello", prove=True),
        Program("exceptions"),
        Program("containers", LINES),
        Program("threads"),
    ])  # fmt: skip


def build_go(folder):
    go = os.environ.get("MIPZK_GO") or need("go", "golang-go")
    programs = []
    for variant, goarch, gomips in (
        ("softfloat", "mips", "softfloat"),
        ("hardfloat", "mips", "hardfloat"),
        ("little-endian", "mipsle", "softfloat"),
    ):
        target = folder / variant
        target.mkdir(exist_ok=True)
        environment = dict(os.environ, CGO_ENABLED="0", GOOS="linux", GOARCH=goarch, GOFLAGS="", GOPROXY="off")
        environment.update(GOMIPS=gomips, GOCACHE=str(folder / "cache"), GOTOOLCHAIN="local")
        packages = ["./...", "mipzk/guest/examples/factors"]
        if variant == "softfloat":
            shell([go, "vet", *packages], cwd=HERE / "go", env=environment)
        build = [go, "build", "-trimpath", "-buildvcs=false", "-o", f"{target}/"]
        shell(build + packages, cwd=HERE / "go", env=environment)
        for p in (
            Program("hello", prove=variant == "softfloat"),
            Program("factors", b"17 257", b"4369"),
            Program("factors", b"17 258", b"4369"),
            Program("goroutines"),
            Program("library", b"bob pays\nann too\ncharly\n", ACCOUNTS),
            Program("floats"),
            Program("nil"),
        ):
            p.elf = target / p.name
            p.name += " " + variant
            p.qemu = "qemu-mipsel" if goarch == "mipsle" else p.qemu
            programs.append(p)
    return programs


def contents(elf):
    """What a file holds for the machine: two files of equal contents are one program."""
    with tempfile.NamedTemporaryFile() as raw:
        shell(["mips-linux-gnu-objcopy", "-O", "binary", elf, raw.name])
        return pathlib.Path(raw.name).read_bytes()


def rust_from_elsewhere(mipzk_cargo, environment, bare):
    """What the bare guests hold when their packages lie in another folder."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "rust"
        shutil.copytree(HERE / "rust", copy, ignore=shutil.ignore_patterns("target"))
        for manifest in copy.glob("*/Cargo.toml"):
            manifest.write_text(manifest.read_text().replace("../../../../../bindings", str(ROOT / "bindings")))
        shell([mipzk_cargo, "build", "--locked", "-p", "mipzk-bare-guests"], cwd=copy, env=environment)
        return [contents(bare / name) for name in ("bare", "echo")]


def build_rust(folder):
    mipzk_cargo = ROOT / "bindings" / "guest" / "rust" / "mipzk-cargo"
    need(os.environ.get("MIPZK_CARGO", "/usr/bin/cargo"), "rustc-web rust-web-src cargo-web")
    environment = dict(os.environ, CARGO_TARGET_DIR=str(folder))
    bare = folder / "mips-mti-none-elf" / "release"
    elsewhere = rust_from_elsewhere(mipzk_cargo, environment, bare)
    for flavour in [], ["--linux"], ["--std"]:
        packages = ["-p", "mipzk-std-guests" if flavour == ["--std"] else "mipzk-bare-guests"]
        shell([mipzk_cargo, "build", "--locked", *flavour, *packages], cwd=HERE / "rust", env=environment)
    if elsewhere != [contents(bare / name) for name in ("bare", "echo")]:
        raise AssertionError("the guests depend on the folder in which they are built")
    bare_for_linux = folder / "linux" / "mips-mti-none-elf" / "release"
    std = folder / "mips-unknown-linux-gnu" / "release"
    programs = [
        Program("bare", LINES, b"some words in reverse", prove=True),
        Program("bare", b"! panic", b"-"),
        Program("echo", bytes(range(50)), b"public " * 10),
    ]
    for p in programs:
        p.elf, p.qemu_elf = bare / p.name, bare_for_linux / p.name
    with_std = [
        Program("inputs", LINES, b"cat", prove=True),
        Program("library", LINES),
        Program("threads"),
        Program("unwind"),
    ]
    for p in with_std:
        p.elf = std / p.name
    return programs + with_std


LANGUAGES = {"bare": build_bare, "c": build_c, "c++": build_cxx, "go": build_go, "rust": build_rust}

# ---- Running ----------------------------------------------------------------------------------------------------


class Failed(AssertionError):
    """The tool reports an error."""


class Machine:
    def __init__(self, tool, folder):
        self.tool, self.folder = tool, pathlib.Path(folder)

    def call(self, command, program, *options):
        """(JSON that the tool prints, output of the program)."""
        for name in "private", "public":
            (self.folder / name).write_bytes(getattr(program, name))
        inputs = ["--private", self.folder / "private", "--public", self.folder / "public"]
        output = ["--output", self.folder / "output", "--json"]
        process = subprocess.run(
            [self.tool, command, program.elf, *inputs, *output, *options], capture_output=True, text=True, check=False
        )
        if process.returncode != 0:
            raise Failed(f"mipzk {command}: {process.stdout}{process.stderr}")
        return json.loads(process.stdout), (self.folder / "output").read_bytes()

    def verify(self, program, output, exit_code):
        (self.folder / "expected").write_bytes(output)
        shell([
            self.tool, "verify", self.folder / "proof", "--elf", program.elf, "--public", self.folder / "public",
            "--expect-output", self.folder / "expected", "--expect-exit-code", str(exit_code),
        ])  # fmt: skip


def difference(exit_code, output, expected):
    same = len(os.path.commonprefix([output, expected.output]))
    around = slice(max(0, same - 40), same + 40)
    return (
        f"exit code {exit_code}, under qemu-mips {expected.exit_code}; {len(output)} bytes, under qemu-mips"
        f" {len(expected.output)}, different from byte {same} on:\n  {output[around]}\n  {expected.output[around]}"
    )


def check_refusal(program, machine):
    """What to print about a program that is refused when it is loaded."""
    if machine is None:
        return "not loaded"
    try:
        machine.call("run", program)
    except Failed as error:
        missing = [part for part in ("cannot load", *program.refused) if part not in str(error)]
        if missing:
            raise AssertionError(f"{missing} are not in: {error}") from error
        return "refused, as expected"
    raise AssertionError("the program was loaded and ran")


def check(program, machine, arguments):
    """Returns what to print about it, and whether it was proved."""
    if program.refused:
        return check_refusal(program, machine), False
    try:
        expected = qemu_run.run(
            program.qemu_elf or program.elf, program.private, program.public, timeout=600, qemu=program.qemu
        )
    except qemu_run.Crashed as crash:
        if not crash.signal:
            raise
        expected = qemu_run.Result(crash.output, 128 + crash.signal, b"")  # as a shell would say
    if program.prints not in (None, expected.output):
        raise AssertionError(f"qemu-mips gives {expected.output}, not {program.prints}")
    if machine is None:
        return f"exit code {expected.exit_code}, {len(expected.output)} bytes under qemu-mips", False
    facts, output = machine.call("run", program)
    got = (facts["exit_code"], output)
    if got != (expected.exit_code, expected.output):
        raise AssertionError(difference(facts["exit_code"], output, expected))
    text = f"exit code {facts['exit_code']}, {len(output)} bytes, {facts['cycles']} instructions"
    if not (arguments.prove and program.prove):
        return text, False
    if facts["cycles"] > arguments.max_cycles:
        raise AssertionError(f"{facts['cycles']} instructions are too many to prove here")
    facts, _ = machine.call("prove", program, "--proof", machine.folder / "proof", "--threads", "2")
    machine.verify(program, expected.output, expected.exit_code)
    return text + f", proved in {facts['proving_seconds']:.1f} s", True


def check_language(language, arguments, machine):
    """Number of failures."""
    folder = pathlib.Path(arguments.build).resolve() / {"c++": "cxx"}.get(language, language)
    folder.mkdir(parents=True, exist_ok=True)
    failures, proofs = 0, 0
    for program in LANGUAGES[language](folder):
        try:
            text, proved = check(program, machine, arguments)
            proofs += proved
            print(f"ok   {language} {program.name}: {text}", flush=True)
        except (AssertionError, qemu_run.Crashed, subprocess.TimeoutExpired) as error:
            failures += 1
            print(f"FAIL {language} {program.name}: {error}", flush=True)
    if arguments.prove and proofs == 0:
        failures += 1
        print(f"FAIL {language}: nothing was proved")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE")
    parser.add_argument("--build", required=True, metavar="FOLDER")
    parser.add_argument("--mipzk", metavar="TOOL")
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--max-cycles", type=int, default=2000000, metavar="N")
    arguments = parser.parse_args()
    if arguments.prove and not arguments.mipzk:
        parser.error("--prove wants --mipzk")
    for language in arguments.languages:
        if language not in LANGUAGES:
            parser.error(f"no language {language}: {' '.join(LANGUAGES)}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            machine = Machine(arguments.mipzk, folder) if arguments.mipzk else None
            failures = sum(check_language(l, arguments, machine) for l in arguments.languages or LANGUAGES)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
