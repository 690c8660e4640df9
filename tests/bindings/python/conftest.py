# SPDX-License-Identifier: Apache-2.0
"""What the tests share: folders, guests, a proof. The environment has MIPZK_BUILD, the build folder."""

import os
import pathlib
import struct
import subprocess
import sys

import pytest

import mipzk

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "bindings" / "python"
BUILD = pathlib.Path(os.environ["MIPZK_BUILD"])
sys.path.insert(0, str(ROOT / "tests" / "capi"))


def guest(name):
    return (BUILD / "guests" / f"{name}.elf").read_bytes()


def python(*words, **options):
    """Another interpreter, with the package; its result."""
    options = {"capture_output": True, "text": True, "timeout": 100, **options}
    return subprocess.run([sys.executable, *map(str, words)], **options)


@pytest.fixture(scope="session")
def context():
    with mipzk.Context(threads=2) as made:
        yield made


@pytest.fixture(scope="session")
def echo(context):
    """Answers both inputs and their sizes."""
    return context.load(guest("echo"))


@pytest.fixture(scope="session")
def proof(context, echo):
    return context.job(echo, public_input=b"public", private_input=b"secret").prove()


ANSWER = b"publicsecret" + (6).to_bytes(4, "big") * 2


@pytest.fixture(scope="session")
def endless():
    """Runs for ever: `b .`, with a nop in its delay slot, at 0x400000, as big-endian MIPS."""
    header = struct.pack(">16sHHIIIIIHHHHHH", b"\x7fELF\x01\x02\x01", 2, 8, 1, 0x400000, 52, 0, 0x1005, 52, 32, 1, 0, 0, 0)
    segment = struct.pack(">8I", 1, 0x1000, 0x400000, 0x400000, 8, 8, 5, 0x1000)
    return (header + segment).ljust(0x1000, b"\0") + bytes.fromhex("1000ffff00000000")
