# SPDX-License-Identifier: MIT
"""Takes Till's postbacks with what Python 3 brings along.

Environment: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER, PORT. Put a real web server in front of it.
"""

import base64
import binascii
import hashlib
import hmac
import http.server
import json
import logging
import os
import re
import time
import urllib.parse

import shop

BODY_BYTES_MAX = 65536


class Refused(Exception):
    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


def unbase64url(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified_id(token, secret, now_s):
    """The invoice that the token names. Refused if the token is not to be believed."""
    try:
        header, claims, signature = token.split(".")
        expected = hmac.new(secret, f"{header}.{claims}".encode(), hashlib.sha256).digest()
        # First the signature: nothing inside is believed before it matched.
        if len(secret) < 32 or not hmac.compare_digest(expected, unbase64url(signature)):
            raise Refused(401, "Refused")
        header, claims = json.loads(unbase64url(header)), json.loads(unbase64url(claims))
        good = header["alg"] == "HS256" and type(claims["exp"]) is int and type(claims["id"]) is str
        if not good or now_s >= claims["exp"]:
            raise Refused(401, "Refused")
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise Refused(401, "Refused") from None
    return claims["id"]


def read_fields(kind, body):
    try:
        if kind.startswith("application/json"):
            fields = json.loads(body)
        else:
            fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=64))
    except (ValueError, RecursionError):
        raise Refused(400, "Not a postback") from None
    if not isinstance(fields, dict):
        raise Refused(400, "Not a postback")
    return fields


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        try:
            fields = read_fields(self.headers.get("Content-Type", ""), self.read_body())
            invoice_id = verified_id(fields.get("token"), os.environ["TILL_SECRET"].encode(), time.time())
            if invoice_id != fields.get("invoice_id"):
                raise Refused(401, "Refused")
            shop.settle(f"INV-{invoice_id}")
        except Refused as reason:
            self.answer(reason.status, str(reason))
        except shop.TillUnavailable as reason:
            logging.warning("%s", reason)
            self.answer(503, "Come again")
        else:
            self.answer(200, "Postback received")

    def read_body(self):
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > BODY_BYTES_MAX:
            raise Refused(400, "Too large")
        return self.rfile.read(int(length))

    def answer(self, status, words):
        body = json.dumps({"message": words}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
