#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies a proof with the second verifier.

verify_proof.py PROGRAM_ID PROOF_FILE [--expect-exit-code N] [--tamper-test N SEED]

PROGRAM_ID: 64 hex digits, or @FILE to read them from a file. Exit status 0: the proof is valid and the program ended
with the expected exit code, 0 unless given (and, with --tamper-test, N copies of the proof with one random byte
changed, one cut and one longer copy were all rejected); 1: not; 2: bad use."""

import argparse
import collections
import random
import re
import sys
import time

from verifier import Rejected, verify


def tamper_test(program_id, proof, count, seed):
    """Changes one byte at a time, and the length. Returns the changes that were accepted; prints the reasons.

    Every second position is drawn so that every order of magnitude is as likely: most bytes are rows and digests at the
    end, but the first ones decide most."""
    generator = random.Random(seed)
    cases = {"cut": proof[:-1], "longer": proof + b"\0"}
    for number in range(count):
        position = generator.randrange(len(proof))
        if number % 2:
            position = int(len(proof)**generator.random())
        changed = bytearray(proof)
        changed[position] ^= generator.randrange(1, 256)
        cases["%d: byte %d" % (number, position)] = bytes(changed)
    accepted, reasons = [], collections.Counter()
    for name, changed in cases.items():
        try:
            verify(program_id, changed)
            accepted.append(name)
        except Rejected as rejection:
            reasons[re.sub(r"\d+", "#", str(rejection))] += 1
    for reason, times in reasons.most_common():
        print("%5d  %s" % (times, reason))
    return accepted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program_id")
    parser.add_argument("proof")
    parser.add_argument("--expect-exit-code", type=int, default=0, metavar="N")
    parser.add_argument("--tamper-test", nargs=2, type=int, metavar=("N", "SEED"))
    arguments = parser.parse_args()
    text = arguments.program_id
    if text.startswith("@"):
        with open(text[1:], encoding="ascii") as file:
            text = file.read()
    program_id = bytes.fromhex(text.strip())
    if len(program_id) != 32:
        parser.error("a program id has 32 bytes")
    with open(arguments.proof, "rb") as file:
        proof = file.read()
    start = time.monotonic()
    try:
        claim = verify(program_id, proof)
    except Rejected as rejection:
        print("rejected:", rejection)
        return 1
    print("valid: profile %s, %d bytes of public input, %d bytes of output, exit code %d (%.1f s)" %
          (claim.profile.name, len(claim.public_input), len(claim.output), claim.exit_code,
           time.monotonic() - start))
    if claim.exit_code != arguments.expect_exit_code:
        print("valid, but the expected exit code is", arguments.expect_exit_code)
        return 1
    if arguments.tamper_test:
        accepted = tamper_test(program_id, proof, *arguments.tamper_test)
        if accepted:
            print("accepted although changed:", accepted)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
