# SPDX-License-Identifier: MIT
"""A JSON-RPC node's provider: passes on what it is asked, counts it, hides methods, lies, and is out of order on demand."""

import collections
import http.server
import json
import threading

from .anvil import EvmRpc
from .proxy_server import ProxyServer

METHOD_NOT_FOUND = -32601


class EvmProxy:
    """In front of `node`, which may be another later, on loopback. `hide` are methods that it does not have.

    `change(method, parameters, result)`, if set, gives what is answered in place of the result.
    `refuse(method, parameters)`, if set, may return an error {"code": ..., "message": ...}.
    `reorder`, if set, gives the answers of a batch in another order, or others.
    `status`, if set, is the HTTP status of every answer, with `page` in its place; `cut` ends each half way.
    While it `hangs`, it takes requests, counted in `hung`, and never answers them.
    """

    def __init__(self, node, hide=(), path="/"):
        self.hide = set(hide)
        self.change = None
        self.refuse = None
        self.reorder = None
        self.status = None
        self.page = b"out of order"
        self.cut = False
        self.hangs = False
        self.hung = 0
        self.calls = collections.Counter()
        self.requests = 0
        self._lock = threading.Lock()
        self.node = node
        self._path = path
        self._server = ProxyServer(("127.0.0.1", 0), _handler_of(self))

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def forget_calls(self):
        with self._lock:
            self.calls.clear()
            self.requests = 0

    def hang(self):
        with self._lock:
            self.hung += 1
        threading.Event().wait()

    def answer(self, body, upstream):
        asked = body if isinstance(body, list) else [body]
        with self._lock:
            self.requests += 1
            self.calls.update(_name_of(one) for one in asked)
        answers = [self._answer_one(one, upstream) for one in asked]
        if not isinstance(body, list):
            return answers[0]
        return self.reorder(answers) if self.reorder else answers

    def _answer_one(self, one, upstream):
        method, parameters = one["method"], one.get("params", [])
        error = None
        if method in self.hide:
            error = {"code": METHOD_NOT_FOUND, "message": f"the method {method} does not exist/is not available"}
        elif self.refuse:
            error = self.refuse(method, parameters)
        if error:
            return {"jsonrpc": "2.0", "id": one["id"], "error": error}
        answer = json.loads(upstream.post(one))
        if "result" in answer and self.change:
            answer["result"] = self.change(method, parameters, answer["result"])
        return answer


def _name_of(request):
    """The method; of a block, with the tag that is asked for."""
    method, parameters = request["method"], request.get("params", [])
    is_tag = method == "eth_getBlockByNumber" and not parameters[0].startswith("0x")
    return f"{method} {parameters[0]}" if is_tag else method


def _handler_of(proxy):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self):
            super().setup()
            self.upstream = None
            self.asked = None

        def finish(self):
            self._turn_to(None)
            super().finish()

        def _turn_to(self, node):
            if self.upstream:
                self.upstream.close()
            self.upstream = EvmRpc(node.port, proxy._path) if node else None
            self.asked = node

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if proxy.hangs:
                proxy.hang()
            if proxy.status:
                return self._send(proxy.status, proxy.page)
            if self.asked is not proxy.node:
                self._turn_to(proxy.node)
            try:
                answer = proxy.answer(body, self.upstream)
            except OSError:
                return self._send(502, b"the node is gone")
            return self._send(200, json.dumps(answer).encode())

        def _send(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if proxy.cut:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            else:
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler
