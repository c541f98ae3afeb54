# SPDX-License-Identifier: MIT
"""What both receivers share: asking Till, and the shop's own records. Only what Python brings along."""

import decimal
import json
import logging
import os
import re
import urllib.request


class TillUnavailable(Exception):
    """Till could not be asked, or does not call the invoice paid. The postback will come again."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the API key elsewhere."""

    def redirect_request(self, *_):
        return None


_open = urllib.request.build_opener(_NoRedirect).open


def ask_till(uuid):
    """What Till says about the invoice."""
    request = urllib.request.Request(
        os.environ["TILL_URL"] + "/v2/invoice/merchant/info",
        json.dumps({"uuids": [uuid]}).encode(),
        {"Authorization": f"Token {os.environ['TILL_API_KEY']}", "Content-Type": "application/json"},
    )
    try:
        with _open(request, timeout=20) as answer:
            found = json.loads(answer.read(), parse_float=decimal.Decimal)["result"]
    except (OSError, ValueError, KeyError) as error:
        raise TillUnavailable(f"could not ask about {uuid}: {error}") from error
    if len(found) != 1 or found[0]["uuid"] != uuid:
        raise TillUnavailable(f"Till does not know {uuid}")
    return found[0]


def is_paid(invoice):
    return invoice["invoice_status"] == "success" and invoice["status"] in ("paid", "overpaid")


def is_our_sale(invoice):
    """Is this what we sold, at the price and in the currency that we asked for?"""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", invoice["order_id"]):
        return False
    try:
        with open(_path("orders", invoice), encoding="ascii") as file:
            price, currency = file.read().split()
    except FileNotFoundError:
        return False
    return decimal.Decimal(price) == invoice["amount_in_fiat"] and currency == invoice["fiat_currency"]


def ship_once(invoice):
    """The file can be made only once, whoever tries at the same time."""
    path = _path("shipped", invoice)
    try:
        with open(path, "x", encoding="ascii") as file:
            file.write(invoice["uuid"] + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        with open(path, encoding="ascii") as file:
            first = file.read().strip()
        if first != invoice["uuid"]:
            logging.error("%s was paid twice, by %s and by %s", invoice["order_id"], first, invoice["uuid"])


def settle(uuid):
    """The postback's token was right: now ask, compare, ship."""
    invoice = ask_till(uuid)
    if not is_paid(invoice):
        raise TillUnavailable(f"Till does not call {uuid} paid")
    if is_our_sale(invoice):
        ship_once(invoice)
    else:
        logging.error("%s is paid and is no sale of ours", uuid)


def _path(folder, invoice):
    return os.path.join(os.environ["SHOP_FOLDER"], folder, invoice["order_id"])
