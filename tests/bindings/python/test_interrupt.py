# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C: a real SIGINT to a process that is in the middle of a call of the library."""

import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import BUILD

# Says when to interrupt it; then, how long after that it caught the KeyboardInterrupt, and how the call stood.
PROGRAM = """if True:
    import sys, threading, time
    import mipzk
    what, elf, size = sys.argv[1:]
    context = mipzk.Context(max_cycles=1 << 62, threads=1)
    job = context.job(context.load(open(elf, "rb").read()), private_input=bytes(int(size)))
    def ready(*_):
        print("ready", flush=True)
    def committing(step):
        if step.phase == mipzk.Phase.COMMIT:
            ready()
    try:
        if what == "execute":
            threading.Timer(0.1, ready).start()
            job.execute()
        elif what == "prove":
            job.prove(progress=committing)
        elif what == "proving":
            with job.proving() as steps:
                for step in steps:
                    committing(step)
        print("finished")
    except KeyboardInterrupt:
        print("interrupted", time.monotonic(), flush=True)
    job.close()
    for thread in threading.enumerate():
        if thread.name == "mipzk":
            thread.join()
    print(job._uses, job._pointer)
"""


@pytest.mark.parametrize("what, name, size", [
    ("execute", "sha256", 60000000),  # billions of instructions
    ("prove", "sha256", 3000), ("proving", "sha256", 3000)])
def test_an_interrupt_ends_the_call(what, name, size):
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, what, str(BUILD / "guests" / f"{name}.elf"), str(size)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        sent = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=50)
    finally:
        process.kill()
    lines = [line for line in output.splitlines() if line != "ready"]
    assert errors == "" and process.returncode == 0
    assert lines[0].startswith("interrupted"), lines
    print(f"{what}: KeyboardInterrupt {1000 * (float(lines[0].split()[1]) - sent):.0f} ms after the signal")
    assert lines[1] == "0 0", "the job was not freed"


def test_an_unfinished_proof_does_not_keep_the_interpreter():
    """The iterator is left where it is, and the interpreter ends."""
    program = """if True:
        import sys, mipzk
        context = mipzk.Context(max_cycles=1 << 62)
        job = context.job(context.load(open(sys.argv[1], "rb").read()), private_input=bytes(60000000))
        steps = iter(job.proving(on_cycles=lambda cycles: None))
        print(next(steps).phase_name)
    """
    result = subprocess.run([sys.executable, "-c", program, str(BUILD / "guests" / "sha256.elf")], text=True,
                            capture_output=True, timeout=50)
    assert (result.returncode, result.stdout, result.stderr) == (0, "execute\n", "")
