# SPDX-License-Identifier: Apache-2.0
"""Verifying from Python: verdicts, policies, facts, and what is loaded for it."""

import mmap
import os

import pytest
from conftest import ANSWER, guest, python

import mipzk
import mipzk.verifier


def test_refusals(context, echo, proof):
    other = context.load(guest("sha256"))
    cases = [
        (mipzk.WrongProgramError, other.id, proof, None),
        (mipzk.MalformedError, echo.id, b"", None),
        (mipzk.MalformedError, echo.id, proof[:-1], None),
        (mipzk.PolicyError, echo.id, proof, mipzk.Policy(max_proof_bytes=len(proof) - 1)),
        (mipzk.PolicyError, echo.id, proof, mipzk.Policy(min_security_bits=101)),
        (mipzk.PolicyError, echo.id, proof, mipzk.Policy(max_cycles=100)),
        (mipzk.ExitCodeError, echo.id, proof, mipzk.Policy(exit_code=7)),
        (mipzk.ArgumentError, echo.id, proof, mipzk.Policy(exit_code=7, any_exit_code=True)),
        (mipzk.ArgumentError, echo.id[:-1], proof, None),
    ]
    for kind, program_id, data, policy in cases:
        with pytest.raises(kind) as raised:
            mipzk.verify(program_id, data, policy)
        assert type(raised.value) is kind and str(raised.value)
    changed = bytearray(proof)
    changed[-100] ^= 1
    with pytest.raises(mipzk.RejectedError):
        mipzk.verify(echo.id, changed)


@pytest.mark.parametrize("field", ["min_security_bits", "max_proof_bytes", "max_shards", "max_cycles", "exit_code"])
def test_a_policy_is_not_cut_off(echo, proof, field):
    """2**32 bits of security would be 0, the default, in a field of 32 bits."""
    for value in (-1, 1 << 32 if field in ("min_security_bits", "max_shards", "exit_code") else 1 << 64):
        with pytest.raises(ValueError, match=field):
            mipzk.verify(echo.id, proof, mipzk.Policy(**{field: value}))


def test_exit_codes(context):
    program = context.load(guest("exit_code"))
    proof = context.job(program, private_input=bytes([0, 0, 0, 0, 9])).prove()
    with pytest.raises(mipzk.ExitCodeError) as raised:
        mipzk.verify(program.id, proof)
    assert raised.value.detail == 9
    for policy in (mipzk.Policy(exit_code=9), mipzk.Policy(any_exit_code=True)):
        assert mipzk.verify(program.id, proof, policy).exit_code == 9


def test_facts(echo, proof):
    info = mipzk.inspect(proof)
    assert (info.program_id, info.exit_code, info.public_input, info.output) == (echo.id, 0, b"public", ANSWER)
    assert (info.profile, info.shards, info.hiding, info.security_bits) == ("S100", 1, True, 100)
    profile = mipzk.profiles()[0]
    assert (profile.name, profile.id, profile.target_bits) == (info.profile, info.profile_id, 100)
    bits = mipzk.security(proof, profile.regime)
    assert bits.total // 1000 == 100 and bits.regime == profile.regime and len(bits.fold) > 0
    assert bits.total == min(bits.lookup, bits.constraints, bits.deep, bits.batch, *bits.fold, bits.query, bits.hash)
    assert mipzk.security(proof).regime == mipzk.Regime.JOHNSON


def test_a_mapped_proof(echo, proof, tmp_path):
    path = tmp_path / "proof"
    path.write_bytes(proof)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert mipzk.verify(echo.id, mapped) == mipzk.verify(echo.id, proof)
        assert mipzk.inspect(memoryview(mapped)) == mipzk.inspect(proof)


def test_verifying_loads_the_verifier_alone(echo, proof, tmp_path):
    path = tmp_path / "proof"
    path.write_bytes(proof)
    result = python("-c", """if True:
        import sys, mipzk.verifier
        def loaded():
            return {line.split("/")[-1].strip() for line in open("/proc/self/maps") if "/lib" in line}
        assert not any("mipzk" in name for name in loaded()), "importing loads a library"
        before = loaded()
        claim = mipzk.verifier.verify(bytes.fromhex(sys.argv[1]), open(sys.argv[2], "rb").read())
        print(sorted(loaded() - before), claim.exit_code)
        """, echo.id.hex(), path)
    assert result.stderr == "" and result.returncode == 0
    names, exit_code = result.stdout.rsplit(" ", 1)
    assert names.count("'") == 2 and "libmipzk_verify.so.0" in names and int(exit_code) == 0


def test_a_missing_library_says_what_to_do(tmp_path):
    environment = dict(os.environ, MIPZK_LIBRARY_DIR=str(tmp_path))
    result = python("-c", "import mipzk; mipzk.version()", env=environment)
    assert result.returncode == 1 and "ImportError" in result.stderr and "set MIPZK_LIBRARY_DIR" in result.stderr
