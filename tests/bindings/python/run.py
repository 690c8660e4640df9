# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of bindings/python in the virtual environment that `tests/setup python BUILD` makes.

usage: run.py BUILD_FOLDER SOURCE_FOLDER [pytest's arguments]     (standard library only)

Exit code 77: skipped, and why is printed.
"""

import os
import pathlib
import subprocess
import sys


def main():
    build, source = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    python = build / "python-venv" / "bin" / "python"
    probe = [python, "-c", "import pytest, hypothesis"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode != 0:
        print(f"skipped: {python} has no pytest and hypothesis; `sh tests/setup python {build}` installs them")
        return 77
    environment = dict(os.environ, MIPZK_BUILD=str(build), MIPZK_LIBRARY_DIR=str(build / "capi"),
                       PYTHONPATH=str(source / "bindings" / "python" / "src"), PYTHONDONTWRITEBYTECODE="1")
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", "--durations=5",
               source / "tests" / "bindings" / "python", *sys.argv[3:]]
    return subprocess.run(command, cwd=build, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
