#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sums up a test run: test_summary.py [--again TESTLOG.json] TESTLOG.json [LOG ...]

TESTLOG.json is what `meson test` leaves (one JSON object a line); TAP subtests count one by one. Each LOG is the
output of another runner and must end with its own line "N passed, N failed[, N skipped]"; lines that start with
"skipped" say why. Prints the reasons, then one line of the same form, and fails if anything failed.

What failed in TESTLOG.json and passed in the log of --again, where it ran alone, has passed and is named UNSTEADY.
--may-run-again TESTLOG.json prints the tests that deserve that: a few which failed and did not crash.
"""

import json
import os
import re
import sys
import tempfile

TAP_LINE = re.compile(r"^(not ok|ok)\b[ \d]*-?\s*(.*)$")
TAP_SKIP = re.compile(r"#\s*skip\b\s*(.*)", re.IGNORECASE)
CRASH = re.compile(r"Sanitizer|runtime error:")
RUN_AGAIN_MAX = 3
TOTAL_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


class Sum:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.unsteady = []
        self.failed_elsewhere = 0
        self.skips = []
        self.skipped_elsewhere = 0

    def failed(self):
        return len(self.failures) + self.failed_elsewhere

    def skipped(self):
        return len(self.skips) + self.skipped_elsewhere

    def line(self):
        text = f"{self.passed} passed, {self.failed()} failed"
        return text + (f", {self.skipped()} skipped" if self.skipped() else "")


def add_tap(total, name, stdout):
    """Counts the TAP lines of one program: how many there were, whether one failed, and whether a skipped one is called
    "not ok", as cmocka does it, which meson takes for a failure."""
    lines, any_failed, odd_skip = 0, False, False
    for line in stdout.splitlines():
        found = TAP_LINE.match(line)
        if not found:
            continue
        lines += 1
        skip = TAP_SKIP.search(found[2])
        if skip:
            subtest = found[2][: skip.start()].strip()
            total.skips.append(f"{name} {subtest}: {skip[1] or 'no reason given'}")
            odd_skip = odd_skip or found[1] == "not ok"
        elif found[1] == "ok":
            total.passed += 1
        else:
            total.failures.append(f"{name}: {found[2]}")
            any_failed = True
    return lines, any_failed, odd_skip


def add_meson_test(total, test):
    name, result, stdout = test["name"], test["result"], test.get("stdout", "")
    lines, any_failed, odd_skip = add_tap(total, name, stdout)
    if result in ("OK", "EXPECTEDFAIL"):
        if lines == 0:
            total.passed += 1
    elif result == "SKIP":
        if lines == 0:
            reason = stdout.strip().splitlines()[-1:] or ["no reason given"]
            total.skips.append(f"{name}: {reason[0]}")
    elif not any_failed and not (odd_skip and test.get("returncode") == 0):
        # It died, hung, or leaked after its last subtest.
        total.failures.append(f"{name}: {result.lower()}, exit status {test.get('returncode')}")


def read_meson_log(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def sum_of(test):
    total = Sum()
    add_meson_test(total, test)
    return total


def has_crashed(test):
    """A signal, or a sanitizer's word: it happened, and passing once more does not undo it."""
    status = test.get("returncode") or 0
    by_signal = test["result"] != "TIMEOUT" and (status < 0 or status > 128)
    return by_signal or CRASH.search(test.get("stdout", "") + test.get("stderr", "")) is not None


def may_run_again(tests):
    """Many failures are no matter of a busy machine."""
    failed = [test for test in tests if sum_of(test).failed()]
    if len(failed) > RUN_AGAIN_MAX:
        return []
    return [test["name"] for test in failed if not has_crashed(test)]


def add_meson_log(total, path, path_again=None):
    try:
        tests = read_meson_log(path)
        again = read_meson_log(path_again) if path_again and os.path.isfile(path_again) else []
    except OSError as error:
        total.failures.append(f"meson test left no log: {error}")
        return
    steady_alone = {test["name"]: test for test in again if not sum_of(test).failed()}
    for test in tests:
        first = sum_of(test)
        if first.failed() and test["name"] in steady_alone:
            total.unsteady += first.failures
            test = steady_alone[test["name"]]
        add_meson_test(total, test)


def add_other_log(total, path):
    name = os.path.basename(path)
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    totals = [found for found in map(TOTAL_LINE.match, lines) if found]
    if not totals:
        total.failures.append(f"{name}: did not finish")
        return
    last = totals[-1]
    total.passed += int(last[1])
    total.failed_elsewhere += int(last[2])
    reasons = [f"{name}: {line}" for line in lines if line.lower().startswith("skipped")]
    skipped = int(last[3] or 0)
    total.skips += reasons[:skipped]
    total.skipped_elsewhere += skipped - len(reasons[:skipped])
    if int(last[2]) == 0 and any(line.startswith("exit status ") for line in lines[-1:]):
        total.failures.append(f"{name}: ended with {lines[-1]}")


def self_test():
    """Runs that went every way, and the one line that must come out."""
    tests = [
        {"name": "a", "result": "OK", "stdout": "1..2\nok 1 - x\nok 2 - y\n"},
        {"name": "b", "result": "FAIL", "stdout": "1..2\nok 1 - x\nnot ok 2 - y\n# why\n", "returncode": 1},
        {"name": "c", "result": "FAIL", "stdout": "1..2\nok 1 - x\n", "returncode": -11},
        {"name": "d", "result": "OK", "stdout": "1..1\nok 1 x # SKIP no node\n"},
        {"name": "e", "result": "OK", "stdout": "fine\n"},
        {"name": "f", "result": "SKIP", "stdout": "no bitcoind\n"},
        {"name": "g", "result": "TIMEOUT", "returncode": -9},
        {"name": "h", "result": "FAIL", "stdout": "1..1\nnot ok 1 # SKIP x\n", "returncode": 0},
    ]
    again = [
        {"name": "b", "result": "OK", "stdout": "1..2\nok 1 - x\nok 2 - y\n"},
        {"name": "g", "result": "FAIL", "stdout": "1..1\nnot ok 1 - x\n", "returncode": 1},
    ]
    logs = {
        "e2e": "test x ok\nskipped knots: no network\n3 passed, 1 failed, 1 skipped\nexit status 1\n",
        "fuzz": "2 passed, 0 failed\n",
        "sim": "started\n",
        "late": "5 passed, 0 failed\nexit status 134\n",
    }
    total = Sum()
    logs["testlog"] = "".join(json.dumps(test) + "\n" for test in tests)
    logs["again"] = "".join(json.dumps(test) + "\n" for test in again)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in logs.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        add_meson_log(total, os.path.join(folder, "testlog"), os.path.join(folder, "again"))
        for name in ("e2e", "fuzz", "sim", "late"):
            add_other_log(total, os.path.join(folder, name))
    found = [total.line(), total.unsteady, may_run_again(tests), may_run_again(tests + tests)]
    wanted = ["16 passed, 5 failed, 4 skipped", ["b: y"], ["b", "g"], []]
    if found != wanted:
        print(f"test_summary: self-test: {found} instead of {wanted}: {total.failures} {total.skips}")
        return 1
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if sys.argv[1] == "--may-run-again":
        print(" ".join(may_run_again(read_meson_log(sys.argv[2]))))
        return 0
    arguments = sys.argv[1:]
    path_again = None
    if arguments[0] == "--again":
        path_again = arguments[1]
        arguments = arguments[2:]
    total = Sum()
    add_meson_log(total, arguments[0], path_again)
    for path in arguments[1:]:
        if os.path.isfile(path):
            add_other_log(total, path)
    for reason in total.skips:
        print(f"skipped {reason}")
    for failure in total.unsteady:
        print(f"UNSTEADY {failure}")
    for failure in total.failures:
        print(f"FAILED {failure}")
    print(total.line())
    return 1 if total.failed() or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
