// SPDX-License-Identifier: Apache-2.0
//! Finds the library: in MIPZK_LIB_DIR if that is set, with pkg-config otherwise. With MIPZK_STATIC=1 the archive is
//! linked instead of the shared library.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What libmipzk.a needs, for those who have no pkg-config.
const NEEDED_BY_THE_ARCHIVE: [&str; 4] = ["crypto", "elf", "stdc++", "m"];

fn pkg_config(arguments: &[&str]) -> String {
    let tool = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let problem = match Command::new(&tool).args(arguments).output() {
        Ok(run) if run.status.success() => return String::from_utf8_lossy(&run.stdout).into_owned(),
        Ok(run) => String::from_utf8_lossy(&run.stderr).into_owned(),
        Err(error) => format!("{tool}: {error}"),
    };
    panic!(
        "mipzk was not found: {problem}\nInstall it, and set PKG_CONFIG_PATH to the folder of mipzk.pc, or \
         MIPZK_LIB_DIR to that of the library"
    );
}

fn main() {
    for name in ["MIPZK_LIB_DIR", "MIPZK_INCLUDE_DIR", "MIPZK_STATIC", "PKG_CONFIG", "PKG_CONFIG_PATH", "DOCS_RS"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("DOCS_RS").is_some() {
        return; // nothing is linked
    }
    let prover = env::var_os("CARGO_FEATURE_PROVER").is_some();
    let library = if prover { "mipzk" } else { "mipzk_verify" };
    let archive = env::var("MIPZK_STATIC").map_or(false, |value| value != "0");
    let link = |name: &str| {
        let kind = if archive && name == library { "static=" } else { "" };
        println!("cargo:rustc-link-lib={kind}{name}");
    };

    let include: PathBuf;
    if let Some(folder) = env::var_os("MIPZK_LIB_DIR") {
        println!("cargo:rustc-link-search=native={}", Path::new(&folder).display());
        link(library);
        if archive && prover {
            NEEDED_BY_THE_ARCHIVE.iter().for_each(|name| link(name));
        }
        include = Path::new(&folder).join("../include");
    } else {
        let mut arguments = vec!["--libs", library];
        if archive {
            arguments.insert(0, "--static");
        }
        for word in pkg_config(&arguments).split_whitespace() {
            if let Some(folder) = word.strip_prefix("-L") {
                println!("cargo:rustc-link-search=native={folder}");
            } else if let Some(name) = word.strip_prefix("-l") {
                link(name);
            }
        }
        include = pkg_config(&["--variable=includedir", library]).trim().into();
    }
    // For the test that compares the declarations with the header, and for build scripts of others.
    let include = env::var_os("MIPZK_INCLUDE_DIR").map_or(include, PathBuf::from);
    println!("cargo:include={}", include.display());
    println!("cargo:rustc-env=MIPZK_INCLUDE_DIR={}", include.display());
}
