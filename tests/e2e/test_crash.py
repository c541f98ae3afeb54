# SPDX-License-Identifier: MIT
"""kill -9 at random moments, again and again, while invoices are made and paid."""

import http.client
import json
import os
import random
import threading
import time

from support.bip32 import Account
from support.marks import limit
from support.node import Node
from support.receiver import Receiver
from support.shop import Refused, Shop
from support.stage import wait_until
from support.tilld import Tilld, chain_of

KILLS, KILLS_LONG = 20, 100
PAID_TOGETHER = 4
PAID_MIN = 20
INFO_MAX = 100


class Burst(threading.Thread):
    """A shop that makes invoices as fast as it can, and a payer who pays some of them in one transaction each time.
    What tilld does not answer is tried again, as a new invoice."""

    def __init__(self, shop, node):
        super().__init__(daemon=True)
        self.invoices = []
        self.paid = []
        self.failure = None
        self._shop = shop
        self._node = node
        self._ended = threading.Event()

    def run(self):
        try:
            api = self._shop.client()
            while not self._ended.is_set():
                made = [one for one in (self._create(api) for _ in range(PAID_TOGETHER + 1)) if one]
                self._pay(made[:PAID_TOGETHER])
        except Exception as failure:
            self.failure = failure

    def stop(self):
        self._ended.set()
        self.join(60)
        assert not self.is_alive(), "the burst does not end"
        if self.failure:
            raise self.failure

    def _create(self, api):
        try:
            invoice = self._shop.create(5, self._node.asset, api=api)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            api.close()
            time.sleep(0.01)
            return None
        except Refused as refused:
            assert refused.status == 503, refused
            return None
        self.invoices.append(invoice)
        return invoice

    def _pay(self, invoices):
        if not invoices:
            return
        self._node.pay_outputs([(invoice.address, invoice.amount) for invoice in invoices])
        self.paid += invoices
        self._node.mine()


def _kill_at_random(tilld, kills):
    for _ in range(kills):
        time.sleep(random.uniform(0.01, 0.5))
        tilld.kill()
        if random.random() < 0.3:  # once more, while it starts
            tilld.launch()
            time.sleep(random.uniform(0, 0.3))
            tilld.kill()
        tilld.start()


def _read_all(shop, invoices):
    found = {}
    for start in range(0, len(invoices), INFO_MAX):
        uuids = [invoice.uuid for invoice in invoices[start : start + INFO_MAX]]
        found.update({one["uuid"]: one for one in shop.api.call("/v2/invoice/merchant/info", {"uuids": uuids})})
    return found


def _check_postbacks(shop, receiver, paid):
    by_invoice = {}
    for postback in receiver.postbacks():
        by_invoice.setdefault(postback.invoice_id, []).append(postback)
    expected = {invoice.id: invoice for invoice in paid}
    assert set(by_invoice) == set(expected), "a postback for an unpaid invoice, or none for a paid one"
    for invoice_id, postbacks in by_invoice.items():
        assert len({postback.event_id for postback in postbacks}) == 1, invoice_id
        postbacks[-1].check(shop, expected[invoice_id])


@limit(400)
def test_kill_9_at_random_moments_loses_and_doubles_nothing(stage):
    node = stage.enter(Node(stage, "ltc"))
    receiver = stage.enter(Receiver())
    tilld = stage.enter(Tilld(stage, [chain_of(node)], [receiver.port]))
    shop = Shop(tilld, notify_url=receiver.url, account=Account(os.urandom(8).hex(), "rltc", 1), coin="ltc")
    burst = Burst(shop, node)
    burst.start()
    _kill_at_random(tilld, KILLS_LONG if stage.long else KILLS)
    while len(burst.paid) <= PAID_MIN and burst.is_alive():  # or the burst was none
        _kill_at_random(tilld, 1)
        time.sleep(1)
    burst.stop()

    invoices, paid = burst.invoices, burst.paid
    assert len({invoice.uuid for invoice in invoices}) == len(invoices), "an INV was issued twice"
    assert len({invoice.address for invoice in invoices}) == len(invoices), "an address was issued twice"
    tilld.wait_for_height(node)
    wait_until(lambda: all(one["status"] == "paid" for one in _read_all(shop, paid).values()), "all paid ones are paid", 60)
    wait_until(
        lambda: {invoice.id for invoice in paid} <= {postback.invoice_id for postback in receiver.postbacks()},
        "all due postbacks come",
        60,
    )
    found = _read_all(shop, invoices)
    assert len(found) == len(invoices), "an invoice that was answered is not there"
    paid_uuids = {invoice.uuid for invoice in paid}
    assert all((one["status"] == "paid") == (uuid in paid_uuids) for uuid, one in found.items())
    wait_until(lambda: not tilld.till("delivery", "list", "--state", "deferred")["deliveries"], "nothing waits", 60)
    _check_postbacks(shop, receiver, paid)
    print(f"{len(invoices)} invoices, {len(paid)} paid, {len(receiver.postbacks())} postbacks")
