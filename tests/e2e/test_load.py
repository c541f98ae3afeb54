# SPDX-License-Identifier: MIT
"""Many at once: creates through many connections, and merchants who are slow beside one who is not."""

import contextlib
import os
import socket
import statistics
import threading
import time

from support.bip32 import Account
from support.marks import alone
from support.node import Node
from support.operator import Operator
from support.receiver import HANG, Receiver
from support.shop import Shop
from support.stage import Skip, wait_until
from support.tilld import Tilld, chain_of

CREATES = 1000
CONNECTIONS = 64
ROUNDS = 40
EXTRA_MS_MAX = 500  # who waits for one that hangs waits for seconds
SLOW_POSTBACKS = 20
SILENT_NAMESERVER = "127.66.66.66"


def _create_many(shop, asset):
    """The invoices, made through all connections at once."""
    left = iter(range(CREATES))
    invoices, failures, lock = [], [], threading.Lock()

    def work():
        api = shop.client()
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return api.close()
            try:
                invoice = shop.create(10, asset, order_id=str(number), api=api)
                with lock:
                    invoices.append(invoice)
            except Exception as error:
                with lock:
                    failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, f"{len(failures)} of {CREATES} failed: {failures[0]!r}"
    return invoices


def test_a_thousand_creates_at_once_give_a_thousand_right_addresses(stage):
    node = stage.enter(Node(stage, "ltc"))
    tilld = stage.enter(Tilld(stage, [chain_of(node)]))
    account = Account(os.urandom(8).hex(), "rltc", 1)
    shop = Shop(tilld, account=account, coin="ltc")
    wallet = tilld.till("wallet", "list")["wallets"][-1]["wallet_id"]
    invoices = _create_many(shop, "LTC")
    assert len(invoices) == CREATES
    assert len({invoice.uuid for invoice in invoices}) == CREATES
    issued = {invoice.address for invoice in invoices}
    assert len(issued) == CREATES
    highest = tilld.till("wallet", "show", wallet)["highest_issued"]
    derived = {account.address(index) for index in range(highest + 1)}
    assert highest < 2 * CREATES and issued <= derived, issued - derived


class SilentNameserver:
    """Takes every question and answers none. Asked instead of the machine's own by what runs under `wrapper`."""

    def __init__(self, stage):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._file = stage.path("resolv.conf")

    def __enter__(self):
        try:
            self._socket.bind((SILENT_NAMESERVER, 53))
        except OSError as error:
            raise Skip(f"cannot stand in for a nameserver on port 53: {error.strerror}") from None
        with open(self._file, "w", encoding="ascii") as file:
            file.write(f"nameserver {SILENT_NAMESERVER}\n")
        return self

    def __exit__(self, *_):
        self._socket.close()

    def wrapper(self):
        """A mount namespace of its own, where /etc/resolv.conf is ours."""
        return ["unshare", "-m", "sh", "-c", f'mount --bind "{self._file}" /etc/resolv.conf && exec "$@"', "sh"]

    def was_asked(self):
        with contextlib.suppress(BlockingIOError):
            return bool(self._socket.recv(512, socket.MSG_DONTWAIT))
        return False


def _median_ms(operator, receiver, invoice):
    """From the operator's word to the postback's arrival."""
    took_ms = []
    for _ in range(ROUNDS):
        count = len(receiver.postbacks())
        started = time.monotonic()
        operator.resend(invoice)
        wait_until(lambda: len(receiver.postbacks()) > count, "the postback comes", pause_s=0.0005)
        took_ms.append((receiver.postbacks()[-1].at_monotonic - started) * 1000)
        time.sleep(0.02)
    return statistics.median(took_ms)


def _paid_invoice(shop, operator):
    invoice = shop.create(5, "LTC")
    operator.pay(invoice)
    return invoice


@alone
def test_merchants_who_hang_or_have_no_address_delay_nobody_else(stage):
    nameserver = stage.enter(SilentNameserver(stage))
    hanging, quick = stage.enter(Receiver(always=HANG)), stage.enter(Receiver())
    nowhere = [f"shop{i}.invalid" for i in range(SLOW_POSTBACKS)]
    tilld = stage.enter(Tilld(stage, allow=[hanging.port, quick.port], wrapper=nameserver.wrapper()))
    operator = Operator(tilld)
    shop = Shop(tilld, "Quick", quick.url, test=True)
    invoice = _paid_invoice(shop, operator)
    quick.wait_for(invoice)
    before_ms = _median_ms(operator, quick, invoice)

    slow = [Shop(tilld, "Hanging", hanging.url, test=True)] * SLOW_POSTBACKS
    slow += [Shop(tilld, host, f"http://{host}/", test=True) for host in nowhere]
    for one in slow:
        _paid_invoice(one, operator)
    wait_until(hanging.postbacks, "the hanging merchant is asked")
    wait_until(nameserver.was_asked, "the name that leads nowhere is looked up")
    beside_ms = _median_ms(operator, quick, invoice)
    print(f"median {before_ms:.2f} ms alone, {beside_ms:.2f} ms beside the slow ones")
    assert beside_ms - before_ms < EXTRA_MS_MAX, (before_ms, beside_ms)

    fresh = _paid_invoice(shop, operator)
    quick.wait_for(fresh).check(shop, fresh)
