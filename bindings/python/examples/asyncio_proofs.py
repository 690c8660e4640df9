#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proofs in a server with asyncio: calls run in threads, the event loop stays free, and a task that is cancelled (by a
time limit, say) cancels its proof.

    python bindings/python/examples/asyncio_proofs.py sha256.elf one.txt two.txt
"""

import asyncio
import pathlib
import sys

import mipzk


async def prove(job: mipzk.Job) -> bytes:
    """`job.prove` in another thread. Such threads cannot be ended from outside, so a cancelled task asks the job."""
    try:
        return await asyncio.to_thread(job.prove)
    except asyncio.CancelledError:
        job.cancel()
        raise


async def attest(context: mipzk.Context, program: mipzk.Program, path: str) -> None:
    job = context.job(program, private_input=pathlib.Path(path).read_bytes())
    proof = await asyncio.wait_for(prove(job), timeout=600)
    claim = await asyncio.to_thread(mipzk.verify, program.id, proof)
    print(f"{path}: {claim.output.hex()}")


async def main() -> None:
    # Jobs of one context share its threads: two proofs at once take about as long as one after the other, and twice the
    # memory. What this shows is that the loop goes on meanwhile.
    with mipzk.Context() as context:
        program = context.load(pathlib.Path(sys.argv[1]).read_bytes())
        await asyncio.gather(*(attest(context, program, path) for path in sys.argv[2:]))


if __name__ == "__main__":
    asyncio.run(main())
