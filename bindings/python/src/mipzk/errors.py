# SPDX-License-Identifier: Apache-2.0
"""What the library refuses, as exceptions: one class for each status of mipzk.h, and `Error` above them all.

The text is the library's own and never has anything of a private input. Treat a class or a number that you do not know
as a failure.
"""

from typing import Dict, Optional, Type

from mipzk._abi import ErrorRecord


class Error(Exception):
    """A call that the library refused.

    `status` is the negative number of mipzk.h, `detail` a number whose meaning depends on it (0: none), `message` the
    library's words.
    """

    status: int = 0

    def __init__(self, message: str, detail: int = 0, status: Optional[int] = None) -> None:
        super().__init__(message, detail, status)
        self.message = message
        self.detail = detail
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return self.message


class ArgumentError(Error, ValueError):
    """An argument is invalid."""

    status = -1


class NoMemoryError(Error, MemoryError):
    """Out of memory or threads. `detail`: 0, or the MiB that the process needs to prove the run."""

    status = -2


class CancelledError(Error):
    """Stopped by `Context.cancel` or `Job.cancel`."""

    status = -3


class InternalError(Error):
    """A defect of the library: please report it."""

    status = -4


class UnsupportedError(Error):
    """Valid, but this version of the library cannot do it."""

    status = -5


class StateError(Error):
    """Another call uses this object."""

    status = -6


class ElfError(Error):
    """The program file cannot be loaded."""

    status = -10


class InputError(Error):
    """An input does not fit the machine."""

    status = -11


class FaultError(Error):
    """The program did something that stops it. `fault_text` says what and where, in several lines."""

    status = -12
    fault_text: str = ""


class CycleLimitError(Error):
    """The program ran longer than `max_cycles`."""

    status = -13


class MemoryLimitError(Error):
    """The program touched more than `max_guest_memory`."""

    status = -14


class UnprovableError(Error):
    """The run, or the shape, is outside what a proof can hold."""

    status = -15


class MalformedError(Error):
    """These bytes are not a proof."""

    status = -20


class PolicyError(Error):
    """The proof is outside the verifier's policy."""

    status = -21


class RejectedError(Error):
    """The proof is wrong."""

    status = -22


class WrongProgramError(Error):
    """The proof is about another program."""

    status = -23


class WorkspaceError(Error):
    """The workspace is too small. `detail`: bytes needed. This package always brings enough."""

    status = -24


class ExitCodeError(Error):
    """The proof is valid, but the program ended with another exit code than the policy wants: `detail`."""

    status = -25


BY_STATUS: Dict[int, Type[Error]] = {
    kind.status: kind
    for kind in (ArgumentError, NoMemoryError, CancelledError, InternalError, UnsupportedError, StateError, ElfError,
                 InputError, FaultError, CycleLimitError, MemoryLimitError, UnprovableError, MalformedError,
                 PolicyError, RejectedError, WrongProgramError, WorkspaceError, ExitCodeError)
}


def from_record(record: ErrorRecord) -> Error:
    """The exception for what a call left in its mipzk_error."""
    kind = BY_STATUS.get(record.status, Error)
    return kind(record.message.decode("utf-8", "replace"), record.detail, record.status)
