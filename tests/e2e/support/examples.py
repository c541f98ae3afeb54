# SPDX-License-Identifier: MIT
"""The merchants' programs of examples/, run as their users run them, and what a forger would send to them."""

import base64
import hashlib
import hmac
import http.client
import http.server
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse

from .process import Process
from .stage import REPOSITORY, Skip, free_port, wait_until

FOLDER = os.path.join(REPOSITORY, "examples")
NODE_MODULES = os.path.join(REPOSITORY, "tests", "e2e", "node_modules")
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
CGI_TIMEOUT_S = 30


def _php(_, port):
    if shutil.which("php") is None:
        raise Skip("php-cli is not installed")
    return ["php", "-S", f"127.0.0.1:{port}", os.path.join(FOLDER, "php", "receiver.php")]


def _flask(_stage, _port):
    if importlib.util.find_spec("flask") is None or importlib.util.find_spec("jwt") is None:
        raise Skip("python3-flask or python3-jwt is not installed")
    return [sys.executable, os.path.join(FOLDER, "python", "flask_receiver.py")]


def _plain_python(_stage, _port):
    return [sys.executable, os.path.join(FOLDER, "python", "plain_receiver.py")]


def _express(_stage, _port):
    if not os.path.isdir(os.path.join(NODE_MODULES, "express")):
        raise Skip("npm's express is not installed")
    return ["node", os.path.join(FOLDER, "javascript", "express_receiver.js")]


def _plain_node(_stage, _port):
    if shutil.which("node") is None:
        raise Skip("nodejs is not installed")
    return ["node", os.path.join(FOLDER, "javascript", "plain_receiver.js")]


def _cgi(stage, port):
    """A CGI program needs a web server: this file, as a program, is one."""
    program = stage.program("examples/c/receive_postback")
    return [sys.executable, "-m", "support.examples", str(port), program]


RECEIVERS = {
    "c": _cgi,
    "php": _php,
    "flask": _flask,
    "plain-python": _plain_python,
    "express": _express,
    "plain-node": _plain_node,
}


class Example:
    """A small shop with one of the receivers. `stage.enter` makes its folder and port; `start(shop)` opens it."""

    def __init__(self, stage, kind, postback_format="json"):
        self.format = postback_format
        self.port = free_port()
        self.folder = stage.make_folder(f"example-{self.port}")
        self._command = RECEIVERS[kind](stage, self.port)
        self._log = stage.path(f"example-{self.port}.log")
        self._process = None
        self._secret = None
        for name in ("orders", "shipped"):
            os.mkdir(os.path.join(self.folder, name))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process:
            self._process.kill()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/postback"

    def start(self, shop, till_url=None):
        self._secret = shop.secret
        environment = {
            "TILL_URL": till_url or shop.tilld.base_url,
            "TILL_API_KEY": shop.api_key,
            "TILL_SECRET": shop.secret,
            "SHOP_FOLDER": self.folder,
            "PORT": str(self.port),
            "NODE_PATH": NODE_MODULES,
        }
        here = os.path.join(REPOSITORY, "tests", "e2e")
        self._process = Process(self._command, self._log, environment, here)
        wait_until(self._is_open, "the example's site is open")

    def stop(self):
        self._process.kill()

    def _is_open(self):
        assert self._process.is_running(), f"the example ended:\n{self._process.log_tail()}"
        try:
            return self._ask("GET", "", "text/plain") is not None
        except ConnectionRefusedError:
            return False

    # ---- the shop's records

    def sell(self, order_id, price):
        with open(os.path.join(self.folder, "orders", order_id), "w", encoding="ascii") as file:
            file.write(price + "\n")

    def shipped(self):
        """{order_id: uuid} of everything that went out."""
        found = {}
        for name in sorted(os.listdir(os.path.join(self.folder, "shipped"))):
            with open(os.path.join(self.folder, "shipped", name), encoding="ascii") as file:
                found[name] = file.read().strip()
        return found

    # ---- what comes in

    def post(self, fields, postback_format=None):
        """The status with which it answers to a postback of these fields."""
        kind = postback_format or self.format
        text = json.dumps(fields) if kind == "json" else urllib.parse.urlencode(fields)
        return self.post_raw(text, TYPES[kind])

    def post_raw(self, text, kind):
        return self._ask("POST", text, kind)

    def _ask(self, method, text, kind):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CGI_TIMEOUT_S)
        try:
            connection.request(method, "/postback", text.encode(), {"Content-Type": kind})
            return connection.getresponse().status
        finally:
            connection.close()

    def fields(self, invoice, token=None):
        """A postback as Till would send it, which says that the invoice is paid."""
        return {
            "status": "success",
            "invoice_id": invoice.id,
            "amount_crypto": str(invoice.amount),
            "currency": "LTC",
            "order_id": invoice.result.get("order_id") or "",
            "token": self.token(invoice.id) if token is None else token,
        }

    def token(self, invoice_id, **changes):
        """As Till signs it, or with another secret, header, hash or end."""
        header = changes.get("header", {"typ": "JWT", "alg": "HS256"})
        claims = {"id": invoice_id, "exp": int(time.time()) + 300}
        claims.update(changes.get("claims", {}))
        text = f"{_base64(json.dumps(header))}.{_base64(json.dumps({k: v for k, v in claims.items() if v is not None}))}"
        secret = changes.get("secret", self._secret).encode()
        signature = hmac.new(secret, text.encode(), changes.get("digest", hashlib.sha256)).digest()
        return f"{text}.{_base64(signature)}"

    def forged_tokens(self, invoice_id, other_id):
        """(what is wrong, token): none of them may be believed."""
        none = {"typ": "JWT", "alg": "none"}
        good = self.token(invoice_id)
        yield "no token", ""
        yield "no JWT", "a.b.c"
        yield "another secret", self.token(invoice_id, secret="x" * 36)
        yield "alg none, no signature", self.token(invoice_id, header=none).rsplit(".", 1)[0] + "."
        yield "alg none, two parts", self.token(invoice_id, header=none).rsplit(".", 1)[0]
        yield "alg none, signed", self.token(invoice_id, header=none)
        yield "alg None, signed", self.token(invoice_id, header={"typ": "JWT", "alg": "None"})
        yield "HS384", self.token(invoice_id, header={"typ": "JWT", "alg": "HS384"}, digest=hashlib.sha384)
        yield "HS384 in words only", self.token(invoice_id, header={"typ": "JWT", "alg": "HS384"})
        yield "RS256 in words only", self.token(invoice_id, header={"typ": "JWT", "alg": "RS256"})
        yield "no alg", self.token(invoice_id, header={"typ": "JWT"})
        yield "over", self.token(invoice_id, claims={"exp": int(time.time()) - 1})
        yield "without an end", self.token(invoice_id, claims={"exp": None})
        yield "without an id", self.token(invoice_id, claims={"id": None})
        yield "id that is no text", self.token(invoice_id, claims={"id": True})
        yield "of another invoice", self.token(other_id)
        yield "a changed signature", good[:-2] + ("AA" if good[-2:] != "AA" else "BA")
        yield "cut short", good[:-1]


def _base64(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# ---- a web server for one CGI program (RFC 3875): examples.py PORT PROGRAM


class _CgiHandler(http.server.BaseHTTPRequestHandler):
    def _run(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = {
            **os.environ,
            "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
        }
        ran = subprocess.run([sys.argv[2]], input=body, stdout=subprocess.PIPE, env=environment, check=False,
                             timeout=CGI_TIMEOUT_S)
        head, _, text = ran.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.send_response(int(lines["Status"]) if ran.returncode == 0 and "Status" in lines else 500)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _run


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _CgiHandler).serve_forever()
