# SPDX-License-Identifier: MIT
"""Stands before a Bitcoin-like node: passes on what it is asked, counts it, and lies on demand."""

import base64
import collections
import http.client
import http.server
import json
import threading

from .proxy_server import ProxyServer


class NodeProxy:
    """In front of `node`, on loopback, opened by `stage.enter`. It asks for no login.

    `lie`, if set, is an object whose `answer(method, parameters, ask)` says what is answered; `ask(method, *parameters)`
    is the node's own word.
    """

    def __init__(self, node):
        self.lie = None
        self.calls = collections.Counter()
        self.requests = 0
        self._node = node
        self._lock = threading.Lock()
        self._server = ProxyServer(("127.0.0.1", 0), _handler_of(self))

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def forget_calls(self):
        with self._lock:
            self.calls.clear()
            self.requests = 0

    def counted(self):
        """How often each method was asked for since the last forget_calls."""
        with self._lock:
            return dict(self.calls)

    def login(self):
        with open(self._node.cookie_path, "rb") as file:
            return "Basic " + base64.b64encode(file.read()).decode()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._node.port, timeout=120)

    def answer(self, text, upstream):
        """HTTP status and body."""
        asked = json.loads(text)
        with self._lock:
            self.requests += 1
            self.calls.update(one["method"] for one in (asked if isinstance(asked, list) else [asked]))
        lie = self.lie
        if lie is None or isinstance(asked, list):
            return upstream(text)
        refused = []

        def ask(method, *parameters):
            status, answer = upstream(json.dumps({"id": 1, "method": method, "params": parameters}).encode())
            answer = json.loads(answer)
            if answer.get("error"):
                refused.append((status, answer["error"]))
                raise _Refused
            return answer["result"]

        try:
            result = {"result": lie.answer(asked["method"], asked.get("params", []), ask), "error": None}
            status = 200
        except _Refused:
            status, error = refused[-1]
            result = {"result": None, "error": error}
        return status, json.dumps({**result, "id": asked["id"]}).encode()


class _Refused(Exception):
    """The node answered with an error."""


def _handler_of(proxy):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self):
            super().setup()
            self.connection_up = proxy.connect()

        def finish(self):
            self.connection_up.close()
            super().finish()

        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, body = proxy.answer(text, self.upstream)
            except (OSError, http.client.HTTPException):
                self.connection_up.close()
                status, body = 502, b"the node is gone"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def upstream(self, text):
            headers = {"Authorization": proxy.login(), "Content-Type": "application/json"}
            self.connection_up.request("POST", "/", text, headers)
            answer = self.connection_up.getresponse()
            return answer.status, answer.read()

        def log_message(self, *_):
            pass

    return Handler
