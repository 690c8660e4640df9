#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs_test.py --build FOLDER [--mipzk TOOL]: follows docs/GUESTS.md step by step: saves the files that it shows, and runs
the commands that it shows. What is compiled once and takes long (Go's and Rust's libraries) is kept in FOLDER."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "GUESTS.md").read_text()
RUST_WITH_TWO_VERSIONS = """
#![cfg_attr(target_os = "none", no_std, no_main)]

use mipzk_guest as guest;

guest::entry!(run);

old::cfg_if! {
    if #[cfg(target_os = "none")] {
        const OLD: &[u8] = old::COPY;
    } else {
        const OLD: &[u8] = b"";
    }
}

fn run() -> u32 {
    guest::write_output(OLD);
    guest::write_output(b" and ");
    guest::write_output(cfg_if::NEW);
    0
}
"""
FLOAT = "volatile double x = 2.5; int main(void) { return (int)(x * x); }"


def section(title):
    start = GUIDE.index(f"\n## {title}\n")
    return GUIDE[start : GUIDE.index("\n## ", start + 1)]


def files(text):
    """(name, content) of what the reader is told to save."""
    found = re.findall(r"(?:[Ss]ave (?:it|this)|this) as\s+`([^`]+)`:\n\n```\w*\n(.*?)```", text, re.DOTALL)
    return [(name, content.replace("<mipzk>", str(ROOT))) for name, content in found]


def commands(text):
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [
        re.sub("(<mipzk>/)?bindings/guest/", f"{ROOT}/bindings/guest/", block)
        for block in blocks
        if not block.startswith("apt-get")
    ]


class Guide(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def sh(self, script, **environment):
        environment = dict(os.environ, MIPZK_CACHE=str(ARGUMENTS.build / "cache"), **environment)
        if ARGUMENTS.mipzk:
            environment["PATH"] = f"{ARGUMENTS.mipzk.parent}:{environment['PATH']}"
        return subprocess.run(
            ["sh", "-ec", script], cwd=self.folder, capture_output=True, text=True, env=environment, check=False
        )

    def cc(self, arguments, **environment):
        return self.sh(f"{ROOT}/bindings/guest/c/mipzk-cc {arguments}", **environment)

    def need(self, *programs):
        for program in programs:
            if shutil.which(program) is None:
                self.skipTest(f"{program} is not installed")

    def save(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def follow(self, title, steps):
        """Saves a section's files and runs its commands; returns all that they print."""
        text = section(title)
        for name, content in files(text):
            self.save(name, content)
        blocks = commands(text)
        self.assertEqual(len(blocks), steps)
        printed = ""
        for block in blocks:
            if not ARGUMENTS.mipzk:
                block = "\n".join(line for line in block.splitlines() if not line.startswith("mipzk "))
            run = self.sh(block)
            self.assertEqual(run.returncode, 0, f"{block}\n{run.stdout}{run.stderr}")
            printed += run.stdout
        return printed

    def expect(self, printed, output, times):
        """The output, as qemu-mips prints it, and as `mipzk run` does (times - 1)."""
        self.assertIn(output, printed)
        if ARGUMENTS.mipzk:
            runs = re.findall(r"^exit code +(\d+)\n(?:.*\n)*?output +([0-9a-f]+)$", printed, re.MULTILINE)
            self.assertGreaterEqual(runs.count(("0", output.encode().hex())), times, printed)

    def test_c_bare_metal(self):
        self.need("mips-linux-gnu-g++", "qemu-mips")
        printed = self.follow("C, bare metal", 4)
        self.expect(printed, "composite", 1)
        if ARGUMENTS.mipzk:
            self.assertIn("00000010", printed)  # shapes
        for private, code in (("\\0\\0\\0\\5\\0\\0\\0\\6", 2), ("\\0\\0\\0\\1\\0\\0\\0\\43", 2), ("\\0", 1)):
            run = self.sh(f"printf '{private}' | qemu-mips factors.linux.elf 3< public.bin")
            self.assertEqual((run.returncode, run.stdout), (code, ""))

    def test_c_for_linux(self):
        self.need("qemu-mips")
        self.expect(self.follow("C and C++ for Linux", 1), "2 lines contain cat\n", 1)

    def test_go(self):
        self.need("go", "qemu-mips")
        os.environ.update(GOCACHE=str(ARGUMENTS.build / "go" / "cache"), GOTOOLCHAIN="local", GOPROXY="off", GOFLAGS="")
        self.expect(self.follow("Go", 1), "composite\n", 1)

    def test_rust(self):
        self.need("/usr/bin/cargo", "qemu-mips")
        target = ARGUMENTS.build / "rust"
        target.mkdir(parents=True, exist_ok=True)
        (self.folder / "target").symlink_to(target)
        for name, _ in files(section("Rust without the standard library")):
            self.assertIn(name, ("Cargo.toml", "src/main.rs"))
        printed = self.follow("Rust without the standard library", 1)
        printed += self.follow("Rust with the standard library", 1)
        self.expect(printed, "composite", 2)

    def test_rust_with_crates_in_vendor(self):
        """Two versions of a crate, one of them in a folder that Rust's own library has as well."""
        self.need("/usr/bin/cargo")
        sysroot = self.sh("/usr/bin/rustc --print sysroot").stdout.strip()
        theirs = pathlib.Path(sysroot, "lib/rustlib/src/rust/library/vendor")
        if not theirs.exists():
            self.skipTest(f"Rust's library has no crates in {theirs}")
        (old,) = theirs.glob("cfg-if-1.*")
        shutil.copytree(old, self.folder / "vendor" / old.name, symlinks=False)
        with open(self.folder / "vendor" / old.name / "src" / "lib.rs", "a", encoding="utf-8") as file:
            file.write('\n/// Only in the copy.\npub const COPY: &[u8] = b"the copy";\n')
        self.save("vendor/cfg-if/Cargo.toml", '[package]\nname = "cfg-if"\nversion = "2.0.0"\nedition = "2021"\n')
        self.save("vendor/cfg-if/src/lib.rs", '#![no_std]\npub const NEW: &[u8] = b"2.0.0";\n')
        self.save("vendor/cfg-if/.cargo-checksum.json", '{"files": {}, "package": "%s"}' % ("0" * 64))
        ((_, manifest), _) = files(section("Rust without the standard library"))
        manifest = manifest.replace('name = "factors"', 'name = "two-versions"')
        manifest += f'cfg-if = "2.0.0"\nold = {{ package = "cfg-if", version = "={old.name[7:]}" }}\n'
        self.save("Cargo.toml", manifest)
        self.save("src/main.rs", RUST_WITH_TWO_VERSIONS)
        target = ARGUMENTS.build / "rust"
        target.mkdir(parents=True, exist_ok=True)
        (self.folder / "target").symlink_to(target)
        run = self.sh(f"{ROOT}/bindings/guest/rust/mipzk-cargo build")
        self.assertEqual(run.returncode, 0, run.stderr)
        if ARGUMENTS.mipzk:
            run = self.sh("mipzk run target/mips-mti-none-elf/release/two-versions --output -")
            self.assertEqual((run.returncode, run.stdout), (0, "the copy and 2.0.0"), run.stderr)

    def test_flags_are_those_of_mipzk_cc(self):
        script = (ROOT / "bindings/guest/c/mipzk-cc").read_text()
        table = GUIDE[GUIDE.index("| flag | why |") : GUIDE.index("GCC's checks for a zero divisor")]
        for cell in re.findall(r"^\| `([^`]*)` \|", table, re.MULTILINE):
            for flag in cell.split():
                self.assertIn(flag.removeprefix("-Wl,-T,"), script)

    def test_headers(self):
        sentence = GUIDE[GUIDE.index("Of GCC's own headers") :]
        headers = re.search(r"`([a-z0-9.\s]*\.h)`", sentence)[1].split()
        self.assertIn("limits.h", headers)
        includes = "".join(f"#include <{h}>\n" for h in headers + ["string.h", "zkvm_io.h", "mipzk_guest.h"])
        self.save(
            "h.c",
            includes
            + "int main(void) { return INT_MIN == -0x7fffffff - 1 && ULLONG_MAX == UINT64_MAX &&"
            " UCHAR_MAX == 255 && CHAR_MIN <= 0 && sizeof(bool) == 1 && alignof(int) == 4 ? 7 : 1; }",
        )
        built = self.cc("-Wall -Werror --linux h.c -o h.elf")
        self.assertEqual((built.returncode, built.stderr), (0, ""))
        self.assertEqual(self.sh("qemu-mips h.elf </dev/null").returncode, 7)

    def test_cxx_headers(self):
        self.need("mips-linux-gnu-g++")
        headers = re.search(r"neither exceptions nor a heap: `([a-z\s_]*)`", GUIDE)[1].split()
        self.assertIn("algorithm", headers)
        self.save("h.cpp", "".join(f"#include <{h}>\n" for h in headers) + "int main() { return 7; }")
        built = self.sh(f"{ROOT}/bindings/guest/c/mipzk-c++ -Wall -Werror --linux h.cpp -o h.elf")
        self.assertEqual((built.returncode, built.stderr), (0, ""))
        self.assertEqual(self.sh("qemu-mips h.elf </dev/null").returncode, 7)

    def test_cmake(self):
        self.need("mips-linux-gnu-g++")
        self.save("my_guest/CMakeLists.txt", "project(p C CXX)\nadd_executable(g g.c)\nadd_executable(h h.cpp)\n")
        self.save("my_guest/g.c", "int main(void) { return 5; }")
        self.save("my_guest/h.cpp", "struct S { int x; S() : x(6) {} } s;\nint main() { return s.x; }")
        (command,) = [c for c in commands(GUIDE) if "toolchain" in c]
        for options, program in (("-DMIPZK_GUEST_LINUX=ON -DMIPZK_GUEST_MARCH=mips32r2", "qemu-mips"), ("", "mipzk run")):
            shutil.rmtree(self.folder / "build", ignore_errors=True)
            run = self.sh(f"{command.strip()} {options} -Wno-dev && cmake --build build")
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            if program == "qemu-mips":
                self.assertEqual([self.sh(f"qemu-mips build/{n}.elf").returncode for n in "gh"], [5, 6])
            elif ARGUMENTS.mipzk:
                self.assertRegex(self.sh("mipzk run build/h.elf").stdout, "exit code +6")

    def test_floating_point(self):
        self.save("fp.c", FLOAT)
        for march in "r3000", "mips32r2":
            run = self.cc(f"--linux --march={march} fp.c -o fp.elf")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(self.sh("qemu-mips fp.elf").returncode, 6)

    def test_floating_point_without_sources(self):
        self.save("fp.c", FLOAT)
        run = self.sh(f"MIPZK_CACHE=none MIPZK_GCC_SOURCE=/none {ROOT}/bindings/guest/c/mipzk-cc fp.c -o fp.elf")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("mipzk-cc: float and double need the sources of GCC", run.stderr)
        self.assertIn("undefined reference to `__muldf3'", run.stderr)

    def test_instruction_sets(self):
        self.save("a.c", "int main(void) { return 7; }")
        for march in "r3000", "mips1", "mips2", "mips32", "mips32r2", "mips32r3", "mips32r5":
            run = self.cc(f"--march={march} a.c -o a.elf")
            self.assertEqual(run.returncode, 0, run.stderr)
            # What the code asks of the processor stays in the file, for the loader.
            self.assertIn("MIPS ABI Flags", self.sh("mips-linux-gnu-readelf -A a.elf").stdout)
            if ARGUMENTS.mipzk:
                self.assertRegex(self.sh("mipzk run a.elf").stdout, "exit code +7")

    def test_bare_metal_for_another_processor(self):
        if not ARGUMENTS.mipzk:
            self.skipTest("no --mipzk")
        self.save("a.c", "int main(void) { return 7; }")
        for options, cure in (("-mdsp", "-mno-dsp"), ("-mmt", "-mno-mt")):
            self.assertEqual(self.cc(f"--march=mips32r2 {options} a.c -o a.elf").returncode, 0)
            run = self.sh("mipzk run a.elf")
            self.assertEqual(run.returncode, 4, run.stdout + run.stderr)
            self.assertIn(cure, run.stderr)

    def test_what_is_refused(self):
        self.save("a.c", "int main(void) { return 0; }")
        self.save("a.cpp", "int main() { return 0; }")
        for arguments, message in (
            ("-flto a.c", "mipzk-cc: -flto is not supported"),
            ("--march=mips64 a.c", "mipzk-cc: the machine has no instruction set 'mips64'"),
            ("a.cpp", "mipzk-cc: a.cpp is C++: use mipzk-c++"),
        ):
            run = self.cc(arguments)
            self.assertEqual(run.returncode, 1)
            self.assertIn(message, run.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--mipzk", type=lambda text: pathlib.Path(text).resolve())
    ARGUMENTS, rest = parser.parse_known_args()
    ARGUMENTS.build.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1] + rest)
