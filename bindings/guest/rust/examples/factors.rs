// SPDX-License-Identifier: Apache-2.0
//! Proves that its author knows two factors of a public number, without showing them: 8 bytes of public
//! input, twice 4 bytes of private input, big-endian.
#![cfg_attr(target_os = "none", no_std, no_main)]

use mipzk_guest as guest;

guest::entry!(run);

fn run() -> u32 {
    let public: Result<[u8; 8], _> = guest::public_input().try_into();
    let private: Result<[u8; 8], _> = guest::read_input().try_into();
    let (Ok(public), Ok(private)) = (public, private) else {
        return 1;
    };
    let n = u64::from_be_bytes(public);
    let p = u64::from_be_bytes(private) >> 32;
    let q = u64::from_be_bytes(private) & 0xffff_ffff;
    if p < 2 || q < 2 || p * q != n {
        return 2;
    }
    guest::write_output(b"composite");
    0
}
