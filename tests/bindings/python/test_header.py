# SPDX-License-Identifier: Apache-2.0
"""The tables of mipzk._abi, the options, the phases and the exceptions are those of the C header."""

import ctypes as C
import inspect

import pytest
from conftest import ROOT
from mipzk_header import Header

import mipzk
from mipzk import _abi, errors

HEADER = Header(ROOT / "include" / "mipzk" / "mipzk.h")

SCALARS = {"int32_t": C.c_int32, "uint8_t": C.c_uint8, "uint32_t": C.c_uint32, "uint64_t": C.c_uint64,
           "int64_t": C.c_int64,
           "size_t": C.c_size_t, "char": C.c_char, "mipzk_status": C.c_int32, "mipzk_option": C.c_uint32, "void": None}
OBJECTS = {"mipzk_ctx", "mipzk_program", "mipzk_job", "mipzk_blob"}


def ctypes_of(kind):
    """What ctypes calls a C type of the header."""
    kind = kind.replace("const ", "")
    if kind in SCALARS:
        return SCALARS[kind]
    if kind in _abi.CALLBACKS:
        return _abi.CALLBACKS[kind]
    if kind in _abi.STRUCTS:
        return _abi.STRUCTS[kind]
    if kind.endswith(" **"):
        assert kind[:-3] in OBJECTS, kind
        return C.POINTER(C.c_void_p)
    base = kind[:-2]
    assert kind.endswith(" *"), kind
    if base == "char":
        return C.c_char_p
    if base in OBJECTS or base in ("void", "uint8_t"):
        return C.c_void_p
    return C.POINTER(ctypes_of(base))


def test_header_is_understood():
    assert HEADER.problems() == []


@pytest.mark.parametrize("name", sorted(HEADER.structs))
def test_struct(name):
    expected = []
    for field, kind, count in HEADER.structs[name]:
        kind = ctypes_of(kind)
        expected.append((field, kind if count is None else kind * count))
    struct = _abi.STRUCTS[name]
    assert [(field, kind) for field, kind, *_ in struct._fields_] == expected
    # Natural alignment leaves no holes, which a compiler may fill as it likes.
    assert C.sizeof(struct) == sum(C.sizeof(kind) for _, kind in expected)


def signature(declared):
    result, parameters = declared
    return (ctypes_of(result), *map(ctypes_of, parameters))


def test_functions():
    ours = {**_abi.VERIFIER, **_abi.PROVER}
    assert set(_abi.VERIFIER) == HEADER.verifier
    assert set(ours) == HEADER.functions
    for name, declared in HEADER.prototypes.items():
        assert ours[name] == signature(declared), name


def test_callbacks():
    assert set(_abi.CALLBACKS) == set(HEADER.callbacks)
    for name, declared in HEADER.callbacks.items():
        kind = _abi.CALLBACKS[name]
        assert (kind._restype_, *kind._argtypes_) == signature(declared), name


def test_constants():
    known = {"ABI_VERSION": _abi.ABI_VERSION, "OK": _abi.OK, "MAX_TABLES": _abi.MAX_TABLES,
             "MAX_SHARDS": _abi.MAX_SHARDS, "MAX_FOLDS": _abi.MAX_FOLDS,
             "VERIFY_ALLOW_NO_HIDING": _abi.VERIFY_ALLOW_NO_HIDING, "VERIFY_ANY_EXIT_CODE": _abi.VERIFY_ANY_EXIT_CODE,
             "PROOF_NO_HIDING": _abi.PROOF_NO_HIDING, "PROOF_LINUX": _abi.PROOF_LINUX, "FILE_PUBLIC": _abi.FILE_PUBLIC}
    for prefix, kind in (("OPT_", mipzk.Option), ("PHASE_", mipzk.Phase), ("REGIME_", mipzk.Regime)):
        known.update({prefix + member.name: member.value for member in kind})
    known.update({name: number for name, number in vars(_abi).items() if name.startswith("PIECE_")})
    others = {name: number for name, number in HEADER.constants.items() if not name.startswith("E_")}
    assert known == others


def test_a_context_has_a_keyword_for_each_option():
    parameters = set(inspect.signature(mipzk.Context).parameters)
    assert parameters == {option.name.lower() for option in mipzk.Option}


def test_every_status_is_an_exception():
    for name, number in HEADER.statuses.items():
        words = name[len("MIPZK_E_"):].split("_")
        kind = errors.BY_STATUS[number]
        assert kind.__name__ == "".join(map(str.capitalize, words)) + "Error"
        assert kind.status == number and getattr(mipzk, kind.__name__) is kind and kind.__doc__
    assert len(errors.BY_STATUS) == len(HEADER.statuses)
    assert mipzk.errors.from_record(_abi.ErrorRecord(-999, 7, b"new")).status == -999


def test_the_versions_are_one():
    assert mipzk.__version__ == mipzk.version()
    assert set(mipzk.__all__) == {n for n in vars(mipzk) if not n.startswith("_")
                                  and not inspect.ismodule(getattr(mipzk, n))}
