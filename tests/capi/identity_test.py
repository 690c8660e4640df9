#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One source is one program: neither debug information, nor strip, nor the folder changes the id.

usage: identity_test.py MIPZK SOURCE_FOLDER MIPS_GCC GO_CACHE     (standard library only)
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

MIPZK, SOURCE, GCC, GO_CACHE = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
GXX, STRIP = GCC[: -len("gcc")] + "g++", GCC[: -len("gcc")] + "strip"
LINUX = ["-O2", "-static"]
PROGRAM = """#include <assert.h>
#include <stdio.h>
int main(int count, char** words) { assert(count == 1 && words); puts("same"); return 0; }
"""
BARE = """#include <zkvm_io.h>
int main(void) { write_output((const uint8_t*)"same", 4); return 0; }
"""
GO = """package main

import "fmt"

func main() {
	defer func() { fmt.Println(recover()) }()
	panic("same")
}
"""


def run(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, **options).stdout


def program_id(elf):
    return json.loads(run(MIPZK, "inspect", "--json", elf))["program_id"]


class Identity(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ids(self, name, text, compiler, *options):
        """By the way in which the program was made."""
        ids = {}
        folders = [self.folder / "here", self.folder / "elsewhere" / "deep"]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        for how, folder in (("plain", 0), ("-g", 0), ("-g3", 1), ("-s", 0)):
            elf = folders[folder] / how
            extra = [how] if how != "plain" else []
            run(compiler, *options, *extra, name, "-o", elf, cwd=folders[folder], env={**os.environ, "MIPZK_GCC": GCC})
            ids[how] = program_id(elf)
            for option in ("--strip-debug", "--strip-all"):
                run(STRIP, option, elf, "-o", self.folder / "stripped")
                ids[how + " " + option] = program_id(self.folder / "stripped")
        return ids

    def one(self, ids):
        self.assertEqual(len(set(ids.values())), 1, ids)

    def test_c_for_linux(self):
        self.one(self.ids("same.c", PROGRAM, GCC, *LINUX))

    def test_cxx_for_linux(self):
        if shutil.which(GXX) is None:
            self.skipTest(f"{GXX} not found")
        self.one(self.ids("same.cpp", PROGRAM, GXX, *LINUX))

    def test_c_on_bare_metal(self):
        self.one(self.ids("same.c", BARE, SOURCE / "bindings/guest/c/mipzk-cc"))

    def test_another_program_is_another_one(self):
        ids = {self.ids("same.c", PROGRAM.replace("same", word), GCC, *LINUX)["plain"] for word in ("same", "sane")}
        self.assertEqual(len(ids), 2)

    def test_go(self):
        go = os.environ.get("MIPZK_GO") or shutil.which("go")
        if go is None:
            self.skipTest("no Go")
        ids = {}
        environment = {**os.environ, "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "mips", "GOFLAGS": "", "GO111MODULE": "on",
                       "GOMIPS": "softfloat", "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOCACHE": str(GO_CACHE)}
        for place in ("here", "elsewhere/deep"):
            folder = self.folder / place
            folder.mkdir(parents=True)
            (folder / "main.go").write_text(GO)
            (folder / "go.mod").write_text("module same\n\ngo 1.19\n")
            for flags in ([], ["-ldflags=-s -w -buildid="]):
                run(go, "build", "-p", "2", "-trimpath", "-buildvcs=false", *flags, "-o", "same", cwd=folder, env=environment)
                ids[place, *flags] = program_id(folder / "same")
        self.assertEqual(ids["here",], ids["elsewhere/deep",])
        self.assertEqual(len(set(list(ids.values())[1::2])), 1)


if __name__ == "__main__":
    GO_CACHE.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1])
