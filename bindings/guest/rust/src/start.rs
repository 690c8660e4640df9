// SPDX-License-Identifier: Apache-2.0
//! Entry point and panic handler of programs without an operating system.

use core::arch::global_asm;
use core::fmt::{self, Write};

use crate::{exit_code, halt, print};

global_asm!(
    r#"
    .section .text.mipzk_start, "ax", @progbits
    .globl  _start
    .type   _start, @function
    .set    push
    .set    noreorder
_start:
    lui     $gp, %hi(_gp)
    addiu   $gp, $gp, %lo(_gp)
    addiu   $t0, $zero, -8
    and     $sp, $sp, $t0           # o32: $sp is a multiple of 8
    move    $fp, $zero
    jal     mipzk_rust_main
    addiu   $sp, $sp, -16           # slot: argument save area of o32
    jal     mipzk_rust_halt
    move    $a0, $v0                # slot
    break
    .set    pop
    .size   _start, . - _start

    .section .rodata.mipzk_runtime, "a", @progbits
    .asciz  "mipzk Rust guest 1"
"#
);

#[unsafe(no_mangle)]
extern "C" fn mipzk_rust_halt(code: u32) -> ! {
    halt(code)
}

struct Printer;

impl Write for Printer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        print(text);
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    let _ = writeln!(Printer, "{info}");
    halt(exit_code::PANIC)
}
