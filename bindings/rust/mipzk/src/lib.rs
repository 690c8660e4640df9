// SPDX-License-Identifier: Apache-2.0
//! Runs MIPS programs and proves that the runs happened: that this program, on this public input and some private
//! input, ended with this exit code and this output. Anyone can check the proof without running the program.
//!
//! ```
//! # #[cfg(feature = "prover")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # match std::env::var("MIPZK_GUESTS") {
//! #     Ok(folder) => std::env::set_current_dir(folder)?,
//! #     Err(_) => return Ok(println!("skipped: MIPZK_GUESTS names no folder of guests")),
//! # }
//! use mipzk::{verify, Context, Job, Policy, Program};
//!
//! let elf = std::fs::read("sha256.elf")?;
//! let mut context = Context::new()?;
//! let program = Program::load(&mut context, &elf)?;
//! let mut job = Job::new(&mut context, &program)?;
//! job.private_input(b"abc")?;
//! let proof = job.prove()?;
//!
//! // Elsewhere: the id came with the software, the proof from anybody.
//! let claim = verify(&program.id(), &proof, &Policy::default())?;
//! assert_eq!(claim.output[..4], [0xba, 0x78, 0x16, 0xbf]); // somebody knows a text with this hash
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "prover"))]
//! # fn main() {}
//! ```
//!
//! # Threads
//! Everything is `Send` and `Sync`; what changes an object takes `&mut self`. Each job proves on the threads of its
//! context ([`Options::threads`]), and different jobs may run at the same time, on threads of the caller's. Cancelling a
//! [`Context`] ends all of its jobs; a callback in [`Hooks`] ends its own.
//!
//! # Memory
//! What is passed in is copied. Objects may be dropped in any order. A run takes the memory that [`Job::estimate`] tells.
//!
//! # Secrets
//! The library wipes its copies of private input, hints and seed when a job is dropped. What the caller holds is the
//! caller's to wipe. A program that handles secrets should forbid core files (`RLIMIT_CORE` of 0).
//!
//! # Features
//! Without the default feature `prover` the crate verifies only, and links `libmipzk_verify` alone.

mod error;
mod inspect;
mod verify;

pub use error::{Error, ErrorKind, Result};
pub use inspect::{inspect, profiles, security, Profile, ProofInfo, Regime, Security, MAX_SHARDS, MAX_TABLES};
pub use verify::{verify, verify_in, workspace_size, Claim, Policy, ProgramId};

#[cfg(feature = "prover")]
mod context;
#[cfg(feature = "prover")]
mod hooks;
#[cfg(feature = "prover")]
mod job;
#[cfg(feature = "prover")]
mod program;
#[cfg(feature = "prover")]
mod stream;

#[cfg(feature = "prover")]
pub use context::{Canceller, Context, Options};
#[cfg(feature = "prover")]
pub use hooks::{Hooks, Phase, Progress};
#[cfg(feature = "prover")]
pub use job::{Estimate, Job, Outcome, Proof};
#[cfg(feature = "prover")]
pub use program::{Program, ProgramInfo, Segment, Symbol};
#[cfg(feature = "prover")]
pub use stream::Verified;

/// Version of the library that is running, such as "0.1.0".
pub fn version() -> &'static str {
    // SAFETY: static, and a C string.
    unsafe { std::ffi::CStr::from_ptr(mipzk_sys::mipzk_version()) }.to_str().unwrap_or("")
}

/// A struct of C that begins with struct_size: that, and zeros.
macro_rules! sized {
    ($name:ident) => {
        mipzk_sys::$name { struct_size: std::mem::size_of::<mipzk_sys::$name>() as u32, ..Default::default() }
    };
}
pub(crate) use sized;
