#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions of gdb with `mipzk run --gdb`: breakpoints, stepping, watchpoints, faults, both byte orders.

usage: gdb_test.py MIPZK GUEST_FOLDER SOURCE_FOLDER GDB MIPS_GCC [MIPSEL_GCC]     (standard library only)
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

MIPZK, GUESTS, SOURCE, GDB, GCC = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), *sys.argv[4:6]
GCC_LITTLE = sys.argv[6] if len(sys.argv) > 6 else None
HERE = SOURCE / "tests" / "capi"


class Server:
    """mipzk waiting for gdb on `port`; `error` is what it says until it ends."""

    def __init__(self, elf, private=b""):
        self.process = subprocess.Popen([MIPZK, "run", "--gdb", "0", "--private", "-", str(elf)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.process.stdin.write(private)
        self.process.stdin.close()
        self.process.stdin = None
        line = self.process.stderr.readline().decode()
        self.port = int(re.fullmatch(r"waiting for gdb on 127\.0\.0\.1:(\d+)\n", line)[1])

    def end(self):
        out, error = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode(), error.decode()


class Gdb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.calls = cls.folder / "calls.elf"
        subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", "-g", "-O1", HERE / "calls.c", "-o", cls.calls],
                       check=True, env={**os.environ, "MIPZK_GCC": GCC})

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def session(self, elf, commands, private=b"\5", ends=True):
        """The output of each command, and how mipzk ended."""
        server = Server(elf, private)
        marked = ["set pagination off", "set confirm off", "set width 0", f"target remote 127.0.0.1:{server.port}"]
        for i, command in enumerate(commands):
            marked += [f"echo \\n@{i}@\\n", command]
        script = self.folder / "script"
        script.write_text("\n".join(marked + ["echo \\n@end@\\n", ""]))
        result = subprocess.run([GDB, "-batch", "-nx", "-x", str(script), str(elf)], capture_output=True, timeout=120,
                                env={**os.environ, "LC_ALL": "C"})
        text = result.stdout.decode() + result.stderr.decode()
        self.assertIn("@end@", text, "gdb stopped early")
        answers = re.split(r"\n@(?:\d+|end)@\n", result.stdout.decode())[1:-1]
        return answers, server.end(), result.stderr.decode()

    def test_session(self):
        commands = [
            "break main", "continue", "info registers", "backtrace",
            "break sum_of_squares", "continue", "backtrace", "print n", "next", "next",
            "break square", "continue", "print x", "stepi", "x/2i $pc", "finish", "info breakpoints",
            "delete", "print square(12)", "monitor cycles", "print $f0", "continue",
        ]
        answers, (code, out, _), errors = self.session(self.calls, commands)
        a = dict(zip(commands, answers))
        self.assertRegex(errors, r"^\d+\n$")  # what `monitor cycles` answers
        self.assertIn("Breakpoint 1, main ()", answers[1])
        self.assertIn("lo", a["info registers"])
        self.assertRegex(a["info registers"], r"7ffe[0-9a-f]{4}")  # the stack
        self.assertRegex(answers[3], r"#0 +main \(\) at .*calls\.c:\d+")
        self.assertRegex(answers[6], r"#0  sum_of_squares \(n=5\).*\n#1 +0x[0-9a-f]+ in main")
        self.assertIn("= 5", a["print n"])
        self.assertIn("square (x=1)", answers[11])
        self.assertIn("= 1", a["print x"])
        self.assertIn("=> 0x", a["x/2i $pc"])
        self.assertIn("<square+", a["x/2i $pc"])
        self.assertRegex(a["finish"], r"Value returned is \$\d+ = 1")
        self.assertIn("= 144", a["print square(12)"])
        self.assertIn("= 0", a["print $f0"])
        self.assertIn("exited with code 03", answers[-1])
        self.assertEqual(code, 0)
        self.assertRegex(out, r"exit code +3\n")
        self.assertIn("00000037", out)

    def test_watchpoints_and_writes(self):
        commands = [
            "watch counter", "continue", "continue", "print counter", "delete",
            "rwatch counter", "continue", "delete", "set var counter = 100", "print counter", "print $pc = $pc",
            "continue",
        ]
        answers, (code, out, error), _ = self.session(self.calls, commands)
        self.assertRegex(answers[1], r"Old value = 0\nNew value = 1\n")
        self.assertRegex(answers[2], r"Old value = 1\nNew value = 2\n")
        self.assertIn("= 2", answers[3])
        self.assertRegex(answers[6], r"Hardware read watchpoint .*\n\nValue = 2\n")
        self.assertIn("= 100", answers[9])
        self.assertIn("exited with code 03", answers[-1])
        self.assertIn("the debugger changed registers or memory", error)
        self.assertRegex(out, r"exit code +3\n")

    def test_accesses_in_delay_slots_are_reported_once(self):
        # The slot loads `seen`, but for the likely branch that is not taken.
        source, elf = self.folder / "slots.c", self.folder / "slots.elf"
        source.write_text(r'''
            volatile int seen = 7;
            #define LOADED(name, branch)                                                               \
              static int __attribute__((noinline)) name(int taken) {                                   \
                int value = 1;                                                                         \
                __asm__ volatile(".set push; .set noreorder; .set mips32r2; " branch " %1, $zero, 1f;" \
                                 "lw %0, 0(%2); nop; 1: nop; .set pop"                                 \
                                 : "+&r"(value) : "r"(taken), "r"(&seen));                             \
                return value;                                                                          \
              }
            LOADED(likely, "bnel")
            LOADED(ordinary, "bne")
            int main(void) { return likely(0) + likely(1) + ordinary(0) + ordinary(1); }''')
        subprocess.run([SOURCE / "bindings/guest/c/mipzk-cc", "-g", "-O1", source, "-o", elf], check=True,
                       env={**os.environ, "MIPZK_GCC": GCC})
        answers, (code, _, _), _ = self.session(elf, ["rwatch seen"] + 4 * ["continue"])
        for answer, place in zip(answers[1:4], ("likely (taken=1)", "ordinary (taken=0)", "ordinary (taken=1)")):
            self.assertIn("Value = 7", answer)
            self.assertIn(place, answer)
        self.assertIn("exited with code 026", answers[4])  # octal: 1 + 7 + 7 + 7
        self.assertEqual(code, 0)

    def test_results_are_those_of_the_run(self):
        plain = subprocess.run([MIPZK, "run", "--private", "-", str(self.calls)], input=b"\5", capture_output=True)
        commands = ["break square", "continue", "stepi", "stepi", "next", "delete", "continue"]
        _, (_, out, error), _ = self.session(self.calls, commands)
        facts = [dict(re.findall(r"(?m)^(cycles|exit code|output) +(.*)$", text))
                 for text in (plain.stdout.decode(), out)]
        self.assertEqual(facts[0], facts[1])
        self.assertNotIn("changed", error)

    def test_stepping_reaches_the_end(self):
        # gdb steps through branches and their delay slots; every stop is on an instruction of its own.
        commands = ["break tail", "continue", "delete"] + ["stepi", "print/x $pc"] * 20 + ["continue"]
        answers, (code, _, _), errors = self.session(self.calls, commands)
        self.assertEqual(errors, "")
        places = [int(x, 16) for x in re.findall(r"= (0x[0-9a-f]+)", "".join(answers))]
        self.assertEqual(len(places), 20)
        self.assertTrue(all(a != b for a, b in zip(places, places[1:])))
        self.assertIn("exited with code 03", answers[-1])
        self.assertEqual(code, 0)

    def test_faults_are_signals(self):
        for number, name, says in ((1, "SIGSEGV", "null"), (3, "SIGSEGV", "read-only"), (6, "SIGBUS", "multiple"),
                                   (7, "SIGFPE", "division by zero")):
            answers, (code, _, _), console = self.session(
                GUESTS / "faults.elf", ["continue", "backtrace", "kill"], bytes([number]))
            self.assertIn(f"Program received signal {name}", answers[0])
            self.assertIn(says, console)  # the report
            self.assertIn("main", answers[1])
            self.assertEqual(code, 5)  # the run ended with a fault

    def test_little_endian_linux_program(self):
        for gcc in filter(None, (GCC, GCC_LITTLE)):
            elf = self.folder / "linux.elf"
            subprocess.run([gcc, "-g", "-O1", "-static", HERE / "calls_linux.c", "-o", elf], check=True)
            commands = ["break copy", "continue", "print size", "print count", "finish", "print count",
                        "x/4xb &count", "print/x *(int *)&count", "continue"]
            answers, (code, out, _), _ = self.session(elf, commands, b"abc")
            self.assertIn("copy (bytes=", answers[1])
            self.assertIn("= 3", answers[2])
            self.assertIn("= 0", answers[3])
            self.assertRegex(answers[4], r"Value returned is \$\d+ = 3")
            self.assertIn("= 3", answers[5])
            order = "0x00\t0x00\t0x00\t0x03" if gcc == GCC else "0x03\t0x00\t0x00\t0x00"
            self.assertIn(order, answers[6])
            self.assertIn("exited with code 03", answers[8])
            self.assertRegex(out, r"exit code +3\n")
        if GCC_LITTLE is None:
            print("gdb_test: no compiler for little-endian MIPS: only big-endian was tested")

    def test_interrupt(self):
        # An endless loop: gdb jumps back for ever.
        server = Server(self.calls, b"\5")
        loop = self.folder / "loop.py"
        loop.write_text(
            "import gdb, threading, time, os, signal\n"
            f"gdb.execute('target remote 127.0.0.1:{server.port}')\n"
            "gdb.execute('break main'); gdb.execute('continue'); gdb.execute('delete')\n"
            "gdb.execute('set var $a0 = 0x7fffffff'); gdb.execute('set var $pc = sum_of_squares')\n"
            "threading.Thread(target=lambda: (time.sleep(1), os.kill(os.getpid(), signal.SIGINT))).start()\n"
            "gdb.execute('continue')\n"
            "gdb.execute('backtrace')\n"
            "gdb.execute('kill')\n")
        result = subprocess.run([GDB, "-batch", "-nx", "-ex", "set confirm off", "-x", str(loop), str(self.calls)],
                                capture_output=True, timeout=120)
        text = result.stdout.decode()
        self.assertIn("Program received signal SIGINT", text, result.stderr.decode())
        self.assertRegex(text, r"#\d +.*sum_of_squares")
        code, out, error = server.end()
        self.assertEqual(code, 130)
        self.assertIn("the debugger ended the run", error)

    def test_detach_runs_to_the_end(self):
        answers, (code, out, _), _ = self.session(self.calls, ["break main", "continue", "detach"])
        self.assertIn("detached", answers[2])
        self.assertEqual(code, 0)
        self.assertRegex(out, r"exit code +3\n")

    def test_interrupt_while_waiting(self):
        server = Server(self.calls)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.end()[0], 130)


def packet(payload):
    return b"$" + payload + b"#%02x" % (sum(payload) & 0xff)


class Protocol(unittest.TestCase):
    """Packets as bytes: what gdb would not send."""

    def setUp(self):
        self.server = Server(GUESTS / "echo.elf", b"hello")
        self.socket = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        self.buffer = b""

    def tearDown(self):
        self.socket.close()
        self.server.end()

    def ask(self, payload, raw=None):
        self.socket.sendall(packet(payload) if raw is None else raw)
        while True:
            match = re.match(rb"[+-]*\$([^#]*)#(..)", self.buffer, re.S)
            if match:
                self.buffer = self.buffer[match.end():]
                self.assertEqual(int(match[2], 16), sum(match[1]) & 0xff)
                self.socket.sendall(b"+")
                return match[1]
            received = self.socket.recv(4096)
            self.assertNotEqual(received, b"")
            self.buffer += received

    def test_streams_that_are_not_from_gdb_are_closed(self):
        self.socket.sendall(b"POST / HTTP/1.1\r\n\r\n" + packet(b"M7ffeff00,2:beef"))
        try:
            self.assertEqual(self.socket.recv(4096), b"")
        except ConnectionResetError:
            pass

    def test_packets(self):
        self.assertIn(b"qXfer:features:read+", self.ask(b"qSupported:swbreak+"))
        self.assertEqual(self.ask(b"?"), b"T05thread:1;")
        self.assertEqual(self.ask(b"qAttached"), b"0")
        xml, offset = b"", 0
        while True:
            part = self.ask(b"qXfer:features:read:target.xml:%x,100" % offset)
            xml += part[1:]
            offset += len(part) - 1
            if part[:1] == b"l":
                break
        self.assertEqual(xml.count(b"<reg "), 72)
        registers = self.ask(b"g")
        self.assertEqual(len(registers), 72 * 8)
        self.assertEqual(registers[29 * 8:30 * 8], b"7ffeffc0")
        self.assertEqual(self.ask(b"p1d"), b"7ffeffc0")
        self.assertEqual(self.ask(b"P8=12345678"), b"OK")
        self.assertEqual(self.ask(b"p8"), b"12345678")
        self.assertEqual(self.ask(b"P0=12345678"), b"E01")  # $zero
        self.assertEqual(self.ask(b"P25=00400002"), b"E01")  # not a multiple of 4
        self.assertEqual(self.ask(b"p48"), b"E01")
        self.assertEqual(self.ask(b"m0,4"), b"E01")
        self.assertEqual(self.ask(b"ma0000000,9"), b"0000000568656c6c6f")  # the private input's window
        self.assertEqual(self.ask(b"M7ffeff00,2:beef"), b"OK")
        self.assertEqual(self.ask(b"m7ffefeff,4"), b"00beef00")
        self.assertEqual(self.ask(b"M400000,4:00000000"), b"E01")  # an instruction
        for nonsense in (b"", b"mzz", b"m", b"m1", b"p", b"P", b"P1=0", b"P1", b"G12", b"Z", b"Z0", b"Z9,0,0", b"z0,zz,4",
                         b"vFile:setfs:0", b"qRcmd,abc", b"qXfer:features:read:target.xml:x", b"M0", b"M0,1",
                         b"M7ffeff00,1:xx", b"\xff\xfe", b"X0,0:", b"vCont;", b"vCont"):
            self.assertIn(self.ask(nonsense)[:1], (b"", b"E"), nonsense)
        # A damaged packet is asked for again.
        self.assertEqual(self.ask(None, b"$?#00" + packet(b"qC")), b"QC1")
        self.assertEqual(self.ask(b"QStartNoAckMode"), b"OK")
        self.assertEqual(self.ask(b"s"), b"T05thread:1;")
        self.assertEqual(self.ask(b"vCont;c"), b"W00")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
