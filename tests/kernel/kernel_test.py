#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Linux programs under qemu-mips and with the in-guest kernel, and compares outputs and exit codes.

    kernel_test.py c|go|tool|host|prove|cost --run PROGRAM [--mipzk PROGRAM] --work FOLDER [--only NAME ...]

c     the C, C++ and assembler programs of programs/, compiled with Debian's cross compiler and glibc
go    programs/*.go, with every Go found (MIPZK_GO, PATH, /usr/lib/go-*)
tool  `mipzk run` gives what kernel_run gives
prove the faults of deaths.c, faults.c, unaligned.c and panics.go, proved and verified
host  arguments, environment, files, clock, random numbers; and private inputs that no host makes
cost  prints the instructions of some system calls, for docs/LINUX.md
Exit status 77 (skipped), with the reason, if a compiler or qemu is missing. Standard library only.
"""

import argparse
import dataclasses
import glob
import os
import pathlib
import shutil
import struct
import subprocess
import sys

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
GCC = os.environ.get("MIPZK_GCC", "mips-linux-gnu-gcc")
SKIPPED = 77
INPUT = b"first line\nsecond\n\nfourth without end"
PUBLIC = b"public bytes \xff\x01"


@dataclasses.dataclass
class Case:
    source: str
    options: tuple = ()
    private: bytes = INPUT
    # What differs from qemu: None means that qemu is asked.
    output: bytes = None
    exit_code: int = None
    printed: bytes = None  # must be part of what the guest prints
    fault: bytes = None  # the run stops, and this is part of the report
    qemu: str = "qemu-mips"
    name: str = ""


NOT_MAPPED = b"an address that is not mapped, at "
DEATHS = [  # letter of deaths.c, signal, what the kernel says, more output
    (b"l", 11, b"load from " + NOT_MAPPED, b""),
    (b"s", 11, b"store to " + NOT_MAPPED, b""),
    (b"c", 11, b"store to read-only memory, at ", b""),
    (b"n", 11, b"jump to an address without code\n", b""),
    (b"v", 11, b"jump to an address without code\n", b""),
    (b"d", 8, b"integer division by zero, at ", b""),
    (b"o", 8, b"integer overflow, at ", b""),
    (b"b", 5, b"trap instruction, at ", b""),
    (b"B", 5, b"break, at ", b""),
    (b"i", 4, b"reserved instruction\n", b""),
    (b"a", 10, b"unaligned address, at ", b""),
    (b"j", 10, b"unaligned address, at ", b""),
    (b"r", 11, b"store to " + NOT_MAPPED, b""),
    (b"h", 11, b"(SIGSEGV): no room on the stack for the frame of a handler", b""),
    (b"m", 11, b"load from " + NOT_MAPPED, b""),
    (b"g", 8, b"integer division by zero, at ", b""),
    (b"w", 11, b"load from " + NOT_MAPPED, b"handler\n"),
]
C_CASES = [
    Case("hello.c", exit_code=44, printed=b"to the terminal\n"),
    Case("hello.c", ("-O0", "-march=mips2", "-mfp32"), exit_code=44, name="hello-mips2"),
    Case("memory.c"),
    Case("threads.c"),
    Case("deep.c", private=b"m7000", output=b"0 pages changed\n", exit_code=0, name="deep"),
    Case("deep.c", private=b"t7000", output=b"0 pages changed\n", exit_code=0, name="deep-thread"),
    Case("deep.c", ("-Wl,-z,stack-size=0x2000000",), b"m20000", b"0 pages changed\n", 0, name="deep-large"),
    Case("deep.c", private=b"m9000", output=b"", exit_code=139, name="deep-overflow"),
    Case("deep.c", private=b"t9000", output=b"", exit_code=139, name="deep-thread-overflow"),
    # qemu-mips tells other codes, ends at a jump to an odd address, and raises SIGBUS where Linux does not.
    Case("faults.c", output=b"faults\n", exit_code=0),
    Case("unaligned.c", output=b"unaligned\n", exit_code=0),
    *(
        Case("deaths.c", private=letter, output=b"before\n" + more, exit_code=128 + signal, printed=why, name=f"dead-{letter.decode()}")
        for letter, signal, why, more in DEATHS
    ),
    Case("deaths.c", private=b"e", fault=b"has given a system call an address", name="bad-pointer-of-a-call"),
    Case("io.c"),
    Case("io.c", private=b"first line\n" + bytes(range(256)) * 300, name="io-large"),
    Case("pipes.c"),
    Case("signals.c"),
    Case("waits.c"),
    Case("waits.c", ("-DCLOSED",), output=b"waits\n", exit_code=0, name="waits-closed"),
    Case("clock.c"),
    Case("clock.c", private=b"l", output=b"2 1 0\nclock\n", exit_code=0, name="clock-days"),
    # qemu-mips gives another siginfo for timer_create.
    Case("timers.c", output=b"read 37\ntimers\n", exit_code=0),
    Case("identity.c", private=b"", output=b"identity\n", exit_code=0),  # qemu-mips knows no locks of FUTEX_LOCK_PI
    Case("identity.c", private=b"x", output=b"identity\n", exit_code=0, name="identity-changed"),
    Case("files.c", output=b"by name\nfiles\n", exit_code=0),  # qemu-mips shows its own descriptors
    Case("library.cpp"),
    Case("die.c", private=b"a", printed=b"killed by signal 6 (SIGABRT)", name="abort"),
    Case("die.c", private=b"A", printed=b"Assertion", name="assert"),
    Case("die.c", private=b"t", printed=b"killed by signal 15 (SIGTERM)", name="raise"),
    Case("die.c", private=b"k", name="kill"),
    Case("die.c", private=b"_", exit_code=255, name="exit"),
    Case("die.c", private=b"f", output=b"", exit_code=5, printed=b"clone: a new process", name="fork"),
    Case("die.c", private=b"p", output=b"", exit_code=134, printed=b"deadlock: the program's threads (2)", name="deadlock"),
    Case(
        "die.c",
        private=b"m",
        output=b"",
        exit_code=3,
        printed=b"mipzk: system call 4051 (acct) is not supported, it returned ENOSYS\n"
        b"mipzk: system call 4999 does not exist, it returned ENOSYS\n",
        name="missing",
    ),
    Case("little.S", ("-EL", "-march=mips32r2", "-mno-abicalls", "-fno-pic", "-nostdlib"), qemu="qemu-mipsel", exit_code=102),
]


def compile_c(case, target):
    compiler = GCC[: -len("gcc")] + "g++" if case.source.endswith(".cpp") else GCC
    options = ["-O2", "-static", "-pthread", "-Wl,--build-id=none", *case.options]
    subprocess.run([compiler, *options, PROGRAMS / case.source, "-o", target], check=True)


def run(command, private, public, work):
    """(output, exit code, what was printed); a death by signal n counts as 128 + n."""
    (work / "private").write_bytes(private)
    (work / "public").write_bytes(public)
    with open(work / "public", "rb") as third, open(work / "private", "rb") as first:
        process = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" 3<&{third.fileno()}', "sh", *map(str, command)],
            stdin=first,
            pass_fds=[third.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"]},
            timeout=300,
            check=False,
        )
    code = process.returncode
    return process.stdout, code if code >= 0 else 128 - code, process.stderr


def run_qemu(qemu, elf, private, work):
    return run(["env", "-i", shutil.which(qemu), elf], private, PUBLIC, work)


def run_kernel(program, elf, private, work):
    files = ["--private", work / "private", "--public", work / "public", "--cycles", work / "cycles"]
    output, code, printed = run([program, elf, *files], private, PUBLIC, work)
    if code == 250:
        raise SystemExit(f"{elf}: {printed.decode(errors='replace')}")
    return output, code, printed, int((work / "cycles").read_text())


def compare(name, expected, got):
    problems = []
    for what, e, g in zip(("output", "exit code"), expected, got):
        if e != g:
            problems.append(f"{name}: {what}: expected {e!r:.2000}, got {g!r:.2000}")
    return problems


def check_fault(name, case, elf, args):
    (args.work / "private").write_bytes(case.private)
    got = subprocess.run([args.run, elf, "--private", args.work / "private"], capture_output=True, timeout=300, check=False)
    problems = compare(name, (b"", 250), (got.stdout, got.returncode))
    if case.fault not in got.stderr:
        problems.append(f"{name}: {case.fault!r} is not in the report: {got.stderr!r:.1000}")
    print(f"{name}: a fault{', FAILED' if problems else ''}", flush=True)
    return problems


def check_case(name, case, elf, args):
    if case.fault is not None:
        return check_fault(name, case, elf, args)
    output, code, printed, cycles = run_kernel(args.run, elf, case.private, args.work)
    expected = [case.output, case.exit_code]
    if None in expected:
        answer = run_qemu(case.qemu, elf, case.private, args.work)
        expected = [e if e is not None else a for e, a in zip(expected, answer)]
    problems = compare(name, expected, (output, code))
    if case.printed is not None and case.printed not in printed:
        problems.append(f"{name}: {case.printed!r} is not in what was printed: {printed!r:.1000}")
    again = run_kernel(args.run, elf, case.private, args.work)
    if again != (output, code, printed, cycles):
        problems.append(f"{name}: a second run differs: {cycles} and {again[3]} instructions")
    print(f"{name}: {cycles} instructions, exit code {code}{', FAILED' if problems else ''}", flush=True)
    return problems


def c_tests(args):
    problems = []
    elfs = {}
    for case in C_CASES:
        name = case.name or case.source
        if args.names and name not in args.names:
            continue
        key = (case.source, case.options)
        if key not in elfs:
            elfs[key] = args.work / f"program{len(elfs)}.elf"
            compile_c(case, elfs[key])
        problems += check_case(name, case, elfs[key], args)
    return problems


# What the host gives: options of kernel_run, and what the program says about them.
FILES = {"one": b"first\n", "two": b"a second file", "seed": bytes(range(32))}
HOST = [
    ("nothing", [], b"argument guest\ntime 946684801\nstreams |\n"),
    (
        "everything",
        "--arg /data/a --arg data/b --arg /no --env A=1 --env RANDOM=yes --public-file /data/a=one --file /data/b=two"
        " --clock 1700000000 --random seed --private two --public one",
        b"argument guest\nargument /data/a\nargument data/b\nargument /no\nenvironment A=1\nenvironment RANDOM=yes\n"
        b"/data/a: 6 bytes, first\n\ndata/b: 13 bytes, a second file\nno /no\n"
        b"there is .\nthere is ..\nthere is a\nthere is b\ntime 1700000000\nrandom %08x\n"
        b"streams a second file|first\n\n",
    ),
]


def entry(kind, name=b"", data=b""):
    """Of the inputs' bytes, as docs/LINUX.md has them."""
    pad = lambda b: b + bytes(-len(b) % 4)
    return struct.pack(">III", kind, len(name), len(data)) + pad(name) + pad(data)


# Private halves that no host makes: the program does not begin.
HOSTILE = {
    "cut": entry(1, data=b"text")[:-4],
    "too long": struct.pack(">III", 1, 0, 5) + b"text",
    "longer than the window": struct.pack(">III", 1, 0, 0xFFFFFFF0) + b"text",
    "long name": struct.pack(">III", 4, 0xFFFFFFFE, 3) + b"text",
    "kind 0": entry(0),
    "kind 7": entry(7),
    "kind 33": entry(33, data=b"text"),
    "argument": entry(2, data=b"--trusted"),
    "environment": entry(3, data=b"A=b"),
    "clock": entry(5, data=bytes([101, 0, 0, 0])),
    "two streams": entry(1, data=b"a") + entry(1, data=b"b"),
    "named stream": entry(1, b"/x", b"b"),
    "short seed": entry(6, data=bytes(31)),
    "a public file": entry(4, b"/data/a", b"other"),
    "below a file": entry(4, b"/data/a/b", b"other"),
    "two of a name": entry(4, b"/x", b"1") + entry(4, b"/x", b"2"),
    "relative": entry(4, b"x", b"1"),
    "empty name": entry(4, b"", b"1"),
    "only a root": entry(4, b"/", b"1"),
    "empty part": entry(4, b"/a//b", b"1"),
    "dots": entry(4, b"/a/../data/a", b"1"),
    "dot": entry(4, b"/a/./b", b"1"),
    "zero byte": entry(4, b"/a\0b", b"1"),
    "slash at the end": entry(4, b"/a/", b"1"),
    "device": entry(4, b"/dev/urandom", b"1"),
    "another device": entry(4, b"/dev/x", b"1"),
    "process": entry(4, b"/proc/self/status", b"1"),
    "long part": entry(4, b"/" + b"n" * 256, b"1"),
    "long path": entry(4, b"/n" * 2048, b"1"),
}


def chacha20(key):
    """The words of the first block for a key of 8 words, with a nonce of zero (RFC 8439, section 2.3)."""
    turn = lambda x, n: (x << n | x >> 32 - n) & 0xFFFFFFFF
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *key, 0, 0, 0, 0]
    x = list(start)

    def quarter(a, b, c, d):
        for i, k, other, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[i] = x[i] + x[k] & 0xFFFFFFFF
            x[other] = turn(x[other] ^ x[i], n)

    for _ in range(10):
        for shift in (0, 1):
            for i in range(4):
                quarter(i, 4 + (i + shift) % 4, 8 + (i + 2 * shift) % 4, 12 + (i + 3 * shift) % 4)
    return [a + b & 0xFFFFFFFF for a, b in zip(x, start)]


def host_tests(args):
    problems = []
    random = chacha20(struct.unpack(">8I", FILES["seed"]))[5]  # behind AT_RANDOM and glibc's own
    elf = args.work / "inputs.elf"
    compile_c(Case("inputs.c"), elf)
    os.chdir(args.work)
    for name, data in FILES.items():
        (args.work / name).write_bytes(data)
    for name, options, expected in HOST:
        options = options.split() if options else []
        got = subprocess.run([args.run, elf, *options], capture_output=True, timeout=100, check=False)
        expected = expected.replace(b"%08x", b"%08x" % random)
        problems += compare(name, (expected, 0), (got.stdout, got.returncode))
        noted = b"random numbers are the same in every run" in got.stderr
        if noted == ("--random" in options):
            problems.append(f"{name}: {got.stderr!r}")
    for name, half in HOSTILE.items():
        (args.work / "half").write_bytes(half)
        options = ["--private-window", "half", "--public-file", "/data/a=one"]
        got = subprocess.run([args.run, elf, *options], capture_output=True, timeout=100, check=False)
        problems += compare(name, (b"", 134), (got.stdout, got.returncode))
        if b"the private input is not what a Linux program takes" not in got.stderr:
            problems.append(f"{name}: {got.stderr!r}")
    print(f"{len(HOST)} inputs, {len(HOSTILE)} hostile ones")
    return problems


def go_compilers():
    """Every Go, by its version."""
    found = {}
    for go in filter(None, [os.environ.get("MIPZK_GO"), shutil.which("go"), *glob.glob("/usr/lib/go-*/bin/go")]):
        env = dict(os.environ, GOTOOLCHAIN="local", GOFLAGS="")
        env.pop("GOROOT", None)
        version = subprocess.run([go, "version"], capture_output=True, text=True, env=env, check=True).stdout.split()[2]
        found.setdefault(version, go)
    return found


def build_go(args, source, go, mode):
    elf = args.work / f"{source.name}-{mode}.elf"
    env = dict(
        os.environ,
        GOTOOLCHAIN="local",
        GOFLAGS="",
        GO111MODULE="off",
        GOCACHE=str(args.work / "go-cache"),
        CGO_ENABLED="0",
        GOOS="linux",
        GOARCH="mips",
        GOMIPS=mode,
    )
    env.pop("GOROOT", None)
    subprocess.run([go, "build", "-p", "2", "-o", elf, source], env=env, check=True)
    return elf


def go_tests(args):
    problems = []
    for version, go in go_compilers().items():
        for mode in ("softfloat", "hardfloat"):
            for source in sorted(PROGRAMS.glob("*.go")):
                name = f"{source.name}-{version}-{mode}"
                problems += check_case(name, Case(source.name), build_go(args, source, go, mode), args)
    return problems


def tool_tests(args):
    problems = []
    for source, private in (("hello.c", b""), ("threads.c", b""), ("io.c", INPUT)):
        elf = args.work / (source + ".elf")
        compile_c(Case(source), elf)
        expected = run_kernel(args.run, elf, private, args.work)
        files = ["--private", args.work / "private", "--public", args.work / "public"]
        got = run([args.mipzk, "run", elf, *files, "--output", args.work / "output"], private, PUBLIC, args.work)
        if b"exit" not in got[0]:
            problems.append(f"{source}: mipzk run said {got[0]!r} {got[2]!r}")
        problems += compare(source, expected[:1], [(args.work / "output").read_bytes()])
        words = got[0].decode().split()
        if str(expected[3]) not in words:
            problems.append(f"{source}: {expected[3]} instructions, mipzk run said {got[0].decode()!r}")
        print(f"{source}: {'FAILED' if problems else 'the same'}", flush=True)
    return problems


def prove_tests(args):
    """Each death by a fault, and programs that go on after faults: proved, verified, and refused for success."""
    problems = []
    cases = [(f"dead-{letter.decode()}", "deaths.c", letter, b"before\n" + more, 128 + signal) for letter, signal, _, more in DEATHS]
    cases += [("faults", "faults.c", b"", b"faults\n", 0), ("unaligned", "unaligned.c", b"", b"unaligned\n", 0)]
    newest = list(go_compilers().items())[:1]
    if newest:
        elf = build_go(args, PROGRAMS / "panics.go", newest[0][1], "softfloat")
        cases.append(("panics", elf, b"", run_kernel(args.run, elf, b"", args.work)[0], 2))
    else:
        print("panics: left out: no Go")
    proof, private, output = args.work / "proof", args.work / "private", args.work / "output"
    for name, source, given, expected, code in cases:
        if args.names and name not in args.names:
            continue
        elf = source if isinstance(source, pathlib.Path) else args.work / (source + ".elf")
        if elf is not source and not elf.exists():
            compile_c(Case(source), elf)
        private.write_bytes(given)
        output.write_bytes(expected)
        proof.unlink(missing_ok=True)
        runs = [
            ("prove", 0, [elf, "--private", private, "--proof", proof]),
            ("verify", 0, [proof, "--elf", elf, "--expect-exit-code", code, "--expect-output", output]),
            ("verify", 11, [proof, "--elf", elf, "--expect-exit-code", code ^ 1]),
        ]
        for command, status, options in runs:
            got = subprocess.run([args.mipzk, command, *map(str, options)], capture_output=True, timeout=900, check=False)
            if got.returncode != status:
                problems.append(f"{name}: mipzk {command}: {got.returncode}, not {status}: {got.stderr!r:.1000}")
        print(f"{name}: exit code {code}{', FAILED' if problems else ', proved'}", flush=True)
    return problems


COSTS = {  # name -> number, A0, A2, A3
    "getpid": (4020, 0, 0, 0),
    "read at the end of the input": (4003, 0, 10, 0),
    "write of 1 byte": (4004, 1, 1, 0),
    "write of 4096 bytes": (4004, 1, 4096, 0),
    "clock_gettime": (4263, 1, 0, 0),
    "futex wake, nobody waits": (4238, 0x7FFE0000, 1, 0),
    "sched_yield, one thread": (4162, 0, 0, 0),
    "rt_sigprocmask": (4195, 1, 0, 16),
}


def cost_suite(args):
    def cycles(number, a0, a2, a3, count):
        defines = [f"-D{k}={v}" for k, v in dict(NUMBER=number, A0=a0, A2=a2, A3=a3, COUNT=count).items()]
        options = ("-march=mips32r2", "-mno-abicalls", "-fno-pic", "-nostdlib", *defines)
        compile_c(Case("cost.S", options), args.work / "cost.elf")
        return run_kernel(args.run, args.work / "cost.elf", b"", args.work)[3]

    print(f"start and exit: {cycles(4020, 0, 0, 0, 0)}")
    print(f"unaligned load: {(cycles(0, 0, 0, 0, 200) - cycles(0, 0, 0, 0, 100)) / 100 - 10:.0f}")
    for name, (number, a0, a2, a3) in COSTS.items():
        with_loop = cycles(number, a0, a2, a3, 200) - cycles(number, a0, a2, a3, 100)
        print(f"{name}: {with_loop / 100 - 10:.0f}")  # 9 instructions of the loop, and the trap itself
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("suite", choices=("c", "go", "tool", "host", "prove", "cost"))
    parser.add_argument("--run", required=True)
    parser.add_argument("--mipzk")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only", dest="names", nargs="*")
    args = parser.parse_args()
    args.work = args.work.resolve()
    args.run = pathlib.Path(args.run).resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    for tool in (GCC, "qemu-mips", "qemu-mipsel"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} not found")
            return SKIPPED
    if args.suite == "go" and not go_compilers():
        print("skipped: no Go (Debian: golang-go)")
        return SKIPPED
    suites = {"c": c_tests, "go": go_tests, "tool": tool_tests, "host": host_tests, "prove": prove_tests, "cost": cost_suite}
    problems = suites[args.suite](args)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
