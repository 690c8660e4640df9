#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a guest that was built with `mipzk-cc --linux` under qemu-mips.

As a module: run(elf, private, public, hints) -> Result. As a program:
    qemu_run.py guest.linux.elf [--private FILE] [--public FILE] [--hints FILE] [--output FILE]
copies the output to the file (standard output by default) and exits with the guest's exit code, of which
Linux keeps the low 8 bits.
"""

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile

QEMU = os.environ.get("MIPZK_QEMU_MIPS", "qemu-mips")


@dataclasses.dataclass
class Result:
    output: bytes
    exit_code: int  # 0 to 255
    printed: bytes


class Crashed(Exception):
    """The guest died of a signal (0: qemu could not run it)."""

    def __init__(self, text, signal=0, output=b""):
        super().__init__(text)
        self.signal, self.output = signal, output


def run(elf, private=b"", public=b"", hints=b"", timeout=120, qemu=QEMU):
    """Raises Crashed, subprocess.TimeoutExpired, or FileNotFoundError when there is no qemu-mips."""
    path = shutil.which(qemu)
    if path is None:
        raise FileNotFoundError(f"{qemu} not found; on Debian: apt-get install qemu-user")
    with tempfile.NamedTemporaryFile() as public_file, tempfile.NamedTemporaryFile() as hints_file:
        for file, data in ((public_file, public), (hints_file, hints)):
            file.write(data)
            file.flush()
        process = subprocess.run(
            ["/bin/sh", "-c", 'exec "$0" "$1" 3<"$2" 4<"$3"', path, str(elf), public_file.name, hints_file.name],
            input=private,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            timeout=timeout,
            check=False,
        )
    # qemu-user answers a fatal signal of its guest by killing itself with the same.
    if process.returncode < 0 or b"qemu: uncaught target signal" in process.stderr:
        signal = max(0, -process.returncode)
        text = f"{elf}: signal {signal}: {process.stderr.decode(errors='replace')}"
        raise Crashed(text, signal, process.stdout)
    return Result(process.stdout, process.returncode, process.stderr)


def _bytes_of(path):
    if path is None:
        return b""
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("elf")
    parser.add_argument("--private", metavar="FILE")
    parser.add_argument("--public", metavar="FILE")
    parser.add_argument("--hints", metavar="FILE")
    parser.add_argument("--output", metavar="FILE")
    arguments = parser.parse_args()
    result = run(
        arguments.elf,
        _bytes_of(arguments.private),
        _bytes_of(arguments.public),
        _bytes_of(arguments.hints),
    )
    sys.stderr.buffer.write(result.printed)
    if arguments.output is None:
        sys.stdout.buffer.write(result.output)
    else:
        with open(arguments.output, "wb") as file:
            file.write(result.output)
    return result.exit_code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Crashed, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"qemu_run.py: {error}")
