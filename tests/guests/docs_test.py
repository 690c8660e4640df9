#!/usr/bin/env python3
"""docs_test.py MIPZK_CC: builds and runs the guest that docs/GUESTS.md shows, by the commands it shows."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "GUESTS.md").read_text()


class Guide(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        (source,) = re.findall(r"```c\n(.*?)```", GUIDE, re.DOTALL)
        pathlib.Path(self.folder.name, "factors.c").write_text(source)
        self.commands = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)

    def sh(self, script):
        script = script.replace("bindings/guest/c/mipzk-cc", MIPZK_CC)
        return subprocess.run(["sh", "-ec", script], cwd=self.folder.name, capture_output=True, check=False)

    def command(self, word):
        return next(c for c in self.commands if word in c)

    def test_five_minutes(self):
        built = self.sh(self.command("-Wall factors.c"))
        self.assertEqual((built.returncode, built.stderr), (0, b""))
        self.assertTrue(pathlib.Path(self.folder.name, "factors.elf").exists())
        run = self.sh(self.command("printf"))
        self.assertEqual((run.returncode, run.stdout), (0, b"composite"))
        for private, code in (("\\0\\0\\0\\5\\0\\0\\0\\6", 2), ("\\0\\0\\0\\1\\0\\0\\0\\43", 2), ("\\0", 1)):
            run = self.sh(f"printf '{private}' | qemu-mips factors.linux.elf 3< public.bin")
            self.assertEqual((run.returncode, run.stdout), (code, b""))

    def test_flags_are_those_of_mipzk_cc(self):
        script = pathlib.Path(MIPZK_CC).read_text()
        table = GUIDE[GUIDE.index("| flag | why |") : GUIDE.index("GCC's checks for a zero divisor")]
        for cell in re.findall(r"^\| `([^`]*)` \|", table, re.MULTILINE):
            for flag in cell.split():
                self.assertIn(flag.removeprefix("-Wl,-T,"), script)

    def test_headers(self):
        sentence = GUIDE[GUIDE.index("Of GCC's own headers") :]
        headers = re.search(r"`([a-z0-9.\s]*\.h)`", sentence)[1].split()
        self.assertIn("limits.h", headers)
        includes = "".join(f"#include <{h}>\n" for h in headers + ["string.h", "zkvm_io.h", "mipzk_guest.h"])
        pathlib.Path(self.folder.name, "h.c").write_text(
            includes
            + "int main(void) { return INT_MIN == -0x7fffffff - 1 && ULLONG_MAX == UINT64_MAX &&"
            " UCHAR_MAX == 255 && CHAR_MIN <= 0 && sizeof(bool) == 1 && alignof(int) == 4 ? 7 : 1; }"
        )
        built = self.sh("bindings/guest/c/mipzk-cc -Wall -Werror --linux h.c -o h.elf")
        self.assertEqual((built.returncode, built.stderr), (0, b""))
        self.assertEqual(self.sh("qemu-mips h.elf </dev/null").returncode, 7)

    def test_lto_is_refused(self):
        run = self.sh("bindings/guest/c/mipzk-cc -flto factors.c -o factors.elf")
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"mipzk-cc: -flto is not supported", run.stderr)

    def test_floating_point_does_not_link(self):
        pathlib.Path(self.folder.name, "fp.c").write_text(
            "volatile double x; int main(void) { return (int)(x + x); }"
        )
        run = self.sh("bindings/guest/c/mipzk-cc fp.c -o fp.elf")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(b"undefined reference to `__adddf3'", run.stderr)


if __name__ == "__main__":
    MIPZK_CC = sys.argv.pop(1)
    unittest.main()
