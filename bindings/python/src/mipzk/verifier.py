# SPDX-License-Identifier: Apache-2.0
"""Checking proofs. This module loads the small verifier library alone, with no prover, no threads, no OpenSSL.

    import mipzk.verifier
    claim = mipzk.verifier.verify(trusted_program_id, proof)

All functions may be called from several threads at once, and let other threads run meanwhile. Bytes are read where
they are: let nobody change them during a call, nor truncate a file that is mapped.
"""

import ctypes as C
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, List, Optional, Tuple

from mipzk import _abi
from mipzk._buffer import copied, pinned
from mipzk._library import call, verifier
from mipzk.errors import ArgumentError

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Regime(enum.IntEnum):
    """The proven bound that a figure of security rests on (docs/SECURITY.md)."""

    UNIQUE = 0
    JOHNSON = 1


@dataclass(frozen=True)
class Policy:
    """What the VERIFIER accepts; a proof does not choose. 0 means the default.

    min_security_bits: provable bits, default 100.
    max_proof_bytes: default 8 GiB; verifying takes some 6 ms for each MB.
    max_shards: default 4096.
    max_cycles: bound on the length of the run, default 2**32.
    exit_code: that the program must have ended with, default 0.
    any_exit_code: accept every one; look at the claim.
    allow_no_hiding: accept proofs that do not hide their private input.
    """

    min_security_bits: int = 0
    max_proof_bytes: int = 0
    max_shards: int = 0
    max_cycles: int = 0
    exit_code: int = 0
    any_exit_code: bool = False
    allow_no_hiding: bool = False

    def _struct(self) -> _abi.VerifyPolicy:
        flags = (_abi.VERIFY_ANY_EXIT_CODE * self.any_exit_code
                 | _abi.VERIFY_ALLOW_NO_HIDING * self.allow_no_hiding)
        return _abi.make(_abi.VerifyPolicy, min_security_bits=self.min_security_bits,
                         max_proof_bytes=self.max_proof_bytes, max_shards=self.max_shards,
                         max_cycles=self.max_cycles, flags=flags, exit_code=self.exit_code)


@dataclass(frozen=True)
class Claim:
    """What an accepted proof states: the program ended like this. Compare it with what you expect."""

    exit_code: int
    public_input: bytes
    output: bytes
    shards: int
    security_bits: int
    """Provable, rounded down."""
    hiding: bool
    """False: the proof may tell everything about the private input."""

    @classmethod
    def _of(cls, claim: _abi.Claim, address: int) -> "Claim":
        return cls(claim.exit_code, _part(address, claim.public_input), _part(address, claim.output), claim.shards,
                   claim.security_bits, not claim.flags & _abi.PROOF_NO_HIDING)


@dataclass(frozen=True)
class ProofInfo:
    """What a proof says about itself, NOT verified. See mipzk_proof_info in mipzk.h."""

    format_version: int
    machine_version: int
    profile: str
    profile_id: int
    program_id: bytes
    exit_code: int
    public_input: bytes
    output: bytes
    shape: bytes
    """Those of all shards, for a job's `shape`."""
    entry: int
    shards: int
    tables: int
    log_height: int
    security_bits: int
    max_cycles: int
    hiding: bool
    """False: the proof may tell everything about the private input."""


@dataclass(frozen=True)
class Security:
    """Provable security of each round of the protocol in thousandths of a bit; the total is the least."""

    regime: Regime
    multiplicity: int
    lookup: int
    constraints: int
    deep: int
    batch: int
    fold: Tuple[int, ...]
    query: int
    hash: int
    total: int


@dataclass(frozen=True)
class Profile:
    """A parameter set that proofs can be made with. `target_bits`: provable security that it is meant for."""

    id: int
    name: str
    target_bits: int
    blowup: int
    queries: int
    grinding_bits: int
    regime: Regime


def version() -> str:
    """Of the library, as "0.1.0"."""
    return str(verifier().mipzk_version().decode())


def verify(program_id: "Buffer", proof: "Buffer", policy: Optional[Policy] = None) -> Claim:
    """What the proof states, if it is valid, about the program with this id (32 bytes), and within the policy.

    Anything else is an exception, and every exception is a refusal: MalformedError, PolicyError, RejectedError,
    WrongProgramError, ExitCodeError, UnsupportedError, ArgumentError; `detail` of MalformedError and
    RejectedError: the shard, from 1, whose part is wrong, or 0. The id must come from a source that you trust, not
    from the proof. For proofs of many shards, `Context.verify` uses all threads.
    """
    library = verifier()
    wanted = (policy or Policy())._struct()
    with pinned(program_id) as (id_address, id_size), pinned(proof) as (address, size):
        if id_size != 32:
            raise ArgumentError(f"a program id has 32 bytes, not {id_size}")
        space = library.mipzk_verify_workspace_size(wanted)
        workspace = C.create_string_buffer(space or 1)
        claim = _abi.make(_abi.Claim)
        call(library.mipzk_verify, id_address, address, size, wanted, workspace, len(workspace), claim)
        return Claim._of(claim, address)


def inspect(proof: "Buffer") -> ProofInfo:
    """What a proof says about itself; nothing of it is verified. MalformedError, UnsupportedError."""
    info = _abi.make(_abi.ProofInfo)
    with pinned(proof) as (address, size):
        call(verifier().mipzk_proof_inspect, address, size, info)
        shape = C.create_string_buffer(4 * info.shards + 2 * info.tables)
        written = C.c_size_t()
        call(verifier().mipzk_proof_shape, address, size, shape, len(shape), C.byref(written))
        return ProofInfo(
            info.format_version, info.machine_version, info.profile_name.decode(), info.profile_id,
            bytes(info.program_id), info.exit_code, _part(address, info.public_input), _part(address, info.output),
            shape.raw[:written.value], info.entry, info.shards, info.tables, info.log_height, info.security_bits,
            info.max_cycles, not info.flags & _abi.PROOF_NO_HIDING)


def security(proof: "Buffer", regime: Regime = Regime.JOHNSON) -> Security:
    """The security of a proof's parameters and shape, provided that it is valid."""
    bits = _abi.make(_abi.Security)
    with pinned(proof) as (address, size):
        call(verifier().mipzk_proof_security, address, size, _abi.unsigned(regime, "regime", 32), bits)
    return Security(Regime(bits.regime), bits.multiplicity, bits.millibits_lookup, bits.millibits_constraints,
                    bits.millibits_deep, bits.millibits_batch, tuple(bits.millibits_fold[:bits.folds]),
                    bits.millibits_query, bits.millibits_hash, bits.millibits_total)


def profiles() -> List[Profile]:
    """The parameter sets of this library; the first is the default."""
    library, found = verifier(), []
    for index in range(library.mipzk_profile_count()):
        p = _abi.make(_abi.Profile)
        call(library.mipzk_profile_get, index, p)
        found.append(Profile(p.id, p.name.decode(), p.target_bits, p.blowup, p.queries, p.grinding_bits,
                             Regime(p.regime)))
    return found


def _part(address: int, part: _abi.Range) -> bytes:
    return copied(address + part.offset, part.size)
