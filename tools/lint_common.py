# SPDX-License-Identifier: MIT
"""What our checks share: finding files, telling code from comments and texts, and the self-test.

A check is a function (path, text) -> [(line, message)] where `path` is relative to the root. It comes with snippets
that it must accept (GOOD) and refuse (BAD), each a pair (path, text), and every run tries those first: a check that
has stopped working must not look like clean code.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SKIPPED_FOLDERS = {".git", "build", "node_modules", "var", "__pycache__"}

# Comments, texts and characters of C, in the order in which the compiler would see them.
C_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<char>'(?:[^'\\\n]|\\.)+')""",
    re.VERBOSE | re.DOTALL,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def source_files(folders, suffixes):
    """Every file under `folders` ("." for all) that ends in one of `suffixes`, relative to the root, sorted."""
    found = []
    for folder in folders:
        for parent, children, names in os.walk(os.path.join(ROOT, folder)):
            children[:] = [child for child in children if child not in SKIPPED_FOLDERS]
            found += [os.path.relpath(os.path.join(parent, name), ROOT) for name in names if name.endswith(suffixes)]
    return sorted(set(found))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return C_TOKEN.sub(lambda token: _blank(token[0]) if token["comment"] else token[0], text)


def code_only(text):
    """`text` with comments, texts and characters blanked and every position kept. Include lines go too."""
    text = INCLUDE.sub(lambda line: _blank(line[0]), text)
    return C_TOKEN.sub(lambda token: _blank(token[0]), text)


def texts_of(text):
    """(line, contents) of every string literal outside include lines."""
    text = INCLUDE.sub(lambda line: _blank(line[0]), text)
    return [(line_of(text, token.start()), token["text"][1:-1]) for token in C_TOKEN.finditer(text) if token["text"]]


def functions_of(code):
    """(name, first line, last line) of every function in laid-out code, where a body closes in column one."""
    start, head = None, ""
    for number, line in enumerate(code.split("\n"), 1):
        if "{" in head:
            if line.startswith("}"):
                signature = head.split("{", 1)[0]
                name = re.search(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(", signature)
                if name and "=" not in signature:
                    yield name[1], start, number
                start, head = None, ""
            continue
        if start is None or head.rstrip().endswith(")") or not line.strip() or line.startswith("#"):
            start, head = (number, "") if re.match(r"[A-Za-z_]", line) else (None, "")
        if start is not None:
            head += line + "\n"
        whole = "{" not in head or head.count("{") == head.count("}")
        if line.rstrip().endswith(";") and whole:
            start, head = None, ""


def self_test(name, check, good, bad):
    wrong = [f"{name}: self-test: accepts {path}: {text!r}" for path, text in bad if not check(path, text)]
    for path, text in good:
        wrong += [f"{name}: self-test: refuses {path}: {text!r}: {message}" for _, message in check(path, text)]
    return wrong


def main(name, check, files, good, bad):
    """Runs the self-test, then, unless --self-test was given, the check on `files`. Exits."""
    problems = self_test(name, check, good, bad)
    if "--self-test" not in sys.argv[1:]:
        for path in files:
            problems += [f"{path}:{line}: {message}" for line, message in check(path, read(path))]
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
