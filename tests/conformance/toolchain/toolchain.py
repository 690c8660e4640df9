#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds static soft-float C libraries for MIPS: musl, and (as guests without a C library get them) the parts of
libgcc that compiled code calls.

    toolchain.py FOLDER TARGET...      TARGET: r3000, mips32r2, r3000el, mips32r2el

FOLDER belongs to this script: sources, and one folder per target and hash of everything that goes into it,
so that a second call does nothing. As a module: Toolchain(folder, target), then build() and command().

Debian has neither a soft-float musl nor a soft-float libgcc for MIPS: its own libgcc passes floating-point
numbers in FPU registers and returns wrong values, without a word, to code that passes them in integer registers.
"""

import fcntl
import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

import sources

HERE = pathlib.Path(__file__).resolve().parent
JOBS = 2
TARGETS = ["r3000", "mips32r2", "r3000el", "mips32r2el"]
GCC = os.environ.get("MIPZK_GCC", "mips-linux-gnu-gcc")
BUILD_SOFTFLOAT = HERE.parents[2] / "bindings/guest/c/build-softfloat"


def say(text):
    print(f"toolchain: {text}", flush=True)


def version(tool):
    return subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]


def run(command, log, **options):
    """Runs a command with its output appended to the file `log`; shows the file's end if it fails."""
    with open(log, "a", encoding="utf-8") as out:
        print("$", *command, file=out, flush=True)
        done = subprocess.run(command, stdout=out, stderr=out, check=False, **options)
    if done.returncode != 0:
        tail = pathlib.Path(log).read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        raise RuntimeError("\n".join([*tail, f"failed: {' '.join(map(str, command))}"]))


class Toolchain:
    def __init__(self, folder, target):
        if target not in TARGETS:
            raise ValueError(f"no target {target}; there are {', '.join(TARGETS)}")
        if shutil.which(GCC) is None:
            raise sources.Missing(f"no {GCC}; Debian: apt-get install gcc-mips-linux-gnu")
        self.folder = pathlib.Path(folder).absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.target = target
        self.little_endian = target.endswith("el")
        self.march = target.removesuffix("el")
        self.qemu = "qemu-mipsel" if self.little_endian else "qemu-mips"
        # Position-dependent code with the ABI of Linux programs, which musl's assembly files expect.
        self.flags = ["-EL" if self.little_endian else "-EB", f"-march={self.march}", "-mabi=32", "-msoft-float"]
        self.flags += ["-fno-pic", "-fno-pie", "-mno-shared", "-mplt", "-fno-stack-protector"]

    @functools.cached_property
    def key(self):
        """Hash of everything that the result depends on."""
        digest = hashlib.sha256()
        for path in (HERE / "toolchain.py", HERE / "sources.py", BUILD_SOFTFLOAT):
            digest.update(path.read_bytes())
        digest.update(" ".join([version(GCC), version("mips-linux-gnu-ld"), *self.flags]).encode())
        for archive in (sources.musl_archive(self.folder / "sources"), sources.gcc_archive()):
            digest.update(sources.sha256(archive).encode())
        return digest.hexdigest()[:16]

    @functools.cached_property
    def root(self):
        return self.folder / f"{self.target}-{self.key}"

    @functools.cached_property
    def builtin_include(self):
        """The compiler's own headers: stddef.h, stdarg.h."""
        command = [GCC, "-print-file-name=include"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def build(self):
        """Builds what is missing."""
        with open(self.folder / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (self.root / "done").exists():
                say(f"{self.target}: {self.root.name} is there")
                return
            for old in self.folder.glob(f"{self.target}-*"):
                shutil.rmtree(old)
            self.root.mkdir()
            start = time.monotonic()
            self._build_libgcc()
            self._build_musl(sources.musl(self.folder / "sources")[0])
            (self.root / "done").touch()
            say(f"{self.target}: built in {time.monotonic() - start:.0f} s")

    def _build_musl(self, source):
        say(f"{self.target}: musl")
        log = self.root / "musl.log"
        work = self.root / "musl"
        work.mkdir()
        launcher = ["ccache"] if shutil.which("ccache") else []
        compiler = " ".join([*launcher, GCC, *self.flags])
        host = "mipsel-linux-muslsf" if self.little_endian else "mips-linux-muslsf"
        environment = {**os.environ, "LIBCC": "", "CFLAGS": ""}
        configure = [str(source / "configure"), f"--target={host}", "--disable-shared", f"--prefix={self.root}"]
        run([*configure, f"CC={compiler}"], log, cwd=work, env=environment)
        tools = [f"AR={tool('ar')}", f"RANLIB={tool('ranlib')}"]
        run(["make", f"-j{JOBS}", *tools, "install-libs", "install-headers"], log, cwd=work, env=environment)
        shutil.rmtree(work)

    def _build_libgcc(self):
        say(f"{self.target}: libgcc")
        archive = self.root / "lib/libgcc_sf.a"
        # Musl's files follow the ABI of Linux programs.
        options = ["-EL" if self.little_endian else "-EB", "-mabicalls", "-mno-shared", "-mplt"]
        environment = {**os.environ, "MIPZK_GCC": GCC, "MIPZK_AR": tool("ar"), "MIPZK_GCC_SOURCE": sources.gcc_archive()}
        command = ["sh", str(BUILD_SOFTFLOAT), "--integers", str(archive), self.march, *options]
        run(command, self.root / "libgcc.log", env=environment)

    def command(self, arguments, output):
        """The command that compiles and links `arguments` (files and options) into a static program."""
        lib = self.root / "lib"
        headers = ["-nostdinc", "-isystem", str(self.root / "include"), "-isystem", self.builtin_include]
        start = [str(lib / "crt1.o"), str(lib / "crti.o")]
        # libgcc calls abort() of the C library.
        end = [str(lib / "libc.a"), str(lib / "libgcc_sf.a"), str(lib / "libc.a"), str(lib / "crtn.o")]
        return [GCC, *self.flags, "-no-pie", "-static", "-nostdlib", *headers, *start, *arguments, *end, "-o", str(output)]


def tool(name):
    return GCC.removesuffix("gcc") + name


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for target in sys.argv[2:]:
        Toolchain(sys.argv[1], target).build()


if __name__ == "__main__":
    main()
