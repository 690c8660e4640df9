// SPDX-License-Identifier: Apache-2.0
//! Input and output on the bare machine: windows of memory, and `syscall N` for the rest. Addresses and
//! call numbers are those of docs/MACHINE.md.

use core::arch::asm;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::{exit_code, CAPACITY};

/// A window: a 32-bit length, then the bytes.
const PRIVATE_WINDOW: usize = 0xa000_0000;
const PUBLIC_WINDOW: usize = 0xb000_0000;
const OUTPUT_WINDOW: usize = 0xc000_0000;

fn open_window(window: usize, exit_code: u32) -> &'static [u8] {
    // The machine maps both windows, as many bytes of them as the length says, and nothing changes them.
    // The length of the private input is the prover's claim.
    unsafe {
        let size = (window as *const usize).read_volatile();
        if size > CAPACITY {
            halt(exit_code);
        }
        core::slice::from_raw_parts((window + 4) as *const u8, size)
    }
}

/// The private input. It is chosen by whoever proves: the program must check what it relies on. Halts with
/// [`exit_code::PRIVATE_INPUT`] if more is claimed than the window holds.
pub fn read_input() -> &'static [u8] {
    open_window(PRIVATE_WINDOW, exit_code::PRIVATE_INPUT)
}

/// The public input, which is part of the statement that the proof makes.
pub fn public_input() -> &'static [u8] {
    open_window(PUBLIC_WINDOW, exit_code::PUBLIC_INPUT)
}

/// Appends to the output, which is part of the statement that the proof makes. Halts with
/// [`exit_code::OUTPUT_FULL`], having appended nothing, if the total would exceed [`crate::CAPACITY`].
pub fn write_output(bytes: &[u8]) {
    static TOTAL: AtomicUsize = AtomicUsize::new(0);
    let total = TOTAL.load(Relaxed);
    if bytes.len() > CAPACITY - total {
        halt(exit_code::OUTPUT_FULL);
    }
    // Nothing is written past the final length: the output's padding has to stay zero.
    unsafe {
        let end = (OUTPUT_WINDOW + 4 + total) as *mut u8;
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len());
        (OUTPUT_WINDOW as *mut usize).write_volatile(total + bytes.len());
    }
    TOTAL.store(total + bytes.len(), Relaxed);
}

/// One word from the host. It is NOT checked by the proof in any way: a dishonest prover answers what it
/// likes. Use it for results that are costly to find but cheap to check, and check them.
pub fn hint_word() -> u32 {
    let word;
    unsafe { asm!("syscall 2", out("$2") word, options(nomem, nostack)) };
    word
}

/// Ends the program. Every code is provable and part of the statement.
pub fn halt(code: u32) -> ! {
    unsafe { asm!("syscall 1", in("$4") code, options(noreturn, nostack)) }
}

/// Shows text to the person who runs the program. No effect on the proof.
pub fn print(text: &str) {
    unsafe {
        asm!("syscall 3", in("$4") text.as_ptr(), in("$5") text.len(), options(readonly, nostack));
    }
}

/// Marks this point of the run for the host's cycle statistics. No effect on the proof.
pub fn cycle_mark(id: u32) {
    unsafe { asm!("syscall 4", in("$4") id, options(nostack)) };
}

/// Memory up to an address below the stack becomes usable; here it always is.
pub(crate) fn grow_heap(_end: usize) -> bool {
    true
}
