# SPDX-License-Identifier: MIT
"""What a test stands on: its folder, the binaries, and the order in which everything is taken down again."""

import contextlib
import fcntl
import json
import os
import random
import socket
import subprocess
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NO_SUCH_PROGRAM = 3  # as tools/nodes.sh ends
FETCH_TIMEOUT_S = 90
PORTS = range(15000, 32000)  # below the range from which the kernel takes ports by itself
_ours = []  # for as long as this process lives


class Skip(Exception):
    """This test cannot run here; the text says why."""


class Stage:
    """One test's own folder and processes. `shared` is the folder of the whole run, for things that are costly to make.

    Whatever is opened through `enter` is closed in reverse order when the test ends, however it ends.
    """

    def __init__(self, build_dir, folder, shared, long=False):
        self.build_dir = os.path.abspath(build_dir)
        self.folder = folder
        self.shared = shared
        self.long = long
        self._open = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return self._open.__exit__(*failure)

    def enter(self, thing):
        return self._open.enter_context(thing)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_folder(self, name):
        path = self.path(name)
        os.makedirs(path, mode=0o700)
        return path

    def program(self, name):
        path = os.path.join(self.build_dir, name)
        if not os.access(path, os.X_OK):
            raise Skip(f"{path} has not been built")
        return path


def free_port():
    """A port of loopback that nobody listens on, and that no other test is given while this one runs: it may be a while
    until it is taken, and it is free again whenever its program stops."""
    for _ in range(200):
        port = random.choice(PORTS)
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            try:
                claim.bind(f"\0till-e2e-port-{port}")  # a name that goes with its process, and is no file
                probe.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
        _ours.append(claim)
        return port
    raise RuntimeError("found no free port on loopback")


def wait_until(question, what, timeout_s=60, pause_s=0.03):
    """Asks until the answer is true, and returns it. `what` says in the failure what never came about."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout_s} s (last answer: {answer!r})")
        time.sleep(pause_s)


def stays_so(question, what, seconds=1.5, pause_s=0.1):
    """Asks for a while; fails as soon as the answer is not true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        assert answer, f"{what}: no longer (answer: {answer!r})"
        time.sleep(pause_s)


def node_program(stage, name):
    """The path of a real node's program; Skip with the reason of tools/nodes.sh when there is none. It may have to be
    fetched, so one test of the run asks, and the others read what it was told."""
    told = os.path.join(stage.shared, f"program-{name}.json")
    with open(f"{told}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(told):
            status, text = _ask_for_program(name)
            with open(told, "w", encoding="utf-8") as file:
                json.dump([status, text], file)
    with open(told, encoding="utf-8") as file:
        status, text = json.load(file)
    if status == NO_SUCH_PROGRAM:
        raise Skip(text)
    if status != 0:
        raise RuntimeError(f"tools/nodes.sh {name}: {text}")
    return text


def _ask_for_program(name):
    asked = subprocess.run(
        [os.path.join(REPOSITORY, "tools", "nodes.sh"), name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_S,
        check=False,
    )
    if asked.returncode == 0:
        return 0, asked.stdout.strip()
    return asked.returncode, (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
