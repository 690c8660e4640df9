# SPDX-License-Identifier: Apache-2.0
"""The C interface as ctypes sees it: include/mipzk/mipzk.h in tables, a line for each function.

A test compares every line here with the header: names, types, order, offsets. A new function of the library needs its
line in `PROVER` (or `VERIFIER`) and can be called then.
"""

import ctypes as C
from typing import Any, Dict, Tuple, Type, TypeVar

ABI_VERSION = 1

OK = 0
VERIFY_ALLOW_NO_HIDING = 1
VERIFY_ANY_EXIT_CODE = 2
PROOF_NO_HIDING = 1
PROOF_LINUX = 2
FILE_PUBLIC = 1
MAX_TABLES = 160
MAX_SHARDS = 65535
MAX_FOLDS = 8
PIECE_PLAN, PIECE_WORK, PIECE_HEAD, PIECE_CHALLENGE, PIECE_PART = 1, 2, 3, 4, 5

i32, i64, u32, u64, size = C.c_int32, C.c_int64, C.c_uint32, C.c_uint64, C.c_size_t
text = C.c_char_p
pointer = C.c_void_p  # to bytes, or an object of the library


class ErrorRecord(C.Structure):
    _fields_ = [("status", i32), ("detail", u32), ("message", C.c_char * 248)]


class Range(C.Structure):
    _fields_ = [("offset", u64), ("size", u64)]


class VerifyPolicy(C.Structure):
    _fields_ = [("struct_size", u32), ("min_security_bits", u32), ("max_proof_bytes", u64), ("max_cycles", u64),
                ("flags", u32), ("exit_code", u32), ("max_shards", u32), ("reserved", u32)]


class Claim(C.Structure):
    _fields_ = [("struct_size", u32), ("exit_code", u32), ("public_input", Range), ("output", Range),
                ("shards", u32), ("security_bits", u32), ("flags", u32), ("reserved", u32)]


class ProofInfo(C.Structure):
    _fields_ = [("struct_size", u32), ("format_version", u32), ("profile_id", u32), ("exit_code", u32),
                ("program_id", C.c_uint8 * 32), ("profile_name", C.c_char * 16), ("public_input", Range),
                ("output", Range), ("shape", Range), ("machine_version", u32), ("entry", u32), ("shards", u32),
                ("tables", u32), ("log_height", u32), ("security_bits", u32), ("max_cycles", u64), ("flags", u32),
                ("reserved", u32)]


class Security(C.Structure):
    _fields_ = [("struct_size", u32), ("regime", u32), ("multiplicity", u32), ("millibits_lookup", u32),
                ("millibits_constraints", u32), ("millibits_deep", u32), ("millibits_batch", u32), ("folds", u32),
                ("millibits_fold", u32 * MAX_FOLDS), ("millibits_query", u32), ("millibits_hash", u32),
                ("millibits_total", u32), ("reserved", u32)]


class Profile(C.Structure):
    _fields_ = [("struct_size", u32), ("id", u32), ("name", C.c_char * 16), ("target_bits", u32), ("blowup", u32),
                ("queries", u32), ("grinding_bits", u32), ("regime", u32), ("reserved", u32)]


class ProgramInfo(C.Structure):
    _fields_ = [("struct_size", u32), ("entry", u32), ("elf_flags", u32), ("segments", u32), ("symbols", u64),
                ("instructions", u64), ("image_words", u64)]


class Segment(C.Structure):
    _fields_ = [("struct_size", u32), ("address", u32), ("memory_size", u32), ("file_size", u32), ("flags", u32),
                ("reserved", u32)]


class Estimate(C.Structure):
    _fields_ = [("struct_size", u32), ("exit_code", u32), ("cycles", u64), ("memory_bytes", u64),
                ("available_memory", u64), ("proof_bytes", u64), ("cells", u64), ("shard_cells", u64),
                ("shards", u32), ("workers", u32)]


class Progress(C.Structure):
    _fields_ = [("struct_size", u32), ("phase", u32), ("done", u64), ("total", u64)]


STRUCTS: Dict[str, Type[C.Structure]] = {
    "mipzk_error": ErrorRecord, "mipzk_range": Range, "mipzk_verify_policy": VerifyPolicy, "mipzk_claim": Claim,
    "mipzk_proof_info": ProofInfo, "mipzk_security": Security, "mipzk_profile": Profile,
    "mipzk_program_info": ProgramInfo, "mipzk_segment": Segment, "mipzk_estimate": Estimate,
    "mipzk_progress": Progress,
}

print_fn = C.CFUNCTYPE(None, pointer, pointer, size)
mark_fn = C.CFUNCTYPE(None, pointer, u64, u32)
cycles_fn = C.CFUNCTYPE(i32, pointer, u64)
progress_fn = C.CFUNCTYPE(i32, pointer, C.POINTER(Progress))
write_fn = C.CFUNCTYPE(i32, pointer, pointer, size)
read_fn = C.CFUNCTYPE(i64, pointer, pointer, size)
ask_fn = C.CFUNCTYPE(i32, pointer, pointer, size, write_fn, pointer)
piece_fn = C.CFUNCTYPE(i32, pointer, u32, write_fn, pointer)
keep_fn = C.CFUNCTYPE(i32, pointer, text, pointer, size)
find_fn = C.CFUNCTYPE(i32, pointer, text, write_fn, pointer)
drop_fn = C.CFUNCTYPE(i32, pointer, text, text)

CALLBACKS: Dict[str, Any] = {
    "mipzk_print_fn": print_fn, "mipzk_mark_fn": mark_fn, "mipzk_cycles_fn": cycles_fn,
    "mipzk_progress_fn": progress_fn, "mipzk_write_fn": write_fn, "mipzk_read_fn": read_fn,
    "mipzk_ask_fn": ask_fn, "mipzk_piece_fn": piece_fn, "mipzk_keep_fn": keep_fn, "mipzk_find_fn": find_fn, "mipzk_drop_fn": drop_fn,
}

err = C.POINTER(ErrorRecord)
new = C.POINTER(pointer)  # where an object is put

# The result, then the parameters.
Signature = Tuple[Any, ...]

VERIFIER: Dict[str, Signature] = {
    "mipzk_abi_version": (u32,),
    "mipzk_version": (text,),
    "mipzk_status_name": (text, i32),
    "mipzk_constant": (i32, text, C.POINTER(i64)),
    "mipzk_verify_workspace_size": (size, C.POINTER(VerifyPolicy)),
    "mipzk_verify": (i32, pointer, pointer, size, C.POINTER(VerifyPolicy), pointer, size, C.POINTER(Claim), err),
    "mipzk_proof_inspect": (i32, pointer, size, C.POINTER(ProofInfo), err),
    "mipzk_proof_shape": (i32, pointer, size, pointer, size, C.POINTER(size), err),
    "mipzk_proof_security": (i32, pointer, size, u32, C.POINTER(Security), err),
    "mipzk_profile_count": (u32,),
    "mipzk_profile_get": (i32, u32, C.POINTER(Profile), err),
}

PROVER: Dict[str, Signature] = {
    "mipzk_ctx_new": (i32, u32, new, err),
    "mipzk_ctx_set_u64": (i32, pointer, u32, u64, err),
    "mipzk_ctx_cancel": (None, pointer),
    "mipzk_ctx_resume": (None, pointer),
    "mipzk_ctx_free": (None, pointer),
    "mipzk_program_load_elf": (i32, pointer, pointer, size, new, err),
    "mipzk_program_id": (None, pointer, pointer),
    "mipzk_program_free": (None, pointer),
    "mipzk_program_inspect": (i32, pointer, C.POINTER(ProgramInfo), err),
    "mipzk_program_segment": (i32, pointer, u32, C.POINTER(Segment), err),
    "mipzk_program_symbol": (text, pointer, u64, C.POINTER(u32), C.POINTER(u32)),
    "mipzk_program_shape": (pointer, pointer, C.POINTER(size)),
    "mipzk_job_new": (i32, pointer, pointer, new, err),
    "mipzk_job_free": (None, pointer),
    "mipzk_job_cancel": (None, pointer),
    "mipzk_job_resume": (None, pointer),
    "mipzk_job_public_input": (i32, pointer, pointer, size, err),
    "mipzk_job_private_input": (i32, pointer, pointer, size, err),
    "mipzk_job_hints": (i32, pointer, pointer, size, err),
    "mipzk_job_argument": (i32, pointer, text, err),
    "mipzk_job_environment": (i32, pointer, text, err),
    "mipzk_job_file": (i32, pointer, text, pointer, size, u32, err),
    "mipzk_job_clock": (i32, pointer, u64, err),
    "mipzk_job_random": (i32, pointer, pointer, err),
    "mipzk_job_claimed_input": (pointer, pointer, C.POINTER(size)),
    "mipzk_job_seed": (i32, pointer, pointer, err),
    "mipzk_job_shape": (i32, pointer, pointer, size, err),
    "mipzk_job_on_print": (i32, pointer, print_fn, pointer, err),
    "mipzk_job_on_mark": (i32, pointer, mark_fn, pointer, err),
    "mipzk_job_on_ask": (i32, pointer, ask_fn, pointer, err),
    "mipzk_job_on_cycles": (i32, pointer, cycles_fn, pointer, err),
    "mipzk_job_execute": (i32, pointer, C.POINTER(u64), C.POINTER(u32), err),
    "mipzk_job_output": (pointer, pointer, C.POINTER(size)),
    "mipzk_job_fault_text": (text, pointer),
    "mipzk_job_estimate": (i32, pointer, C.POINTER(Estimate), err),
    "mipzk_job_estimate_shape": (i32, pointer, new, err),
    "mipzk_job_estimate_time": (i32, pointer, C.POINTER(u64), err),
    "mipzk_phase_name": (text, u32),
    "mipzk_job_prove": (i32, pointer, progress_fn, pointer, new, err),
    "mipzk_job_prove_to": (i32, pointer, progress_fn, pointer, write_fn, pointer, err),
    "mipzk_ctx_hold_memory": (i32, pointer, u32, err),
    "mipzk_job_plan": (i32, pointer, u32, new, err),
    "mipzk_job_work": (i32, pointer, pointer, size, u32, new, err),
    "mipzk_work_commit": (i32, pointer, pointer, pointer, size, new, err),
    "mipzk_plan_challenge": (i32, pointer, pointer, pointer, size, piece_fn, pointer, new, err),
    "mipzk_work_prove": (i32, pointer, pointer, pointer, size, pointer, size, new, err),
    "mipzk_plan_assemble": (i32, pointer, pointer, pointer, size, pointer, size, piece_fn, pointer, write_fn,
                            pointer, err),
    "mipzk_piece_check": (i32, pointer, pointer, pointer, size, pointer, size, pointer, size, err),
    "mipzk_piece_inspect": (i32, pointer, size, C.POINTER(u32), C.POINTER(u32), C.POINTER(u32), err),
    "mipzk_job_keep": (i32, pointer, keep_fn, find_fn, drop_fn, pointer, err),
    "mipzk_ctx_verify": (i32, pointer, pointer, pointer, size, C.POINTER(VerifyPolicy), C.POINTER(Claim), err),
    "mipzk_ctx_verify_stream": (i32, pointer, pointer, read_fn, pointer, C.POINTER(VerifyPolicy), new,
                                C.POINTER(Claim), err),
    "mipzk_blob_data": (pointer, pointer),
    "mipzk_blob_size": (size, pointer),
    "mipzk_blob_free": (None, pointer),
}

_Struct = TypeVar("_Struct", bound=C.Structure)


def unsigned(value: int, what: str, bits: int = 64) -> int:
    """`value` if it fits: ctypes would cut it off without a word, and a limit would become another one."""
    value = value.__index__()
    if not 0 <= value < 1 << bits:
        raise ValueError(f"{what} is {value}, but must be at least 0 and less than 2**{bits}")
    return value


def make(kind: Type[_Struct], **fields: int) -> _Struct:
    """A struct with its struct_size, these fields and zeros."""
    struct = kind()
    struct.struct_size = C.sizeof(kind)
    for name, value in fields.items():
        setattr(struct, name, unsigned(value, name, 8 * getattr(kind, name).size))
    return struct
