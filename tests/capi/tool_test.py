#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The mipzk tool without proving: help, errors, exit codes, JSON, inputs, whole outputs.

usage: tool_test.py MIPZK GUEST_FOLDER ...     (standard library only)
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time
import unittest

MIPZK, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])


def mipzk(*args, stdin=b""):
    return subprocess.run([MIPZK, *map(str, args)], input=stdin, capture_output=True, timeout=300)


class Tool(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def fails(self, code, *args, stdin=b"", says=""):
        result = mipzk(*args, stdin=stdin)
        text = result.stderr.decode()
        self.assertEqual(result.returncode, code, text)
        self.assertEqual(result.stdout, b"")
        self.assertTrue(text.startswith("mipzk: "), text)
        self.assertIn(says, text)
        return text

    def test_help_and_version_everywhere(self):
        for command in ((), ("run",), ("prove",), ("verify",), ("inspect",), ("id",), ("security",)):
            for option in ("--help", "-h"):
                result = mipzk(*command, option)
                self.assertEqual(result.returncode, 0)
                self.assertIn(b"Exit codes:", result.stdout)
                self.assertEqual(result.stderr, b"")
            result = mipzk(*command, "--version")
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stdout.decode(), r"^mipzk \d+\.\d+\.\d+ ")
        self.assertIn(b"It hides the private input", mipzk("prove", "--help").stdout)

        for command in ("prove", "id"):
            self.assertEqual(mipzk("help", command).stdout, mipzk(command, "--help").stdout)
        self.assertEqual(mipzk("help").stdout, mipzk("--help").stdout)
        self.fails(2, "help", "frobnicate", says="frobnicate")

    def test_the_id_is_what_verify_takes(self):
        program, proof = GUESTS / "echo.elf", self.folder / "for the id"
        self.assertEqual(mipzk("prove", program, "--proof", proof).returncode, 0)
        line = mipzk("id", program).stdout.decode()
        self.assertRegex(line, r"^[0-9a-f]{64}\n$")
        self.assertEqual(json.loads(mipzk("id", program, "--json").stdout)["program_id"], line.strip())
        self.assertEqual(mipzk("verify", proof, "--program-id", line.strip()).returncode, 0)
        self.fails(3, "id", self.folder / "no such file", says="no such file")

    def test_usage_errors(self):
        self.assertEqual(mipzk().returncode, 2)
        self.fails(2, "frobnicate", says="frobnicate")
        self.fails(2, "run", says="missing")
        self.fails(2, "run", "--nonsense", "x", says="nonsense")
        self.fails(2, "run", "--max-cyc", "5", "x", says="max-cyc")
        self.fails(2, "run", GUESTS / "echo.elf", "--max-cycles", "-1", says="number")
        self.fails(2, "run", GUESTS / "echo.elf", "--max-cycles", "5x", says="number")
        self.fails(2, "run", GUESTS / "echo.elf", "--guest-memory", "99999999999G", says="number")
        self.fails(2, "run", GUESTS / "echo.elf", "--public", "-", "--private", "-", says="one input")
        self.fails(2, "prove", GUESTS / "echo.elf", says="missing")
        self.fails(2, "prove", GUESTS / "echo.elf", "--proof", self.folder / "p", "--profile", "X", says="S100")
        seed = self.file("seed", b"short")
        self.fails(2, "prove", GUESTS / "echo.elf", "--proof", self.folder / "p", "--seed", seed, says="32")
        proof = self.file("proof", b"MPZK")
        self.fails(2, "verify", proof, says="--program-id or --elf")
        self.fails(2, "verify", proof, "--program-id", "12", says="64")

    def test_files_that_are_not_there(self):
        self.fails(3, "run", self.folder / "none.elf", says="No such file")
        self.fails(3, "run", GUESTS / "echo.elf", "--private", self.folder / "none", says="private input")
        self.fails(3, "run", GUESTS / "echo.elf", "--output", self.folder / "no" / "out", says="output")
        self.fails(3, "prove", GUESTS / "echo.elf", "--proof", self.folder, says="proof")
        self.fails(3, "inspect", self.folder / "none", says="No such file")

    def test_programs_that_cannot_be_loaded(self):
        self.fails(4, "run", self.file("text.elf", b"hello"), says="cannot load")
        self.fails(4, "inspect", self.file("cut.elf", (GUESTS / "echo.elf").read_bytes()[:200]))
        self.fails(4, "run", sys.executable)

    def test_run(self):
        out = self.folder / "out"
        private = self.file("private", b"secret")
        public = self.file("public", b"abc")
        result = mipzk("run", GUESTS / "echo.elf", "--public", public, "--private", private, "--output", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(out.read_bytes(), b"abcsecret\0\0\0\3\0\0\0\6")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["out", "private", "public"])
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o666 & ~mask)

    def test_private_input_from_stdin_and_output_to_stdout(self):
        result = mipzk("run", GUESTS / "echo.elf", "--private", "-", "--output", "-", stdin=b"x" * 100000)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, b"x" * 100000 + b"\0\0\0\0" + (100000).to_bytes(4, "big"))
        self.assertIn(b"cycles", result.stderr)

    def test_output_through_a_link_and_to_a_device(self):
        target = self.file("target", b"old")
        link = self.folder / "link"
        link.symlink_to(target)
        self.assertEqual(mipzk("run", GUESTS / "echo.elf", "--output", link).returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_bytes(), b"\0" * 8)
        self.assertEqual(mipzk("run", GUESTS / "echo.elf", "--output", "/dev/null").returncode, 0)

    def test_json(self):
        private = self.file("private", b"\1\0\0\1\0")
        result = mipzk("run", GUESTS / "exit_code.elf", "--private", private, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        facts = json.loads(result.stdout)
        self.assertEqual(facts["exit_code"], 256)
        self.assertEqual(facts["output"], "fffffeff")
        self.assertGreater(facts["cycles"], 50)
        self.assertIn(b"exit_code: about to end", result.stderr)  # PRINT
        self.assertIn(b"mark 7 at cycle", result.stderr)
        result = mipzk("inspect", GUESTS / "sha256.elf", "--symbols", "--json")
        facts = json.loads(result.stdout)
        self.assertEqual(facts["kind"], "program")
        self.assertEqual(len(facts["program_id"]), 64)
        self.assertIn("main", [s["name"] for s in facts["symbol_table"]])
        self.assertIn("r-x", [s["flags"] for s in facts["segments"]])
        profiles = json.loads(mipzk("security", "--json").stdout)["profiles"]
        self.assertEqual([p["name"] for p in profiles], ["S100", "C100", "S128", "C128"])
        result = mipzk("run", self.folder / "none", "--json")
        self.assertEqual(result.returncode, 3)
        self.assertFalse(json.loads(result.stdout)["ok"])
        result = mipzk("run", GUESTS / "faults.elf", "--private", "-", "--json", stdin=b"\1")
        self.assertEqual(json.loads(result.stdout)["status"], "MIPZK_E_FAULT")

    def test_faults_and_limits(self):
        text = self.fails(5, "run", GUESTS / "faults.elf", "--private", "-", stdin=b"\1", says="did not finish")
        self.assertIn("load", text)
        out = self.file("out", b"kept")
        self.fails(5, "run", GUESTS / "faults.elf", "--private", "-", "--output", out, stdin=b"\3")
        self.assertEqual(out.read_bytes(), b"kept")
        self.fails(5, "run", GUESTS / "sha256.elf", "--max-cycles", "100", says="cycle")
        self.fails(5, "run", GUESTS / "sha256.elf", "--private", "-", "--guest-memory", "4K", stdin=b"x" * 99999)

    def test_different_programs_have_different_ids(self):
        ids = {json.loads(mipzk("inspect", GUESTS / f"{name}.elf", "--json").stdout)["program_id"]
               for name in ("echo", "sha256", "exit_code", "echo_small")}
        self.assertEqual(len(ids), 4)

    def test_proofs_that_are_none(self):
        proof = self.file("proof", b"MPZK" + b"\0" * 100)
        self.fails(6, "verify", proof, "--program-id", "00" * 32, says="not accepted")
        self.fails(6, "inspect", proof)
        self.fails(6, "inspect", self.file("empty", b""))
        self.fails(6, "security", proof)
        self.fails(6, "verify", proof, "--program-id", "00" * 32, "--max-proof-bytes", "50", says="longer")

    def test_interrupt_leaves_nothing(self):
        private = self.file("private", b"\0" * (40 << 20))
        out = self.folder / "out"
        process = subprocess.Popen([MIPZK, "run", GUESTS / "sha256.elf", "--private", private, "--output", out],
                                   stderr=subprocess.PIPE)
        time.sleep(1)
        process.send_signal(2)
        text = process.communicate(timeout=60)[1].decode()
        self.assertEqual(process.returncode, 130, text)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["private"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
