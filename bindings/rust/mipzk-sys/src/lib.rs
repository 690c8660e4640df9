// SPDX-License-Identifier: Apache-2.0
//! The C interface of mipzk, as `mipzk/mipzk.h` declares it and under the same names. The header is the reference;
//! `tests/header.rs` compares every declaration here with it. The crate `mipzk` is what most programs want.
//!
//! Without the feature `prover` only the verifier is declared, and `libmipzk_verify` linked.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

pub const MIPZK_ABI_VERSION: u32 = 1;

pub type mipzk_status = i32;

pub const MIPZK_OK: i32 = 0;
pub const MIPZK_E_ARGUMENT: i32 = -1;
pub const MIPZK_E_NO_MEMORY: i32 = -2;
pub const MIPZK_E_CANCELLED: i32 = -3;
pub const MIPZK_E_INTERNAL: i32 = -4;
pub const MIPZK_E_UNSUPPORTED: i32 = -5;
pub const MIPZK_E_STATE: i32 = -6;
pub const MIPZK_E_ELF: i32 = -10;
pub const MIPZK_E_INPUT: i32 = -11;
pub const MIPZK_E_FAULT: i32 = -12;
pub const MIPZK_E_CYCLE_LIMIT: i32 = -13;
pub const MIPZK_E_MEMORY_LIMIT: i32 = -14;
pub const MIPZK_E_UNPROVABLE: i32 = -15;
pub const MIPZK_E_MALFORMED: i32 = -20;
pub const MIPZK_E_POLICY: i32 = -21;
pub const MIPZK_E_REJECTED: i32 = -22;
pub const MIPZK_E_WRONG_PROGRAM: i32 = -23;
pub const MIPZK_E_WORKSPACE: i32 = -24;
pub const MIPZK_E_EXIT_CODE: i32 = -25;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct mipzk_error {
    pub status: mipzk_status,
    pub detail: u32,
    pub message: [c_char; 248],
}

extern "C" {
    pub fn mipzk_abi_version() -> u32;
    pub fn mipzk_version() -> *const c_char;
    pub fn mipzk_status_name(status: mipzk_status) -> *const c_char;
}

// ---- Verifying ------------------------------------------------------------------------------------------------------

pub const MIPZK_VERIFY_ALLOW_NO_HIDING: u32 = 1;
pub const MIPZK_VERIFY_ANY_EXIT_CODE: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_verify_policy {
    pub struct_size: u32,
    pub min_security_bits: u32,
    pub max_proof_bytes: u64,
    pub max_cycles: u64,
    pub flags: u32,
    pub exit_code: u32,
    pub max_shards: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_range {
    pub offset: u64,
    pub size: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_claim {
    pub struct_size: u32,
    pub exit_code: u32,
    pub public_input: mipzk_range,
    pub output: mipzk_range,
    pub shards: u32,
    pub security_bits: u32,
    pub flags: u32,
    pub reserved: u32,
}

pub const MIPZK_PROOF_NO_HIDING: u32 = 1;
pub const MIPZK_PROOF_LINUX: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_proof_info {
    pub struct_size: u32,
    pub format_version: u32,
    pub profile_id: u32,
    pub exit_code: u32,
    pub program_id: [u8; 32],
    pub profile_name: [c_char; 16],
    pub public_input: mipzk_range,
    pub output: mipzk_range,
    pub shape: mipzk_range,
    pub machine_version: u32,
    pub entry: u32,
    pub shards: u32,
    pub tables: u32,
    pub log_height: u32,
    pub security_bits: u32,
    pub max_cycles: u64,
    pub flags: u32,
    pub reserved: u32,
}

pub const MIPZK_MAX_TABLES: u32 = 160;
pub const MIPZK_MAX_SHARDS: u32 = 65535;

pub const MIPZK_REGIME_UNIQUE: u32 = 0;
pub const MIPZK_REGIME_JOHNSON: u32 = 1;
pub const MIPZK_MAX_FOLDS: u32 = 8;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_security {
    pub struct_size: u32,
    pub regime: u32,
    pub multiplicity: u32,
    pub millibits_lookup: u32,
    pub millibits_constraints: u32,
    pub millibits_deep: u32,
    pub millibits_batch: u32,
    pub folds: u32,
    pub millibits_fold: [u32; 8],
    pub millibits_query: u32,
    pub millibits_hash: u32,
    pub millibits_total: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct mipzk_profile {
    pub struct_size: u32,
    pub id: u32,
    pub name: [c_char; 16],
    pub target_bits: u32,
    pub blowup: u32,
    pub queries: u32,
    pub grinding_bits: u32,
    pub regime: u32,
    pub reserved: u32,
}

extern "C" {
    pub fn mipzk_verify_workspace_size(policy: *const mipzk_verify_policy) -> usize;
    pub fn mipzk_verify(
        program_id: *const u8,
        proof: *const u8,
        proof_size: usize,
        policy: *const mipzk_verify_policy,
        workspace: *mut c_void,
        workspace_size: usize,
        out_claim: *mut mipzk_claim,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_proof_inspect(
        proof: *const u8,
        proof_size: usize,
        out_info: *mut mipzk_proof_info,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_proof_shape(
        proof: *const u8,
        proof_size: usize,
        out: *mut u8,
        capacity: usize,
        out_size: *mut usize,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_proof_security(
        proof: *const u8,
        proof_size: usize,
        regime: u32,
        out_security: *mut mipzk_security,
        err: *mut mipzk_error,
    ) -> mipzk_status;
    pub fn mipzk_profile_count() -> u32;
    pub fn mipzk_profile_get(index: u32, out_profile: *mut mipzk_profile, err: *mut mipzk_error) -> mipzk_status;
}

#[cfg(feature = "prover")]
mod prover;
#[cfg(feature = "prover")]
pub use prover::*;
