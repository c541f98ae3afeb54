# SPDX-License-Identifier: MIT
"""A merchant's endpoint that writes down every postback and answers as told: well, badly, or not at all."""

import base64
import decimal
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.parse

from .stage import stays_so, wait_until

OK, FAIL, REDIRECT, CLOSE, HANG = "ok", "fail", "redirect", "close", "hang"
_STATUS = {OK: 200, FAIL: 500, REDIRECT: 302}
HANG_S = 120


class Postback:
    """One attempt, as it came in."""

    def __init__(self, headers, body, answer):
        self.at = time.time()
        self.at_monotonic = time.monotonic()
        self.headers = headers
        self.body = body
        self.answer = answer
        self.fields = _parse(headers.get("Content-Type", ""), body)

    @property
    def event_id(self):
        return self.headers.get("webhook-id")

    @property
    def invoice_id(self):
        return self.fields["invoice_id"]

    def claims(self, secret):
        """The token's claims, its signature checked."""
        head, claims, signature = self.fields["token"].split(".")
        expected = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        assert hmac.compare_digest(_unbase64(signature), expected), "the token is not signed with the shop's secret"
        assert json.loads(_unbase64(head)) == {"typ": "JWT", "alg": "HS256"}, head
        return json.loads(_unbase64(claims))

    def check(self, shop, invoice):
        """Everything about it that a merchant may rely on."""
        claims = self.claims(shop.secret)
        assert set(claims) == {"id", "exp"}, claims
        assert claims["id"] == self.fields["invoice_id"] == invoice.id, (claims, self.fields)
        assert 200 < claims["exp"] - self.at <= 301, claims
        assert self.fields["status"] == "success", self.fields
        info = self.fields["invoice_info"]
        info = json.loads(info, parse_float=decimal.Decimal) if isinstance(info, str) else info
        assert info["uuid"] == invoice.uuid and info["invoice_status"] == "success", info
        return info


def _unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _parse(kind, body):
    if kind.startswith("application/json"):
        return json.loads(body, parse_float=decimal.Decimal)
    if kind.startswith("application/x-www-form-urlencoded"):
        pairs = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        assert len(pairs) == len(dict(pairs)), f"a field came twice: {pairs}"
        return dict(pairs)
    raise AssertionError(f"a postback of type {kind!r}")


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    block_on_close = False

    def handle_error(self, request, client_address):
        """A tilld that is killed hangs up; anything else is our own mistake."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """`answers` is used up one by one, then `OK` follows; `always` answers the same to all."""

    def __init__(self, answers=(), always=None):
        self._answers = list(answers)
        self._always = always
        self._lock = threading.Lock()
        self._postbacks = []
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/postback"

    def postbacks(self, invoice=None):
        with self._lock:
            return [one for one in self._postbacks if invoice is None or one.invoice_id == invoice.id]

    def wait_for(self, invoice, count=1, timeout_s=60):
        """Until so many attempts came for the invoice; the last of them."""
        wait_until(lambda: len(self.postbacks(invoice)) >= count, f"postback {count} of {invoice} comes", timeout_s)
        return self.postbacks(invoice)[-1]

    def gets_no_more_than(self, count, invoice=None, seconds=1.5):
        stays_so(lambda: len(self.postbacks(invoice)) <= count, f"no more than {count} postbacks come", seconds)

    def _take(self, headers, body):
        with self._lock:
            answer = self._always or (self._answers.pop(0) if self._answers else OK)
            self._postbacks.append(Postback(headers, body, answer))
        return answer

    def _handler(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = receiver._take(self.headers, body)
                if answer == HANG:
                    receiver._closing.wait(HANG_S)
                if answer in (HANG, CLOSE):
                    self.close_connection = True
                    return
                text = b'{"message":"Postback received"}'
                self.send_response(_STATUS[answer])
                if answer == REDIRECT:
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        return Handler
