// SPDX-License-Identifier: Apache-2.0
//! Runs, proofs and their errors.
#![cfg(feature = "prover")]

mod support;

use mipzk::*;
use std::ffi::CString;
use support::{elf, job, kind};

#[test]
fn a_proof_states_the_run() {
    let (program, mut job) = or_skip!(job("echo", &Options::default(), b"secret"));
    job.public_input(b"public").unwrap();
    assert_eq!(job.output(), None);
    let proof = job.prove().unwrap();
    let output = b"publicsecret\0\0\0\x06\0\0\0\x06";
    assert_eq!(job.output(), Some(&output[..]));

    let claim = verify(&program.id(), &proof, &Policy::default()).unwrap();
    assert_eq!((claim.exit_code, claim.public_input, claim.output), (0, &b"public"[..], &output[..]));
    assert_eq!((claim.shards, claim.no_hiding), (1, false));
    let mut workspace = vec![0xff; workspace_size(&Policy::default())];
    for _ in 0..2 {
        assert_eq!(verify_in(&program.id(), &proof, &Policy::default(), &mut workspace).unwrap(), claim);
    }
    let error = verify_in(&program.id(), &proof, &Policy::default(), &mut workspace[..100]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Workspace);
    assert!(error.detail() > 100 && error.detail() as usize <= workspace.len());

    let info = inspect(&proof).unwrap();
    assert_eq!((info.program_id, info.exit_code, info.shards, info.no_hiding), (program.id(), 0, 1, false));
    assert_eq!((info.public_input, info.output), (claim.public_input, claim.output));
    let profile = &profiles()[0];
    assert_eq!((&info.profile_name, info.profile_id), (&profile.name, profile.id));
    let bits = security(&proof, profile.regime).unwrap();
    assert_eq!(bits.total / 1000, info.security_bits);
    assert!(!bits.folds.is_empty() && bits.folds.iter().all(|fold| *fold >= bits.total));
    assert_eq!(kind(security(&proof, Regime::Other(7))), ErrorKind::Argument);

    job.public_input(b"").unwrap();
    assert_eq!(job.output(), None);
    assert_eq!(&job.prove().unwrap()[..4], b"MPZK");
}

struct Broken(bool);

impl std::io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        assert!(!self.0, "read");
        Err(std::io::ErrorKind::TimedOut.into())
    }
}

#[test]
fn all_ways_of_verifying_agree() {
    let options = Options { shard_cycles: 1024, threads: 2, ..Options::default() };
    let (program, mut job) = or_skip!(job("fibonacci", &options, &[0, 0, 0, 0xff]));
    let (id, policy, proof) = (program.id(), Policy::default(), job.prove().unwrap());
    let mut context = Context::with(&options).unwrap();
    let claim = verify(&id, &proof, &policy).unwrap();
    assert!(claim.shards > 1 && claim.security_bits >= 100);
    assert_eq!(context.verify(&id, &proof, &policy).unwrap(), claim);
    assert_eq!(context.verify_reader(&id, &proof[..], &policy).unwrap().claim(), claim);
    let mut damaged = proof.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let one = Policy { max_shards: 1, ..Policy::default() };
    for (bytes, policy) in [(&damaged[..], &policy), (&proof[..], &one), (&proof[..5000], &policy), (&[], &policy)] {
        let kind = kind(verify(&id, bytes, policy));
        assert_eq!(support::kind(context.verify(&id, bytes, policy)), kind);
        assert_eq!(support::kind(context.verify_reader(&id, bytes, policy)), kind);
    }

    let broken = std::io::Read::chain(&proof[..5000], Broken(false));
    let error = context.verify_reader(&id, broken, &policy).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(std::error::Error::source(&error).unwrap().is::<std::io::Error>());
    let panics = std::panic::AssertUnwindSafe(|| context.verify_reader(&id, Broken(true), &policy));
    assert_eq!(std::panic::catch_unwind(panics).err().unwrap().downcast_ref::<&str>(), Some(&"read"));
    assert_eq!(context.verify_reader(&id, &proof[..], &policy).unwrap().claim(), claim);
}

#[test]
fn equal_seeds_give_equal_proofs() {
    let (_, mut job) = or_skip!(job("echo", &Options::default(), b"x"));
    job.seed(&[7; 32]).unwrap();
    assert_eq!(job.prove().unwrap()[..], job.prove().unwrap()[..]);
}

/// Takes some bytes, then fails.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        let taken = data.len().min(self.0);
        self.0 -= taken;
        if taken > 0 {
            Ok(taken)
        } else {
            Err(std::io::ErrorKind::OutOfMemory.into())
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_proof_may_be_written_in_pieces() {
    let (_, mut job) = or_skip!(job("echo", &Options::default(), b"x"));
    job.seed(&[7; 32]).unwrap();
    let proof = job.prove().unwrap();
    let mut written = Vec::new();
    job.prove_to(&mut written, Hooks::new()).unwrap();
    assert_eq!(written[..], proof[..]);
    for room in [0, proof.len() / 2] {
        let error = job.prove_to(Full(room), Hooks::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
        assert_eq!(source.kind(), std::io::ErrorKind::OutOfMemory);
    }
}

#[test]
fn a_shape_fixes_the_heights() {
    let (program, mut job) = or_skip!(job("echo", &Options::default(), b""));
    let proof = job.prove().unwrap();
    let shape = inspect(&proof).unwrap().shape;
    assert_eq!(job.estimate_shape().unwrap(), shape);
    job.shape(&shape).unwrap();
    let again = job.prove().unwrap();
    assert_eq!(inspect(&again).unwrap().shape, shape);
    job.shape(&[shape.as_slice(), &shape].concat()).unwrap();
    let two = job.prove().unwrap();
    let of_two = inspect(&two).unwrap();
    assert_eq!(of_two.shards, 2);
    assert_eq!(of_two.shape.len(), 4 * 2 + 2 * of_two.tables as usize);
    job.shape(&of_two.shape).unwrap();
    job.shape(&shape).unwrap();
    job.private_input(&[0; 100_000]).unwrap();
    assert_eq!(kind(job.prove()), ErrorKind::Unprovable);
    assert_eq!(kind(job.estimate_shape()), ErrorKind::Unprovable);
    assert_eq!(kind(job.shape(b"no shape")), ErrorKind::Argument);
    job.shape(&[]).unwrap();
    assert!((5..=4 + 2 * MAX_TABLES).contains(&program.shape().len()));
}

#[test]
fn a_failed_run_has_a_reason() {
    let (_, mut job) = or_skip!(job("faults", &Options::default(), &[1]));
    for error in [job.execute().unwrap_err(), job.prove().unwrap_err(), job.estimate().unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Fault);
        assert!(error.fault().unwrap().contains("load"), "{error:?}");
        assert!(error.to_string().contains("MIPZK_E_FAULT"));
    }
    job.private_input(&[0]).unwrap();
    assert_eq!(job.execute().unwrap().exit_code, 0);
}

#[test]
fn another_exit_code_is_refused_unless_wanted() {
    let (program, mut job) = or_skip!(job("exit_code", &Options::default(), &[0, 0, 0, 0, 7]));
    let outcome = job.execute().unwrap();
    let estimate = job.estimate().unwrap();
    assert_eq!((outcome.exit_code, estimate.exit_code, estimate.cycles), (7, 7, outcome.cycles));
    assert!(estimate.memory > 1 << 20 && estimate.available_memory > 0);
    assert_eq!((estimate.shards, estimate.workers), (1, 1));
    assert!(estimate.proof_bytes > 1 << 18 && estimate.cells > 0 && estimate.shard_cells > 0);
    let duration = job.estimate_time().unwrap();
    assert!(duration.as_millis() > 0 && duration.as_secs() < 3600);
    let proof = job.prove().unwrap();
    let error = verify(&program.id(), &proof, &Policy::default()).unwrap_err();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::ExitCode, 7));
    for policy in [Policy { exit_code: 7, ..Policy::default() }, Policy { any_exit_code: true, ..Policy::default() }] {
        assert_eq!(verify(&program.id(), &proof, &policy).unwrap().exit_code, 7);
    }
    let strict = Policy { min_security_bits: 128, ..Policy::default() };
    assert_eq!(kind(verify(&program.id(), &proof, &strict)), ErrorKind::Policy);
    assert_eq!(kind(verify(&ProgramId([1; 32]), &proof, &Policy::default())), ErrorKind::WrongProgram);
}

#[test]
fn options_reach_the_library() {
    let wants = |options: Options, kind| {
        let (_, mut job) = or_skip!(job("fibonacci", &options, &[0, 0, 0x27, 0x10]));
        assert_eq!(support::kind(job.prove()), kind, "{options:?}");
    };
    wants(Options { max_cycles: 100, ..Options::default() }, ErrorKind::CycleLimit);
    wants(Options { max_guest_memory: 1, ..Options::default() }, ErrorKind::MemoryLimit);
    wants(Options { max_memory: 1 << 20, ..Options::default() }, ErrorKind::NoMemory);
    for (options, wanted) in [
        (Options { threads: 5000, ..Options::default() }, ErrorKind::Argument),
        (Options { shard_cells: 1, ..Options::default() }, ErrorKind::Argument),
        (Options { shard_cycles: 1, ..Options::default() }, ErrorKind::Argument),
        (Options { profile: 12345, ..Options::default() }, ErrorKind::Unsupported),
    ] {
        assert_eq!(kind(Context::with(&options)), wanted);
    }
    let s128 = profiles().into_iter().find(|profile| profile.name == "S128").unwrap();
    let options = Options { threads: 1, profile: s128.id, no_hiding: true, shard_cycles: 1024, ..Options::default() };
    let (program, mut job) = or_skip!(job("fibonacci", &options, &[0, 0, 0, 0xf0]));
    let proof = job.prove().unwrap();
    let info = inspect(&proof).unwrap();
    assert!(info.profile_name == "S128" && info.no_hiding && info.shards > 1);
    let mut policy = Policy { min_security_bits: 128, max_proof_bytes: u64::MAX, ..Policy::default() };
    assert_eq!(kind(verify(&program.id(), &proof, &policy)), ErrorKind::Policy);
    policy.allow_no_hiding = true;
    verify(&program.id(), &proof, &policy).unwrap();
    policy.max_cycles = 1;
    assert_eq!(kind(verify(&program.id(), &proof, &policy)), ErrorKind::Policy);
}

#[test]
fn hints_reach_the_program() {
    let (_, mut job) = or_skip!(job("hints", &Options::default(), b""));
    job.public_input(&[0, 0, 0, 17]).unwrap();
    assert_eq!(kind(job.execute()), ErrorKind::Fault); // there is none
    job.hints(&[0, 0, 0, 4]).unwrap();
    job.execute().unwrap();
    assert_eq!(job.output(), Some(&[0, 0, 0, 4][..]));
}

#[test]
fn programs_are_described() {
    let bytes = or_skip!(elf("echo"));
    let mut context = Context::new().unwrap();
    let program = Program::load(&mut context, &bytes).unwrap();
    let info = program.info().unwrap();
    let entered = |s: &&Segment| s.executable && !s.writable && info.entry.wrapping_sub(s.address) < s.memory_size;
    assert_eq!(info.segments.iter().filter(entered).count(), 1);
    assert_eq!(program.symbols().count() as u64, info.symbols);
    assert!(program.symbols().any(|symbol| symbol.name == "main" && symbol.size > 0));
    assert_eq!(program.id().to_string().parse::<ProgramId>().unwrap(), program.id());
    for text in ["", "zz", "+1", &program.id().to_string()[1..], &format!("{}00", program.id())] {
        assert_eq!(kind(text.parse::<ProgramId>()), ErrorKind::Argument);
    }
    for damaged in [&bytes[..40], &bytes[1..], b"", b"\x7fELF"] {
        assert_eq!(kind(Program::load(&mut context, damaged)), ErrorKind::Elf);
    }
}

#[test]
fn objects_may_be_dropped_in_any_order() {
    let bytes = or_skip!(elf("echo"));
    let mut context = Context::new().unwrap();
    let program = Program::load(&mut context, &bytes).unwrap();
    let (mut first, second) = (Job::new(&mut context, &program).unwrap(), Job::new(&mut context, &program).unwrap());
    let id = program.id();
    drop((program, second));
    let canceller = context.canceller();
    drop(context);
    let proof = first.prove().unwrap();
    canceller.cancel();
    assert_eq!(kind(first.prove()), ErrorKind::Cancelled);
    canceller.resume();
    drop(canceller);
    drop(first);
    verify(&id, &proof, &Policy::default()).unwrap();
}

#[test]
fn inputs_have_a_limit() {
    let (_, mut job) = or_skip!(job("echo", &Options::default(), b"x"));
    assert_eq!(kind(job.public_input(&vec![0; 67_108_861])), ErrorKind::Input);
    job.execute().unwrap();
    assert_eq!(job.output(), Some(&b"x\0\0\0\0\0\0\0\x01"[..]));
}

#[test]
fn linux_programs_find_more() {
    let (program, mut job) = or_skip!(job("echo.linux", &Options::default(), b"secret"));
    let text = |text: &str| CString::new(text).unwrap();
    job.public_input(b"public").unwrap();
    job.argument(&text("--verbose")).unwrap();
    job.environment(&text("HOME=/root")).unwrap();
    job.public_file(&text("/etc/public"), b"for all").unwrap();
    job.file(&text("/etc/private"), b"for us").unwrap();
    job.clock(1_700_000_000).unwrap();
    let claimed = job.claimed_input().to_vec();
    job.random(&[1; 32]).unwrap();
    assert_eq!(job.claimed_input(), claimed);
    let has = |word: &[u8]| claimed.windows(word.len()).any(|part| part == word);
    assert!(["public", "--verbose", "HOME=/root", "/etc/public", "for all"].iter().all(|word| has(word.as_bytes())));
    assert!(!has(b"for us"));
    let proof = job.prove().unwrap();
    let claim = verify(&program.id(), &proof, &Policy::default()).unwrap();
    assert_eq!((claim.public_input, claim.linux), (&claimed[..], true));
    assert_eq!(kind(job.file(&text("relative"), b"")), ErrorKind::Argument);
    assert_eq!(kind(job.public_file(&text("/etc/private"), b"")), ErrorKind::Argument);
    assert_eq!(kind(job.clock(0)), ErrorKind::Argument);
    let (_, mut plain) = or_skip!(support::job("echo", &Options::default(), b""));
    assert_eq!(plain.claimed_input(), b"");
    assert_eq!(kind(plain.argument(&text("x"))), ErrorKind::Argument);
}
