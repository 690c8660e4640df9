// SPDX-License-Identifier: Apache-2.0
//! Callbacks, cancellation and threads.
#![cfg(feature = "prover")]

mod support;

use mipzk::*;
use std::cell::Cell;
use std::ops::ControlFlow::{Break, Continue};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::thread;
use support::{job, kind, ENDLESS};

const UNBOUNDED: Options = Options {
    max_cycles: u64::MAX,
    threads: 0,
    max_guest_memory: 0,
    profile: 0,
    no_hiding: false,
    max_memory: 0,
    shard_cycles: 0,
    shard_cells: 0,
};

#[test]
fn progress_is_told() {
    let (_, mut job) = or_skip!(job("echo", &Options::default(), b""));
    let mut phases = Vec::new();
    let mut last = 0;
    let hooks = Hooks::new().progress(|p| {
        assert!(last <= p.done && (p.done <= p.total || p.total == 0));
        last = p.done;
        if phases.last() != Some(&p.phase) {
            phases.push(p.phase);
        }
        Continue(())
    });
    job.prove_with(hooks).unwrap();
    use Phase::*;
    assert_eq!(phases, [Execute, Trace, Commit, Quotient, Open, Query]);
    assert_eq!(format!("{Commit:>8}"), "  commit");
}

#[test]
fn a_callback_ends_its_call() {
    let (_, mut job) = or_skip!(job("faults", &UNBOUNDED, ENDLESS));
    let enough = |cycles| if cycles > 1 << 20 { Break(()) } else { Continue(()) };
    assert_eq!(kind(job.execute_with(Hooks::new().cycles(enough))), ErrorKind::Cancelled);
    assert_eq!(kind(job.estimate_with(Hooks::new().cycles(|_| Break(())))), ErrorKind::Cancelled);
    assert_eq!(kind(job.prove_with(Hooks::new().progress(|_| Break(())))), ErrorKind::Cancelled);
    job.private_input(b"").unwrap();
    job.prove().unwrap();
}

#[test]
fn what_a_program_shows() {
    let (_, mut job) = or_skip!(job("exit_code", &Options::default(), &[1, 0, 0, 0, 0]));
    let (mut text, mut marks) = (Vec::new(), Vec::new());
    let hooks = Hooks::new().print(|piece| text.extend_from_slice(piece)).mark(|cycle, mark| marks.push((cycle, mark)));
    job.execute_with(hooks).unwrap();
    assert_eq!(text, b"exit_code: about to end\n");
    assert!(marks.len() == 2 && marks[0].0 < marks[1].0 && marks[0].1 == 7 && marks[1].1 == u32::MAX);
    job.execute().unwrap();
}

struct Panics;

impl std::io::Write for Panics {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        panic!("write")
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn panics_reach_the_caller() {
    let (_, mut job) = or_skip!(job("exit_code", &Options::default(), b""));
    type Hook = (&'static str, fn(Hooks<'static>) -> Hooks<'static>);
    let hooks: [Hook; 3] = [
        ("progress", |hooks| hooks.progress(|_| panic!("progress"))),
        ("print", |hooks| hooks.print(|_| panic!("print"))),
        ("mark", |hooks| hooks.mark(|_, _| panic!("mark"))),
    ];
    std::panic::set_hook(Box::new(|_| ())); // they are wanted here
    for (name, hook) in hooks {
        job.private_input(&[0; 5]).unwrap();
        let after = Cell::new(0);
        let hooks = hook(Hooks::new()).cycles(|_| {
            after.set(after.get() + 1);
            Continue(())
        });
        let panic = catch_unwind(AssertUnwindSafe(|| job.prove_with(hooks))).expect_err(name);
        assert_eq!(panic.downcast_ref::<&str>(), Some(&name));
        assert_eq!(after.get(), 0);
    }
    let write = AssertUnwindSafe(|| job.prove_to(Panics, Hooks::new()));
    assert_eq!(catch_unwind(write).expect_err("write").downcast_ref::<&str>(), Some(&"write"));
    let _ = std::panic::take_hook();
    job.prove().unwrap();
}

#[test]
fn cancelling_a_context_ends_its_jobs_only() {
    let (_, mut other) = or_skip!(job("echo", &Options::default(), b""));
    let elf = support::elf("faults").unwrap();
    let mut context = Context::with(&UNBOUNDED).unwrap();
    let program = Program::load(&mut context, &elf).unwrap();
    let mut job = Job::new(&mut context, &program).unwrap();
    job.private_input(ENDLESS).unwrap();
    let canceller = context.canceller();
    let mut cancelled = false;
    let hooks = Hooks::new().cycles(|_| {
        if !cancelled {
            let canceller = canceller.clone();
            thread::spawn(move || canceller.cancel());
            other.prove().unwrap();
        }
        cancelled = true;
        Continue(())
    });
    assert_eq!(kind(job.execute_with(hooks)), ErrorKind::Cancelled);
    canceller.resume();
    job.private_input(b"").unwrap();
    job.prove().unwrap();
}

#[test]
fn threads_prove_and_verify() {
    let elf = or_skip!(support::elf("echo"));
    let mut context = Context::with(&Options { threads: 2, ..Options::default() }).unwrap();
    let program = Program::load(&mut context, &elf).unwrap();
    let workers: Vec<_> = (0..8u8)
        .map(|number| {
            let mut job = Job::new(&mut context, &program).unwrap();
            let id = program.id();
            thread::spawn(move || {
                job.public_input(&[number]).unwrap();
                let proof = job.prove().unwrap();
                let claim = verify(&id, &proof, &Policy::default()).unwrap();
                assert_eq!(claim.public_input, [number]);
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
}

#[test]
fn everything_may_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<Context>();
    check::<Canceller>();
    check::<Program>();
    check::<Job>();
    check::<Proof>();
    check::<Error>();
}
