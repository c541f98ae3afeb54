#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""./dev demo: one invoice from its creation to its postback, on a real Litecoin node in regtest.

Starts a node, tilld, and a merchant's web shop (Flask, as in the documentation that merchants read), all on loopback
and in a temporary folder; creates an invoice by the API, pays it from the node's wallet, mines a block, and shows what
the merchant received. Everything ends with it.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support.bip32 import Account  # noqa: E402
from support.merchants import FlaskMerchant  # noqa: E402
from support.node import Node  # noqa: E402
from support.shop import Shop  # noqa: E402
from support.stage import Skip, Stage  # noqa: E402
from support.tilld import Tilld, chain_of  # noqa: E402

STARTED = time.monotonic()
INVOICE_SHOWN = ("uuid", "status", "address", "amount", "currency", "amount_in_fiat", "expiry_date", "link")
POSTBACK_SHOWN = ("status", "invoice_id", "amount_crypto", "currency", "order_id")


def step(text):
    print(f"\n[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def show(name, value):
    print(f"          {name}: {value}", flush=True)


def demo(stage):
    step("starting litecoind in regtest, with a funded wallet")
    node = stage.enter(Node(stage, "ltc"))
    show("blocks", node.height())
    merchant = stage.enter(FlaskMerchant(stage, "json"))
    tilld = stage.enter(Tilld(stage, [chain_of(node, confirmations=1)], [merchant.port]))
    step("tilld follows the node")
    show("payment pages and API", tilld.base_url)

    step("the operator makes a shop and gives it the public key of the merchant's wallet")
    shop = Shop(tilld, "Demo shop", merchant.url)
    merchant.start(shop.secret)
    account = Account("demo", node.profile.prefix, 1)
    wallet = shop.add_wallet(account, "ltc")
    show("shop_id", shop.id)
    show("descriptor", account.descriptor())
    show("first address", wallet["first_addresses"][0])

    step("the shop asks for 25 USD in Litecoin: POST /v2/invoice/create")
    invoice = shop.create(25, "LTC", order_id="cart-1042")
    for name in INVOICE_SHOWN:
        value = invoice.result[name]
        show(name, value["fullcode"] if isinstance(value, dict) else value)

    step("the payer sends the exact amount from the node's wallet")
    show("txid", node.pay(invoice.address, invoice.amount))
    show("status", shop.status(invoice))

    step("a miner finds a block")
    show("block", node.mine()[0])

    received = merchant.wait_for(invoice)
    step("the merchant received the postback and verified its token")
    for name in POSTBACK_SHOWN:
        show(name, received["fields"][name])
    show("token", received["fields"]["token"])
    show("verified claims", json.dumps(received["claims"]))

    step("the shop asks by the INV number: POST /v2/invoice/merchant/info")
    seen = shop.read(invoice)
    for name in ("uuid", "status", "invoice_status", "received", "tx_list"):
        show(name, seen[name])
    assert seen["status"] == "paid" and received["claims"]["id"] == invoice.id
    step("paid, announced and verified")


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", default="build", help="where tilld and till are")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    folder = tempfile.mkdtemp(prefix="till-demo-")
    try:
        with Stage(arguments.build_dir, folder, folder) as stage:
            demo(stage)
        return 0
    except Skip as reason:
        print(f"demo: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
