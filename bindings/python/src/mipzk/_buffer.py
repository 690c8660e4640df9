# SPDX-License-Identifier: Apache-2.0
"""Bytes of a caller in place, whatever object has them, and bytes of the library as an object."""

import contextlib
import ctypes as C
from typing import TYPE_CHECKING, Iterator, Tuple

if TYPE_CHECKING:
    from typing_extensions import Buffer


# What the interpreter's own interface has as Py_buffer; its layout belongs to the stable ABI.
class _View(C.Structure):
    _fields_ = [("buf", C.c_void_p), ("obj", C.c_void_p), ("len", C.c_ssize_t), ("itemsize", C.c_ssize_t),
                ("readonly", C.c_int), ("ndim", C.c_int), ("format", C.c_char_p), ("shape", C.c_void_p),
                ("strides", C.c_void_p), ("suboffsets", C.c_void_p), ("internal", C.c_void_p)]


_get = C.pythonapi.PyObject_GetBuffer
_get.restype, _get.argtypes = C.c_int, (C.py_object, C.POINTER(_View), C.c_int)
_release = C.pythonapi.PyBuffer_Release
_release.restype, _release.argtypes = None, (C.POINTER(_View),)


@contextlib.contextmanager
def pinned(data: "Buffer") -> Iterator[Tuple[int, int]]:
    """Address and size of the bytes of `data`, which stay where they are meanwhile. Nothing is copied.

    `data` is anything with contiguous bytes: bytes, bytearray, memoryview, mmap, array, a NumPy array. Others are a
    TypeError; bytes that do not lie one after the other are a BufferError.
    """
    view = _View()
    _get(data, view, 0)
    try:
        yield view.buf or 0, view.len
    finally:
        _release(view)


def copied(address: int, size: int) -> bytes:
    """Bytes that the library owns, as ours."""
    return bytes((C.c_ubyte * size).from_address(address)) if size else b""
