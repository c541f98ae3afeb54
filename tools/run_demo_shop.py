#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What ./dev run does after the build: starts tilld on SQLite with the sandbox in var/, with a demo shop.

The first start writes var/till.ini (edit it as you like) and creates the shop; its key stays in var/demo.json. Later
starts find everything again. Ctrl-C or SIGTERM stops tilld and waits until it has left cleanly.
"""

import argparse
import configparser
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFAULT_PORT = 8080
START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 30
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CONFIG = """\
# Written by the first ./dev run; yours to edit. packaging/till.ini explains every key.
[http]
listen = {listen}
base_url = http://{listen}
socket = {folder}/till.sock
metrics =

[store]
url = sqlite:{folder}/till.db
key_file = {folder}/till.key

[postback]
allow_http = yes
allow_hosts = 127.0.0.1:5000

[rates]
sources =
fixed.BTC_USD = 60000
fixed.LTC_USD = 80
fixed.ETH_USD = 2500
fixed.USDT_USD = 1
fixed.USDC_USD = 1
fixed.TUSD_USD = 1
"""


class Refused(Exception):
    """Something that the user can put right; its text says how."""


class Stop(Exception):
    """Ctrl-C or SIGTERM."""


def say(text=""):
    print(text, flush=True)


def write_secret(path, text):
    """Replaces the file whole, readable by its owner only from the first byte."""
    temporary = path + ".new"
    if os.path.exists(temporary):
        os.unlink(temporary)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def check_free(listen):
    host, port = listen.rsplit(":", 1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            hint = f"try ./dev run --port {int(port) + 1}"
            raise Refused(f"cannot listen on {listen}: {error.strerror}; {hint}") from error


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: no tilld is left behind, whatever happens to us


class Demo:
    def __init__(self, folder, port):
        self.folder = folder
        self.config = f"{folder}/till.ini"
        self.shop_file = f"{folder}/demo.json"
        self.log = f"{folder}/tilld.log"
        self.process = None
        self.environment = dict(os.environ)
        self.base_url = self.settle_address(port)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def settle_address(self, port):
        """Writes the first configuration; a port given on the command line wins over the file for this run."""
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        if not os.path.exists(self.config):
            listen = f"127.0.0.1:{port or DEFAULT_PORT}"
            write_secret(self.config, CONFIG.format(listen=listen, folder=self.folder))
        if port:
            self.environment["TILL_HTTP_LISTEN"] = f"127.0.0.1:{port}"
            self.environment["TILL_HTTP_BASE_URL"] = f"http://127.0.0.1:{port}"
        config = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=False)
        config.read(self.config, encoding="utf-8")
        listen = self.environment.get("TILL_HTTP_LISTEN") or config.get("http", "listen", fallback="127.0.0.1:8080")
        base_url = self.environment.get("TILL_HTTP_BASE_URL") or config.get("http", "base_url", fallback="")
        check_free(listen)
        return base_url or f"http://{listen}"

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["build/tilld", "--config", self.config],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone, and we tell it to stop
                preexec_fn=die_with_parent,
            )
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Refused(f"tilld stopped at once, status {self.process.returncode}:\n{self.log_tail()}")
            try:
                with self.opener.open(f"{self.base_url}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise Refused(f"tilld was not ready after {START_TIMEOUT_S} s:\n{self.log_tail()}")

    def log_tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-10:]).rstrip()

    def till(self, *arguments):
        """Runs the operator's command; (exit status, what it printed, what it complained)."""
        ran = subprocess.run(
            ["build/till", *arguments, "--json", "--config", self.config],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return ran.returncode, ran.stdout, ran.stderr

    def stored_shop(self):
        """The shop of var/demo.json, if the store still knows it."""
        try:
            with open(self.shop_file, encoding="utf-8") as file:
                shop = json.load(file)
        except OSError:
            return None
        status, _, _ = self.till("shop", "show", shop["shop_id"])
        return shop if status == 0 else None

    def shop(self):
        shop = self.stored_shop()
        if shop:
            return shop, False
        status, printed, complaint = self.till("shop", "create", "--name", "Demo shop", "--test")
        if status != 0:
            raise Refused(f"till shop create: {complaint.strip() or printed.strip()}")
        shop = json.loads(printed)
        write_secret(self.shop_file, json.dumps(shop, indent=2) + "\n")
        return shop, True

    def create_invoice(self, shop):
        body = json.dumps({"shop_id": shop["shop_id"], "amount": 10, "currency": "USD", "order_id": "demo",
                           "add_fields": {"cryptocurrency": "LTC"}})
        headers = {"Authorization": f"Token {shop['api_key']}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.base_url}/v2/invoice/create", body.encode(), headers)
        try:
            with self.opener.open(request, timeout=10) as reply:
                return json.load(reply)["result"]["link"]
        except urllib.error.HTTPError as error:
            raise Refused(f"could not create an invoice: {error.read().decode(errors='replace')}") from error

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return 0
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not cut the clean end short
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            say(f"tilld did not stop within {STOP_TIMEOUT_S} s and was killed; see {self.log}")
            return 1


def show(demo, shop, is_new, link):
    body = json.dumps({"shop_id": shop["shop_id"], "amount": 10, "currency": "USD", "add_fields": {"cryptocurrency": "LTC"}})
    say()
    say("Till is running on the sandbox: no node, no real money. Stop it with Ctrl-C.")
    say()
    say(f"  page      {link}")
    say(f"  API       {demo.base_url}/v2/invoice/create")
    say(f"  shop id   {shop['shop_id']}")
    say(f"  API key   {shop['api_key']}")
    say(f"  shop      {'created just now' if is_new else 'found again'}; kept in {demo.shop_file}")
    say(f"  settings  {demo.config}, log {demo.log}")
    say()
    say("The page is an invoice of 10 USD made just now: open it and press Pay. Make another with:")
    say()
    say(f"  curl -s {demo.base_url}/v2/invoice/create -H 'Authorization: Token {shop['api_key']}' \\")
    say(f"    -H 'Content-Type: application/json' -d '{body}'")
    say()


def raise_stop(_signal, _frame):
    raise Stop


def run(demo):
    """Starts, shows and waits. The exit status of ./dev run."""
    try:
        demo.start()
        shop, is_new = demo.shop()
        show(demo, shop, is_new, demo.create_invoice(shop))
        status = demo.process.wait()
        say(f"tilld stopped by itself, status {status}:\n{demo.log_tail()}")
        return 1
    except Stop:
        say("\nstopping")
        return demo.stop()
    except Refused as reason:
        say(f"dev run: {reason}")
        demo.stop()
        return 1


def main():
    parser = argparse.ArgumentParser(prog="./dev run", description="start tilld with the sandbox and a demo shop")
    parser.add_argument("--port", type=int, help=f"listen on this port of 127.0.0.1 (at first {DEFAULT_PORT})")
    parser.add_argument("--dir", default="var", help="where everything is kept (default var)")
    options = parser.parse_args()
    os.chdir(ROOT)
    os.umask(0o077)
    for number in STOP_SIGNALS:
        signal.signal(number, raise_stop)
    try:
        demo = Demo(options.dir, options.port)
    except Refused as reason:
        say(f"dev run: {reason}")
        return 1
    return run(demo)


if __name__ == "__main__":
    sys.exit(main())
