# SPDX-License-Identifier: MIT
"""tilld's operator interface by its Unix socket, for what must not cost the start of a program each time."""

import decimal
import http.client
import json
import socket


class Operator(http.client.HTTPConnection):
    def __init__(self, tilld):
        super().__init__("localhost", timeout=30)
        self._path = f"{tilld.folder}/till.sock"

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def post(self, path, body):
        self.request("POST", f"/admin/v1{path}", json.dumps(body), {"Content-Type": "application/json"})
        answer = self.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {text!r}"
        return json.loads(text, parse_float=decimal.Decimal)

    def pay(self, invoice, **how):
        return self.post("/sandbox/pay", {"invoice_id": invoice.uuid, **how})

    def resend(self, invoice):
        return self.post("/deliveries/resend", {"what": invoice.uuid})
