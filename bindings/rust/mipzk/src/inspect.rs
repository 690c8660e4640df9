// SPDX-License-Identifier: Apache-2.0
//! What proofs say about themselves, and parameter sets.

use crate::error::{check, text, Result};
use crate::sized;
use crate::verify::{check_abi, cut, ProgramId};
use mipzk_sys as sys;

/// What a proof says about itself. None of it is verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProofInfo<'a> {
    pub format_version: u32,
    pub machine_version: u32,
    pub profile_id: u32,
    pub profile_name: String,
    pub program_id: ProgramId,
    /// Of the program, byte address.
    pub entry: u32,
    pub exit_code: u32,
    pub public_input: &'a [u8],
    pub output: &'a [u8],
    /// Those of all shards, for `Job::shape`.
    pub shape: Vec<u8>,
    pub shards: u32,
    /// Table instances of all shards.
    pub tables: u32,
    /// log2 of the rows of the tallest.
    pub log_height: u32,
    /// Provable, rounded down; see [`security`].
    pub security_bits: u32,
    /// The run is no longer than this.
    pub max_cycles: u64,
    /// The proof may tell everything about the private input.
    pub no_hiding: bool,
}

/// Tables that a shard can have: its shape is 4 bytes and 2 for each.
pub const MAX_TABLES: usize = sys::MIPZK_MAX_TABLES as usize;
/// Shards that a proof can have.
pub const MAX_SHARDS: usize = sys::MIPZK_MAX_SHARDS as usize;

/// What a proof says about itself, not verified. It needs the whole proof. Errors: `Malformed`, `Unsupported`.
pub fn inspect(proof: &[u8]) -> Result<ProofInfo<'_>> {
    check_abi()?;
    let mut info = sized!(mipzk_proof_info);
    // SAFETY: a slice with its length, whole structs.
    check(|err| unsafe { sys::mipzk_proof_inspect(proof.as_ptr(), proof.len(), &mut info, err) })?;
    let mut shape = vec![0; 4 * info.shards as usize + 2 * info.tables as usize];
    let mut size = 0;
    // SAFETY: slices with their lengths.
    check(|err| unsafe {
        sys::mipzk_proof_shape(proof.as_ptr(), proof.len(), shape.as_mut_ptr(), shape.len(), &mut size, err)
    })?;
    shape.truncate(size);
    Ok(ProofInfo {
        format_version: info.format_version,
        machine_version: info.machine_version,
        profile_id: info.profile_id,
        // SAFETY: the library ends it with a NUL.
        profile_name: unsafe { text(info.profile_name.as_ptr()) },
        program_id: ProgramId(info.program_id),
        entry: info.entry,
        exit_code: info.exit_code,
        public_input: cut(proof, info.public_input),
        output: cut(proof, info.output),
        shape,
        shards: info.shards,
        tables: info.tables,
        log_height: info.log_height,
        security_bits: info.security_bits,
        max_cycles: info.max_cycles,
        no_hiding: info.flags & sys::MIPZK_PROOF_NO_HIDING != 0,
    })
}

/// The proven bound that a figure of security rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Regime {
    /// Within the unique decoding radius.
    Unique,
    /// Within the Johnson radius.
    Johnson,
    /// One of a newer library.
    Other(u32),
}

impl Regime {
    fn from_c(number: u32) -> Regime {
        match number {
            sys::MIPZK_REGIME_UNIQUE => Regime::Unique,
            sys::MIPZK_REGIME_JOHNSON => Regime::Johnson,
            other => Regime::Other(other),
        }
    }

    fn to_c(self) -> u32 {
        match self {
            Regime::Unique => sys::MIPZK_REGIME_UNIQUE,
            Regime::Johnson => sys::MIPZK_REGIME_JOHNSON,
            Regime::Other(number) => number,
        }
    }
}

/// Provable security of each round of the protocol in thousandths of a bit, for the parameters and the shape of a proof,
/// provided that it is valid. The total is the least.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Security {
    pub regime: Regime,
    /// Parameter of the Johnson bound, 0 in the other regime.
    pub multiplicity: u32,
    pub lookup: u32,
    pub constraints: u32,
    pub deep: u32,
    pub batch: u32,
    /// Of FRI.
    pub folds: Vec<u32>,
    pub query: u32,
    pub hash: u32,
    pub total: u32,
}

/// The security of a proof under a bound. Both bounds are proven, so the greater total counts;
/// [`Policy::min_security_bits`](crate::Policy::min_security_bits) is about the regime of the proof's profile. Errors:
/// `Argument` for an unknown regime, `Malformed`, `Unsupported`.
pub fn security(proof: &[u8], regime: Regime) -> Result<Security> {
    check_abi()?;
    let mut s = sized!(mipzk_security);
    // SAFETY: a slice with its length, whole structs.
    check(|err| unsafe { sys::mipzk_proof_security(proof.as_ptr(), proof.len(), regime.to_c(), &mut s, err) })?;
    Ok(Security {
        regime: Regime::from_c(s.regime),
        multiplicity: s.multiplicity,
        lookup: s.millibits_lookup,
        constraints: s.millibits_constraints,
        deep: s.millibits_deep,
        batch: s.millibits_batch,
        folds: s.millibits_fold[..s.folds.min(sys::MIPZK_MAX_FOLDS) as usize].to_vec(),
        query: s.millibits_query,
        hash: s.millibits_hash,
        total: s.millibits_total,
    })
}

/// A parameter set that proofs can be made with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// For `Options::profile`.
    pub id: u32,
    pub name: String,
    /// Provable security that it is meant for.
    pub target_bits: u32,
    pub blowup: u32,
    pub queries: u32,
    pub grinding_bits: u32,
    /// Proven bound that it rests on.
    pub regime: Regime,
}

/// The parameter sets of the library; the first is the default.
pub fn profiles() -> Vec<Profile> {
    // SAFETY: pure functions, and a whole struct.
    let get = |index| {
        let mut p = sized!(mipzk_profile);
        check(|err| unsafe { sys::mipzk_profile_get(index, &mut p, err) }).ok()?;
        Some(Profile {
            id: p.id,
            name: unsafe { text(p.name.as_ptr()) },
            target_bits: p.target_bits,
            blowup: p.blowup,
            queries: p.queries,
            grinding_bits: p.grinding_bits,
            regime: Regime::from_c(p.regime),
        })
    };
    (0..unsafe { sys::mipzk_profile_count() }).filter_map(get).collect()
}
