// SPDX-License-Identifier: Apache-2.0
//! Verifying on all threads of a context, also a proof that is read as it is checked.

use crate::context::Context;
use crate::error::{check, Result};
use crate::job::Proof;
use crate::sized;
use crate::verify::{Claim, Policy, ProgramId};
use mipzk_sys as sys;
use std::any::Any;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::{io, ptr, slice};

/// What was read of a valid proof that its claim is about.
pub struct Verified {
    front: Proof,
    claim: sys::mipzk_claim,
}

impl Verified {
    pub fn claim(&self) -> Claim<'_> {
        Claim::from_c(&self.front, &self.claim)
    }
}

/// A reader, and what became of it.
struct Source<R> {
    reader: R,
    failed: Option<io::Error>,
    panic: Option<Box<dyn Any + Send>>,
}

impl Context {
    /// [`verify`](crate::verify()) on all threads of the context, with half a MiB for each. Its errors are those of `verify`,
    /// `NoMemory` and `Cancelled`.
    pub fn verify<'a>(&mut self, id: &ProgramId, proof: &'a [u8], policy: &Policy) -> Result<Claim<'a>> {
        let mut claim = sized!(mipzk_claim);
        // SAFETY: the context is ours alone; a slice with its length, whole structs.
        check(|err| unsafe {
            let policy = policy.to_c();
            sys::mipzk_ctx_verify(self.raw(), id.0.as_ptr(), proof.as_ptr(), proof.len(), &policy, &mut claim, err)
        })?;
        Ok(Claim::from_c(proof, &claim))
    }

    /// The same for a proof that is read once, in order, to its end. It takes the parts of two shards a thread, mostly 1 to
    /// 2 MB each, and not more for a longer proof. An error of the reader ends the call with `Cancelled` and is the source of
    /// its error; a panic goes on when the library has returned.
    pub fn verify_reader<R: io::Read>(&mut self, id: &ProgramId, proof: R, policy: &Policy) -> Result<Verified> {
        let mut source = Source { reader: proof, failed: None, panic: None };
        let mut claim = sized!(mipzk_claim);
        let mut front = ptr::null_mut();
        let user: *mut Source<R> = &mut source;
        // SAFETY: as above; the source outlives the call, and nothing else touches it meanwhile.
        let result = check(|err| unsafe {
            let policy = policy.to_c();
            sys::mipzk_ctx_verify_stream(
                self.raw(),
                id.0.as_ptr(),
                Some(on_read::<R>),
                user.cast(),
                &policy,
                &mut front,
                &mut claim,
                err,
            )
        });
        let front = Proof::from_raw(front); // set by an error about the exit code, too
        if let Some(panic) = source.panic.take() {
            resume_unwind(panic);
        }
        result.map_err(|error| error.with_source(source.failed))?;
        Ok(Verified { front, claim })
    }
}

/// # Safety
/// `user` is a source that nothing else uses, and `buffer` has `size` bytes.
unsafe extern "C" fn on_read<R: io::Read>(user: *mut c_void, buffer: *mut u8, size: usize) -> i64 {
    let source = &mut *user.cast::<Source<R>>();
    // The reader is not used again after a panic.
    let read = catch_unwind(AssertUnwindSafe(|| loop {
        match source.reader.read(slice::from_raw_parts_mut(buffer, size)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => return other,
        }
    }));
    match read {
        Ok(Ok(count)) if count <= size => count as i64,
        Ok(Ok(_)) => -1, // a reader that lies
        Ok(Err(error)) => {
            source.failed = Some(error);
            -1
        }
        Err(panic) => {
            source.panic = Some(panic);
            -1
        }
    }
}
