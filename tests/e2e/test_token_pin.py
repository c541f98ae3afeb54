# SPDX-License-Identifier: MIT
"""Tokens: which contract is one, and what if that changes."""

from support.java_tron import to_base58, to_hex
from support.shop import Refused
from support.stage import wait_until
from support.tilld import TillRefused, evm_chain_of, tron_chain_of
from support.token_world import EvmWorld, TronWorld


def _refusal(call, *arguments):
    try:
        call(*arguments)
    except (Refused, TillRefused) as refused:
        return str(refused)
    raise AssertionError("it was not refused")


def _alarms(world):
    return " ".join(row["what"] for row in world.tilld.till("doctor")["checks"])


def test_a_token_whose_contract_changed_is_asked_for_once_the_operator_has_accepted_it(stage):
    world = EvmWorld(stage)
    paid = world.create(10)
    assert world.token_state("USDT_ERC20") == "accepted"
    world.pay(paid)
    world.node.mine()
    world.expect_paid(paid)
    other = world.node.deploy("Usdt")
    world.follow(USDT_ERC20=(other.address, 6))
    world.tilld.restart()
    world.tilld.wait_for_height(world.node)
    wait_until(lambda: world.token_state("USDT_ERC20") == "changed", "the change is seen")
    assert "token_changed USDT_ERC20" in _alarms(world), _alarms(world)
    assert "not available" in _refusal(world.create, 10, "USDT_ERC20")
    refused = _refusal(world.tilld.till, "invoice", "create", world.shop.id, "10", "USD", "--crypto", "USDT_ERC20")
    assert "till chain accept-token" in refused, refused
    ether = world.create(10, "ETH")
    world.pay(ether, asset="ETH")
    world.node.mine()
    world.expect_paid(ether)
    assert world.accept("USDT_ERC20")["state"] == "accepted"
    assert "token_changed" not in _alarms(world)
    assert "nothing to accept" in _refusal(world.tilld.till, "chain", "accept-token", "USDT_ERC20")
    world.usdt = world.tokens["USDT"] = other
    invoice = world.create(10)
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice)
    world.tilld.restart()
    world.tilld.wait_for_height(world.node)
    assert world.token_state("USDT_ERC20") == "accepted"


def _token(world, code):
    return next(row for row in world.tilld.till("chain", "status")["tokens"] if row["asset"] == code)


def _restart(world):
    world.tilld.restart()
    world.tilld.wait_for_height(world.node)


def test_another_program_behind_a_proxy_is_a_change(stage):
    world = EvmWorld(stage)
    programs = [world.node.deploy("FakeUsdt").address for _ in range(2)]
    for name in ("ProxyNow", "ProxyThen"):
        proxy = world.node.deploy(name)
        proxy.send("point(address)", programs[0])
        world.node.mine()
        world.follow(USDT_ERC20=(proxy.address, 6))
        _restart(world)
        accepted = world.accept("USDT_ERC20")
        assert accepted["implementation"].lower() == programs[0].lower(), accepted
        assert accepted["new_implementation"] is None, accepted
        proxy.send("point(address)", programs[1])
        world.node.mine()
        _restart(world)
        wait_until(lambda: world.token_state("USDT_ERC20") == "changed", "the change is seen")
        assert "token_changed USDT_ERC20" in _alarms(world), _alarms(world)
        seen = _token(world, "USDT_ERC20")
        assert seen["implementation"].lower() == programs[0].lower(), seen
        assert seen["new_implementation"].lower() == programs[1].lower(), seen
        assert "not available" in _refusal(world.create, 10)
        accepted = world.accept("USDT_ERC20")
        assert accepted["state"] == "accepted" and accepted["implementation"].lower() == programs[1].lower(), accepted
        assert "token_changed" not in _alarms(world)
    assert _token(world, "USDC_ERC20")["implementation"] is None


def test_another_program_behind_a_proxy_on_tron_is_a_change(stage):
    world = TronWorld(stage)
    programs = [to_base58(world.node.deploy("FakeUsdt").address) for _ in range(2)]
    proxy = world.node.deploy("ProxyThen")
    proxy.send("point(address)", to_hex(programs[0]))
    world.node.mine()
    world.tilld.configure([tron_chain_of(world.node, {"USDT_TRC20": (to_base58(proxy.address), 6)})])
    _restart(world)
    assert world.accept("USDT_TRC20")["implementation"] == programs[0]
    proxy.send("point(address)", to_hex(programs[1]))
    world.node.mine()
    _restart(world)
    wait_until(lambda: world.token_state("USDT_TRC20") == "changed", "the change is seen")
    assert _token(world, "USDT_TRC20")["new_implementation"] == programs[1]
    assert world.accept("USDT_TRC20")["implementation"] == programs[1]


def test_a_token_without_a_contract_on_this_chain_is_not_offered(stage):
    world = EvmWorld(stage)
    world.tilld.configure([evm_chain_of(world.node, {})])
    world.tilld.restart()
    world.tilld.wait_for_height(world.node)
    assert "not available" in _refusal(world.create, 10, "USDT_ERC20")
    refused = _refusal(world.tilld.till, "invoice", "create", world.shop.id, "10", "USD", "--crypto", "USDT_ERC20")
    assert "token.CODE" in refused, refused
    invoice = world.create(10, "ETH")
    world.pay(invoice, asset="ETH")
    world.node.mine()
    world.expect_paid(invoice)
