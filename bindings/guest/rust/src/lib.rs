// SPDX-License-Identifier: Apache-2.0
//! What a guest, that is, a program whose run mipzk proves, needs in Rust: the inputs and the output, and
//! without an operating system also start-up code, an allocator and a panic handler.
//!
//! `mipzk-cargo build` compiles a guest for the bare machine (target `mips-mti-none-elf`, `no_std`),
//! `mipzk-cargo build --std` for Linux with the standard library (`mips-unknown-linux-gnu`). This source
//! is both:
//!
//! ```ignore
//! #![cfg_attr(target_os = "none", no_std, no_main)]
//! use mipzk_guest as guest;
//!
//! guest::entry!(run);
//!
//! fn run() -> u32 {
//!     guest::write_output(guest::public_input());
//!     0 // the exit code
//! }
//! ```
//!
//! Functions with the same name do the same in both. Inputs lie in memory for as long as the program runs.

#![cfg_attr(target_os = "none", no_std)]
#![cfg_attr(target_os = "none", feature(asm_experimental_arch))]
#![warn(missing_docs)]

#[cfg(target_os = "none")]
mod heap;
#[cfg(all(target_os = "none", not(mipzk_linux)))]
#[path = "machine.rs"]
mod io;
#[cfg(all(target_os = "none", mipzk_linux))]
#[path = "linux_calls.rs"]
mod io;
#[cfg(not(target_os = "none"))]
#[path = "with_std.rs"]
mod io;
#[cfg(target_os = "none")]
mod start;

pub use io::{halt, print, public_input, read_input, write_output};
#[cfg(target_os = "none")]
pub use io::{cycle_mark, hint_word};

/// Bytes that each input and the output can hold.
pub const CAPACITY: usize = 0x03ff_fffc;

/// Exit codes that this crate itself halts with, as the library for C does (`mipzk_guest.h`), and
/// `PANIC`, which is also what the standard library ends a panicking program with.
pub mod exit_code {
    /// The claimed size of the private input exceeds the capacity.
    pub const PRIVATE_INPUT: u32 = 0xffff_ff71;
    /// The same for the public input.
    pub const PUBLIC_INPUT: u32 = 0xffff_ff72;
    /// The output would exceed the capacity.
    pub const OUTPUT_FULL: u32 = 0xffff_ff73;
    /// No hint is left (under QEMU only; the machine reports a fault).
    pub const NO_HINT: u32 = 0xffff_ff74;
    /// The program panicked.
    pub const PANIC: u32 = 101;
}

/// What the function given to [`entry!`] may return.
pub trait Termination {
    /// The exit code that this result means.
    fn exit_code(self) -> u32;
}

impl Termination for () {
    fn exit_code(self) -> u32 {
        0
    }
}

impl Termination for u32 {
    fn exit_code(self) -> u32 {
        self
    }
}

/// Names the function that the program starts with. It takes nothing and returns nothing or the exit code,
/// and should not be called `main`, which is taken in programs for Linux.
#[cfg(target_os = "none")]
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn mipzk_rust_main() -> u32 {
            $crate::Termination::exit_code($main())
        }
    };
}

/// Names the function that the program starts with. It takes nothing and returns nothing or the exit code,
/// of which Linux keeps the low 8 bits. It defines `main`, so the function has another name. Programs that
/// are for Linux only may as well have an ordinary `main` instead.
#[cfg(not(target_os = "none"))]
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        fn main() {
            $crate::halt($crate::Termination::exit_code($main()))
        }
    };
}
