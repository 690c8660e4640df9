#!/usr/bin/env python3
"""The mipzk tool, the example host and the verifier's archive on real proofs.

usage: proof_tool_test.py MIPZK GUEST_FOLDER ATTEST VERIFY_ONLY     (standard library only)
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MIPZK, GUESTS, ATTEST, VERIFY_ONLY = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
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
        self.assertIs(self.facts["hides_private_input"], False)
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

    def test_inspect_and_security(self):
        result = run(MIPZK, "inspect", self.proof)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"does not hide the private input yet", result.stdout)
        facts = json.loads(run(MIPZK, "inspect", self.proof, "--json").stdout)
        self.assertEqual(facts["program_id"], self.id)
        self.assertIs(facts["verified"], False)
        self.assertGreaterEqual(facts["max_cycles"], self.facts["cycles"])
        bits = json.loads(run(MIPZK, "security", self.proof, "--json").stdout)
        self.assertGreaterEqual(bits["total"], 100)
        self.assertAlmostEqual(bits["total"], min(v for k, v in bits.items() if k not in ("total", "profile")))

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
        self.assertIn(f"exit code 0, output {hashlib.sha256(PRIVATE).hexdigest()}", result.stdout.decode())
        self.assertIn(b"commit", result.stderr)
        self.assertEqual(run(ATTEST, message).returncode, 1)
        self.assertEqual(run(ATTEST).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
