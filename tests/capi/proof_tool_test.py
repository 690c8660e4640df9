#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The mipzk tool, the example host and the verifier's archive on real proofs.

usage: proof_tool_test.py MIPZK GUEST_FOLDER ATTEST VERIFY_ONLY     (standard library only)
"""

import hashlib
import fcntl
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

MIPZK, GUESTS, ATTEST, VERIFY_ONLY = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
MODEL = pathlib.Path(__file__).resolve().parents[1] / "model"
PRIVATE = b"a private message"
PUBLIC = b"public"


def run(*command, stdin=b""):
    return subprocess.run([str(c) for c in command], input=stdin, capture_output=True, timeout=500)


class Proof(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.elf = GUESTS / "echo.elf"
        cls.proof = cls.folder / "proof"
        cls.output = cls.folder / "output"
        cls.public = cls.folder / "public"
        cls.public.write_bytes(PUBLIC)
        cls.result = run(MIPZK, "prove", cls.elf, "--private", "-", "--public", cls.public, "--proof", cls.proof,
                         "--output", cls.output, "--json", stdin=PRIVATE)
        assert cls.result.returncode == 0, cls.result.stderr.decode()
        cls.facts = json.loads(cls.result.stdout)
        cls.id = cls.facts["program_id"]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def verify(self, code, *args, proof=None, who=None):
        result = run(MIPZK, "verify", proof or self.proof, *(who or ("--program-id", self.id)), *args)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return result

    def test_prove_reports(self):
        for key in ("cycles", "proving_seconds", "khz", "proof_bytes", "verification_seconds", "peak_memory_mib"):
            self.assertGreater(self.facts[key], 0, key)
        self.assertEqual(self.facts["proof_bytes"], self.proof.stat().st_size)
        self.assertGreaterEqual(self.facts["security_bits"], 100)
        self.assertIs(self.facts["hides_private_input"], True)
        sizes = b"\0\0\0\6\0\0\0\x11"
        self.assertEqual(self.output.read_bytes(), PUBLIC + PRIVATE + sizes)
        self.assertNotIn(b"\33", self.result.stderr)  # no bar: standard error is no terminal
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if p.name.startswith("proof")), ["proof"])

    def test_verify(self):
        facts = json.loads(self.verify(0, "--json").stdout)
        self.assertIs(facts["valid"], True)
        self.assertEqual(bytes.fromhex(facts["public_input"]), PUBLIC)
        self.assertEqual(bytes.fromhex(facts["output"]), self.output.read_bytes())
        self.verify(0, who=("--elf", self.elf))
        self.verify(0, "--expect-public-input", self.public, "--expect-output", self.output, "--expect-exit-code", 0)

    def test_each_mismatch_has_its_exit_code(self):
        other = self.folder / "other"
        other.write_bytes(b"other")
        empty = self.folder / "empty"
        empty.write_bytes(b"")
        self.verify(8, who=("--elf", GUESTS / "sha256.elf"))
        self.verify(8, who=("--program-id", "00" * 32))
        for path in (other, empty):
            self.verify(9, "--expect-public-input", path)
            self.verify(10, "--expect-output", path)
        self.verify(11, "--expect-exit-code", 1)
        self.verify(6, "--min-security", 200)
        self.verify(6, "--max-cycles", 10)
        self.verify(6, "--max-proof-bytes", 1000)
        damaged = self.folder / "damaged"
        data = bytearray(self.proof.read_bytes())
        data[-1] ^= 1
        damaged.write_bytes(data)
        result = self.verify(7, proof=damaged)
        self.assertEqual(result.stdout, b"")
        damaged.write_bytes(data[:-1])
        self.verify(6, proof=damaged)

    def peak_memory(self, proof, *args):
        """Bytes that verifying takes at most, all but the last byte read."""
        with subprocess.Popen([MIPZK, "verify", "-", "--program-id", self.id, *args], stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as child:
            child.stdin.write(proof[:-1])
            child.stdin.flush()
            waiting = struct.pack("i", 1)
            while struct.unpack("i", waiting)[0] != 0:
                waiting = fcntl.ioctl(child.stdin, termios.FIONREAD, waiting)
                time.sleep(0.01)
            status = pathlib.Path("/proc", str(child.pid), "status").read_text(encoding="ascii")
            child.stdin.write(proof[-1:])
            child.stdin.close()
            self.assertEqual(child.wait(), 0)
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def test_many_shards_in_little_memory(self):
        proof = self.folder / "sharded"
        facts = json.loads(self.prove(0, bytes(7000), "--shard-cycles", "1K", proof=proof).stdout)
        self.assertGreaterEqual(facts["shards"], 12)
        size = proof.stat().st_size
        for threads in (1, 2):
            verified = json.loads(self.verify(0, "--json", "--threads", threads, proof=proof).stdout)
            self.assertEqual((verified["shards"], verified["proof_bytes"]), (facts["shards"], size))
        # The same from a pipe.
        piped = run(MIPZK, "verify", "-", "--program-id", self.id, "--json", stdin=proof.read_bytes())
        self.assertEqual(piped.returncode, 0, piped.stderr)
        self.assertEqual(json.loads(piped.stdout)["output"], verified["output"])
        if "MIPZK_SANITIZED" not in os.environ:
            self.assertLess(self.peak_memory(proof.read_bytes(), "--threads", "1"), size * 2 // 3)
        self.verify(6, "--max-shards", facts["shards"] - 1, proof=proof)
        self.verify(6, "--max-proof-bytes", size - 1, proof=proof)
        data = bytearray(proof.read_bytes())
        data[size // 2] ^= 1
        damaged = self.folder / "damaged shard"
        damaged.write_bytes(data)
        self.verify(7, proof=damaged)
        # What it says of itself is read over all shards.
        info = json.loads(run(MIPZK, "inspect", proof, "--json").stdout)
        self.assertEqual(info["shards"], facts["shards"])
        self.assertGreaterEqual(info["max_cycles"], facts["cycles"])
        bits = run(MIPZK, "security", proof, "--json")
        self.assertEqual(bits.returncode, 0)
        self.assertEqual(run(MIPZK, "security", "-", "--json", stdin=proof.read_bytes()).stdout, bits.stdout)
        for cut in (size - 1, size // 2, 200):
            damaged.write_bytes(data[:cut])
            for command in ("inspect", "security"):
                self.assertEqual(run(MIPZK, command, damaged).returncode, 6)

    def test_inspect_and_security(self):
        result = run(MIPZK, "inspect", self.proof)
        self.assertEqual(result.returncode, 0)
        self.assertNotIn(b"NOT hide", result.stdout)
        facts = json.loads(run(MIPZK, "inspect", self.proof, "--json").stdout)
        self.assertEqual(facts["program_id"], self.id)
        self.assertIs(facts["verified"], False)
        self.assertGreaterEqual(facts["max_cycles"], self.facts["cycles"])
        self.assertIs(facts["hides_private_input"], True)
        bits = json.loads(run(MIPZK, "security", self.proof, "--json").stdout)
        self.assertEqual(bits["profile"], "S100")
        self.assertEqual(bits["unique_decoding"]["multiplicity"], 0)
        self.assertGreater(bits["johnson"]["multiplicity"], 0)
        for regime in ("unique_decoding", "johnson"):
            rounds = {k: v for k, v in bits[regime].items() if k not in ("total", "multiplicity")}
            self.assertIn("fold 1", rounds)
            self.assertAlmostEqual(bits[regime]["total"], min(rounds.values()))
        self.assertGreaterEqual(bits["unique_decoding"]["total"], 100)
        profiles = json.loads(run(MIPZK, "security", "--json").stdout)["profiles"]
        self.assertEqual([p["name"] for p in profiles], ["S100", "C100", "S128", "C128"])

    def prove(self, code, private, *args, elf=None, proof=None):
        result = run(MIPZK, "prove", elf or self.elf, "--private", "-", "--proof", proof or self.folder / "p", "--json",
                     *args, stdin=private)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return result

    def shape_of(self, proof):
        path = self.folder / "one shape"
        path.unlink(missing_ok=True)
        self.assertEqual(run(MIPZK, "inspect", proof, "--shape", path).returncode, 0)
        return path.read_bytes()

    @staticmethod
    def heights(shape):
        """Of a shape of one shard."""
        return [tuple(shape[i:i + 2]) for i in range(4, len(shape), 2)]

    @staticmethod
    def shards(shape):
        """The shapes of its shards."""
        found = []
        while shape:
            size = 4 + 2 * int.from_bytes(shape[:4], "little")
            found.append(shape[:size])
            shape = shape[size:]
        return found

    def test_shapes(self):
        small, large, shape = (self.folder / n for n in ("small", "large", "shape"))
        self.prove(0, b"x", proof=small)
        self.prove(0, bytes(1500), proof=large)
        of_small, of_large = self.shape_of(small), self.shape_of(large)
        self.assertNotEqual(of_small, of_large)
        # The program's shape, then each proof's, joined in one file.
        for source in (self.elf, small, large):
            result = run(MIPZK, "inspect", source, "--shape", shape)
            self.assertEqual(result.returncode, 0, result.stderr.decode())
        joined = self.heights(shape.read_bytes())
        self.assertEqual(shape.read_bytes()[0], len(joined))
        self.assertEqual(joined, sorted(joined, key=lambda h: (h[0], -h[1])))
        for part in (of_small, of_large):
            for table, log in self.heights(part):
                self.assertGreaterEqual(max(l for t, l in joined if t == table), log)
        # Runs of different lengths have proofs of this one shape.
        shapes = []
        for private in (b"x", bytes(1500)):
            proof = self.folder / "fixed"
            self.prove(0, private, "--shape", shape, proof=proof)
            self.verify(0, proof=proof)
            shapes.append(self.shape_of(proof))
        self.assertEqual(shapes[0], shapes[1])
        self.assertEqual(len(shapes[0]), len(shape.read_bytes()))
        # What does not fit is refused, with the table and what to do.
        result = self.prove(5, bytes(9000), "--shape", shape)
        self.assertRegex(result.stderr.decode(), r"its table \w+ of shard 1 has room for \d+ rows, and the run needs at least \d+")
        self.assertIn(b"--grow", result.stderr)
        # Tables that these proofs do not have are in the program's shape.
        for source in (self.elf, large):
            self.assertEqual(run(MIPZK, "inspect", source, "--shape", shape, "--grow", "3").returncode, 0)
        self.prove(0, bytes(9000), "--shape", shape, "--skip-verify")
        grown = dict(self.heights(shape.read_bytes()))
        for table, log in self.heights(of_large):
            self.assertEqual(grown[table], log + 3)
        damaged = self.folder / "damaged shape"
        damaged.write_bytes(shape.read_bytes()[:-1])
        self.prove(2, b"x", "--shape", damaged)
        self.assertEqual(run(MIPZK, "inspect", small, "--shape", damaged).returncode, 3)

    def test_shapes_of_several_shards(self):
        elf, proof, shape = GUESTS / "sha256.elf", self.folder / "fixed", self.folder / "shape of shards"
        # Of a run in shards, with every table that another run may need in each.
        facts = json.loads(self.prove(0, bytes(900), "--shard-cycles", "16K", elf=elf, proof=proof).stdout)
        self.assertGreater(facts["shards"], 2)
        natural = self.shards(self.shape_of(proof))
        self.assertEqual(len(natural), facts["shards"])
        for source in (elf, proof):
            result = run(MIPZK, "inspect", source, "--shape", shape, "--shards", facts["shards"] + 1)
            self.assertEqual(result.returncode, 0, result.stderr.decode())
        joined = self.shards(shape.read_bytes())
        self.assertEqual(len(joined), facts["shards"] + 1)
        for part, whole in zip(natural, joined):
            for table, log in self.heights(part):
                self.assertGreaterEqual(dict(self.heights(whole))[table], log)
        last = dict(self.heights(joined[-1]))
        for part in joined[:-1]:
            for table, log in self.heights(part):
                self.assertGreaterEqual(last[table], log)
        # Runs that have hardly anything in common have proofs of this one shape, which tell nothing of their length.
        shapes, sizes = [], []
        for private in (b"x", bytes(900)):
            result = self.prove(0, private, "--shape", shape, elf=elf, proof=proof)
            self.assertNotIn("cycles", json.loads(result.stdout))
            self.verify(0, proof=proof, who=("--elf", elf))
            shapes.append(self.shape_of(proof))
            sizes.append(proof.stat().st_size)
            self.assertEqual(json.loads(run(MIPZK, "inspect", proof, "--json").stdout)["shards"], len(joined))
        self.assertEqual(shapes[0], shapes[1])
        self.assertLess(abs(sizes[0] - sizes[1]), sizes[0] // 50)  # openings share some hashes, by chance
        identity = json.loads(run(MIPZK, "inspect", elf, "--json").stdout)["program_id"]
        model = run(sys.executable, MODEL / "verify_proof.py", identity, proof)  # the second verifier
        self.assertEqual(model.returncode, 0, model.stdout + model.stderr)
        # What does not fit is refused, with the table, the shard and what to do.
        result = self.prove(5, bytes(20000), "--shape", shape, elf=elf)
        self.assertRegex(result.stderr.decode(),
                         rf"its table \w+ of shard ({len(joined)}|1) has room for \d+ rows, and the run needs at least \d+")
        for option in (b"--grow", b"--shards"):
            self.assertIn(option, result.stderr)

    def test_the_shape_of_a_run(self):
        """The same as that of its proof, without proving it."""
        elf, proof, shape = GUESTS / "sha256.elf", self.folder / "planned", self.folder / "planned shape"
        private = self.folder / "planned input"
        private.write_bytes(bytes(400))
        self.prove(0, bytes(400), "--shard-cycles", "16K", elf=elf, proof=proof)
        run_it = (MIPZK, "run", elf, "--private", private)
        result = run(*run_it, "--estimate", "--shard-cycles", "16K", "--shape-to", shape)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertEqual(shape.read_bytes(), self.shape_of(proof))
        # Joined with what is there; and with the changes that `inspect` knows.
        self.assertEqual(run(*run_it, "--estimate", "--shape-to", shape, "--grow", "1", "--shards", "4").returncode, 0)
        shards = self.shards(shape.read_bytes())
        self.assertEqual(len(shards), 4)
        self.prove(0, bytes(800), "--shape", shape, "--skip-verify", elf=elf)
        for wrong in (("--shape-to", shape), ("--estimate", "--shards", "2"), ("--estimate", "--grow", "2"),
                      ("--estimate", "--shape-to", shape, "--grow", "13"),
                      ("--estimate", "--shape-to", shape, "--shards", "65536"), ("--estimate", "--shape-to", private)):
            self.assertEqual(run(*run_it, *wrong).returncode, 2, wrong)
        self.assertEqual(self.shards(shape.read_bytes()), shards)

    def test_every_table_at_once(self):
        shape = self.folder / "every table"
        run(MIPZK, "inspect", self.elf, "--shape", shape)
        heights = {table: 10 for table in range(1, 42)} | dict(self.heights(shape.read_bytes()))
        data = b"".join(bytes(h) for h in sorted(heights.items()))
        shape.write_bytes(bytes([len(heights), 0, 0, 0]) + data)
        proof = self.folder / "every table.proof"
        self.prove(0, b"x", "--shape", shape, proof=proof)
        self.verify(0, proof=proof)
        self.assertEqual(self.shape_of(proof)[4:], data)
        model = run(sys.executable, MODEL / "verify_proof.py", self.id, proof)  # the second verifier
        self.assertEqual(model.returncode, 0, model.stdout + model.stderr)

    def test_shards(self):
        proof, elf, private = self.folder / "sharded", GUESTS / "sha256.elf", bytes(200)
        facts = json.loads(self.prove(0, private, "--shard-cycles", "8K", elf=elf, proof=proof).stdout)
        self.assertEqual(facts["shards"], -(-facts["cycles"] // 8192))
        self.assertGreater(facts["shards"], 1)
        self.assertGreaterEqual(facts["security_bits"], 100)
        self.verify(0, proof=proof, who=("--elf", elf))
        inspected = json.loads(run(MIPZK, "inspect", proof, "--json").stdout)
        self.assertEqual(inspected["shards"], facts["shards"])
        self.assertGreaterEqual(inspected["max_cycles"], facts["cycles"])
        damaged = self.folder / "damaged shard"
        data = bytearray(proof.read_bytes())
        data[len(data) // 2] ^= 1
        damaged.write_bytes(data)
        self.verify(7, proof=damaged, who=("--elf", elf))
        self.prove(2, private, "--shard-cycles", "1000", elf=elf)

    def test_without_hiding(self):
        proof = self.folder / "open"
        facts = json.loads(self.prove(0, PRIVATE, "--no-hiding", proof=proof).stdout)
        self.assertIs(facts["hides_private_input"], False)
        result = self.verify(6, proof=proof)
        self.assertIn(b"--allow-no-hiding", result.stderr)
        facts = json.loads(self.verify(0, "--allow-no-hiding", "--json", proof=proof).stdout)
        self.assertIs(facts["hides_private_input"], False)
        result = run(MIPZK, "inspect", proof)
        self.assertIn(b"does NOT hide the private input", result.stdout)
        self.verify(0, "--allow-no-hiding")  # a proof that hides is welcome, too

    def test_a_guest_that_fails(self):
        """It writes its output, then ends with exit code 5: who does not look at the code must be told."""
        proof, output, empty = self.folder / "failed", self.folder / "failed output", self.folder / "nothing"
        elf = GUESTS / "exit_code.elf"
        result = self.prove(0, b"\0\0\0\0\5", "--output", output, elf=elf, proof=proof)
        self.assertIn("ended with exit code 5", result.stderr.decode())
        self.assertIn("--expect-exit-code 5", result.stderr.decode())
        self.assertEqual(json.loads(result.stdout)["exit_code"], 5)
        self.assertNotIn("exit code", self.result.stderr.decode())  # of a run that succeeded
        who = ("--elf", elf)
        result = self.verify(11, "--json", proof=proof, who=who)
        self.assertIn("the proof is valid, but the program ended with exit code 5, not 0", result.stderr.decode())
        self.assertIn("--expect-exit-code 5 or --any-exit-code", result.stderr.decode())
        self.assertEqual(json.loads(result.stdout)["status"], "MIPZK_E_EXIT_CODE")
        self.verify(11, "--expect-exit-code", 0, proof=proof, who=who)
        self.verify(11, "--expect-exit-code", 6, proof=proof, who=who)
        for option in (("--expect-exit-code", "5"), ("--any-exit-code",)):
            facts = json.loads(self.verify(0, *option, "--json", proof=proof, who=who).stdout)
            self.assertEqual(facts["exit_code"], 5)
            self.verify(0, *option, "--expect-output", output, proof=proof, who=who)
        empty.write_bytes(b"")
        self.verify(10, "--any-exit-code", "--expect-output", empty, proof=proof, who=who)
        self.verify(0, "--any-exit-code")  # so is a run that succeeded
        self.verify(2, "--any-exit-code", "--expect-exit-code", 5, proof=proof, who=who)
        for number in ("-1", "4294967296"):  # the greatest code is 2^32 - 1
            self.verify(2, "--expect-exit-code", number, proof=proof, who=who)
        # The verifier's archive and the second verifier hold it the same way.
        identity = json.loads(run(MIPZK, "inspect", elf, "--json").stdout)["program_id"]
        path = self.folder / "id of exit_code"
        path.write_bytes(bytes.fromhex(identity))
        self.assertEqual(run(VERIFY_ONLY, proof, path).returncode, 1)
        model = (sys.executable, MODEL / "verify_proof.py", identity, proof)
        self.assertEqual(run(*model).returncode, 1)
        self.assertEqual(run(*model, "--expect-exit-code", 5).returncode, 0)

    def test_prove_can_insist_on_an_exit_code(self):
        proof = self.folder / "never"
        result = run(MIPZK, "prove", GUESTS / "exit_code.elf", "--private", "-", "--proof", proof,
                     "--expect-exit-code", 0, stdin=b"\0\0\0\0\5")
        self.assertEqual(result.returncode, 11, result.stderr.decode())
        self.assertFalse(proof.exists())

    def test_seeds_make_proofs_repeatable(self):
        seed = self.folder / "seed"
        seed.write_bytes(bytes(range(32)))
        proofs = []
        for name in ("a", "b"):
            path = self.folder / name
            result = run(MIPZK, "prove", GUESTS / "exit_code.elf", "--private", "-", "--proof", path, "--seed", seed,
                         "--skip-verify", stdin=b"\0\0\0\0\5")
            self.assertEqual(result.returncode, 0, result.stderr.decode())
            proofs.append(path.read_bytes())
        self.assertEqual(proofs[0], proofs[1])

    def test_the_verifier_alone(self):
        path = self.folder / "id"
        path.write_bytes(bytes.fromhex(self.id))
        result = run(VERIFY_ONLY, self.proof, path)
        self.assertEqual(result.returncode, 0, (result.stdout, result.stderr))
        self.assertIn(b"accepted", result.stdout)
        path.write_bytes(bytes(32))
        self.assertEqual(run(VERIFY_ONLY, self.proof, path).returncode, 1)

    def test_the_example_host(self):
        message = self.folder / "message"
        message.write_bytes(PRIVATE)
        result = run(ATTEST, GUESTS / "sha256.elf", message)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn(f"bytes of proof, output {hashlib.sha256(PRIVATE).hexdigest()}", result.stdout.decode())
        self.assertIn(b"commit", result.stderr)
        self.assertEqual(run(ATTEST, message).returncode, 1)
        with open(message, "ab") as file:
            file.truncate(2 << 30)
        self.assertEqual(run(ATTEST, message).returncode, 2)  # too long to be looked at
        message.write_bytes(b"\0\0\0\0\5")
        result = run(ATTEST, GUESTS / "exit_code.elf", message)
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"exit code 5", result.stderr)
        self.assertEqual(run(ATTEST).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
