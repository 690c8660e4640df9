// SPDX-License-Identifier: Apache-2.0
//! Runs a program on a private input, proves the run, and verifies the proof.
//!
//!     attest GUEST.elf PRIVATE_FILE PROOF_FILE

use mipzk::{verify, Context, Hooks, Job, Policy, Program};
use std::error::Error;
use std::ops::ControlFlow;

fn run(guest: &str, private: &str, proof: &str) -> Result<(), Box<dyn Error>> {
    let mut context = Context::new()?;
    let program = Program::load(&mut context, &std::fs::read(guest)?)?;
    let mut job = Job::new(&mut context, &program)?;
    let secret = std::fs::read(private)?;
    job.private_input(&secret)?;

    // What would it take, and does the program succeed at all?
    let estimate = job.estimate()?;
    if estimate.exit_code != 0 {
        return Err(format!("the program ended with exit code {}: nothing to attest", estimate.exit_code).into());
    }
    eprintln!("{} instructions, {} MiB to prove them", estimate.cycles, estimate.memory >> 20);

    let hooks = Hooks::new().progress(|p| {
        if let Some(percent) = (100 * p.done).checked_div(p.total) {
            eprint!("\r{:<9} {:3}%", p.phase, percent);
        }
        ControlFlow::Continue(())
    });
    let bytes = job.prove_with(hooks)?;
    eprintln!();
    std::fs::write(proof, &bytes[..])?;

    // This half needs only the id of the program, which its user knows beforehand.
    let claim = verify(&program.id(), &bytes, &Policy::default())?;
    println!("program id {}", program.id());
    println!("output     {}", claim.output.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match &arguments[..] {
        [guest, private, proof] => run(guest, private, proof),
        _ => Err("usage: attest GUEST.elf PRIVATE_FILE PROOF_FILE".into()),
    };
    if let Err(error) = result {
        eprintln!("{error}");
        if let Some(fault) = error.downcast_ref::<mipzk::Error>().and_then(|error| error.fault()) {
            eprintln!("{fault}");
        }
        std::process::exit(1);
    }
}
