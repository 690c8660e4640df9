# SPDX-License-Identifier: Apache-2.0
"""The examples run, as their first lines say."""

import hashlib
import os
import subprocess
import sys

import pytest
from conftest import BUILD, PACKAGE

EXAMPLES = PACKAGE / "examples"
CASES = {
    "attest.py": ["{secret}"],
    "progress_bar.py": ["{secret}"],
    "asyncio_proofs.py": ["{secret}", "{secret}"],
    "profile_plot.py": ["{secret}", "{folder}/profile.png"],
}


def test_every_example_is_tried():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_example(name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"a secret")
    words = [word.format(secret=secret, folder=tmp_path) for word in CASES[name]]
    result = subprocess.run([sys.executable, EXAMPLES / name, BUILD / "guests" / "sha256.elf", *words], text=True,
                            capture_output=True, timeout=60, cwd=tmp_path,
                            env=dict(os.environ, MIPZK_TOOL=str(BUILD / "capi" / "cli" / "mipzk")))
    assert result.returncode == 0, result.stderr
    if name in ("attest.py", "asyncio_proofs.py"):
        assert result.stdout.count(hashlib.sha256(b"a secret").hexdigest()) == len(words)
    elif name == "progress_bar.py":
        assert result.stdout.endswith("bytes of proof\n") and "100%" in result.stderr
    else:
        assert "compress" in result.stdout and "MiB" in result.stdout
        assert (tmp_path / "profile.png").exists() or "matplotlib is not installed" in result.stdout
