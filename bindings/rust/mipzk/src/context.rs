// SPDX-License-Identifier: Apache-2.0
//! Contexts: options, threads, cancellation.

use crate::error::{check, Result};
use mipzk_sys as sys;
use std::ptr;
use std::sync::Arc;

/// For the programs and jobs that a context makes. 0 in a number means its default.
///
/// ```
/// let options = mipzk::Options { threads: 1, ..Default::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Threads to use, the caller's included; default: all of the machine.
    pub threads: u32,
    /// Bytes of memory that a program may touch, default 1 GiB. It does not bound what proving takes.
    pub max_guest_memory: u64,
    /// Instructions that a program may run, default 2^32.
    pub max_cycles: u64,
    /// Id of the parameter set of proofs; see [`profiles`](crate::profiles). Default: the first.
    pub profile: u32,
    /// Leave out all that hides the private input, for measurements and for proofs that nobody but you sees. Such a proof
    /// says so, and verifiers refuse it unless asked.
    pub no_hiding: bool,
    /// Bytes of memory that the process may have while a run is proved and [`Job::prove_to`](crate::Job::prove_to) writes
    /// the proof: what it has already, and what running and proving add. To stay below, fewer shards are proved at the same
    /// time, and then smaller ones; a run for which even the smallest take more is refused before it is proved. Default:
    /// half of what is available when a call begins, beside what the process has; that never makes shards smaller, since
    /// a proof shows their size. `u64::MAX`: no bound.
    pub max_memory: u64,
    /// Instructions that a shard has at most, 1024 to 2^26 - 1, the default.
    pub shard_cycles: u64,
    /// Cells of the tables of a shard, 2^20 to 2^30: a longer run is cut into shards of about so many, which are proved one
    /// by one, so that memory does not grow with the run. A shard takes about 22 bytes a cell while it is proved, and 1.5
    /// to 2 MB of the proof: raise [`Policy::max_proof_bytes`](crate::Policy::max_proof_bytes). Default: 2^25, some 600,000
    /// instructions.
    pub shard_cells: u64,
}

pub(crate) struct Handle(*mut sys::mipzk_ctx);

// SAFETY: what changes the context is only called through `&mut Context`; cancelling and resuming it is for any thread.
unsafe impl Send for Handle {}
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the last that knows it.
        unsafe { sys::mipzk_ctx_free(self.0) }
    }
}

/// Options, threads and cancellation of programs and jobs. They take the options at the moment when they are made, and do
/// not need the context afterwards.
pub struct Context(Arc<Handle>);

impl Context {
    /// A context with the default options.
    pub fn new() -> Result<Context> {
        Context::with(&Options::default())
    }

    /// Errors: `Argument`, `Unsupported` for an unknown profile.
    pub fn with(options: &Options) -> Result<Context> {
        let mut ctx = ptr::null_mut();
        // SAFETY: a place for the result.
        check(|err| unsafe { sys::mipzk_ctx_new(sys::MIPZK_ABI_VERSION, &mut ctx, err) })?;
        let mut context = Context(Arc::new(Handle(ctx)));
        context.set(options)?;
        Ok(context)
    }

    /// Sets the options of programs and jobs that are made afterwards.
    pub fn set(&mut self, options: &Options) -> Result<()> {
        for (option, value) in [
            (sys::MIPZK_OPT_THREADS, options.threads.into()),
            (sys::MIPZK_OPT_MAX_GUEST_MEMORY, options.max_guest_memory),
            (sys::MIPZK_OPT_MAX_CYCLES, options.max_cycles),
            (sys::MIPZK_OPT_PROFILE, options.profile.into()),
            (sys::MIPZK_OPT_NO_HIDING, options.no_hiding.into()),
            (sys::MIPZK_OPT_MAX_MEMORY, options.max_memory),
            (sys::MIPZK_OPT_SHARD_CYCLES, options.shard_cycles),
            (sys::MIPZK_OPT_SHARD_CELLS, options.shard_cells),
        ] {
            // SAFETY: the context is ours alone.
            check(|err| unsafe { sys::mipzk_ctx_set_u64(self.raw(), option, value, err) })?;
        }
        Ok(())
    }

    /// What ends the context's jobs from other threads.
    pub fn canceller(&self) -> Canceller {
        Canceller(self.0.clone())
    }

    pub(crate) fn raw(&mut self) -> *mut sys::mipzk_ctx {
        self.0 .0
    }
}

/// Ends the runs and proofs of a context's jobs. It may be used on any thread, at any time.
#[derive(Clone)]
pub struct Canceller(Arc<Handle>);

impl Canceller {
    /// Every run and proof of the context's jobs, under way or begun later, ends with `Cancelled`, until
    /// [`resume`](Canceller::resume).
    pub fn cancel(&self) {
        // SAFETY: the context lives, and any thread may do this.
        unsafe { sys::mipzk_ctx_cancel(self.0 .0) }
    }

    pub fn resume(&self) {
        // SAFETY: as above.
        unsafe { sys::mipzk_ctx_resume(self.0 .0) }
    }
}
