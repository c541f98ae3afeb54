# SPDX-License-Identifier: MIT
"""The contracts of contracts/*.sol, compiled once and kept in build/contracts until one of them changes."""

import fcntl
import glob
import hashlib
import json
import os
import subprocess

from .stage import REPOSITORY, Skip

FOLDER = os.path.join(REPOSITORY, "tests", "e2e", "contracts")
COMPILER = os.path.join(FOLDER, "compile.mjs")
NODE_MODULES = os.path.join(REPOSITORY, "tests", "e2e", "node_modules")
LOCK_FILE = os.path.join(REPOSITORY, "tests", "e2e", "package-lock.json")
BUILT = os.path.join(REPOSITORY, "build", "contracts")
COMPILE_TIMEOUT_S = 90


def compiled():
    """{NAME: {"bytecode": ..., "selectors": {signature: selector}}}"""
    for package in ("solc", "@openzeppelin/contracts"):
        if not os.path.isdir(os.path.join(NODE_MODULES, package)):
            raise Skip(f"npm's {package} is not installed")
    os.makedirs(BUILT, exist_ok=True)
    path = os.path.join(BUILT, f"{_digest()}.json")
    with open(os.path.join(BUILT, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            _compile(path)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _digest():
    """Of all that the result depends on."""
    digest = hashlib.sha256()
    for path in [*sorted(glob.glob(os.path.join(FOLDER, "*.sol"))), COMPILER, LOCK_FILE]:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def _compile(path):
    for old in glob.glob(os.path.join(BUILT, "*.json")):
        os.unlink(old)
    ran = subprocess.run(
        ["node", COMPILER, f"{path}.new"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMPILE_TIMEOUT_S,
        check=False,
    )
    assert ran.returncode == 0, f"the contracts do not compile:\n{ran.stderr}"
    os.rename(f"{path}.new", path)
