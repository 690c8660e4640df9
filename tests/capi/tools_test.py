#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tools of `mipzk run` for authors of guests: --profile, --trace, --strace, and the call stack of faults.

usage: tools_test.py MIPZK GUEST_FOLDER SOURCE_FOLDER MIPS_GCC MIPS_OBJDUMP     (standard library only)
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

MIPZK, GUESTS, SOURCE, GCC, OBJDUMP = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), *sys.argv[4:6]
HERE = SOURCE / "tests" / "capi"
TRACE_LINE = re.compile(r"^ *(\d+) 0x([0-9a-f]{8}) (\S+)\+0x([0-9a-f]+) +(\S+(?: \S+)?)(.*)$")


def mipzk(*args, stdin=b""):
    return subprocess.run([MIPZK, *map(str, args)], input=stdin, capture_output=True, timeout=300)


def run_json(*args, stdin=b""):
    result = mipzk("run", "--json", *args, stdin=stdin)
    if result.returncode != 0:
        raise AssertionError(result.stderr.decode())
    return json.loads(result.stdout), result.stderr.decode()


def folded_stacks(path):
    """{chain of names: instructions}; a chain appears once."""
    stacks = {}
    for line in path.read_text().splitlines():
        chain, number = line.rsplit(" ", 1)
        assert chain not in stacks, line
        stacks[tuple(chain.split(";"))] = int(number)
    return stacks


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.calls = cls.folder / "calls.elf"
        subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", "-Wall", "-Wextra", "-Werror", HERE / "calls.c",
                        "-o", cls.calls], check=True, env={**os.environ, "MIPZK_GCC": GCC})
        cls.linux = cls.folder / "calls_linux.elf"
        subprocess.run([GCC, "-O1", "-static", HERE / "calls_linux.c", "-o", cls.linux], check=True)
        cls.input = cls.folder / "input"
        cls.input.write_bytes(b"\5")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def profile(self, elf, *args, stdin=b""):
        """What --profile says: {name: row}, tables, folded stacks; they must agree with each other."""
        path = self.folder / "folded"
        facts, _ = run_json(elf, f"--profile={path}", *args, stdin=stdin)
        rows, stacks = facts["profile"]["functions"], folded_stacks(path)
        cycles = facts["cycles"]
        self.assertEqual(sum(r["exclusive"] for r in rows), cycles)
        self.assertEqual(sum(stacks.values()), cycles)
        tables = facts["profile"]["tables"]
        self.assertEqual(sum(t["instructions"] for t in tables), cycles)
        self.assertAlmostEqual(sum(r["cells"] for r in rows), sum(t["cells"] for t in tables), delta=0.1 * len(rows))
        by_name = {r["name"]: r for r in rows}
        if len(by_name) == len(rows):  # no two functions share a name
            for name, row in by_name.items():
                self.assertEqual(row["exclusive"], sum(n for s, n in stacks.items() if s[-1] == name), name)
                self.assertEqual(row["inclusive"], sum(n for s, n in stacks.items() if name in s), name)
        return facts, by_name, {t["table"]: t for t in tables}, stacks

    def test_known_calls(self):
        facts, rows, _, stacks = self.profile(self.calls, "--private", self.input)
        self.assertEqual(facts["exit_code"], 3)
        self.assertEqual(facts["output"][:8], "00000037")  # 1 + 4 + 9 + 16 + 25
        self.assertEqual(rows["_start"]["inclusive"], facts["cycles"])
        self.assertEqual(rows["square"]["calls"], 5 + 1 + 1)  # from the loop, the tail call, and a pointer
        for name in ("main", "sum_of_squares", "tail", "catcher", "middle", "leave"):
            self.assertEqual(rows[name]["calls"], 1, name)
        # Every call of square costs the same, and five of the seven are below the loop.
        chain = ("_start", "main")
        self.assertEqual(stacks[chain + ("sum_of_squares", "square")] * 2, stacks[chain + ("square",)] * 5)
        # The non-local exit left three functions at once: what follows is called by main again.
        self.assertIn(chain + ("catcher", "middle", "leave"), stacks)
        self.assertIn(chain + ("write_output",), stacks)
        self.assertEqual({s[:2] for s in stacks if len(s) > 1}, {chain, ("_start", "mipzk_halt")})
        self.assertFalse([s for s in stacks if "write_output" in s and "catcher" in s])

    def test_single_steps_give_the_same_profile(self):
        grouped = self.profile(self.calls, "--private", self.input)
        single = self.profile(self.calls, "--private", self.input, "--trace=0:1000000")
        self.assertEqual(grouped[0]["profile"], single[0]["profile"])
        self.assertEqual(grouped[3], single[3])

    def test_recursion(self):
        # hanoi(n) without its tail call: each level calls once and goes on itself.
        data = bytes([2, 3, 6]) + bytes(range(64, 0, -1))
        _, rows, _, stacks = self.profile(GUESTS / "recursion.elf", "--private", "-", stdin=data)
        self.assertGreaterEqual(max(len(s) for s in stacks), 5)
        self.assertEqual(rows["ackermann"]["inclusive"], rows["ackermann"]["exclusive"])

    def test_deep_recursion_is_cut(self):
        path = self.folder / "deep"
        result = mipzk("run", GUESTS / "faults.elf", "--private", "-", "--guest-memory", "1M", f"--profile={path}",
                       stdin=bytes([17]))
        self.assertEqual(result.returncode, 5)  # endless recursion: the memory limit
        stacks = folded_stacks(path)
        self.assertLessEqual(max(map(len, stacks)), 256)
        self.assertIn("endless_recursion", result.stderr.decode())

    def test_without_symbols(self):
        stripped = self.folder / "stripped.elf"
        subprocess.run([pathlib.Path(OBJDUMP).parent / pathlib.Path(OBJDUMP).name.replace("objdump", "strip"),
                        self.calls, "-o", stripped], check=True)
        with_names = self.profile(self.calls, "--private", self.input)[3]
        addresses = self.profile(stripped, "--private", self.input)[3]
        for chain in addresses:
            self.assertTrue(all(re.fullmatch("0x[0-9a-f]{8}", name) for name in chain), chain)
        # The targets of jal are functions still: the same main.
        self.assertEqual(sorted(with_names.values())[-3:], sorted(addresses.values())[-3:])

    def test_linux_program(self):
        _, rows, _, stacks = self.profile(self.linux, "--private", "-", stdin=b"hello")
        kernel = [name for name in rows if name.startswith("kernel:")]
        self.assertIn("kernel:__trap", kernel)
        self.assertGreater(len(kernel), 5)
        chain = next(s for s in stacks if s[-1] == "copy")
        self.assertIn("main", chain)
        # A system call is called by the function that makes it, and returns to it.
        self.assertTrue([s for s in stacks if s[:len(chain)] == chain and "kernel:__trap" in s])
        self.assertFalse([s for s in stacks if "kernel:__trap" in s and "main" in s[s.index("kernel:__trap"):]])

    def test_exceptions_and_threads(self):
        compiler = GCC.removesuffix("gcc") + "g++"
        try:
            elf = self.folder / "threads.elf"
            subprocess.run([compiler, "-O1", "-static", HERE / "calls_threads.cpp", "-o", elf], check=True)
        except FileNotFoundError:
            self.skipTest(f"{compiler} is not installed")
        facts, rows, _, stacks = self.profile(elf)
        self.assertEqual(bytes.fromhex(facts["output"]), b"143\n")
        catcher, middle, thrower = "demo::catcher(int)", "demo::middle(int)", "demo::thrower(int)"
        self.assertEqual([rows[f]["calls"] for f in (catcher, middle, thrower)], [5, 5, 5])
        # Two of the five ended with an exception. What follows is called by main again.
        self.assertEqual(rows["demo::afterwards(int)"]["calls"], 6)
        callers = {s[s.index("demo::afterwards(int)") - 1] for s in stacks if "demo::afterwards(int)" in s}
        self.assertEqual(callers, {"main"})
        # The threads have stacks of their own, and each part belongs to a worker.
        parts = [s for s in stacks if s[-1] == "demo::part(int)"]
        self.assertEqual({s[-2] for s in parts}, {"demo::worker(void*)"})
        self.assertFalse([s for s in parts if "main" in s])
        self.assertEqual(rows["demo::part(int)"]["calls"], 6)

    def test_profile_text(self):
        result = mipzk("run", "--profile", self.calls, "--private", self.input)
        text = result.stderr.decode()
        self.assertRegex(text, r"profile: \d+ instructions, \d+ trace cells")
        self.assertRegex(text, r"(?m) 7 +\d+ +[\d.]+  square$")
        self.assertRegex(text, r"(?m)^ +\d+ +[\d.]+ +\d+ +[\d.]+  LoadWord$")
        self.assertEqual(text, mipzk("run", "--profile", self.calls, "--private", self.input).stderr.decode())

    def trace(self, elf, *args, stdin=b""):
        facts, text = run_json(elf, *args, stdin=stdin)
        lines = [TRACE_LINE.match(line) for line in text.splitlines()]
        self.assertNotIn(None, lines, text[:2000])
        return facts, lines, text

    def test_trace(self):
        facts, lines, text = self.trace(self.calls, "--private", self.input, "--trace")
        self.assertEqual([int(m[1]) for m in lines], list(range(facts["cycles"])))
        # The instructions are those that objdump shows at these addresses.
        listing = subprocess.run([OBJDUMP, "-d", "-Mno-aliases", self.calls], capture_output=True, check=True).stdout
        known = {}
        for m in re.finditer(r"(?m)^ *([0-9a-f]+):\t[0-9a-f]{8} \t(.*)$", listing.decode()):
            words = re.sub(r" *<.*>$", "", m[2]).strip().split("\t")
            known[int(m[1], 16)] = words
        compared = 0
        for m in lines:
            name, _, operands = m[5].partition(" ")
            expected = known[int(m[2], 16)]
            if name == "nop":
                continue  # the one alias that is shown
            self.assertEqual(name, expected[0].strip())
            numbers = [int(x, 16) for x in re.findall("0x([0-9a-f]+)", operands)]
            if name not in ("j", "jal") and not name.startswith("b"):
                self.assertEqual(operands, expected[1] if len(expected) > 1 else "")
                compared += 1
            elif numbers:
                self.assertEqual(f"{numbers[-1]:x}", re.split(",", expected[1])[-1].removeprefix("0x"))
        self.assertGreater(compared, 200)
        # A part of it is that part.
        part = self.trace(self.calls, "--private", self.input, "--trace=100:120")[2]
        self.assertEqual(part, "".join(line + "\n" for line in text.splitlines()[100:120]))

    def test_trace_values(self):
        """The shown values follow from each other, instruction by instruction."""
        _, lines, _ = self.trace(self.calls, "--private", self.input, "--trace")
        registers, memory = {"zero": 0}, {}
        checked = 0
        for m in lines:
            name, _, operands = m[5].partition(" ")
            effects = dict(re.findall(r" (\w+)=0x([0-9a-f]+)", m[6]))
            address = re.search(r"\[0x([0-9a-f]+)\](?:=0x([0-9a-f]+))?", m[6])
            if name == "addiu":
                rd, rs, immediate = operands.split(",")
                if rs in registers:
                    self.assertEqual(int(effects[rd], 16), (registers[rs] + int(immediate)) % 2**32, m[0])
                    checked += 1
            elif name == "sw":
                memory[int(address[1], 16)] = int(address[2], 16)
                register = operands.split(",")[0]
                if register in registers:
                    self.assertEqual(int(address[2], 16), registers[register], m[0])
                    checked += 1
            elif name == "lw" and int(address[1], 16) in memory:
                self.assertEqual(int(effects[operands.split(",")[0]], 16), memory[int(address[1], 16)], m[0])
                checked += 1
            elif name in ("sb", "sh", "swl", "swr"):
                memory.pop(int(address[1], 16) & ~3, None)
            elif name == "jal":
                self.assertEqual(int(effects["ra"], 16), int(m[2], 16) + 8)
            registers.update((r, int(v, 16)) for r, v in effects.items())
        self.assertGreater(checked, 60)

    def test_trace_agrees_with_the_profile(self):
        _, lines, _ = self.trace(self.calls, "--private", self.input, "--trace")
        _, rows, tables, _ = self.profile(self.calls, "--private", self.input)
        self.assertEqual(tables["LoadWord"]["instructions"], sum(m[5].startswith("lw ") for m in lines))
        self.assertEqual(tables["JumpReg"]["instructions"], sum(m[5].startswith("jr ") for m in lines))
        self.assertEqual(rows["square"]["exclusive"], sum(m[3] == "square" for m in lines))

    def test_strace_of_linux(self):
        facts, text = run_json(self.linux, "--private", "-", "--strace", stdin=b"hello\n")
        self.assertEqual(facts["exit_code"], 6)
        lines = text.splitlines()
        calls = [line for line in lines if line.startswith(("read(", "write(", "open"))]
        self.assertEqual(calls[0], 'read(0, "hello\\n", 16) = 6')
        self.assertEqual(calls[1], 'write(1, "hello\\n", 6) = 6')
        self.assertRegex(calls[2], r'^open(at\(AT_FDCWD, |\()"/no/such/file", .*\) = -1 ENOENT \(errno 2\)$')
        self.assertEqual(lines[-2:], ["exit_group(6) = ?", "+++ exited with 6 +++"])
        for line in lines[:-2]:
            self.assertRegex(line, r"^\w+\(.*\) = (-?\d+|0x[0-9a-f]+)( E\w+ \(errno \d+\))?$")

    def test_strace_of_machine_calls(self):
        facts, text = run_json(GUESTS / "exit_code.elf", "--private", "-", "--strace", stdin=b"\1\0\0\1\0")
        lines = text.splitlines()
        self.assertEqual(facts["exit_code"], 256)
        self.assertEqual(lines[-2:], ["halt(256) = ?", "+++ exited with 256 +++"])
        printed = next(i for i, s in enumerate(lines) if s.startswith('print("exit_code: about to end'))
        self.assertEqual(lines[printed + 1], "exit_code: about to end")
        self.assertTrue([s for s in lines if s.startswith("cycle(7) = ")], text)

    def test_strace_begins_its_lines_below_what_the_guest_shows(self):
        source, elf = self.folder / "partial.c", self.folder / "partial.elf"
        source.write_text('#include <unistd.h>\nint main(void) { return write(2, "ab", 2) + write(2, "c\\n", 2) - 4; }')
        subprocess.run([GCC, "-O1", "-static", source, "-o", elf], check=True)
        _, text = run_json(elf, "--strace")
        self.assertIn('\nab\nwrite(2, "ab", 2) = 2\nc\nwrite(2, "c\\n", 2) = 2\n', text)

    def test_a_word_of_data_brings_no_kernel(self):
        source, elf = self.folder / "word.S", self.folder / "word.elf"
        source.write_text(".globl __start\n__start: li $a0, 9\nsyscall 1\n.section .rodata\n.word 12\n")
        subprocess.run([GCC, "-nostdlib", "-static", "-mno-abicalls", "-fno-pic", source, "-o", elf], check=True)
        facts, _ = run_json(elf)
        self.assertEqual((facts["exit_code"], facts["cycles"]), (9, 2))

    def test_a_report_says_nothing_twice(self):
        result = mipzk("run", GUESTS / "faults.elf", "--private", "-", stdin=b"\3")
        lines = result.stderr.decode().splitlines()
        place = re.search(r"at 0x[0-9a-f]{8} \(.*\): .*", lines[0])[0]
        self.assertEqual([line for line in lines if place in line], lines[:1])

    def test_call_stack_of_a_fault(self):
        for options in ([], ["--profile"]):
            text = mipzk("run", *options, GUESTS / "faults.elf", "--private", "-", stdin=b"\3").stderr.decode()
            places = re.findall(r"(?m)^ +#(\d+) +0x[0-9a-f]{8} \((\w+)\+0x[0-9a-f]+\)$", text)
            self.assertEqual(places, [("0", "store"), ("1", "main"), ("2", "_start")], text)
        # Endless recursion: the stack is cut.
        text = mipzk("run", GUESTS / "faults.elf", "--private", "-", "--guest-memory", "16M", "--profile",
                     stdin=bytes([17])).stderr.decode()
        self.assertLess(text.count("endless_recursion"), 50)

    def test_faults_keep_jump_targets_to_themselves(self):
        # A jump to an address made of private bytes, to where there is no instruction: the run stops there, in the delay
        # slot, or in the kernel, which the slot calls with a null pointer; and after so many instructions. Or the kernel
        # makes a signal of it.
        source, elf, private = (self.folder / name for name in ("jump.S", "jump.elf", "jump.private"))
        source.write_text(""".set noreorder
            .globl __start
            __start: lui $t0, 0xa000
            lw $t1, 16($t0) # of a Linux program the first bytes of its stream
            lw $ra, 16($t0)
            li $v0, 4003 # read(0, 0, 4)
            li $a0, 0
            li $a1, 0
            li $a2, 4
            jump: JUMP
            SLOT
            """)
        stacks, deaths = set(), set()
        for jump in ("jr $t1", "jalr $t1", "jr $ra"):
            for slot in ("nop", "lw $a0, 0($zero)", "syscall", "nop; li $v0, 4001; syscall"):
                subprocess.run([GCC, "-nostdlib", "-static", "-march=mips32r2", "-mno-abicalls", "-fno-pic", f"-DJUMP={jump}",
                                f"-DSLOT={slot}", source, "-o", elf], check=True)
                for secret in (b"SECP", b"SECQ"):
                    private.write_bytes(4 * secret)
                    for options in ([], ["--profile"], *(["--profile", "--max-cycles", str(n)] for n in (7, 8, 9, 740, 780))):
                        result = mipzk("run", *options, "--private", private, elf)
                        text = result.stderr.decode()
                        died = result.returncode == 0 and "syscall" in slot
                        if died:
                            self.assertRegex(result.stdout.decode(), r"exit code +13[89]\n")
                            self.assertIn("killed by signal 1", text)
                        deaths.add(died)
                        self.assertEqual(result.returncode, 0 if died else 5, options)
                        self.assertNotRegex(text.lower(), "534543|sec[pq]", f"{jump}, {slot}, {options}")
                        stacks.add(tuple(re.findall(r"(?m)^ +#\d+ +(?:0x\w+ \()?([a-z_ :']+)", text)))
        self.assertIn(("an address outside the program's code",), stacks)
        self.assertIn(("jump",), stacks)
        self.assertEqual(deaths, {False, True})
        self.assertTrue([s for s in stacks if s[-2:] == ("kernel:__trap", "jump")], stacks)

    def test_everything_at_once_changes_nothing(self):
        plain, _ = run_json(self.calls, "--private", self.input)
        watched, _ = run_json(self.calls, "--private", self.input, "--profile", "--strace", "--trace=3:9")
        for key in ("exit_code", "cycles", "output"):
            self.assertEqual(plain[key], watched[key])

    def test_usage(self):
        for args, says in (
            (["--gdb", "0", "--profile"], "--gdb does not go together"),
            (["--gdb", "0", "--trace"], "--gdb does not go together"),
            (["--gdb", "0", "--strace"], "--gdb does not go together"),
            (["--gdb", "65536"], "port"),
            (["--gdb", "x"], "number"),
            (["--trace=5"], "FROM:TO"),
            (["--trace=9:3"], "empty"),
            (["--trace=a:b"], "number"),
            (["--profile=-", "--output", "-"], "standard output"),
        ):
            result = mipzk("run", *args, self.calls)
            self.assertEqual(result.returncode, 2, args)
            self.assertIn(says, result.stderr.decode())
            self.assertEqual(result.stdout, b"")
        result = mipzk("run", f"--profile={self.folder}/no/file", self.calls)
        self.assertEqual(result.returncode, 3)
        text = mipzk("run", "--help").stdout.decode()
        for option in ("--profile", "--trace", "--strace", "--gdb"):
            self.assertGreaterEqual(text.count(option), 2, option)  # the list and an example


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
