// SPDX-License-Identifier: Apache-2.0
//! Verifying proofs.

use crate::error::{check, Error, ErrorKind, Result};
use crate::sized;
use mipzk_sys as sys;
use std::fmt;
use std::str::FromStr;

/// Commits to all code and initial data of a program. It is what a verifier must know beforehand, from a source that it
/// trusts. Its text form has 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramId(pub [u8; 32]);

impl fmt::Display for ProgramId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ProgramId {
    type Err = Error;

    fn from_str(text: &str) -> Result<ProgramId> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
        match digits {
            Some(digits) if digits.len() == 64 => {
                let mut id = [0; 32];
                for (byte, pair) in id.iter_mut().zip(digits.chunks(2)) {
                    *byte = pair[0] << 4 | pair[1];
                }
                Ok(ProgramId(id))
            }
            _ => Err(Error::new(ErrorKind::Argument, "a program id has 64 hexadecimal digits")),
        }
    }
}

/// What a verifier accepts; the proof has no say. 0 in a number means its default.
///
/// ```
/// let policy = mipzk::Policy { min_security_bits: 128, ..Default::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Provable bits, default 100.
    pub min_security_bits: u32,
    /// Default 8 GiB; verifying takes some 6 ms for each MB.
    pub max_proof_bytes: u64,
    /// Default 4096.
    pub max_shards: u32,
    /// Bound on the length of the run, default 2^32.
    pub max_cycles: u64,
    /// That the program must have ended with.
    pub exit_code: u32,
    /// Accept whatever the program ended with: look at the claim.
    pub any_exit_code: bool,
    /// Accept proofs that may tell everything about the private input.
    pub allow_no_hiding: bool,
}

impl Policy {
    pub(crate) fn to_c(&self) -> sys::mipzk_verify_policy {
        let mut c = sized!(mipzk_verify_policy);
        c.min_security_bits = self.min_security_bits;
        c.max_proof_bytes = self.max_proof_bytes;
        c.max_cycles = self.max_cycles;
        c.max_shards = self.max_shards;
        c.exit_code = self.exit_code;
        if self.any_exit_code {
            c.flags |= sys::MIPZK_VERIFY_ANY_EXIT_CODE;
        }
        if self.allow_no_hiding {
            c.flags |= sys::MIPZK_VERIFY_ALLOW_NO_HIDING;
        }
        c
    }
}

/// What an accepted proof states: the program, run on this public input and some private input, ended with this exit
/// code and this output. Comparing them with what was asked for is up to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    pub exit_code: u32,
    pub public_input: &'a [u8],
    pub output: &'a [u8],
    pub shards: u32,
    /// Provable, rounded down.
    pub security_bits: u32,
    /// The proof may tell everything about the private input.
    pub no_hiding: bool,
    /// The public input is a list of entries, as [`Job::claimed_input`](crate::Job::claimed_input) has it.
    pub linux: bool,
}

impl<'a> Claim<'a> {
    /// `front`: the bytes that a proof begins with, the ranges of the claim among them.
    pub(crate) fn from_c(front: &'a [u8], claim: &sys::mipzk_claim) -> Claim<'a> {
        Claim {
            exit_code: claim.exit_code,
            public_input: cut(front, claim.public_input),
            output: cut(front, claim.output),
            shards: claim.shards,
            security_bits: claim.security_bits,
            no_hiding: claim.flags & sys::MIPZK_PROOF_NO_HIDING != 0,
            linux: claim.flags & sys::MIPZK_PROOF_LINUX != 0,
        }
    }
}

/// Part of a proof; the library has found that the range lies inside it.
pub(crate) fn cut(proof: &[u8], range: sys::mipzk_range) -> &[u8] {
    &proof[range.offset as usize..][..range.size as usize]
}

/// Fails if the library that is running is not of the header that these declarations follow.
pub(crate) fn check_abi() -> Result<()> {
    // SAFETY: a pure function.
    match unsafe { sys::mipzk_abi_version() } {
        sys::MIPZK_ABI_VERSION => Ok(()),
        other => Err(Error::new(
            ErrorKind::Unsupported,
            &format!("this crate is for ABI version {}, the library has {other}", sys::MIPZK_ABI_VERSION),
        )),
    }
}

/// Bytes of workspace that any proof within the policy needs; 0 for a policy that is invalid.
pub fn workspace_size(policy: &Policy) -> usize {
    // SAFETY: the policy is a whole one.
    unsafe { sys::mipzk_verify_workspace_size(&policy.to_c()) }
}

/// Verifies a proof about the program with the id. The default policy: at least 100 bits, only runs with exit code 0,
/// only proofs that hide their private input. Every error is a refusal; [`Error::detail`] of `Malformed` and `Rejected` is
/// the number of the shard, from 1, whose part is wrong, or 0.
///
/// Makes no threads; allocates its workspace and nothing else.
pub fn verify<'a>(id: &ProgramId, proof: &'a [u8], policy: &Policy) -> Result<Claim<'a>> {
    verify_in(id, proof, policy, &mut vec![0; workspace_size(policy)])
}

/// [`verify`] in a workspace of the caller's, of [`workspace_size`] bytes, which may be used again.
pub fn verify_in<'a>(id: &ProgramId, proof: &'a [u8], policy: &Policy, workspace: &mut [u8]) -> Result<Claim<'a>> {
    check_abi()?;
    let mut claim = sized!(mipzk_claim);
    // SAFETY: slices with their lengths, whole structs; proof and workspace do not overlap.
    check(|err| unsafe {
        sys::mipzk_verify(
            id.0.as_ptr(),
            proof.as_ptr(),
            proof.len(),
            &policy.to_c(),
            workspace.as_mut_ptr().cast(),
            workspace.len(),
            &mut claim,
            err,
        )
    })?;
    Ok(Claim::from_c(proof, &claim))
}
