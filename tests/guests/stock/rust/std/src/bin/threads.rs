// SPDX-License-Identifier: Apache-2.0
//! Threads, channels, locks, scoped threads, thread-local variables.
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex, RwLock};
use std::thread;

thread_local!(static MINE: Cell<u32> = const { Cell::new(5) });

fn main() {
    let (sender, receiver) = mpsc::channel();
    let total = Arc::new(Mutex::new(0));
    let barrier = Arc::new(Barrier::new(3));
    let threads: Vec<_> = (0..3u32)
        .map(|number| {
            let (sender, total, barrier) = (sender.clone(), total.clone(), barrier.clone());
            thread::spawn(move || {
                barrier.wait();
                for k in 0..20 {
                    sender.send(number * k).unwrap();
                    *total.lock().unwrap() += 1;
                    MINE.set(MINE.get() + number);
                }
                MINE.get()
            })
        })
        .collect();
    drop(sender);
    let sum: u32 = receiver.iter().sum();
    let results: Vec<u32> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    println!("{sum} {} {results:?} {}", total.lock().unwrap(), MINE.get());

    let (turn, turned, count) = (Mutex::new(0), Condvar::new(), AtomicUsize::new(0));
    let log = RwLock::new(Vec::new());
    thread::scope(|scope| {
        for number in (0..4).rev() {
            let (turn, turned, count, log) = (&turn, &turned, &count, &log);
            scope.spawn(move || {
                let mut now = turned.wait_while(turn.lock().unwrap(), |now| *now != number).unwrap();
                log.write().unwrap().push(number);
                count.fetch_add(1, Ordering::SeqCst);
                *now += 1;
                turned.notify_all();
            });
        }
    });
    println!("{:?} {}", log.read().unwrap(), count.load(Ordering::SeqCst));
}
