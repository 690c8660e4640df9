# SPDX-License-Identifier: Apache-2.0
"""python -m mipzk."""

import json
import os

import pytest
from conftest import ANSWER, BUILD, python

GUESTS = BUILD / "guests"


def tool(*words, **options):
    return python("-m", "mipzk", *words, **options)


def test_run_prove_verify(tmp_path):
    secret, public, proof = tmp_path / "secret", tmp_path / "public", tmp_path / "proof"
    secret.write_bytes(b"secret")
    public.write_bytes(b"public")
    inputs = ("--private", secret, "--public", public)
    result = tool("run", GUESTS / "echo.elf", *inputs, "--json")
    assert result.returncode == 0 and json.loads(result.stdout)["output"] == ANSWER.hex()
    result = tool("prove", GUESTS / "echo.elf", *inputs, "--proof", proof, "--json")
    facts = json.loads(result.stdout)
    assert (result.returncode, result.stderr) == (0, "") and facts["proof_bytes"] == proof.stat().st_size
    for words in (("--elf", GUESTS / "echo.elf"), ("--program-id", facts["program_id"])):
        result = tool("verify", proof, *words)
        assert result.returncode == 0 and ANSWER.hex() in result.stdout and "public input" in result.stdout


@pytest.mark.parametrize("code, words", [
    (2, ["verify", "{proof}", "--program-id", "xyz"]),
    (2, ["run"]),
    (3, ["run", "no such file"]),
    (4, ["run", os.devnull]),
    (5, ["run", "{guests}/faults.elf", "--private", "{one}"]),
    (5, ["run", "{guests}/echo.elf", "--max-cycles", "5"]),
    (6, ["verify", os.devnull, "--program-id", "00" * 32]),
    (6, ["verify", "{proof}", "--elf", "{guests}/echo.elf", "--max-proof-bytes", "9"]),
    (8, ["verify", "{proof}", "--program-id", "00" * 32]),
    (11, ["verify", "{proof}", "--elf", "{guests}/echo.elf", "--expect-exit-code", "1"]),
])
def test_exit_codes(tmp_path, proof, code, words):
    (tmp_path / "proof").write_bytes(proof)
    (tmp_path / "one").write_bytes(b"\x01")
    words = [w.format(proof=tmp_path / "proof", one=tmp_path / "one", guests=GUESTS) for w in words]
    result = tool(*words)
    assert (result.returncode, result.stdout) == (code, "")
    assert "mipzk" in result.stderr and "Traceback" not in result.stderr


def test_standard_input():
    result = python("-m", "mipzk", "run", GUESTS / "echo.elf", "--private", "-", text=False, input=b"\xff\x00")
    assert result.returncode == 0 and b"ff00" in result.stdout
