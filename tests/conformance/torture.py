#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gcc.c-torture/execute: GCC's execution tests, compiled with a soft-float musl.

A test passes when it ends with exit code 0. What passes under qemu-user must pass in the machine with the same output.

    torture.py FOLDER --tool MIPZK --build mips32r2-O2 --prove 100
"""

import dataclasses
import pathlib
import re
import shutil
import time

import harness

# Fewer programs than this that pass under qemu mean that the suite is broken, not that all is well.
ENOUGH_PER_BUILD = 1600
ALL_BUILDS = [f"{target}-{level}" for target in ("r3000", "mips32r2") for level in ("O0", "O2", "Os")]

# What the machine does not have by design; GCC's own directives say which tests need it.
UNSUPPORTED = {"trampolines": "needs code that the program writes", "fileio": "needs files"}
# Prints where its stack is, which differs.
OUTPUT_DIFFERS = {"return-addr"}
# A division by zero stops the machine; tests that would catch the signal have a way around it.
DEFINES = ["-DSIGNAL_SUPPRESS"]
# From ieee.exp and builtins.exp.
FOLDER_OPTIONS = {
    "ieee": ["-fno-inline"],
    "builtins": "-fno-tree-dse -fno-tree-loop-distribute-patterns -fno-tracer -fno-ipa-ra -fno-inline-functions".split(),
}


@dataclasses.dataclass
class Test:
    name: str
    sources: list
    options: list
    unsupported: str = ""


@dataclasses.dataclass
class Result:
    test: Test
    elf: pathlib.Path
    compile_error: str = ""
    qemu: harness.Outcome = None
    machine: harness.Outcome = None

    @property
    def passes_qemu(self):
        return self.qemu is not None and not self.qemu.error and self.qemu.exit_code == 0

    @property
    def problem(self):
        """What is wrong with the machine's run, or ""."""
        if not self.passes_qemu or self.machine is None:
            return ""
        if self.machine.error or self.machine.exit_code != 0:
            return str(self.machine)
        if self.machine.output != self.qemu.output and self.test.name not in OUTPUT_DIFFERS:
            return f"printed {self.machine.output[:200]!r}, under qemu {self.qemu.output[:200]!r}"
        return ""


def _options(source, text):
    """The options that a test asks for on this target."""
    options = list(FOLDER_OPTIONS.get(source.parent.name, []))
    directives = source.with_suffix(".x")
    if directives.exists():  # Tcl; what stands in column 0 is unconditional
        for verb, line in re.findall(r"^(lappend|set) additional_flags (.*)$", directives.read_text(), flags=re.M):
            flags = line.replace('"', "").split()
            options = flags if verb == "set" else options + flags
    # With a selector the options are for other processors; all that name MIPS or everything have none.
    for words in re.findall(r'\{\s*dg-(?:additional-)?options\s+\{?\s*"([^"]*)"\s*\}', text):
        options += words.split()
    return options


def tests_of(folder):
    """All tests in alphabetical order."""
    root = harness.sources.gcc(folder) / "gcc/testsuite/gcc.c-torture/execute"
    tests = []
    for source in sorted([*root.glob("*.c"), *root.glob("ieee/*.c"), *root.glob("builtins/*.c")]):
        files = [source]
        if source.parent.name == "builtins":
            if source.stem.endswith("-lib"):
                continue
            files += [source.with_name(source.stem + "-lib.c"), source.parent / "lib/main.c"]
        text = source.read_text(encoding="latin-1")
        needs = re.findall(r"dg-require-effective-target\s+(\w+)", text)
        unsupported = [UNSUPPORTED[name] for name in needs if name in UNSUPPORTED]
        name = str(source.relative_to(root).with_suffix(""))
        tests.append(Test(name, list(map(str, files)), _options(source, text), *unsupported[:1]))
    return tests


def run_test(test, chain, build, folder, tool):
    result = Result(test, folder / (test.name.replace("/", "-") + ".elf"))
    options = [build.level, "-w", *DEFINES, *test.options]
    result.compile_error = harness.compile_program(chain, [*options, *test.sources], result.elf)
    if not result.compile_error:
        result.qemu = harness.run_native([chain.qemu, str(result.elf)])
        if result.passes_qemu and tool is not None:
            result.machine = tool.run(result.elf)
    return result


def choose(results, count, max_cycles):
    """`count` runs spread over the list: of each stretch of it the longest run of at most max_cycles."""
    fit = [result for result in results if result.machine.cycles <= max_cycles]
    count = min(count, len(fit))
    stretches = [fit[i * len(fit) // count : (i + 1) * len(fit) // count] for i in range(count)]
    return [max(stretch, key=lambda result: result.machine.cycles) for stretch in stretches]


def prove(results, tool, build):
    start = time.monotonic()
    errors = harness.parallel(lambda result: tool.prove_and_verify(result.elf, result.machine), results)
    failures = [(result, error) for result, error in zip(results, errors) if error]
    for result, error in failures:
        print(f"FAILED {build} {result.test.name}: {error}")
    cycles = sum(result.machine.cycles for result in results)
    print(
        f"{build}: {len(results) - len(failures)} of {len(results)} runs proved and verified, "
        f"{cycles:,} instructions, {time.monotonic() - start:.0f} s"
    )
    return not failures


def run_build(build, chain, tests, arguments, tool):
    start = time.monotonic()
    folder = pathlib.Path(arguments.folder) / "torture" / str(build)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    results = harness.parallel(lambda test: run_test(test, chain, build, folder, tool), tests)

    not_compiled = [result for result in results if result.compile_error]
    passed = [result for result in results if result.passes_qemu]
    failed_qemu = [result for result in results if not result.compile_error and not result.passes_qemu]
    problems = [result for result in passed if result.problem]
    for result in not_compiled:
        print(f"  {build} {result.test.name}: does not compile: {result.compile_error}")
    for result in failed_qemu:
        print(f"  {build} {result.test.name}: fails under qemu: {result.qemu}")
    for result in problems:
        print(f"FAILED {build} {result.test.name}: {result.problem}")
    print(f"{build}: {len(passed)} pass under qemu, {len(failed_qemu)} fail there, {len(not_compiled)} do not compile")
    good = [result for result in passed if not result.problem]
    if tool is not None:
        total = sum(result.machine.cycles for result in good)
        print(f"{build}: {len(good)} of {len(passed)} pass in the machine, {total:,} instructions")
    print(f"{build}: {time.monotonic() - start:.0f} s")

    fine = not problems
    if len(passed) * arguments.every < ENOUGH_PER_BUILD:
        print(f"FAILED {build}: only {len(passed)} programs pass under qemu")
        fine = False
    if arguments.prove and tool is not None:
        if arguments.prove >= len(good):
            for result in good:
                if result.machine.cycles > arguments.prove_cycles:
                    print(f"  {build} {result.test.name}: not proved: {result.machine.cycles:,} instructions")
        chosen = choose(good, arguments.prove, arguments.prove_cycles)
        fine = prove(chosen, tool, build) and fine
    if fine and not arguments.keep:
        shutil.rmtree(folder)
    return fine


def main():
    parser = harness.arguments(__doc__)
    parser.add_argument("--build", action="append", default=[], type=harness.Build.parse, help="as in mips32r2-O2")
    parser.add_argument("--all", action="store_true", help=f"the builds {' '.join(ALL_BUILDS)}")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth test")
    parser.add_argument("--only", metavar="NAME", help="only the test of this name")
    parser.add_argument("--prove", type=int, default=0, metavar="N", help="prove N runs of each build")
    parser.add_argument("--prove-cycles", type=int, default=10_000, metavar="N", help="... of at most N instructions")
    parser.add_argument("--keep", action="store_true", help="keep the compiled programs")
    arguments = parser.parse_args()
    builds = arguments.build + ([harness.Build.parse(name) for name in ALL_BUILDS] if arguments.all else [])
    if not builds:
        parser.error("no --build and no --all")

    tool = harness.Tool(arguments.tool) if arguments.tool else None
    chains = harness.toolchains(arguments.folder, builds)
    tests = tests_of(pathlib.Path(arguments.folder) / "toolchain/sources")[:: arguments.every]
    if arguments.only:
        tests = [test for test in tests if test.name == arguments.only]
        arguments.every = ENOUGH_PER_BUILD
    unsupported = [test for test in tests if test.unsupported]
    for test in unsupported:
        print(f"  {test.name}: left out: {test.unsupported}")
    print(f"{len(tests)} tests, {len(unsupported)} left out")
    tests = [test for test in tests if not test.unsupported]
    return all([run_build(build, chains[build.target], tests, arguments, tool) for build in builds])


if __name__ == "__main__":
    harness.main(main)
