# SPDX-License-Identifier: Apache-2.0
"""mipzk: run a MIPS program and prove that the run happened.

    import mipzk

    with mipzk.Context() as context:
        program = context.load(elf)
        proof = context.job(program, public_input=question, private_input=secret).prove()
    claim = mipzk.verify(program.id, proof)     # an exception unless the proof is valid and the exit code 0

Importing loads no library; the first call of a function does, and verifying loads the verifier's alone. Failures are
subclasses of `mipzk.Error`. Bytes go in as bytes, bytearray, memoryview, mmap or any other object with a buffer, and
are not copied on the way to the library. bindings/python/README.md is the guide.
"""

from mipzk.errors import (
    ArgumentError,
    CancelledError,
    CycleLimitError,
    ElfError,
    Error,
    ExitCodeError,
    FaultError,
    InputError,
    InternalError,
    MalformedError,
    MemoryLimitError,
    NoMemoryError,
    PolicyError,
    RejectedError,
    StateError,
    UnprovableError,
    UnsupportedError,
    WorkspaceError,
    WrongProgramError,
)
from mipzk.prover import (
    Context,
    Estimate,
    Job,
    Option,
    Phase,
    Program,
    ProgramInfo,
    Progress,
    Proving,
    Run,
    Segment,
    Symbol,
)
from mipzk.verifier import (
    Claim,
    Policy,
    Profile,
    ProofInfo,
    Regime,
    Security,
    inspect,
    profiles,
    security,
    verify,
    version,
)

__version__ = "0.1.0"

__all__ = [
    "ArgumentError", "CancelledError", "Claim", "Context", "CycleLimitError", "ElfError", "Error", "Estimate",
    "ExitCodeError", "FaultError", "InputError", "InternalError", "Job", "MalformedError", "MemoryLimitError",
    "NoMemoryError", "Option", "Phase", "Policy", "PolicyError", "Profile", "Program", "ProgramInfo", "Progress",
    "ProofInfo", "Proving", "Regime", "RejectedError", "Run", "Security", "Segment", "StateError", "Symbol",
    "UnprovableError", "UnsupportedError", "WorkspaceError", "WrongProgramError", "inspect", "profiles", "security",
    "verify", "version",
]
