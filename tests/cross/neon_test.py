#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the prover for aarch64, whose kernels are those of the CPU tier NEON, and runs it under qemu: the tests of the
kernels, and one proof, which must be the same bytes as on this machine.

usage: neon_test.py CMAKE FOLDER CXX QEMU PROVE_PROGRAM [LAUNCHER]     (standard library only)

FOLDER: where to build. PROVE_PROGRAM: the same program for this machine.
"""

import pathlib
import subprocess
import sys

# Test programs, and which of their tests.
TESTS = {
    "unit_base": "SecretMemory.WipingTheStack*",  # qemu does not show all that others ask Linux for
    "unit_field_packed": "*",
    "unit_commit_ntt": "*",
    "unit_commit_deep": "*",
    "unit_commit_fri": "*",
    "hash_test": "*",
    "prove_kernels": "*",
}
TIER = "neon"


def succeed(*command):
    words = [str(c) for c in command]
    result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{command}: exit code {result.returncode}\n{result.stdout[-8000:]}")
    return result.stdout


def main():
    cmake, folder, cxx, qemu, here, *launcher = sys.argv[1:]
    folder = pathlib.Path(folder)
    succeed(cmake, "-S", pathlib.Path(__file__).parent, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
            "-DCMAKE_CXX_FLAGS_RELEASE=-O2", "-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
            f"-DCMAKE_CXX_COMPILER={cxx}", f"-DCMAKE_C_COMPILER={cxx.removesuffix('g++')}gcc",
            f"-DCMAKE_CXX_COMPILER_LAUNCHER={''.join(launcher)}", "-DCMAKE_EXE_LINKER_FLAGS=-static",
            f"-DCMAKE_CROSSCOMPILING_EMULATOR={qemu}")
    succeed(cmake, "--build", folder, "--parallel", "2", "--target", "prove_program", *TESTS)
    for name, chosen in TESTS.items():
        program = next(p for p in folder.rglob(name) if p.is_file())
        output = succeed(qemu, program, "--gtest_brief=1", f"--gtest_filter={chosen}")
        print(f"{name}: {output.strip().splitlines()[-1]}")
    there, expected = succeed(qemu, folder / "prove_program", TIER), succeed(here)
    print(f"proof: {there}", end="")
    if there != expected:
        sys.exit(f"here it is another: {expected}")


if __name__ == "__main__":
    main()
