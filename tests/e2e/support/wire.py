# SPDX-License-Identifier: MIT
"""Requests by hand: any method, any header, any bytes, and the reply as it came."""

import decimal
import http.client
import json
import time
import urllib.parse

from .contract import FORM, JSON, MULTIPART

BOUNDARY = "----5f1e0c8b7a"


class Reply:
    def __init__(self, status, headers, body, seconds):
        self.status = status
        self.headers = headers
        self.text = body.decode("utf-8")
        self.seconds = seconds

    def json(self):
        return json.loads(self.text, parse_float=decimal.Decimal, parse_constant=_refuse_constant)

    def __repr__(self):
        return f"{self.status} {self.text[:300]}"


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def form_of(body):
    """{"a": {"b": 1}} becomes a[b]=1, lists become repeated keys."""
    return urllib.parse.urlencode(_pairs(body, "")).encode()


def _pairs(value, name):
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _pairs(inner, f"{name}[{key}]" if name else key)]
    if isinstance(value, list):
        return [pair for inner in value for pair in _pairs(inner, f"{name}[]")]
    return [(name, "" if value is None else value)]


def multipart_of(body):
    """The same keys, each in a part of its own."""
    text = ""
    for name, value in _pairs(body, ""):
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{quoted}"\r\n\r\n{value}\r\n'
    return f"{text}--{BOUNDARY}--\r\n".encode()


def body_of(body, kind):
    if body is None or isinstance(body, bytes):
        return body
    if kind == MULTIPART:
        return multipart_of(body)
    return form_of(body) if kind == FORM else json.dumps(body, default=str).encode()


class Wire:
    """One connection to a tilld, opened again when it was closed."""

    def __init__(self, port, timeout_s=30):
        self._port = port
        self._timeout_s = timeout_s
        self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def call(self, method, path, key=None, body=None, kind=JSON, headers=None, query=None):
        """`key` None sends no Authorization. A connection that tilld closed meanwhile is opened again, once."""
        target = path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        sent = {**({"Authorization": f"Token {key}"} if key is not None else {}), **(headers or {})}
        data = body_of(body, kind)
        if data is not None and kind:
            sent.setdefault("Content-Type", f"{kind}; boundary={BOUNDARY}" if kind == MULTIPART else kind)
        for is_last in (self._connection is None, True):
            try:
                return self._exchange(method, target, data, sent)
            except (ConnectionError, http.client.BadStatusLine):
                self.close()
                if is_last:
                    raise
        raise AssertionError("not reached")

    def _exchange(self, method, target, data, headers):
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout_s)
        started = time.monotonic()
        self._connection.request(method, target, data, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        return Reply(answer.status, answer.headers, body, time.monotonic() - started)
