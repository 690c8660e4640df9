# SPDX-License-Identifier: Apache-2.0
"""Fetches the sources that the conformance suites need; they stay in the build folder.

- musl: Debian's source package, downloaded by apt with a list of its own (the system's lists stay as they are).
- gcc: package gcc-12-source, /usr/src/gcc-*/gcc-*.tar.xz; only the execution tests are unpacked.
"""

import glob
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

GCC_PARTS = ["gcc/testsuite/gcc.c-torture/execute"]


class Missing(Exception):
    """Something that must be installed is not there; says what."""


def say(text):
    print(f"sources: {text}", flush=True)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def gcc_archive():
    """The archive of package gcc-N-source with the highest N."""
    found = glob.glob("/usr/src/gcc-*/gcc-[0-9]*.tar.xz")
    if not found:
        raise Missing("no /usr/src/gcc-*/gcc-*.tar.xz; Debian: apt-get install gcc-12-source")
    return max(found, key=lambda path: int(re.search(r"/usr/src/gcc-(\d+)", path)[1]))


def gcc(folder):
    """Unpacks the parts of gcc into folder/gcc; returns that path."""
    archive = gcc_archive()
    target = pathlib.Path(folder) / "gcc"
    stamp = target / "archive.txt"
    content = f"{archive} {os.path.getsize(archive)} {GCC_PARTS}"
    if stamp.exists() and stamp.read_text() == content:
        return target
    say(f"unpacking the execution tests of {archive}")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    parts = ["gcc-*/" + part for part in GCC_PARTS]
    subprocess.run(
        ["tar", "xf", archive, "-C", str(target), "--strip-components=1", "--wildcards", *parts], check=True
    )
    stamp.write_text(content)
    return target


def _source_lists():
    """The system's own Debian (or Ubuntu) entries as entries of source packages, and their file name."""
    for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
        text = pathlib.Path(path).read_text()
        if re.search(r"debian|ubuntu", os.path.basename(path)):
            return "own.sources", re.sub(r"^Types:.*$", "Types: deb-src", text, flags=re.M)
    path = pathlib.Path("/etc/apt/sources.list")
    if path.exists():
        lines = re.findall(r"^deb\s.*$", path.read_text(), flags=re.M)
        if lines:
            return "own.list", "".join(re.sub(r"^deb\s", "deb-src ", line) + "\n" for line in lines)
    raise Missing("no list of Debian packages in /etc/apt: cannot fetch musl's source package")


def musl_archive(folder):
    """Downloads musl's source package into folder/apt when it is not there; returns the archive's path."""
    apt = pathlib.Path(folder).absolute() / "apt"
    found = sorted(apt.glob("musl_*.orig.tar.*z"))
    if found:
        return found[0]
    if shutil.which("apt-get") is None:
        raise Missing("no apt-get: musl comes from Debian's source package")
    (apt / "lists/partial").mkdir(parents=True, exist_ok=True)
    (apt / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    name, content = _source_lists()
    (apt / name).write_text(content)
    command = [
        "apt-get",
        f"-oDir::Etc::sourcelist={apt / name}",
        "-oDir::Etc::sourceparts=-",
        f"-oDir::State::lists={apt / 'lists'}",
        f"-oDir::Cache={apt / 'cache'}",
        "-oAPT::Sandbox::User=",
        "-oAcquire::Retries=3",
        "-qq",
    ]
    say("downloading Debian's source package musl")
    subprocess.run([*command, "update"], check=True, cwd=apt)
    subprocess.run([*command, "source", "--download-only", "musl"], check=True, cwd=apt)
    shutil.rmtree(apt / "lists")
    found = sorted(apt.glob("musl_*.orig.tar.*z"))
    if not found:
        raise RuntimeError(f"apt-get source musl left no musl_*.orig.tar.gz in {apt}")
    return found[0]


def musl(folder):
    """Unpacks musl's archive into folder/musl; returns (path, archive)."""
    archive = musl_archive(folder)
    target = pathlib.Path(folder) / "musl"
    stamp = target / "archive.txt"
    if not stamp.exists() or stamp.read_text() != archive.name:
        say(f"unpacking {archive.name}")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        subprocess.run(["tar", "xf", str(archive), "-C", str(target), "--strip-components=1"], check=True)
        stamp.write_text(archive.name)
    return target, archive
