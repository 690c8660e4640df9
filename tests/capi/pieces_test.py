#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A proof in pieces by processes of their own, some of which are killed: the bytes are those of one process.

usage: pieces_test.py MIPZK GUEST_FOLDER PIECE_STEP EXAMPLE     (standard library only)
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

MIPZK, GUESTS, STEP, EXAMPLE = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
SECRET = bytes(range(250)) * 6


def run(*command, **environment):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=500,
                          env={**os.environ, **environment})


class Pieces(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.write("private", SECRET)
        self.write("seed", b"\x07" * 32)
        self.guest, self.environment = GUESTS / "sha256.elf", {"SHARD_CELLS": str(1 << 20)}
        self.random = random.Random(13)

    def file(self, name):
        return self.folder / name

    def write(self, name, data):
        self.file(name).write_bytes(data)

    def command(self, step, *arguments):
        return [STEP, self.guest, step, *(self.file(a) if isinstance(a, str) and a != "-" else a for a in arguments)]

    def step(self, step, *arguments):
        return run(*self.command(step, *arguments), **self.environment)

    def good(self, step, *arguments):
        done = self.step(step, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def refused(self, status, detail, words, step, *arguments):
        done = self.step(step, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        got_status, got_detail, message = done.stdout.split(" ", 2)
        self.assertEqual((got_status, int(got_detail)), (status, detail), message)
        self.assertIn(words, message)

    def plan_and_work(self):
        self.good("plan", "private", "seed", "plan")
        shards = int.from_bytes(self.file("plan").read_bytes()[12:16], "little")
        pairs = [x for n in range(1, shards + 1) for x in (n, f"work-{n}")]
        self.good("work", "private", "seed", "plan", *pairs)
        return shards

    def whole(self, *options):
        done = run(MIPZK, "prove", self.guest, "--private", self.file("private"), "--seed", self.file("seed"),
                   "--proof", self.file("whole"), *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.file("whole").read_bytes()

    def test_processes_of_which_some_are_killed(self):
        shards = self.plan_and_work()
        self.assertGreaterEqual(shards, 4)
        killed = 0

        def all_steps(step, pieces, arguments):
            """Each at least once, in any order, two at a time; some are killed at any moment and begun again."""
            nonlocal killed
            todo = list(range(1, shards + 1)) + [self.random.randint(1, shards)]
            self.random.shuffle(todo)
            running = []
            while todo or running:
                while todo and len(running) < 2:
                    n = todo.pop()
                    out = f"{pieces}-{n}"
                    process = subprocess.Popen([str(c) for c in self.command(step, *arguments(n), out)],
                                               env={**os.environ, **self.environment})
                    if killed == 0 or self.random.random() < 0.4:
                        time.sleep(self.random.random() * 0.1 if killed else 0)
                        process.kill()
                    running.append((n, process))
                n, process = running.pop(0)
                if process.wait(timeout=500) != 0:
                    self.assertEqual(process.returncode, -9)
                    killed += 1
                    todo.insert(0, n)

        all_steps("commit", "head", lambda n: (f"work-{n}",))
        self.good("challenge", "plan", "head-", "challenge")
        all_steps("prove", "part", lambda n: (f"work-{n}", "challenge"))
        for n in range(1, shards + 1):
            self.good("check", "plan", "challenge", f"part-{n}")
        self.good("assemble", "plan", "challenge", "part-", "proof")
        self.assertEqual(self.file("proof").read_bytes(), self.whole("--shard-cells", "1M"))
        self.assertGreater(killed, 0)
        print(f"{shards} shards, {killed} processes killed")

    def test_wrong_pieces_are_found_by_their_own_check(self):
        shards = self.plan_and_work()
        works = [x for n in range(1, shards + 1) for x in (f"work-{n}", f"head-{n}")]
        self.good("commit", *works)
        self.good("challenge", "plan", "head-", "challenge")
        self.good("prove", "work-2", "challenge", "part-2")
        for name in ("plan", "work-1", "work-2", "head-1", "challenge"):
            self.good("check", "plan", "-", name)
        part = self.file("part-2").read_bytes()
        self.write("bad", part[:5000] + bytes([part[5000] ^ 1]) + part[5001:])
        self.refused("MIPZK_E_MALFORMED", 0, "damaged", "check", "plan", "challenge", "bad")
        self.write("bad", part[:-1])
        self.refused("MIPZK_E_MALFORMED", 0, "damaged or cut short", "check", "plan", "challenge", "bad")
        self.write("bad", b"")
        self.refused("MIPZK_E_MALFORMED", 0, "do not begin with MPZU", "check", "plan", "challenge", "bad")
        self.refused("MIPZK_E_MALFORMED", 0, "the challenge: these bytes", "check", "plan", "-", "part-2")
        # A part where another one is wanted, and pieces of another job.
        for n in range(1, shards + 1):
            if n != 2:
                self.write(f"part-{n}", part)
        self.refused("MIPZK_E_REJECTED", 1, "the part of shard 2 where that of shard 1 is wanted",
                     "assemble", "plan", "challenge", "part-", "proof")
        self.write("seed", b"\x08" * 32)
        self.refused("MIPZK_E_ARGUMENT", 0, "differs: the seed", "work", "private", "seed", "plan", 1, "bad")
        self.good("plan", "private", "seed", "other")
        self.refused("MIPZK_E_REJECTED", 0, "the challenge belongs to another plan",
                     "check", "other", "challenge", "part-2")
        self.refused("MIPZK_E_REJECTED", 2, "another plan", "check", "other", "-", "head-2")
        self.good("work", "private", "seed", "other", 2, "work-other")
        self.refused("MIPZK_E_REJECTED", 2, "another plan", "check", "plan", "-", "work-other")
        self.refused("MIPZK_E_REJECTED", 0, "another plan", "prove", "work-other", "challenge", "bad")
        self.write("private", SECRET + b"x")
        self.refused("MIPZK_E_ARGUMENT", 0, "differs: the private input", "work", "private", "seed", "other", 1, "bad")
        self.guest = GUESTS / "echo.elf"
        self.refused("MIPZK_E_WRONG_PROGRAM", 0, "another program", "commit", "work-1", "bad")

    def test_hints_travel_with_the_work(self):
        self.guest = GUESTS / "hints.elf"
        self.write("hints", b"".join(n.to_bytes(4, "big") for n in (3, 1, 4, 1, 5, 9)))
        self.environment = {"SHARD_CYCLES": "1024", "HINTS": str(self.file("hints"))}
        shards = self.plan_and_work()
        for n in range(1, shards + 1):
            self.good("commit", f"work-{n}", f"head-{n}")
        self.good("challenge", "plan", "head-", "challenge")
        for n in range(1, shards + 1):
            self.good("prove", f"work-{n}", "challenge", f"part-{n}")
        self.good("assemble", "plan", "challenge", "part-", "proof")
        self.assertEqual(self.file("proof").read_bytes(),
                         self.whole("--shard-cycles", "1024", "--hints", self.file("hints")))

    def test_a_fixed_shape_of_several_shards(self):
        """A short run in the shape of a longer one; the shards that are idle are pieces like the others."""
        shape, options = self.file("shape"), ("--shard-cells", "1M")
        done = run(MIPZK, "run", self.guest, "--private", self.file("private"), "--estimate", "--shape-to", shape,
                   "--shards", "7", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.write("private", SECRET[:600])
        self.environment = {"SHAPE": str(shape)}
        shards = self.plan_and_work()
        self.assertEqual(shards, 7)
        idle = sum(self.file(f"work-{n}").stat().st_size < 6000 for n in range(1, shards + 1))
        print(f"{shards} shards, {idle} of them idle")
        self.assertGreaterEqual(idle, 2)
        self.assertLess(idle, shards - 1)
        for n in range(1, shards + 1):
            self.good("commit", f"work-{n}", f"head-{n}")
        self.good("challenge", "plan", "head-", "challenge")
        for n in range(shards, 0, -1):
            self.good("prove", f"work-{n}", "challenge", f"part-{n}")
        self.good("check", "plan", "challenge", f"part-{shards}")
        self.good("assemble", "plan", "challenge", "part-", "proof")
        self.assertEqual(self.file("proof").read_bytes(), self.whole("--shape", shape))
        self.environment = {}
        self.refused("MIPZK_E_ARGUMENT", 0, "differs: the fixed shape", "work", "private", "seed", "plan", 1, "bad")

    def test_example(self):
        done = run(EXAMPLE, self.guest, self.file("private"), self.file("proof"))
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run(MIPZK, "verify", self.file("proof"), "--elf", self.guest)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
