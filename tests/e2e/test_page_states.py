# SPDX-License-Identifier: MIT
"""The payer's page in each state, reached by real payments, agreeing with what the shop and the operator are told."""

import datetime
import html
import re
import time
import urllib.request
from decimal import Decimal

from support.marks import on, waits
from support.stage import wait_until
from support.sums import expect_agreement
from support.world import World

PROOF_BLOCKS = 6  # of the last eleven, so that their median is past a deadline
HEADS = {
    "choose": "Choose what to pay with",
    "waiting": "Waiting for payment",
    "seen": "Payment seen",
    "partial": "Part of the sum received",
    "paid": "Paid",
    "overpaid": "Paid, more than needed",
    "expired": "The time is over",
    "short": "Too little arrived in time",
    "late": "Your payment came late",
    "canceled": "Canceled",
    "offline": "Please wait",
    "dispute": "Your payment was undone",
}
PAYABLE = {"waiting", "partial", "offline"}


class Page:
    def __init__(self, world, invoice):
        url = f"{world.tilld.base_url}/{invoice.id}?lang=en"
        with urllib.request.urlopen(url, timeout=60) as answer:
            self.text = answer.read().decode()
        self.state = re.search(r'<main id="main" class="([a-z]+)"', self.text)[1]
        self.plain = html.unescape(re.sub(r"<[^>]+>", " ", self.text))

    def has(self, *words):
        missing = [word for word in words if str(word) not in self.plain]
        assert not missing, (self.state, missing, self.plain)


def _amount(amount):
    return f"{Decimal(amount):f}"


def _shows(world, invoice, state):
    """The page comes to the state, with its head, and asks for money only where money helps."""
    wait_until(lambda: Page(world, invoice).state == state, f"{invoice} shows {state}")
    page = Page(world, invoice)
    page.has(HEADS[state])
    assert (f'data-copy="{invoice.address}"' in page.text) == (state in PAYABLE), page.text
    return page


def _expect_pages(world, invoices, states, late=()):
    """Each page, and the shop's and operator's words for the same invoices, which agree with the chain."""
    said = expect_agreement(world, invoices, late)
    statuses = {"waiting": "created", "seen": "created", "expired": "canceled", "late": "canceled", "short": "partial"}
    for invoice, state in zip(invoices, states):
        page = _shows(world, invoice, state)
        told = said[invoice.uuid]
        assert told["status"] == statuses.get(state, state), (state, told)
        assert told["invoice_status"] == ("success" if state in ("paid", "overpaid") else told["invoice_status"]), told
        if state in ("paid", "overpaid", "partial", "short"):
            page.has(_amount(told["amount_paid"]))
        if state == "partial":
            page.has(_amount(told["to_surcharge"]))
        if state == "waiting":
            page.has(_amount(told["amount_to_pay"]))


def _sleep_past(invoice):
    moment = datetime.datetime.fromisoformat(invoice.result["expiry_date"]).replace(tzinfo=datetime.timezone.utc)
    time.sleep(max(0, moment.timestamp() + 1.5 - time.time()))


@on("ltc")
@waits
def test_every_state_of_the_page_is_reached_by_payments_and_agrees_with_the_rest(stage, profile):
    world = World(stage, profile)
    node = world.node
    ending = [world.create(amount, minutes=2) for amount in ("11", "12", "13")]
    expired, late, short = ending
    created, seen, partial, paid, overpaid, canceled = [world.create(amount) for amount in ("5", "6", "7", "8", "9", "10")]
    invoices = [*ending, created, seen, partial, paid, overpaid, canceled]
    part = Decimal("0.00005")
    for invoice in invoices:
        _shows(world, invoice, "waiting").has(_amount(invoice.amount))

    node.pay_outputs(
        [
            (short.address, short.amount - part),
            (partial.address, partial.amount - part),
            (paid.address, paid.amount),
            (overpaid.address, overpaid.amount * 2),
        ]
    )
    for invoice in (paid, overpaid):
        _shows(world, invoice, "seen")
    world.shop.cancel(canceled)
    node.mine()
    txid = node.pay(seen.address, seen.amount)
    node.hold(txid)
    for invoice, state in ((paid, "paid"), (overpaid, "overpaid"), (seen, "seen"), (partial, "partial"), (short, "partial")):
        _shows(world, invoice, state)

    _sleep_past(short)
    _shows(world, expired, "expired")  # by our clock, before the chain has proved it
    node.mine(PROOF_BLOCKS)
    for invoice in (expired, late):
        world.shop.wait_status(invoice, "canceled")
    node.pay(late.address, late.amount)
    node.mine()
    _shows(world, late, "late")
    world.tilld.wait_for_height(node)
    assert "seen" in world.flags(seen)
    states = ["expired", "late", "short", "waiting", "seen", "partial", "paid", "overpaid", "canceled"]
    _expect_pages(world, invoices, states, late=[late])
    # The operator credits what came late.
    assert world.tilld.till("invoice", "confirm", late.uuid, "--reason", "a slow exchange")["status"] == "paid"
    states[1] = "paid"
    _expect_pages(world, invoices, states)


@on("ltc")
def test_the_page_of_an_invoice_without_a_coin_without_a_node_and_without_its_block(stage, profile):
    world = World(stage, profile)
    node = world.node
    choosing = world.shop.create("5")
    wait_until(lambda: Page(world, choosing).state == "choose", "the payer may choose")
    invoice, other = world.create("6"), world.create("7")
    payment = node.pay_outputs([(invoice.address, invoice.amount)])
    node.mine()
    _shows(world, invoice, "paid")
    node.reorg(1, lambda: node.hold(payment.txid))
    wait_until(lambda: "dispute" in world.flags(invoice), "the invoice is disputed")
    wait_until(lambda: Page(world, invoice).state == "seen", "what was undone waits in the mempool again")
    node.release(payment.txid)
    node.mine()
    _shows(world, invoice, "paid")
    node.stop()
    _shows(world, other, "offline").has(_amount(other.amount))
    _shows(world, invoice, "paid")
    node.start()
    _shows(world, other, "waiting")
