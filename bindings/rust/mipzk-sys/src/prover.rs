// SPDX-License-Identifier: Apache-2.0
//! The part of the header that `MIPZK_VERIFY_ONLY` leaves out.

use super::{mipzk_claim, mipzk_error, mipzk_status, mipzk_verify_policy};
use std::marker::{PhantomData, PhantomPinned};
use std::os::raw::{c_char, c_void};

macro_rules! opaque {
    ($($name:ident)*) => {$(
        /// An object of the library, known by its address only.
        #[repr(C)]
        pub struct $name {
            _private: [u8; 0],
            _marker: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )*};
}
opaque!(mipzk_ctx mipzk_program mipzk_job mipzk_blob);

// ---- Context --------------------------------------------------------------------------------------------------------

pub type mipzk_option = u32;

pub const MIPZK_FILE_PUBLIC: u32 = 1;
pub const MIPZK_OPT_THREADS: u32 = 1;
pub const MIPZK_OPT_MAX_GUEST_MEMORY: u32 = 2;
pub const MIPZK_OPT_MAX_CYCLES: u32 = 3;
pub const MIPZK_OPT_PROFILE: u32 = 4;
pub const MIPZK_OPT_NO_HIDING: u32 = 5;
pub const MIPZK_OPT_MAX_MEMORY: u32 = 6;
pub const MIPZK_OPT_SHARD_CYCLES: u32 = 7;
pub const MIPZK_OPT_SHARD_CELLS: u32 = 8;

extern "C" {
    pub fn mipzk_ctx_new(abi_version: u32, out: *mut *mut mipzk_ctx, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_ctx_set_u64(
        ctx: *mut mipzk_ctx,
        option: mipzk_option,
        value: u64,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_ctx_cancel(ctx: *mut mipzk_ctx);
    pub fn mipzk_ctx_resume(ctx: *mut mipzk_ctx);
    pub fn mipzk_ctx_free(ctx: *mut mipzk_ctx);
}

// ---- Program --------------------------------------------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_program_info {
    pub struct_size: u32,
    pub entry: u32,
    pub elf_flags: u32,
    pub segments: u32,
    pub symbols: u64,
    pub instructions: u64,
    pub image_words: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_segment {
    pub struct_size: u32,
    pub address: u32,
    pub memory_size: u32,
    pub file_size: u32,
    pub flags: u32,
    pub reserved: u32,
}

extern "C" {
    pub fn mipzk_program_load_elf(
        ctx: *mut mipzk_ctx,
        elf: *const u8,
        size: usize,
        out: *mut *mut mipzk_program,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_program_id(program: *const mipzk_program, out_id: *mut u8);
    pub fn mipzk_program_free(program: *mut mipzk_program);
    pub fn mipzk_program_inspect(
        program: *const mipzk_program,
        out_info: *mut mipzk_program_info,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_program_segment(
        program: *const mipzk_program,
        index: u32,
        out_segment: *mut mipzk_segment,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_program_symbol(
        program: *const mipzk_program,
        index: u64,
        out_address: *mut u32,
        out_size: *mut u32,
    ) -> *const c_char;
    pub fn mipzk_program_shape(program: *const mipzk_program, out_size: *mut usize) -> *const u8;
}

// ---- Job ------------------------------------------------------------------------------------------------------------

pub type mipzk_print_fn = Option<unsafe extern "C" fn(user: *mut c_void, text: *const u8, size: usize)>;
pub type mipzk_mark_fn = Option<unsafe extern "C" fn(user: *mut c_void, cycle: u64, mark: u32)>;
pub type mipzk_cycles_fn = Option<unsafe extern "C" fn(user: *mut c_void, cycles: u64) -> i32>;
pub type mipzk_read_fn = Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut u8, size: usize) -> i64>;
pub type mipzk_write_fn = Option<unsafe extern "C" fn(user: *mut c_void, data: *const u8, size: usize) -> i32>;
pub type mipzk_progress_fn = Option<unsafe extern "C" fn(user: *mut c_void, progress: *const mipzk_progress) -> i32>;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_estimate {
    pub struct_size: u32,
    pub exit_code: u32,
    pub cycles: u64,
    pub memory_bytes: u64,
    pub available_memory: u64,
    pub proof_bytes: u64,
    pub cells: u64,
    pub shard_cells: u64,
    pub shards: u32,
    pub workers: u32,
}

pub const MIPZK_PHASE_EXECUTE: u32 = 0;
pub const MIPZK_PHASE_TRACE: u32 = 1;
pub const MIPZK_PHASE_COMMIT: u32 = 2;
pub const MIPZK_PHASE_QUOTIENT: u32 = 3;
pub const MIPZK_PHASE_OPEN: u32 = 4;
pub const MIPZK_PHASE_QUERY: u32 = 5;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_progress {
    pub struct_size: u32,
    pub phase: u32,
    pub done: u64,
    pub total: u64,
}

extern "C" {
    pub fn mipzk_job_new(
        ctx: *mut mipzk_ctx,
        program: *const mipzk_program,
        out: *mut *mut mipzk_job,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_cancel(job: *mut mipzk_job);
    pub fn mipzk_job_resume(job: *mut mipzk_job);
    pub fn mipzk_job_free(job: *mut mipzk_job);
    pub fn mipzk_job_public_input(
        job: *mut mipzk_job,
        data: *const u8,
        size: usize,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_private_input(
        job: *mut mipzk_job,
        data: *const u8,
        size: usize,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_hints(job: *mut mipzk_job, data: *const u8, size: usize, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_argument(job: *mut mipzk_job, text: *const c_char, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_environment(job: *mut mipzk_job, text: *const c_char, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_file(
        job: *mut mipzk_job,
        name: *const c_char,
        data: *const u8,
        size: usize,
        flags: u32,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_clock(job: *mut mipzk_job, seconds: u64, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_random(job: *mut mipzk_job, seed: *const u8, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_claimed_input(job: *const mipzk_job, out_size: *mut usize) -> *const u8;
    pub fn mipzk_job_seed(job: *mut mipzk_job, seed: *const u8, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_shape(job: *mut mipzk_job, shape: *const u8, size: usize, err: *mut mipzk_error) -> mipzk_status;
    pub fn mipzk_job_on_print(
        job: *mut mipzk_job,
        f: mipzk_print_fn,
        user: *mut c_void,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_on_mark(
        job: *mut mipzk_job,
        f: mipzk_mark_fn,
        user: *mut c_void,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_on_cycles(
        job: *mut mipzk_job,
        f: mipzk_cycles_fn,
        user: *mut c_void,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_execute(
        job: *mut mipzk_job,
        out_cycles: *mut u64,
        out_exit_code: *mut u32,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_output(job: *const mipzk_job, out_size: *mut usize) -> *const u8;
    pub fn mipzk_job_fault_text(job: *const mipzk_job) -> *const c_char;
    pub fn mipzk_job_estimate(
        job: *mut mipzk_job,
        out_estimate: *mut mipzk_estimate,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_estimate_shape(
        job: *mut mipzk_job,
        out_shape: *mut *mut mipzk_blob,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_estimate_time(
        job: *mut mipzk_job,
        out_milliseconds: *mut u64,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_phase_name(phase: u32) -> *const c_char;
    pub fn mipzk_job_prove(
        job: *mut mipzk_job,
        f: mipzk_progress_fn,
        user: *mut c_void,
        out_proof: *mut *mut mipzk_blob,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_job_prove_to(
        job: *mut mipzk_job,
        f: mipzk_progress_fn,
        user: *mut c_void,
        write: mipzk_write_fn,
        write_user: *mut c_void,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_ctx_verify(
        ctx: *mut mipzk_ctx,
        program_id: *const u8,
        proof: *const u8,
        proof_size: usize,
        policy: *const mipzk_verify_policy,
        out_claim: *mut mipzk_claim,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_ctx_verify_stream(
        ctx: *mut mipzk_ctx,
        program_id: *const u8,
        read: mipzk_read_fn,
        user: *mut c_void,
        policy: *const mipzk_verify_policy,
        out_front: *mut *mut mipzk_blob,
        out_claim: *mut mipzk_claim,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_blob_data(blob: *const mipzk_blob) -> *const u8;
    pub fn mipzk_blob_size(blob: *const mipzk_blob) -> usize;
    pub fn mipzk_blob_free(blob: *mut mipzk_blob);
}
