# SPDX-License-Identifier: Apache-2.0
"""What tests read in include/mipzk/mipzk.h. Standard library only.

Types are written as in the header, with one space before each star: "const uint8_t *".
"""

import re


class Header:
    """The header's text, and what it declares. The first half, `verifier`, is all that verifiers see.

    constants:  name -> number, without MIPZK_
    structs:    name -> [(field, type, number of elements or None)], in order
    callbacks, prototypes: name -> (type of the result, [types of the parameters])
    """

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.functions = functions(self.text)
        self.verifier = functions(self.text.split("#ifndef MIPZK_VERIFY_ONLY")[0])
        self.constants = {name: int(number) for name, number in re.findall(
            r"^#define MIPZK_(\w+)\s+\(?(-?\d+)u?\)?", self.text.replace("\\\n", " "), re.M)}
        self.statuses = {"MIPZK_" + name: number for name, number in self.constants.items() if name.startswith("E_")}
        plain = code(self.text)
        self.structs = {name: fields(body, self.constants) for body, name in
                        re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", plain, re.S)}
        self.callbacks = {name: (spaced(result), types(parameters)) for result, name, parameters in
                          re.findall(r"typedef ([\w ]+) \(\*(\w+)\)\((.*?)\);", plain, re.S)}
        self.prototypes = {name: (spaced(result), types(parameters)) for result, name, parameters in
                           re.findall(r"MIPZK_API ([\w\s*]+?)\s*\b(mipzk_\w+)\s*\((.*?)\)\s*MIPZK_NOEXCEPT;", plain, re.S)}

    def problems(self):
        """Why it was not understood."""
        found = []
        if len(self.functions) < 20 or not self.verifier < self.functions:
            found.append(f"the header was not understood: {sorted(self.functions)}")
        if len(self.statuses) <= 15:
            found.append(f"the header was not understood: {self.statuses}")
        if set(self.prototypes) != self.functions or len(self.structs) < 10 or len(self.callbacks) < 4:
            found.append(f"the header was not understood: {self.prototypes} {self.structs} {self.callbacks}")
        return found


def code(text):
    """Without comments and the preprocessor's lines."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("\\\n", " ")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def functions(text):
    return set(re.findall(r"MIPZK_API[^;]*?\b(mipzk_[a-z0-9_]+)\s*\(", code(text)))


def spaced(words):
    return " ".join(words.replace("*", " * ").split()).replace("* *", "**")


def types(parameters):
    """Of a list of parameters, which all have names."""
    if spaced(parameters) == "void":
        return []
    return [spaced(re.sub(r"\w+\s*$", "", parameter)) for parameter in parameters.split(",")]


def fields(body, constants):
    found = []
    for line in filter(None, map(str.strip, body.split(";"))):
        kind, names = re.match(r"(\w+)\s+(.*)", line, re.S).groups()
        for name in names.split(","):
            name, count = re.match(r"(\w+)(?:\[(\w+)\])?", name.strip()).groups()
            if count is not None:
                count = constants[count[len("MIPZK_"):]] if count.startswith("MIPZK_") else int(count)
            found.append((name, kind, count))
    return found
