#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves a run of a guest, verifies the proof, and prints what it states; docs/examples/attest.c is the same in C.

    bindings/guest/c/mipzk-cc docs/examples/sha256_guest.c -o sha256.elf
    python bindings/python/examples/attest.py sha256.elf document.pdf
"""

import pathlib
import sys

import mipzk


def read_secret(path: str) -> bytearray:
    """Into memory that can be overwritten afterwards, which a bytes object's cannot."""
    secret = bytearray(pathlib.Path(path).stat().st_size)
    with open(path, "rb", buffering=0) as file:
        file.readinto(secret)
    return secret


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: attest.py GUEST.elf [PRIVATE_FILE]", file=sys.stderr)
        return 2
    secret = read_secret(sys.argv[2]) if len(sys.argv) > 2 else bytearray()

    # Prove. The library copies the input, and wipes its copy when the job is closed.
    with mipzk.Context() as context, context.load(pathlib.Path(sys.argv[1]).read_bytes()) as program:
        trusted_id = program.id
        with context.job(program, private_input=secret) as job:
            secret[:] = bytes(len(secret))
            run = job.execute()
            if run.exit_code != 0:
                print(f"the guest ended with exit code {run.exit_code}", file=sys.stderr)
                return 1
            proof = job.prove(progress=lambda step: print(f"{step.phase_name}: {step.done} of {step.total}",
                                                          file=sys.stderr))

    # Verify: this half needs only the id of the program, which its user knows beforehand. Without a policy, success
    # includes exit code 0.
    claim = mipzk.verify(trusted_id, proof)
    print(f"{run.cycles} cycles, {len(proof)} bytes of proof, output {claim.output.hex()}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (mipzk.Error, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
