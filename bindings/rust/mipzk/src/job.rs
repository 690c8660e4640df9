// SPDX-License-Identifier: Apache-2.0
//! Jobs: inputs, runs and proofs.

use crate::context::Context;
use crate::error::{check, text, ErrorKind, Result};
use crate::hooks::{on_write, Hooks};
use crate::program::Program;
use crate::sized;
use mipzk_sys as sys;
use std::ffi::CStr;
use std::ops::{ControlFlow, Deref};
use std::time::Duration;
use std::{fmt, io, ptr, slice};

/// One run of a program, and its proof.
///
/// Set the inputs, then call [`execute`](Job::execute) to run the program, [`estimate`](Job::estimate) to see what proving
/// the run takes, or [`prove`](Job::prove), as often as you like.
pub struct Job(*mut sys::mipzk_job);

// SAFETY: what changes a job takes `&mut self`; the library does not care which thread that is, and lets any number of
// threads look at a job that nobody changes.
unsafe impl Send for Job {}
unsafe impl Sync for Job {}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Instructions.
    pub cycles: u64,
    pub exit_code: u32,
}

/// What proving a run takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// Instructions.
    pub cycles: u64,
    pub exit_code: u32,
    /// Bytes of memory that the process has at most.
    pub memory: u64,
    /// Bytes that it may have; `u64::MAX`: no bound is known.
    pub available_memory: u64,
    /// About; [`Job::prove`] keeps them in memory, too.
    pub proof_bytes: u64,
    /// Of the tables that are proved.
    pub cells: u64,
    /// [`Options::shard_cells`](crate::Options::shard_cells), or less to stay within the memory.
    pub shard_cells: u64,
    pub shards: u32,
    /// Shards that are proved at the same time.
    pub workers: u32,
}

impl Job {
    /// A job with the options that the context has now.
    pub fn new(context: &mut Context, program: &Program) -> Result<Job> {
        let mut job = ptr::null_mut();
        // SAFETY: the context is ours alone.
        check(|err| unsafe { sys::mipzk_job_new(context.raw(), program.raw(), &mut job, err) })?;
        Ok(Job(job))
    }

    /// Sets the input that is part of what the proof states: at most 67108860 bytes, `Input` otherwise. Setting an input
    /// replaces it and forgets the results of a run.
    pub fn public_input(&mut self, data: &[u8]) -> Result<()> {
        // SAFETY: here and below: the job is ours alone; a slice with its length.
        check(|err| unsafe { sys::mipzk_job_public_input(self.0, data.as_ptr(), data.len(), err) })
    }

    /// Sets the input that the proof hides. The library wipes its copy when the job is dropped.
    pub fn private_input(&mut self, data: &[u8]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_private_input(self.0, data.as_ptr(), data.len(), err) })
    }

    /// Sets the words that the program asks for with `mipzk_hint_word`, in the program's byte order; a last partial word is
    /// padded with zeros. As secret as the private input.
    pub fn hints(&mut self, data: &[u8]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_hints(self.0, data.as_ptr(), data.len(), err) })
    }

    /// Appends an argument of a Linux program; `argv[0]` is "guest". Public. `Argument` for other programs.
    pub fn argument(&mut self, text: &CStr) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_argument(self.0, text.as_ptr(), err) })
    }

    /// Appends NAME=VALUE to the environment of a Linux program, which is empty. Public.
    pub fn environment(&mut self, text: &CStr) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_environment(self.0, text.as_ptr(), err) })
    }

    /// Gives a Linux program a file at an absolute path. It is private: its bytes, its name, and that it is there are the
    /// choice of whoever makes the proof.
    pub fn file(&mut self, name: &CStr, data: &[u8]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_file(self.0, name.as_ptr(), data.as_ptr(), data.len(), 0, err) })
    }

    /// [`file`](Job::file), for one that is part of what the proof states.
    pub fn public_file(&mut self, name: &CStr, data: &[u8]) -> Result<()> {
        let flags = sys::MIPZK_FILE_PUBLIC;
        check(|err| unsafe { sys::mipzk_job_file(self.0, name.as_ptr(), data.as_ptr(), data.len(), flags, err) })
    }

    /// Sets a Linux program's clock as it begins, in seconds since 1970, 1 to 2147483646. Public.
    pub fn clock(&mut self, seconds: u64) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_clock(self.0, seconds, err) })
    }

    /// Sets what a Linux program's random numbers follow from, which is as secret as the private input. Without it they
    /// are the same in every run.
    pub fn random(&mut self, seed: &[u8; 32]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_random(self.0, seed.as_ptr(), err) })
    }

    /// The public input that a proof of this job claims, of a Linux program all that is public: for a verifier that expects
    /// these inputs.
    pub fn claimed_input(&self) -> &[u8] {
        let mut size = 0;
        // SAFETY: the bytes live until the job changes, which takes `&mut self`.
        unsafe {
            let data = sys::mipzk_job_claimed_input(self.0, &mut size);
            if size == 0 {
                &[]
            } else {
                slice::from_raw_parts(data, size)
            }
        }
    }

    /// Makes the proof repeatable: equal program, inputs, options and seed give equal bytes. The seed must be random and
    /// stay SECRET: whoever knows it can undo all hiding that a proof does. Without this call the operating system's
    /// generator provides one.
    pub fn seed(&mut self, seed: &[u8; 32]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_seed(self.0, seed.as_ptr(), err) })
    }

    /// Fixes the heights of the tables of the proof, which otherwise follow the run and tell roughly how often each kind of
    /// instruction was executed: the shape of an earlier proof ([`ProofInfo::shape`](crate::ProofInfo::shape)) or run
    /// ([`estimate_shape`](Job::estimate_shape)), or one that was made of several. An empty one lets them follow the run
    /// again.
    pub fn shape(&mut self, shape: &[u8]) -> Result<()> {
        check(|err| unsafe { sys::mipzk_job_shape(self.0, shape.as_ptr(), shape.len(), err) })
    }

    /// Runs the program without proving. Errors: `Fault`, `CycleLimit`, `MemoryLimit`, `Cancelled`, `NoMemory`.
    pub fn execute(&mut self) -> Result<Outcome> {
        self.execute_with(Hooks::new())
    }

    pub fn execute_with(&mut self, hooks: Hooks) -> Result<Outcome> {
        let job = self.0;
        let result = hooks.during(job, |_, _| {
            let mut out = Outcome { cycles: 0, exit_code: 0 };
            check(|err| unsafe { sys::mipzk_job_execute(job, &mut out.cycles, &mut out.exit_code, err) })?;
            Ok(out)
        });
        self.explain(result)
    }

    /// Runs the program as [`prove`](Job::prove) does, without proving, and says what proving takes; `prove` for the
    /// same inputs then does not run it for that again. Errors: those of `execute`, `Unprovable`.
    pub fn estimate(&mut self) -> Result<Estimate> {
        self.estimate_with(Hooks::new())
    }

    pub fn estimate_with(&mut self, hooks: Hooks) -> Result<Estimate> {
        let job = self.0;
        let result = hooks.during(job, |_, _| {
            let mut c = sized!(mipzk_estimate);
            check(|err| unsafe { sys::mipzk_job_estimate(job, &mut c, err) })?;
            Ok(Estimate {
                cycles: c.cycles,
                exit_code: c.exit_code,
                memory: c.memory_bytes,
                available_memory: c.available_memory,
                proof_bytes: c.proof_bytes,
                cells: c.cells,
                shard_cells: c.shard_cells,
                shards: c.shards,
                workers: c.workers,
            })
        });
        self.explain(result)
    }

    /// The shape that a proof of the run has, for [`shape`](Job::shape) of others; runs the program as `estimate` does.
    /// Errors: as there.
    pub fn estimate_shape(&mut self) -> Result<Vec<u8>> {
        let job = self.0;
        let result = Hooks::new().during(job, |_, _| {
            let mut blob = ptr::null_mut();
            check(|err| unsafe { sys::mipzk_job_estimate_shape(job, &mut blob, err) })?;
            Ok(Proof(blob).to_vec())
        });
        self.explain(result)
    }

    /// About how long proving will take on this machine as busy as it is now, from proving a small run of the library's
    /// own for about a second; runs the program first, as `estimate` does. Errors: as there.
    pub fn estimate_time(&mut self) -> Result<Duration> {
        let job = self.0;
        let result = Hooks::new().during(job, |_, _| {
            let mut milliseconds = 0;
            check(|err| unsafe { sys::mipzk_job_estimate_time(job, &mut milliseconds, err) })?;
            Ok(Duration::from_millis(milliseconds))
        });
        self.explain(result)
    }

    /// Runs the program and proves the run. Any exit code is provable, but verifiers refuse other ones than 0 unless told:
    /// look at it first with `execute` or `estimate`. Errors: those of `execute`, `Unprovable`.
    pub fn prove(&mut self) -> Result<Proof> {
        self.prove_with(Hooks::new())
    }

    pub fn prove_with(&mut self, hooks: Hooks) -> Result<Proof> {
        let job = self.0;
        let result = hooks.during(job, |progress, user| {
            let mut blob = ptr::null_mut();
            check(|err| unsafe { sys::mipzk_job_prove(job, progress, user, &mut blob, err) })?;
            Ok(Proof(blob))
        });
        self.explain(result)
    }

    /// [`prove_with`](Job::prove_with), which gives the proof to a writer piece by piece as it is made, so that it is never
    /// whole in memory. An error of the writer ends the call and is the source of its error; what was written before an
    /// error is of no use.
    pub fn prove_to(&mut self, mut writer: impl io::Write, hooks: Hooks) -> Result<()> {
        let job = self.0;
        let mut failed = None;
        let hooks = hooks.write(|piece| match writer.write_all(piece) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
        let result = hooks.during(job, |progress, user| {
            check(|err| unsafe { sys::mipzk_job_prove_to(job, progress, user, Some(on_write), user, err) })
        });
        self.explain(result).map_err(|error| error.with_source(failed))
    }

    /// Adds the reason to a fault.
    fn explain<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| match error.kind() {
            // SAFETY: never NULL; copied before the job changes.
            ErrorKind::Fault => error.with_fault(unsafe { text(sys::mipzk_job_fault_text(self.0)) }),
            _ => error,
        })
    }

    /// What the program wrote in the last successful run; `None` before, and after an input was set.
    pub fn output(&self) -> Option<&[u8]> {
        let mut size = 0;
        // SAFETY: the bytes live until the job changes, which takes `&mut self`.
        unsafe {
            let data = sys::mipzk_job_output(self.0, &mut size);
            (!data.is_null()).then(|| slice::from_raw_parts(data, size))
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // SAFETY: nobody has it after us.
        unsafe { sys::mipzk_job_free(self.0) }
    }
}

/// A proof: its bytes.
pub struct Proof(*mut sys::mipzk_blob);

// SAFETY: bytes that never change.
unsafe impl Send for Proof {}
unsafe impl Sync for Proof {}

impl Proof {
    /// Takes a blob of the library's, or NULL.
    pub(crate) fn from_raw(blob: *mut sys::mipzk_blob) -> Proof {
        Proof(blob)
    }
}

impl Deref for Proof {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes live as long as the blob, and no proof is empty.
        unsafe { slice::from_raw_parts(sys::mipzk_blob_data(self.0), sys::mipzk_blob_size(self.0)) }
    }
}

impl AsRef<[u8]> for Proof {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Proof({} bytes)", self.len())
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        // SAFETY: nobody has it after us.
        unsafe { sys::mipzk_blob_free(self.0) }
    }
}
