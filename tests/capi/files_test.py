#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the mipzk tool does with files: how much of them it reads, and that none is lost.

usage: files_test.py MIPZK GUEST_FOLDER ...     (standard library only)
"""

import json
import os
import pathlib
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

MIPZK, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])
ECHO = GUESTS / "echo.elf"
WINDOW, PROGRAM, PROOF, PIPED_PROOF = 67108860, 1 << 30, 8 << 30, 256 << 20
SHAPE = 65535 * 324
ID = ("--program-id", "00" * 32)


def mipzk(*args, memory=None, file_size=None, closed=(), **redirections):
    """Runs the tool with so many bytes of address space, no file longer than file_size, some descriptors closed."""
    def limit():
        for descriptor in closed:
            os.close(descriptor)
        if memory is not None and "MIPZK_SANITIZED" not in os.environ:  # sanitizers reserve terabytes
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    redirections = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **redirections}
    if "stdin" not in redirections and "input" not in redirections:
        redirections["stdin"] = subprocess.DEVNULL
    return subprocess.run([MIPZK, *map(str, args)], preexec_fn=limit, timeout=120, **redirections)


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.guest = self.folder / "guest.elf"
        shutil.copy(ECHO, self.guest)
        self.secret = self.file("secret", b"secret")

    def file(self, name, data=b""):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def sparse(self, name, size):
        path = self.file(name)
        os.truncate(path, size)
        return path

    def content(self):
        """Name -> (what kind, bytes of short files) of everything in the folder."""
        result = {}
        for path in self.folder.rglob("*"):
            info = path.lstat()
            data = path.read_bytes() if stat.S_ISREG(info.st_mode) and info.st_size < 1 << 20 else info.st_size
            result[str(path)] = (info.st_mode, data)
        return result

    def refused(self, code, *args, says=(), **options):
        before = self.content()
        result = mipzk(*args, **options)
        text = (result.stderr or b"").decode()
        self.assertEqual(result.returncode, code, (args, text))
        for part in says:
            self.assertIn(str(part), text)
        self.assertEqual(self.content(), before, args)
        return text


class Limits(Folder):
    def reads(self):
        """Each option that reads a file: (exit code, limit of a file, the same of a pipe, arguments before the file)."""
        prove = ("prove", ECHO, "--proof", self.folder / "never")
        return (
            (5, WINDOW, WINDOW, ("run", ECHO, "--private")),
            (5, WINDOW, WINDOW, ("run", ECHO, "--public")),
            (5, WINDOW, WINDOW, ("run", ECHO, "--hints")),
            (5, WINDOW, WINDOW, (*prove, "--private")),
            (2, 32, 32, (*prove, "--seed")),
            (3, SHAPE, SHAPE, (*prove, "--shape")),
            # A proof is verified as it is read: zeros are none.
            (6, PROOF, None, ("verify", *ID)),
            (6, 1 << 20, None, ("verify", *ID, "--max-proof-bytes", "1M")),
            (6, PROOF, PIPED_PROOF, ("inspect",)),
            (6, PROOF, PIPED_PROOF, ("security",)),
        )

    # More than 1.5 times the largest of these limits, so that a reader without a limit cannot eat the machine.
    MEMORY = 512 << 20

    def test_endless_devices(self):
        for code, _, limit, args in self.reads():
            why = f"longer than {limit} bytes" if limit is not None else "does not start with MPZK"
            self.refused(code, *args, "/dev/zero", memory=self.MEMORY, says=("/dev/zero", why))

    def test_endless_programs(self):
        for args in (("run",), ("verify", self.secret, "--elf")):
            self.refused(4, *args, "/dev/zero", memory=2 << 30, says=("/dev/zero", f"longer than {PROGRAM} bytes"))

    def test_huge_sparse_files(self):
        huge = self.sparse("huge", 100 << 30)
        program = (4, PROGRAM, PROGRAM, ("run",)), (4, PROGRAM, PROGRAM, ("verify", self.secret, "--elf"))
        for code, limit, _, args in (*self.reads(), *program):
            # Their size is known: nothing is read.
            self.refused(code, *args, huge, memory=256 << 20, says=(huge, f"longer than {limit} bytes"))

    def test_endless_pipes(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)

        # A proof that announces a public input of 64 MiB, and then goes on for ever.
        front = b"MPZK\0\0\0\0\1\0\0\0" + bytes(80) + WINDOW.to_bytes(4, "little")

        def write(first):
            try:
                with open(fifo, "wb", buffering=0) as pipe:
                    pipe.write(first)
                    for _ in range(1 << 14):
                        pipe.write(bytes(1 << 16))
            except BrokenPipeError:
                pass

        for args, code, first, why in (
            (("run", ECHO, "--private"), 5, b"", f"longer than {WINDOW} bytes"),
            (("verify", *ID), 6, b"", "does not start with MPZK"),
            (("verify", *ID), 6, front, "the program header is out of range"),
            (("verify", *ID, "--max-proof-bytes", "1M"), 6, front, "longer than the policy allows"),
            (("inspect",), 6, front, f"longer than {PIPED_PROOF} bytes"),
        ):
            writer = threading.Thread(target=write, args=(first,), daemon=True)
            writer.start()
            self.refused(code, *args, fifo, memory=self.MEMORY, says=(why,))
            writer.join()

    def test_pipes_that_end(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        program = ECHO.read_bytes()
        for args, data in ((("run", ECHO, "--private"), b"x" * 100000), (("run",), program), (("inspect",), program)):
            writer = threading.Thread(target=fifo.write_bytes, args=(data,), daemon=True)
            writer.start()
            result = mipzk(*args, fifo, "--json")
            writer.join()
            self.assertEqual(result.returncode, 0, result.stderr)
            facts = json.loads(result.stdout)
            if args[-1] == "--private":
                self.assertEqual(bytes.fromhex(facts["output"])[:-8], data)
        result = mipzk("inspect", "-", "--json", input=program)
        self.assertEqual(json.loads(result.stdout)["kind"], "program", result.stderr)

    def test_directories(self):
        for *_, args in (*self.reads(), (4, 0, ("run",)), (4, 0, ("verify", self.secret, "--elf"))):
            self.refused(3, *args, self.folder, says=("Is a directory",))

    def test_the_limits_themselves(self):
        most = self.sparse("most", WINDOW)
        self.assertEqual(mipzk("run", ECHO, "--hints", most).returncode, 0)
        os.truncate(most, WINDOW + 1)
        self.refused(5, "run", ECHO, "--hints", most, says=(WINDOW,))
        proof = self.sparse("proof", 1000)
        self.refused(6, "verify", *ID, proof, "--max-proof-bytes", 999, says=("longer than 999",))
        self.assertNotIn("longer than", self.refused(6, "verify", *ID, proof, "--max-proof-bytes", 1000))
        # What is left of standard input counts, not what was read before.
        with open(most, "rb") as stdin:
            stdin.seek(1)
            self.assertEqual(mipzk("run", ECHO, "--hints", "-", stdin=stdin).returncode, 0)

    def test_json(self):
        facts = json.loads(mipzk("run", ECHO, "--private", "/dev/zero", "--json", memory=self.MEMORY).stdout)
        self.assertEqual(facts["status"], "MIPZK_E_INPUT")
        self.assertIn(str(WINDOW), facts["message"])


class Overlaps(Folder):
    def setUp(self):
        super().setUp()
        (self.folder / "sub").mkdir()
        os.link(self.guest, self.folder / "hard.elf")
        os.link(self.secret, self.folder / "hard")
        os.symlink("secret", self.folder / "soft")
        os.symlink("new", self.folder / "dangling")
        os.symlink("../dangling", self.folder / "sub" / "link to link")

    def same(self, first, second, *args, **options):
        """Both options are named, and nothing happens."""
        return self.refused(2, *args, says=(first, second, "are the same file"), **options)

    def test_inputs_are_not_replaced(self):
        f = self.folder
        for name in ("guest.elf", "hard.elf", "sub/../guest.elf"):
            self.same("the program", "--proof", "prove", self.guest, "--proof", f / name)
            self.same("the program", "--output", "run", self.guest, "--output", f / name)
            self.same("the file", "--shape", "inspect", self.guest, "--shape", f / name)
        self.same("the program", "--proof", "prove", "guest.elf", "--proof", "./guest.elf", cwd=f)
        for option in ("--private", "--public", "--hints", "--seed", "--shape"):
            for name in ("secret", "hard", "soft", "sub/../secret"):
                self.same(option, "--output", "prove", self.guest, "--proof", f / "p", option, self.secret,
                          "--output", f / name)
        self.same("--private", "--proof", "prove", self.guest, "--private", f / "soft", "--proof", self.secret)
        for option in ("--private", "--public", "--hints"):
            self.same(option, "--output", "run", self.guest, option, self.secret, "--output", f / "hard")
            self.same(option, "--profile", "run", self.guest, option, self.secret, f"--profile={self.secret}")

    def test_outputs_are_two_files(self):
        f = self.folder
        for a, b in (("new", "new"), ("new", "sub/../new"), ("dangling", "new"), ("sub/link to link", "new"),
                     ("dangling", "sub/link to link"), ("secret", "soft"), ("secret", "hard")):
            self.same("--proof", "--output", "prove", self.guest, "--proof", f / a, "--output", f / b)
            self.same("--output", "--profile", "run", self.guest, "--output", f / a, f"--profile={f / b}")
        self.same("--proof", "--output", "prove", self.guest, "--proof", "./new", "--output", "new", cwd=f)

    def test_redirections(self):
        with open(self.secret, "rb") as stdin:
            self.same("--private (standard input)", "--output", "run", self.guest, "--private", "-", "--output",
                      self.folder / "hard", stdin=stdin)
        report = self.file("report")
        with open(report, "ab") as stdout:
            self.same("--output", "standard output", "run", self.guest, "--output", report, stdout=stdout)
            self.same("--output", "standard output", "run", self.guest, "--output", "/dev/stdout", stdout=stdout)
            result = mipzk("run", self.guest, "--output", report, stderr=stdout)
            self.assertEqual(result.returncode, 2)
            self.assertIn(b"standard error are the same file", report.read_bytes())
            self.same("--private", "--output", "run", self.guest, "--private", report, "--output", "-", stdout=stdout)
        # In one pipe nobody could tell two outputs apart.
        self.same("--proof", "--output", "prove", self.guest, "--proof", "-", "--output", "/dev/stdout")
        self.same("--output", "--profile", "run", self.guest, "--output", "/dev/stdout", "--profile=/dev/stdout")

    def test_standard_input_and_output_once(self):
        for args in (("run", "-", "--private", "-"), ("run", self.guest, "--public", "-", "--hints", "-"),
                     ("prove", self.guest, "--proof", "p", "--seed", "-", "--private", "-"),
                     ("prove", self.guest, "--proof", "p", "--shape", "-", "--private", "-"),
                     ("verify", "-", "--elf", "-"), ("verify", "-", *ID, "--expect-output", "-")):
            self.refused(2, *args, input=b"", says=("one input",), cwd=self.folder)
        self.refused(2, "prove", self.guest, "--proof", "-", "--output", "-", says=("--proof", "--output", "standard output"))

    def test_closed_streams_are_no_files(self):
        # The program, read before, had the number of standard input: the private input was empty, and nothing was said.
        self.refused(3, "run", self.guest, "--private", "-", closed=(0,), says=("cannot read", "Bad file descriptor"))
        self.refused(3, "run", self.guest, "--output", "-", closed=(0, 1), says=("cannot write", "Bad file descriptor"))
        result = mipzk("run", self.guest, "--private", self.secret, "--output", self.folder / "a", closed=(0, 1, 2))
        self.assertEqual(result.returncode, 3)  # the report has nowhere to go
        self.assertIn(b"secret", (self.folder / "a").read_bytes())

    def test_what_may_be_the_same(self):
        run = ("run", self.guest, "--json")
        for args in (("--public", self.secret, "--private", self.folder / "hard"),
                     ("--output", "/dev/null", "--profile=/dev/null"),
                     ("--private", "/dev/null", "--output", "/dev/null"),
                     ("--output", self.folder / "a", f"--profile={self.folder / 'b'}"),
                     ("--output", self.folder / "a", f"--profile={self.folder / 'b'}"),  # they exist now
                     ("--output", self.folder / "a", "--profile")):
            result = mipzk(*run, *args)
            self.assertEqual(result.returncode, 0, (args, result.stderr))
        report = self.folder / "report"
        with open(report, "wb") as stdout:
            result = mipzk("run", self.guest, "--private", self.secret, "--output", "-", stdout=stdout, stderr=stdout)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"secret", report.read_bytes())

    def test_names_are_given(self):
        proof = self.folder / "p"
        for args in (("run", ""), ("run", self.guest, "--private", ""), ("run", self.guest, "--output", ""),
                     ("prove", self.guest, "--proof", ""), ("prove", self.guest, "--proof", proof, "--shape", ""),
                     ("prove", self.guest, "--proof", proof, "--seed", ""), ("verify", "", *ID), ("inspect", ""),
                     ("verify", self.secret, *ID, "--expect-output", ""), ("inspect", self.guest, "--shape", "")):
            self.refused(2, *args, says=("wants the name of a file",))

    def test_empty_shapes(self):
        empty = self.file("empty")
        for shape in (empty, "/dev/null"):
            self.refused(3, "prove", self.guest, "--proof", self.folder / "p", "--shape", shape, says=("is empty",))
        self.refused(3, "inspect", self.guest, "--shape", empty, says=("not a shape",))


class Writing(Folder):
    def test_a_full_disk_leaves_the_old_file(self):
        for name in ("old", "new"):
            if name == "old":
                self.file(name, b"kept")
            for args in (("--output", self.folder / name), (f"--profile={self.folder / name}",)):
                self.refused(3, "run", self.guest, "--private", self.secret, *args, file_size=4, says=("cannot write",))
        self.refused(3, "inspect", self.guest, "--shape", self.folder / "shape", file_size=4, says=("cannot write",))
        self.refused(3, "run", self.guest, "--output", "/dev/full", says=("No space",))
        with open("/dev/full", "wb") as stdout:
            self.refused(3, "run", self.guest, "--output", "-", stdout=stdout, says=("No space",))

    def test_permissions_stay(self):
        old = self.file("old", b"kept")
        for mode in (0o600, 0o640, 0o755):
            old.chmod(mode)
            self.assertEqual(mipzk("run", self.guest, "--output", old).returncode, 0)
            self.assertEqual(stat.S_IMODE(old.stat().st_mode), mode)
        self.assertEqual(old.read_bytes(), bytes(8))

    def test_links_stay(self):
        os.symlink("new", self.folder / "dangling")
        for _ in range(2):
            self.assertEqual(mipzk("run", self.guest, "--output", self.folder / "dangling").returncode, 0)
            self.assertTrue((self.folder / "dangling").is_symlink())
            self.assertEqual((self.folder / "new").read_bytes(), bytes(8))

    def test_a_mounted_file_is_written_to(self):
        # As containers mount them: nothing can be renamed to such a file.
        mounted, place = self.file("mounted", b"longer than what is written"), self.file("place")
        namespace = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-ec")
        bind = 'mount --bind "$0" "$1"; shift; exec "$@"'
        try:
            subprocess.run([*namespace, bind, mounted, place, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as e:
            print("test_a_mounted_file_is_written_to is skipped: this user may not mount:", e, file=sys.stderr)
            return
        result = subprocess.run([*namespace, bind, mounted, place, MIPZK, "run", self.guest, "--output", place],
                                capture_output=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(mounted.read_bytes(), bytes(8))
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith(".mipzk")])

    def test_long_names(self):
        longest = self.folder / ("n" * os.pathconf(self.folder, "PC_NAME_MAX"))
        self.assertEqual(mipzk("run", self.guest, "--output", longest).returncode, 0)
        self.assertEqual(longest.read_bytes(), bytes(8))
        # Found out before an hour of proving, and so before the guest runs.
        text = self.refused(3, "prove", self.guest, "--proof", f"{longest}n", "--private", "/no/such/file",
                            says=("File name too long",))
        self.assertNotIn("/no/such/file", text)

    def test_pipes_are_written_to(self):
        # A shape that a pipe or a device gets is not joined with what could be read from it.
        result = mipzk("inspect", self.guest, "--shape", "/dev/stdout", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout[1:4], b"\0\0\0")
        self.assertEqual(mipzk("inspect", self.guest, "--shape", "/dev/null").returncode, 0)

    def test_the_proof_is_kept_when_the_output_cannot_be_written(self):
        proof = self.folder / "proof"
        result = mipzk("prove", self.guest, "--private", self.secret, "--proof", proof, "--output", "/dev/full")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn(b"cannot write the output", result.stderr)
        self.assertEqual(mipzk("verify", proof, "--elf", self.guest).returncode, 0)
        # What a valid proof is compared with has a limit, too.
        for option in ("--expect-output", "--expect-public-input"):
            self.refused(3, "verify", proof, "--elf", self.guest, option, "/dev/zero", memory=1 << 30,
                         says=("/dev/zero", f"longer than {WINDOW} bytes"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
