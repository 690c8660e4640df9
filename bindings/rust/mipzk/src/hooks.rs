// SPDX-License-Identifier: Apache-2.0
//! Callbacks of a call, as closures.

use crate::error::{check, text, Result};
use mipzk_sys as sys;
use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::slice;

/// A part of proving; of a run in several shards the first commitments of all come before the rest of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    Execute,
    Trace,
    Commit,
    Quotient,
    Open,
    Query,
    /// One of a newer library.
    Other(u32),
}

impl Phase {
    fn from_c(number: u32) -> Phase {
        match number {
            sys::MIPZK_PHASE_EXECUTE => Phase::Execute,
            sys::MIPZK_PHASE_TRACE => Phase::Trace,
            sys::MIPZK_PHASE_COMMIT => Phase::Commit,
            sys::MIPZK_PHASE_QUOTIENT => Phase::Quotient,
            sys::MIPZK_PHASE_OPEN => Phase::Open,
            sys::MIPZK_PHASE_QUERY => Phase::Query,
            other => Phase::Other(other),
        }
    }

    fn to_c(self) -> u32 {
        match self {
            Phase::Execute => sys::MIPZK_PHASE_EXECUTE,
            Phase::Trace => sys::MIPZK_PHASE_TRACE,
            Phase::Commit => sys::MIPZK_PHASE_COMMIT,
            Phase::Quotient => sys::MIPZK_PHASE_QUOTIENT,
            Phase::Open => sys::MIPZK_PHASE_OPEN,
            Phase::Query => sys::MIPZK_PHASE_QUERY,
            Phase::Other(number) => number,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // SAFETY: static, never NULL.
        f.pad(&unsafe { text(sys::mipzk_phase_name(self.to_c())) })
    }
}

/// How far a proof is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress {
    pub phase: Phase,
    /// Of the whole job, in units of about equal time.
    pub done: u64,
    /// 0: not known yet.
    pub total: u64,
}

type Print<'a> = dyn FnMut(&[u8]) + 'a;
type Write<'a> = dyn FnMut(&[u8]) -> ControlFlow<()> + 'a;

/// Closures that a call of a [`Job`](crate::Job) calls back, on the thread that made the call. One that breaks or panics
/// ends the call: the panic goes on when the library has returned.
///
/// ```
/// use std::ops::ControlFlow;
/// let mut shown = Vec::new();
/// let hooks = mipzk::Hooks::new()
///     .print(|text| shown.extend_from_slice(text))
///     .progress(|p| {
///         eprintln!("{} {} of {}", p.phase, p.done, p.total);
///         ControlFlow::Continue(())
///     });
/// // job.prove_with(hooks)?;
/// ```
#[derive(Default)]
pub struct Hooks<'a> {
    progress: Option<Box<dyn FnMut(Progress) -> ControlFlow<()> + 'a>>,
    cycles: Option<Box<dyn FnMut(u64) -> ControlFlow<()> + 'a>>,
    print: Option<Box<Print<'a>>>,
    mark: Option<Box<dyn FnMut(u64, u32) + 'a>>,
    write: Option<Box<Write<'a>>>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a> Hooks<'a> {
    pub fn new() -> Hooks<'a> {
        Hooks::default()
    }

    /// Called between the steps of a proof.
    pub fn progress(mut self, f: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.progress = Some(Box::new(f));
        self
    }

    /// Called about every 2^18 instructions while the program runs, with their number.
    pub fn cycles(mut self, f: impl FnMut(u64) -> ControlFlow<()> + 'a) -> Self {
        self.cycles = Some(Box::new(f));
        self
    }

    /// Gets what the program shows to people, which is not proved: at most 1 MiB and 4 bytes for each instruction. The
    /// bytes are the program's choice: before a terminal gets them, escape what it would act on. Only the first run after
    /// an input was set prints and marks.
    pub fn print(mut self, f: impl FnMut(&[u8]) + 'a) -> Self {
        self.print = Some(Box::new(f));
        self
    }

    /// Called for marks of the program, with the number of instructions so far and the mark.
    pub fn mark(mut self, f: impl FnMut(u64, u32) + 'a) -> Self {
        self.mark = Some(Box::new(f));
        self
    }

    /// Gets the pieces of a proof.
    pub(crate) fn write(mut self, f: impl FnMut(&[u8]) -> ControlFlow<()> + 'a) -> Self {
        self.write = Some(Box::new(f));
        self
    }

    /// Runs one callback: no panic leaves it, and none is called after one that panicked. The result is C's: not 0 cancels.
    fn guarded(&mut self, f: impl FnOnce(&mut Self) -> ControlFlow<()>) -> i32 {
        if self.panic.is_some() {
            return 1;
        }
        // The closures are not called again after a panic, so nobody sees what it left half done.
        match catch_unwind(AssertUnwindSafe(|| f(self))) {
            Ok(flow) => flow.is_break().into(),
            Err(panic) => {
                self.panic = Some(panic);
                1
            }
        }
    }

    /// Makes a call that runs a job, with these callbacks set. `call` gets the one that is set for a call only, and what
    /// all of them want to get. Those that can cancel are always there: they end the call when another one has panicked.
    pub(crate) fn during<T>(
        mut self,
        job: *mut sys::mipzk_job,
        call: impl FnOnce(sys::mipzk_progress_fn, *mut c_void) -> Result<T>,
    ) -> Result<T> {
        let print: sys::mipzk_print_fn = self.print.as_ref().map(|_| on_print as _);
        let mark: sys::mipzk_mark_fn = self.mark.as_ref().map(|_| on_mark as _);
        // A pointer for the length of the call: nothing else touches the hooks meanwhile, and every call sets its own.
        let hooks: *mut Hooks = &mut self;
        let user: *mut c_void = hooks.cast();
        // SAFETY: the job is the caller's alone, and calls nothing back before `call` nor after it.
        let result = check(|err| unsafe { sys::mipzk_job_on_print(job, print, user, err) })
            .and_then(|()| check(|err| unsafe { sys::mipzk_job_on_mark(job, mark, user, err) }))
            .and_then(|()| check(|err| unsafe { sys::mipzk_job_on_cycles(job, Some(on_cycles), user, err) }))
            .and_then(|()| call(Some(on_progress), user));
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
        result
    }
}

// SAFETY of all five: `user` is what `during` passed, which outlives the call, and the library makes one callback at a
// time, on the thread of the call.

unsafe extern "C" fn on_progress(user: *mut c_void, progress: *const sys::mipzk_progress) -> i32 {
    let p = &*progress;
    let progress = Progress { phase: Phase::from_c(p.phase), done: p.done, total: p.total };
    (*user.cast::<Hooks>()).guarded(|hooks| match &mut hooks.progress {
        Some(f) => f(progress),
        None => ControlFlow::Continue(()),
    })
}

unsafe extern "C" fn on_cycles(user: *mut c_void, cycles: u64) -> i32 {
    (*user.cast::<Hooks>()).guarded(|hooks| match &mut hooks.cycles {
        Some(f) => f(cycles),
        None => ControlFlow::Continue(()),
    })
}

unsafe extern "C" fn on_print(user: *mut c_void, text: *const u8, size: usize) {
    (*user.cast::<Hooks>()).guarded(|hooks| {
        if let Some(f) = &mut hooks.print {
            f(slice::from_raw_parts(text, size));
        }
        ControlFlow::Continue(())
    });
}

unsafe extern "C" fn on_mark(user: *mut c_void, cycle: u64, mark: u32) {
    (*user.cast::<Hooks>()).guarded(|hooks| {
        if let Some(f) = &mut hooks.mark {
            f(cycle, mark);
        }
        ControlFlow::Continue(())
    });
}

pub(crate) unsafe extern "C" fn on_write(user: *mut c_void, data: *const u8, size: usize) -> i32 {
    (*user.cast::<Hooks>()).guarded(|hooks| match &mut hooks.write {
        Some(f) => f(slice::from_raw_parts(data, size)),
        None => ControlFlow::Continue(()),
    })
}
