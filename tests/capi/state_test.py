#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mipzk prove --state: killed at any moment, with damaged pieces, on a full disk, twice at a time.

usage: state_test.py MIPZK GUEST_FOLDER                          (standard library only)
       state_test.py MIPZK GUEST.elf PRIVATE KILLS [OPTION ...]
The second form kills a proof of this run KILLS times and prints what there was after each.
"""

import fcntl
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

MIPZK = sys.argv[1]
SECRET = bytes(range(250)) * 8


def pieces(state):
    """Name -> (inode, time) of the pieces in a folder."""
    found = {}
    if state.is_dir():
        for path in state.iterdir():
            if path.name.startswith(("plan-", "head-", "part-")):
                status = path.stat()
                found[path.name] = (status.st_ino, status.st_mtime_ns)
    return found


class Killer:
    """Runs a command again and again, and kills it at random moments, until so many kills are done."""

    def __init__(self, command, state, proof, expected, wanted):
        self.command, self.state, self.proof, self.expected, self.wanted = command, state, proof, expected, wanted
        self.random = random.Random(29)

    def run(self, seconds):
        """`seconds`: of an undisturbed run. Says how many kills left how many pieces."""
        kills, left = 0, []
        while kills < self.wanted:
            before = pieces(self.state)
            process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                # Often early: then runs go on with each other, and some are killed before the first part.
                process.communicate(timeout=self.random.random() ** 2 * seconds / 2)
            except subprocess.TimeoutExpired:
                process.kill()
            output = process.communicate()[0]
            after = pieces(self.state)
            # What was finished stays as it is: it is not made again.
            lost = {name for name, what in before.items() if after.get(name) != what}
            if process.returncode == 0:
                if self.proof.read_bytes() != self.expected:
                    raise AssertionError("another proof")
                if after:
                    raise AssertionError(f"left behind: {after}")
                self.proof.unlink()
                continue
            if process.returncode != -signal.SIGKILL:
                raise AssertionError(output.decode())
            # Between the proof's appearance and the removal of the last piece the proof is there.
            if lost and not self.proof.exists():
                raise AssertionError(f"made again or lost: {lost}")
            kills += 1
            left.append((sum(n.startswith("head-") for n in after), sum(n.startswith("part-") for n in after)))
            if self.proof.exists():
                self.proof.unlink()
        return left


class State(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        folder = pathlib.Path(cls.temporary.name)
        (folder / "private").write_bytes(SECRET)
        (folder / "seed").write_bytes(bytes(range(32)))
        cls.guest = pathlib.Path(sys.argv[2]) / "sha256.elf"
        cls.base = [MIPZK, "prove", cls.guest, "--private", folder / "private", "--shard-cells", "1M"]
        cls.seeded = [*cls.base, "--seed", folder / "seed"]
        cls.shared = folder
        start = time.monotonic()
        cls.report = json.loads(subprocess.run([*cls.seeded, "--proof", folder / "whole", "--json"], check=True,
                                               capture_output=True).stdout)
        cls.seconds = time.monotonic() - start
        cls.whole = (folder / "whole").read_bytes()
        assert cls.report["shards"] >= 5

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.shared)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.state, self.proof = self.folder / "state", self.folder / "proof"

    def prove(self, *options, base=None, **more):
        command = [*(base or self.seeded), "--proof", self.proof, "--state", self.state, *options]
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=500, **more)

    def good(self, *options, **more):
        done = self.prove(*options, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def refused(self, code, words, *options, **more):
        done = self.prove(*options, **more)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertFalse(self.proof.exists())
        return done.stderr

    def is_whole(self):
        self.assertEqual(self.proof.read_bytes(), self.whole)
        self.proof.unlink()

    def test_killed_at_any_moment(self):
        command = [*self.seeded, "--proof", self.proof, "--state", self.state]
        killer = Killer(command, self.state, self.proof, self.whole, 10)
        left = killer.run(self.seconds)
        self.assertEqual(len(left), 10)
        self.assertGreater(max(heads for heads, _ in left), 0)
        print("heads and parts that the kills left:", left)
        self.good()
        self.is_whole()

    def test_what_is_kept_and_when_it_goes(self):
        self.good("--keep-state")
        self.is_whole()
        self.assertEqual(self.state.stat().st_mode & 0o7777, 0o700)
        shards = self.report["shards"]
        self.assertEqual(len(pieces(self.state)), 1 + 2 * shards)
        for path in self.state.iterdir():
            self.assertEqual(path.stat().st_mode & 0o7777, 0o600, path)
        secrets = b"".join(p.read_bytes() for p in self.state.iterdir())
        self.assertNotIn(bytes(range(32)), secrets)  # the seed
        before = pieces(self.state)
        self.assertIn(f"going on with {shards} of {shards} shards proved", self.good("--keep-state"))
        self.is_whole()
        self.assertEqual(pieces(self.state), before)
        self.good()
        self.is_whole()
        self.assertFalse(self.state.exists())

    def test_without_a_seed(self):
        self.good("--keep-state", base=self.base)
        first = self.proof.read_bytes()
        self.assertNotEqual(first, self.whole)
        for path in list(self.state.iterdir()):
            if path.name.startswith(("head-00002", "part-00001", "part-00003")):
                path.unlink()
        self.good(base=self.base)
        self.assertEqual(self.proof.read_bytes(), first)

    def test_damaged_truncated_and_foreign_pieces(self):
        self.good("--keep-state")
        self.proof.unlink()
        names = {n[:10]: self.state / n for n in pieces(self.state)}
        data = names["part-00001"].read_bytes()
        names["part-00001"].write_bytes(data[:1000] + bytes([data[1000] ^ 4]) + data[1001:])
        os.truncate(names["part-00002"], 5000)
        os.truncate(names["part-00003"], 0)
        names["part-00004"].write_bytes(names["part-00005"].read_bytes())
        os.truncate(names["head-00001"], 90)
        others = {n: w for n, w in pieces(self.state).items() if n[:10] in ("part-00005", "head-00002")}
        said = self.good("--keep-state")
        for name, why in (("part-00001", "another digest"), ("part-00002", "cut short"), ("part-00003", "no piece"),
                          ("part-00004", "of another shard"), ("head-00001", "cut short")):
            line = next((s for s in said.splitlines() if f"the piece '{names[name].name}'" in s), said)
            self.assertIn(why, line)
        self.is_whole()
        after = pieces(self.state)
        for name, what in others.items():
            self.assertEqual(after[name], what)
        # A link to another place is not followed.
        part = names["part-00005"]
        part.rename(self.folder / "elsewhere")
        part.symlink_to(self.folder / "elsewhere")
        self.refused(3, f"cannot read '{part.name}'")
        (self.folder / "elsewhere").rename(part)
        # The plan itself: with the seed it is made again as it was.
        plan = next(p for p in self.state.iterdir() if p.name.startswith("plan-"))
        os.truncate(plan, 1000)
        self.assertIn("the plan: the piece is damaged", self.good())
        self.is_whole()
        self.state.mkdir(0o700)
        (self.state / "something").write_bytes(b"else")
        self.refused(2, "has a file of something else: 'something'")

    def test_another_proof_is_refused(self):
        self.good("--keep-state")
        self.proof.unlink()
        before = pieces(self.state)
        other = self.folder / "other"
        other.write_bytes(SECRET[:-1])
        echo = self.guest.with_name("echo.elf")
        for words, options in (("what differs: the private input.", {"--private": other}),
                               ("what differs: the public input.", {"--public": other}),
                               ("what differs: the hints.", {"--hints": other}),
                               ("what differs: the cells of a shard.", {"--shard-cells": "2M"}),
                               ("what differs: the instructions of a shard.", {"--shard-cycles": "5000"}),
                               ("what differs: the parameter set.", {"--profile": "S128"})):
            command = {a: b for a, b in zip(self.seeded[3::2], self.seeded[4::2])} | options
            base = [*self.seeded[:3], *(x for pair in command.items() for x in pair)]
            said = self.refused(2, words, base=base)
            self.assertIn("or name another folder", said)
            self.assertIn("shred -u DIR/plan-*", said)
        self.refused(2, "what differs: the seed.", base=self.base)
        self.refused(2, "what differs: whether the proof hides", "--no-hiding")
        self.refused(8, "another program", base=[*self.seeded[:2], echo, *self.seeded[3:]])
        self.assertEqual(pieces(self.state), before)
        self.good("--threads", "1")  # does not change the proof
        self.is_whole()

    def test_two_at_a_time(self):
        self.state.mkdir(0o700)
        with open(self.state / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused(3, "another process is proving in the folder")
        command = [*self.seeded, "--proof", self.proof, "--state", self.state, "--keep-state"]
        running = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) for _ in range(4)]
        said = [p.communicate()[1].decode() for p in running]
        codes = sorted(p.returncode for p in running)
        self.assertEqual(codes[0], 0, said)
        self.assertLessEqual(set(codes), {0, 3}, said)
        self.is_whole()
        self.good()
        self.is_whole()

    def test_full_disk(self):
        """A file may not grow beyond a limit, as if there were no room: a part does not fit, heads do."""
        limit = len(self.whole) // self.report["shards"] // 2
        full = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))}
        said = self.refused(3, "cannot write 'part-", **full)
        self.assertIn("make room and give the same command again", said)
        before = pieces(self.state)
        self.assertEqual(sum(n.startswith("head-") for n in before), self.report["shards"])
        self.assertFalse((self.state / ".new").exists())
        # Room for the parts, but not for the proof: nothing is lost.
        limit = len(self.whole) - 1
        self.refused(3, "cannot write the proof", **full)
        after = pieces(self.state)
        self.assertEqual(sum(n.startswith("part-") for n in after), self.report["shards"])
        self.assertEqual({n: after[n] for n in before}, before)
        self.good()
        self.is_whole()

    def test_a_file_system_without_room(self):
        """A small file system of its own in the memory, where the system lets one make it."""
        script = 'mkdir -p "$1" && mount -t tmpfs -o mode=700,size=3m tmpfs "$1" && shift && "$@"; code=$?; ls "$0"; exit $code'
        probe = subprocess.run(["unshare", "-rm", "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest(f"no user namespaces here: {probe.stderr.decode().strip()}")
        command = [*self.seeded, "--proof", self.proof, "--state", self.state]
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, self.state, self.state, *command],
                              capture_output=True, text=True, timeout=500)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("No space left on device", done.stderr)
        self.assertIn("what is finished is kept", done.stderr)
        left = done.stdout.split()
        self.assertEqual(sum(n.startswith("head-") for n in left), self.report["shards"])
        self.assertGreater(sum(n.startswith("part-") for n in left), 0)
        self.assertNotIn(".new", left)

    def test_folders_that_others_can_read(self):
        self.state.mkdir(0o750)
        self.state.chmod(0o750)
        self.assertIn("chmod 700", self.refused(3, "others have access to the folder"))
        self.state.rmdir()
        self.state.symlink_to(self.folder)
        self.refused(3, "cannot open the folder of --state")
        done = subprocess.run([*self.seeded, "--proof", self.proof, "--keep-state"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--keep-state wants --state DIR", done.stderr)


def by_hand(guest, private, kills, *options):
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = pathlib.Path(name)
        (folder / "seed").write_bytes(os.urandom(32))
        base = [MIPZK, "prove", guest, "--private", private, "--seed", folder / "seed", "--skip-verify", *options]
        start = time.monotonic()
        subprocess.run([*base, "--proof", folder / "whole"], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - start
        print(f"an undisturbed run: {seconds:.1f} s", flush=True)
        state, proof = folder / "state", folder / "proof"
        whole = (folder / "whole").read_bytes()
        killer = Killer([*base, "--proof", proof, "--state", state], state, proof, whole, int(kills))
        print("heads and parts that the kills left:", killer.run(seconds), flush=True)
        subprocess.run(killer.command, check=True, stdout=subprocess.DEVNULL)
        assert proof.read_bytes() == killer.expected
        print(f"{kills} kills: the same bytes")


if __name__ == "__main__":
    if len(sys.argv) > 3:
        by_hand(*sys.argv[2:])
    else:
        unittest.main(argv=sys.argv[:1], verbosity=2)
