// SPDX-License-Identifier: Apache-2.0
//! Both inputs, by this project's crate and by the standard library, and an exit code.
use std::io::Write;

use mipzk_guest as guest;

guest::entry!(run);

fn run() -> u32 {
    let word = String::from_utf8_lossy(guest::public_input());
    let text = String::from_utf8_lossy(guest::read_input());
    let mut found = 0;
    for line in text.lines().filter(|line| line.contains(&*word)) {
        guest::write_output(format!("{line}\n").as_bytes());
        found += 1;
    }
    writeln!(std::io::stdout(), "{found}").unwrap();
    guest::print("this is not part of the output\n");
    10 + found
}
