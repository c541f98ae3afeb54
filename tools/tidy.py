#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs clang-tidy over src/ with what build/clang knows: tidy.py [FILE ...]

A file that was clean is not looked at again until it, a header of ours that it includes, its compiler's flags, the
configuration or clang-tidy itself change. Clean states are kept in build/clang/tidy.
"""

import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

import lint_common as lint

BUILD = os.path.join(lint.ROOT, "build", "clang")
CLEAN = os.path.join(BUILD, "tidy")


def headers_of(path, seen):
    """Adds to `seen` every file of ours that `path` includes, near or far."""
    for found in lint.INCLUDE.finditer(lint.read(path)):
        for folder in ("src", "include", os.path.dirname(path)):
            header = os.path.normpath(os.path.join(folder, found[2]))
            if header not in seen and os.path.isfile(os.path.join(lint.ROOT, header)):
                seen.add(header)
                headers_of(header, seen)
                break
    return seen


def state_of(path, command, common):
    digest = hashlib.sha256(common + command.encode())
    for name in sorted(headers_of(path, {path})):
        digest.update(name.encode() + b"\0" + lint.read(name).encode() + b"\0")
    return digest.hexdigest()


def examine(path, mark):
    """What clang-tidy says about one file; empty when it is clean."""
    ran = subprocess.run(
        ["clang-tidy", "--quiet", "-p", BUILD, path], cwd=lint.ROOT, capture_output=True, text=True, check=False
    )
    if ran.returncode == 0:
        open(mark, "w", encoding="utf-8").close()
        return ""
    return ran.stdout or ran.stderr


def main():
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    common = version + lint.read(".clang-tidy").encode()
    with open(os.path.join(BUILD, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    os.makedirs(CLEAN, exist_ok=True)
    work = {}
    for entry in commands:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), lint.ROOT)
        if not path.startswith("src/") or (sys.argv[1:] and path not in sys.argv[1:]):
            continue
        flags = shlex.join(word for word in shlex.split(entry["command"]) if not word.endswith((".o", ".d")))
        mark = os.path.join(CLEAN, state_of(path, flags, common))
        if not os.path.exists(mark):
            work[path] = mark
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [said for said in pool.map(examine, work.keys(), work.values()) if said]
    print("\n".join(complaints), end="")
    print(f"tidy: {len(work)} files examined, {len(complaints)} with complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
