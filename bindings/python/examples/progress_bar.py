#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows how far a proof is: a bar with tqdm where that is installed, lines without. Ctrl-C ends it.

    python bindings/python/examples/progress_bar.py sha256.elf document.pdf
"""

import importlib.util
import pathlib
import sys
from typing import Any

import mipzk

tqdm: Any = importlib.import_module("tqdm") if importlib.util.find_spec("tqdm") else None


def prove(job: mipzk.Job) -> bytes:
    if tqdm is None:
        with job.proving() as steps:
            for step in steps:
                print(f"{100 * step.done // max(step.total, 1)}% {step.phase_name}", file=sys.stderr)
        return steps.proof
    with job.proving() as steps, tqdm.tqdm(desc="proving", bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed} {postfix}") as bar:
        for step in steps:
            bar.total = step.total or None  # not known yet
            bar.set_postfix_str(step.phase_name)
            bar.update(step.done - bar.n)
    return steps.proof


def main() -> None:
    elf, private = (pathlib.Path(path).read_bytes() for path in sys.argv[1:3])
    with mipzk.Context() as context:
        proof = prove(context.job(context.load(elf), private_input=private))
    print(f"{len(proof)} bytes of proof")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted")
