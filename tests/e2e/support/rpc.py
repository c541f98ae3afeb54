# SPDX-License-Identifier: MIT
"""JSON-RPC to a Bitcoin-like node. Amounts are Decimal in both directions, never binary floating point."""

import base64
import decimal
import http.client
import json
import socket

TIMEOUT_S = 60


class RpcError(Exception):
    def __init__(self, method, code, message):
        super().__init__(f"{method}: {message} ({code})")
        self.code = code


class Rpc:
    """Calls one node; `rpc.getblockcount()`, or `rpc.call(method, *parameters)`."""

    def __init__(self, port, cookie_path, path="/"):
        self._port = port
        self._cookie_path = cookie_path
        self._path = path
        self._connection = None

    def wallet(self, name):
        return Rpc(self._port, self._cookie_path, f"/wallet/{name}")

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda *parameters: self.call(method, *parameters)

    def call(self, method, *parameters):
        # Nodes take an amount as text as well, so nothing passes through a float.
        body = json.dumps({"jsonrpc": "1.0", "id": 1, "method": method, "params": parameters}, default=str)
        status, text = self._post(body.encode())
        try:
            answer = json.loads(text, parse_float=decimal.Decimal)
        except ValueError:
            raise RpcError(method, status, text.decode(errors="replace")[:200] or f"HTTP {status}") from None
        if answer.get("error"):
            raise RpcError(method, answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def _post(self, body):
        with open(self._cookie_path, "rb") as file:
            login = base64.b64encode(file.read()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        # The node closes idle connections; a dead one is found out by using it.
        for last_try in (False, True):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
                    self._connection.connect()
                    self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connection.request("POST", self._path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (http.client.BadStatusLine, BrokenPipeError, ConnectionResetError):
                self._connection = None
                if last_try:
                    raise
            except OSError:
                self._connection = None
                raise
        raise AssertionError("not reached")
