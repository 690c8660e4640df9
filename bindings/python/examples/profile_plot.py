# SPDX-License-Identifier: Apache-2.0
"""Where a guest's cost goes, function by function: a notebook in a file. Editors that know `# %%` run it cell by cell,
Jupyter opens it with jupytext, and plain Python runs all of it:

    bindings/guest/c/mipzk-cc docs/examples/sha256_guest.c -o sha256.elf
    python bindings/python/examples/profile_plot.py sha256.elf document.pdf profile.png

The profile comes from the tool (`mipzk run --profile`, docs/DEBUGGING.md); MIPZK_TOOL names it where it is not on PATH.
With matplotlib there is a picture, without it a table. Counts depend on the private input: do not publish them.
"""

# %% What to look at.
import json
import os
import subprocess
import sys
from typing import Any, Dict, List

GUEST, PRIVATE, PICTURE = sys.argv[1:] if len(sys.argv) == 4 else ("sha256.elf", "document.pdf", "profile.png")
TOOL = os.environ.get("MIPZK_TOOL", "mipzk")

# %% Run it. `exclusive` are instructions of a function itself, `cells` what the prover has to commit to for them.
command = [TOOL, "run", "--profile", "--json", "--private", PRIVATE, GUEST]
run: Dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
functions: List[Dict[str, Any]] = sorted(run["profile"]["functions"], key=lambda f: -float(f["cells"]))
total = sum(f["cells"] for f in functions)
print(f"{run['cycles']} instructions, {total:.0f} cells of functions")

# %% The table: the ten that cost the most.
for f in functions[:10]:
    print(f"{100 * f['cells'] / total:6.2f} %  {f['exclusive']:>12}  {f['name']}")

# %% What a proof would take, from the library: the estimate runs the guest again.
import mipzk  # noqa: E402

with mipzk.Context() as context, open(GUEST, "rb") as guest, open(PRIVATE, "rb") as private:
    estimate = context.job(context.load(guest.read()), private_input=private.read()).estimate()
print(f"proving takes about {estimate.memory_bytes / 2**20:.0f} MiB")

# %% The picture: functions to the left, tables of the proof to the right.
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("no picture: matplotlib is not installed")
else:
    tables = sorted(run["profile"]["tables"], key=lambda t: -float(t["cells"]))
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axis, rows, key, title in ((axes[0], functions, "name", "functions"), (axes[1], tables, "table", "tables")):
        axis.barh([row[key] for row in rows[:10]][::-1], [row["cells"] for row in rows[:10]][::-1])
        axis.set_title(title)
        axis.set_xlabel("trace cells")
    figure.suptitle(f"{os.path.basename(GUEST)}: {run['cycles']} instructions")
    figure.savefig(PICTURE)
    print(f"see {PICTURE}")
