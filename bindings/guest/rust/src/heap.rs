// SPDX-License-Identifier: Apache-2.0
//! The allocator of programs without an operating system: memory is handed out upwards from the end of the
//! program's data, and given back only if it was the last piece, so that one growing vector costs no more
//! than it holds. All of that memory is zero when the program starts.

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::io::grow_heap;

/// The heap ends here, below the guard of a stack of 8 MiB (docs/MACHINE.md, section 2).
const HEAP_END: usize = 0x7e7f_0000;

unsafe extern "C" {
    /// End of the program's data (link.ld).
    static _end: u8;
}

/// Address of the first free byte; 0 before the first allocation. The machine has one thread: no
/// operation on it can be interrupted.
struct Bump(AtomicUsize);

#[global_allocator]
static HEAP: Bump = Bump(AtomicUsize::new(0));

impl Bump {
    fn top(&self) -> usize {
        match self.0.load(Relaxed) {
            0 => (&raw const _end as usize + 0xfff) & !0xfff, // where free memory begins
            top => top,
        }
    }

    /// Makes the bytes from `start` on part of the heap in use; false if there are not that many.
    fn take(&self, start: usize, size: usize) -> bool {
        match start.checked_add(size) {
            Some(end) if end <= HEAP_END && grow_heap(end) => {
                self.0.store(end, Relaxed);
                true
            }
            _ => false,
        }
    }
}

// Sound because pieces in use never overlap: `take` is called with an address at or above every piece
// that is in use, or with the start of the last one.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = (self.top() + layout.align() - 1) & !(layout.align() - 1);
        if self.take(start, layout.size()) {
            start as *mut u8
        } else {
            core::ptr::null_mut()
        }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if piece as usize + layout.size() == self.top() {
            self.0.store(piece as usize, Relaxed);
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if piece as usize + layout.size() == self.top() {
            return if self.take(piece as usize, new_size) { piece } else { core::ptr::null_mut() };
        }
        if new_size <= layout.size() {
            return piece;
        }
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(piece, new, layout.size());
            }
            new
        }
    }
}
