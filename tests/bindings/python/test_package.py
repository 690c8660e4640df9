# SPDX-License-Identifier: Apache-2.0
"""The package: its types, the Python that it is written in, and the wheel."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import BUILD, PACKAGE

OLDEST = (3, 9)  # requires-python of pyproject.toml
SOURCES = sorted((PACKAGE / "src").rglob("*.py")) + sorted((PACKAGE / "examples").glob("*.py"))
ENVIRONMENT = dict(os.environ, PATH=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}")


def tool(name):
    if shutil.which(name, path=ENVIRONMENT["PATH"]) is None:
        pytest.skip(f"{name} is not installed: see tests/setup")
    return name


def run(*words, **options):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=100,
                          **{"env": ENVIRONMENT, **options})


def check(result):
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_oldest_python_reads_it():
    assert f'requires-python = ">={OLDEST[0]}.{OLDEST[1]}"' in (PACKAGE / "pyproject.toml").read_text()
    for path in SOURCES:
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=OLDEST)
    check(run(tool("vermin"), "--no-tips", "--violations", f"-t={OLDEST[0]}.{OLDEST[1]}-", *SOURCES))


def mypy(*paths):
    return run(tool("mypy"), "--config-file", PACKAGE / "pyproject.toml", "--python-version",
               "{}.{}".format(*OLDEST), "--cache-dir", BUILD / "python-venv" / "mypy", *paths,
               env=dict(ENVIRONMENT, MYPYPATH=str(PACKAGE / "src")))


def test_types(tmp_path):
    check(mypy(*SOURCES))
    user = tmp_path / "user.py"
    user.write_text("import mipzk\nclaim: int = mipzk.verify(b'', bytearray())\nmipzk.Context(threds=2)\n")
    result = mypy(user)
    assert result.returncode == 1 and "Found 2 errors" in result.stdout, result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pytest.importorskip("scikit_build_core", reason="scikit-build-core is not installed: see tests/setup")
    check(run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
              "--disable-pip-version-check", "-w", folder, PACKAGE,
              env=dict(ENVIRONMENT, MIPZK_LIBRARY_DIR=str(BUILD / "capi"))))
    (path,) = folder.iterdir()
    return path


def test_the_wheel_has_all_of_it(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {str(path.relative_to(PACKAGE / "src")) for path in (PACKAGE / "src").rglob("*.py")}
    libraries = {"mipzk/lib/libmipzk.so.0", "mipzk/lib/libmipzk_verify.so.0"}
    assert {name for name in names if name.startswith("mipzk/")} == ours | libraries | {"mipzk/py.typed"}
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)
    assert wheel.name.startswith("mipzk-") and "-py3-none-linux_" in wheel.name


def test_the_repaired_wheel_works_alone(wheel, tmp_path):
    tool("patchelf")
    result = run(tool("auditwheel"), "repair", "-w", tmp_path, wheel)
    if "no ELF" in result.stderr or "cannot" in result.stderr and "manylinux" in result.stderr:
        pytest.skip(f"no manylinux wheel can be made here: {result.stderr}")
    check(result)
    (repaired,) = tmp_path.glob("*manylinux*.whl")
    target = tmp_path / "installed"
    check(run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target,
              "--disable-pip-version-check", repaired))
    alone = {name: value for name, value in ENVIRONMENT.items() if not name.startswith(("MIPZK", "PYTHON", "LD_"))}
    result = run(sys.executable, "-c", """if True:
        import sys
        sys.path.insert(0, sys.argv[1])
        import mipzk
        with mipzk.Context() as context, open(sys.argv[2], "rb") as file:
            program = context.load(file.read())
            mipzk.verify(program.id, context.job(program).prove())
        print(mipzk.__file__)
        print(*{line.split()[-1] for line in open("/proc/self/maps") if "mipzk" in line or "libelf" in line}, sep="\\n")
        """, target, BUILD / "guests" / "echo.elf", env=alone, cwd=tmp_path)
    paths = check(result).split()
    assert len(paths) >= 4 and all(path.startswith(str(target)) for path in paths), paths
