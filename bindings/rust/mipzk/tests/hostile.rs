// SPDX-License-Identifier: Apache-2.0
//! Bytes that are no proof: refused, whatever they are. Needs no prover but for one real proof.

use mipzk::*;

fn refused(proof: &[u8], id: &ProgramId) {
    use ErrorKind as Kind;
    let error = verify(id, proof, &Policy::default()).expect_err("a proof that is wrong");
    assert!(
        matches!(
            error.kind(),
            Kind::Malformed | Kind::Unsupported | Kind::Policy | Kind::Rejected | Kind::WrongProgram
        ),
        "{error:?} for {} bytes",
        proof.len()
    );
    // They may fail, and must not do worse.
    let _ = inspect(proof);
    let _ = (security(proof, Regime::Unique), security(proof, Regime::Johnson));
}

#[test]
fn bytes_are_refused() {
    let mut state = 1u32;
    for size in 0..600 {
        let mut bytes = b"MPZK".to_vec();
        bytes.resize_with(4 + size, || {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            if size % 2 == 0 {
                0
            } else {
                (state >> 24) as u8
            }
        });
        refused(&bytes, &ProgramId([0; 32]));
        refused(&bytes[4..], &ProgramId([0; 32]));
    }
}

#[test]
fn policies_that_cannot_be_met_are_errors() {
    let policy = Policy { min_security_bits: 1 << 31, ..Policy::default() };
    assert!(verify(&ProgramId([0; 32]), b"", &policy).is_err());
    assert!(profiles().len() >= 4);
    assert!(!version().is_empty());
    assert_eq!(ErrorKind::WrongProgram.to_string(), "MIPZK_E_WRONG_PROGRAM");
}

#[cfg(feature = "prover")]
mod support;

#[cfg(feature = "prover")]
#[test]
fn damaged_proofs_are_refused() {
    let (program, mut job) = or_skip!(support::job("echo", &Options::default(), b"x"));
    let (id, proof) = (program.id(), job.prove().unwrap());
    let mut damaged = proof.to_vec();
    let mut at = 0;
    while at < proof.len() {
        damaged[at] ^= 1;
        refused(&damaged, &id);
        damaged[at] ^= 1;
        refused(&proof[..at], &id);
        at += 1 + at / 4;
    }
    damaged.push(0);
    refused(&damaged, &id);
}
