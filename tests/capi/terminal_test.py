#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the mipzk tool shows of text from outside: how much a guest may print, and what reaches a terminal.

usage: terminal_test.py MIPZK GUEST_FOLDER SOURCE_FOLDER MIPS_GCC MIPS_OBJDUMP     (standard library only)
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tty
import unittest

MIPZK, GUESTS, SOURCE, GCC, OBJDUMP = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), *sys.argv[4:6]
HERE = SOURCE / "tests" / "capi"
OBJCOPY = OBJDUMP.replace("objdump", "objcopy")

# Pieces of hostile text, and how they are shown.
HOSTILE = (
    (b"\x1b[2J", rb"\x1b[2J"),                          # clears the screen
    (b"\x1b]0;title\x07", rb"\x1b]0;title\x07"),        # sets the title
    (b"\r\x08\x00\x7f", rb"\x0d\x08\x00\x7f"),
    (b"\x9b2J", rb"\x9b2J"),                            # C1 as a byte
    (b"\xc2\x9b2J", rb"\xc2\x9b2J"),                    # C1 as UTF-8
    (b"\xe2\x80\xaefdp.", rb"\xe2\x80\xaefdp."),        # writes from right to left
    (b"\xff\xc3", rb"\xff\xc3"),                        # not UTF-8
    (b"\xe6\x1b[m", rb"\xe6\x1b[m"),                    # hides behind a cut character
)
READABLE = "grüße, 日本, \t😀\\x1b\n".encode()
DANGEROUS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xc2[\x80-\x9f]")


def dangerous(data):
    """What a terminal would act on, in its own words."""
    found = DANGEROUS.search(data)
    if found:
        return found[0]
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return str(error)
    return None


class Terminal:
    """A pseudo-terminal that collects what is written to it."""

    def __init__(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)  # no changes of line ends
        self.data = b""
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        try:
            while piece := os.read(self.master, 1 << 16):
                self.data += piece
        except OSError:  # the last writer is gone
            pass

    def text(self):
        os.close(self.slave)
        self.thread.join(60)
        os.close(self.master)
        return self.data


def mipzk(*args, stdin=b"", terminal=()):
    """Runs the tool; the streams that `terminal` names are terminals, the others pipes. (exit code, stdout, stderr)"""
    terminals = {name: Terminal() for name in terminal}
    streams = {name: terminals[name].slave if name in terminals else subprocess.PIPE for name in ("stdout", "stderr")}
    args = [MIPZK, *(a if isinstance(a, bytes) else str(a) for a in args)]
    result = subprocess.run(args, input=stdin, timeout=300, **streams)
    return (result.returncode, *(terminals[name].text() if name in terminals else getattr(result, name)
                                 for name in ("stdout", "stderr")))


class Shown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        for name in ("loud", "print_input"):
            elf = cls.folder / f"{name}.elf"
            setattr(cls, name, elf)
            subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", "-Wall", "-Wextra", "-Werror", HERE / f"{name}.c",
                            "-o", elf], check=True, env={**os.environ, "MIPZK_GCC": GCC})

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


class Amount(Shown):
    def test_text_is_bounded_by_cycles(self):
        code, out, err = mipzk("run", self.loud, "--private", "-", "--json", stdin=bytes(500))
        self.assertEqual(code, 0)
        facts = json.loads(out)
        self.assertEqual((facts["exit_code"], facts["output"]), (7, b"done".hex()))  # the run goes on
        printed, notice = err.split(b"\n", 1)
        self.assertEqual(set(printed), {ord("x")})
        self.assertGreater(len(printed), 1 << 20)
        self.assertLessEqual(len(printed), (1 << 20) + 4 * facts["cycles"])
        self.assertRegex(notice, rb"^\[mipzk: the program has printed more than .* is not shown\]\n$")
        # The tools see the same run.
        _, out, watched = mipzk("run", self.loud, "--private", "-", "--json", "--trace=0:2", stdin=bytes(500))
        self.assertEqual(json.loads(out)["cycles"], facts["cycles"])
        self.assertLess(len(watched), len(err) + 1000)

    def test_what_fits_is_shown(self):
        code, _, err = mipzk("run", self.loud, "--private", "-", "--json", stdin=bytes(16))
        self.assertEqual((code, err), (0, b"x" * (1 << 20)))


class Text(Shown):
    DATA = b"".join(raw for raw, _ in HOSTILE) + READABLE
    VISIBLE = b"".join(shown for _, shown in HOSTILE) + READABLE

    def run_guest(self, *args, terminal=()):
        code, out, err = mipzk("run", self.print_input, "--private", "-", *args, stdin=self.DATA, terminal=terminal)
        self.assertEqual(code, 0, err)
        return out, err

    def test_a_pipe_gets_the_bytes(self):
        out, err = self.run_guest("--output", "-")
        self.assertEqual(out, self.DATA)
        self.assertEqual(err[:len(self.DATA)], self.DATA)
        _, err = self.run_guest(terminal=("stdout",))
        self.assertEqual(err, self.DATA)

    def test_a_terminal_gets_visible_text(self):
        out, err = self.run_guest(terminal=("stderr",))
        self.assertEqual(err, self.VISIBLE)
        self.assertIn(self.DATA[:20].hex().encode(), out)
        for piece, shown in HOSTILE:
            _, _, err = mipzk("run", self.print_input, "--private", "-", "--json", stdin=piece, terminal=("stderr",))
            self.assertEqual(err, shown)
            self.assertIsNone(dangerous(err))

    def test_the_output_on_a_terminal(self):
        out, err = self.run_guest("--output", "-", terminal=("stdout",))
        self.assertEqual(out, self.VISIBLE)
        self.assertEqual(err[:len(self.DATA)], self.DATA)
        out, _ = self.run_guest("--output", "/dev/stdout", terminal=("stdout",))
        self.assertEqual(out[:len(self.VISIBLE)], self.VISIBLE)

    def test_tools_on_a_terminal(self):
        for tool in ("--strace", "--profile", "--trace=0:50"):
            _, err = self.run_guest(tool, terminal=("stderr",))
            self.assertIsNone(dangerous(err), tool)
        _, err = self.run_guest("--strace")
        self.assertIn(rb"\x1b[2J", err)


class Names(Shown):
    NAME = b"no \x1b[2J\x9b\xc2\x9b\xe2\x80\xae\xff file\nmipzk: all is well"
    VISIBLE = rb"no \x1b[2J\x9b\xc2\x9b\xe2\x80\xae\xff file\x0amipzk: all is well"

    def test_file_names_in_messages(self):
        name = os.fsencode(self.folder) + b"/" + self.NAME
        guest = self.print_input
        there = name + b" there"
        pathlib.Path(os.fsdecode(there)).write_bytes(b"data")
        zeros = "00" * 32
        for args in (("run", name), ("run", guest, "--private", name), ("run", guest, "--output", name + b"/x"),
                     ("run", there), ("inspect", there), ("security", there), ("verify", there, "--program-id", zeros),
                     ("prove", guest, "--proof", there, "--output", there), ("inspect", guest, "--shape", there),
                     (self.NAME,), ("run", guest, "--max-cycles", self.NAME),
                     ("prove", guest, "--proof", "p", "--profile", self.NAME), ("run", guest, b"--" + self.NAME)):
            for terminal in ((), ("stderr",)):
                code, out, err = mipzk(*args, terminal=terminal)
                self.assertNotEqual(code, 0, args)
                self.assertIsNone(dangerous(err), args)
                self.assertIn(self.VISIBLE, err)
                self.assertNotIn(b"\nmipzk: all is well", err)

    def test_names_of_symbols(self):
        """In every report, and in a pipe as well: a name stands inside a line."""
        source, elf = self.folder / "names.S", self.folder / "names.elf"
        plain = self.folder / "plain.elf"
        source.write_text(""".set noreorder
            .globl __start
            .globl function
            __start: b function
            nop
            .ent function
            function: nop
            lw $t0, 0($zero)
            .end function
            """)
        subprocess.run([GCC, "-nostdlib", "-static", "-mno-abicalls", "-fno-pic", source, "-o", plain], check=True)
        name = self.NAME.replace(b"=", b"")
        subprocess.run([OBJCOPY, b"--redefine-sym", b"function=" + name, plain, elf], check=True)
        symbols = subprocess.run([OBJDUMP, "-t", elf], capture_output=True, check=True).stdout
        self.assertIn(b"mipzk: all is well", symbols)
        for args in (("inspect", "--symbols"), ("run",), ("run", "--profile"), ("run", "--profile=/dev/stderr"),
                     ("run", "--trace"), ("run", "--max-cycles", "3")):
            _, out, err = mipzk(*args, elf)
            self.assertIsNone(dangerous(out + err), args)
            self.assertIn(self.VISIBLE, out + err, args)
            self.assertNotIn(b"\nmipzk: all", out + err, args)
        _, out, _ = mipzk("inspect", "--symbols", "--json", elf)
        self.assertIn(self.VISIBLE.decode(), [s["name"] for s in json.loads(out)["symbol_table"]])

    def test_messages_in_json(self):
        path = os.fsencode(self.folder) + b"/" + self.NAME
        _, out, _ = mipzk("run", "--json", path)
        self.assertIn(self.VISIBLE.decode(), json.loads(out)["message"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
