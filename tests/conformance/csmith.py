#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random C programs of Csmith: each prints a checksum of its variables.

The oracle is a native 32-bit x86 build: another back end, another byte order, another C library. The machine must print
the same checksum. Seeds take the builds in turn, so that every target and level is used.

    csmith.py FOLDER --tool MIPZK --seeds 20 --prove 5
"""

import dataclasses
import pathlib
import shutil
import subprocess
import time

import harness

BUILDS = ["mips32r2-O2", "r3000-O1", "mips32r2el-Os", "r3000-O3", "mips32r2-O0", "mips32r2el-O2"]
NATIVE_GCC = "i686-linux-gnu-gcc"
HEADERS = "/usr/include/csmith"
# What a union holds after another member was written depends on the byte order; a pointer to a member of a packed
# struct may be unaligned, which only x86 forgives.
CSMITH_OPTIONS = ["--no-unions", "--no-packed-struct"]
NATIVE_SECONDS = 1  # Csmith does not promise that its programs end


@dataclasses.dataclass
class Result:
    seed: int
    build: harness.Build
    elf: pathlib.Path
    skipped: str = ""
    problem: str = ""
    qemu: harness.Outcome = None
    machine: harness.Outcome = None


def native_command(program):
    """How a 32-bit x86 program is run: by the kernel, or by qemu where the kernel cannot."""
    try:
        subprocess.run([str(program)], capture_output=True, timeout=NATIVE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pass
    except OSError:
        harness.require("qemu-i386", "qemu-user")
        return ["qemu-i386"]
    return []


def run_seed(seed, build, chain, folder, prefix, tool):
    source, native = folder / f"{seed}.c", folder / f"{seed}.native"
    result = Result(seed, build, folder / f"{seed}.elf")
    generate = ["csmith", "--seed", str(seed), *CSMITH_OPTIONS, "--output", str(source)]
    subprocess.run(generate, check=True, capture_output=True, cwd=folder)
    compile_native = [NATIVE_GCC, "-O1", "-w", "-static", "-I", HEADERS, str(source), "-o", str(native)]
    subprocess.run(compile_native, check=True, capture_output=True)
    oracle = harness.run_native([*prefix, str(native)], NATIVE_SECONDS)
    if oracle.error:
        result.skipped = f"native build: {oracle.error}"
        return result
    result.problem = harness.compile_program(chain, [build.level, "-w", "-I", HEADERS, str(source)], result.elf)
    if result.problem:
        return result
    result.qemu = harness.run_native([chain.qemu, str(result.elf)])
    if (result.qemu.error, result.qemu.output) != ("", oracle.output):
        result.problem = f"native build printed {oracle.output!r}, qemu {result.qemu.output!r} {result.qemu.error}"
    elif tool is not None:
        result.machine = tool.run(result.elf)
        if result.machine.error:
            result.problem = result.machine.error
        elif (result.machine.exit_code, result.machine.output) != (oracle.exit_code, oracle.output):
            result.problem = f"native build: {oracle} {oracle.output!r}; machine: {result.machine} {result.machine.output!r}"
    return result


def main():
    parser = harness.arguments(__doc__)
    parser.add_argument("--build", action="append", default=[], type=harness.Build.parse, help="instead of all in turn")
    parser.add_argument("--first", type=int, default=1, metavar="SEED")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many seeds, from --first on")
    parser.add_argument("--prove", type=int, default=0, metavar="N", help="prove N of the runs")
    parser.add_argument("--prove-cycles", type=int, default=300_000, metavar="N", help="... of at most N instructions")
    parser.add_argument("--keep", action="store_true", help="keep the programs")
    arguments = parser.parse_args()
    builds = arguments.build or [harness.Build.parse(name) for name in BUILDS]
    harness.require("csmith", "csmith")
    harness.require(NATIVE_GCC, "gcc-i686-linux-gnu libc6-dev-i386-cross")
    if not pathlib.Path(HEADERS, "csmith.h").exists():
        raise harness.Missing(f"no {HEADERS}/csmith.h; Debian: apt-get install libcsmith-dev")

    tool = harness.Tool(arguments.tool) if arguments.tool else None
    chains = harness.toolchains(arguments.folder, builds)
    folder = pathlib.Path(arguments.folder).absolute() / "csmith"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "platform.info").write_text("integer size = 4\npointer size = 4\n")  # csmith reads it
    probe = folder / "probe"
    probe.with_suffix(".c").write_text("int main(void) { return 0; }\n")
    subprocess.run([NATIVE_GCC, "-static", str(probe.with_suffix(".c")), "-o", str(probe)], check=True)
    prefix = native_command(probe)

    start = time.monotonic()
    seeds = range(arguments.first, arguments.first + arguments.seeds)

    def one(seed):
        build = builds[seed % len(builds)]
        return run_seed(seed, build, chains[build.target], folder, prefix, tool)

    results = harness.parallel(one, seeds)
    skipped = [result for result in results if result.skipped]
    problems = [result for result in results if result.problem]
    good = [result for result in results if not result.skipped and not result.problem]
    for result in skipped:
        print(f"  seed {result.seed}: skipped: {result.skipped}")
    for result in problems:
        print(f"FAILED seed {result.seed} {result.build}: {result.problem}")
    machines = "qemu" if tool is None else "qemu and the machine"
    print(
        f"{len(results)} seeds: {len(good)} right under {machines}, {len(problems)} wrong, {len(skipped)} skipped, "
        f"{time.monotonic() - start:.0f} s"
    )
    if tool is not None:
        print(f"{sum(result.machine.cycles for result in good):,} instructions")
    # A native build that never ends every time would make the suite empty.
    fine = not problems and 2 * len(good) >= len(results)

    if arguments.prove and tool is not None:
        start = time.monotonic()
        chosen = [result for result in good if result.machine.cycles <= arguments.prove_cycles][: arguments.prove]
        errors = harness.parallel(lambda result: tool.prove_and_verify(result.elf, result.qemu), chosen)
        for result, error in zip(chosen, errors):
            if error:
                print(f"FAILED seed {result.seed} {result.build}: {error}")
        cycles = sum(result.machine.cycles for result in chosen)
        proved = errors.count("")
        seconds = time.monotonic() - start
        print(f"{proved} of {arguments.prove} runs proved and verified, {cycles:,} instructions, {seconds:.0f} s")
        fine = fine and proved == arguments.prove
    if fine and not arguments.keep:
        shutil.rmtree(folder)
    return fine


if __name__ == "__main__":
    harness.main(main)
