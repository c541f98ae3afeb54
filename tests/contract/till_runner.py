#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command line and the tilld it talks to, in a folder of their own, and the few words its tests are written in."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

CONFIG = """\
[http]
listen = 127.0.0.1:0
base_url = http://127.0.0.1:18080
socket = {folder}/till.sock
metrics =

[store]
url = sqlite:{folder}/till.db

[rates]
sources =
fixed.LTC_USD = 80
fixed.BTC_USD = 60000

[chain ltc]
kind = bitcoin
url = http://user:password@127.0.0.1:1
network = regtest

[sandbox]
block_ms = 100
"""

DONE, REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3


class Ran:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    def json(self):
        return json.loads(self.out)


class Till:
    """The command, and the daemon it talks to."""

    def __init__(self, till, tilld, vectors):
        self.program = os.path.abspath(till)
        self.daemon = os.path.abspath(tilld)
        with open(vectors, encoding="utf-8") as file:
            self.wallets = json.load(file)["wallets"]
        self.folder = tempfile.mkdtemp(prefix="till-cli-")
        self.config = f"{self.folder}/till.ini"
        self.socket = f"{self.folder}/till.sock"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("TILL_")}
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(folder=self.folder))
        self.process = None

    def start(self):
        log = open(f"{self.folder}/tilld.log", "ab")  # pylint: disable=consider-using-with
        with log:
            self.process = subprocess.Popen([self.daemon, "--config", self.config], stdout=log, stderr=log,
                                            env=self.environment)
        until(lambda: self.run("shop", "list").status == DONE, "tilld did not start:\n" + self.log())

    def stop(self):
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return -1
        finally:
            self.process = None

    def log(self):
        try:
            with open(f"{self.folder}/tilld.log", encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def bare(self, *arguments, **environment):
        ran = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=60, check=False,
                             stdin=subprocess.DEVNULL, cwd=self.folder, env=dict(self.environment, **environment))
        return Ran(ran)

    def run(self, *arguments):
        return self.bare(*arguments, "--config", self.config)

    def done(self, *arguments):
        """The answer of a command that must work."""
        ran = self.run(*arguments, "--json")
        same(ran.status, DONE, f"{arguments}: {ran.err}")
        same(ran.err, "", f"{arguments} complained")
        return ran.json()

    def shop(self, *more):
        return self.done("shop", "create", "--name", "Tea & Co", "--test", *more)["shop_id"]

    def invoice(self, shop, amount="10", crypto="LTC"):
        return self.done("invoice", "create", shop, amount, "USD", "--crypto", crypto)["invoice_id"]

    def status(self, invoice):
        return self.done("invoice", "show", invoice)["status"]

    def await_status(self, invoice, status):
        until(lambda: self.status(invoice) == status, f"{invoice} did not become {status}: {self.status(invoice)}")

    def account(self, chain, network, kind):
        """An account of the published test phrase: its keys and addresses."""
        for account in self.wallets[0]["accounts"]:
            if (account["chain"], account["network"], account["kind"]) == (chain, network, kind):
                return account
        raise AssertionError(f"no vector for {chain} {network} {kind}")


def until(condition, complaint, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(0.05)


def same(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} is not {wanted!r}")


def has(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def has_not(text, part):
    if part in text:
        raise AssertionError(f"{part!r} is in {text!r}")


def run_tests(names, prepare=None):
    """Runs every test_ function of `names`, one after another on the same tilld; prints TAP. `prepare` may rewrite its
    configuration."""
    till = Till(*sys.argv[1:4])
    if prepare:
        prepare(till)
    tests = [(name, test) for name, test in names.items() if name.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    try:
        till.start()
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(till)
                print(f"ok {number} - {name}", flush=True)
            except Exception:  # pylint: disable=broad-exception-caught
                failed += 1
                print(f"not ok {number} - {name}", flush=True)
                print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="", flush=True)
    finally:
        status = till.stop()
        if status != 0:
            failed += 1
            print(f"# tilld ended with {status}\n" + till.log()[-4000:])
        shutil.rmtree(till.folder)
    return 1 if failed else 0
