# SPDX-License-Identifier: MIT
"""A program that runs beside the test, ended by its own pid, and never outliving the test."""

import ctypes
import os
import signal
import subprocess

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """Must be started from the test's main thread: the kernel ends it together with the thread that made it."""

    def __init__(self, arguments, log, environment=None, folder=None):
        self.name = os.path.basename(arguments[0])
        self.log = log
        with open(log, "ab") as file:
            self._popen = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                preexec_fn=_die_with_parent,
            )

    @property
    def pid(self):
        return self._popen.pid

    def is_running(self):
        return self._popen.poll() is None

    def exit_status(self):
        return self._popen.poll()

    def wait(self, timeout_s):
        try:
            return self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {timeout_s} s") from None

    def send(self, number):
        if self.is_running():
            os.kill(self.pid, number)

    def stop(self, timeout_s=60):
        """Asks it to end, and returns its exit status."""
        self.send(signal.SIGTERM)
        return self.wait(timeout_s)

    def kill(self):
        self.send(signal.SIGKILL)
        self._popen.wait(60)

    def log_tail(self, lines=40):
        return tail(self.log, lines)


def tail(path, lines=40):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except OSError as error:
        return f"({error})"
