// SPDX-License-Identifier: Apache-2.0
//! Panics: caught, through destructors, in a thread, and at last one that nobody catches.
use std::hint::black_box;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

struct Trace(u32);

impl Drop for Trace {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}

fn descend(n: u32) -> u32 {
    let _trace = Trace(n);
    if n == 0 {
        panic!("bottom");
    }
    descend(n - 1) + 1
}

fn main() {
    let caught = catch_unwind(|| descend(3)).unwrap_err();
    println!("caught {:?}", caught.downcast_ref::<&str>());
    let again = catch_unwind(AssertUnwindSafe(|| resume_unwind(caught))).unwrap_err();
    println!("again {:?}", again.downcast_ref::<&str>());
    let joined = std::thread::spawn(|| vec![1, 2, 3][black_box(7)]).join();
    println!("thread panicked: {}", joined.is_err());
    let divisor = black_box(0);
    println!("{:?} {}", 7i32.checked_div(divisor), catch_unwind(|| 7 / divisor).is_err());
    let _trace = Trace(77);
    None::<u32>.expect("the end");
}
