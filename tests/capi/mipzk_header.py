# SPDX-License-Identifier: Apache-2.0
"""What tests read in include/mipzk/mipzk.h. Standard library only."""

import re


class Header:
    """The header's text, and what it declares. The first half, `verifier`, is all that verifiers see."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.functions = functions(self.text)
        self.verifier = functions(self.text.split("#ifndef MIPZK_VERIFY_ONLY")[0])
        self.statuses = {name: int(number)
                         for name, number in re.findall(r"#define (MIPZK_E_\w+) \((-\d+)\)", self.text)}

    def problems(self):
        """Why it was not understood."""
        found = []
        if len(self.functions) < 20 or not self.verifier < self.functions:
            found.append(f"the header was not understood: {sorted(self.functions)}")
        if len(self.statuses) <= 15:
            found.append(f"the header was not understood: {self.statuses}")
        return found


def functions(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return set(re.findall(r"MIPZK_API[^;]*?\b(mipzk_[a-z0-9_]+)\s*\(", text))
