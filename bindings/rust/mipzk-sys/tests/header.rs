// SPDX-License-Identifier: Apache-2.0
//! Every declaration of the crate against `mipzk/mipzk.h`: the declarations are turned into C, and the C compiler says
//! whether they agree with the header. Names of the header that the crate lacks are found, too.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const SOURCES: [&str; 2] = [include_str!("../src/lib.rs"), include_str!("../src/prover.rs")];

fn header() -> String {
    let path = Path::new(env!("MIPZK_INCLUDE_DIR")).join("mipzk/mipzk.h");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The declarations of the crate in one line each, without comments.
fn declarations(source: &str) -> String {
    let lines = source.lines().map(|line| line.split("//").next().unwrap().trim());
    lines.collect::<Vec<_>>().join(" ").replace(", )", ")").replace("( ", "(")
}

/// `type name`, as C declares it.
fn c_declaration(rust: &str, name: &str) -> String {
    let rust = rust.trim();
    if let Some(array) = rust.strip_prefix('[') {
        let (item, count) = array.trim_end_matches(']').split_once(';').unwrap();
        return c_declaration(item, &format!("{name}[{}]", count.trim()));
    }
    if let Some(function) = rust.strip_prefix("Option<unsafe extern \"C\" fn") {
        return c_function(function.strip_suffix('>').unwrap(), &format!("(*{name})"));
    }
    for (prefix, qualifier) in [("*const ", "const "), ("*mut ", "")] {
        if let Some(target) = rust.strip_prefix(prefix) {
            // What is constant is the target, and no target here is constant itself.
            return format!("{qualifier}{}", c_declaration(target, &format!("*{name}")));
        }
    }
    let c = match rust {
        "u8" => "uint8_t",
        "u32" => "uint32_t",
        "u64" => "uint64_t",
        "i32" => "int32_t",
        "i64" => "int64_t",
        "usize" => "size_t",
        "c_char" => "char",
        "c_void" => "void",
        "()" => "void",
        other if other.starts_with("mipzk_") => other,
        other => panic!("this test does not know the type {other}"),
    };
    format!("{c} {name}")
}

/// `signature`: `(name: type, ...) -> type`.
fn c_function(signature: &str, name: &str) -> String {
    let (arguments, result) = signature.trim().split_once(')').unwrap();
    let arguments = arguments.trim_start_matches('(').split(',').map(str::trim).filter(|a| !a.is_empty());
    let arguments: Vec<String> = arguments
        .map(|argument| {
            let (name, rust) = argument.split_once(':').unwrap();
            c_declaration(rust, name.trim())
        })
        .collect();
    let arguments = if arguments.is_empty() { "void".into() } else { arguments.join(", ") };
    let result = result.trim().strip_prefix("->").unwrap_or("()");
    c_declaration(result, &format!("{name}({arguments})"))
}

/// C that compiles if the declarations are those of the header, and the names that they declare.
fn as_c(source: &str) -> (String, BTreeSet<String>) {
    let (mut c, mut names) = (String::new(), BTreeSet::new());
    let text = declarations(source);
    for part in text.split("pub const ").skip(1) {
        let (name, rest) = part.split_once(':').unwrap();
        let (rust, value) = rest.split(';').next().unwrap().split_once('=').unwrap();
        c += &format!(
            "_Static_assert(({}){name} == {value} && {name} == {value}, \"{name}\");\n",
            c_declaration(rust, "")
        );
        names.insert(name.into());
    }
    for part in text.split("pub struct mipzk_").skip(1) {
        let (name, rest) = part.split_once('{').unwrap();
        let name = format!("mipzk_{}", name.trim());
        c += &format!("struct rust_{name} {{");
        let mut checks = String::new();
        for field in rest.split('}').next().unwrap().split("pub ").skip(1) {
            let (field, rust) = field.trim().trim_end_matches(',').split_once(':').unwrap();
            c += &format!(" {};", c_declaration(rust, field));
            let [ours, theirs] = [format!("struct rust_{name}"), name.clone()];
            checks += &format!(
                "_Static_assert(offsetof({ours}, {field}) == offsetof({theirs}, {field}) && \
                 __builtin_types_compatible_p(__typeof__((({ours} *)0)->{field}), __typeof__((({theirs} *)0)->{field})), \
                 \"{name}.{field}\");\n"
            );
        }
        c += &format!(" }};\n{checks}_Static_assert(sizeof(struct rust_{name}) == sizeof({name}), \"{name}\");\n");
        names.insert(name);
    }
    for part in text.split("pub type ").skip(1) {
        let (name, rust) = part.split(';').next().unwrap().split_once('=').unwrap();
        c += &format!("typedef {};\n", c_declaration(rust, name.trim()));
        names.insert(name.trim().into());
    }
    for part in text.split("pub fn ").skip(1) {
        let (name, signature) = part.split(';').next().unwrap().split_once('(').unwrap();
        c += &format!("{};\n", c_function(&format!("({signature}"), name));
        names.insert(name.into());
    }
    if let Some(opaque) = text.split("opaque!(").nth(1) {
        for name in opaque.split(')').next().unwrap().split_whitespace() {
            c += &format!("struct {name}; typedef struct {name} {name};\n");
            names.insert(name.into());
        }
    }
    (c, names)
}

/// What the C compiler has to say; `None` if nothing.
fn compile(c: &str) -> Option<String> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let mut child = Command::new(compiler)
        .args(["-std=gnu11", "-Werror", "-fsyntax-only", "-x", "c", "-", "-I", env!("MIPZK_INCLUDE_DIR")])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a C compiler, which this test needs");
    write!(child.stdin.take().unwrap(), "#include <mipzk/mipzk.h>\n{c}").unwrap();
    let run = child.wait_with_output().unwrap();
    (!run.status.success()).then(|| String::from_utf8_lossy(&run.stderr).into_owned())
}

/// The names that the header declares, but for those that are for C alone.
fn header_names() -> BTreeSet<String> {
    let text = header();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut names = BTreeSet::<String>::new();
    let mut before = "";
    for word in words.filter(|word| !word.is_empty()) {
        if before == "define" && word.starts_with("MIPZK_") {
            names.insert(word.into());
        }
        before = word;
    }
    // A comment may end anywhere, a declaration only with `;`.
    let mut code = String::new();
    for part in text.split("/*") {
        code += part.split_once("*/").map_or(part, |(_, code)| code);
    }
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    for statement in code.join(" ").split(';') {
        if let Some(function) = statement.split("MIPZK_API").nth(1) {
            names.insert(function.split('(').next().unwrap().rsplit([' ', '*']).next().unwrap().into());
        } else if let Some(pointer) = statement.split("(*").nth(1) {
            names.insert(pointer.split(')').next().unwrap().into());
        } else if let Some(structure) = statement.split("typedef struct ").nth(1) {
            names.insert(structure.split_whitespace().next().unwrap().into());
        } else if statement.contains("typedef ") {
            names.insert(statement.split_whitespace().next_back().unwrap().into());
        }
    }
    for c_only in ["MIPZK_MIPZK_H_", "MIPZK_API", "MIPZK_NOEXCEPT", "MIPZK_VERIFY_ONLY", "mipzk_constant"] {
        names.remove(c_only);
    }
    // Proving in pieces is left to C.
    let in_pieces = ["MIPZK_PIECE_", "mipzk_piece_", "mipzk_plan_", "mipzk_work_"];
    let functions =
        ["mipzk_job_plan", "mipzk_job_work", "mipzk_job_keep", "mipzk_keep_fn", "mipzk_find_fn", "mipzk_ask_fn"];
    names.retain(|name| {
        !in_pieces.iter().any(|prefix| name.starts_with(prefix))
            && !functions.contains(&name.as_str())
            && !["mipzk_drop_fn", "mipzk_ctx_hold_memory", "mipzk_job_on_ask"].contains(&name.as_str())
    });
    names
}

#[test]
fn the_declarations_are_those_of_the_header() {
    let (mut c, mut names) = (String::new(), BTreeSet::new());
    for source in SOURCES {
        let (more, found) = as_c(source);
        c += &more;
        names.extend(found);
    }
    if let Some(problems) = compile(&c) {
        panic!("{problems}\n{c}");
    }
    assert!(names.len() > 80, "this test does not understand the crate: {names:?}");
    let expected = header_names();
    assert_eq!(expected.difference(&names).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in the crate");
    assert_eq!(names.difference(&expected).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the header");
}

#[test]
fn other_declarations_are_found() {
    let changes = [
        (0, "MIPZK_E_ELF: i32 = -10", "MIPZK_E_ELF: i32 = -11"),
        (0, "pub max_cycles: u64", "pub max_cycles: u32"),
        (0, "pub detail: u32", "pub detail: i32"),
        (0, "[c_char; 248]", "[c_char; 247]"),
        (0, "proof_size: usize", "proof_size: u32"),
        (0, "mipzk_abi_version() -> u32", "mipzk_abi_version() -> i32"),
        (1, "elf: *const u8", "elf: *mut u8"),
        (1, "cycle: u64, mark: u32", "cycle: u32, mark: u32"),
        (1, "index: u64", "index: u32"),
        (1, "pub entry: u32,", ""),
    ];
    for (source, from, to) in changes {
        assert!(SOURCES[source].contains(from), "{from}");
        let changed = SOURCES[source].replace(from, to);
        assert!(compile(&as_c(&changed).0).is_some(), "nobody notices {to}");
    }
}
