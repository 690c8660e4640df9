# SPDX-License-Identifier: Apache-2.0
"""Follows docs/EMBEDDING.md for C++ and Python, with an installed library."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig

import pytest
from conftest import BUILD, ROOT


def commands(section):
    """Of the part of the document that begins with this line."""
    text = (ROOT / "docs" / "EMBEDDING.md").read_text(encoding="utf-8")
    part = re.search(rf"^{section}$(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)
    return re.findall(r"```sh\n(.*?)```", part, re.S)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Runs a block in a copy of the tree."""
    for tool in ("cmake", "pkg-config", "c++"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: see tests/setup")
    pytest.importorskip("scikit_build_core", reason="scikit-build-core is not installed: see tests/setup")
    folder = tmp_path_factory.mktemp("reader")
    tree, prefix = folder / "tree", folder / "prefix"
    tree.mkdir()
    for path in ROOT.iterdir():
        if not path.name.startswith((".", "build")):
            (tree / path.name).symlink_to(path)
    subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, capture_output=True)
    (libraries,) = {path.parent for path in prefix.rglob("libmipzk.so.0")}
    # The backend comes from the tests' environment, the library from the installation: no network, no second build.
    # ("false" switches the isolation off: pip reads the variable as the option that it negates.)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MIPZK", "PYTHON"))}
    environment.update(LD_LIBRARY_PATH=str(libraries), PKG_CONFIG_PATH=str(libraries / "pkgconfig"),
                       MIPZK_LIBRARY_DIR=str(libraries), PATH=f"{pathlib.Path(sys.executable).parent}{os.pathsep}"
                       f"{os.environ['PATH']}",
                       PIP_NO_BUILD_ISOLATION="false", PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1",
                       PYTHONPATH=sysconfig.get_path("purelib"))

    def run(block):
        result = subprocess.run(["sh", "-ec", block], cwd=tree, env=environment, capture_output=True, text=True,
                                timeout=100)
        assert result.returncode == 0, f"{block}\n{result.stdout}{result.stderr}"
        return result.stdout

    (first,) = commands("# Embedding")
    run(first)
    return run


@pytest.mark.parametrize("section", ["## C\\+\\+", "## Python"])
def test_commands_of(section, reader):
    (block,) = commands(section)
    assert hashlib.sha256(bytes(1000)).hexdigest() in reader(block)
