#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks how the documents are laid out: lines of README.md and docs/*.md stay below 120 columns outside of tables and
code, in the documents of STRICT no paragraph has more than 130 words and no sentence more than 45, and the files that they
name or link to exist. --fix wraps paragraphs with longer lines anew; --self-test checks the checker. Standard library
only.

A bullet is a paragraph. Formulas, code, tables and headings have no words: a word is made of letters, two at least.
docs/TABLES.md is printed by a program and not read here."""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[1]
STRICT = ("PROTOCOL.md", "SECURITY.md")
GENERATED = ("TABLES.md",)
COLUMNS, PARAGRAPH, SENTENCE = 119, 130, 45
LEAD = re.compile(r"(?:> )?\s*(?:(?:[-*]|\d+\.) )?")
ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")
WORD = re.compile(r"[(\"'*\[]*(?:[A-Za-z]{2,}|[aI])(?:['/-][A-Za-z]+)*[)\]\"'*]*[.,;:?!]*[)\"'*]*$")
END = re.compile(r"(?<=[.?!])[)\"'*]*\s+(?=[(\"'*\[`]*[A-Z0-9])")
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|Thm|cf)\.$")
PATH = re.compile(r"`((?:bindings|capi|docs|include|lib|tests)/[\w./+-]+)`")
PLACEHOLDER = re.compile(r"[A-Z]{4,}$")  # tests/guests/stock/LANGUAGE
LINK = re.compile(r"\]\(([\w./-]+)(?:#[\w-]*)?\)")
# At the beginning of a line they would make a list, a heading or a quotation.
MARKUP = re.compile(r" (?=(?:[-+*>=#]+|\d+[.)])(?: |$))")


def blocks(text):
    """(first line, lines, whether it is a paragraph or bullet): the whole text in order, other lines one by one."""
    found, fence, open_ = [], False, False
    for number, line in enumerate(text.splitlines(), 1):
        mark = line.lstrip().startswith("```")
        code = line.startswith("    ") and not open_ and not ITEM.match(line)
        if mark or fence or code or not line.strip() or line.startswith(("|", "#")):
            found.append((number, [line], False))
            open_ = False
        elif open_ and not ITEM.match(line):
            found[-1][1].append(line)
        else:
            found.append((number, [line], True))
            open_ = True
        fence ^= mark
    return found


def body(lines):
    quoted = lines[0].startswith("> ")
    return " ".join([LEAD.sub("", lines[0], count=1)] + [line[2 * quoted:].strip() for line in lines[1:]])


def sentences(paragraph):
    whole = []
    for part in END.split(paragraph):
        if whole and ABBREVIATION.search(whole[-1]):
            whole[-1] += " " + part
        else:
            whole.append(part)
    return whole


def words(text):
    return sum(bool(WORD.match(token)) for token in re.sub(r"`[^`]*`", "", text).split())


def problems(text, strict):
    fence = False
    for number, lines, prose in blocks(text):
        for place, line in enumerate(lines, number):
            fence ^= line.lstrip().startswith("```")
            if len(line) > COLUMNS and not fence and not (line.startswith("|") or not prose and line[:4].isspace()):
                yield place, f"{len(line)} columns, more than {COLUMNS}"
        if not prose or not strict:
            continue
        if words(body(lines)) > PARAGRAPH:
            yield number, f"a paragraph of {words(body(lines))} words, more than {PARAGRAPH}"
        for sentence in sentences(body(lines)):
            if words(sentence) > SENTENCE:
                yield number, f"a sentence of {words(sentence)} words, more than {SENTENCE}: {sentence[:60]} ..."


def missing(text, folder, root=ROOT):
    """Files that the text names, from the root, or links to, from its folder, and that do not exist."""
    named = [(name, root / name) for name in PATH.findall(text) if not PLACEHOLDER.search(name)]
    linked = [(name, folder / name) for name in LINK.findall(text)]
    return sorted({name for name, path in named + linked if not path.exists()})


def wrap(lines):
    first = LEAD.match(lines[0]).group()
    rest = "> " if first.startswith("> ") else " " * len(first)
    kept = re.sub(r"`[^`]*`", lambda code: code.group().replace(" ", "\0"), body(lines))
    wrapped = textwrap.wrap(MARKUP.sub("\0", kept), COLUMNS, initial_indent=first, subsequent_indent=rest,
                            break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in wrapped]


def fix(text):
    out = []
    for _, lines, prose in blocks(text):
        out += wrap(lines) if prose and max(map(len, lines)) > COLUMNS else lines
    return "\n".join(out) + "\n"


def self_test():
    def found(text, strict=True):
        return [number for number, _ in problems(text, strict)]

    def in_words(text):
        return [number for number, what in problems(text, True) if "words" in what]

    long = "x" * 120 + "\n"
    assert found("x" * 119 + "\n" + long) == [2]
    assert found(f"| {long}\n```\n{long}```\n\n    {long}") == []
    assert found(f"```\n```\n{long}") == [3]
    sentence, longer = "Word" + " word" * 44 + ".\n", "Word" + " word" * 45 + ".\n"
    assert in_words(sentence) == [] and in_words(longer) == [1]
    assert found(fix(longer), strict=False) == []
    assert in_words(sentence.replace("Word", "Word 5 n_q + k - 1 `code of words` = 2^b")) == []
    assert in_words(sentence.replace("Word", "See Thm. 5. Word")) == []
    assert in_words(sentence.replace("Word", "See e.g. Word")) == [1]
    assert in_words(sentence * 3) == [1]
    assert in_words(sentence * 2 + "\n" + sentence) == []
    assert in_words("- " + sentence + "- " + sentence + "\n  " + sentence) == []
    assert in_words("1. " + sentence + "  " + sentence + "  " + sentence) == [1]
    assert in_words("# " + longer + "| " + longer + "\n    " + longer + "    " + longer) == []
    assert words('(a word), *two* "three": x y_1 2^b `code here` and/or well-known') == 6
    assert sentences("One. Two (three). Four e.g. Five? Six") == ["One.", "Two (three).", "Four e.g. Five?", "Six"]

    here = pathlib.Path(__file__).resolve().parent
    assert missing("`tests/run` `tests/no_file` `tests/LANGUAGE` [x](run) [y](no.md#z) (no.md)", here) == [
        "no.md", "tests/no_file"]

    start = "x" * 114
    assert fix(f"  - {start} two\n    three `four five`\n") == f"  - {start}\n    two three `four five`\n"
    assert fix(f"> {start} two\n> three\n") == f"> {start}\n> two three\n"
    assert fix(f"{start} a - b 1. c\n") == f"{start} a -\nb 1. c\n"
    assert fix(f"{start} abc\n- d\n\n| {long}\n# {long}") == f"{start} abc\n- d\n\n| {long}\n# {long}"


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    failed = False
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if path.name in GENERATED:
            continue
        text = path.read_text(encoding="utf-8")
        if sys.argv[1:] == ["--fix"] and fix(text) != text:
            text = fix(text)
            path.write_text(text, encoding="utf-8")
        for number, what in problems(text, path.name in STRICT):
            print(f"{path.relative_to(ROOT)}:{number}: {what}")
            failed = True
        for name in missing(text, path.parent):
            print(f"{path.relative_to(ROOT)}: there is no {name}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
