// SPDX-License-Identifier: Apache-2.0
//! Input and output of a program for Linux with the standard library: private input is file descriptor 0,
//! public input 3, output 1. Such a program may use `std::io::stdin` and `stdout` as well.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::sync::OnceLock;

/// All of a file; a descriptor that is not open has nothing to read.
fn read_all(descriptor: i32) -> Vec<u8> {
    // Not dropped, so that the descriptor stays open as it was.
    let mut file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        match file.read(&mut part) {
            Ok(0) => return bytes,
            Ok(n) => bytes.extend_from_slice(&part[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.raw_os_error() == Some(9) => return bytes, // EBADF
            Err(error) => panic!("cannot read an input: {error}"),
        }
    }
}

/// The private input. It is chosen by whoever proves: the program must check what it relies on.
pub fn read_input() -> &'static [u8] {
    static INPUT: OnceLock<Vec<u8>> = OnceLock::new();
    INPUT.get_or_init(|| read_all(0))
}

/// The public input, which is part of the statement that the proof makes.
pub fn public_input() -> &'static [u8] {
    static INPUT: OnceLock<Vec<u8>> = OnceLock::new();
    INPUT.get_or_init(|| read_all(3))
}

/// Appends to the output, which is part of the statement that the proof makes.
pub fn write_output(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.expect("cannot write the output");
}

/// Ends the program. Linux keeps the low 8 bits of the code.
pub fn halt(code: u32) -> ! {
    std::process::exit(code as i32)
}

/// Shows text to the person who runs the program. No effect on the proof.
pub fn print(text: &str) {
    eprint!("{text}");
}
