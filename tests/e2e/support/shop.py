# SPDX-License-Identifier: MIT
"""A shop as tilld sees it from outside: the merchant API in the ways that CryptoCloud's clients speak it."""

import decimal
import http.client
import json
import urllib.parse

from .stage import stays_so, wait_until


class Refused(Exception):
    def __init__(self, path, status, body):
        super().__init__(f"{path}: {status} {body}")
        self.status = status
        self.body = body


class Invoice:
    """What create answered."""

    def __init__(self, result):
        self.result = result
        self.uuid = result["uuid"]
        self.id = self.uuid.removeprefix("INV-")
        self.address = result["address"]
        self.amount = decimal.Decimal(result["amount"])

    def __repr__(self):
        return self.uuid


class MerchantApi:
    """One client with one connection. `form` sends bodies as forms, as old plug-ins do."""

    def __init__(self, port, api_key, form=False):
        self._port = port
        self._api_key = api_key
        self._form = form
        self._connection = None

    def call(self, path, body):
        if self._form:
            text, kind = urllib.parse.urlencode(_flattened(body)), "application/x-www-form-urlencoded"
        else:
            text, kind = json.dumps(body, default=str), "application/json"
        status, answer = self._post(path, text.encode(), kind)
        answer = json.loads(answer, parse_float=decimal.Decimal)
        if status != 200:
            raise Refused(path, status, answer)
        return answer["result"]

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def _post(self, path, body, kind):
        headers = {"Authorization": f"Token {self._api_key}", "Content-Type": kind}
        try:
            return self._exchange(path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            pass
        # It was kept since before tilld stopped.
        return self._exchange(path, body, headers)

    def _exchange(self, path, body, headers):
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise


def _flattened(body, prefix=""):
    """{"a": {"b": 1}} becomes [("a[b]", 1)], lists become repeated keys."""
    pairs = []
    for key, value in body.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, dict):
            pairs += _flattened(value, name)
        elif isinstance(value, list):
            pairs += [(f"{name}[]", item) for item in value]
        else:
            pairs.append((name, value))
    return pairs


class Shop:
    """A shop of tilld's, with a wallet if `account` is given."""

    def __init__(self, tilld, name="Demo", notify_url=None, postback_format="json", test=False, account=None, coin=None):
        options = ["--name", name, "--postback-format", postback_format]
        options += ["--notify-url", notify_url] if notify_url else []
        options += ["--test"] if test else []
        created = tilld.till("shop", "create", *options)
        self.tilld = tilld
        self.id = created["shop_id"]
        self.api_key = created["api_key"]
        self.secret = created["secret"]
        self.api = self.client()
        if account:
            self.add_wallet(account, coin)

    def client(self, form=False):
        return MerchantApi(self.tilld.port, self.api_key, form)

    def add_wallet(self, account, coin, *options):
        return self.tilld.till(
            "wallet", "add", "--shop", self.id, "--network", coin, "--descriptor", account.descriptor(), *options
        )

    def add_xpub(self, xpub, network, *options):
        return self.tilld.till("wallet", "add", "--shop", self.id, "--network", network, "--xpub", xpub, *options)

    def create(self, amount=10, crypto=None, minutes=None, order_id=None, currency="USD", api=None):
        body = {"shop_id": self.id, "amount": amount, "currency": currency}
        add_fields = {}
        if crypto:
            add_fields["cryptocurrency"] = crypto
        if minutes:
            add_fields["time_to_pay"] = {"hours": 0, "minutes": minutes}
        if add_fields:
            body["add_fields"] = add_fields
        if order_id:
            body["order_id"] = order_id
        return Invoice((api or self.api).call("/v2/invoice/create", body))

    def ask_payout(self, amount, address, asset):
        """A payout's number. A key may ask for one in twelve seconds, so each has a key of its own."""
        key = self.tilld.till("key", "create", self.id, "--account")["api_key"]
        wanted = {"currency_code": asset, "to_address": address, "amount": amount}
        return MerchantApi(self.tilld.port, key).call("/v2/invoice/api/out/create", wanted)["uuid"]

    def read(self, invoice):
        """What the shop sees of it."""
        found = self.api.call("/v2/invoice/merchant/info", {"uuids": [invoice.uuid]})
        assert len(found) == 1, found
        return found[0]

    def status(self, invoice):
        return self.read(invoice)["status"]

    def cancel(self, invoice):
        return self.api.call("/v2/invoice/merchant/canceled", {"uuid": invoice.uuid})

    def wait_status(self, invoice, status, timeout_s=60):
        wait_until(lambda: self.status(invoice) == status, f"{invoice} becomes {status}", timeout_s)
        return self.read(invoice)

    def stays(self, invoice, status, seconds=1.5):
        stays_so(lambda: self.status(invoice) == status, f"{invoice} is {status}", seconds)
