// SPDX-License-Identifier: Apache-2.0
//! A program without an operating system: collections, formatting, floating point, 64 and 128 bit integers,
//! atomics, both inputs, and a panic if the private input says so.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, AtomicU8, Ordering};

use mipzk_guest as guest;

guest::entry!(run);

fn run() -> u32 {
    let private = guest::read_input();
    let mut counts: BTreeMap<u8, u64> = BTreeMap::new();
    for byte in private {
        *counts.entry(*byte).or_default() += 1;
    }
    for (byte, count) in &counts {
        guest::write_output(format!("{}:{count} ", *byte as char).as_bytes());
    }
    let words: Vec<String> = guest::public_input()
        .split(|b| *b == b' ')
        .map(|w| String::from_utf8_lossy(w).chars().rev().collect())
        .collect();
    guest::write_output(format!("{words:?}\n").as_bytes());

    let mut queue: VecDeque<u64> = (1..50).collect();
    let mut sum = 0u64;
    while let Some(x) = queue.pop_front() {
        sum = sum.wrapping_mul(6364136223846793005).wrapping_add(x);
        if x % 3 == 0 {
            queue.push_back(x / 3);
        }
    }
    let wide = (sum as i128 * sum as i128 * -3) / 1_000_000_007;
    let mean = sum as f64 / 7.0;
    guest::write_output(format!("{sum} {wide} {mean} {:e} {}\n", mean as f32, sum % 12_345_678_901).as_bytes());

    static WORD: AtomicU32 = AtomicU32::new(5);
    static BYTE: AtomicU8 = AtomicU8::new(250);
    WORD.fetch_add(2, Ordering::SeqCst);
    BYTE.fetch_add(10, Ordering::SeqCst);
    guest::print("this is not part of the output\n");
    if private.first() == Some(&b'!') {
        panic!("asked to, after {} bytes", private.len());
    }
    WORD.load(Ordering::SeqCst) + u32::from(BYTE.load(Ordering::SeqCst))
}
