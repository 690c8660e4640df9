# SPDX-License-Identifier: Apache-2.0
"""What the tests of bindings share: an installed library, commands, the guide in a README, and what a binding leaves
out. Standard library only."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "capi"))
from mipzk_header import Header  # noqa: E402

SKIPPED = 77  # CTest's SKIP_RETURN_CODE
HEADER = Header(ROOT / "include" / "mipzk" / "mipzk.h")
C_ONLY = {"MIPZK_MIPZK_H_", "MIPZK_API", "MIPZK_NOEXCEPT", "MIPZK_VERIFY_ONLY",
          "mipzk_constant"}  # bindings that are compiled read the header
# Proving in pieces, which Go and Rust leave to C.
C_ONLY |= {"mipzk_job_plan", "mipzk_job_work", "mipzk_job_keep", "mipzk_work_commit", "mipzk_work_prove",
           "mipzk_plan_challenge", "mipzk_plan_assemble", "mipzk_piece_check", "mipzk_piece_inspect",
           "mipzk_ctx_hold_memory",
           "MIPZK_PIECE_PLAN", "MIPZK_PIECE_WORK", "MIPZK_PIECE_HEAD", "MIPZK_PIECE_CHALLENGE", "MIPZK_PIECE_PART"}
# Jobs of Go have a context of their own, and in Rust an exclusive borrow keeps others from cancelling a job: hooks do.
C_ONLY |= {"mipzk_job_cancel", "mipzk_job_resume"}
# Who answers a program that asks is set for a job, not for a call as their hooks are.
C_ONLY |= {"mipzk_job_on_ask"}


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def need(program, package):
    if shutil.which(program) is None:
        skip(f"{program} not found; on Debian: apt-get install {package}")
    return shutil.which(program)


class Shell:
    """Runs commands in an environment in which the library is installed below `folder`."""

    def __init__(self, cmake, build, folder, **environment):
        self.folder = folder
        self.prefix = folder / "prefix"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ, MIPZK_GUESTS=str(build / "guests"), **environment)
        self(cmake, "--install", build, "--prefix", self.prefix)
        (self.libraries,) = {path.parent for path in self.prefix.rglob("libmipzk.a")}
        self.environment["PKG_CONFIG_PATH"] = str(self.libraries / "pkgconfig")
        self.environment["LD_LIBRARY_PATH"] = str(self.libraries)

    def __call__(self, *command, cwd=ROOT, show=False, **environment):
        """Standard output of a command, which must succeed."""
        command = [str(word) for word in command]
        run = subprocess.run(
            command, cwd=cwd, text=True, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if show else subprocess.PIPE, env=dict(self.environment, **environment),
        )  # fmt: skip
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {run.returncode}\n{run.stdout}{run.stderr or ''}")
        if show:
            print(f"$ {' '.join(command)}\n{run.stdout}", end="", flush=True)
        return run.stdout

    def needed(self, program):
        """The names of the shared libraries that a program needs, without versions."""
        return set(re.findall(r"\(NEEDED\).*\[(\w+[\w+-]*)\.so", self("readelf", "-d", program)))

    def follow(self, readme, folder):
        """Saves the files of "The first ten minutes" and runs its commands; what they print."""
        text = readme.read_text(encoding="utf-8").split("\n## The first ten minutes\n")[1].split("\n## ")[0]
        text = text.replace("<mipzk>", str(ROOT)).replace('"$HOME/mipzk/lib', f'"{self.libraries}')
        script = ["set -eu"]
        for name, language, body in re.findall(r"(?:Save this as `([^`]+)`:\n\n)?```(\w+)\n(.*?)```", text, re.S):
            if language == "sh":
                script.append(body)
            else:
                script.append(f"cat > {name} <<'END_OF_FILE'\n{body}END_OF_FILE")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        without = {"PKG_CONFIG_PATH": "", "LD_LIBRARY_PATH": ""}  # the guide sets them itself
        return self("sh", "-c", "\n".join(script), cwd=folder, **without)


def unused(sources):
    """Names of the C interface that occur nowhere in the sources of a binding."""
    if HEADER.problems():
        sys.exit("\n".join(HEADER.problems()))
    plain = re.sub(r"/\*.*?\*/", "", HEADER.text, flags=re.S)
    constants = set(re.findall(r"#define (MIPZK_\w+)", plain)) - C_ONLY
    fields = set()
    for body in re.findall(r"typedef struct \w+ \{(.*?)\}", plain, re.S):
        fields |= set(re.findall(r"(\w+)(?:\[\w+\])?\s*[;,]", body))
    if len(constants) < 40 or len(fields) < 40:
        sys.exit(f"the header was not understood: {constants} {fields}")
    words = set()
    for path in sources:
        words |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return sorted((HEADER.functions - C_ONLY | constants | fields - {"reserved"}) - words)
