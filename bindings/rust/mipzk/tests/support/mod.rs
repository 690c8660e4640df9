// SPDX-License-Identifier: Apache-2.0
//! Guests of the project's tests, from the folder that MIPZK_GUESTS names: build/tests/guests after a build.
#![allow(dead_code)] // not every test uses all of it

use mipzk::{Context, ErrorKind, Job, Options, Program, Result};

/// What there is, or the end of the test.
#[macro_export]
macro_rules! or_skip {
    ($guest:expr) => {
        match $guest {
            Some(guest) => guest,
            None => return,
        }
    };
}

/// The bytes of a guest; `None`, with a word why, if there are no guests.
pub fn elf(guest: &str) -> Option<Vec<u8>> {
    match std::env::var("MIPZK_GUESTS") {
        Ok(folder) => Some(std::fs::read(format!("{folder}/{guest}.elf")).expect("a guest")),
        Err(_) => {
            println!("skipped: MIPZK_GUESTS names no folder of guests");
            None
        }
    }
}

/// A job of a guest with a private input, and its program.
pub fn job(guest: &str, options: &Options, private: &[u8]) -> Option<(Program, Job)> {
    let elf = elf(guest)?;
    let mut context = Context::with(options).unwrap();
    let program = Program::load(&mut context, &elf).unwrap();
    let mut job = Job::new(&mut context, &program).unwrap();
    job.private_input(private).unwrap();
    Some((program, job))
}

pub fn kind<T>(result: Result<T>) -> ErrorKind {
    result.err().expect("an error").kind()
}

/// A guest that never ends: of `faults`.
pub const ENDLESS: &[u8] = &[16];
