# SPDX-License-Identifier: Apache-2.0
"""Verifies every proof of a folder, *.proof with its program id in *.id, and changed copies of each.

test_proofs.py FOLDER [N SEED]: N random changes a proof (100, seed 1). If a *.elf of the same name is there, its
program id has to be that of *.id; if a *.security is there, its lines (round, bits) have to be what soundness.py
computes. Fails if the folder holds no proof."""

import pathlib
import sys

import program_id
import soundness
from verifier import Rejected, verify
from verify_proof import tamper_test


def security_differences(path):
    """Rounds whose bits in the *.security file beside the proof differ from soundness.py."""
    lines = [line.rsplit(" ", 1) for line in path.with_suffix(".security").read_text().splitlines()]
    counted = {name: float(bits) for name, bits in lines}
    unique, m, johnson = soundness.both_regimes(*soundness.of_proof(path))
    expected = {"unique " + name: bits for name, bits in unique.items()}
    expected.update({"johnson " + name: bits for name, bits in johnson.items()}, m=m)
    return [
        "security of %s: %s and %s bits" % (name, counted.get(name), expected.get(name))
        for name in sorted(counted.keys() | expected.keys())
        if abs(counted.get(name, -1) - expected.get(name, -1)) > 1e-6
    ]


def check(path, count, seed):
    """Returns the complaints about one proof."""
    expected = bytes.fromhex(path.with_suffix(".id").read_text().strip())
    elf = path.with_suffix(".elf")
    if elf.exists() and program_id.program_id(elf.read_bytes()) != expected:
        return ["the program id of %s is not the one in the proof" % elf.name]
    if path.with_suffix(".security").exists() and security_differences(path):
        return security_differences(path)
    proof = path.read_bytes()
    try:
        claim = verify(expected, proof)
    except Rejected as rejection:
        return ["rejected: %s" % rejection]
    print("%s: accepted, profile %s, exit code %d" % (path.name, claim.profile.name, claim.exit_code))
    try:
        verify(bytes([expected[0] ^ 1]) + expected[1:], proof)
        return ["accepted for another program"]
    except Rejected:
        pass
    return ["accepted although changed: %s" % name for name in tamper_test(expected, proof, count, seed)]


def main(arguments):
    count, seed = map(int, arguments[1:] or (100, 1))
    paths = sorted(pathlib.Path(arguments[0]).glob("*.proof"))
    complaints = ["%s: %s" % (path.name, text) for path in paths for text in check(path, count, seed)]
    if not paths:
        complaints = ["no proof in " + arguments[0]]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
