#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the floating point emulation of the in-guest kernel against qemu's processor, in both byte orders.

    fp_test.py emulation --work DIR [--operations N] [--seed N]
        the emulation's code under qemu, instruction by instruction (fp_test.c)
    fp_test.py programs --run KERNEL_RUN --work DIR [--thousands N]
        whole programs, under qemu and on the machine with the kernel: same output, same end
    fp_test.py cost --run KERNEL_RUN --work DIR
        prints how many instructions of the machine each floating point instruction takes

Standard library only.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
KERNEL = HERE.parents[2] / "lib" / "kernel" / "guest"
ORDERS = {"mips": "-EB", "mipsel": "-EL"}
HARD = "-march=mips32r2 -mabi=32 -mfp32 -O2 -static -Wall -Wextra".split()
SOFT = (
    "-march=mips32r2 -mabi=32 -msoft-float -mno-abicalls -fno-pic -G0 -O2 -std=gnu11 -Wall -Wextra -Werror"
    " -ffreestanding -fno-builtin -fno-stack-protector -mno-check-zero-division -ffixed-14 -ffixed-15 -ffixed-24 -ffixed-25 -DFP_FIXED_REGISTERS -DFP_TEST"
).split()


def missing(order):
    """Why programs of this byte order cannot be built and run here; None if they can."""
    gcc = f"{order}-linux-gnu-gcc"
    if shutil.which(gcc) is None:
        return f"{gcc} not found"
    library = subprocess.run([gcc, "-print-file-name=libc.a"], capture_output=True, text=True, check=True).stdout.strip()
    if not pathlib.Path(library).is_absolute():
        return f"no static C library for {order} (Debian: libc6-dev-{order}-cross)"
    if shutil.which(f"qemu-{order}") is None:
        return f"qemu-{order} not found"
    return None


def compile_program(order, target, sources, flags=HARD):
    command = [f"{order}-linux-gnu-gcc", ORDERS[order], *flags, *sources, "-o", target]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def emulation(order, args):
    objects = []
    for source in sorted(KERNEL.glob("fp_*.[cS]")):
        objects.append(args.work / f"{source.stem}.{order}.o")
        compile_program(order, objects[-1], ["-c", source], SOFT)
    program = args.work / f"fp_test.{order}"
    compile_program(order, program, [HERE / "fp_test.c", HERE / "thunk.S", *objects])
    print(f"{order}: ", end="", flush=True)
    return subprocess.run([f"qemu-{order}", program, str(args.operations), str(args.seed)]).returncode == 0


def programs(order, args):
    good = True
    numbers = args.work / "input"
    numbers.write_text(f"{args.thousands}\n")
    for name, end in ("fp_vectors", 0), ("fp_enabled", 128 + 8):
        program = args.work / f"{name}.{order}"
        compile_program(order, program, [HERE / f"{name}.c"])
        with numbers.open() as stdin:
            expected = subprocess.run([f"qemu-{order}", program], stdin=stdin, capture_output=True, text=True)
        got = subprocess.run([args.run, program, "--private", numbers], capture_output=True, text=True)
        # A process killed by signal n has the exit code 128 + n here, -n there.
        qemu_end = 128 - expected.returncode if expected.returncode < 0 else expected.returncode
        same = expected.stdout == got.stdout and expected.stdout and qemu_end == got.returncode == end
        print(f"{order} {name}: {'same' if same else 'DIFFERENT'}, exit {got.returncode}, last line", got.stdout.split("\n")[-2:])
        if not same:
            print("qemu:", expected.stdout[-200:], expected.stderr, "machine:", got.stdout[-200:], got.stderr)
            good = False
    return good


def cost(order, args):
    program = args.work / f"fp_cost.{order}"
    compile_program(order, program, [HERE / "fp_cost.c"])
    names = re.findall(r"^  X\((\w+),", (HERE / "fp_cost.c").read_text(), re.M)
    result = {}

    def cycles(number, count):
        (args.work / "input").write_text(f"{number} {count} ")
        subprocess.run([args.run, program, "--private", args.work / "input", "--cycles", args.work / "cycles"], check=True)
        return int((args.work / "cycles").read_text())

    for number, name in enumerate(names):
        result[name] = (cycles(number, 1000) - cycles(number, 0)) / 1000
    for name in names:
        print(f"{name:24} {result[name] - result['nothing'] :.0f}")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["emulation", "programs", "cost"])
    parser.add_argument("--run")
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--operations", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--thousands", type=int, default=20)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    results = []
    for order in ["mips"] if args.part == "cost" else ORDERS:
        reason = missing(order)
        if reason:
            print(f"{order}: skipped: {reason}", flush=True)
        else:
            results.append(globals()[args.part](order, args))
    if not results:
        return 77
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
