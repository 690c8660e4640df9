#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The inputs that the test guests are run with, and what they answer.

    cases.py list FOLDER [guest...]
prints one line per case for the programs of FOLDER, after running each under qemu-mips:
    guest case private public hints model_output model_exit qemu_output qemu_exit
(bytes as hex, empty as "-"; model fields are "?" where there is no model, exit codes decimal).
    cases.py check FOLDER
compares qemu-mips with the models and fails on a difference.
"""

import collections
import hashlib
import math
import pathlib
import sys

import models
import qemu_run

Case = collections.namedtuple("Case", "guest name private public hints", defaults=(b"", b"", b""))


def random_bytes(seed, size):
    """The same on every machine."""
    return hashlib.shake_128(str(seed).encode()).digest(size)


def program(text):
    """Assembles bytecode for the interpreter guest: words are opcodes, `name:` labels, `@name` uses."""
    opcodes = dict(
        END=0, PUSH=1, LOAD=2, STORE=3, ADD=4, SUB=5, MUL=6, DIV=7, LESS=8, JUMP=9, JZ=10, PRINT=11, DUP=12
    )
    sizes = {"PUSH": 4, "LOAD": 1, "STORE": 1}
    labels = {}
    for _ in range(2):
        code, size = b"", 0
        for token in text.split():
            if token.endswith(":"):
                labels[token[:-1]] = len(code)
            elif token in opcodes:
                code += bytes([opcodes[token]])
                size = sizes.get(token, 0)
            elif token.startswith("@"):
                code += labels.get(token[1:], 0).to_bytes(2, "big")
            else:
                code += int(token, 0).to_bytes(size, "big")
    return code


PRIMES = program("""
    PUSH 2 STORE 0
    next: LOAD 0 PUSH 200 LESS JZ @done
          PUSH 2 STORE 1
    try:  LOAD 1 LOAD 0 LESS JZ @prime
          LOAD 0 LOAD 0 LOAD 1 DIV LOAD 1 MUL SUB JZ @composite
          LOAD 1 PUSH 1 ADD STORE 1 JUMP @try
    prime: LOAD 0 PRINT
    composite: LOAD 0 PUSH 1 ADD STORE 0 JUMP @next
    done: END""")


def number_pairs():
    edges = [1, 2, 3, 10, 0xFFFF, 0x10000, 0x10001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32]
    edges += [(1 << 32) + 1, (1 << 48) - 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 0x80000000FFFFFFFF]
    for a in [0] + edges:
        for b in edges:
            yield a, b
    for i in range(300):
        data = random_bytes(("pair", i), 16)
        a, b = int.from_bytes(data[:8], "big"), int.from_bytes(data[8:], "big")
        yield a >> (i * 7 % 64), (b >> (i * 11 % 64)) or 1


def all_cases():
    yield Case("all_insns", "once")
    for n in (0, 1, 2, 47, 48, 93, 94, 5000):
        yield Case("fibonacci", f"{n}", models.u32(n))
    for size in (0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 20000):
        yield Case("sha256", f"{size}_bytes", random_bytes(size, size))
    for count in (0, 1, 2, 3, 17, 64, 1000):
        yield Case("merge_sort", f"{count}_words", random_bytes(("sort", count), 4 * count))
    yield Case("merge_sort", "descending", b"".join(models.u32(-3 * i) for i in range(100)))
    yield Case("merge_sort", "equal", models.u32(0x80000000) * 33)
    pairs = b"".join(models.u64(a) + models.u64(b) for a, b in number_pairs())
    yield Case("div64", "one", models.u64(1000) + models.u64(7))
    yield Case("div64", "edges_and_random", pairs)
    yield Case("div64_size", "edges_and_random", pairs)
    yield Case("memory_functions", "once")
    yield Case("start_order", "once")
    yield Case("unaligned", "counting", bytes(range(0x80, 0xC0)))
    yield Case("unaligned", "random", random_bytes("unaligned", 33))
    for m, n, discs, size in ((0, 0, 0, 0), (1, 3, 1, 1), (2, 3, 5, 100), (3, 3, 8, 1000), (2, 9, 10, 0)):
        private = bytes([m, n, discs]) + random_bytes(("quicksort", size), size)
        yield Case("recursion", f"ack_{m}_{n}_hanoi_{discs}_sort_{size}", private)
    # FIPS 197, appendix B; the cipher text is checked in models_test.py.
    fips = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c3243f6a8885a308d313198a2e0370734")
    yield Case("crc32_aes", "fips197", fips)
    yield Case("crc32_aes", "no_block", bytes(16))
    yield Case("crc32_aes", "random", random_bytes("aes", 16 + 160))
    for name, a, b in (
        ("part", b"the quick brown fox", b"brown"),
        ("equal", b"equal", b"equal"),
        ("empty", b"", b""),
        ("second_empty", b"something", b""),
        ("high_bytes", b"a\xff\x80e", b"a\x7f"),
        ("prefix", b"abcdefgh", b"abcdefghijkl"),
        ("long", b"ab" * 49 + b"c", b"abc" * 33),
    ):
        yield Case("strings", name, a + b"\0" + b + b"\0")
    yield Case("jump_table", "every_byte", bytes(range(256)))
    yield Case("jump_table", "random", random_bytes("jumps", 300))
    yield Case("interpreter", "primes", PRIMES)
    yield Case("interpreter", "bad_opcode", program("PUSH 5 PRINT") + b"\x63")
    yield Case("interpreter", "underflow", program("PUSH 5 PRINT ADD"))
    yield Case("interpreter", "overflow", program("again: PUSH 1 JUMP @again"))
    yield Case("interpreter", "division_by_zero", program("PUSH 5 PUSH 0 DIV END"))
    yield Case("interpreter", "no_end", program("PUSH 5"))
    yield Case("interpreter", "too_long", program("again: PUSH 7 STORE 3 JUMP @again"))
    for how in (0, 1):
        for code in (0, 1, 2, 113, 255, 256, 0x7FFFFFFF, 0x80000000, 0xDEADBEEF, 0xFFFFFFFF):
            yield Case("exit_code", f"{'halt' if how else 'return'}_{code:08x}", bytes([how]) + models.u32(code))
    for private_size, public_size in ((0, 0), (1, 0), (0, 1), (2, 3), (7, 64), (500, 333), (4096, 5)):
        yield Case(
            "echo",
            f"{private_size}_and_{public_size}",
            random_bytes(("private", private_size), private_size),
            random_bytes(("public", public_size), public_size),
        )
    for private_size, public_size in ((100, 0), (101, 0), (0, 100), (0, 101), (46, 46), (46, 47), (70, 70), (92, 0)):
        yield Case(
            "echo_small",
            f"{private_size}_and_{public_size}",
            random_bytes(("private", private_size), private_size),
            random_bytes(("public", public_size), public_size),
        )
    numbers = [0, 1, 2, 3, 4, 99, 100, 0xFFFE0000, 0xFFFE0001, 0xFFFFFFFF, 123456789]
    roots = [math.isqrt(n) for n in numbers]
    public = b"".join(map(models.u32, numbers))
    yield Case("hints", "right", b"", public, b"".join(map(models.u32, roots)))
    yield Case("hints", "none_needed")
    for wrong in (roots[5] - 1, roots[5] + 1, 0xFFFFFFFF):
        hints = b"".join(map(models.u32, roots[:5] + [wrong] + roots[6:]))
        yield Case("hints", f"wrong_{wrong:x}", b"", public, hints)


def answer(case):
    """(output, exit code) by the model, or None for a guest without one."""
    if case.guest == "hints":
        numbers, roots = models.words(case.public), models.words(case.hints)
        right = [math.isqrt(n) for n in numbers]
        good = next((i for i in range(len(right)) if roots[i] != right[i]), len(right))
        return b"".join(map(models.u32, right[:good])), int(good != len(right))
    model = models.MODELS.get(case.guest)
    return model(case.private, case.public) if model else None


def run_qemu(folder, case):
    elf = pathlib.Path(folder) / f"{case.guest}.linux.elf"
    return qemu_run.run(elf, case.private, case.public, case.hints)


def list_cases(folder, guests):
    for case in all_cases():
        if guests and case.guest not in guests:
            continue
        expected, got = answer(case), run_qemu(folder, case)
        fields = [case.guest, case.name]
        fields += [data.hex() or "-" for data in (case.private, case.public, case.hints)]
        fields += [expected[0].hex() or "-", str(expected[1])] if expected else ["?", "?"]
        fields += [got.output.hex() or "-", str(got.exit_code)]
        print(*fields)


def check(folder):
    failures, total = 0, 0
    for case in all_cases():
        total += 1
        got, expected = run_qemu(folder, case), answer(case)
        if expected is None:
            if got.exit_code != 0 or not got.output:
                failures += 1
                print(f"{case.guest} {case.name}: exit {got.exit_code}, {len(got.output)} bytes")
        elif (got.output, got.exit_code) != (expected[0], expected[1] & 0xFF):
            failures += 1
            print(f"{case.guest} {case.name}:\n  qemu  {got.exit_code} {got.output.hex()}")
            print(f"  model {expected[1]:#x} {expected[0].hex()}")
    # These are for the machine only: guest_test.cpp runs them, `ask` needs a host that answers.
    known = {"ask", "faults", "deep", "deep_large"} | {case.guest for case in all_cases()}
    built = {path.name.removesuffix(".linux.elf") for path in pathlib.Path(folder).glob("*.linux.elf")}
    for guest in sorted(built ^ known):
        failures += 1
        print(f"{guest}: {'not built' if guest in known else 'has no case'}")
    print(f"{total} cases, {failures} failures")
    return failures == 0


def main():
    if len(sys.argv) >= 3 and sys.argv[1] == "list":
        list_cases(sys.argv[2], sys.argv[3:])
        return True
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        return check(sys.argv[2])
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
