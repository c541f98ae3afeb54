# SPDX-License-Identifier: MIT
"""A token whose contract is missing, silent or counts otherwise disables its own asset and nothing else."""

from support.java_tron import to_base58
from support.marks import on
from support.shop import Refused
from support.stage import wait_until
from support.tilld import evm_chain_of, tron_chain_of
from support.token_world import DECIMALS, EvmWorld, TronWorld

NOBODY = "0x" + "0b" * 20


def _follow(world, contracts):
    """As the chain section has it, from the next start on."""
    if world.node.coin == "tron":
        named = {f"{code}_TRC20": (to_base58(contract), DECIMALS[code]) for code, contract in contracts.items()}
        text = tron_chain_of(world.node, named)
    else:
        named = {f"{code}_ERC20": (contract, DECIMALS[code]) for code, contract in contracts.items()}
        text = evm_chain_of(world.node, named)
    world.tilld.configure([text])
    world.tilld.restart()


def _states(world):
    return {one["asset"].split("_")[0]: one["state"] for one in world.tilld.till("chain", "status")["tokens"]}


def _told(world):
    return {one["what"]: one["detail"] for one in world.tilld.till("doctor")["checks"]}


def _is_refused(world, asset):
    try:
        world.create(10, asset)
    except Refused as refused:
        return refused.status == 400
    return False


@on("evm", "tron")
def test_a_token_that_cannot_be_used_disables_itself_alone(stage, kind):
    world = EvmWorld(stage) if kind == "evm" else TronWorld(stage)
    suffix = world.usdt_code.removeprefix("USDT")
    good = {name: token.address for name, token in world.tokens.items()}
    # No contract for one, and for another one that has 18 decimals where it should have 6.
    _follow(world, {"USDT": good["USDT"], "TUSD": NOBODY, "USDC": good["TUSD"]})
    wait_until(lambda: _states(world) == {"USDT": "accepted", "TUSD": "unusable", "USDC": "unusable"}, "both are found out")
    wait_until(lambda: len([what for what in _told(world) if what.startswith("token_unusable")]) == 2, "both are told")
    told = _told(world)
    assert "no contract" in told[f"token_unusable TUSD{suffix}"], told
    assert "other decimals" in told[f"token_unusable USDC{suffix}"], told
    assert _is_refused(world, "TUSD" + suffix) and _is_refused(world, "USDC" + suffix)
    assert world.tilld.chain(world.node.coin)["state"] != "blind"
    paid = [world.create(10, world.usdt_code), world.create(10, world.coin_code)]
    for invoice, asset in zip(paid, (world.usdt_code, world.coin_code)):
        world.pay(invoice, asset=asset)
    world.node.mine(30)
    for invoice in paid:
        world.expect_paid(invoice)
    _follow(world, good)
    wait_until(lambda: _states(world)["TUSD"] == "accepted", "it can be used")
    assert world.create(10, "TUSD" + suffix).address
    wait_until(lambda: not [what for what in _told(world) if what.startswith("token_unusable")], "nothing is told of it")
