# SPDX-License-Identifier: Apache-2.0
"""Bytes that an attacker chose: each gives a verdict or an exception of ours, never a crash."""

import functools

from conftest import guest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mipzk

# The same examples each time: what a run finds, the next one finds.
bounded = settings(max_examples=300, deadline=None, derandomize=True,
                   suppress_health_check=[HealthCheck.function_scoped_fixture])

changes = st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(1, 255)), min_size=1, max_size=4)


def changed(data, edits, cut):
    """`data` with some of its bytes changed, most of them near its beginning, and cut off."""
    copy = bytearray(data)
    for place, value in edits:
        copy[place % (256 if place % 4 else len(copy))] ^= value
    return bytes(copy[:len(copy) - cut])


@bounded
@given(st.binary(max_size=300))
def test_any_bytes_are_a_proof_or_refused(data):
    for call in (mipzk.inspect, mipzk.security, functools.partial(mipzk.verify, bytes(32))):
        for front in (b"", b"MPZK"):
            try:
                call(front + data)
            except mipzk.Error:
                pass


@bounded
@given(changes, st.integers(0, 3))
def test_a_changed_proof_is_refused(echo, proof, edits, cut):
    data = changed(proof, edits, cut)
    try:
        mipzk.inspect(data)
    except mipzk.Error:
        pass
    try:
        claim = mipzk.verify(echo.id, data)
    except mipzk.Error:
        return
    assert data == proof and claim.exit_code == 0


@bounded
@given(st.binary(max_size=300))
def test_any_bytes_are_a_program_or_refused(context, data):
    for front in (b"", b"\x7fELF\x01\x02\x01"):
        try:
            context.load(front + data)
        except mipzk.Error:
            pass


@bounded
@given(changes, st.integers(0, 3))
def test_a_changed_program_is_loaded_or_refused(context, edits, cut):
    data = changed(guest("echo"), edits, cut)
    try:
        program = context.load(data)
    except mipzk.Error:
        return
    assert len(program.id) == 32 and len(program.segments) == program.info.segments
    assert sum(1 for _ in program.symbols()) == program.info.symbols


@bounded
@given(st.binary(max_size=64))
def test_any_bytes_are_a_shape_or_refused(context, echo, data):
    try:
        context.job(echo, shape=data)
    except mipzk.ArgumentError:
        pass
