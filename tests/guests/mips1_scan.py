#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mips1_scan.py FILE.elf...: checks that programs hold nothing but MIPS I integer instructions, and that
none of their segments is both writable and executable. `--self-test COMPILER` checks that the scan finds
what it looks for."""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

OBJDUMP = os.environ.get("MIPZK_OBJDUMP", "mips-linux-gnu-objdump")
READELF = os.environ.get("MIPZK_READELF", "mips-linux-gnu-readelf")

# Kane, Heinrich: MIPS RISC Architecture, chapter 3 (R3000), without the coprocessors; names as objdump
# prints them with -M no-aliases, which still calls sub and subu from $zero neg and negu.
MIPS1 = set(
    """
    lb lbu lh lhu lw lwl lwr sb sh sw swl swr
    addi addiu slti sltiu andi ori xori lui
    add addu sub subu neg negu slt sltu and or xor nor
    sll srl sra sllv srlv srav
    mult multu div divu mfhi mflo mthi mtlo
    j jal jr jalr beq bne blez bgtz bltz bgez bltzal bgezal
    syscall break
    """.split()
)


UNUSED = {"break", "neg", "negu"}  # what the guest all_insns need not hold


def instructions(elf):
    """(address, mnemonic) of every word of the executable sections."""
    text = subprocess.run(
        # -z: runs of zeros are nops that count too; -m: do not follow the file's own ISA level.
        [OBJDUMP, "-d", "-z", "-M", "no-aliases", "-m", "mips:isa32r2", str(elf)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    for line in text.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t[0-9a-f]{8} \t(\S+)", line)
        if match:
            yield int(match[1], 16), match[2]


def problems(elf):
    found = []
    histogram = collections.Counter()
    for address, mnemonic in instructions(elf):
        histogram[mnemonic] += 1
        if mnemonic not in MIPS1:
            found.append(f"{address:#x}: {mnemonic} is not MIPS I")
    if not histogram:
        found.append("no instruction found")
    headers = subprocess.run(
        [READELF, "-lW", str(elf)], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    loads = re.findall(r"^  LOAD\s+(?:0x[0-9a-f]+\s+){5}([R ][W ][E ])", headers, re.MULTILINE)
    if not loads:
        found.append("no loadable segment")
    found += [f"a segment has the flags {flags}" for flags in loads if "W" in flags and "E" in flags]
    return found, histogram


def self_test(compiler):
    """Every kind of word that must be found, compiled into a guest."""
    with tempfile.TemporaryDirectory() as folder:
        source, elf = pathlib.Path(folder, "bad.c"), pathlib.Path(folder, "bad.elf")
        for level, line, name in (
            ("mips2", "teq $0, $0", "teq"),
            ("mips2", "ll $2, 0($4)", "ll"),
            ("mips32", "mul $2, $4, $5", "mul"),
            ("mips32", "movz $2, $4, $5", "movz"),
            ("mips32r2", "ext $2, $4, 3, 4", "ext"),
            ("mips1", ".word 0xffffffff", None),
            ("mips1", "mfc0 $2, $12", "mfc0"),
        ):
            source.write_text(f'int main(void) {{ __asm__ volatile(".set {level}\\n{line}"); return 0; }}')
            subprocess.run([compiler, str(source), "-o", str(elf)], check=True)
            found, _ = problems(elf)
            if len(found) != 1 or (name and f": {name} " not in found[0]):
                sys.exit(f"self-test: {line!r} gave {found}")
        source.write_text("int main(void) { return 0; }")
        subprocess.run([compiler, str(source), "-o", str(elf)], check=True)
        if problems(elf)[0]:
            sys.exit(f"self-test: an empty program gave {problems(elf)[0]}")


def main(arguments):
    if arguments[:1] == ["--self-test"] and len(arguments) == 2:
        self_test(arguments[1])
        return 0
    if not arguments:
        sys.exit(__doc__)
    failures = 0
    for elf in arguments:
        found, histogram = problems(elf)
        print(f"{elf}: {sum(histogram.values())} instructions, {len(histogram)} kinds")
        for problem in found:
            print(f"  {problem}")
        failures += bool(found)
        if pathlib.Path(elf).name == "all_insns.elf" and MIPS1 - set(histogram) - UNUSED:
            print(f"  all_insns lacks {sorted(MIPS1 - set(histogram) - UNUSED)}")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
