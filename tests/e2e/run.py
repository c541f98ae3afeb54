#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The end-to-end tests: run.py --build-dir DIR [--long] [--only NAME] [--list]

Every function test_... of a file test_....py is one test, or one for each kind of node it is marked with. Each runs
in a process of its own, with a time limit, and takes everything it started with it when it ends. The last line is
"N passed, N failed[, N skipped]"; a line "skipped NAME: REASON" says what could not run and why.
"""

import argparse
import ctypes
import faulthandler
import glob
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from support.marks import LIMIT_S  # noqa: E402
from support.process import tail  # noqa: E402
from support.stage import Skip, Stage  # noqa: E402

BESIDE_EACH_OTHER = 3  # they wait for blocks and timers more than they compute
WAITING_BESIDE_THEM = 6
SKIPPED = 77
POLL_S = 0.05
LAST_WORDS_S = 2


class Test:
    def __init__(self, function, profile):
        self.function = function
        self.profile = profile
        self.name = function.__name__ + (f"[{profile}]" if profile else "")
        self.limit_s = getattr(function, "limit_s", LIMIT_S)
        self.alone = getattr(function, "alone", False)
        self.waits = getattr(function, "waits", False)


def find_tests():
    tests = []
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[: -len(".py")])
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function):
                tests += [Test(function, profile) for profile in getattr(function, "profiles", (None,))]
    return tests


# ---- one test, in its own process


def run_one(test, arguments):
    faulthandler.register(signal.SIGUSR1)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    try:
        with Stage(arguments.build_dir, arguments.folder, arguments.shared, arguments.long) as stage:
            test.function(stage, *([test.profile] if test.profile else []))
        return 0
    except Skip as reason:
        print(f"skip: {reason}")
        return SKIPPED
    except Exception:
        traceback.print_exc()
        for log in sorted(glob.glob(os.path.join(arguments.folder, "*.log"))):
            lines = 8 if os.path.basename(log).startswith("node") else 40
            print(f"---- the end of {os.path.basename(log)}\n{tail(log, lines)}", flush=True)
        return 1


# ---- all of them


class Running:
    def __init__(self, test, arguments, shared):
        self.test = test
        self.folder = tempfile.mkdtemp(prefix="test-", dir=shared)
        self.output = os.path.join(shared, os.path.basename(self.folder) + ".output")
        self.started = time.monotonic()
        self.asked = None
        command = [sys.executable, os.path.abspath(__file__), "--build-dir", arguments.build_dir, "--one", test.name]
        command += ["--folder", self.folder, "--shared", shared] + (["--long"] if arguments.long else [])
        with open(self.output, "wb") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)

    def seconds(self):
        return time.monotonic() - self.started

    def is_over(self):
        if self.popen.poll() is not None:
            return True
        if self.seconds() > self.test.limit_s and self.asked is None:
            self.popen.send_signal(signal.SIGUSR1)  # where does it hang?
            self.asked = time.monotonic()
        if self.asked and time.monotonic() - self.asked > LAST_WORDS_S:
            self.popen.kill()
        return False

    def end(self):
        """The processes it started end with it; then nothing of it is left."""
        self.popen.kill()
        self.popen.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Run:
    def __init__(self, arguments, tests, shared):
        self._arguments = arguments
        self._shared = shared
        self._waiting = sorted(tests, key=lambda test: (test.alone, not test.waits))
        self._running = []
        self._count = {"ok": 0, "FAILED": 0, "skipped": 0}
        self._total = len(tests)

    def go(self):
        try:
            while self._waiting or self._running:
                while self._may_start():
                    self._running.append(Running(self._waiting.pop(0), self._arguments, self._shared))
                for one in [one for one in self._running if one.is_over()]:
                    self._running.remove(one)
                    self._report(one)
                time.sleep(POLL_S)
        finally:
            for one in self._running:
                one.end()

    def _may_start(self):
        if not self._waiting:
            return False
        test = self._waiting[0]
        if test.alone:
            return not self._running
        if test.waits:
            return len(self._running) < WAITING_BESIDE_THEM
        return len([one for one in self._running if not one.test.waits]) < BESIDE_EACH_OTHER

    def _report(self, one):
        status = one.popen.returncode
        output = tail(one.output, 400)
        word = {0: "ok", SKIPPED: "skipped"}.get(status, "FAILED")
        self._count[word] += 1
        done = sum(self._count.values())
        print(f"[{done}/{self._total}] {word} {one.test.name} ({one.seconds():.1f} s)")
        if word == "ok" and output:
            print(f"    {output.strip()}")
        if word == "FAILED":
            why = f"not done after {one.test.limit_s} s" if one.asked else f"exit status {status}"
            print(f"{output.rstrip()}\n---- {one.test.name}: {why}")
        elif word == "skipped":
            print(f"skipped {one.test.name}: {output.strip().splitlines()[-1].removeprefix('skip: ')}")
        sys.stdout.flush()
        one.end()

    def finish(self):
        line = f"{self._count['ok']} passed, {self._count['FAILED']} failed"
        print(line + (f", {self._count['skipped']} skipped" if self._count["skipped"] else ""))
        return 1 if self._count["FAILED"] or not self._total else 0


def stop(*_):
    raise KeyboardInterrupt


def run_all(arguments, tests):
    signal.signal(signal.SIGTERM, stop)
    shared = tempfile.mkdtemp(prefix="till-e2e-")
    run = Run(arguments, tests, shared)
    started = time.monotonic()
    try:
        run.go()
    finally:
        shutil.rmtree(shared, ignore_errors=True)
    print(f"{len(tests)} tests in {time.monotonic() - started:.0f} s")
    return run.finish()


def parse_arguments():
    parser = argparse.ArgumentParser(prog="run.py", description="Till's end-to-end tests.")
    parser.add_argument("--build-dir", default="build", help="where tilld and till are")
    parser.add_argument("--long", action="store_true", help="more rounds of what needs many")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="tests whose name contains this")
    parser.add_argument("--list", action="store_true", help="print the names of the tests")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--shared", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    arguments.build_dir = os.path.abspath(arguments.build_dir)
    tests = find_tests()
    if arguments.one:
        return run_one(next(test for test in tests if test.name == arguments.one), arguments)
    tests = [test for test in tests if not arguments.only or any(part in test.name for part in arguments.only)]
    if arguments.list:
        print("\n".join(test.name for test in tests))
        return 0
    return run_all(arguments, tests)


if __name__ == "__main__":
    sys.exit(main())
