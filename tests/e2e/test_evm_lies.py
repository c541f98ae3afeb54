# SPDX-License-Identifier: MIT
"""An EVM node that says anything: nobody is paid by it, and it harms nothing that comes after."""

import copy
import os
import random
import time

from support.marks import limit, on
from support.stage import wait_until
from support.token_world import EvmWorld

LIE_S = 12
ASSETS = ("USDT_ERC20", "ETH", "TUSD_ERC20")
ODD = (
    [None, "", "0x", "0x0", "0x00", "0xZZ", "0X1", -1, 1.5, 2**70, True, [], {}, [[]]]
    + ["0x" + "f" * 64, "0x1" + "0" * 64, "0x7fffffffffffffff", "0xffffffffffffffff", "0x" + "ff" * 20, "a" * 10_000]
)


def _places(value, above=()):
    """Where something stands in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*above, name)
        yield from _places(inner, (*above, name))


def _change(dice, value):
    """One thing of it is gone, there twice, in another order, off by a digit, or something odd."""
    places = list(_places(value))
    if not places:
        return dice.choice(ODD)
    value = copy.deepcopy(value)
    *above, last = dice.choice(places)
    inside = value
    for name in above:
        inside = inside[name]
    how = dice.randrange(5)
    if how == 0:
        del inside[last]
    elif how == 1 and isinstance(inside, list):
        inside.append(copy.deepcopy(inside[last]))
    elif how == 2 and isinstance(inside, list):
        dice.shuffle(inside)
    elif how == 3 and isinstance(inside[last], str) and len(inside[last]) > 2:
        at = dice.randrange(2, len(inside[last]))
        inside[last] = inside[last][:at] + dice.choice("0123456789abcdefg") + inside[last][at + 1 :]
    else:
        inside[last] = dice.choice(ODD)
    return value


@limit(240)
@on("with receipts of blocks", "without")
def test_answers_that_are_changed_at_random_pay_nobody(stage, how):
    seed = os.urandom(4).hex()
    dice = random.Random(seed)
    world = EvmWorld(stage, confirmations=2, hide=["eth_getBlockReceipts"] if how == "without" else [])
    world.node.mine(10)  # what a reorg drops must not be the contracts
    invoices = {asset: world.create(10, asset) for asset in ASSETS}
    world.proxy.change = lambda method, _, result: _change(dice, result) if dice.random() < 0.5 else result
    end = time.monotonic() + LIE_S
    while time.monotonic() < end:
        world.usdt.pay("0x" + "77" * 20, 5)
        world.node.send("0x" + "88" * 20, 7)
        world.node.mine(dice.randrange(1, 4))
        if dice.random() < 0.2:
            world.node.reorg(dice.randrange(1, 4))
        time.sleep(dice.random() * 0.3)
        assert not world.tilld.ended(), seed
        assert {world.shop.status(one) for one in invoices.values()} == {"created"}, seed
    world.proxy.change = None
    for asset, invoice in invoices.items():
        world.pay(invoice, asset=asset)
    world.node.mine(4)
    for invoice in invoices.values():
        wait_until(lambda: world.shop.status(invoice) == "paid", f"{invoice} is paid (seed {seed})", 90)
        assert len(world.facts(invoice)) == 1, (seed, world.facts(invoice))
    world.expect_announced_once(*invoices.values())
