# SPDX-License-Identifier: MIT
"""Merchants' sites as CryptoCloud's documentation shows them, in programs of their own (merchants/)."""

import http.client
import json
import os
import shutil
import sys

from .process import Process
from .stage import REPOSITORY, Skip, free_port, wait_until

FOLDER = os.path.join(REPOSITORY, "tests", "e2e", "merchants")


class _Merchant:
    """`stage.enter` reserves its port; `start(secret)` opens the site, once the shop and its secret exist."""

    def __init__(self, stage, postback_format):
        self._format = postback_format
        self.port = free_port()
        self._log = stage.path(f"merchant-{self.port}.log")
        self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process:
            self._process.kill()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/postback"

    def start(self, secret):
        self._process = Process([*self._command(), str(self.port), secret, self._format], self._log)
        wait_until(lambda: self._ask("/received") is not None, "the merchant's site is open")

    def received(self, invoice):
        return [one for one in self._ask("/received") if one["fields"]["invoice_id"] == invoice.id]

    def refused(self):
        return self._ask("/refused")

    def wait_for(self, invoice):
        return wait_until(lambda: self.received(invoice), f"the merchant hears of {invoice}")[0]

    def _ask(self, path):
        assert self._process.is_running(), f"the merchant's site ended:\n{self._process.log_tail()}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except ConnectionError:
            return None
        finally:
            connection.close()

    def _command(self):
        raise NotImplementedError


class FlaskMerchant(_Merchant):
    def _command(self):
        return [sys.executable, os.path.join(FOLDER, "flask_merchant.py")]


class ExpressMerchant(_Merchant):
    def _command(self):
        if not os.path.isdir(os.path.join(REPOSITORY, "tests", "e2e", "node_modules", "express")):
            raise Skip("npm's express is not installed")
        return ["node", os.path.join(FOLDER, "express_merchant.js")]
