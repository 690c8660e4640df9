// SPDX-License-Identifier: Apache-2.0
//! Errors: a status of the library, and its words.

use mipzk_sys as sys;
use std::ffi::CStr;
use std::fmt;
use std::os::raw::c_char;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:ident,)*) => {
        /// What kind of error it is: the statuses of the library.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $name,)*
            /// A status of a newer library.
            Other(i32),
        }

        impl ErrorKind {
            pub(crate) fn from_status(status: sys::mipzk_status) -> ErrorKind {
                match status {
                    $(sys::$status => ErrorKind::$name,)*
                    other => ErrorKind::Other(other),
                }
            }

            /// The number that the C interface gives it.
            pub fn status(self) -> i32 {
                match self {
                    $(ErrorKind::$name => sys::$status,)*
                    ErrorKind::Other(status) => status,
                }
            }
        }
    };
}

kinds! {
    /// An argument is invalid.
    Argument = MIPZK_E_ARGUMENT,
    /// Out of memory or threads. [`Error::detail`]: 0, or the MiB that [`Options::max_memory`](crate::Options::max_memory)
    /// must be at least.
    NoMemory = MIPZK_E_NO_MEMORY,
    /// Stopped by a [`Canceller`](crate::Canceller) or a callback.
    Cancelled = MIPZK_E_CANCELLED,
    /// A defect of the library: please report it.
    Internal = MIPZK_E_INTERNAL,
    /// Valid, but this version cannot do it.
    Unsupported = MIPZK_E_UNSUPPORTED,
    /// Another call is using the object.
    State = MIPZK_E_STATE,
    /// The program file cannot be loaded.
    Elf = MIPZK_E_ELF,
    /// An input does not fit the machine.
    Input = MIPZK_E_INPUT,
    /// The program did something that stops it; see [`Error::fault`].
    Fault = MIPZK_E_FAULT,
    /// The program ran longer than [`Options::max_cycles`](crate::Options::max_cycles).
    CycleLimit = MIPZK_E_CYCLE_LIMIT,
    /// The program touched more than [`Options::max_guest_memory`](crate::Options::max_guest_memory).
    MemoryLimit = MIPZK_E_MEMORY_LIMIT,
    /// The run, or the shape, is outside what a proof can hold.
    Unprovable = MIPZK_E_UNPROVABLE,
    /// These bytes are not a proof.
    Malformed = MIPZK_E_MALFORMED,
    /// The proof is outside the policy.
    Policy = MIPZK_E_POLICY,
    /// The proof is wrong.
    Rejected = MIPZK_E_REJECTED,
    /// The proof is about another program.
    WrongProgram = MIPZK_E_WRONG_PROGRAM,
    /// The workspace is too small. [`Error::detail`]: the bytes that are needed.
    Workspace = MIPZK_E_WORKSPACE,
    /// The proof is valid, but the program ended with another exit code than the policy wants.
    /// [`Error::detail`]: which. To see the claim, verify with [`Policy::any_exit_code`](crate::Policy::any_exit_code).
    ExitCode = MIPZK_E_EXIT_CODE,
}

impl fmt::Display for ErrorKind {
    /// The name in the C interface, such as `MIPZK_E_FAULT`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // SAFETY: static, never NULL.
        f.write_str(unsafe { text(sys::mipzk_status_name(self.status())) }.as_str())
    }
}

/// What every function of this crate fails with. Neither it nor its text contains private data.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    detail: u32,
    message: String,
    fault: Option<String>,
    source: Option<std::io::Error>, // of a writer
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Depends on the kind; 0 unless said there.
    pub fn detail(&self) -> u32 {
        self.detail
    }

    /// The library's words for people, in English.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where and why the program stopped, in several lines, and what to do about it. `Some` for [`ErrorKind::Fault`].
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    #[cfg(feature = "prover")]
    pub(crate) fn with_fault(mut self, text: String) -> Error {
        self.fault = Some(text);
        self
    }

    #[cfg(feature = "prover")]
    pub(crate) fn with_source(mut self, source: Option<std::io::Error>) -> Error {
        self.source = source;
        self
    }

    pub(crate) fn new(kind: ErrorKind, message: &str) -> Error {
        Error { kind, detail: 0, message: message.into(), fault: None, source: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.kind)
    }
}

impl std::error::Error for Error {
    /// The error of a writer that ended the call.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Makes a call of C, which gets a place for its error.
pub(crate) fn check(call: impl FnOnce(*mut sys::mipzk_error) -> sys::mipzk_status) -> Result<()> {
    let mut error = sys::mipzk_error { status: sys::MIPZK_OK, detail: 0, message: [0; 248] };
    let status = call(&mut error);
    if status == sys::MIPZK_OK {
        return Ok(());
    }
    // SAFETY: the library ends its messages with a NUL.
    let message = unsafe { text(error.message.as_ptr()) };
    Err(Error { kind: ErrorKind::from_status(status), detail: error.detail, message, fault: None, source: None })
}

/// # Safety
/// `c` is a C string.
pub(crate) unsafe fn text(c: *const c_char) -> String {
    CStr::from_ptr(c).to_string_lossy().into_owned()
}
