#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The limits of the mipzk tool: cycles, what one proof can hold, memory; what it shows meanwhile, and Ctrl-C.

usage: limits_test.py MIPZK GUEST_FOLDER SOURCE_FOLDER MIPS_GCC     (standard library only)
"""

import json
import os
import pathlib
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

MIPZK, GUESTS, SOURCE, GCC = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]
SHA256 = GUESTS / "sha256.elf"
SANITIZED = "MIPZK_SANITIZED" in os.environ
MIB = 1 << 20


def mipzk(*args, limits=(), timeout=120):
    def limit():
        for kind, size in limits:
            resource.setrlimit(kind, (size, size))
    return subprocess.run([MIPZK, *map(str, args)], capture_output=True, timeout=timeout, preexec_fn=limit)


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.endless = cls.folder / "endless.elf"
        subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", SOURCE / "tests/capi/endless.c", "-o", cls.endless],
                       check=True, env={**os.environ, "MIPZK_GCC": GCC})
        cls.input = cls.folder / "input"
        cls.input.write_bytes(bytes(15200))  # a million instructions
        cls.proof = cls.folder / "proof"

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def fails(self, code, *args, once=(), never=(), **kwargs):
        """Each word of `once` is said once."""
        result = mipzk(*args, **kwargs)
        text = result.stderr.decode()
        self.assertEqual(result.returncode, code, text)
        self.assertFalse(self.proof.exists())
        for words in once:
            self.assertEqual(text.count(words), 1, f"{words!r} in {text}")
        for words in never:
            self.assertNotIn(words, text)
        return text

    def test_every_run_has_a_limit(self):
        if SANITIZED:
            self.skipTest("2^32 instructions take too long with a sanitizer")
        self.fails(5, "run", self.endless, once=["4294967296", "--max-cycles", "endless loop"], never=["\33"])

    def test_the_limit_can_be_changed(self):
        for tool in ([], ["--profile"], ["--trace=5:6"], ["--strace"]):
            self.fails(5, "run", self.endless, "--max-cycles", "300000", *tool, once=["limit of 300000 "])
        self.fails(5, "prove", self.endless, "--proof", self.proof, "--max-cycles", "300000", once=["limit of 300000 "])

    def test_what_a_profile_has_no_security_for(self):
        self.fails(5, "prove", self.endless, "--proof", self.proof, "--profile", "C128", "--shard-cells", "4M", timeout=60,
                   once=["cannot prove", "shards are too many for profile C128"], never=["shape", "--grow", "\33"])

    def test_what_a_shape_has_no_room_for(self):
        shape = self.folder / "shape"
        self.assertEqual(mipzk("inspect", SHA256, "--shape", shape).returncode, 0)
        text = self.fails(5, "prove", SHA256, "--private", self.input, "--shape", shape, "--proof", self.proof,
                          once=["fixed shape", "its table ", " 608 ", "--grow"])
        self.assertRegex(text, r"after 262144 instructions")
        data = bytearray(shape.read_bytes())
        data[5::2] = bytes([22]) * len(data[5::2])
        high = self.folder / "high shape"
        high.write_bytes(data)
        self.fails(5, "prove", SHA256, "--shape", high, "--proof", self.proof, timeout=60,
                   once=["no proof can have the fixed shape", "bus messages", " 268435456", "most of them in "])

    def test_memory_that_is_not_there(self):
        if SANITIZED:
            self.skipTest("sanitizers take address space of their own")
        for kind, name in ((resource.RLIMIT_AS, "address space"), (resource.RLIMIT_DATA, "data segment")):
            text = self.fails(12, "prove", SHA256, "--private", self.input, "--proof", self.proof,
                              limits=[(kind, 800 * MIB)], once=["MiB of memory", "half of what", name, "--max-memory"])
            needed, left = map(int, re.search(r"takes about (\d+) MiB .* the (\d+) MiB that", text).groups())
            self.assertTrue(450 < needed < 800 and 250 < left < 450, text)
        # Whoever knows better is believed, and then the memory is gone in the end.
        text = self.fails(12, "prove", SHA256, "--private", self.input, "--proof", self.proof, "--max-memory",
                          "100G", limits=[(resource.RLIMIT_AS, 500 * MIB)], once=["out of memory"])
        self.assertNotIn("takes about", text)

    def test_memory_that_is_not_allowed(self):
        text = self.fails(12, "prove", SHA256, "--private", self.input, "--proof", self.proof, "--max-memory", "60M",
                          once=["more than the 60 MiB", "allows it"])
        self.assertRegex(text, r"takes about 1\d\d MiB")
        result = mipzk("prove", SHA256, "--private", self.input, "--proof", self.proof, "--max-memory", "60M", "--json")
        self.assertEqual(json.loads(result.stdout)["status"], "MIPZK_E_NO_MEMORY")

    def test_a_budget_of_memory(self):
        """Shards get smaller, and the process stays below it; the proof is good."""
        if SANITIZED:
            self.skipTest("sanitizers take memory of their own")
        proof = self.folder / "in a budget"
        for budget in (700, 256):
            result = mipzk("prove", SHA256, "--private", self.input, "--proof", proof, "--max-memory", f"{budget}M", "--json",
                           timeout=300)
            self.assertEqual(result.returncode, 0, result.stderr)
            facts = json.loads(result.stdout)
            self.assertLessEqual(facts["peak_memory_mib"], budget)
            self.assertLessEqual(facts["estimated_memory_mib"], budget)
            self.assertGreater(facts["shards"], 1)
            self.assertEqual(mipzk("verify", proof, "--elf", SHA256).returncode, 0)

    def test_memory_of_a_short_run(self):
        """The cells of this run take 52 MiB, and 103 extended; a shard keeps the latter alone."""
        if SANITIZED:
            self.skipTest("sanitizers take memory of their own")
        short = self.folder / "short"
        short.write_bytes(bytes(2100))
        result = mipzk("prove", SHA256, "--private", short, "--proof", self.folder / "of short", "--json")
        facts = json.loads(result.stdout)
        self.assertGreater(facts["cycles"], 140_000)
        self.assertLess(facts["peak_memory_mib"], 190)

    def test_a_run_does_not_commit_to_the_program(self):
        """That takes two extensions of all code, whether it is executed or not: half a million words here."""
        if SANITIZED:
            self.skipTest("sanitizers take memory of their own")
        source, large = self.folder / "large.c", self.folder / "large.elf"
        source.write_text('extern char code[];\n'
                          '__asm__(".text\\n.globl code\\ncode:\\n.rept 500000\\naddiu $8, $8, 1\\n.endr\\n");\n'
                          'int main(void) { char *volatile kept = code; return kept == 0; }\n')
        subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", source, "-o", large], check=True,
                       env={**os.environ, "MIPZK_GCC": GCC})

        def peak(command):
            child = subprocess.Popen([MIPZK, command, large], stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(child.returncode, 0)
            return usage.ru_maxrss
        self.assertLess(peak("run"), 0.7 * peak("id"))

    def test_an_estimate(self):
        args = [SHA256, "--private", self.input, "--shard-cells", "8M"]
        estimate = json.loads(mipzk("run", "--estimate", "--json", *args, timeout=300).stdout)
        facts = json.loads(mipzk("prove", *args, "--proof", self.folder / "estimated", "--json", timeout=300).stdout)
        for name in ("cycles", "shards", "cells", "shards_at_a_time", "shard_cells"):
            self.assertEqual(estimate[name], facts[name], name)
        self.assertLess(abs(estimate["estimated_proof_bytes"] / facts["proof_bytes"] - 1), 0.05)
        self.assertGreater(estimate["estimated_seconds"], 0)
        self.assertFalse(self.proof.exists())
        self.fails(2, "run", "--estimate", "--trace", *args, once=["--estimate goes with"])

    def test_progress_as_json_lines(self):
        result = mipzk("prove", SHA256, "--private", self.input, "--proof", self.folder / "told", "--json", timeout=300)
        lines = [json.loads(line)["progress"] for line in result.stderr.decode().splitlines()]
        self.assertTrue(lines)
        proving = [line for line in lines if line["phase"] != "execute"]
        self.assertEqual(sorted(line["done"] for line in proving), [line["done"] for line in proving])
        for line in proving:
            self.assertLessEqual(line["done"], line["total"])
        self.assertIn("seconds_left", proving[-1])
        json.loads(result.stdout)  # one object, as ever

    def test_a_proof_within_the_estimate(self):
        small = self.folder / "small"
        small.write_bytes(bytes(2000))
        result = mipzk("prove", SHA256, "--private", small, "--proof", self.folder / "good", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        facts = json.loads(result.stdout)
        estimate, peak = facts["estimated_memory_mib"], facts["peak_memory_mib"]
        if not SANITIZED:
            self.assertLessEqual(peak, estimate + 1)
            self.assertGreater(peak, 0.85 * estimate)

    def at_terminal(self, shows, *args):
        """Interrupts the tool when its terminal shows something; what it showed, and its exit code."""
        master, slave = pty.openpty()
        process = subprocess.Popen([MIPZK, *map(str, args)], stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        text, interrupted, end = b"", False, time.monotonic() + 100
        while time.monotonic() < end:
            if select.select([master], [], [], 1)[0]:
                try:
                    piece = os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                text += piece
            if not interrupted and re.search(shows, text):
                process.send_signal(signal.SIGINT)
                interrupted = True
        os.close(master)
        if process.poll() is None and not interrupted:
            process.kill()
        return text.decode(), process.wait(timeout=60)

    def test_instructions_are_shown_and_a_run_can_be_interrupted(self):
        for tool in ([], ["--profile"]):
            text, code = self.at_terminal(rb"running: \d+ million instructions", "run", self.endless, *tool)
            self.assertEqual(code, 130, text)
            self.assertRegex(text, r"\r\x1b\[Krunning: \d+ million instructions")
            last = text[text.rindex("million instructions") + 20:]
            self.assertTrue(last.startswith("\r\x1b[K"), last)  # the line is taken away again
            self.assertIn("cancelled at", last)

    def test_steps_are_shown_and_proving_can_be_interrupted(self):
        text, code = self.at_terminal(rb"\[#", "prove", SHA256, "--private", self.input, "--proof", self.proof)
        self.assertEqual(code, 130, text)
        self.assertIn("mipzk: cannot prove the run: cancelled", text)
        self.assertFalse(self.proof.exists())

    def test_ctrl_c_ends_soon(self):
        """Wherever the prover is: running, proving with one thread or two, verifying."""
        slow = []
        for threads in (1, 2):
            for after in (0.05, 0.3, 0.6, 1.0, 1.7):
                process = subprocess.Popen([MIPZK, "prove", SHA256, "--private", self.input, "--proof", self.proof,
                                            "--threads", str(threads), "--json"], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                time.sleep(after)
                process.send_signal(signal.SIGINT)
                begin = time.monotonic()
                code = process.wait(60)
                slow.append(time.monotonic() - begin)
                self.assertIn(code, (130, -signal.SIGINT))  # before the tool listens, the signal ends it
                self.assertFalse(self.proof.exists())
                self.assertEqual([f for f in os.listdir(self.folder) if f.startswith(".mipzk-")], [])
        print(f"\nended after {1000 * max(slow):.0f} ms at most, {1000 * sorted(slow)[len(slow) // 2]:.0f} in the median")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
