#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files, arguments, environment, clock and random numbers of Linux programs, with the tool: run, proved, verified.

usage: inputs_test.py MIPZK SOURCE_FOLDER MIPS_GCC     (standard library only)
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MIPZK, SOURCE, GCC = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
# Small: no C library. Puts out the file that argv[1] names and the clock.
PROGRAM = """
static long call(long n, long a, long b, long c) {
  register long v0 __asm__("$2") = n, a0 __asm__("$4") = a, a1 __asm__("$5") = b, a2 __asm__("$6") = c;
  register long a3 __asm__("$7");
  __asm__ volatile("syscall" : "+r"(v0), "=r"(a3) : "r"(a0), "r"(a1), "r"(a2) : "$1", "$3", "$8", "$9", "$10", "$11",
                   "$12", "$13", "$14", "$15", "$24", "$25", "memory");
  return a3 ? -v0 : v0;
}
void begin(long* stack) {
  char bytes[100];
  long seconds = call(4013, 0, 0, 0), fd = stack[0] == 2 ? call(4005, stack[2], 0, 0) : -1, n = call(4003, fd, (long)bytes, 100);
  if (n > 0) call(4004, 1, (long)bytes, n);
  call(4004, 1, (long)&seconds, 4);
  call(4246, n < 0, 0, 0);
}
__asm__(".globl __start\\n__start: move $4, $sp\\naddiu $sp, $sp, -32\\nj begin\\n");
"""


class Inputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        (cls.folder / "program.c").write_text(PROGRAM)
        flags = ["-O2", "-nostdlib", "-static", "-march=mips32r2", "-mno-abicalls", "-fno-pic", "-fno-builtin"]
        for order, name in (("-EB", "program.elf"), ("-EL", "little.elf")):
            subprocess.run([GCC, order, *flags, "program.c", "-o", name], cwd=cls.folder, check=True)
        for name, data in (("data", b"in the file"), ("other", b"different"), ("short", b"31")):
            (cls.folder / name).write_bytes(data)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def mipzk(self, code, *args):
        process = subprocess.run([MIPZK, *args], cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(process.returncode, code, process.stdout + process.stderr)
        return process.stdout, process.stderr

    def output(self, *args, elf="program.elf"):
        return bytes.fromhex(json.loads(self.mipzk(0, "run", "--json", elf, *args)[0])["output"])

    def test_a_run(self):
        for elf, order in (("program.elf", "big"), ("little.elf", "little")):
            default, clock = (n.to_bytes(4, order) for n in (946684801, 1700000000))
            self.assertEqual(self.output("--arg", "/d/x", "--file", "/d/x=data", elf=elf), b"in the file" + default)
            self.assertEqual(self.output("--clock", "1700000000", elf=elf), clock)
            self.assertEqual(self.output("--arg", "x", "--public-file", "x=data", "--file", "/y=other", "--clock",
                                         "1700000000", elf=elf), b"in the file" + clock)

    def test_a_proof_binds_what_is_public(self):
        public = ["--arg", "/x", "--env", "A=b", "--public-file", "x=data", "--clock", "1700000000"]
        self.mipzk(0, "prove", "program.elf", *public, "--file", "/private=other", "--proof", "proof")
        verify = ["verify", "proof", "--elf", "program.elf"]
        program_id = json.loads(self.mipzk(0, *verify, "--json")[0])["program_id"]
        self.mipzk(0, *verify, *public)
        self.mipzk(0, "verify", "proof", "--program-id", program_id, *public)
        for i in range(0, len(public), 2):  # one is missing
            _, err = self.mipzk(9, *verify, *public[:i], *public[i + 2:])
            self.assertIn("public input is not the expected one", err)
        for more in (["--arg", "y"], ["--env", "B=c"], ["--public-file", "/y=data"], ["--public", "data"]):
            self.mipzk(9, *verify, *public, *more)
        for old, new in (("A=b", "A=c"), ("x=data", "x=other"), ("x=data", "z=data"), ("1700000000", "1700000001")):
            self.mipzk(9, *verify, *[new if word == old else word for word in public])
        _, err = self.mipzk(2, *verify, *public, "--expect-public-input", "data")
        self.assertIn("does not go together", err)

    def test_mistakes(self):
        for code, args, says in (
            (2, ["--file", "x"], "wants NAME=PATH"),
            (2, ["--file", "=data"], "wants NAME=PATH"),
            (2, ["--file", "/dev/null=data"], "not in /dev"),
            (2, ["--public-file", "a/../b=data"], "without empty parts"),
            (3, ["--file", "/x=nothing"], "No such file"),
            (2, ["--file", "/x=data", "--public-file", "x=other"], "this name already"),
            (2, ["--env", "novalue"], "NAME=VALUE"),
            (2, ["--clock", "0"], "seconds since 1970"),
            (2, ["--clock", "4294967296"], "seconds since 1970"),
            (2, ["--random", "short"], "32 bytes"),
            (2, ["--file", "/x=-", "--private", "-"], "only one input"),
            (2, ["--file", "/x=data", "--output", "data"], "same file"),
        ):
            _, err = self.mipzk(code, "run", "program.elf", *args)
            self.assertIn(says, err, args)
        (self.folder / "bare.S").write_text(".globl __start\n__start: li $a0, 0\nsyscall 1\n")
        subprocess.run([GCC, "-nostdlib", "-static", "-mno-abicalls", "-fno-pic", "bare.S", "-o", "bare.elf"],
                       cwd=self.folder, check=True)
        _, err = self.mipzk(2, "run", "bare.elf", "--arg", "x")
        self.assertIn("no system calls of Linux", err)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
