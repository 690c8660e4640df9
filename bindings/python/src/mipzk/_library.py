# SPDX-License-Identifier: Apache-2.0
"""Finds and loads the libraries, when something of them is used first, and calls their functions.

Where they are looked for: in the folder MIPZK_LIBRARY_DIR if that is set, and nowhere else then; else in the package,
where a wheel has them; else where the system's loader looks.
"""

import ctypes as C
import functools
import os
import pathlib
from typing import Any, Callable, Dict, List

from mipzk import _abi, errors

_VERIFIER, _PROVER = "libmipzk_verify.so.0", "libmipzk.so.0"


class Library:
    """A loaded library: its functions, with their types, are attributes."""

    def __init__(self, dll: C.CDLL, signatures: Dict[str, _abi.Signature]) -> None:
        self._dll, self._signatures = dll, signatures
        version = self.mipzk_abi_version()
        if version != _abi.ABI_VERSION:
            raise ImportError(f"{dll._name} has version {version} of the interface, this package is for version "
                              f"{_abi.ABI_VERSION}: install the two of one release")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        signature = self._signatures.get(name)
        if signature is None:
            raise AttributeError(name)
        try:
            function = getattr(self._dll, name)
        except AttributeError:
            raise ImportError(f"{self._dll._name} has no {name}: it is older than this package") from None
        function.restype, *function.argtypes = signature
        setattr(self, name, function)
        return function  # type: ignore[no-any-return]


def _load(*names: str) -> C.CDLL:
    chosen = os.environ.get("MIPZK_LIBRARY_DIR")
    own = pathlib.Path(__file__).resolve().parent / "lib"
    tried: List[str] = []
    for name in names:
        if chosen:
            places = [str(pathlib.Path(chosen) / name)]
        else:
            places = [str(own / name)] if (own / name).exists() else [name]
        for place in places:
            try:
                return C.CDLL(place)
            except OSError as error:
                tried.append(str(error))
    raise ImportError("mipzk: the library is not found: " + "; ".join(tried) + ". Install it where the system's "
                      "loader looks, or set MIPZK_LIBRARY_DIR to the folder that has it")


@functools.lru_cache(maxsize=None)
def verifier() -> Library:
    """libmipzk_verify, or the full library where only that is installed."""
    return Library(_load(_VERIFIER, _PROVER), _abi.VERIFIER)


@functools.lru_cache(maxsize=None)
def prover() -> Library:
    """The full library."""
    return Library(_load(_PROVER), {**_abi.VERIFIER, **_abi.PROVER})


def call(function: Callable[..., Any], *arguments: Any) -> None:
    """A function whose last parameter is `mipzk_error *err`; an exception for anything but MIPZK_OK."""
    record = _abi.ErrorRecord()
    if function(*arguments, record) != _abi.OK:
        raise errors.from_record(record)
