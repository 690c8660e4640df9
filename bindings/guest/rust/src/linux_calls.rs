// SPDX-License-Identifier: Apache-2.0
//! Input and output of a program without a standard library on Linux (o32 calls), to try it under
//! qemu-mips: private input from file descriptor 0, public input from 3, hints (4 big-endian bytes each)
//! from 4, prints to 2, output to 1. Inputs whose descriptor is closed are empty.

extern crate alloc;

use alloc::vec::Vec;
use core::arch::asm;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::exit_code;
use crate::CAPACITY;

/// Numbers of linux/arch/mips/kernel/syscalls/syscall_o32.tbl.
const NR_READ: usize = 4003;
const NR_WRITE: usize = 4004;
const NR_BRK: usize = 4045;
const NR_EXIT_GROUP: usize = 4246;

/// Result of a call, or None on any error.
fn call3(number: usize, first: usize, second: usize, third: usize) -> Option<usize> {
    let (result, error): (usize, usize);
    unsafe {
        asm!(
            "syscall",
            inlateout("$2") number => result,
            inlateout("$4") first => _, inlateout("$5") second => _, inlateout("$6") third => _,
            lateout("$7") error,
            lateout("$3") _, lateout("$8") _, lateout("$9") _, lateout("$10") _, lateout("$11") _,
            lateout("$12") _, lateout("$13") _, lateout("$14") _, lateout("$15") _, lateout("$24") _,
            lateout("$25") _,
            options(nostack)
        );
    }
    (error == 0).then_some(result)
}

/// Reads until `bytes` is full or the file ends; returns the number of bytes read.
fn read_up_to(descriptor: usize, bytes: &mut [u8]) -> usize {
    let mut done = 0;
    while done < bytes.len() {
        let rest = &mut bytes[done..];
        match call3(NR_READ, descriptor, rest.as_mut_ptr() as usize, rest.len()) {
            Some(n) if n > 0 => done += n,
            _ => break,
        }
    }
    done
}

fn write_all(descriptor: usize, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match call3(NR_WRITE, descriptor, bytes.as_ptr() as usize, bytes.len()) {
            Some(n) if n > 0 => bytes = &bytes[n..],
            _ => break,
        }
    }
}

/// A file that is read when it is first asked for.
struct Input(UnsafeCell<Option<Vec<u8>>>);

// There is one thread.
unsafe impl Sync for Input {}

impl Input {
    const fn new() -> Self {
        Input(UnsafeCell::new(None))
    }

    fn get(&'static self, descriptor: usize, exit_code: u32) -> &'static [u8] {
        // The only writer runs once, before anybody has a reference.
        unsafe {
            if (*self.0.get()).is_none() {
                *self.0.get() = Some(read_all(descriptor, exit_code));
            }
            (*self.0.get()).as_deref().unwrap_or(&[])
        }
    }
}

fn read_all(descriptor: usize, exit_code: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let size = bytes.len();
        bytes.resize(size + 65536, 0);
        let n = read_up_to(descriptor, &mut bytes[size..]);
        bytes.truncate(size + n);
        if n < 65536 {
            return bytes;
        }
        if bytes.len() > CAPACITY {
            halt(exit_code);
        }
    }
}

/// The private input.
pub fn read_input() -> &'static [u8] {
    static INPUT: Input = Input::new();
    INPUT.get(0, exit_code::PRIVATE_INPUT)
}

/// The public input.
pub fn public_input() -> &'static [u8] {
    static INPUT: Input = Input::new();
    INPUT.get(3, exit_code::PUBLIC_INPUT)
}

/// Appends to the output.
pub fn write_output(bytes: &[u8]) {
    write_all(1, bytes);
}

/// One word from file descriptor 4.
pub fn hint_word() -> u32 {
    let mut word = [0; 4]; // a last partial word is padded with zeros, as on the machine
    if read_up_to(4, &mut word) == 0 {
        halt(exit_code::NO_HINT);
    }
    u32::from_be_bytes(word)
}

/// Ends the program; Linux keeps the low 8 bits of the code.
pub fn halt(code: u32) -> ! {
    loop {
        call3(NR_EXIT_GROUP, code as usize, 0, 0);
    }
}

/// Shows text to the person who runs the program.
pub fn print(text: &str) {
    write_all(2, text.as_bytes());
}

/// Does nothing on Linux.
pub fn cycle_mark(_id: u32) {}

/// Memory up to an address below the stack becomes usable, if Linux has it.
pub(crate) fn grow_heap(end: usize) -> bool {
    static TOP: AtomicUsize = AtomicUsize::new(0);
    if end > TOP.load(Relaxed) {
        let top = (end + 0xf_ffff) & !0xf_ffff;
        if call3(NR_BRK, top, 0, 0) != Some(top) {
            return false;
        }
        TOP.store(top, Relaxed);
    }
    true
}
