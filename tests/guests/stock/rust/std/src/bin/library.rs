// SPDX-License-Identifier: Apache-2.0
//! Collections, text, floating point, time, standard input.
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;
use std::time::{Duration, Instant};

fn main() {
    let mut words: HashMap<String, u64> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        for word in line.unwrap().split_whitespace() {
            *words.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let sorted: BTreeMap<_, _> = words.iter().collect();
    println!("{sorted:?}");
    let rests: HashSet<u64> = (0..1000u64).map(|x| x * x % 97).collect();
    println!("{} {}", rests.len(), rests.iter().sum::<u64>());

    let numbers: Vec<f64> = "2.5 -1e-3 1e300 inf 4.9e-324".split(' ').map(|x| x.parse().unwrap()).collect();
    println!("{numbers:?} {:?}", "2,5".parse::<f64>().is_err());
    let x = numbers[0];
    println!("{} {} {} {} {:.3} {:e}", x.sqrt(), x.sin(), x.powf(-1.5), x.ln(), x / 3.0, x as f32 * 1.1f32);
    println!("{} {} {} {}", (x * 1e15) as i64, -1.5f64 as u8, 3e9 as u32, f64::NAN as i32);
    let big = (1..=30u128).product::<u128>();
    println!("{big} {} {}", big / 1_000_003, big.leading_zeros());

    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(2));
    println!("{}", start.elapsed() >= Duration::from_millis(2));
    println!("{:?} {}", std::env::var("HOME").is_ok(), std::fs::read("/no/such/file").is_err());
    std::process::exit(9);
}
